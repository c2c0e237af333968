//! Reads the configuration files of a repository, within limits on their size and depth.

use std::io::ErrorKind;
use std::path::Path;

use crate::error::{Error, Result};
use crate::files::open::{regular, up_to};
use crate::model::defaults;

/// The maximum depth of nested brackets in a configuration. The parser's time grows with the square
/// of the depth, and a deeper file is a mistake or an attack.
pub const MAX_DEPTH: usize = 64;

/// The beginnings of the lines that a merge writes around a conflict.
const CONFLICT_MARKS: [&str; 4] = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];

/// A kind of file that users write.
pub struct FileKind {
    /// The name of the kind in errors.
    noun: &'static str,
    /// The size of the largest file that is read, in bytes.
    limit: u64,
    /// The advice on how to write such a file.
    pub advice: &'static str,
}

/// `.ntnguard.yaml`.
pub const CONFIGURATION: FileKind = FileKind {
    noun: "configuration",
    limit: defaults::CONFIGURATION,
    advice: "docs/configuration.md describes the keys; `ntnguard config --schema` prints a JSON schema",
};
/// `.ntnguard-access.yaml`.
pub const ACCESS: FileKind = FileKind {
    noun: "access file",
    limit: defaults::CONFIGURATION,
    advice: "docs/least-privilege.md describes the keys",
};
/// `.ntnguard-baseline`.
pub const BASELINE: FileKind = FileKind {
    noun: "baseline",
    limit: defaults::BASELINE,
    advice: "write each line as `v1:<32 hexadecimal digits> <rule>` (`c1:…` for a line of code); `ntnguard \
             baseline` does it for you",
};
/// `.ntnguard-rotation`.
pub const LEDGER: FileKind = FileKind {
    noun: "ledger",
    limit: defaults::LEDGER,
    advice: "write each line as `NAME v1:<32 hexadecimal digits> 2027-01-31`; `ntnguard rotation --record` does it for you",
};

impl FileKind {
    /// Reads a file of a repository. `name` is the file's name in errors. Symbolic links below
    /// `top` are not followed: a link could lead to a private file outside the repository, and
    /// errors quote the text.
    pub fn read(&self, path: &Path, top: &Path, name: &str) -> Result<Vec<u8>> {
        let unreadable = |error: std::io::Error| {
            let help = match error.kind() {
                ErrorKind::InvalidInput => {
                    "put a regular file at this path, or use the command's flag to name a file outside the repository"
                }
                _ => {
                    "check the path; --no-config ignores only the files that the repository itself has"
                }
            };
            self.error(name, &format!("cannot be read: {error}"))
                .help(help)
        };
        let file = regular(path, top).map_err(unreadable)?;
        let bytes = up_to(file, self.limit).map_err(unreadable)?;
        bytes.ok_or_else(|| self.too_large(name))
    }

    /// Returns the text of the file `name`, without a byte order mark.
    pub fn text<'a>(&self, name: &str, bytes: &'a [u8]) -> Result<&'a str> {
        if bytes.len() as u64 > self.limit {
            return Err(self.too_large(name));
        }
        let text = str::from_utf8(bytes).map_err(|_| {
            self.error(name, "is not UTF-8")
                .help("save the file as UTF-8")
        })?;
        Ok(without_mark(text))
    }

    /// Returns an error about the file `name`: its kind and name, followed by `fault`.
    pub fn error(&self, name: &str, fault: &str) -> Error {
        Error::new(format!("the {} {name} {fault}", self.noun))
    }

    /// Returns the error for a line that is not an entry. The line begins at `start` in `text`.
    pub fn not_an_entry(&self, name: &str, text: &str, start: usize) -> Error {
        let (before, rest) = text.split_at(start);
        let number = 1 + before.matches('\n').count();
        let is_conflict = CONFLICT_MARKS.iter().any(|mark| rest.starts_with(mark));
        let help = match is_conflict {
            true => {
                "a merge was left unfinished: delete the conflict markers and keep the lines of both sides"
            }
            false => self.advice,
        };
        let noun = self.noun;
        Error::new(format!(
            "line {number} of the {noun} {name} is not an entry"
        ))
        .help(help)
        .at(name, text, start)
    }

    fn too_large(&self, name: &str) -> Error {
        self.error(name, &format!("has more than {} bytes", self.limit))
            .help("make the file smaller: delete the entries that are not needed any more")
    }
}

/// Returns the text without the byte order mark that some editors put before it.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Returns the offset in bytes at which brackets nest deeper than `MAX_DEPTH`; `None` if they do
/// not. Brackets in quoted strings are counted too, but no real string leaves that many open.
pub fn too_deep(text: &str) -> Option<usize> {
    let mut depth: usize = 0;
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })
}
