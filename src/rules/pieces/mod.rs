//! Tokens that are written in pieces: literals that a program joins, lines that a shell continues,
//! runs of a document, characters without width, lines that a mail program broke.

mod proof;
mod seam;

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::rules::token::{compile, is_structured};

pub use seam::JOIN;
use seam::SeamKind;

/// The length of a first piece that is a token by itself: anything joined to it is something else.
const NEARLY_WHOLE: usize = 42;

/// The fewest characters of a token before a line break; with fewer, the line may end in any name.
pub const FEWEST_IN_LINE: usize = 9;

/// Returns the end of the token of 46 characters behind `prefix` that begins at `start` and is
/// written in pieces. `None` if it is in one piece, or nothing shows that the pieces are one token.
pub fn structured(bytes: &[u8], start: usize, prefix: usize) -> Option<usize> {
    let pieces = Pieces::read(bytes, start, prefix, 46)?;
    let body = &value(&bytes[start..pieces.end])[prefix..];
    let begins_like_one = is_structured(&body[..pieces.first.max(9).min(body.len())]);
    let is_shown = |kind: &SeamKind| match kind {
        SeamKind::Sure | SeamKind::Broken { .. } => true,
        SeamKind::Listed => proof::is_joined(bytes, start..pieces.end),
        SeamKind::Assigned(_) => proof::are_put_together(bytes, start..pieces.end, &pieces.kinds),
    };
    let is_broken = pieces
        .kinds
        .iter()
        .any(|kind| matches!(kind, SeamKind::Broken { .. }));
    (is_structured(body)
        && (!is_broken || begins_like_one && pieces.first >= FEWEST_IN_LINE)
        && pieces.kinds.iter().all(is_shown))
    .then_some(pieces.end)
}

/// Returns the same for the 43 characters behind `secret_`, which have no structure: a broken line
/// must have a mark.
pub fn opaque(bytes: &[u8], start: usize) -> Option<usize> {
    const PREFIX: usize = "secret_".len();
    let pieces = Pieces::read(bytes, start, PREFIX, 43)?;
    let body = &value(&bytes[start..pieces.end])[PREFIX..];
    let mixed = body.iter().any(u8::is_ascii_lowercase)
        && body.iter().any(u8::is_ascii_uppercase)
        && body.iter().any(u8::is_ascii_digit);
    let is_shown = |kind: &SeamKind| match kind {
        SeamKind::Sure => true,
        SeamKind::Broken { is_marked } => *is_marked && pieces.first >= FEWEST_IN_LINE,
        SeamKind::Listed => proof::is_joined(bytes, start..pieces.end),
        SeamKind::Assigned(_) => proof::are_put_together(bytes, start..pieces.end, &pieces.kinds),
    };
    (mixed && pieces.kinds.iter().all(is_shown)).then_some(pieces.end)
}

/// Returns true if `before` ends with a word in a literal, and with what joins that to another
/// literal: `"cs_…_" "`.
pub fn follows_word(before: &[u8]) -> bool {
    static JOINED: LazyLock<Regex> = LazyLock::new(|| {
        let operator = r"(?:\+\+?|\.\.?|&|~|\|\||<>)";
        compile(&format!(
            r#"(?-u)(?:_{JOIN}|[A-Za-z0-9_]\\*["'`]\s*{operator}\s*\\*["'`])$"#
        ))
    });
    matches!(before.last(), Some(b'"' | b'\'' | b'`'))
        && JOINED.is_match(&before[before.len().saturating_sub(LONGEST_JOIN)..])
}

/// The distance within which a word is looked for that is joined to another.
const LONGEST_JOIN: usize = 200;

/// Returns a token without the seams between its pieces.
pub fn value(written: &[u8]) -> Vec<u8> {
    let (mut value, mut at) = (Vec::with_capacity(written.len()), 0);
    while at < written.len() {
        match written[at] {
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => at += 1,
            _ => match seam::seam(&written[at..]) {
                Some((length, _)) => {
                    at += length;
                    continue;
                }
                None => at += 1,
            },
        }
        value.push(written[at - 1]);
    }
    value
}

/// The pieces of a token.
struct Pieces {
    /// The length of the first piece, without its prefix.
    first: usize,
    kinds: Vec<SeamKind>,
    end: usize,
}

impl Pieces {
    /// Reads the pieces that have `whole` characters together behind the `prefix` at `start`.
    /// `None` if they have more or fewer, or the first is nearly whole.
    fn read(bytes: &[u8], start: usize, prefix: usize, whole: usize) -> Option<Pieces> {
        let run = |at: usize| {
            bytes[at..]
                .iter()
                .take(whole + 1)
                .take_while(|byte| byte.is_ascii_alphanumeric())
                .count()
        };
        let (mut at, mut kinds) = (start + prefix, Vec::new());
        let first = run(at);
        let mut count = first;
        at += first;
        if first >= NEARLY_WHOLE {
            return None;
        }
        while count < whole {
            let (length, kind) = seam::seam(&bytes[at..])?;
            kinds.push(kind);
            at += length;
            let piece = run(at);
            if piece == 0 {
                return None;
            }
            at += piece;
            count += piece;
        }
        (count == whole).then_some(Pieces {
            first,
            kinds,
            end: at,
        })
    }
}

#[cfg(test)]
mod tests;
