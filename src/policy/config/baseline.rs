//! Reads `.ntnguard-baseline`: the findings that were known when ntnguard was adopted, one on each
//! line.

use std::path::Path;

use crate::error::{Error, Result};
use crate::model::defaults;
use crate::model::secret::Fingerprint;
use crate::policy::Baseline;

/// The name of the baseline file, which is at the root of a repository.
pub const FILE_NAME: &str = ".ntnguard-baseline";

/// Reads the file at `path`. Symbolic links below `top` are not followed. `name` is the file's name
/// in errors.
///
/// # Errors
///
/// When the file cannot be read, or a line is not an entry.
pub fn load(path: &Path, top: &Path, name: &str) -> Result<Baseline> {
    parse(
        name,
        &super::file::read(path, top, name, "baseline", defaults::BASELINE)?,
    )
}

/// Reads the text of a baseline. The order of lines and the kind of line endings do not matter,
/// because merge tools change both.
///
/// # Errors
///
/// As [`load`].
pub fn parse(name: &str, text: &[u8]) -> Result<Baseline> {
    if text.len() as u64 > defaults::BASELINE {
        return Err(super::file::too_large("baseline", name, defaults::BASELINE));
    }
    let text = std::str::from_utf8(text).map_err(|_| {
        Error::new(format!("the baseline {name} is not UTF-8"))
            .help("save the file as UTF-8, or let `ntnguard baseline` write it again")
    })?;
    let text = super::file::without_mark(text);
    let mut baseline = Baseline::default();
    for (at, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let (fingerprint, rule) = entry(line).ok_or_else(|| wrong(name, text, at, line))?;
        baseline.add(fingerprint, rule, Some(at + 1));
    }
    Ok(baseline)
}

/// Parses a line into a fingerprint and a rule id. The rule need not exist any more. `None` if the
/// line is not an entry.
fn entry(line: &str) -> Option<(Fingerprint, &str)> {
    let mut words = line.split_ascii_whitespace();
    let (fingerprint, rule) = (words.next()?.parse().ok()?, words.next()?);
    let is_id = rule.len() <= 64
        && rule
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (is_id && words.next().is_none()).then_some((fingerprint, rule))
}

fn wrong(name: &str, text: &str, at: usize, line: &str) -> Error {
    let marks = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
    let help = if marks.iter().any(|mark| line.starts_with(mark)) {
        "a merge was left unfinished: delete the conflict markers and keep the lines of both sides"
    } else {
        "write each line as `v1:<32 hexadecimal digits> <rule>` (`c1:…` for a line of code); `ntnguard baseline` does it for you"
    };
    let offset = text.split_inclusive('\n').take(at).map(str::len).sum();
    Error::new(format!(
        "line {} of the baseline {name} is not an entry",
        at + 1
    ))
    .help(help)
    .at(name, text, offset)
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn print(digit: char) -> String {
        format!("v1:{}", digit.to_string().repeat(32))
    }

    #[test]
    fn order_line_ends_and_repetition_do_not_matter() {
        let (one, two) = (print('1'), print('2'));
        let text =
            format!("\u{feff}{two} legacy-token\r\n\r\n{one} integration-token\r\n{two} gone-rule");
        let baseline = parse("b", text.as_bytes()).unwrap();
        assert_eq!(
            baseline.text(),
            format!("{one} integration-token\n{two} legacy-token\n")
        );
        let again = parse("b", baseline.text().as_bytes()).unwrap();
        assert_eq!(again.text(), baseline.text());
        assert!(parse("b", b"").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_entry_is_an_error_with_its_line() {
        let one = print('1');
        for wrong in [
            "<<<<<<< HEAD",
            "=======",
            "# comment",
            "v1:123 legacy-token",
            &one,
            &format!("{one} legacy-token src/a.ts"),
            &format!("{one} Legacy"),
            &one.to_uppercase(),
            "\0",
        ] {
            let text = format!("{one} legacy-token\n{wrong}\n");
            let error = parse("b", text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("line 2 of the baseline b"), "{error}");
        }
        assert!(parse("b", b"\xff").is_err());
    }
}
