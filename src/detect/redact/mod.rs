//! The last line of defence: text that is about to be shown, with all that could be a credential masked.
//!
//! The rules decide what is reported; this decides what is printed, and is deliberately less choosy. A mask is as long
//! as what it hides, so that offsets into a text stay true.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Captures, Regex};

use crate::detect::anchors::Anchors;
use crate::detect::scanner::Scanner;
use crate::detect::search::{Search, Wanted};
use crate::model::known::Known;
use crate::model::rule::{Masked, Rule};
use crate::rules::RULES;

/// `text` with everything that could be a credential masked.
pub fn redact(text: &str) -> Cow<'_, str> {
    match redact_bytes(text.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// Bytes with everything that could be a credential masked.
pub fn redact_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    without_bodies(without_plain(without_encoded(bytes)))
}

/// What the rules say is masked.
struct Masks {
    all: Vec<&'static Masked>,
    /// All patterns in one, compiled when a glance says that there may be something: nearly every text has nothing, and to
    /// compile takes longer than a hook may.
    pattern: OnceLock<Regex>,
}

impl Masks {
    /// The masks of `rules`; rules that share a prefix share one.
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

    /// `bytes` with whatever looks like a value of a rule masked, but for its prefix.
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

/// `bytes` with whatever looks like a value of one of our rules masked.
fn without_plain(bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    static OURS: LazyLock<Masks> = LazyLock::new(|| Masks::of(RULES));
    OURS.mask(bytes)
}

/// `bytes` with whatever a rule finds in an encoding masked, however sure the rule is, and whichever of its characters are
/// escaped.
fn without_encoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    static WANTED: LazyLock<Wanted> = LazyLock::new(|| Wanted {
        anchors: vec![Anchors::new(RULES, true), Anchors::of_escapes()],
        known: Vec::new(),
        decode_depth: Scanner::DECODE_DEPTH,
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

/// `bytes` with every run masked that could be a token without its prefix, which may be written in more ways than any decoder
/// knows. Ids and hashes in hexadecimal digits stay: they have letters of one case.
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

/// `bytes` with all masked that could be another credential: what stands beside a token may be a password, which looks like any
/// word where nothing calls it one.
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

/// What stands for a neighbour: it does not tell how long that is.
const MASK: &[u8; 4] = b"****";

/// `bytes` with the value masked of whatever is called a secret there, of a password in an address, and of what a request is
/// authorised by.
fn without_named(bytes: &[u8]) -> Vec<u8> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r#"(?i-u)((?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credential|key)[a-z0-9_.-]{0,40}["'`\]]{0,2}"#,
            r#"\s{0,4}(?:=>|:=|\+=|=|:)\s{0,4}|://[^\s/@"':]*:|(?:basic|bearer)\s+|\s-u\s*[^\s:"']+:)"#,
            r#"("[^"]{4,}|'[^']{4,}|[^\s"'`]{4,})"#
        ))
        .expect("a valid pattern")
    });
    // Nearly every line has no such word, and to compile the pattern takes longer than a hook may.
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

/// Returns true for what a password has beside letters and digits, as far as it does not separate words of code.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!@#$%^*+~?-_".contains(&byte)
}

/// Returns true if a word looks like a password: eight characters or more, of letters of both cases and digits, and not a name
/// of code with one number in it (`Http2Client`).
fn looks_thought_up(word: &[u8]) -> bool {
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_marked = word.iter().any(|byte| b"!@#$%^*+~?".contains(byte));
    word.len() >= 8 && is_mixed(word) && (digits > 2 || is_marked)
}

/// How many letters and digits `bytes` begin with.
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

/// Fewer letters and digits stand behind no prefix of a token.
const BODY: usize = 40;

/// Values that must not be shown, whatever they look like.
#[derive(Default)]
pub struct Hidden(Option<Wanted>);

impl Hidden {
    /// The values of `known`, and the passwords in them.
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
        let wanted = Wanted {
            anchors: Anchors::of_known(&known).collect(),
            known: known.clone(),
            decode_depth: Scanner::DECODE_DEPTH,
            by_shape: false,
        };
        Hidden(Some(wanted).filter(|_| !known.is_empty()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// `bytes` with these values masked, in plain and in every encoding.
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

/// The shortest token in the densest encoding: 34 bytes in base64.
const SHORTEST_ENCODED: usize = 45;

/// Bytes as text for one line of output: UTF-8 made valid, and no control or direction characters that could move
/// the cursor, fake a line or hide what stands there.
pub fn printable(bytes: &[u8]) -> String {
    let mut out = String::new();
    for c in String::from_utf8_lossy(bytes)
        .trim_end_matches('\r')
        .chars()
    {
        match c {
            '\t' => out.push_str("    "),
            c if steers(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// Whether a character could move the cursor, fake a line, or hide what stands there.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// A path as text for one line of output, with all that could be a credential masked.
pub fn shown_path(path: &[u8]) -> String {
    printable(&redact_bytes(path))
}

/// The same as one word of a shell, for a command to paste.
pub fn shell_word(path: &[u8]) -> String {
    let path = shown_path(path);
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if path.chars().all(plain) {
        path
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Masks, printable, redact, shell_word, shown_path, without_neighbours};
    use crate::fake::{Fake, expand};
    use crate::model::rule::{Masked, Rule};
    use crate::rules::RULES;

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(shell_word(b"a/.env"), "a/.env");
        assert_eq!(shell_word(b"it's/.env"), r"'it'\''s/.env'");
        assert_eq!(shell_word(b"a b;c"), "'a b;c'");
    }

    #[test]
    fn whatever_could_be_a_credential_is_masked() {
        for text in [
            "{ntn}",
            "{secret}",
            "{nrt}",
            "{v02}",
            "{v03}",
            "{h:156}",
            "x{ntn}",
            "my_secret_{a:20}",
        ] {
            let text = expand(text, 3);
            let shown = redact(&text);
            assert!(!shown.contains(&text[text.len() - 14..]), "{shown}");
        }
        let name = format!("dir/{}.txt\n\u{1b}[2J", Fake::new(1).ntn(0));
        assert_eq!(
            shown_path(name.as_bytes()),
            format!("dir/ntn_{}.txt\\n\\u{{1b}}[2J", "*".repeat(46))
        );
        for plain in [
            "0123456789abcdef0123456789abcdef01234567/0123456789ABCDEF0123456789ABCDEF01234567",
            "antidisestablishmentarianismAntidisestablishmentarianism",
            "caf%C3%A9/%E2%82%AC%20%41%42%43/notes.txt",
            "NOTION_TOKEN in secret_access_key",
            "ntn_configuration_manager_impl.cpp",
            "secret_rotation_handler_config.yml",
        ] {
            assert_eq!(redact(plain), plain);
        }
    }

    #[test]
    fn a_new_rule_is_masked_by_what_it_says_itself() {
        static NEW: Rule = Rule {
            id: "made-up",
            title: "Made up",
            masked: &[Masked {
                may_be_in: |bytes| memchr::memmem::find(bytes, b"zzk-").is_some(),
                pattern: "(zzk-)[a-z]{12,}",
            }],
            detectors: &[],
            evidence: &[],
            ..*RULES[0]
        };
        let masks = Masks::of(&[RULES[0], &NEW]);
        let masked = masks.mask(b"key: zzk-abcdefghijklm.".into());
        assert_eq!(*masked, *b"key: zzk-*************.");
        assert_eq!(*masks.mask(b"zzk-short".into()), *b"zzk-short");
    }

    #[test]
    fn what_stands_beside_a_secret_is_masked_where_it_could_be_another() {
        for (beside, masked) in [
            (
                "DB_PASSWORD=Winter-9 \"apiKey\": \"ab cd\", key: x, monkey = banana port=1",
                "DB_PASSWORD=**** \"apiKey\": ****\", key: x, monkey = **** port=1",
            ),
            (
                "db://me:hunter2@host/x -H 'Authorization: Basic bWU6aHVudGVy'",
                "db://me:**** -H 'Authorization: Basic ****'",
            ),
            ("curl -u me:hunter2 x", "curl -u me:**** x"),
            (
                "[Winter-2024, Passw0rd!, Http2Client, sha256, 2022-06-28]",
                "[****, ****, Http2Client, sha256, 2022-06-28]",
            ),
        ] {
            assert_eq!(
                String::from_utf8_lossy(&without_neighbours(beside.as_bytes())),
                masked
            );
        }
    }

    #[test]
    fn a_token_in_an_encoding_is_masked_within_a_word_too() {
        let token = Fake::new(2).ntn(0);
        let hex: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
        let percent: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let html: String = token.bytes().map(|byte| format!("&#{byte};")).collect();
        let unicode: String = token.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
        let letter: String = format!("x{token}")
            .bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        for encoded in [hex, percent, html, unicode, letter] {
            for before in ["", "x", "A7", "_", "é"] {
                let shown = redact(&format!("{before}{encoded}/b")).into_owned();
                assert!(
                    shown.contains("****")
                        && shown.ends_with("/b")
                        && !shown.contains(&encoded[30..40]),
                    "{shown}"
                );
            }
        }
        for prefix in [
            "n%74n_",
            "%6Etn_",
            "nt%6e%5f",
            "n\\u0074n_",
            "n\\x74n_",
            "&#110;tn_",
            "n=74n_",
            "n%5Cx74n_",
        ] {
            let text = format!("src/{prefix}{}/a%20b", &token[4..]);
            let shown = redact(&text);
            assert!(
                shown.starts_with("src/") && shown.contains("***") && shown.ends_with("/a%20b"),
                "{shown}"
            );
            assert!(!shown.contains(&token[token.len() - 14..]), "{shown}");
        }
        for prefix in [
            "n%2574n_",
            "n&amp;#116;n_",
            "n=3D74n_",
            "n&#116n_",
            "n\\164n_",
            "\\\\\\\\u006etn_",
            "n%u0074n_",
        ] {
            let shown = redact(&format!("{prefix}{}", &token[4..])).into_owned();
            assert!(shown.ends_with(&"*".repeat(46)), "{shown}");
        }
    }

    #[test]
    fn what_could_steer_a_terminal_is_spelled_out() {
        assert_eq!(
            printable("a\u{202e}b\r\u{7}\tc\r".as_bytes()),
            "a\\u{202e}b\\r\\u{7}    c"
        );
        assert_eq!(printable(b"\xff"), "\u{fffd}");
    }
}
