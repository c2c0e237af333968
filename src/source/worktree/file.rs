//! Scans one file on disk.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use super::{Worktree, is_gone};
use crate::files::open::open;
use crate::model::blob::{Blob, Origin, path_bytes};
use crate::model::secret::Fingerprint;
use crate::model::skip::{Skip, SkipReason};
use crate::source::Visit;
use crate::source::lfs::Pointer;
use crate::source::reader::Reader;
use crate::source::stoppable::Stoppable;

impl Worktree {
    /// Scans a file that the user named. A pipe, socket or device is skipped, because reading it
    /// could wait forever.
    pub(super) fn visit_named_file(&self, path: &Path, metadata: &Metadata, visit: &Visit<'_>) {
        if metadata.is_file() {
            self.visit_file(path, &mut self.reader(), visit);
        } else {
            visit(Err(Skip::new(
                self.origin(path),
                SkipReason::NotAFile,
                "a pipe, socket or device",
            )));
        }
    }

    /// Scans a file or, for a symbolic link, the text of its target. Ignores a file that was
    /// deleted meanwhile.
    pub(super) fn visit_file(&self, path: &Path, reader: &mut Reader, visit: &Visit<'_>) {
        let outcome = match open(path) {
            _ if self.is_excepted(path) => return,
            Ok(file) => self.read(path, &file, reader, visit),
            Err(_) if path.is_symlink() => self.visit_link(path, visit),
            Err(error) => Err(error),
        };
        match outcome {
            // After an interruption, the file may be only partly read, so it is not reported as
            // scanned.
            Ok(()) if !self.progress.is_stopped() => self.progress.finish(1),
            Err(error) if !is_gone(&error) => {
                visit(Err(Skip::new(
                    self.origin(path),
                    SkipReason::Unreadable,
                    error,
                )));
            }
            _ => {}
        }
    }

    pub(super) fn read(
        &self,
        path: &Path,
        file: &File,
        reader: &mut Reader,
        visit: &Visit<'_>,
    ) -> io::Result<()> {
        let metadata = file.metadata()?;
        let skip = |reason, detail: &str| Skip::new(self.origin(path), reason, detail);
        if !metadata.is_file() {
            visit(Err(skip(
                SkipReason::NotAFile,
                "it was no longer a file when it was opened",
            )));
        } else if let Some(limit) = self
            .limits
            .file_size
            .filter(|limit| metadata.len() > *limit)
        {
            let skip = skip(
                SkipReason::TooLarge,
                &format!("{} bytes; the limit is {limit}", metadata.len()),
            );
            let file = Stoppable::new(file, Some(&self.progress));
            visit(Err(skip.of_object(Fingerprint::of_object(file).ok())));
        } else if metadata.len() < Pointer::LIMIT {
            self.read_small(path, file, metadata.len(), reader, visit)?;
        } else {
            reader.visit_container(&self.origin(path), file, metadata.len(), visit)?;
        }
        Ok(())
    }

    pub(super) fn visit_link(&self, path: &Path, visit: &Visit<'_>) -> io::Result<()> {
        let target = path.read_link()?;
        visit(Ok(Blob::whole(
            &Origin::LinkTarget(self.shown(path)),
            path_bytes(&target),
        )));
        Ok(())
    }

    pub(super) fn reader(&self) -> Reader {
        Reader::new(&self.limits.archive).until_stopped(&self.progress)
    }
}
