//! The shape and structure that the rules for prefixed tokens share.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::model::rule::{Candidate, Confidence, Detector};
use crate::rules::foreign::is_others_secret;
use crate::rules::pieces::{FEWEST_IN_LINE, JOIN};
use crate::rules::placeholder::lead;

/// Returns the pattern of a token at its anchor: the prefix and 30 or more letters and digits, in
/// one piece or as a split literal. A first piece of 42 characters or more is the whole token: a
/// literal joined to it is something else.
pub fn shape(prefix: &str) -> Regex {
    let piece = "[A-Za-z0-9]";
    compile(&format!(
        r"(?-u)^{prefix}(?:{piece}{{42,}}|{piece}{{0,41}}(?:{JOIN}{piece}+){{1,8}}|{piece}{{30,}})"
    ))
}

/// Returns true if `behind` may continue a token after its prefix: with twelve letters and digits;
/// with fewer before a quote, an escape, a tag or an invisible character, where a token may be
/// split; or with at least [`FEWEST_IN_LINE`] before a line break, a blank or a bracket. Most text
/// after `secret_` in programs is a name, as in `secret_key(`.
pub fn goes_on(behind: &[u8]) -> bool {
    let glance = &behind[..behind.len().min(Detector::GLANCE)];
    let run = glance
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    match glance.get(run) {
        Some(b'\r' | b'\n' | b' ' | b')') => run >= FEWEST_IN_LINE,
        Some(byte) => b"\"'`\\%&=<^;\x1B\xC2\xE2\xEF".contains(byte),
        None => behind.len() >= Detector::GLANCE,
    }
}

/// The pattern to mask after a token's prefix: 16 or more letters and digits, or fewer that begin
/// like a body, with up to three letters and nine digits.
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

/// The pattern of all three kinds of `secret_` tokens.
pub static SECRET: LazyLock<Regex> = LazyLock::new(|| shape("secret_"));

/// Returns true if `body` begins like the body of an `ntn_` or `nrt_` token: with up to three
/// letters, then nine digits or more.
pub fn is_structured(body: &[u8]) -> bool {
    let letters = body
        .iter()
        .take(3)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    lead(body) >= letters + 9
}

/// The lengths of `ntn_` and `nrt_` tokens: usually 50 characters, but slightly shorter and longer
/// tokens were seen.
pub const STRUCTURED: Range<usize> = 48..53;

/// The length of `secret_` tokens. A token of 49 characters was seen, but only the usual length
/// shows where a token ends, because it has no structure.
pub const OPAQUE: Range<usize> = 50..51;

/// The number of characters of a whole token, with its prefix.
pub const WHOLE: usize = 50;

/// Returns the length of the token that `written` begins with. `None` if `written` does not begin
/// like an `ntn_` or `nrt_` token.
pub fn structured_length(written: &[u8]) -> Option<usize> {
    let token = written.get(..WHOLE)?;
    let is_whole = token[4..].iter().all(u8::is_ascii_alphanumeric);
    (is_whole && is_structured(&token[4..])).then_some(WHOLE)
}

/// Returns the length of `written` if it is as long as a `secret_` token. `None` for any other
/// length: without a structure, nothing else shows where a token ends.
pub fn opaque_length(written: &[u8]) -> Option<usize> {
    (written.len() == WHOLE).then_some(WHOLE)
}

/// The prefixes of tokens of 50 characters.
const PREFIXES: [&[u8]; 3] = [b"ntn_", b"nrt_", b"secret_"];

/// Returns true if `bytes` begin with a whole token, and the prefix of another token follows
/// directly.
pub fn touches_next(bytes: &[u8]) -> bool {
    let begins = |prefix: &&[u8]| bytes[WHOLE..].starts_with(prefix);
    bytes.len() > WHOLE && is_whole(&bytes[..WHOLE]) && PREFIXES.iter().any(begins)
}

/// Returns true if `before` ends with a whole token, so that another token may begin directly after
/// it.
pub fn ends_with_token(before: &[u8]) -> bool {
    before
        .last_chunk::<WHOLE>()
        .is_some_and(|token| is_whole(token))
}

/// Returns true if `token` is a prefix followed by letters and digits only.
fn is_whole(token: &[u8]) -> bool {
    let body = PREFIXES
        .iter()
        .find_map(|prefix| token.strip_prefix(*prefix));
    body.is_some_and(|body| body.iter().all(u8::is_ascii_alphanumeric))
}

/// Returns the confidence in a `secret_` value: by its length, its alphabet and the mention of
/// Notion around it. Other vendors use the prefix too, with other lengths or with hexadecimal
/// digits. `None` for a short value in pieces.
pub fn secret_confidence(candidate: &Candidate<'_>) -> Option<Confidence> {
    let body = candidate.body();
    // Of 43 random letters and digits, all letters have the same case once in about ten billion
    // values.
    let mixed = body.iter().any(u8::is_ascii_lowercase) && body.iter().any(u8::is_ascii_uppercase);
    let usual = matches!(body.len(), 42..=44) && mixed;
    if candidate.joined && !usual {
        return (body.len() >= 30).then_some(Confidence::Low);
    }
    Some(match (usual, body.len()) {
        (true, 43) if candidate.around.says_notion() => Confidence::High,
        (true, _) if !candidate.around.says_notion() && is_others_secret(candidate.around) => {
            Confidence::Low
        }
        (true, _) => Confidence::Medium,
        (false, 30..=64) if candidate.around.nearly_says_notion() => Confidence::Medium,
        _ => Confidence::Low,
    })
}

/// Returns the length of `secret_`, for [`crate::model::rule::Detector::prefix`].
pub fn secret_prefix(_: &[u8]) -> usize {
    "secret_".len()
}

/// Compiles a pattern of this project, which is known to be valid.
pub fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}
