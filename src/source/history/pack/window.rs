//! A file, read in blocks of which many are kept.

use std::fs::File;
use std::io;
use std::ops::Range;

/// The blocks of a file that were read last, for one thread. An object's deltas lie all over a pack, but most of them not far
/// from it.
///
/// The file is read, not mapped: a map counts as memory in use, and ends the process when the file is cut short.
pub struct Window<'f> {
    file: &'f File,
    end: u64,
    /// Each block of the file has one slot that it may be kept in.
    slots: Vec<Slot>,
    /// What does not lie in one block.
    scratch: Vec<u8>,
}

/// A block of the file, and its number; none yet, when it has no bytes.
#[derive(Clone, Default)]
struct Slot {
    block: u64,
    bytes: Vec<u8>,
}

/// The length of a block: what the operating system hands over in about the time that it takes to ask for it.
const BLOCK: u64 = 4 * 1024;

/// How many blocks are kept: 8 MiB.
const SLOTS: u64 = 2048;

impl<'f> Window<'f> {
    /// A window on the bytes of `file` before `end`.
    pub fn new(file: &'f File, end: u64) -> Self {
        Window { file, end, slots: vec![Slot::default(); SLOTS as usize], scratch: Vec::new() }
    }

    /// The end of what it may show.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The bytes in `range`, as far as the file has them.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or ends before it should.
    pub fn bytes(&mut self, range: Range<u64>) -> io::Result<&[u8]> {
        let range = range.start.min(self.end)..range.end.min(self.end);
        let (first, last) = (range.start / BLOCK, range.end.saturating_sub(1) / BLOCK);
        if first == last {
            return self.block(first, range);
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        scratch.shrink_to(SLOTS as usize * BLOCK as usize);
        if last - first < SLOTS / 8 {
            for block in first..=last {
                let part = range.start.max(block * BLOCK)..range.end.min((block + 1) * BLOCK);
                scratch.extend_from_slice(self.block(block, part)?);
            }
        } else {
            scratch.resize((range.end - range.start) as usize, 0);
            read_at(self.file, &mut scratch, range.start)?;
        }
        self.scratch = scratch;
        Ok(&self.scratch)
    }

    /// A part of one block.
    fn block(&mut self, block: u64, part: Range<u64>) -> io::Result<&[u8]> {
        let start = block * BLOCK;
        let slot = &mut self.slots[(block % SLOTS) as usize];
        if slot.block != block || slot.bytes.is_empty() {
            slot.block = block;
            slot.bytes.resize((self.end.min(start + BLOCK) - start.min(self.end)) as usize, 0);
            if let Err(error) = read_at(self.file, &mut slot.bytes, start) {
                slot.bytes.clear();
                return Err(error);
            }
        }
        Ok(&slot.bytes[(part.start - start) as usize..(part.end - start) as usize])
    }
}

/// Fills `buffer` from `offset` on, without moving the file's own position.
#[cfg(unix)]
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

/// Fills `buffer` from `offset` on.
#[cfg(windows)]
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    let mut filled = 0;
    while filled < buffer.len() {
        match std::os::windows::fs::FileExt::seek_read(file, &mut buffer[filled..], offset + filled as u64)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => filled += count,
        }
    }
    Ok(())
}
