//! Scans SQLite databases, in which editors store their state and shells their history. A row that
//! is too long for one page is stored on several pages, so it is reassembled first.
//!
//! All other bytes of a page are searched as they are, including deleted data. In a write-ahead
//! log, every page is searched, and rows are reassembled from the log's latest pages.

mod page;
mod pages;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::super::Visit;
use super::super::reader::Reader;
use crate::files::open::open;
use crate::model::blob::{Blob, Origin, Position};
use crate::model::progress::Progress;
use crate::model::skip::{Skip, SkipReason};
use page::TreePage;
use pages::{SqlitePages, WAL_MAGIC};

/// The first 16 bytes of every SQLite database.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The number of bytes, 1 MiB, after which the collected pages are handed over as one blob.
const BATCH: usize = 1 << 20;

/// The limit on the total length of reassembled rows, as a multiple of the file's size. In an
/// undamaged file, the rows are shorter than the file.
const MOST: u64 = 4;

/// Visits a database or a write-ahead log: first the long rows, then the pages. Returns false if
/// the file is neither.
pub fn visit(
    path: &Path,
    origin: &Origin,
    file: &File,
    reader: &mut Reader,
    progress: &Progress,
    visit: &Visit<'_>,
) -> io::Result<bool> {
    let pages = pages_of(path, file)?;
    let Some(mut pages) = pages else {
        if is_named_as_one(path) && file.metadata()?.len() > 0 {
            let detail =
                "it has the name of a SQLite database, but it cannot be read as a SQLite database";
            visit(Err(Skip::new(origin.clone(), SkipReason::Corrupt, detail)));
        }
        return Ok(false);
    };
    let mut look = SqliteLook {
        origin,
        reader,
        progress,
        visit,
        left: pages.bytes().saturating_mul(MOST),
        is_cut: false,
    };
    look.rows(&mut pages)?;
    look.pages(&mut pages)?;
    if look.is_cut {
        let detail = "the lengths of its rows add up to more than 4 times the size of the file, so some rows were not read";
        visit(Err(Skip::new(origin.clone(), SkipReason::Limit, detail)));
    }
    if pages.is_truncated {
        let detail = "the file ends in the middle of a page";
        visit(Err(Skip::new(origin.clone(), SkipReason::Corrupt, detail)));
    }
    Ok(true)
}

/// Returns the pages of a database or of a write-ahead log; `None` if the file is neither.
fn pages_of(path: &Path, file: &File) -> io::Result<Option<SqlitePages>> {
    let mut head = Vec::new();
    super::rewound(file)?.take(100).read_to_end(&mut head)?;
    if let Ok(head) = <&[u8; 100]>::try_from(head.as_slice())
        && head.starts_with(MAGIC)
    {
        return SqlitePages::of_database(file, head);
    }
    let is_log = head.len() >= 32 && WAL_MAGIC.contains(&&head[..4]);
    let database = database_of(path).filter(|_| is_log);
    match database.and_then(|path| open(&path).ok()) {
        Some(database) => SqlitePages::of_log(file, database),
        None => Ok(None),
    }
}

/// Returns true if a file is named like a SQLite database, its write-ahead log or a backup of it.
fn is_named_as_one(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.trim_end_matches("-wal").trim_end_matches(".backup");
    let endings = [".vscdb", ".sqlite", ".sqlite3", ".db"];
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Returns the path of the database that a write-ahead log belongs to; `None` if the log's name
/// does not end in `-wal`.
fn database_of(path: &Path) -> Option<std::path::PathBuf> {
    let name = path.file_name()?.to_str()?;
    Some(path.with_file_name(name.strip_suffix("-wal")?))
}

struct SqliteLook<'l> {
    origin: &'l Origin,
    reader: &'l mut Reader,
    progress: &'l Progress,
    visit: &'l Visit<'l>,
    /// The number of bytes of rows that may still be reassembled.
    left: u64,
    is_cut: bool,
}

impl SqliteLook<'_> {
    /// Visits the rows that continue on overflow pages.
    fn rows(&mut self, pages: &mut SqlitePages) -> io::Result<()> {
        for place in 0..pages.count() {
            self.refuse_stopped()?;
            let (number, bytes) = pages.read(place)?;
            let Some(page) = TreePage::of(&bytes, number, pages.usable) else {
                continue;
            };
            for cell in page.overflowing() {
                if cell.length > self.left {
                    self.is_cut = true;
                    continue;
                }
                let Some(row) = pages.row(place, &bytes, &cell)? else {
                    continue;
                };
                self.left -= cell.length;
                let path = format!("page {number}, row at {}", cell.local.start);
                let member = Origin::Member {
                    container: std::sync::Arc::new(self.origin.clone()),
                    path: path.into_bytes(),
                    is_frame: false,
                };
                self.reader.visit(&member, &row[..], None, self.visit)?;
            }
        }
        Ok(())
    }

    /// Visits the pages, without the parts that were visited as rows.
    fn pages(&mut self, pages: &mut SqlitePages) -> io::Result<()> {
        let mut batch = Vec::new();
        let mut offset = 0;
        for place in 0..pages.count() {
            self.refuse_stopped()?;
            let (number, mut bytes) = pages.read(place)?;
            if pages.is_in_row(place) {
                continue;
            }
            let cells = TreePage::of(&bytes, number, pages.usable);
            let cells = cells.map_or_else(Vec::new, |page| page.overflowing());
            for cell in cells.iter().filter(|cell| pages.has_row(place, cell)) {
                bytes[cell.local.clone()].fill(0);
            }
            if batch.is_empty() {
                offset = pages.offset(place);
            }
            batch.append(&mut bytes);
            // A separator: text must not span two pages, which are unrelated.
            batch.push(0);
            if batch.len() >= BATCH {
                self.batch(&mut batch, offset);
            }
        }
        self.batch(&mut batch, offset);
        Ok(())
    }

    fn refuse_stopped(&self) -> io::Result<()> {
        match self.progress.is_stopped() {
            true => Err(io::ErrorKind::Interrupted.into()),
            false => Ok(()),
        }
    }

    fn batch(&self, batch: &mut Vec<u8>, offset: u64) {
        if !batch.is_empty() {
            (self.visit)(Ok(Blob {
                origin: self.origin,
                bytes: batch,
                start: Position {
                    offset: usize::try_from(offset).unwrap_or(usize::MAX / 2),
                    ..Position::START
                },
                core: 0..batch.len(),
            }));
        }
        batch.clear();
    }
}

#[cfg(test)]
mod tests;
