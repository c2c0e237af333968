//! The comment beside a secret that allows it: `ntnguard: allow <reason>`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

/// How far from a secret its line is read, in bytes, on either side; a line may be fifty megabytes long. Less than the
/// context of a blob, so that cutting a file changes nothing.
const REACH: usize = 4 * 1024;

/// A comment beside a secret that says to allow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// With its reason.
    Given(String),
    /// Without a reason, so it does not count.
    WithoutReason,
    /// On a line with several different values, so that it does not say which it means.
    Ambiguous,
}

impl Allowance {
    /// The allowance for what lies in `span` of `bytes`: in a comment on its line, or alone on the line above.
    pub fn beside(bytes: &[u8], span: Range<usize>) -> Option<Self> {
        let start = line_start(bytes, span.start);
        let behind = &bytes[span.end..line_end(bytes, span.end)];
        let before = &bytes[start..span.start];
        [behind, before].into_iter().find_map(in_comment).or_else(|| {
            // Between the characters of UTF-16 there are zeros; one may stand before the line break.
            let above = bytes[..start].strip_suffix(b"\n")?;
            in_comment_alone(&above[line_start(above, above.len())..])
        })
    }
}

/// Where the line begins that `at` is on, as far as it is read.
pub fn line_start(bytes: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(REACH);
    memchr::memrchr(b'\n', &bytes[from..at]).map_or(from, |newline| from + newline + 1)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let to = bytes.len().min(at + REACH);
    memchr::memchr(b'\n', &bytes[at..to]).map_or(to, |newline| at + newline)
}

/// What opens a comment in the languages and formats that have them.
const OPENS: &str = r"(?:\#|//|/\*|\*|--|;|<!--|\{\{!|\{\#|%|(?i:\brem\b))";

fn in_comment(part: &[u8]) -> Option<Allowance> {
    static COMMENT: LazyLock<Regex> =
        LazyLock::new(|| compile(&format!(r"{OPENS}[^\r\n]*?\bntnguard:\s*allow\b(?P<reason>[^\r\n]*)")));
    read(&COMMENT, part)
}

fn in_comment_alone(line: &[u8]) -> Option<Allowance> {
    static ALONE: LazyLock<Regex> =
        LazyLock::new(|| compile(&format!(r"^\s*(?:{OPENS}|')[\#/*!;\s-]*ntnguard:\s*allow\b(?P<reason>[^\r\n]*)")));
    read(&ALONE, line)
}

fn compile(pattern: &str) -> Regex {
    Regex::new(&format!("(?-u){pattern}")).expect("a valid pattern")
}

fn read(comment: &Regex, part: &[u8]) -> Option<Allowance> {
    const MARK: &[u8] = b"ntnguard";
    // The characters of UTF-16 have zeros between them.
    let plain: Vec<u8> = part.iter().copied().filter(|byte| *byte != 0).collect();
    memchr::memmem::find(&plain, MARK)?;
    let found = comment.captures(&plain)?;
    let reason = String::from_utf8_lossy(&found["reason"]).into_owned();
    let closed = ["*/", "-->", "#}", "}}", "%>"].iter().find_map(|end| reason.find(end)).unwrap_or(reason.len());
    let reason = reason[..closed].trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '='));
    let says_something = reason.chars().any(char::is_alphanumeric);
    Some(if says_something { Allowance::Given(reason.to_owned()) } else { Allowance::WithoutReason })
}

#[cfg(test)]
mod tests {
    use super::Allowance;

    /// The allowance for the `X` in a text.
    fn beside(text: &str) -> Option<Allowance> {
        let at = text.find('X').unwrap();
        Allowance::beside(text.as_bytes(), at..at + 1)
    }

    fn given(reason: &str) -> Option<Allowance> {
        Some(Allowance::Given(reason.to_owned()))
    }

    #[test]
    fn a_comment_on_the_line_or_alone_above_allows() {
        for text in [
            "t = 'X' # ntnguard: allow fixed test value",
            "t = 'X'; // see below. ntnguard: allow fixed test value\r\n",
            "/* ntnguard: allow fixed test value */ t = 'X'",
            "<a t='X'/> <!-- ntnguard: allow fixed test value -->",
            "t = 'X' -- ntnguard:allow fixed test value",
            "a\n  # ntnguard: allow fixed test value\nt = 'X'\n",
            "a\n  /* ntnguard: allow fixed test value */\r\nt = 'X'\n",
            "\t;; ntnguard: allow - fixed test value\nX",
            "REM ntnguard: allow fixed test value\nX",
            "' ntnguard: allow fixed test value\nX",
        ] {
            assert_eq!(beside(text), given("fixed test value"), "{text}");
        }
        let wide: Vec<u8> = "# ntnguard: allow it\nX".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let at = wide.len() - 2;
        assert_eq!(Allowance::beside(&wide, at..at + 1), given("it"));
    }

    #[test]
    fn nothing_else_does() {
        for text in [
            "X ntnguard: allow no comment",
            "'X' ntnguard: allow no comment",
            "X # ntnguard allow no colon",
            "X # ntnguard: allowed is another word",
            "X # xntnguard: allow is another word",
            "X\n# ntnguard: allow below",
            "# ntnguard: allow too far up\n\nX",
            "y = 1 # ntnguard: allow another line's\nX",
            "X",
        ] {
            assert_eq!(beside(text), None, "{text}");
        }
    }

    #[test]
    fn without_a_reason_it_does_not_count() {
        for text in [
            "X # ntnguard: allow",
            "X /* ntnguard: allow */",
            "X <!-- ntnguard: allow -->",
            "// ntnguard: allow -- ..\nX",
        ] {
            assert_eq!(beside(text), Some(Allowance::WithoutReason), "{text}");
        }
    }
}
