//! Finds the arguments of a call and the parts of an expression, from brackets and commas alone.

use std::ops::Range;

/// The length of the longest call that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// The largest depth of nested brackets that is read; people nest fewer. In a text of only opening
/// brackets, this bounds the time of the search for each closing bracket.
const DEEPEST: usize = 64;

/// Returns the arguments of the call whose opening bracket is at `open`. `bare` is code without the
/// contents of strings. `None` if [`closing`] finds no end.
pub fn arguments(bare: &[u8], open: usize) -> Option<Vec<Range<usize>>> {
    let end = closing(bare, open)?;
    let parts = split(bare, open + 1..end, |rest| usize::from(rest[0] == b','));
    let is_blank = |part: &Range<usize>| bare[part.clone()].iter().all(u8::is_ascii_whitespace);
    Some(parts.into_iter().filter(|part| !is_blank(part)).collect())
}

/// Returns the offset of the bracket that closes the one at `open`; `None` if it is not within
/// [`LONGEST`] bytes, or if more than [`DEEPEST`] brackets are nested.
pub fn closing(bare: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in bare.iter().enumerate().skip(open).take(LONGEST) {
        match byte {
            b'(' | b'[' | b'{' if depth == DEEPEST => return None,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Returns the parts of `range` between separators outside of brackets. `separator` returns the
/// length of the separator at the beginning of a text, or 0 if the text does not begin with a
/// separator.
pub fn split(
    bare: &[u8],
    range: Range<usize>,
    separator: impl Fn(&[u8]) -> usize,
) -> Vec<Range<usize>> {
    let (mut parts, mut start, mut at, mut depth) = (Vec::new(), range.start, range.start, 0_usize);
    while at < range.end {
        match bare[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => {
                let length = separator(&bare[at..range.end]);
                if length > 0 {
                    parts.push(start..at);
                    (start, at) = (at + length, at + length);
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(start..range.end);
    parts
}

/// Returns the range without the blanks at its ends.
pub fn trimmed(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let text = &bytes[range.clone()];
    let before = text
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    let behind = text[before..]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_whitespace());
    range.start + before..range.end - behind.count()
}

#[cfg(test)]
mod tests {
    use super::{arguments, trimmed};

    #[test]
    fn arguments_are_split_where_no_bracket_is_open() {
        let read = |text: &str| {
            let open = text.find('(').unwrap();
            let found = arguments(text.as_bytes(), open)?;
            let found = found.into_iter().map(|part| trimmed(text.as_bytes(), part));
            Some(found.map(|part| text[part].to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            read("f(a, b(c, d), {e: [1, 2]}) x"),
            Some(vec!["a".into(), "b(c, d)".into(), "{e: [1, 2]}".into()])
        );
        assert_eq!(read("f()"), Some(Vec::new()));
        assert_eq!(read("f(a,)"), Some(vec!["a".into()]));
        assert_eq!(read("f(a, (b"), None);
        assert!(read(&format!("{}{}", "(".repeat(64), ")".repeat(64))).is_some());
        assert_eq!(read(&format!("{}{}", "(".repeat(65), ")".repeat(65))), None);
        assert_eq!(
            read("f(a]"),
            Some(vec!["a".into()]),
            "what closes is not told apart"
        );
    }
}
