//! One line of an ignore file: reading it as git does, and matching paths.
//!
//! The order of steps is git's own, because its results depend on it: the part of a pattern before
//! its first wildcard is compared byte for byte, and only the rest is matched as a glob, as if it
//! stood alone.

use super::fold::folded;
use crate::git::{Slash, glob_matches};
use crate::model::path::file_name;

/// One line of an ignore file.
pub struct IgnorePattern {
    /// The text between a leading `!` and a trailing `/`.
    text: Vec<u8>,
    /// The number of bytes of the text that are compared byte for byte; the rest is a glob.
    literal: usize,
    /// The glob for comparison without regard to case.
    folded: Vec<u8>,
    /// True if the pattern takes back paths that an earlier line ignores.
    pub negated: bool,
    only_folders: bool,
    /// True if the pattern began with a `/`.
    rooted: bool,
    /// True if the pattern is compared with the last part of a path only.
    is_name: bool,
    /// The line, from 1.
    pub line: usize,
}

/// An ignore file and its patterns.
pub struct List {
    /// The offset at which the patterns are compared with a path: the length of the file's folder
    /// in bytes, with the `/`.
    pub base: usize,
    /// The name of the file: its path in the work tree, or its place outside.
    pub name: Vec<u8>,
    /// True if the file lies in the work tree.
    pub in_tree: bool,
    /// The text of the file.
    pub text: Vec<u8>,
    patterns: Vec<IgnorePattern>,
}

impl List {
    /// Reads an ignore file as git does: a byte order mark is left out, a line ends at a line feed
    /// with or without a carriage return before it, or where the file ends; in a line, at a zero.
    pub fn new(text: Vec<u8>, name: Vec<u8>, in_tree: bool) -> Self {
        let base = if in_tree {
            name.len() - file_name(&name).len()
        } else {
            0
        };
        let lines = text
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&text)
            .split(|byte| *byte == b'\n')
            .enumerate();
        let patterns = lines
            .filter_map(|(number, line)| IgnorePattern::read(line, number + 1))
            .collect();
        List {
            base,
            name,
            in_tree,
            patterns,
            text,
        }
    }

    /// The last pattern that matches `path`, a path in the repository; `None` if none does.
    pub fn last_match(&self, path: &[u8], is_dir: bool, fold: bool) -> Option<&IgnorePattern> {
        let below = path.get(self.base..)?;
        let name_start = memchr::memrchr(b'/', below).map_or(0, |slash| slash + 1);
        self.patterns.iter().rev().find(|pattern| {
            (is_dir || !pattern.only_folders)
                && if pattern.is_name {
                    pattern.is_name_of(&below[name_start..], fold)
                } else {
                    pattern.is_path_of(below, fold)
                }
        })
    }

    /// The text of a line, counted from 1, without its end.
    pub fn line(&self, number: usize) -> &[u8] {
        let line = self
            .text
            .split(|byte| *byte == b'\n')
            .nth(number - 1)
            .unwrap_or_default();
        let line = if number == 1 {
            line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
        } else {
            line
        };
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}

impl IgnorePattern {
    fn read(line: &[u8], number: usize) -> Option<Self> {
        if matches!(line.first(), None | Some(b'#')) {
            return None;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = &line[..memchr::memchr(0, line).unwrap_or(line.len())];
        let line = without_trailing_blanks(line);
        let (negated, text) = line
            .strip_prefix(b"!")
            .map_or((false, line), |rest| (true, rest));
        let (only_folders, text) = text
            .strip_suffix(b"/")
            .map_or((false, text), |rest| (true, rest));
        let is_name = !text.contains(&b'/');
        let (rooted, text) = text
            .strip_prefix(b"/")
            .map_or((false, text), |rest| (true, rest));
        let wildcard = |byte: &u8| br"*?[\".contains(byte);
        let first = text.iter().position(wildcard).unwrap_or(text.len());
        // A name is matched as a whole if it has a wildcard.
        let literal = if is_name && first < text.len() {
            0
        } else {
            first
        };
        let folded = folded(&text[literal..]);
        Some(IgnorePattern {
            text: text.to_vec(),
            literal,
            folded,
            negated,
            only_folders,
            rooted,
            is_name,
            line: number,
        })
    }

    /// The pattern as `git check-ignore -v` shows it.
    pub fn shown(&self) -> Vec<u8> {
        let when = |there: bool, text: &'static [u8]| if there { text } else { b"" };
        [
            when(self.negated, b"!"),
            when(self.rooted, b"/"),
            &self.text,
            when(self.only_folders, b"/"),
        ]
        .concat()
    }

    fn is_name_of(&self, name: &[u8], fold: bool) -> bool {
        if self.literal == self.text.len() {
            return same(&self.text, name, fold);
        }
        self.matches(name, fold, Slash::Matched)
    }

    fn is_path_of(&self, path: &[u8], fold: bool) -> bool {
        let Some((head, rest)) = path.split_at_checked(self.literal) else {
            return false;
        };
        if !same(&self.text[..self.literal], head, fold) {
            return false;
        }
        let all_literal = self.literal == self.text.len();
        if all_literal && self.literal > 0 && rest.is_empty() {
            return true;
        }
        self.matches(rest, fold, Slash::Literal)
    }

    fn matches(&self, text: &[u8], fold: bool, slash: Slash) -> bool {
        match fold {
            true => glob_matches(&self.folded, &text.to_ascii_lowercase(), slash),
            false => glob_matches(&self.text[self.literal..], text, slash),
        }
    }
}

fn same(one: &[u8], other: &[u8], fold: bool) -> bool {
    if fold {
        one.eq_ignore_ascii_case(other)
    } else {
        one == other
    }
}

/// A line without the blanks at its end, unless a backslash keeps them.
fn without_trailing_blanks(line: &[u8]) -> &[u8] {
    let mut end = 0;
    let mut at = 0;
    while at < line.len() {
        match line[at] {
            b' ' => at += 1,
            // A backslash at the very end keeps the blanks before it.
            b'\\' if at + 1 == line.len() => return line,
            b'\\' => {
                at += 2;
                end = at;
            }
            _ => {
                at += 1;
                end = at;
            }
        }
    }
    &line[..end]
}
