//! A source file as the rules about code read it.

use std::cell::OnceCell;
use std::ops::Range;

use regex::bytes::Regex;

use super::language::Language;
use super::reader::{TextKind, kinds};
use super::services::Services;

/// The length of the longest line that people write, in bytes. Longer lines are generated, and
/// nobody fixes them by hand.
const LONGEST_LINE: usize = 1000;

/// A source text and two masked copies of the same length, so that an offset is valid in all three.
pub struct CodeFile<'a> {
    /// The language of the file.
    pub language: Language,
    /// The path of the file; empty if it is not known.
    pub path: &'a [u8],
    /// The unchanged bytes of the file.
    pub bytes: &'a [u8],
    /// The text with blanks in place of comments.
    pub code: Vec<u8>,
    /// The text with blanks in place of comments and the contents of strings. Quotes stay, and so
    /// does code that is interpolated in strings.
    pub bare: Vec<u8>,
    services: OnceCell<Services>,
}

impl<'a> CodeFile<'a> {
    /// Reads a text in this language.
    pub fn new(path: &'a [u8], language: Language, bytes: &'a [u8]) -> Self {
        let kinds = kinds(bytes, language);
        CodeFile {
            language,
            path,
            bytes,
            code: without(bytes, &kinds, |kind| kind == TextKind::Comment),
            bare: without(bytes, &kinds, |kind| kind != TextKind::Code),
            services: OnceCell::new(),
        }
    }

    /// Returns the services that the code names.
    pub fn services(&self) -> &Services {
        self.services.get_or_init(|| Services::of(&self.code))
    }

    /// Returns the code in `range`, as text.
    pub fn text(&self, range: Range<usize>) -> &str {
        std::str::from_utf8(self.code.get(range).unwrap_or_default()).unwrap_or_default()
    }

    /// Returns true if `pattern` matches the code.
    pub fn has(&self, pattern: &Regex) -> bool {
        pattern.is_match(&self.code)
    }

    /// Returns the ranges where `pattern` matches code, outside of strings.
    pub fn bare_matches(&self, pattern: &'static Regex) -> impl Iterator<Item = Range<usize>> {
        pattern.find_iter(&self.bare).map(|found| found.range())
    }

    /// Returns the range of the line that `at` is on, within [`LONGEST_LINE`] bytes on either side.
    pub fn line(&self, at: usize) -> Range<usize> {
        let from = at.saturating_sub(LONGEST_LINE);
        let to = (at + LONGEST_LINE).min(self.bytes.len());
        let before = memchr::memrchr(b'\n', &self.bytes[from..at]);
        let start = before.map_or(from, |before| from + before + 1);
        start..memchr::memchr(b'\n', &self.bytes[at..to]).map_or(to, |behind| at + behind)
    }

    /// Returns the indentation of the line that `at` is on, in bytes.
    pub fn indent(&self, at: usize) -> usize {
        let line = &self.bytes[self.line(at)];
        line.iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count()
    }

    /// Returns true if the line that `at` is on is longer than any that people write.
    pub fn is_generated(&self, at: usize) -> bool {
        self.line(at).len() > LONGEST_LINE
    }

    /// Returns true if `range` contains text inside a string.
    pub fn is_text(&self, range: &Range<usize>) -> bool {
        self.bare[range.clone()] != self.code[range.clone()]
    }

    /// Returns true if the code, the name of the file or the name of its directory names Notion.
    pub fn names_notion(&self) -> bool {
        self.services().has_notion() || says_notion(own_names(self.path))
    }
}

/// Returns the last two parts of a path: the directory of the file, and the name of the file.
fn own_names(path: &[u8]) -> &[u8] {
    let mut parts = memchr::memrchr_iter(b'/', path);
    let start = parts.nth(1).map_or(0, |before| before + 1);
    &path[start..]
}

/// Returns true if a file names Notion anywhere, comments included, or if the name of the file or
/// of its directory does.
pub fn may_name_notion(path: &[u8], bytes: &[u8]) -> bool {
    says_notion(bytes) || says_notion(own_names(path))
}

/// Returns a text with blanks in place of the bytes whose kind is hidden; line breaks stay.
fn without(bytes: &[u8], kinds: &[TextKind], is_hidden: impl Fn(TextKind) -> bool) -> Vec<u8> {
    let pairs = bytes.iter().zip(kinds);
    let blank = |(byte, kind): (&u8, &TextKind)| match is_hidden(*kind) && *byte != b'\n' {
        true => b' ',
        false => *byte,
    };
    pairs.map(blank).collect()
}

/// Returns true if a text names Notion, in any letter case.
pub fn says_notion(text: &[u8]) -> bool {
    let rest = |at: usize| text.get(at..at + 5);
    let is_rest = |at| rest(at).is_some_and(|rest| rest.eq_ignore_ascii_case(b"otion"));
    memchr::memchr2_iter(b'n', b'N', text).any(|at| is_rest(at + 1))
}
