//! Reads git packs: every entry once, and a base before the deltas against it.
//!
//! A pack stores an object whole or as a delta: instructions that build the object from another
//! one, its base. [`Forest`] has the deltas of each base, and [`sweep`](super::sweep) reads the
//! objects in that order.

mod entry;
mod forest;
mod table;
mod window;

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::Path;

use gix::hash::Kind as HashKind;

pub use entry::{EntryContent, EntryHeader};
pub use forest::Forest;
pub use table::Table;
pub use window::Window;

/// The length of a pack's header in bytes: `PACK`, the version and the number of objects, four
/// bytes each.
const HEAD: u64 = 12;

/// A pack and the table of its objects.
pub struct Pack {
    /// The objects in the pack, with their offsets.
    pub table: Table,
    file: File,
    /// The offset at which the entries end and the checksum of the pack begins.
    end: u64,
}

impl Pack {
    /// Opens the pack at `path`.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, is not a pack of a known version, or has another number of
    /// objects than `table`.
    pub fn open(path: &Path, table: Table, hash: HashKind) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut head = [0; HEAD as usize];
        window::read_at(&file, &mut head, 0)?;
        let word =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let end = length
            .checked_sub(hash.len_in_bytes() as u64)
            .filter(|end| *end >= HEAD);
        let (true, 2 | 3, Some(end)) = (head.starts_with(b"PACK"), word(4), end) else {
            return Err(Error::new(
                ErrorKind::InvalidData,
                "it is not a pack, or its version is not supported",
            ));
        };
        // A multi-pack index may list fewer objects: it omits objects that it lists in another
        // pack.
        if table.is_whole() && word(8) as usize != table.len() {
            let differ = format!(
                "its header says {} objects, but its index has {}",
                word(8),
                table.len()
            );
            return Err(Error::new(ErrorKind::InvalidData, differ));
        }
        log::debug!("pack {}: {} objects", path.display(), table.len());
        Ok(Pack { table, file, end })
    }

    /// Returns a read buffer on the pack, for one thread.
    pub fn window(&self) -> Window<'_> {
        Window::new(&self.file, self.end)
    }
}
