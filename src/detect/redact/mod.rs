//! The last line of defence: masks everything that could be a credential in text that is about to
//! be shown.
//!
//! The rules decide which text is reported. This module decides which text is shown, and masks more
//! than the rules report. A mask of [`redact`] has the length of the text that it hides, so that
//! offsets stay valid.

mod shown;

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Captures, Regex};

use crate::detect::anchors::Anchors;
use crate::detect::search::{Search, SearchTargets};
use crate::model::defaults;
use crate::model::known::Known;
use crate::model::rule::{Masked, Rule};
use crate::rules::RULES;

pub use shown::{printable, shell_word, shown_path, steers};

/// Returns `text` with everything that could be a credential masked.
pub fn redact(text: &str) -> Cow<'_, str> {
    match redact_bytes(text.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// Returns `bytes` with everything that could be a credential masked.
pub fn redact_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    without_bodies(without_plain(without_encoded(bytes)))
}

/// The patterns of the values that a set of rules masks.
struct Masks {
    all: Vec<&'static Masked>,
    /// All patterns, joined into one. The joined pattern is compiled only when a quick look
    /// suggests a match: nearly every text has no match, and compiling takes longer than a hook
    /// may.
    pattern: OnceLock<Regex>,
}

impl Masks {
    /// Returns the patterns of `rules`, each once.
    fn of(rules: &[&'static Rule]) -> Self {
        let mut all: Vec<&Masked> = Vec::new();
        for masked in rules.iter().flat_map(|rule| rule.masked) {
            if !all.iter().any(|known| known.pattern == masked.pattern) {
                all.push(masked);
            }
        }
        Masks {
            all,
            pattern: OnceLock::new(),
        }
    }

    /// Masks everything in `bytes` that looks like a value of a rule, except the value's prefix.
    fn mask<'b>(&self, bytes: Cow<'b, [u8]>) -> Cow<'b, [u8]> {
        if !self.all.iter().any(|masked| (masked.may_be_in)(&bytes)) {
            return bytes;
        }
        let pattern = self.pattern.get_or_init(|| {
            let all: Vec<&str> = self.all.iter().map(|masked| masked.pattern).collect();
            Regex::new(&format!("(?-u){}", all.join("|"))).expect("valid patterns")
        });
        let masked = pattern.replace_all(&bytes, |found: &Captures<'_>| {
            let prefix = found.iter().skip(1).flatten().next();
            let prefix = prefix.map_or(&b""[..], |prefix| prefix.as_bytes());
            [prefix, &b"*".repeat(found[0].len() - prefix.len())].concat()
        });
        match masked {
            Cow::Borrowed(_) => bytes,
            Cow::Owned(masked) => Cow::Owned(masked),
        }
    }
}

/// Masks everything in `bytes` that looks like a value of one of ntnguard's rules.
fn without_plain(bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    static OURS: LazyLock<Masks> = LazyLock::new(|| Masks::of(RULES));
    OURS.mask(bytes)
}

/// Masks everything in `bytes` that a rule finds in an encoding, at any confidence and with any of
/// its characters escaped.
fn without_encoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    static WANTED: LazyLock<SearchTargets> = LazyLock::new(|| SearchTargets {
        anchors: vec![Anchors::new(RULES, true, &[]), Anchors::of_escapes()],
        known: Vec::new(),
        decode_depth: defaults::DECODE_DEPTH,
        by_shape: true,
    });
    let mut masked = Cow::Borrowed(bytes);
    if bytes
        .split(u8::is_ascii_whitespace)
        .any(|word| word.len() >= SHORTEST_ENCODED)
    {
        for found in Search::new(&WANTED, b"")
            .run(bytes)
            .iter()
            .filter(|found| !found.encodings.is_empty())
        {
            masked.to_mut()[found.span.clone()].fill(b'*');
        }
    }
    masked
}

/// Masks every run of letters and digits in `bytes` that could be a token without its prefix: the
/// prefix may be spelled in a way that no decoder knows. Hexadecimal ids and hashes stay visible,
/// because all their letters have one case.
fn without_bodies(mut bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let mut end = 0;
    while let Some(length) = bytes.get(end..).filter(|rest| !rest.is_empty()).map(run) {
        let run = end..end + length;
        if run.len() >= BODY && is_mixed(&bytes[run.clone()]) {
            bytes.to_mut()[run.clone()].fill(b'*');
        }
        end = run.end + 1;
    }
    bytes
}

/// Masks everything in the text beside a secret that could be another credential: values with a
/// name such as `password`, and words that look like passwords.
pub fn without_neighbours(bytes: &[u8]) -> Vec<u8> {
    let mut out = without_named(bytes);
    let mut at = 0;
    while let Some(start) = out[at..]
        .iter()
        .position(|byte| is_of_word(*byte))
        .map(|found| at + found)
    {
        let end = start
            + out[start..]
                .iter()
                .take_while(|byte| is_of_word(**byte))
                .count();
        at = end;
        if looks_thought_up(&out[start..end]) {
            out.splice(start..end, *MASK);
            at = start + MASK.len();
        }
    }
    out
}

/// The mask of a credential beside a secret. It hides the length of the credential too.
const MASK: &[u8; 4] = b"****";

/// Masks the value of each name such as `password` or `token`, the password in a URL, and the
/// credentials of an HTTP request (`Basic …`, `Bearer …`, `-u user:…`).
fn without_named(bytes: &[u8]) -> Vec<u8> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r#"(?i-u)((?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credential|key)[a-z0-9_.-]{0,40}["'`\]]{0,2}"#,
            r#"\s{0,4}(?:=>|:=|\+=|=|:)\s{0,4}|://[^\s/@"':]*:|(?:basic|bearer)\s+|\s-u\s*[^\s:"']+:)"#,
            r#"("[^"]{4,}|'[^']{4,}|[^\s"'`]{4,})"#
        ))
        .expect("a valid pattern")
    });
    // Nearly every line has none of these words, and compiling the pattern takes longer than a hook
    // may.
    const WORDS: [&[u8]; 10] = [
        b"pass",
        b"pwd",
        b"secret",
        b"token",
        b"credential",
        b"key",
        b"://",
        b"basic",
        b"bearer",
        b"-u",
    ];
    let lower = bytes.to_ascii_lowercase();
    if !WORDS
        .iter()
        .any(|word| memchr::memmem::find(&lower, word).is_some())
    {
        return bytes.to_vec();
    }
    NAMED
        .replace_all(bytes, |found: &Captures<'_>| {
            [&found[1], &MASK[..]].concat()
        })
        .into_owned()
}

/// Returns true if `byte` may be part of a password: a letter, a digit, or a mark that does not
/// separate words in code.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!@#$%^*+~?-_".contains(&byte)
}

/// Returns true if a word looks like a password: eight characters or more, with letters of both
/// cases and digits, and with a mark such as `!` or more than two digits. Names in code have fewer
/// digits (`Http2Client`).
fn looks_thought_up(word: &[u8]) -> bool {
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_marked = word.iter().any(|byte| b"!@#$%^*+~?".contains(byte));
    word.len() >= 8 && is_mixed(word) && (digits > 2 || is_marked)
}

/// Returns the number of letters and digits that `bytes` begin with.
fn run(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count()
}

fn is_mixed(run: &[u8]) -> bool {
    [
        u8::is_ascii_uppercase,
        u8::is_ascii_lowercase,
        u8::is_ascii_digit,
    ]
    .iter()
    .all(|kind| run.iter().any(kind))
}

/// The smallest length of a run of letters and digits that could be a token without its prefix.
const BODY: usize = 40;

/// Known values that must not be shown, plain or encoded.
#[derive(Default)]
pub struct Hidden(Option<SearchTargets>);

impl Hidden {
    /// Collects the values of `known` and the passwords in them.
    pub fn new(known: &[Known]) -> Self {
        let password = |known: &Known| {
            Some(Known {
                value: known.password.clone()?,
                ..known.clone()
            })
        };
        let known: Vec<Known> = known
            .iter()
            .cloned()
            .chain(known.iter().filter_map(password))
            .collect();
        let wanted = SearchTargets {
            anchors: Anchors::of_known(&known).collect(),
            known: known.clone(),
            decode_depth: defaults::DECODE_DEPTH,
            by_shape: false,
        };
        Hidden(Some(wanted).filter(|_| !known.is_empty()))
    }

    /// Returns true if there are no values to hide.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Masks these values in `bytes`, plain and in every encoding.
    pub fn mask<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let mut masked = Cow::Borrowed(bytes);
        for found in self
            .0
            .iter()
            .flat_map(|wanted| Search::new(wanted, b"").run(bytes))
        {
            masked.to_mut()[found.span].fill(b'*');
        }
        masked
    }
}

/// The length of the shortest token in base64, the densest encoding: 34 bytes become 45 characters.
const SHORTEST_ENCODED: usize = 45;

#[cfg(test)]
mod tests;
