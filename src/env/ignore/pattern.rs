//! Ignore patterns: parses the lines of an ignore file as git does, and matches paths.
//!
//! The order of steps is the same as in git, because the results depend on it: the part of a
//! pattern before its first wildcard is compared byte by byte. Only the rest is a glob, and it is
//! matched with the rest of the path.

use super::fold::folded;
use crate::git::{Slash, glob_matches};
use crate::model::path::file_name;

/// The pattern in one line of an ignore file.
pub struct IgnorePattern {
    /// The pattern without `!` or `/` at its start, and without `/` at its end.
    text: Vec<u8>,
    /// The number of bytes of the text that are compared byte by byte; the rest is a glob.
    literal: usize,
    /// The glob, converted for case-insensitive comparison.
    folded: Vec<u8>,
    /// True if the pattern began with `!`: it re-includes paths that an earlier line ignores.
    pub negated: bool,
    only_folders: bool,
    /// True if the pattern began with a `/`.
    rooted: bool,
    /// True if the pattern had no `/` except at its end: only the last component of a path is
    /// compared with it.
    is_name: bool,
    /// The line number, from 1.
    pub line: usize,
}

/// An ignore file and its patterns.
pub struct List {
    /// The number of bytes at the start of a path that are not compared with the patterns: the
    /// length of the ignore file's directory, with its `/`.
    pub base: usize,
    /// The path of the file: relative to the work tree, or in the file system if it is outside the
    /// work tree.
    pub name: Vec<u8>,
    /// True if the file is in the work tree.
    pub in_tree: bool,
    /// The text of the file.
    pub text: Vec<u8>,
    patterns: Vec<IgnorePattern>,
}

impl List {
    /// Parses an ignore file as git does: skips a byte-order mark, splits lines at line feeds,
    /// removes a carriage return at the end of a line, and cuts a line at its first zero byte.
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

    /// Returns the last pattern that matches `path`, which is relative to the work tree; `None` if
    /// no pattern matches. `fold` ignores case.
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

    /// Returns the text of the line with this number, from 1, without its line ending.
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
        // A name with a wildcard is a glob as a whole.
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

    /// Returns the pattern as `git check-ignore -v` shows it.
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

/// Removes spaces from the end of a line, except those that a backslash escapes.
fn without_trailing_blanks(line: &[u8]) -> &[u8] {
    let mut end = 0;
    let mut at = 0;
    while at < line.len() {
        match line[at] {
            b' ' => at += 1,
            // A backslash at the end of the line keeps the spaces before it.
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
