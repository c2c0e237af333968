//! A read buffer for a file that is read mostly in order.

use std::fs::File;
use std::io;
use std::ops::Range;

/// The read buffer of one thread. As long as the thread reads the file in order, the buffer reads
/// ahead. Otherwise it reads only the requested bytes.
///
/// The file is not memory-mapped. The system would count a map as used memory, and the process
/// would be killed if the file became shorter.
pub struct Window<'f> {
    file: &'f File,
    end: u64,
    /// The offset in the file at which `stretch` begins.
    start: u64,
    stretch: Vec<u8>,
    /// The number of bytes to read at once. Doubles with each read in order.
    ahead: u64,
    /// The bytes of the last request that was not in order.
    single: Vec<u8>,
    /// The offset in the file at which `single` ends.
    single_end: u64,
}

/// The minimum and maximum number of bytes to read at once in order: 4 KiB and 128 KiB.
const AHEAD: Range<u64> = 4 * 1024..128 * 1024;

/// The maximum number of bytes between two requests that are still treated as sequential.
const GAP: u64 = 1024;

impl<'f> Window<'f> {
    /// Returns a buffer for the bytes of `file` before the offset `end`.
    pub fn new(file: &'f File, end: u64) -> Self {
        Window {
            file,
            end,
            start: 0,
            stretch: Vec::new(),
            ahead: 0,
            single: Vec::new(),
            single_end: 0,
        }
    }

    /// Returns the bytes in `range`, cut off at the window's `end`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or ends before it should.
    pub fn bytes(&mut self, range: Range<u64>) -> io::Result<&[u8]> {
        let range = range.start.min(self.end)..range.end.min(self.end);
        if !self.holds(&range) {
            let is_next = |end: u64| (end..=end + GAP).contains(&range.start);
            self.ahead = match (self.start + self.stretch.len() as u64, self.single_end) {
                (stretch, _) if is_next(stretch) => (2 * self.ahead).clamp(AHEAD.start, AHEAD.end),
                (_, single) if is_next(single) => AHEAD.start,
                _ => {
                    self.single_end = range.end;
                    return fill(self.file, &mut self.single, range);
                }
            };
            self.start = range.start;
            fill(
                self.file,
                &mut self.stretch,
                range.start..range.end.max(range.start + self.ahead).min(self.end),
            )?;
        }
        Ok(&self.stretch[(range.start - self.start) as usize..(range.end - self.start) as usize])
    }

    fn holds(&self, range: &Range<u64>) -> bool {
        range.start >= self.start && range.end <= self.start + self.stretch.len() as u64
    }
}

/// Reads `range` into `buffer`. Reuses its memory, but shrinks it to at most 512 KiB if the range
/// is smaller.
fn fill<'b>(file: &File, buffer: &'b mut Vec<u8>, range: Range<u64>) -> io::Result<&'b [u8]> {
    buffer.resize((range.end - range.start) as usize, 0);
    buffer.shrink_to(4 * AHEAD.end as usize);
    if let Err(error) = read_at(file, buffer, range.start) {
        buffer.clear();
        return Err(error);
    }
    Ok(buffer)
}

/// Fills `buffer` with the bytes at `offset`, without changing the file's position.
#[cfg(unix)]
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

/// Fills `buffer` with the bytes at `offset`.
#[cfg(windows)]
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    let mut filled = 0;
    while filled < buffer.len() {
        match std::os::windows::fs::FileExt::seek_read(
            file,
            &mut buffer[filled..],
            offset + filled as u64,
        )? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => filled += count,
        }
    }
    Ok(())
}
