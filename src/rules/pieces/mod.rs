//! Tokens that are written in pieces: literals that a program joins, lines that a shell continues,
//! runs of a document, characters without width, lines that a mail program broke.

mod proof;
mod seam;

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::rules::token::{compile, is_structured};

pub use seam::JOIN;
use seam::SeamKind;

/// The fewest characters of a token before a line break; with fewer, the line may end in any name.
pub const FEWEST_IN_LINE: usize = 9;

/// The number of characters of a body that is reported without its rest: joining cannot add a
/// finding then, only correct it.
const FOUND_ANYWAY: usize = 30;

/// Returns the end of the token of 46 characters behind `prefix` that begins at `start` and is
/// written in pieces. `None` if it is in one piece, or nothing shows that the pieces are one token.
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

/// Returns the same for the 43 characters behind `secret_`, which have no structure: a broken line
/// must have a mark, or so much of the token that it is reported anyway.
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
    /// True if the last piece may be a word that follows a token which was cut off: a few small
    /// letters, and the line goes on.
    ends_in_word: bool,
    /// True if the line of the first piece is as long as lines that a program breaks.
    is_line_full: bool,
}

impl Pieces {
    /// Reads the pieces that have `whole` characters together behind the `prefix` at `start`.
    /// `None` if they have more or fewer.
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

/// Returns true if `span` is a few small letters, and its line goes on.
fn is_word(bytes: &[u8], span: Range<usize>) -> bool {
    const LONGEST: usize = 4;
    let goes_on = bytes
        .get(span.end)
        .is_some_and(|byte| !b"\r\n\"'`".contains(byte));
    goes_on && span.len() <= LONGEST && bytes[span].iter().all(u8::is_ascii_lowercase)
}

/// Returns true if the line that ends at `end` is as long as the shortest that a program breaks, and
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
