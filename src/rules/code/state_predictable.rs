//! An OAuth state that an attacker can guess.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::assigned::assigned;
use super::call::{closing, split, trimmed};
use super::file::CodeFile;
use super::language::Language;
use super::oauth::{ANCHORS, uses_library};
use super::{CodeCheck, CodeFault, REVIEWED, compile};
use crate::model::rule::{Rule, Severity};

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "oauth-state-predictable",
    title: "OAuth state that an attacker can guess",
    severity: Severity::Note,
    advice: "Use 32 random bytes as the state of each sign-in, and store other data on the server, with the \
             state as its key.",
    page: include_str!("../../../docs/rules/oauth-state-predictable.md"),
    ..REVIEWED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: ANCHORS,
    look,
};

static AUTHORIZE: LazyLock<Regex> =
    LazyLock::new(|| compile(r"/v1/oauth/authorize\b|notion\.so/install-integration"));

/// Code that puts the state into the authorize URL: into a string, by a call, or as a member of the
/// parameters.
static PUT: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"\bstate=(?:\$\{|\{|#\{|['"`]\s*\+\s*)"#,
        r#"|\b(?:set|append|Set|Add|add)\(\s*['"]state['"]\s*,"#,
        r#"|['"]?\bstate['"]?\s*(?::|=>)"#,
        r#"|\bstate\s*[,}]"#
    ))
});

/// A constant state: in the text of an authorize URL, or as a text that is passed to Go's OAuth
/// library.
static FIXED: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?:/v1/oauth/authorize|install-integration)\?[^\s'"`]*\bstate=[\w.-]+(?:['"`&]|$)"#,
        r#"|\.AuthCodeURL\(\s*"[^"\n]*""#,
    ))
});

/// Code that makes a random state, or that signs the state.
static RANDOM: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)uuid|randomBytes|nanoid|getRandomValues|secrets\.|token_urlsafe|token_hex",
        r"|SecureRandom|rand\.Read|urandom|random_bytes",
        r"|Str::random|bin2hex|generate|create\w*State|make\w*State|sign|jwt|hmac|encrypt|nonce",
        r"|csrf|crypto|cuid|ulid|randomString|seal"
    ))
});

/// Code that makes a state from weak random numbers or from the time.
static WEAK: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"Math\.random|Time\.now|random\.(?:choice|randint|random)\b|Date\.now\(\)|time\.time\(\)",
        r"|\bmt_rand\(|\buniqid\(",
    ))
});

/// Code that only encodes values, which others may know.
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?:btoa|encodeURIComponent|Buffer\.from|b64encode",
        r"|base64\w*)\s*\(\s*(?:JSON\.stringify|json\.dumps)|^\s*JSON\.stringify\(",
        r"|^\s*json\.dumps\(|b64encode\(\s*\w+",
    ))
});

/// An id or an email address, which others may know.
static IDENTITY: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)(?:^|[^a-z])(?:user|workspace|account|org|organi[sz]ation|team|profile|tenant",
        r"|owner|chat|guild|project|client|customer|agent)s?(?:_?id|\.id|\.uid|\.email)\b",
        r"|\buid\b|\bsub\b",
    ))
});

/// The largest number of states in a file that are examined.
const MOST: usize = 50;

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    let is_about = file.has(&AUTHORIZE) && file.language != Language::Markup && !uses_library(file);
    if !is_about {
        return Vec::new();
    }
    let fixed = FIXED.find(&file.code).map(|found| CodeFault {
        span: found.range(),
        note: "The state is the same for everybody.".to_owned(),
    });
    let fault = PUT.find_iter(&file.code).take(MOST).find_map(|put| {
        let value = value(file, put.range())?;
        let why = why_predictable(file, value.clone(), 0)?;
        let span = put.start()..value.end.max(put.end());
        Some(CodeFault {
            span,
            note: why.to_owned(),
        })
    });
    fixed.or(fault).into_iter().collect()
}

/// Returns the expression for the state that is put into the URL at `put`; `None` if no state is
/// put there.
fn value(file: &CodeFile<'_>, put: Range<usize>) -> Option<Range<usize>> {
    let text = file.text(put.clone());
    let to_comma = |start: usize| {
        let limit = file.bare.len().min(start + 600);
        let parts = split(&file.bare, start..limit, |rest| {
            usize::from(matches!(rest[0], b',' | b';' | b'\n'))
        });
        let part = parts.into_iter().next()?;
        // The bracket that closes the call or the object ends the value.
        let mut depth = 0_usize;
        let closes = |byte: &u8| match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                false
            }
            b')' | b']' | b'}' if depth == 0 => true,
            b')' | b']' | b'}' => {
                depth -= 1;
                false
            }
            _ => false,
        };
        let end = file.bare[part.clone()].iter().position(closes);
        Some(part.start..end.map_or(part.end, |end| part.start + end))
    };
    if text.ends_with('{') {
        let end = closing(&file.bare, put.end - 1)?;
        return Some(put.end..end);
    }
    if text.ends_with('+') {
        return to_comma(put.end);
    }
    let is_member =
        text.ends_with([':', '>']) || text.trim_end().ends_with([',', '}']) && !text.contains("'");
    if is_member && !text.contains('(') {
        return is_of_parameters(file, put.start).then(|| match text.ends_with([':', '>']) {
            true => to_comma(put.end),
            false => Some(put.start..put.start + "state".len()),
        })?;
    }
    to_comma(put.end)
}

/// Returns true if the object or list around `at` contains the parameters of the authorize URL.
fn is_of_parameters(file: &CodeFile<'_>, at: usize) -> bool {
    let (from, to) = (at.saturating_sub(400), file.code.len().min(at + 400));
    let open =
        memchr::memrchr(b'{', &file.bare[from..at]).or(memchr::memrchr(b'[', &file.bare[from..at]));
    let Some(open) = open.map(|open| from + open) else {
        return false;
    };
    let end = closing(&file.bare, open).unwrap_or(to);
    let around = &file.code[open..end.max(open)];
    let has = |word: &str| memchr::memmem::find(around, word.as_bytes()).is_some();
    has("redirect_uri") || has("response_type") || has("client_id")
}

/// Returns the reason why a state with this value can be guessed; `None` if there is no reason.
/// Variables are followed to the values assigned to them.
fn why_predictable(file: &CodeFile<'_>, value: Range<usize>, depth: usize) -> Option<&'static str> {
    let value = trimmed(&file.code, value);
    let code = file.code.get(value.clone())?;
    if code.is_empty() || code.len() > 600 || depth > 2 || RANDOM.is_match(code) {
        return None;
    }
    if WEAK.is_match(code) {
        return Some(
            "The state is made of values that can be guessed: use the system's random bytes.",
        );
    }
    if is_constant(code) {
        return Some("The state is the same for everybody.");
    }
    let names = variables(file, &value);
    let behind: Vec<_> = names
        .iter()
        .map(|name| assigned(file, name, value.start))
        .collect();
    let followed = behind
        .iter()
        .flatten()
        .map(|value| (value, file.code.get(value.clone()).unwrap_or_default()));
    if followed.clone().any(|(_, code)| RANDOM.is_match(code)) {
        return None;
    }
    if WRITTEN.is_match(code) {
        return Some(
            "The state only encodes values that others may know: nothing in it is random or signed.",
        );
    }
    if IDENTITY.is_match(code) {
        return Some("The state is somebody's id, which others may know.");
    }
    let mut followed = followed.map(|(value, _)| value.clone());
    followed.find_map(|value| why_predictable(file, value, depth + 1))
}

/// Returns true if a value is a quoted text without interpolated code.
fn is_constant(code: &[u8]) -> bool {
    let quote = code[0];
    matches!(quote, b'"' | b'\'')
        && code.len() > 2
        && code.last() == Some(&quote)
        && !code[1..code.len() - 1].contains(&quote)
}

/// Returns the names of the variables in a value, at most eight.
fn variables(file: &CodeFile<'_>, value: &Range<usize>) -> Vec<String> {
    static VARIABLE: LazyLock<Regex> = LazyLock::new(|| compile(r"[A-Za-z_$][\w$]*"));
    let bare = file.bare.get(value.clone()).unwrap_or_default();
    let names = VARIABLE
        .find_iter(bare)
        .filter(|name| name.start() == 0 || bare[name.start() - 1] != b'.');
    let names = names.filter_map(|name| std::str::from_utf8(name.as_bytes()).ok());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.truncate(8);
    names
}
