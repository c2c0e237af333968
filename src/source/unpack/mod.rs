//! A reader of archives and compressed files: zip, tar, gzip, bzip2, xz, zstd, git's packs, bundles
//! and loose objects, at any depth of nesting.
//!
//! Archives are recognised by their content, never by their name. Nothing is written to disk, and
//! [`ArchiveLimits`] bounds time and memory for any input. Each part that could not be read becomes
//! a [`Skip`].

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

/// The limits on archives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// The number of containers that may be nested, 0 to follow none. A compressed tar counts as
    /// one: `a.zip!b.zip!c.tar.gz!d.txt` is three deep.
    pub depth: usize,
    /// The number of bytes to which one outermost container may inflate. A member inside two zips
    /// counts twice, since it is inflated twice.
    pub bytes: u64,
    /// The factor by which the outermost container may grow when inflated. Not applied below 16
    /// MiB.
    pub ratio: u64,
    /// The number of members in one outermost container, including those of nested ones.
    pub members: usize,
    /// The number of bytes held in memory at once of nested zips, packs and bundles: a zip has its
    /// directory at its end and cannot be streamed. The bases of a pack's objects have the same
    /// limit once more.
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
    /// Returns the kind of the archive `bytes`; `None` if it is not an archive or if `depth` is 0.
    pub fn kind(&self, bytes: &[u8]) -> Option<ArchiveKind> {
        if self.depth > 0 {
            kind(&bytes[..bytes.len().min(START)])
        } else {
            None
        }
    }
}

/// An item found in a container.
pub enum ArchiveEvent<'a> {
    /// A member that is not an archive, or the frame of a nested container ([`Origin::is_frame`]).
    /// It may be read only in part. An error of its reader is followed by a skip.
    Member {
        /// The place of the item: an [`Origin::Member`].
        origin: &'a Origin,
        /// The content of the item.
        content: &'a mut dyn Read,
    },
    /// A stream that could not be read to its end; the bytes read before were handed over.
    Skip(Skip),
}

/// Visits every member of `container`, depth first, from its beginning; nested archives are opened,
/// not handed over.
///
/// Links and directories have no content. The target of a link is part of its container's frame,
/// the text outside members ([`Origin::is_frame`]). The outermost container's frame is not handed
/// over: the caller searches all bytes of that container. After damage, the visit goes on where the
/// format allows it.
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
