//! Opening a repository the way git would inside a hook, looking up names and paths, and reading
//! objects; errors of gix are converted to ours.
//!
//! Nothing here starts a process, and nothing from a repository's configuration is executed. Only
//! the repository's own configuration is read (for its object format and work tree), whoever owns
//! it: reading needs no trust. The parts of the user's that hooks need are read in [`hooks`]; those
//! that a pointer of git-lfs needs, in `lfs`.

mod files;
mod format;
pub mod hooks;
mod lfs;
mod lookup;
mod nearest;
pub(crate) mod object;
mod objects;
mod quarantine;
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
pub(crate) use sound::{Kept, refuse_piped, refuse_piped_objects, refuse_piped_refs};

/// An open repository.
pub struct Repository {
    inner: gix::Repository,
    named_index: Option<PathBuf>,
    index: OnceCell<Arc<gix::index::File>>,
    /// The folder that lists the object folders named by git's environment; deleted with the
    /// repository.
    _quarantine: Option<TempDir>,
}

/// Returns true if `folder` is the current directory.
pub fn stands_at(folder: &Path) -> bool {
    std::env::current_dir().is_ok_and(|here| here == folder)
}

/// The size, in bytes, above which an index is read with several threads.
const WORTH_THREADS: u64 = 1024 * 1024;

impl Repository {
    /// Opens the repository of the current directory, or the one named by git's environment
    /// (`GIT_DIR`, `GIT_WORK_TREE`, `GIT_INDEX_FILE`: git sets them for a hook).
    ///
    /// # Errors
    ///
    /// When there is none, or git could not read it.
    pub fn of_hook() -> Result<Self> {
        let mut repository = Self::named(Config::isolated())?;
        repository.refuse_table()?;
        repository.refuse_piped_head()?;
        // Git goes to the top of the work tree first, so a relative path starts from there.
        let named = std::env::var_os("GIT_INDEX_FILE");
        let top = repository.inner.workdir();
        if named.is_none() && top.is_none() {
            return Err(
                Error::new("this repository is bare: nothing is staged in it")
                    .help("run it in a work tree"),
            );
        }
        repository.named_index = named.map(|named| top.unwrap_or(Path::new(".")).join(named));
        Ok(repository)
    }

    /// Opens the repository named by git's environment or, without one, the repository of the
    /// current directory, with the objects that the environment names.
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

    /// Opens the repository named by git's environment together with its files (`GIT_DIR` and
    /// `GIT_WORK_TREE`), else the repository of the current directory; `None` if there is none. One
    /// of the two variables alone is set by git for any hook, and is ignored.
    ///
    /// # Errors
    ///
    /// When there is one, in whatever state, that cannot be opened.
    pub fn here() -> Result<Option<Self>> {
        if is_named() {
            Self::named(of_user()).map(Some)
        } else {
            Self::find(Path::new("."))
        }
    }

    /// Opens the repository around `directory`; `None` if there is none. The environment is used
    /// only if it names both a repository and files that include `directory`.
    ///
    /// # Errors
    ///
    /// When there is one, in whatever state, that cannot be opened.
    pub fn find(directory: &Path) -> Result<Option<Self>> {
        let nearest = nearest(directory)?;
        if is_in_named(directory, nearest.as_ref()) {
            return Self::named(of_user()).map(Some);
        }
        let Some(nearest) = nearest else {
            return Ok(None);
        };
        // gix finds git's own folder from within, or by a path that leads out of the folder, only
        // by its real path.
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

    /// Opens the repository whose own directory is `directory`, whatever lies above it.
    ///
    /// # Errors
    ///
    /// When it cannot be opened as a repository.
    pub fn at(directory: &Path) -> Result<Self> {
        let options = trust(Permissions::isolated()).full.open_path_as_is(true);
        sound::refuse_pipes(directory)?;
        let shared = gix::ThreadSafeRepository::open_opts(directory, options)
            .map_err(|error| not_open(directory, &error))?;
        Self::opened(&shared)
    }

    /// The top of the work tree; `None` in a bare repository.
    pub fn work_tree(&self) -> Option<PathBuf> {
        let path = self.inner.workdir()?;
        Some(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }

    /// The lists of ignored files that no clone has, the weakest first: the user's own, then
    /// `info/exclude`.
    pub fn personal_excludes(&self) -> Vec<PathBuf> {
        let config = self.inner.config_snapshot();
        let of_user = match config.trusted_path("core.excludesFile") {
            // A relative path starts from the top of the work tree, where git goes first.
            Ok(Some(path)) => Some(self.inner.workdir().unwrap_or(Path::new("")).join(path)),
            Ok(None) => gix::path::env::xdg_config("ignore", &mut |name| std::env::var_os(name)),
            Err(_) => None,
        };
        of_user
            .into_iter()
            .chain([self.inner.common_dir().join("info/exclude")])
            .collect()
    }

    /// Returns true if git ignores case in names of this repository (`core.ignoreCase`).
    pub fn ignores_case(&self) -> bool {
        self.inner
            .config_snapshot()
            .boolean("core.ignoreCase")
            .unwrap_or(false)
    }

    /// Returns true if `path`, absolute and without links, lies in the repository: in a work tree
    /// of it, in git's own folder, or in a submodule.
    pub fn has_inside(&self, path: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let own = real(self.inner.common_dir());
        let nearest = path.ancestors().find(|above| above.is_dir());
        let around = nearest.and_then(|folder| Self::find(folder).ok().flatten());
        path.starts_with(&own)
            || self.work_tree().is_some_and(|top| path.starts_with(top))
            || around.is_some_and(|around| real(around.inner.common_dir()).starts_with(&own))
    }

    /// The index that the next commit is made from, read once. A repository without one has nothing
    /// staged.
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

    /// Reads the index. As in git itself, the checksum at its end is not compared: that would take
    /// longer than all the rest.
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
        // A named index must exist; a new repository has none.
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
        self.head()
            .map_or(Ok(()), |commit| sound::refuse_piped(&self.inner, commit))?;
        let tree = self.inner.head_tree_id_or_empty().map(gix::Id::detach);
        tree.map_err(|error| {
            Error::new(format!(
                "HEAD of {} cannot be read: {}",
                self.inner.git_dir().display(),
                chain(&error)
            ))
            .help("check it with `git log -1` and `git fsck`")
        })
    }

    /// The repository as gix's type, for one thread.
    pub fn inner(&self) -> &gix::Repository {
        &self.inner
    }
}

/// Options that read a repository as it is: replacement refs are ignored.
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

/// The configurations that say what is ignored: a personal list of ignored files is named in the
/// user's.
fn of_user() -> Config {
    Config {
        system: true,
        git: true,
        user: true,
        ..Config::isolated()
    }
}

/// Returns true if git's environment names a repository and its files.
fn is_named() -> bool {
    ["GIT_DIR", "GIT_WORK_TREE"]
        .iter()
        .all(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Returns true if `directory` lies among the files that git's environment names, and not in
/// another repository among them.
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
    Error::new(format!(
        "no git repository can be opened at {}: {}",
        directory.display(),
        chain(error)
    ))
    .help("run it inside a repository, or scan files that are in none with `ntnguard scan PATH`")
}
