//! Opens repositories as git does, also inside a hook, looks up refs and paths, and reads objects.
//! Errors of gix are converted to [`Error`].
//!
//! No process is started, and no command in a repository's configuration is executed. The
//! repository's own configuration is read, whoever owns the repository, because reading needs no
//! trust. The configurations of the system and the user are read to find personal ignore files, for
//! hooks (see [`hooks`]), and for git-lfs (see `lfs`).

mod files;
mod format;
pub mod hooks;
mod lfs;
mod lookup;
mod nearest;
pub(crate) mod object;
mod objects;
mod quarantine;
mod remote;
mod sound;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use gix::ObjectId;
use gix::discover::upwards;
use gix::open::permissions::Config;
use gix::open::{Options, Permissions};
use tempfile::TempDir;

use crate::error::{Error, Result, chain};
use nearest::{Nearest, nearest};

pub(crate) use files::{GitFiles, Slash, file_path, glob_matches};
pub(crate) use format::FROM_TABLE;
pub use lfs::lfs_objects;
pub use objects::{Unreadable, read, read_trusting};
pub use remote::repository_name;
pub(crate) use sound::{Kept, refuse_piped, refuse_piped_objects, refuse_piped_refs};

/// An open git repository, with its objects, references, index and work tree.
pub struct Repository {
    inner: gix::Repository,
    named_index: Option<PathBuf>,
    index: OnceCell<Arc<gix::index::File>>,
    /// The temporary directory that lists the object directories from git's environment. It is
    /// deleted when the repository is dropped.
    _quarantine: Option<TempDir>,
}

/// Returns true if `folder` is the current directory.
pub fn stands_at(folder: &Path) -> bool {
    std::env::current_dir().is_ok_and(|here| here == folder)
}

/// The size in bytes above which an index is read with several threads.
const WORTH_THREADS: u64 = 1024 * 1024;

impl Repository {
    /// Opens the repository that git's environment variables name (`GIT_DIR`) or, if they are not
    /// set, the repository of the current directory. Git sets `GIT_DIR`, `GIT_WORK_TREE` and
    /// `GIT_INDEX_FILE` for a hook.
    ///
    /// # Errors
    ///
    /// When there is no repository, when it cannot be read, or when it is bare and the variable
    /// `GIT_INDEX_FILE` is not set.
    pub fn of_hook() -> Result<Self> {
        let mut repository = Self::named(Config::isolated())?;
        repository.refuse_table()?;
        repository.refuse_piped_head()?;
        // Git changes to the root of the work tree before it runs a hook, so a relative path starts
        // there.
        let named = std::env::var_os("GIT_INDEX_FILE");
        let top = repository.inner.workdir();
        if named.is_none() && top.is_none() {
            return Err(
                Error::new("this repository is bare: nothing is staged in it")
                    .help("run the command in a work tree of the repository"),
            );
        }
        repository.named_index = named.map(|named| top.unwrap_or(Path::new(".")).join(named));
        Ok(repository)
    }

    /// Opens the repository that git's environment variables name (`GIT_DIR`) or, if they are not
    /// set, the repository of the current directory. Objects are also read from the directories
    /// that the environment names.
    fn named(config: Config) -> Result<Self> {
        let here = Path::new(".");
        let mut permissions = Permissions::isolated();
        permissions.config = config;
        for used in [
            &mut permissions.env.git_prefix,
            &mut permissions.env.home,
            &mut permissions.env.xdg_config_home,
        ] {
            *used = gix::sec::Permission::Allow;
        }
        let own = std::env::var_os("GIT_DIR");
        let from = match &own {
            Some(named) => {
                sound::refuse_pipes(Path::new(named))?;
                None
            }
            None => nearest(here)?
                .filter(|nearest| !nearest.is_plain)
                .map(|nearest| nearest.folder),
        };
        let open = gix::ThreadSafeRepository::discover_with_environment_overrides_opts;
        let shared = open(
            from.as_deref().unwrap_or(here),
            discovery(),
            trust(permissions),
        );
        let mut repository = Self::opened(&shared.map_err(|error| not_open(here, &error))?)?;
        if own.is_none() {
            nearest::refuse_elsewhere(&repository.inner)?;
        }
        repository._quarantine = quarantine::enter(&mut repository.inner)?;
        Ok(repository)
    }

    fn opened(shared: &gix::ThreadSafeRepository) -> Result<Self> {
        let inner = shared.to_thread_local();
        let top = inner.workdir().map(Path::display);
        log::debug!(
            "repository {}, work tree {}",
            inner.path().display(),
            top.map_or_else(|| "none".to_owned(), |top| top.to_string())
        );
        format::refuse_unknown(&inner)?;
        Ok(Repository {
            inner,
            named_index: None,
            index: OnceCell::new(),
            _quarantine: None,
        })
    }

    /// Opens the repository in git's environment, if `GIT_DIR` and `GIT_WORK_TREE` are both set.
    /// Otherwise opens the repository of the current directory; `None` if the directory is in no
    /// repository. One of the two variables alone is ignored, because git sets one for every hook.
    ///
    /// # Errors
    ///
    /// When a repository is found but cannot be opened.
    pub fn here() -> Result<Option<Self>> {
        if is_named() {
            Self::named(of_user()).map(Some)
        } else {
            Self::find(Path::new("."))
        }
    }

    /// Opens the repository that contains `directory`; `None` if it is in no repository. Git's
    /// environment is used only if it has both a repository and a work tree that contains
    /// `directory`.
    ///
    /// # Errors
    ///
    /// When a repository is found but cannot be opened.
    pub fn find(directory: &Path) -> Result<Option<Self>> {
        let nearest = nearest(directory)?;
        if is_in_named(directory, nearest.as_ref()) {
            return Self::named(of_user()).map(Some);
        }
        let Some(nearest) = nearest else {
            return Ok(None);
        };
        // If the repository is not plain, gix would find it only from its own real path.
        let from = if nearest.is_plain {
            directory
        } else {
            &nearest.folder
        };
        let mut permissions = Permissions::isolated();
        permissions.config = of_user();
        permissions.env.home = gix::sec::Permission::Allow;
        permissions.env.xdg_config_home = gix::sec::Permission::Allow;
        let shared =
            gix::ThreadSafeRepository::discover_opts(from, discovery(), trust(permissions));
        let repository = Self::opened(&shared.map_err(|error| not_open(directory, &error))?)?;
        nearest::refuse_elsewhere(&repository.inner)?;
        Ok(Some(repository))
    }

    /// Opens the repository whose `.git` directory is `directory`, or the bare repository
    /// `directory`. The directories above it are not searched.
    ///
    /// # Errors
    ///
    /// When `directory` cannot be opened as a repository.
    pub fn at(directory: &Path) -> Result<Self> {
        let options = trust(Permissions::isolated()).full.open_path_as_is(true);
        sound::refuse_pipes(directory)?;
        let shared = gix::ThreadSafeRepository::open_opts(directory, options)
            .map_err(|error| not_open(directory, &error))?;
        Self::opened(&shared)
    }

    /// Returns the root of the work tree, as an absolute path without links; `None` for a bare
    /// repository.
    pub fn work_tree(&self) -> Option<PathBuf> {
        let path = self.inner.workdir()?;
        Some(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }

    /// Returns the paths of ignore files that no clone has, in ascending order of precedence: the
    /// user's own (`core.excludesFile`), then `info/exclude`.
    pub fn personal_excludes(&self) -> Vec<PathBuf> {
        let config = self.inner.config_snapshot();
        let of_user = match config.trusted_path("core.excludesFile") {
            // A relative path starts at the root of the work tree, because git changes to it first.
            Ok(Some(path)) => Some(self.inner.workdir().unwrap_or(Path::new("")).join(path)),
            Ok(None) => gix::path::env::xdg_config("ignore", &mut |name| std::env::var_os(name)),
            Err(_) => None,
        };
        of_user
            .into_iter()
            .chain([self.inner.common_dir().join("info/exclude")])
            .collect()
    }

    /// Returns true if git ignores the case of paths in this repository (`core.ignoreCase`).
    pub fn ignores_case(&self) -> bool {
        self.inner
            .config_snapshot()
            .boolean("core.ignoreCase")
            .unwrap_or(false)
    }

    /// Returns true if `path` is in the repository: in one of its work trees, in its `.git`
    /// directory, or in a submodule. `path` must be absolute and without links.
    pub fn has_inside(&self, path: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let own = real(self.inner.common_dir());
        let nearest = path.ancestors().find(|above| above.is_dir());
        let around = nearest.and_then(|folder| Self::find(folder).ok().flatten());
        path.starts_with(&own)
            || self.work_tree().is_some_and(|top| path.starts_with(top))
            || around.is_some_and(|around| real(around.inner.common_dir()).starts_with(&own))
    }

    /// Returns the index, from which git makes the next commit. It is read once. A repository
    /// without an index has nothing staged.
    ///
    /// # Errors
    ///
    /// When the index cannot be read or is invalid.
    pub fn index(&self) -> Result<Arc<gix::index::File>> {
        if let Some(index) = self.index.get() {
            return Ok(index.clone());
        }
        let index = Arc::new(self.read_index()?);
        Ok(self.index.get_or_init(|| index).clone())
    }

    /// Reads the index. Like git, does not verify the checksum at its end, which would take longer
    /// than everything else.
    fn read_index(&self) -> Result<gix::index::File> {
        let path = self
            .named_index
            .clone()
            .unwrap_or_else(|| self.inner.index_path());
        sound::refuse(&path)?;
        let large = path
            .metadata()
            .is_ok_and(|metadata| metadata.len() > WORTH_THREADS);
        let options = gix::index::decode::Options {
            thread_limit: if large { None } else { Some(1) },
            min_extension_block_in_bytes_for_threading: 256 * 1024,
            ..Default::default()
        };
        // An index in `GIT_INDEX_FILE` must exist. A new repository has no index yet.
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

    /// Returns the tree of the commit that `HEAD` points to; the empty tree before the first
    /// commit.
    ///
    /// # Errors
    ///
    /// When `HEAD` is damaged or points to a commit that is missing.
    pub fn head_tree(&self) -> Result<gix::ObjectId> {
        self.head()
            .map_or(Ok(()), |commit| sound::refuse_piped(&self.inner, commit))?;
        let tree = self.inner.head_tree_id_or_empty().map(gix::Id::detach);
        tree.map_err(|error| {
            Error::new(format!(
                "HEAD of {} cannot be read: {}",
                self.inner.git_dir().display(),
                chain(&error)
            ))
            .help("`git log -1` and `git fsck` show what is wrong with HEAD")
        })
    }

    /// Returns the repository as a value of gix, for use in one thread.
    pub fn inner(&self) -> &gix::Repository {
        &self.inner
    }
}

/// Options for opening a repository, whoever owns it. Replacement refs are ignored, so objects are
/// read as they are stored.
fn trust(permissions: Permissions) -> gix::sec::trust::Mapping<Options> {
    let options = Options::isolated()
        .permissions(permissions)
        .bail_if_untrusted(false);
    let options = options.config_overrides(["core.useReplaceRefs=false"]);
    gix::sec::trust::Mapping {
        full: options.clone(),
        reduced: options,
    }
}

fn discovery() -> upwards::Options<'static> {
    upwards::Options {
        match_ceiling_dir_or_error: false,
        ..Default::default()
    }
}

/// Returns the configurations that may contain the path of a personal ignore file: the
/// configurations of the system, the git installation and the user.
fn of_user() -> Config {
    Config {
        system: true,
        git: true,
        user: true,
        ..Config::isolated()
    }
}

/// Returns true if git's environment names both a repository and its work tree.
fn is_named() -> bool {
    ["GIT_DIR", "GIT_WORK_TREE"]
        .iter()
        .all(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Returns true if `directory` is in the work tree that git's environment names, and not in another
/// repository inside it.
fn is_in_named(directory: &Path, nearest: Option<&Nearest>) -> bool {
    let top = std::env::var_os("GIT_WORK_TREE")
        .filter(|_| is_named())
        .map(PathBuf::from);
    let real = |path: &Path| path.canonicalize().ok();
    let (Some(top), Some(directory)) = (top.and_then(|top| real(&top)), real(directory)) else {
        return false;
    };
    directory.starts_with(&top) && nearest.is_none_or(|nearest| top.starts_with(&nearest.folder))
}

fn not_open(directory: &Path, error: &gix::Error) -> Error {
    let mut why = chain(error);
    if why.contains("Could not find a git repository") {
        why = "neither this folder nor a folder above it is a git repository".to_owned();
    }
    Error::new(format!(
        "no git repository can be opened at {}: {why}",
        directory.display()
    ))
    .help("run the command inside a repository, or scan files outside of any repository with `ntnguard scan PATH`")
}
