//! What the rules for prefixed tokens share: their shape and structure.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::model::rule::{Candidate, Confidence, Detector};
use crate::rules::placeholder::lead;

/// Between two halves of a literal that the language joins: closing quote, operator, opening quote with its prefix (`f"`, `@"`);
/// one line break at most. The quotes and the break may be escaped themselves, as in a source map.
const JOIN: &str = concat!(
    r#"(?:\\*["'`][ \t]*(?:\+\+?|\.\.?|&(?:[ \t]*_)?|~|\|\||<>|\\)?[ \t]*(?:(?:\r?\n|\\+r?\\*n)[ \t]*)?"#,
    r#"(?:\+\+?|\.\.?|&|~|\|\||<>)?[ \t]*(?:[fFbBrRuU]{1,2}|u8|L|@|\$)?\\*["'`])"#
);

/// The shape of a token at its anchor: the prefix and 30 alphanumerics or more, in one piece or as a split literal.
/// A first piece as long as a whole token is one: what is joined to it is something else.
pub fn shape(prefix: &str) -> Regex {
    let piece = "[A-Za-z0-9]";
    compile(&format!(
        r"(?-u)^{prefix}(?:{piece}{{42,}}|{piece}{{0,41}}(?:{JOIN}{piece}+){{1,8}}|{piece}{{30,}})"
    ))
}

/// Whether a token may go on like this behind its prefix: with letters and digits up to a quote or the beginning of an
/// escape, if not for longer. Most that begins with `secret_` in programs is a name, `secret_key(`.
pub fn goes_on(behind: &[u8]) -> bool {
    let glance = behind.iter().take(Detector::GLANCE);
    let mut rest = glance.skip_while(|byte| byte.is_ascii_alphanumeric());
    match rest.next() {
        Some(byte) => b"\"'`\\%&=".contains(byte),
        None => behind.len() >= Detector::GLANCE,
    }
}

/// What is masked of whatever begins with a token's prefix: a long body, or a short one that begins as bodies do.
macro_rules! masked {
    ($prefix:literal) => {
        $crate::model::rule::Masked {
            may_be_in: |bytes| memchr::memmem::find(bytes, $prefix.as_bytes()).is_some(),
            pattern: concat!(
                "(",
                $prefix,
                r")(?:[A-Za-z0-9]{16,}|[A-Za-z]{0,3}[0-9]{9,}[A-Za-z0-9]*)"
            ),
        }
    };
}
pub(super) use masked;

/// A token without what joins its pieces.
pub fn value(written: &[u8]) -> Vec<u8> {
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| compile(&format!("(?-u){JOIN}")));
    BETWEEN.replace_all(written, &b""[..]).into_owned()
}

/// The shape that three kinds share.
pub static SECRET: LazyLock<Regex> = LazyLock::new(|| shape("secret_"));

/// Whether a body begins as `ntn_` and `nrt_` bodies do: up to three letters, then nine digits or more.
pub fn is_structured(body: &[u8]) -> bool {
    let letters = body
        .iter()
        .take(3)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    lead(body) >= letters + 9
}

/// How sure we are of a `secret_` value: by its length, its alphabet and whether Notion is named around it.
/// Other vendors use the prefix too, with other lengths or with hexadecimal digits.
pub fn secret_confidence(candidate: &Candidate<'_>) -> Option<Confidence> {
    let body = candidate.body();
    // A body of 43 random alphanumerics without an upper or a lower case letter is one in ten billion.
    let mixed = body.iter().any(u8::is_ascii_lowercase) && body.iter().any(u8::is_ascii_uppercase);
    let usual = matches!(body.len(), 42..=44) && mixed;
    if candidate.joined && !usual {
        return (body.len() >= 30).then_some(Confidence::Low);
    }
    Some(match (usual, body.len()) {
        (true, 43) if candidate.around.says_notion() => Confidence::High,
        (true, _) => Confidence::Medium,
        (false, 30..=64) if candidate.around.nearly_says_notion() => Confidence::Medium,
        _ => Confidence::Low,
    })
}

/// Length of `secret_`, for [`crate::model::rule::Detector::prefix`].
pub fn secret_prefix(_: &[u8]) -> usize {
    "secret_".len()
}

/// Compiles a pattern of ours.
pub fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}
