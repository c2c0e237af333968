//! Where blobs come from.

pub mod index;
mod reader;
pub mod stdin;
pub mod worktree;

use crate::archive;
use crate::blob::Blob;
use crate::error::Result;
use crate::skip::Skip;

/// Takes each blob, or what could not be read.
pub type Visit<'a> = dyn Fn(std::result::Result<Blob<'_>, Skip>) + Sync + 'a;

/// How much of a place is read.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Larger files, in bytes, are skipped.
    pub file_size: Option<u64>,
    /// How far archives are followed; with a depth of 0, not at all.
    pub archive: archive::Limits,
}

/// A place blobs come from.
///
/// Sources push: the parallel walk does so by nature, and a pushed blob can borrow the buffer it was read into.
pub trait Source {
    /// Its name in reports.
    fn name(&self) -> &'static str;

    /// Calls `visit` once for every blob (for a large file, once for each part), possibly from several threads at once.
    ///
    /// # Errors
    ///
    /// When the source itself is broken. What concerns one blob only is a [`Skip`], and the visit goes on.
    fn visit(&self, visit: &Visit<'_>) -> Result<()>;
}
