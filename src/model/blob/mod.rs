//! The input that a source gives the scanner: bytes and their origin.

mod origin;

use std::ops::Range;

pub use origin::{Origin, Part, path_bytes, to_path};

/// The position of a byte in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Column in UTF-16 code units, from 1.
    pub utf16_column: usize,
    /// Offset in bytes, from 0.
    pub offset: usize,
}

impl Position {
    /// The position of the first byte of a text.
    pub const START: Position = Position {
        line: 1,
        column: 1,
        utf16_column: 1,
        offset: 0,
    };

    /// Returns the position just after `bytes`, which begin at this position.
    pub fn after(self, bytes: &[u8]) -> Position {
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        let tail = match memchr::memrchr(b'\n', bytes) {
            Some(newline) => &bytes[newline + 1..],
            None => bytes,
        };
        let (column, utf16_column) = if lines == 0 {
            (self.column, self.utf16_column)
        } else {
            (1, 1)
        };
        let (characters, units) = (characters(tail), characters(tail) + pairs(tail));
        Position {
            line: self.line + lines,
            column: column + characters,
            utf16_column: utf16_column + units,
            offset: self.offset + bytes.len(),
        }
    }
}

/// Returns the number of characters in the UTF-8 text `bytes`: the number of bytes that are neither
/// continuation bytes nor zero. Zeros are not counted, so that the columns of ASCII in UTF-16 are
/// right, too.
fn characters(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .filter(|byte| **byte & 0xC0 != 0x80 && **byte != 0)
        .count()
}

/// Returns the number of characters in `bytes` that take two code units in UTF-16: the characters
/// that take four bytes in UTF-8.
fn pairs(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte >= 0xF0).count()
}

/// Bytes to scan and their origin.
///
/// A large file arrives as several blobs that overlap, so that memory stays bounded: `bytes` then
/// holds some context on both sides of `core`, and only findings that begin in `core` belong to
/// this blob.
#[derive(Debug)]
pub struct Blob<'a> {
    /// The origin of the bytes.
    pub origin: &'a Origin,
    /// The bytes to scan, with the context around `core`.
    pub bytes: &'a [u8],
    /// The position of `bytes[0]` in the whole content of the origin.
    pub start: Position,
    /// The part of `bytes` in which a finding may begin.
    pub core: Range<usize>,
}

impl<'a> Blob<'a> {
    /// The number of bytes of context on each side of the core of a partial blob; fewer at the
    /// beginning and the end of the file. The context is longer than any secret with the
    /// neighbourhood that classifies the secret, so a file that is cut has the same findings as a
    /// file that is scanned as a whole.
    pub const CONTEXT: usize = 16 * 1024;

    /// Returns a blob with all the bytes of its origin.
    pub fn whole(origin: &'a Origin, bytes: &'a [u8]) -> Self {
        Blob {
            origin,
            bytes,
            start: Position::START,
            core: 0..bytes.len(),
        }
    }

    /// Returns a blob whose path is searched, but not its bytes, because they are searched
    /// elsewhere.
    pub fn named(origin: &'a Origin, bytes: &'a [u8]) -> Self {
        Blob {
            origin,
            bytes,
            start: Position::START,
            core: 0..0,
        }
    }

    /// Returns true if only the blob's path is searched, and not its bytes.
    pub fn is_named(&self) -> bool {
        self.core.is_empty() && !self.bytes.is_empty()
    }

    /// Returns true if this is the first or the only blob of its origin. The origin's path is
    /// searched with this blob.
    pub fn is_first(&self) -> bool {
        self.start.offset + self.core.start == 0
    }

    /// Returns true if this is the last or the only blob of its origin. The origin is counted with
    /// this blob, because all of it has been read by then.
    pub fn is_last(&self) -> bool {
        self.core.end == self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn columns_count_characters_and_restart_on_each_line() {
        let at = Position::START.after("é\n日本x".as_bytes());
        assert_eq!((at.line, at.column, at.offset), (2, 4, 10));
        let at = at.after(b"yz");
        assert_eq!((at.line, at.column, at.offset), (2, 6, 12));
        let at = Position::START.after("é🔑x".as_bytes());
        assert_eq!((at.column, at.utf16_column), (4, 5));
    }
}
