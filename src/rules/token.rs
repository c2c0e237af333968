//! What the rules for prefixed tokens share: their shape, and how one `secret_` kind is told from another.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::neighbourhood::Neighbourhood;
use crate::placeholder::lead;
use crate::rule::{Candidate, Confidence};

/// Between two halves of a literal that the language joins: closing quote, operator, opening quote, one line break at most.
const JOIN: &str =
    r#"["'`][ \t]*(?:\+\+?|\.\.?|&|~|\|\||<>|\\)?[ \t]*(?:\r?\n[ \t]*)?(?:\+\+?|\.\.?|&|~|\|\||<>)?[ \t]*["'`]"#;

/// The shape of a token at its anchor: the prefix and 30 alphanumerics or more, in one piece or as a split literal.
pub fn shape(prefix: &str) -> Regex {
    let piece = "[A-Za-z0-9]";
    compile(&format!(r"(?-u)^{prefix}(?:{piece}{{30,}}|{piece}{{0,29}}(?:{JOIN}{piece}+){{1,3}})"))
}

/// The shape that three kinds share.
pub static SECRET: LazyLock<Regex> = LazyLock::new(|| shape("secret_"));

/// Whether a body begins as `ntn_` and `nrt_` bodies do: up to three letters, then nine digits or more.
pub fn is_structured(body: &[u8]) -> bool {
    let letters = body.iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
    lead(body) >= letters + 9
}

/// The kinds of credential that look alike: `secret_` and 43 alphanumerics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The client secret of a public integration.
    ClientSecret,
    /// The verification token of a webhook subscription.
    WebhookToken,
    /// Neither is named: an integration token made before `ntn_`.
    Legacy,
}

/// Which kind a `secret_` candidate is, by what names it: an OAuth pair, else the name on its line, else the name above it
/// where its own line has none (`Name: …` / `Value: …`), else what stands a few lines around.
pub fn kind(around: &Neighbourhood<'_>) -> Kind {
    static PAIR: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?i-u)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::|%3A)$"));
    let line = around.line_before();
    if PAIR.is_match(line) {
        return Kind::ClientSecret;
    }
    let above = || if names_itself(line) { None } else { named(around.lines_above()) };
    named(line).or_else(above).unwrap_or_else(|| kind_nearby(around))
}

/// The last name in `text` that says what the value after it is.
fn named(text: &[u8]) -> Option<Kind> {
    static CLIENT: LazyLock<Regex> = LazyLock::new(|| compile(r"(?i-u)client[\s_.-]*secret\w*"));
    static WEBHOOK: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?i-u)verification[\s_.-]*token\w*|webhook[\w .-]{0,40}(?:secret|token|key)\w*"));
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"(?i-u)notion[\w.-]*(?:token|key)|api[\s_-]?key|authorization|bearer|\bauth\b|integration[\s_-]*(?:token|secret|key)",
        )
    });
    let end = |pattern: &Regex| pattern.find_iter(text).last().map(|found| found.end());
    // On a tie the later element wins: `NOTION_WEBHOOK_TOKEN` is a webhook's although it also ends like a token's name.
    [(end(&TOKEN), Kind::Legacy), (end(&WEBHOOK), Kind::WebhookToken), (end(&CLIENT), Kind::ClientSecret)]
        .into_iter()
        .filter_map(|(end, kind)| Some((end?, kind)))
        .max_by_key(|(end, _)| *end)
        .map(|(_, kind)| kind)
}

/// Whether a line assigns to a name of its own, one that says more than "value".
fn names_itself(line: &[u8]) -> bool {
    static NAME: LazyLock<Regex> = LazyLock::new(|| compile(r"(?-u)(\w+)[\x22'\]]?\s*(?::?=|:)"));
    const SAYS_NOTHING: [&str; 8] = ["value", "val", "string", "token", "secret", "key", "default", "data"];
    NAME.captures_iter(line).any(|found| {
        let name = String::from_utf8_lossy(&found[1]).to_lowercase();
        !SAYS_NOTHING.contains(&name.as_str())
    })
}

/// What the lines around say, for a value without a telling name.
fn kind_nearby(around: &Neighbourhood<'_>) -> Kind {
    static CLIENT_ID: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i-u)[0-9a-f]{3}d872b-594c-8[0-9a-f]{3}-[0-9a-f]{4}-0037[0-9a-f]{8}",
            r"|client[\s_.-]*id\W{1,8}[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
        ))
    });
    static SIGNATURE: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?i-u)verification_?token|x-notion-signature|hmac\W"));
    if around.nearly_matches(&CLIENT_ID) {
        Kind::ClientSecret
    } else if around.nearly_matches(&SIGNATURE) {
        Kind::WebhookToken
    } else {
        Kind::Legacy
    }
}

/// How sure we are of a `secret_` value: by its length, its alphabet and whether Notion is named around it.
/// Other vendors use the prefix too, with other lengths or with hexadecimal digits.
pub fn secret_confidence(candidate: &Candidate<'_>) -> Option<Confidence> {
    let body = candidate.body();
    // A body of 43 random alphanumerics without an upper or a lower case letter is one in ten billion.
    let mixed = body.iter().any(u8::is_ascii_lowercase) && body.iter().any(u8::is_ascii_uppercase);
    let usual = matches!(body.len(), 42..=44) && mixed;
    if candidate.joined && !usual {
        return None;
    }
    Some(match (usual, body.len()) {
        (true, 43) if candidate.around.says_notion() => Confidence::High,
        (true, _) => Confidence::Medium,
        (false, 30..=64) if candidate.around.nearly_says_notion() => Confidence::Medium,
        _ => Confidence::Low,
    })
}

/// Length of `secret_`, for [`crate::rule::Detector::prefix`].
pub fn secret_prefix(_: &[u8]) -> usize {
    "secret_".len()
}

/// Compiles a pattern of ours.
pub fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}
