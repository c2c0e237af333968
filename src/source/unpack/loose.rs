//! An object of git's, as it lies in a file of its own: compressed, its content behind its kind and size.

use std::io::{self, ErrorKind, Read};

/// No kind and size are longer.
pub const LONGEST: usize = 32;

/// The size in what an object begins with, which ends with a zero.
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

/// Reads what an object begins with up to its content, and how many bytes that has.
///
/// # Errors
///
/// When it makes no sense.
pub fn read_size(stream: &mut impl Read) -> io::Result<u64> {
    let mut head = Vec::new();
    while head.len() < LONGEST && head.last() != Some(&0) {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    size(&head).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "no object of git's"))
}

/// Content that must have just so many bytes.
pub struct Sized<R> {
    pub inner: R,
    pub left: u64,
}

impl<R: Read> Read for Sized<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let left = self.left.checked_sub(count as u64);
        self.left = left
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "it is longer than it says"))?;
        if count == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "it is shorter than it says",
            ));
        }
        Ok(count)
    }
}
