//! Reads the members of archives and compressed files: zip, tar, gzip, bzip2, xz, zstd, and git's
//! packs, bundles and loose objects. Archives in archives are read, too.
//!
//! Archives are recognised by their content, never by their name. Nothing is written to disk.
//! [`ArchiveLimits`] bounds time and memory for any input. Each part that cannot be read is
//! reported as a [`Skip`].

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

/// The limits on opening archives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// The maximum depth of nested containers; 0 opens none. A compressed tar counts as one
    /// container: `a.zip!b.zip!c.tar.gz!d.txt` has a depth of 3.
    pub depth: usize,
    /// The maximum number of bytes that are inflated from one outermost container. A member inside
    /// two zips counts twice, because it is inflated twice.
    pub bytes: u64,
    /// The maximum ratio of inflated bytes to the size of the outermost container. Not applied to
    /// the first 16 MiB.
    pub ratio: u64,
    /// The maximum number of members in one outermost container, including members of nested
    /// containers.
    pub members: usize,
    /// The maximum number of bytes of nested zips, packs and bundles that are held in memory at
    /// once. These cannot be streamed: a zip, for example, has its directory at its end. The same
    /// limit applies separately to the bases of a pack's deltas.
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
    /// Returns the kind of archive that `bytes` is; `None` if it is not an archive, or if `depth`
    /// is 0.
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
    /// A member that is not an archive, or the text of a nested container outside its members
    /// ([`Origin::is_frame`]). The receiver need not read it to the end. If reading fails, a skip
    /// event follows.
    Member {
        /// The origin of the content, an [`Origin::Member`].
        origin: &'a Origin,
        /// The content of the member, or the text outside members.
        content: &'a mut dyn Read,
    },
    /// A stream that could not be read to its end. The bytes before were handed over.
    Skip(Skip),
}

/// Visits every member of `container`, depth first, from its beginning. Nested archives are opened
/// instead of being handed over.
///
/// The text of a nested container outside its members, such as names and link targets, is handed
/// over as the container's frame ([`Origin::is_frame`]). For the outermost container no frame is
/// handed over, because the caller searches all its bytes. After damage, the visit continues if the
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
