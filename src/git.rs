//! Opening a repository the way git would inside a hook, and reading its objects; gix's errors become ours.
//!
//! Nothing here starts a process, and nothing from a repository's configuration is executed. Only the repository's own
//! configuration is read (for its object format and work tree), whoever owns it: reading needs no trust.

use std::path::{Path, PathBuf};

use gix::discover::upwards;
use gix::open::{Options, Permissions};

use crate::blob::Reason;
use crate::error::{Error, Result, chain};

/// An open repository, shared between threads.
pub struct Repository {
    shared: gix::ThreadSafeRepository,
}

/// Why an object could not be read.
pub struct Unreadable {
    /// The kind of reason.
    pub reason: Reason,
    /// What git said.
    pub detail: String,
}

impl Repository {
    /// The repository that `directory` lies in, or the one that git's environment names (`GIT_DIR`, `GIT_INDEX_FILE`,
    /// `GIT_WORK_TREE`: a hook is called with them).
    pub fn discover(directory: &Path) -> Result<Self> {
        let mut permissions = Permissions::isolated();
        permissions.env.git_prefix = gix::sec::Permission::Allow;
        let options = Options::isolated().permissions(permissions).bail_if_untrusted(false);
        let trust = gix::sec::trust::Mapping { full: options.clone(), reduced: options };
        let upwards = upwards::Options { match_ceiling_dir_or_error: false, ..Default::default() };
        let shared = gix::ThreadSafeRepository::discover_with_environment_overrides_opts(directory, upwards, trust)
            .map_err(|error| not_open(directory, &error))?;
        Ok(Repository { shared })
    }

    /// The top of the work tree; `None` in a bare repository.
    pub fn work_tree(&self) -> Option<PathBuf> {
        let path = self.shared.to_thread_local().workdir()?.to_owned();
        Some(path.canonicalize().unwrap_or(path))
    }

    /// The index that the next commit is made from. A repository without one has staged nothing.
    ///
    /// As in git itself, the checksum at its end is not compared: that would cost more than all the rest.
    pub fn index(&self) -> Result<gix::index::File> {
        let repository = self.local();
        let path = repository.index_path();
        let options = gix::index::decode::Options { thread_limit: None, min_extension_block_in_bytes_for_threading: 256 * 1024, ..Default::default() };
        gix::index::File::at_or_default(&path, repository.object_hash(), true, options).map_err(|error| {
            Error::new(format!("the index {} cannot be read: {}", path.display(), chain(&error)))
                .help("check it with `git status`; `git read-tree HEAD` rebuilds it from the last commit and keeps your files")
        })
    }

    /// The tree of the commit that `HEAD` names; the empty tree before the first commit.
    pub fn head_tree(&self) -> Result<gix::ObjectId> {
        let repository = self.local();
        let tree = repository.head_tree_id_or_empty().map(gix::Id::detach);
        tree.map_err(|error| {
            Error::new(format!("HEAD of {} cannot be read: {}", repository.git_dir().display(), chain(&error)))
                .help("check it with `git log -1` and `git fsck`")
        })
    }

    /// A handle for one thread.
    pub fn local(&self) -> gix::Repository {
        self.shared.to_thread_local()
    }
}

/// The content of object `id`, unless it is missing, damaged or over `limit` bytes.
pub fn read(repository: &gix::Repository, id: gix::ObjectId, limit: u64) -> std::result::Result<Vec<u8>, Unreadable> {
    let corrupt = |error: &dyn std::error::Error| Unreadable { reason: Reason::Corrupt, detail: chain(error) };
    let missing = || Unreadable { reason: Reason::MissingObject, detail: format!("object {id} is not in the repository") };
    let header = repository.try_find_header(id).map_err(|error| corrupt(&error))?.ok_or_else(missing)?;
    if header.size() > limit {
        return Err(Unreadable { reason: Reason::TooLarge, detail: format!("{} bytes; the limit is {limit}", header.size()) });
    }
    let object = repository.try_find_object(id).map_err(|error| corrupt(&error))?.ok_or_else(missing)?;
    Ok(object.detach().data)
}

fn not_open(directory: &Path, error: &gix::Error) -> Error {
    Error::new(format!("no git repository can be opened at {}: {}", directory.display(), chain(error)))
        .help("run it inside a repository, or scan files that are in none with `ntnguard scan PATH`")
}
