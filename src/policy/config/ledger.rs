//! Reads `.ntnguard-rotation`: one line for each variable, with the day since which the variable
//! has its value.

use std::path::Path;

use crate::error::Result;
use crate::model::blob::Position;
use crate::model::finding::Location;
use crate::model::variable_name::VariableName;
use crate::policy::{Ledger, LedgerLine};

use super::file::LEDGER;

/// The name of the rotation ledger, which is at the root of a repository.
pub const FILE_NAME: &str = ".ntnguard-rotation";

/// Reads the file at `path`. Symbolic links below `top` are not followed. `name` is the file's name
/// in errors.
///
/// # Errors
///
/// When the file cannot be read, or a line is not an entry.
pub fn load(path: &Path, top: &Path, name: &str) -> Result<Ledger> {
    parse(name, &LEDGER.read(path, top, name)?)
}

/// Reads the text of a ledger. The order of lines and the kind of line endings do not matter.
///
/// # Errors
///
/// As [`load`].
pub fn parse(name: &str, text: &[u8]) -> Result<Ledger> {
    let text = LEDGER.text(name, text)?;
    let (mut ledger, mut start) = (Ledger::default(), Position::START);
    for line in text.split_inclusive('\n') {
        let written = line.trim_end();
        if !written.is_empty() {
            let end = start.after(written.as_bytes());
            let (variable, known) = entry(written, Location { start, end })
                .ok_or_else(|| LEDGER.not_an_entry(name, text, start.offset))?;
            ledger.add(variable, known);
        }
        start = start.after(line.as_bytes());
    }
    Ok(ledger)
}

fn entry(line: &str, place: Location) -> Option<(VariableName, LedgerLine)> {
    let mut words = line.split_ascii_whitespace();
    let variable = words.next()?.parse().ok()?;
    let line = LedgerLine {
        fingerprint: words.next()?.parse().ok()?,
        day: words.next()?.parse().ok()?,
        place: Some(place),
    };
    words.next().is_none().then_some((variable, line))
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn print(digit: char) -> String {
        format!("v1:{}", digit.to_string().repeat(32))
    }

    #[test]
    fn a_written_ledger_is_sorted_and_read_back() {
        let (one, two) = (print('1'), print('2'));
        let text = format!("\u{feff}B {two} 2026-08-01\r\n\r\nA {one} 2026-02-28");
        let ledger = parse("l", text.as_bytes()).unwrap();
        let written = format!("A {one} 2026-02-28\nB {two} 2026-08-01\n");
        assert_eq!(ledger.text(), written);
        let again = parse("l", written.as_bytes()).unwrap();
        assert_eq!(again.text(), written);
        let lines: Vec<_> = again.lines().map(|(_, line)| line.place.unwrap()).collect();
        assert_eq!((lines[1].start.line, lines[1].start.column), (2, 1));
        assert_eq!(lines[1].end.offset, written.len() - 1);
    }

    #[test]
    fn the_later_date_of_a_variable_wins() {
        let (one, two) = (print('1'), print('2'));
        for text in [
            format!("A {one} 2026-01-01\nA {two} 2026-08-01\n"),
            format!("A {two} 2026-08-01\nA {one} 2026-01-01\n"),
        ] {
            let ledger = parse("l", text.as_bytes()).unwrap();
            assert_eq!(ledger.text(), format!("A {two} 2026-08-01\n"));
        }
    }

    #[test]
    fn an_invalid_line_is_an_error_with_its_number() {
        let one = print('1');
        for wrong in [
            "<<<<<<< HEAD",
            "# comment",
            "A v1:123 2026-01-01",
            &format!("A {one}"),
            &format!("A {one} 2026-02-30"),
            &format!("A {one} 2026-01-01 x"),
            &format!("a b {one} 2026-01-01"),
            "\0",
        ] {
            let text = format!("A {one} 2026-01-01\n{wrong}\n");
            let error = parse("l", text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("line 2 of the ledger l"), "{error}");
        }
        assert!(parse("l", b"\xff").is_err());
    }
}
