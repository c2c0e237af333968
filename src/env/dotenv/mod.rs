//! The parser of env files.
//!
//! Programs differ in the syntax that they accept. This parser reads the syntax that motdotla's
//! dotenv, python-dotenv, docker compose and the shell have in common. Where they differ, it
//! prefers reading a value to reading none. It cannot fail: a line with a syntax error becomes a
//! [`Fault`], which contains no part of a value.

mod head;
mod unquote;
mod value;

use std::ops::Range;

use crate::model::blob::Position;
use crate::model::secret::Secret;
use crate::model::utf16;
use head::{Head, head};
use value::RawValue;

/// A variable that an env file sets. It does not implement `Debug`, so that its value cannot be
/// printed by accident.
pub struct Variable<'a> {
    /// The name of the variable.
    pub name: &'a [u8],
    /// The byte range of the value in the file, without its quotes.
    pub span: Range<usize>,
    /// The line number of the name, from 1.
    pub line: usize,
    /// The column of the value in characters, from 1.
    pub column: usize,
    /// The value as a program receives it: without quotes and with escapes resolved. References
    /// (`$X`) are not resolved.
    pub value: Secret,
    /// True if the value is quoted.
    pub quoted: bool,
}

/// A syntax error in a line: the line sets no variable, or its value is a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line number, from 1.
    pub line: usize,
    /// The description of the error.
    pub what: &'static str,
}

/// The contents of an env file, in order.
pub struct Parsed<'a> {
    /// The variables. A name may occur twice.
    pub variables: Vec<Variable<'a>>,
    /// The syntax errors, in the order of their lines.
    pub faults: Vec<Fault>,
}

/// Returns the bytes of an env file, with UTF-16 (which PowerShell writes) converted to UTF-8.
pub fn as_utf8(bytes: Vec<u8>) -> Vec<u8> {
    utf16::as_utf8(&bytes).unwrap_or(bytes)
}

/// Parses an env file. Takes linear time for any input.
pub fn parse(bytes: &[u8]) -> Parsed<'_> {
    let mut reader = DotenvReader {
        bytes,
        seen: Position::START,
        parsed: Parsed {
            variables: Vec::new(),
            faults: Vec::new(),
        },
    };
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    while at < bytes.len() {
        at = reader.line(at) + 1;
    }
    reader.parsed
}

struct DotenvReader<'a> {
    bytes: &'a [u8],
    /// The last position that was computed. The next position is counted from here, so that no byte
    /// is counted twice.
    seen: Position,
    parsed: Parsed<'a>,
}

impl<'a> DotenvReader<'a> {
    /// Parses the line at offset `at`, with all lines of its value. Returns the offset of the end
    /// of the last line.
    fn line(&mut self, at: usize) -> usize {
        let end = line_end(self.bytes, at);
        match head(&self.bytes[at..end]) {
            Head::Blank => end,
            Head::Fault(what) => {
                let line = self.reach(at).line;
                self.parsed.faults.push(Fault { line, what });
                end
            }
            Head::Sets { name, value } => self.set(
                at + name.start..at + name.end,
                value::read(self.bytes, at + value, end),
            ),
        }
    }

    fn set(&mut self, name: Range<usize>, raw: RawValue) -> usize {
        let line = self.reach(name.start).line;
        self.parsed
            .faults
            .extend(raw.fault.map(|what| Fault { line, what }));
        let variable = Variable {
            name: &self.bytes[name],
            line,
            column: self.reach(raw.span.start).column,
            value: Secret::new(raw.resolve(self.bytes), 0),
            quoted: raw.quote.is_some(),
            span: raw.span,
        };
        self.parsed.variables.push(variable);
        raw.end
    }

    fn reach(&mut self, offset: usize) -> Position {
        self.seen = self.seen.after(&self.bytes[self.seen.offset..offset]);
        self.seen
    }
}

/// Returns the offset of the first line ending after `from`: a line feed, or a carriage return,
/// which old editors write alone. Without one, the end of the file.
fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |end| from + end)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

fn skip_blanks(line: &[u8], from: usize) -> usize {
    from + line[from..]
        .iter()
        .take_while(|byte| is_blank(**byte))
        .count()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::parse;
    use crate::fake::Fake;
    use crate::model::secret::Secret;

    #[test]
    fn spans_of_random_bytes_are_ordered_and_disjoint() {
        let mut fake = Fake::new(11);
        let alphabet = b"AB=:# \t\n\n\r\"'`\\$n\0\xc3\xbf+export ";
        for _ in 0..50_000 {
            let length = fake.next() as usize % 60;
            let bytes: Vec<u8> = (0..length)
                .map(|_| alphabet[fake.next() as usize % alphabet.len()])
                .collect();
            let mut after = 0;
            for variable in parse(&bytes).variables {
                assert!(
                    after < variable.span.start && variable.span.end <= bytes.len(),
                    "{}",
                    bytes.escape_ascii()
                );
                let before = &bytes[..variable.span.start];
                let line_start = before
                    .iter()
                    .rposition(|byte| *byte == b'\n')
                    .map_or(0, |at| at + 1);
                assert_eq!(
                    variable.line,
                    1 + before.iter().filter(|byte| **byte == b'\n').count()
                );
                let has_width = |byte: &&u8| **byte & 0xC0 != 0x80 && **byte != 0;
                let column = before[line_start..].iter().filter(has_width).count();
                assert_eq!(variable.column, 1 + column, "{}", bytes.escape_ascii());
                let unescaped =
                    variable.value == Secret::new(bytes[variable.span.clone()].to_vec(), 0);
                assert!(unescaped || variable.quoted, "{}", bytes.escape_ascii());
                after = variable.span.end;
            }
        }
    }

    #[test]
    fn lines_and_columns_match_those_of_an_editor() {
        let text = "# é\r\nA='x\r\ny'\r\n  É : z\nÉ: \"z\" # c\n".as_bytes();
        let parsed = parse(text);
        let places: Vec<_> = parsed
            .variables
            .iter()
            .map(|found| (found.name, found.line, found.column))
            .collect();
        assert_eq!(places, [(&b"A"[..], 2, 4), ("É".as_bytes(), 5, 5)]);
        assert_eq!(text[parsed.variables[1].span.clone()], *b"z");
        assert_eq!(
            parsed
                .faults
                .iter()
                .map(|fault| fault.line)
                .collect::<Vec<_>>(),
            [4]
        );
    }

    #[test]
    fn an_invalid_line_is_a_fault_with_a_reason() {
        let what = |text: &str| {
            parse(text.as_bytes())
                .faults
                .first()
                .map_or("", |fault| fault.what)
        };
        for (text, says) in [
            ("A", "refers to"),
            ("export A", "refers to"),
            ("A # b", "refers to"),
            ("A b=c", "no ="),
            ("export A B=c", "no ="),
            ("A:b", "no ="),
            ("'A'=b", "no ="),
            ("A\0=b", "no ="),
            (" =b", "no name"),
            ("A+=b", "+="),
            ("A=\"b", "not closed"),
            ("A='b' c", "follows the closing quote"),
        ] {
            assert!(what(text).contains(says), "{text}: {}", what(text));
        }
        assert_eq!(what("\n \n# A=\"b\nA=b\nA=\nA= # c"), "");
    }

    #[test]
    fn a_file_made_to_be_slow_is_read_in_linear_time() {
        for unit in [
            "\"",
            "=",
            "\n",
            "A=\"\n",
            "A=\"b\"c\nB='b'c\nC=`b`c\n",
            "A='\\\n",
            "A=\"\\\" ",
            "A=\"\\\"x\n",
            "é",
        ] {
            let text = unit.repeat(10_000_000 / unit.len());
            let start = Instant::now();
            parse(text.as_bytes());
            // A quadratic reading would take hours; the margin is for slow machines.
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "{unit:?}: {:?}",
                start.elapsed()
            );
        }
    }
}
