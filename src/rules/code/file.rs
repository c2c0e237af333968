//! A source text as rules about code read it.

use std::cell::OnceCell;
use std::ops::Range;

use regex::bytes::Regex;

use super::language::Language;
use super::reader::{TextKind, kinds};
use super::services::Services;

/// Lines that are longer are written by machines: nobody mends them.
const LONGEST_LINE: usize = 1000;

/// A source text, twice more in the same length: so what is found in one is at the same place in
/// all.
pub struct CodeFile<'a> {
    /// Its language.
    pub language: Language,
    /// Its path, as far as it is known.
    pub path: &'a [u8],
    /// The bytes as they are.
    pub bytes: &'a [u8],
    /// Without comments.
    pub code: Vec<u8>,
    /// Without comments and contents of strings; quotes, and the code in holes of strings, stay.
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

    /// The services that its code names.
    pub fn services(&self) -> &Services {
        self.services.get_or_init(|| Services::of(&self.code))
    }

    /// The code in `range`, as text.
    pub fn text(&self, range: Range<usize>) -> &str {
        std::str::from_utf8(self.code.get(range).unwrap_or_default()).unwrap_or_default()
    }

    /// Returns true if the code has what `pattern` means.
    pub fn has(&self, pattern: &Regex) -> bool {
        pattern.is_match(&self.code)
    }

    /// Where `pattern` is found in code, outside of strings.
    pub fn bare_matches(&self, pattern: &'static Regex) -> impl Iterator<Item = Range<usize>> {
        pattern.find_iter(&self.bare).map(|found| found.range())
    }

    /// The code of the line that `at` is on; of a longer one than people write, what is near.
    pub fn line(&self, at: usize) -> Range<usize> {
        let from = at.saturating_sub(LONGEST_LINE);
        let to = (at + LONGEST_LINE).min(self.bytes.len());
        let before = memchr::memrchr(b'\n', &self.bytes[from..at]);
        let start = before.map_or(from, |before| from + before + 1);
        start..memchr::memchr(b'\n', &self.bytes[at..to]).map_or(to, |behind| at + behind)
    }

    /// How far in the line begins that `at` is on, in bytes.
    pub fn indent(&self, at: usize) -> usize {
        let line = &self.bytes[self.line(at)];
        line.iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count()
    }

    /// Returns true if a line is as long as no person writes one.
    pub fn is_generated(&self, at: usize) -> bool {
        self.line(at).len() > LONGEST_LINE
    }

    /// Returns true if a bare text has no content at `range`: it lies within a string.
    pub fn is_text(&self, range: &Range<usize>) -> bool {
        self.bare[range.clone()] != self.code[range.clone()]
    }

    /// Returns true if the code, the file's name or its folder's names Notion.
    pub fn names_notion(&self) -> bool {
        self.services().has_notion() || says_notion(own_names(self.path))
    }
}

/// The last part of a path and the folder that it lies in.
fn own_names(path: &[u8]) -> &[u8] {
    let mut parts = memchr::memrchr_iter(b'/', path);
    let start = parts.nth(1).map_or(0, |before| before + 1);
    &path[start..]
}

/// Returns true if a file may have to do with Notion: it says so anywhere, comments included, or
/// its name or its folder's does.
pub fn may_name_notion(path: &[u8], bytes: &[u8]) -> bool {
    says_notion(bytes) || says_notion(own_names(path))
}

/// A text with blanks for what is hidden of it; its lines stay.
fn without(bytes: &[u8], kinds: &[TextKind], is_hidden: impl Fn(TextKind) -> bool) -> Vec<u8> {
    let pairs = bytes.iter().zip(kinds);
    let blank = |(byte, kind): (&u8, &TextKind)| match is_hidden(*kind) && *byte != b'\n' {
        true => b' ',
        false => *byte,
    };
    pairs.map(blank).collect()
}

/// Returns true if a text says Notion, in whatever letters.
pub fn says_notion(text: &[u8]) -> bool {
    let rest = |at: usize| text.get(at..at + 5);
    let is_rest = |at| rest(at).is_some_and(|rest| rest.eq_ignore_ascii_case(b"otion"));
    memchr::memchr2_iter(b'n', b'N', text).any(|at| is_rest(at + 1))
}
