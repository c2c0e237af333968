//! The pages of a database, or of its write-ahead log, and rows that lie on several of them.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::page::OverflowCell;

/// The first bytes of a write-ahead log, by the order of bytes in its checksums.
pub const WAL_MAGIC: [&[u8]; 2] = [b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"];

const WAL_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;

/// The pages of a database or of its log.
pub struct SqlitePages {
    file: File,
    /// The database that a log is of.
    database: Option<File>,
    size: usize,
    /// The bytes of a page that are used.
    pub usable: usize,
    /// True if the file ends within a page.
    pub is_truncated: bool,
    /// Of each place: the number of the page, and where it lies. Empty for a database, in which one
    /// follows the other.
    frames: Vec<(u32, u64)>,
    /// Of a log: the place of each page as it was written last.
    latest: HashMap<u32, usize>,
    count: usize,
    /// The places that are part of a row which was put together.
    in_rows: HashSet<usize>,
    /// The cells whose rows were put together, by their place and where they begin.
    with_rows: HashSet<(usize, usize)>,
}

/// The size of pages by the two bytes of a header: a power of two from 512 on.
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
    /// The pages of a database with this header; `None` where the header makes no sense.
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

    /// The pages of a log of `database`.
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
            // What an earlier log left behind is looked at, too, and is nobody's row.
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

    /// Returns the number of bytes in all places.
    pub fn bytes(&self) -> u64 {
        self.count as u64 * self.size as u64
    }

    /// Returns the offset of a place in the file.
    pub fn offset(&self, place: usize) -> u64 {
        let frame = self.frames.get(place).map(|(_, offset)| *offset);
        frame.unwrap_or(place as u64 * self.size as u64)
    }

    /// The page at a place, with its number. The last one of a file that was cut is filled up with
    /// zeros.
    pub fn read(&mut self, place: usize) -> io::Result<(u32, Vec<u8>)> {
        let number = self.frames.get(place).map(|(number, _)| *number);
        let offset = self.offset(place);
        let bytes = read_at(&mut self.file, offset, self.size)?;
        Ok((number.unwrap_or(place as u32 + 1), bytes))
    }

    /// The row of a cell on `page`, which lies at `from`, and what is left over on its last page;
    /// `None` where its pages do not follow each other as they should.
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

    /// Returns true if all of a place is part of a row that was put together.
    pub fn is_in_row(&self, place: usize) -> bool {
        self.in_rows.contains(&place)
    }

    /// Returns true if the row of this cell was put together.
    pub fn has_row(&self, place: usize, cell: &OverflowCell) -> bool {
        self.with_rows.contains(&(place, cell.local.start))
    }
}

/// So many bytes from a place on; behind the end of the file there are zeros.
fn read_at(file: &mut File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    file.seek(SeekFrom::Start(offset))?;
    file.take(length as u64).read_to_end(&mut bytes)?;
    bytes.resize(length, 0);
    Ok(bytes)
}
