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
    /// Blocks that are read at once.
    ahead: Vec<u8>,
}

/// A block of the file, and its number; none yet, when it has no bytes.
#[derive(Clone, Default)]
struct Slot {
    block: u64,
    bytes: Vec<u8>,
}

/// The length of a block: what the operating system hands over in about the time that it takes to ask for it.
const BLOCK: u64 = 4 * 1024;

/// How many blocks are read at once by whoever reads on.
const AHEAD: u64 = 8;

/// How many blocks are kept: 8 MiB.
const SLOTS: u64 = 2048;

impl<'f> Window<'f> {
    /// A window on the bytes of `file` before `end`.
    pub fn new(file: &'f File, end: u64) -> Self {
        Window { file, end, slots: vec![Slot::default(); SLOTS as usize], scratch: Vec::new(), ahead: Vec::new() }
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
        if !self.keeps(block) {
            // Whoever has read up to here goes on.
            let ahead = if block > 0 && self.keeps(block - 1) { AHEAD } else { 1 };
            self.fetch(block, ahead)?;
        }
        let bytes = &self.slots[(block % SLOTS) as usize].bytes;
        Ok(&bytes[(part.start - start) as usize..(part.end - start) as usize])
    }

    fn keeps(&self, block: u64) -> bool {
        let slot = &self.slots[(block % SLOTS) as usize];
        slot.block == block && !slot.bytes.is_empty()
    }

    /// Reads `count` blocks from `first` on, as far as the file has them.
    fn fetch(&mut self, first: u64, count: u64) -> io::Result<()> {
        let start = first * BLOCK;
        let length = (self.end.min(start + count * BLOCK) - start.min(self.end)) as usize;
        self.ahead.resize((AHEAD * BLOCK) as usize, 0);
        read_at(self.file, &mut self.ahead[..length], start)?;
        for (block, bytes) in (first..).zip(self.ahead[..length].chunks(BLOCK as usize)) {
            let slot = &mut self.slots[(block % SLOTS) as usize];
            slot.block = block;
            slot.bytes.clear();
            slot.bytes.extend_from_slice(bytes);
        }
        Ok(())
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
