//! Opening a repository the way git would inside a hook, looking up what names lead to, and reading objects; gix's errors
//! become ours.
//!
//! Nothing here starts a process, and nothing from a repository's configuration is executed. Only the repository's own
//! configuration is read (for its object format and work tree), whoever owns it: reading needs no trust. What hooks need of
//! the user's is in [`hooks`].

pub mod hooks;
mod lookup;
mod objects;
mod quarantine;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use gix::ObjectId;
use gix::discover::upwards;
use gix::open::permissions::Config;
use gix::open::{Options, Permissions};
use tempfile::TempDir;

use crate::error::{Error, Result, chain};

pub use objects::{Unreadable, read, read_trusting};

/// An open repository.
pub struct Repository {
    inner: gix::Repository,
    named_index: Option<PathBuf>,
    index: OnceCell<Arc<gix::index::File>>,
    /// Where objects are found that git's environment names; goes away with the repository.
    _quarantine: Option<TempDir>,
}

/// An index over this size is worth reading with several threads.
const WORTH_THREADS: u64 = 1024 * 1024;

impl Repository {
    /// The repository that the process stands in, or the one that git's environment names (`GIT_DIR`, `GIT_WORK_TREE`,
    /// `GIT_INDEX_FILE`: a hook is called with them).
    ///
    /// # Errors
    ///
    /// When there is none, or it is not one that git could read.
    pub fn of_hook() -> Result<Self> {
        let mut repository = Self::named(Config::isolated())?;
        // Git goes to the top of the work tree first, so that is what a relative path starts from.
        let named = std::env::var_os("GIT_INDEX_FILE");
        let top = repository.inner.workdir();
        if named.is_none() && top.is_none() {
            return Err(Error::new("this repository is bare: nothing is staged in it").help("run it in a work tree"));
        }
        repository.named_index = named.map(|named| top.unwrap_or(Path::new(".")).join(named));
        Ok(repository)
    }

    /// The repository that git's environment names, or the one that the process stands in, with the objects that it names.
    fn named(config: Config) -> Result<Self> {
        let here = Path::new(".");
        let mut permissions = Permissions::isolated();
        permissions.config = config;
        for used in [&mut permissions.env.git_prefix, &mut permissions.env.home, &mut permissions.env.xdg_config_home] {
            *used = gix::sec::Permission::Allow;
        }
        let open = gix::ThreadSafeRepository::discover_with_environment_overrides_opts;
        let shared = open(here, discovery(), trust(permissions)).map_err(|error| not_open(here, &error))?;
        let mut repository = Self::opened(&shared);
        repository._quarantine = quarantine::enter(&mut repository.inner)?;
        Ok(repository)
    }

    fn opened(shared: &gix::ThreadSafeRepository) -> Self {
        Repository { inner: shared.to_thread_local(), named_index: None, index: OnceCell::new(), _quarantine: None }
    }

    /// The repository that `directory` lies in, whatever the environment says; `None` where there is none.
    ///
    /// # Errors
    ///
    /// When there is one, in whatever state, that cannot be opened.
    pub fn find(directory: &Path) -> Result<Option<Self>> {
        // A personal list of ignored files is part of what git ignores, so the user's configuration is read here.
        let mut permissions = Permissions::isolated();
        permissions.config = Config { system: true, git: true, user: true, ..Config::isolated() };
        permissions.env.home = gix::sec::Permission::Allow;
        permissions.env.xdg_config_home = gix::sec::Permission::Allow;
        let discover = |from: &Path| gix::ThreadSafeRepository::discover_opts(from, discovery(), trust(permissions));
        // gix finds git's own folder from within, or by a path that leads out of the folder, only by its real path.
        let inside = || {
            let real = directory.canonicalize().ok()?;
            real.ancestors().any(|above| gix::discover::is_git(above).is_ok()).then_some(real)
        };
        match discover(inside().as_deref().unwrap_or(directory)) {
            Ok(shared) => Ok(Some(Self::opened(&shared))),
            Err(error) if may_be_in_repository(directory) => Err(not_open(directory, &error)),
            Err(_) => Ok(None),
        }
    }

    /// The repository whose own directory is `directory`, whatever lies above it.
    ///
    /// # Errors
    ///
    /// When it is none that can be opened.
    pub fn at(directory: &Path) -> Result<Self> {
        let options = trust(Permissions::isolated()).full.open_path_as_is(true);
        let shared =
            gix::ThreadSafeRepository::open_opts(directory, options).map_err(|error| not_open(directory, &error))?;
        Ok(Self::opened(&shared))
    }

    /// The top of the work tree; `None` in a bare repository.
    pub fn work_tree(&self) -> Option<PathBuf> {
        let path = self.inner.workdir()?;
        Some(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }

    /// The lists of ignored files that no clone has, the weakest first: the user's own, then `info/exclude`.
    pub fn personal_excludes(&self) -> Vec<PathBuf> {
        let config = self.inner.config_snapshot();
        let of_user = match config.trusted_path("core.excludesFile") {
            // A relative path starts from the top of the work tree, where git goes first.
            Ok(Some(path)) => Some(self.inner.workdir().unwrap_or(Path::new("")).join(path)),
            Ok(None) => gix::path::env::xdg_config("ignore", &mut |name| std::env::var_os(name)),
            Err(_) => None,
        };
        of_user.into_iter().chain([self.inner.common_dir().join("info/exclude")]).collect()
    }

    /// Whether git takes small and capital letters in names for the same here.
    pub fn ignores_case(&self) -> bool {
        self.inner.config_snapshot().boolean("core.ignoreCase").unwrap_or(false)
    }

    /// Whether `path`, absolute and without links, lies in the repository: in a work tree of it, in git's own folder, or in a
    /// submodule.
    pub fn has_inside(&self, path: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let own = real(self.inner.common_dir());
        let nearest = path.ancestors().find(|above| above.is_dir());
        let around = nearest.and_then(|folder| Self::find(folder).ok().flatten());
        path.starts_with(&own)
            || self.work_tree().is_some_and(|top| path.starts_with(top))
            || around.is_some_and(|around| real(around.inner.common_dir()).starts_with(&own))
    }

    /// The index that the next commit is made from, read once. A repository without one has staged nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be read or makes no sense.
    pub fn index(&self) -> Result<Arc<gix::index::File>> {
        if let Some(index) = self.index.get() {
            return Ok(index.clone());
        }
        let index = Arc::new(self.read_index()?);
        Ok(self.index.get_or_init(|| index).clone())
    }

    /// As in git itself, the checksum at the index's end is not compared: that would cost more than all the rest.
    fn read_index(&self) -> Result<gix::index::File> {
        let path = self.named_index.clone().unwrap_or_else(|| self.inner.index_path());
        let large = path.metadata().is_ok_and(|metadata| metadata.len() > WORTH_THREADS);
        let options = gix::index::decode::Options {
            thread_limit: if large { None } else { Some(1) },
            min_extension_block_in_bytes_for_threading: 256 * 1024,
            ..Default::default()
        };
        // One that is named must be there; a repository that was just made has none.
        let read = match &self.named_index {
            Some(named) => gix::index::File::at(named, self.inner.object_hash(), true, options),
            None => gix::index::File::at_or_default(&path, self.inner.object_hash(), true, options),
        };
        read.map_err(|error| {
            Error::new(format!("the index {} cannot be read: {}", path.display(), chain(&error))).help(
                "check it with `git status`; `git read-tree HEAD` rebuilds it from the last commit and keeps your files",
            )
        })
    }

    /// The tree of the commit that `HEAD` names; the empty tree before the first commit.
    ///
    /// # Errors
    ///
    /// When `HEAD` is damaged or names a commit that is missing.
    pub fn head_tree(&self) -> Result<gix::ObjectId> {
        let tree = self.inner.head_tree_id_or_empty().map(gix::Id::detach);
        tree.map_err(|error| {
            Error::new(format!("HEAD of {} cannot be read: {}", self.inner.git_dir().display(), chain(&error)))
                .help("check it with `git log -1` and `git fsck`")
        })
    }

    /// The repository as gix has it, for one thread.
    pub fn inner(&self) -> &gix::Repository {
        &self.inner
    }
}

/// Options that read a repository as it is: objects are themselves, not what a replacement ref puts in their place.
fn trust(permissions: Permissions) -> gix::sec::trust::Mapping<Options> {
    let options = Options::isolated().permissions(permissions).bail_if_untrusted(false);
    let options = options.config_overrides(["core.useReplaceRefs=false"]);
    gix::sec::trust::Mapping { full: options.clone(), reduced: options }
}

fn discovery() -> upwards::Options<'static> {
    upwards::Options { match_ceiling_dir_or_error: false, ..Default::default() }
}

/// Whether anything above `directory` claims to be a repository, whatever state that is in.
fn may_be_in_repository(directory: &Path) -> bool {
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let claims =
        |folder: &Path| folder.join(".git").symlink_metadata().is_ok() || gix::discover::is_git(folder).is_ok();
    directory.ancestors().any(claims)
}

fn not_open(directory: &Path, error: &gix::Error) -> Error {
    Error::new(format!("no git repository can be opened at {}: {}", directory.display(), chain(error)))
        .help("run it inside a repository, or scan files that are in none with `ntnguard scan PATH`")
}
