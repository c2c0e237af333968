//! The text around a candidate, by which rules distinguish the kinds of secrets.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

/// The text around a candidate, and the path of its file.
pub struct Neighbourhood<'a> {
    bytes: &'a [u8],
    span: Range<usize>,
    path: &'a [u8],
}

impl<'a> Neighbourhood<'a> {
    /// The reach of the immediate neighbourhood, in bytes on each side of the candidate: a few
    /// lines.
    pub const NEAR: usize = 512;
    /// The reach of the wide neighbourhood, in bytes on each side of the candidate: a screen or
    /// two, far enough for most imports and host names.
    pub const WIDE: usize = 8 * 1024;

    /// Returns the neighbourhood of the candidate at `span` in `bytes`, the content of the file at
    /// `path`.
    pub fn new(bytes: &'a [u8], span: Range<usize>, path: &'a [u8]) -> Self {
        Neighbourhood { bytes, span, path }
    }

    /// Returns up to `length` bytes before the candidate.
    pub fn before(&self, length: usize) -> &'a [u8] {
        &self.bytes[self.span.start.saturating_sub(length)..self.span.start]
    }

    /// Returns up to `length` bytes after the candidate.
    pub fn after(&self, length: usize) -> &'a [u8] {
        &self.bytes[self.span.end..self.bytes.len().min(self.span.end + length)]
    }

    /// Returns the text before the candidate on its own line, at most 200 bytes of it.
    pub fn line_before(&self) -> &'a [u8] {
        let before = self.before(200);
        memchr::memrchr(b'\n', before).map_or(before, |newline| &before[newline + 1..])
    }

    /// Returns the two lines above the candidate's, within the 200 bytes before the candidate.
    pub fn lines_above(&self) -> &'a [u8] {
        let before = self.before(200);
        let Some(end) = memchr::memrchr(b'\n', before) else {
            return &[];
        };
        let start = memchr::memrchr_iter(b'\n', &before[..end])
            .nth(1)
            .map_or(0, |newline| newline + 1);
        &before[start..end]
    }

    /// Returns true if the path or the text within [`Self::NEAR`] bytes mentions Notion.
    pub fn nearly_says_notion(&self) -> bool {
        self.says_notion_within(Self::NEAR)
    }

    /// Returns true if the path or the text within [`Self::WIDE`] bytes mentions Notion, for
    /// example as a host, a library or a variable.
    pub fn says_notion(&self) -> bool {
        self.says_notion_within(Self::WIDE)
    }

    fn says_notion_within(&self, length: usize) -> bool {
        [self.path, self.before(length), self.after(length)]
            .into_iter()
            .any(says_notion)
    }

    /// Returns true if `pattern` matches in the [`Self::NEAR`] bytes before or after the candidate.
    pub fn nearly_matches(&self, pattern: &Regex) -> bool {
        pattern.is_match(self.before(Self::NEAR)) || pattern.is_match(self.after(Self::NEAR))
    }
}

/// Returns true if `text` mentions the product Notion. The English word ("the notion of …",
/// "notional") is not a mention of the product.
fn says_notion(text: &[u8]) -> bool {
    static NOTION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i-u)notion(al|s?\s+(?:of|that)\b)?").expect("a valid pattern")
    });
    NOTION
        .captures_iter(text)
        .any(|found| found.get(1).is_none())
}

/// Returns true if a word begins at `at`: the byte before `at` is not a letter or digit, nor an
/// underscore if `underscore_joins` is true. The last letter of an escape sequence (`\n`, `%3D`,
/// `\u0022`, a terminal colour) before `at` is not treated as a letter.
pub fn begins_word(bytes: &[u8], at: usize, underscore_joins: bool) -> bool {
    static ESCAPE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?-u)(?:\\[abefnrtv0]|\\[0-7]{3}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}",
            r"|%\^?(?:25)*[0-9A-Fa-f]{2}|%5[Cc][abefnrtv0]|=[0-9A-F]{2}",
            r"|(?:\x1b|\\e|\\033|\\x1[bB]|\\u001[bB]|\^\[)\[[0-9;]*[A-Za-z])$"
        ))
        .expect("a valid pattern")
    });
    match bytes[..at].last() {
        Some(b'_') => !underscore_joins,
        Some(byte) if byte.is_ascii_alphanumeric() => {
            ESCAPE.is_match(&bytes[at.saturating_sub(24)..at])
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{Neighbourhood, begins_word, says_notion};

    #[test]
    fn the_product_is_distinguished_from_the_english_word() {
        for text in [
            "NOTION_TOKEN",
            "api.notion.com",
            "@notionhq/client",
            "a notion; of Notion",
        ] {
            assert!(says_notion(text.as_bytes()), "{text}");
        }
        for text in [
            "the notion of a set",
            "notions that",
            "a notional value",
            "motion",
            "",
        ] {
            assert!(!says_notion(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn an_escape_is_not_part_of_the_word() {
        let clean = [
            "",
            "=",
            "\"",
            r"\n",
            r"\\n",
            r"\t",
            "%3D",
            "%253D",
            "^%^22",
            "%20",
            r"\u0022",
            r"\x22",
            "&quot;",
            "=3D",
            "\x1b[32m",
            r"\u001b[0;32m",
            r"\e[m",
            r"\033[1m",
            "%5Cn",
            "é",
            "-",
        ];
        for left in clean {
            assert!(
                begins_word(format!("{left}x").as_bytes(), left.len(), true),
                "{left:?}"
            );
        }
        for left in ["a", "9", "I", "c", "_", "ab3D", r"\c"] {
            assert!(
                !begins_word(format!("{left}x").as_bytes(), left.len(), true),
                "{left:?}"
            );
        }
        assert!(begins_word(b"development_x", 12, false));
    }

    #[test]
    fn the_lines_around_a_value_are_found() {
        let text = b"zero\none\ntwo\nname = 'X'";
        let around = Neighbourhood::new(text, 21..22, b"");
        assert_eq!(around.line_before(), b"name = '");
        assert_eq!(around.lines_above(), b"one\ntwo");
        assert_eq!(around.after(9), b"'");
    }
}
