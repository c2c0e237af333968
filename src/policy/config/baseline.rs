//! Reads `.ntnguard-baseline`: the findings that were known when ntnguard was adopted, one on each
//! line.

use std::path::Path;

use crate::error::Result;
use crate::model::secret::Fingerprint;
use crate::policy::Baseline;

use super::file::BASELINE;

/// The name of the baseline file, which is at the root of a repository.
pub const FILE_NAME: &str = ".ntnguard-baseline";

/// Reads the file at `path`. Symbolic links below `top` are not followed. `name` is the file's name
/// in errors.
///
/// # Errors
///
/// When the file cannot be read, or a line is not an entry.
pub fn load(path: &Path, top: &Path, name: &str) -> Result<Baseline> {
    parse(name, &BASELINE.read(path, top, name)?)
}

/// Reads the text of a baseline. The order of lines and the kind of line endings do not matter,
/// because merge tools change both.
///
/// # Errors
///
/// As [`load`].
pub fn parse(name: &str, text: &[u8]) -> Result<Baseline> {
    let text = BASELINE.text(name, text)?;
    let (mut baseline, mut start) = (Baseline::default(), 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if !line.trim().is_empty() {
            let (fingerprint, rule) =
                entry(line).ok_or_else(|| BASELINE.not_an_entry(name, text, start))?;
            baseline.add(fingerprint, rule, Some(index + 1));
        }
        start += line.len();
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
    fn an_invalid_line_is_an_error_with_its_number() {
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
