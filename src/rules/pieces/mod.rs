//! Tokens that are written in pieces: as literals that a program joins, on lines that a shell
//! continues, in text runs of a document, with invisible characters between them, or on lines that
//! a mail program broke.

mod proof;
mod seam;

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::rules::token::{compile, is_structured};

pub use seam::JOIN;
use seam::SeamKind;

/// The smallest number of characters of a body before a line break. With fewer, the line may end
/// with any name.
pub const FEWEST_IN_LINE: usize = 9;

/// The length of a first piece that is reported even without the rest of the body. Joining the rest
/// then cannot add a finding, only correct one.
const FOUND_ANYWAY: usize = 30;

/// Returns the end of the token that begins at `start` and is written in pieces: `prefix` bytes and
/// a body of 46 characters. `None` if the token is in one piece, or if nothing shows that the
/// pieces are one token.
pub fn structured(bytes: &[u8], start: usize, prefix: usize) -> Option<usize> {
    let pieces = Pieces::read(bytes, start, prefix, 46)?;
    let body = &value(&bytes[start..pieces.end])[prefix..];
    let begins_like_one = is_structured(&body[..pieces.first.max(9).min(body.len())]);
    let may_break = begins_like_one && pieces.first >= FEWEST_IN_LINE && !pieces.ends_in_word;
    let is_shown = |kind: &SeamKind| match kind {
        SeamKind::Broken { is_marked } => may_break && (*is_marked || pieces.is_line_full),
        kind => proof::is_shown(bytes, start, &pieces, kind),
    };
    (is_structured(body) && pieces.kinds.iter().all(is_shown)).then_some(pieces.end)
}

/// Returns the end of the `secret_` token that begins at `start` and is written in pieces. Its body
/// of 43 characters has no structure. So a line break in it counts only if a mark such as `>` shows
/// that a program broke the line, or if the first piece is reported anyway.
pub fn opaque(bytes: &[u8], start: usize) -> Option<usize> {
    const PREFIX: usize = "secret_".len();
    let pieces = Pieces::read(bytes, start, PREFIX, 43)?;
    let body = &value(&bytes[start..pieces.end])[PREFIX..];
    let mixed = body.iter().any(u8::is_ascii_lowercase)
        && body.iter().any(u8::is_ascii_uppercase)
        && body.iter().any(u8::is_ascii_digit);
    let is_shown = |kind: &SeamKind| match kind {
        SeamKind::Broken { is_marked: true } => pieces.first >= FEWEST_IN_LINE,
        SeamKind::Broken { is_marked: false } => {
            pieces.first >= FOUND_ANYWAY && !pieces.ends_in_word
        }
        kind => proof::is_shown(bytes, start, &pieces, kind),
    };
    (mixed && pieces.kinds.iter().all(is_shown)).then_some(pieces.end)
}

/// Returns true if `before` ends with a literal that is joined to the next literal, so that a word
/// continues there: `"cs_…_" "`.
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

/// The number of bytes in which a literal is looked for that is joined to the next.
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
    /// True if the last piece may be a word after a token that was cut off: it is a few small
    /// letters, and its line continues.
    ends_in_word: bool,
    /// True if the line of the first piece is so long that a program may have broken it.
    is_line_full: bool,
}

impl Pieces {
    /// Reads the pieces that have `whole` characters together, after the `prefix` bytes at `start`.
    /// `None` if they have more or fewer, or if the first piece is the whole body.
    fn read(bytes: &[u8], start: usize, prefix: usize, whole: usize) -> Option<Pieces> {
        let run = |at: usize| {
            let rest = bytes[at..].iter().take(whole + 1);
            rest.take_while(|byte| byte.is_ascii_alphanumeric()).count()
        };
        let (mut at, mut kinds) = (start + prefix, Vec::new());
        let first = run(at);
        at += first;
        let is_line_full = is_line_full(bytes, start, at);
        let (mut count, mut last) = (first, at..at);
        if first >= whole {
            return None;
        }
        while count < whole {
            let (length, kind) = seam::seam(&bytes[at..])?;
            kinds.push(kind);
            at += length;
            last = at..at + run(at);
            if last.is_empty() {
                return None;
            }
            at = last.end;
            count += last.len();
        }
        (count == whole).then(|| Pieces {
            first,
            kinds,
            end: at,
            ends_in_word: is_word(bytes, last),
            is_line_full,
        })
    }
}

/// Returns true if `span` is at most four small letters, and its line continues.
fn is_word(bytes: &[u8], span: Range<usize>) -> bool {
    const LONGEST: usize = 4;
    let goes_on = bytes
        .get(span.end)
        .is_some_and(|byte| !b"\r\n\"'`".contains(byte));
    goes_on && span.len() <= LONGEST && bytes[span].iter().all(u8::is_ascii_lowercase)
}

/// Returns true if the line that ends at `end` is so long that a program may have broken it, and
/// the token at `start` is not an item of a list.
fn is_line_full(bytes: &[u8], start: usize, end: usize) -> bool {
    const SHORTEST: usize = 24;
    let before = &bytes[start.saturating_sub(SHORTEST)..start];
    let line = memchr::memrchr(b'\n', before).map_or(before, |newline| &before[newline + 1..]);
    let bullet = line.trim_ascii();
    let is_item = !bullet.is_empty() && bullet.iter().all(|byte| b"-*+#/".contains(byte));
    line.len() + (end - start) >= SHORTEST && !is_item
}

#[cfg(test)]
mod tests;
