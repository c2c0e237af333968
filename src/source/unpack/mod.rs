//! Looks into archives and compressed files: zip, tar, gzip, bzip2, xz, zstd, git's packs and bundles, and one inside the
//! other.
//!
//! They are recognised by what they hold, never by their name; nothing is written to disk; and whatever the input, time
//! and memory are bounded by [`ArchiveLimits`]. What could not be read is a [`Skip`].

mod build;
mod content;
mod disk;
mod extents;
mod gaps;
mod gzip;
mod header;
mod inflate;
mod kind;
mod loose;
mod pack;
mod place;
mod streams;
mod tar;
mod walk;
mod walk_pack;
mod walk_tar;
mod walk_zip;
mod zip;

use std::io::{ErrorKind, Read, Seek, SeekFrom};

use crate::model::blob::Origin;
use crate::model::defaults;
use crate::model::skip::Skip;

use content::Meter;
use walk::Walk;

pub use kind::START;
pub use kind::{ArchiveKind, kind};

/// How far archives are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// How many containers may lie in one another. A compressed tar counts as one: `a.zip!b.zip!c.tar.gz!d.txt` is
    /// three deep.
    pub depth: usize,
    /// How many bytes all that lies in one outermost container may inflate to. What lies in two zips counts twice, for
    /// it is inflated twice.
    pub bytes: u64,
    /// How many times the size of the outermost container that may be. Not judged below 16 MiB.
    pub ratio: u64,
    /// How many members one outermost container may have, those of nested ones included.
    pub members: usize,
    /// How many bytes of nested zips may be held in memory at once: a zip begins at its end, and cannot be streamed. The same for
    /// packs, and once more for what objects in them are built on.
    pub held: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        ArchiveLimits {
            depth: defaults::ARCHIVE_DEPTH,
            bytes: defaults::ARCHIVE_BYTES,
            ratio: defaults::ARCHIVE_RATIO,
            members: defaults::ARCHIVE_MEMBERS,
            held: defaults::ARCHIVE_HELD,
        }
    }
}

impl ArchiveLimits {
    /// The kind of archive that `bytes` are, if archives are followed at all.
    pub fn kind(&self, bytes: &[u8]) -> Option<ArchiveKind> {
        if self.depth > 0 {
            kind(&bytes[..bytes.len().min(START)])
        } else {
            None
        }
    }
}

/// What is met in a container.
pub enum ArchiveEvent<'a> {
    /// A member that is no archive itself, to be read as far as wanted. An error of the reader is followed by a skip. Or what
    /// a container in a container says besides its members.
    Member {
        /// Where it lies: an [`Origin::Member`].
        origin: &'a Origin,
        /// Its content.
        content: &'a mut dyn Read,
    },
    /// Something that could not be read, or not to its end; what was read of it has been handed over.
    Skip(Skip),
}

/// Visits every member of `container`, depth first, from its beginning; nested archives are opened, not handed over.
///
/// Links and directories have no content; what a link leads to is handed over with what else a container says besides its
/// members ([`Origin::is_frame`]). For the outermost container it is not: all its bytes are the caller's to search. After damage the visit goes on where the format allows it.
pub fn open<S: Read + Seek>(
    kind: ArchiveKind,
    mut container: S,
    origin: &Origin,
    limits: &ArchiveLimits,
    each: &mut dyn FnMut(ArchiveEvent<'_>),
) {
    let length = container.seek(SeekFrom::End(0));
    let meter = Meter::new(limits, *length.as_ref().unwrap_or(&0));
    let mut walk = Walk::new(origin, limits, &meter, each);
    match length {
        Ok(length) => walk.outermost(kind, container, length),
        Err(error) => {
            meter.note_broken();
            walk.failed(&meter.failure(ErrorKind::Other, error));
        }
    }
}

#[cfg(test)]
mod tests;
