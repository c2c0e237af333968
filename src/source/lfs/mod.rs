//! Reads files stored with git-lfs: git has only a pointer, and the content is in a git-lfs object
//! in a directory next to git's objects.

mod pointer;

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::files::open::open;
use crate::git::lfs_objects;
use crate::model::blob::{Blob, Origin};
use crate::model::skip::{Skip, SkipReason};

use super::reader::Reader;
use super::{Limits, Visit};

pub use pointer::Pointer;

/// The advice to the user for a git-lfs object that was not fetched.
pub const ADVICE: &str = "fetch the git-lfs files (`git lfs fetch --all`; in CI, check out with `lfs: true` first), then scan again";

/// The directory of one repository's git-lfs objects, looked up when the first pointer is met.
#[derive(Default)]
pub struct Storage(OnceLock<PathBuf>);

impl Storage {
    /// Returns the directory of the git-lfs objects of `repository`.
    pub fn objects(&self, repository: &gix::Repository) -> &Path {
        self.0.get_or_init(|| lfs_objects(repository))
    }

    /// Visits the content of a blob with the given `bytes`: the bytes themselves and, if they are
    /// an archive, its members. For a git-lfs pointer, visits the git-lfs object instead.
    ///
    /// # Errors
    ///
    /// When the git-lfs object was not fetched, is too large, or cannot be read.
    pub fn visit(
        &self,
        repository: &gix::Repository,
        origin: &Origin,
        bytes: &[u8],
        limits: &Limits,
        visit: &Visit<'_>,
    ) -> Result<(), Skip> {
        let pointer = Pointer::parse(bytes);
        if pointer.as_ref().is_none_or(|pointer| pointer.is_extended) {
            visit(Ok(Blob::whole(origin, bytes)));
        }
        if let Some(pointer) = pointer {
            let mut reader = Reader::new(&limits.archive);
            return follow(
                Some(self.objects(repository)),
                &pointer,
                origin,
                limits,
                &mut reader,
                visit,
            );
        }
        if let Some(kind) = limits.archive.kind(bytes) {
            Reader::new(&limits.archive).unpack(kind, std::io::Cursor::new(bytes), origin, visit);
        }
        Ok(())
    }
}

/// Visits the git-lfs object of a pointer, as the content of `origin`. Only objects in the
/// directory `objects` are opened; `None` means that there is no such directory.
///
/// # Errors
///
/// When the object was not fetched, is too large, or cannot be read.
pub fn follow(
    objects: Option<&Path>,
    pointer: &Pointer,
    origin: &Origin,
    limits: &Limits,
    reader: &mut Reader,
    visit: &Visit<'_>,
) -> Result<(), Skip> {
    // git-lfs stores no object for an empty file.
    if pointer.size == 0 {
        visit(Ok(Blob::whole(origin, b"")));
        return Ok(());
    }
    let skip = |reason, detail: String| Skip::new(origin.clone(), reason, detail);
    if let Some(limit) = limits.file_size.filter(|limit| pointer.size > *limit) {
        let skip = skip(
            SkipReason::TooLarge,
            format!("{} bytes in git-lfs; the limit is {limit}", pointer.size),
        );
        // The id in the pointer is the SHA-256 of the object, so its digest is known without
        // reading it.
        return Err(skip.of_object(format!("v1:{:.32}", pointer.oid).parse().ok()));
    }
    let file = objects.map_or_else(|| Err(missing()), |objects| object(objects, pointer));
    let file = file.map_err(|(reason, detail)| match reason {
        SkipReason::MissingObject => skip(reason, detail).advising(ADVICE),
        _ => skip(reason, detail),
    })?;
    let read = reader.visit_container(origin, file, pointer.size, visit);
    read.map_err(|error| {
        skip(
            SkipReason::Unreadable,
            format!("its content in git-lfs cannot be read: {error}"),
        )
    })
}

/// Opens the git-lfs object of a pointer: a file in the directory `objects`, which must have the
/// size that the pointer states. A symbolic link to a path outside `objects` is refused.
pub fn object(objects: &Path, pointer: &Pointer) -> Result<File, (SkipReason, String)> {
    let unread = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => missing(),
        _ => (
            SkipReason::Unreadable,
            format!("its content in git-lfs cannot be read: {error}"),
        ),
    };
    let oid = &pointer.oid;
    let objects = objects.canonicalize().map_err(unread)?;
    let path = objects
        .join(&oid[..2])
        .join(&oid[2..4])
        .join(oid)
        .canonicalize()
        .map_err(unread)?;
    let file = if path.starts_with(&objects) {
        Some(open(&path).map_err(unread)?)
    } else {
        None
    };
    match file.map(|file| (file.metadata(), file)) {
        Some((Ok(metadata), file)) if metadata.is_file() && metadata.len() == pointer.size => {
            Ok(file)
        }
        Some((Ok(metadata), _)) if metadata.is_file() => {
            let detail = format!(
                "its git-lfs pointer says {} bytes, but the local copy has {}",
                pointer.size,
                metadata.len()
            );
            Err((SkipReason::MissingObject, detail))
        }
        Some((Err(error), _)) => Err(unread(error)),
        _ => Err((
            SkipReason::NotAFile,
            "its object in the storage of git-lfs is a symbolic link that leads out of the storage, or not a \
             regular file".to_owned(),
        )),
    }
}

fn missing() -> (SkipReason, String) {
    (
        SkipReason::MissingObject,
        "stored in git-lfs, and the content is missing in this clone".to_owned(),
    )
}
