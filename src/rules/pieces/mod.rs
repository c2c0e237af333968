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

/// The length of a first piece that is reported even without the rest of the body. If the rest is
/// joined, the finding is only corrected; no finding is added.
const FOUND_ANYWAY: usize = 30;

/// Returns the end of the token that begins at `start` and is written in pieces: `prefix` bytes and
/// a body of 46 characters. `None` if the token is in one piece, or if nothing shows that the
/// pieces are one token.
pub fn structured(bytes: &[u8], start: usize, prefix: usize) -> Option<usize> {
    let pieces = Pieces::read(bytes, start, prefix, 46)?;
    let body = &value(&bytes[start..pieces.end])[prefix..];
    let begins_like_one = is_structured(&body[..pieces.first.max(9).min(body.len())]);
    let may_break = begins_like_one && pieces.first >= FEWEST_IN_LINE;
    let is_shown = |kind: &SeamKind| match kind {
        SeamKind::Broken(mark) => {
            may_break && pieces.line.continues(mark) && (is_quotation(mark) || pieces.line.is_full)
        }
        kind => proof::is_shown(bytes, start, &pieces, kind),
    };
    (is_structured(body) && pieces.kinds.iter().all(is_shown)).then_some(pieces.end)
}

/// Returns the end of the `secret_` token that begins at `start` and is written in pieces. Its body
/// of 43 characters has no structure. So a line break in it is accepted only if a mark such as `>`
/// shows that a program broke the line, or if the first piece is reported anyway.
pub fn opaque(bytes: &[u8], start: usize) -> Option<usize> {
    const PREFIX: usize = "secret_".len();
    let pieces = Pieces::read(bytes, start, PREFIX, 43)?;
    let body = &value(&bytes[start..pieces.end])[PREFIX..];
    let mixed = body.iter().any(u8::is_ascii_lowercase)
        && body.iter().any(u8::is_ascii_uppercase)
        && body.iter().any(u8::is_ascii_digit);
    let is_shown = |kind: &SeamKind| match kind {
        SeamKind::Broken(mark) => {
            let fewest = match is_quotation(mark) {
                true => FEWEST_IN_LINE,
                false => FOUND_ANYWAY,
            };
            pieces.first >= fewest && pieces.line.continues(mark)
        }
        kind => proof::is_shown(bytes, start, &pieces, kind),
    };
    (mixed && pieces.kinds.iter().all(is_shown)).then_some(pieces.end)
}

/// Returns true if `before` ends with a literal and the join to the next literal, and the next
/// literal continues a word: the first literal ends with `_`, or is the beginning of another
/// service's secret (`"pi_…" + "`).
pub fn follows_word(before: &[u8]) -> bool {
    static JOINED: LazyLock<Regex> = LazyLock::new(|| {
        // What other services put before `_secret_`.
        let head = r#"["'`](?:pi|seti|cs|src|si|sub|in|ek|oauth|client)_[A-Za-z0-9_]{0,120}"#;
        let operator = r"(?:\+\+?|\.\.?|&|~|\|\||<>)";
        compile(&format!(
            r#"(?-u)(?:_{JOIN}|{head}\\*["'`]\s*{operator}\s*\\*["'`])$"#
        ))
    });
    matches!(before.last(), Some(b'"' | b'\'' | b'`'))
        && JOINED.is_match(&before[before.len().saturating_sub(LONGEST_JOIN)..])
}

/// The number of bytes that are searched for a literal that is joined to the next literal.
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

/// Returns true for the mark of a quotation in mail, which shows that a program broke the line.
fn is_quotation(mark: &[u8]) -> bool {
    mark.first() == Some(&b'>')
}

/// The pieces of a token.
struct Pieces<'b> {
    /// The length of the first piece, without its prefix.
    first: usize,
    kinds: Vec<SeamKind>,
    end: usize,
    line: FirstLine<'b>,
}

impl<'b> Pieces<'b> {
    /// Reads the pieces that have `whole` characters together, after the `prefix` bytes at `start`.
    /// `None` if the pieces have more or fewer characters.
    fn read(bytes: &'b [u8], start: usize, prefix: usize, whole: usize) -> Option<Pieces<'b>> {
        let run = |at: usize| {
            let rest = bytes[at..].iter().take(whole + 1);
            rest.take_while(|byte| byte.is_ascii_alphanumeric()).count()
        };
        let (mut at, mut kinds) = (start + prefix, Vec::new());
        let first = run(at);
        at += first;
        if first >= whole {
            return None;
        }
        let first_end = at;
        let (mut count, mut last) = (first, at..at);
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
            line: FirstLine::new(bytes, start, first_end, is_word(bytes, last)),
        })
    }
}

/// The line of the first piece.
struct FirstLine<'b> {
    /// The text before the token on its line, without blanks at its ends; cut to 200 bytes.
    before: &'b [u8],
    /// True if the line is so long that a program may have broken it.
    is_full: bool,
    /// True if the last piece may be a word after a token that was cut off.
    ends_in_word: bool,
}

impl<'b> FirstLine<'b> {
    /// Returns the line of a piece from `start` to `end`.
    fn new(bytes: &'b [u8], start: usize, end: usize, ends_in_word: bool) -> Self {
        /// The length in bytes of the shortest line that a program breaks.
        const SHORTEST: usize = 24;
        let before = &bytes[start.saturating_sub(200)..start];
        let line = memchr::memrchr(b'\n', before).map_or(before, |newline| &before[newline + 1..]);
        FirstLine {
            before: line.trim_ascii(),
            is_full: line.len() + (end - start) >= SHORTEST,
            ends_in_word,
        }
    }

    /// Returns true if a line that begins with `mark` may continue this one: this one begins with
    /// the same mark, and the token is not an item of a list.
    fn continues(&self, mark: &[u8]) -> bool {
        let bullet = self.before.trim_ascii_start();
        let bullet = bullet.strip_prefix(b">").unwrap_or(bullet).trim_ascii();
        let is_item = !bullet.is_empty() && bullet.iter().all(|byte| b"-*+#/".contains(byte));
        self.before.starts_with(mark) && !is_item && !self.ends_in_word
    }
}

/// Returns true if `span` may be a separate word, or the number of a row, after a token that is cut
/// off or a little shorter than usual: it has up to four small letters, or one or two characters of
/// any kind, and the line goes on.
fn is_word(bytes: &[u8], span: Range<usize>) -> bool {
    const LONGEST: usize = 4;
    let goes_on = bytes
        .get(span.end)
        .is_some_and(|byte| !b"\r\n\"'`".contains(byte));
    let is_small = span.len() <= LONGEST && bytes[span.clone()].iter().all(u8::is_ascii_lowercase);
    goes_on && (is_small || span.len() <= 2)
}

#[cfg(test)]
mod tests;
