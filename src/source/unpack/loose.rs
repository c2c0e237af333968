//! Reads loose git objects. The file of a loose object is zlib data: the kind and size, a zero
//! byte, and the content.

use std::io::{self, ErrorKind, Read};

/// The maximum length in bytes of an object's header: its kind, its size and the zero after them.
pub const LONGEST: usize = 32;

/// Returns the content size in bytes that an object's header states; `None` if the header is
/// invalid. The header ends with a zero byte.
pub fn size(head: &[u8]) -> Option<u64> {
    let head = &head[..head.iter().position(|byte| *byte == 0)?];
    let (kind, size) = head.split_at(head.iter().position(|byte| *byte == b' ')?);
    let size = std::str::from_utf8(&size[1..])
        .ok()
        .filter(|size| size.bytes().all(|byte| byte.is_ascii_digit()))?;
    matches!(kind, b"commit" | b"tree" | b"blob" | b"tag")
        .then(|| size.parse().ok())
        .flatten()
}

/// Reads the header of an object, up to its content. Returns the size of the content in bytes.
///
/// # Errors
///
/// When the header cannot be read or is invalid.
pub fn read_size(stream: &mut impl Read) -> io::Result<u64> {
    let mut head = Vec::new();
    while head.len() < LONGEST && head.last() != Some(&0) {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    size(&head).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "it is not a git object"))
}

/// A reader of content that must have exactly `left` bytes. It fails if the content is longer or
/// shorter.
pub struct Sized<R> {
    pub inner: R,
    pub left: u64,
}

impl<R: Read> Read for Sized<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let left = self.left.checked_sub(count as u64);
        self.left = left.ok_or_else(|| {
            io::Error::new(ErrorKind::InvalidData, "it is longer than its header says")
        })?;
        if count == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "it is shorter than its header says",
            ));
        }
        Ok(count)
    }
}
