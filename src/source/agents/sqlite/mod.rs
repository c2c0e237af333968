//! The state of editors and histories of shells in SQLite: rows that are longer than a page lie on
//! several, and are put together.
//!
//! Everything else on a page is looked at as it lies there, what was deleted among it. Of the
//! write-ahead log, each page is looked at, and rows as the log has them.

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

/// The first bytes of a database.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Pages are looked at together up to so many bytes.
const BATCH: usize = 1 << 20;

/// Rows that are put together may have so many times the bytes of the file: in a sound one, they
/// have fewer.
const MOST: u64 = 4;

/// Visits a database, or the log of one, row by row; returns false for a file that is neither.
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
            let detail = "it is named as a SQLite database, and cannot be read as one";
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
        let detail = "its rows have more bytes than the file";
        visit(Err(Skip::new(origin.clone(), SkipReason::Limit, detail)));
    }
    if pages.is_truncated {
        let detail = "it ends within a page";
        visit(Err(Skip::new(origin.clone(), SkipReason::Corrupt, detail)));
    }
    Ok(true)
}

/// The pages of a database, or of the log of one; `None` for a file that is neither.
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

/// Returns true if a file has the name of a database, of its log or of a copy of it.
fn is_named_as_one(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.trim_end_matches("-wal").trim_end_matches(".backup");
    let endings = [".vscdb", ".sqlite", ".sqlite3", ".db"];
    endings.iter().any(|ending| name.ends_with(ending))
}

/// The database that a log is of.
fn database_of(path: &Path) -> Option<std::path::PathBuf> {
    let name = path.file_name()?.to_str()?;
    Some(path.with_file_name(name.strip_suffix("-wal")?))
}

struct SqliteLook<'l> {
    origin: &'l Origin,
    reader: &'l mut Reader,
    progress: &'l Progress,
    visit: &'l Visit<'l>,
    /// The bytes of rows that may still be put together.
    left: u64,
    is_cut: bool,
}

impl SqliteLook<'_> {
    /// Rows that go on on other pages.
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

    /// All else, page by page.
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
            // Pages are no neighbours but by chance.
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
