//! Parses the start of a line, up to the value.

use std::ops::Range;

use super::{is_blank, skip_blanks};

/// The meaning of the start of a line.
pub(super) enum Head {
    /// The line is blank, or a comment.
    Blank,
    /// The line has this syntax error, so it sets no variable.
    Fault(&'static str),
    /// The line sets the variable with this name; the value begins at `value`.
    Sets { name: Range<usize>, value: usize },
}

/// Parses a line up to its value.
pub(super) fn head(line: &[u8]) -> Head {
    let start = skip_blanks(line, 0);
    if matches!(line.get(start), None | Some(b'#')) {
        return Head::Blank;
    }
    let start = skip_export(line, start);
    let end = start
        + line[start..]
            .iter()
            .take_while(|byte| is_of_name(**byte))
            .count();
    let after = skip_blanks(line, end);
    let colon =
        line.get(end) == Some(&b':') && line.get(end + 1).is_none_or(|byte| is_blank(*byte));
    match line.get(after) {
        Some(b'=') if start == end => Head::Fault("there is no name before the ="),
        Some(b'=') => Head::Sets {
            name: start..end,
            value: after + 1,
        },
        Some(_) if colon && start < end => Head::Sets {
            name: start..end,
            value: end + 1,
        },
        Some(b'+') if line.get(after + 1) == Some(&b'=') => {
            Head::Fault("only the shell understands +=")
        }
        None | Some(b'#') => {
            Head::Fault("there is a name but no value: the line refers to a variable set elsewhere")
        }
        Some(_) => Head::Fault("there is no = after a name"),
    }
}

/// Returns the offset of the variable's name: after `export`, unless `export` is itself the name.
fn skip_export(line: &[u8], start: usize) -> usize {
    let Some(rest) = line[start..].strip_prefix(b"export") else {
        return start;
    };
    let next = line.len() - rest.len() + skip_blanks(rest, 0);
    let parted = rest.first().is_some_and(|byte| is_blank(*byte));
    if parted && line.get(next).is_some_and(|byte| is_of_name(*byte)) {
        next
    } else {
        start
    }
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-') || !byte.is_ascii()
}
