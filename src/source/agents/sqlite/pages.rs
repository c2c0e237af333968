//! Reads the pages of a database or of its write-ahead log, and reassembles rows that are stored on
//! several pages.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::page::OverflowCell;

/// The first four bytes of a write-ahead log, one value for each byte order of its checksums.
pub const WAL_MAGIC: [&[u8]; 2] = [b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"];

const WAL_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;

/// The pages of a database or of its write-ahead log. A place is an index, from 0, of a page in the
/// file; a log may have the same page at several places.
pub struct SqlitePages {
    file: File,
    /// The database that the log belongs to; `None` if the file is a database.
    database: Option<File>,
    size: usize,
    /// The number of bytes of a page that SQLite uses: the page size without the reserved end.
    pub usable: usize,
    /// True if the database file ends in the middle of a page.
    pub is_truncated: bool,
    /// For each place of a log, the page number and the offset of the page in the file. Empty for a
    /// database, in which pages follow each other.
    frames: Vec<(u32, u64)>,
    /// For each page number in a log, the place of its latest version.
    latest: HashMap<u32, usize>,
    count: usize,
    /// The places whose pages were used to reassemble a row.
    in_rows: HashSet<usize>,
    /// The cells whose rows were reassembled, each by its place and its offset in the page.
    with_rows: HashSet<(usize, usize)>,
}

/// Converts the page size in a header to bytes: a power of two from 512 to 65536, where 1 means
/// 65536. `None` if the size is invalid.
fn page_size(size: u32) -> Option<usize> {
    let size = if size == 1 { 65536 } else { size };
    let is_sound = size.is_power_of_two() && (512..=65536).contains(&size);
    is_sound.then_some(size as usize)
}

fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

impl SqlitePages {
    /// Returns the pages of a database with the header `head`; `None` if the header is invalid.
    pub fn of_database(file: &File, head: &[u8; 100]) -> io::Result<Option<Self>> {
        let Some(size) = page_size(number(&head[16..18])) else {
            return Ok(None);
        };
        let length = file.metadata()?.len();
        let usable = size - usize::from(head[20]);
        if usable < 480 {
            return Ok(None);
        }
        Ok(Some(SqlitePages {
            file: file.try_clone()?,
            database: None,
            size,
            usable,
            is_truncated: !length.is_multiple_of(size as u64),
            frames: Vec::new(),
            latest: HashMap::new(),
            count: length.div_ceil(size as u64) as usize,
            in_rows: HashSet::new(),
            with_rows: HashSet::new(),
        }))
    }

    /// Returns the pages of the write-ahead log `file` of `database`; `None` if a header is
    /// invalid.
    pub fn of_log(file: &File, mut database: File) -> io::Result<Option<Self>> {
        let mut head = [0; 100];
        let is_read = database
            .rewind()
            .and_then(|()| database.read_exact(&mut head));
        let mut log = file.try_clone()?;
        let mut own = [0; WAL_HEADER as usize];
        log.rewind()?;
        log.read_exact(&mut own)?;
        let size = page_size(number(&own[8..12]));
        let (Ok(()), Some(size)) = (is_read, size) else {
            return Ok(None);
        };
        let usable = size - usize::from(head[20]);
        if usable < 480 {
            return Ok(None);
        }
        let length = log.metadata()?.len().saturating_sub(WAL_HEADER);
        let each = FRAME_HEADER + size as u64;
        let (mut frames, mut latest) = (Vec::new(), HashMap::new());
        for at in 0..length / each {
            let start = WAL_HEADER + at * each;
            let mut frame = [0; FRAME_HEADER as usize];
            log.seek(SeekFrom::Start(start))?;
            log.read_exact(&mut frame)?;
            let page = number(&frame[..4]);
            // A frame with other salts is left over from an earlier log. Its page is searched, but
            // is not part of a row.
            if frame[8..16] == own[16..24] {
                latest.insert(page, frames.len());
            }
            frames.push((page, start + FRAME_HEADER));
        }
        Ok(Some(SqlitePages {
            file: log,
            database: Some(database),
            size,
            usable,
            is_truncated: false,
            count: frames.len(),
            frames,
            latest,
            in_rows: HashSet::new(),
            with_rows: HashSet::new(),
        }))
    }

    /// Returns the number of places.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns the total size of all places in bytes.
    pub fn bytes(&self) -> u64 {
        self.count as u64 * self.size as u64
    }

    /// Returns the offset in the file of the page at a place.
    pub fn offset(&self, place: usize) -> u64 {
        let frame = self.frames.get(place).map(|(_, offset)| *offset);
        frame.unwrap_or(place as u64 * self.size as u64)
    }

    /// Reads the page at a place, and returns it with its number, from 1. If the file ends in the
    /// middle of the page, the rest is zeros.
    pub fn read(&mut self, place: usize) -> io::Result<(u32, Vec<u8>)> {
        let number = self.frames.get(place).map(|(number, _)| *number);
        let offset = self.offset(place);
        let bytes = read_at(&mut self.file, offset, self.size)?;
        Ok((number.unwrap_or(place as u32 + 1), bytes))
    }

    /// Reassembles the row of a cell on `page`, which is at the place `from`. Returns the row, a
    /// zero, and the unused bytes of the row's last page; `None` if the chain of pages is invalid.
    pub fn row(
        &mut self,
        from: usize,
        page: &[u8],
        cell: &OverflowCell,
    ) -> io::Result<Option<Vec<u8>>> {
        let mut row = page[cell.local.clone()].to_vec();
        let (mut next, mut places, mut rest) = (cell.next, Vec::new(), Vec::new());
        while (row.len() as u64) < cell.length {
            let known = self.latest.get(&next).copied();
            let of_database = self
                .frames
                .is_empty()
                .then(|| (next as usize).wrapping_sub(1));
            let place = known.or(of_database.filter(|place| *place < self.count));
            let bytes = match (place, &mut self.database) {
                (Some(place), _) => {
                    places.push(place);
                    self.read(place)?.1
                }
                (None, Some(database)) if next > 0 => {
                    let offset = u64::from(next - 1) * self.size as u64;
                    read_at(database, offset, self.size)?
                }
                _ => return Ok(None),
            };
            let left = (cell.length - row.len() as u64).min(self.usable as u64 - 4) as usize;
            row.extend_from_slice(&bytes[4..4 + left]);
            rest = bytes[4 + left..].to_vec();
            next = number(&bytes[..4]);
        }
        if next != 0 {
            return Ok(None);
        }
        self.in_rows.extend(places);
        self.with_rows.insert((from, cell.local.start));
        row.push(0);
        row.append(&mut rest);
        Ok(Some(row))
    }

    /// Returns true if the page at a place was used to reassemble a row.
    pub fn is_in_row(&self, place: usize) -> bool {
        self.in_rows.contains(&place)
    }

    /// Returns true if the row of this cell was reassembled.
    pub fn has_row(&self, place: usize, cell: &OverflowCell) -> bool {
        self.with_rows.contains(&(place, cell.local.start))
    }
}

/// Reads `length` bytes at `offset`. Bytes after the end of the file are zeros.
fn read_at(file: &mut File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    file.seek(SeekFrom::Start(offset))?;
    file.take(length as u64).read_to_end(&mut bytes)?;
    bytes.resize(length, 0);
    Ok(bytes)
}
