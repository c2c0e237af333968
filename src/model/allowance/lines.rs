//! The text beside a secret: the rest of its line, and the line above.

use std::borrow::Cow;
use std::ops::Range;

/// The largest number of bytes read on each side of a secret to find the ends of its line, because
/// a line may be fifty megabytes long. The number is less than `Blob::CONTEXT`, so a file that is
/// read in parts has the same allowances as a file that is read as a whole.
const REACH: usize = 4 * 1024;

/// The text beside a secret, without the zeros that UTF-16 has between its characters.
pub struct Lines<'a> {
    /// The text before the secret on its line.
    pub before: Cow<'a, [u8]>,
    /// The text after the secret on its line.
    pub behind: Cow<'a, [u8]>,
    /// The line above; empty on the first line.
    pub above: Cow<'a, [u8]>,
}

impl<'a> Lines<'a> {
    /// Returns the text beside `span`. In a notebook, a line of source ends at `\n` within a JSON
    /// string.
    pub fn around(bytes: &'a [u8], span: Range<usize>, is_notebook: bool) -> Self {
        let start = line_start(bytes, span.start);
        let before = &bytes[start..span.start];
        let behind = &bytes[span.end..line_end(bytes, span.end)];
        let above = bytes[..start].strip_suffix(b"\n").unwrap_or_default();
        let above = &above[line_start(above, above.len())..];
        let lines = if is_notebook {
            in_notebook(before, behind, above)
        } else {
            [before, behind, above]
        };
        let [before, behind, above] = lines.map(without_zeros);
        Lines {
            before,
            behind,
            above,
        }
    }
}

/// Returns the offset at which the line of `at` begins, at most [`REACH`] bytes before it.
fn line_start(bytes: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(REACH);
    memchr::memrchr(b'\n', &bytes[from..at]).map_or(from, |newline| from + newline + 1)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let to = bytes.len().min(at + REACH);
    memchr::memchr(b'\n', &bytes[at..to]).map_or(to, |newline| at + newline)
}

/// Returns the bytes without zeros.
fn without_zeros(part: &[u8]) -> Cow<'_, [u8]> {
    match memchr::memchr(0, part) {
        None => Cow::Borrowed(part),
        Some(_) => Cow::Owned(part.iter().copied().filter(|byte| *byte != 0).collect()),
    }
}

/// Cuts the three texts to the source lines of a notebook. A notebook stores its source in JSON
/// strings: one string for each line, or one string for all lines.
fn in_notebook<'a>(before: &'a [u8], behind: &'a [u8], above: &'a [u8]) -> [&'a [u8]; 3] {
    let behind = breaks(behind)
        .next()
        .map_or_else(|| without_end(behind), |end| &behind[..end]);
    let ends: Vec<usize> = breaks(before).collect();
    let Some(last) = ends.last() else {
        return [before, behind, unquoted(above)];
    };
    let start = ends.len().checked_sub(2).map_or(0, |at| ends[at] + 2);
    [&before[last + 2..], behind, unquoted(&before[start..*last])]
}

/// Returns the offsets of escaped line breaks (`\n`).
fn breaks(text: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at + 1 < text.len() {
            let escape = at;
            at += if text[escape] == b'\\' { 2 } else { 1 };
            if text[escape] == b'\\' && text[escape + 1] == b'n' {
                return Some(escape);
            }
        }
        None
    })
}

/// Returns the last source line that `line`, a line of a notebook's JSON, contains, without the
/// JSON around it.
fn unquoted(line: &[u8]) -> &[u8] {
    let text = line.trim_ascii();
    let text = text
        .strip_prefix(b"\"source\":")
        .unwrap_or(text)
        .trim_ascii_start();
    let text = text.strip_prefix(b"[").unwrap_or(text).trim_ascii_start();
    let text = without_end(text.strip_prefix(b"\"").unwrap_or(text));
    let text = text.strip_suffix(b"\\n").unwrap_or(text);
    breaks(text).last().map_or(text, |last| &text[last + 2..])
}

/// Returns `text` up to the quote that ends its JSON string.
fn without_end(text: &[u8]) -> &[u8] {
    let end = text
        .iter()
        .rposition(|byte| !byte.is_ascii_whitespace() && !b",]}".contains(byte));
    end.filter(|end| text[*end] == b'"')
        .map_or(text, |end| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::Lines;

    /// Returns the text beside the `X` in a notebook.
    fn beside(text: &str) -> [String; 3] {
        let at = text.find('X').unwrap();
        let Lines {
            before,
            behind,
            above,
        } = Lines::around(text.as_bytes(), at..at + 1, true);
        [before, behind, above].map(|part| String::from_utf8_lossy(&part).into_owned())
    }

    #[test]
    fn notebook_lines_end_at_escaped_line_breaks() {
        assert_eq!(
            beside("[\n  \"# a\\n\",\n  \"t = X # b\\n\",\n"),
            ["  \"t = ", " # b", "# a"]
        );
        assert_eq!(
            beside("\"source\": \"# a\\nt = X # b\\nc\""),
            ["t = ", " # b", "# a"]
        );
        assert_eq!(
            beside("\"source\": \"z\\n# a\\nt = X\""),
            ["t = ", "", "# a"]
        );
        assert_eq!(
            beside("\"# a\\\\n X\""),
            ["\"# a\\\\n ", "", ""],
            "a backslash and a letter"
        );
    }
}
