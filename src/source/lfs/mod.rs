//! Files that git-lfs keeps: git has only a pointer, and the content lies beside git's own objects.

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

/// The advice for an object that is not here.
pub const ADVICE: &str = "fetch what git-lfs keeps (`git lfs fetch --all`; in CI, check out with `lfs: true` first), then scan again";

/// The folder of the git-lfs objects of one repository, looked up with the first pointer.
#[derive(Default)]
pub struct Storage(OnceLock<PathBuf>);

impl Storage {
    /// The folder of the objects of `repository`.
    pub fn objects(&self, repository: &gix::Repository) -> &Path {
        self.0.get_or_init(|| lfs_objects(repository))
    }

    /// Visits the content of a file of which git has `bytes`: the bytes and, of an archive, its
    /// members; for a pointer, the object that it points to.
    ///
    /// # Errors
    ///
    /// When the object that a pointer points to is not here, is too large, or cannot be read.
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

/// Visits the object that a pointer points to, as the content of `origin`. The object is looked for
/// below `objects` only.
///
/// # Errors
///
/// When the object is not here, is too large, or cannot be read.
pub fn follow(
    objects: Option<&Path>,
    pointer: &Pointer,
    origin: &Origin,
    limits: &Limits,
    reader: &mut Reader,
    visit: &Visit<'_>,
) -> Result<(), Skip> {
    // git-lfs keeps no object for an empty file.
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
        // The pointer has the digest of its object.
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
            format!("what git-lfs keeps of it: {error}"),
        )
    })
}

/// Opens the object that a pointer points to: a file below `objects`, of the size that the pointer
/// says. A link that leads out of `objects` is not followed.
pub fn object(objects: &Path, pointer: &Pointer) -> Result<File, (SkipReason, String)> {
    let unread = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => missing(),
        _ => (
            SkipReason::Unreadable,
            format!("what git-lfs keeps of it: {error}"),
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
                "git-lfs keeps {} bytes of it, and here are {}",
                pointer.size,
                metadata.len()
            );
            Err((SkipReason::MissingObject, detail))
        }
        Some((Err(error), _)) => Err(unread(error)),
        _ => Err((
            SkipReason::NotAFile,
            "what git-lfs keeps of it is a link, or no file".to_owned(),
        )),
    }
}

fn missing() -> (SkipReason, String) {
    (
        SkipReason::MissingObject,
        "git-lfs keeps it, and it is not here".to_owned(),
    )
}
