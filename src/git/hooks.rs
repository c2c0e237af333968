//! The parts of a repository that hooks need: the hooks directory, pushed objects, and settings.
//! All of git's configuration is read for them, including the configuration of the system and of
//! the user. No command in it is executed.

use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::index::entry::Mode;
use gix::open::permissions::Config;

use super::Repository;
use crate::error::{Error, Result, chain};

impl Repository {
    /// Opens the repository that git's environment variables name (`GIT_DIR`) or, if they are not
    /// set, the repository of the current directory. The repository may be bare.
    ///
    /// # Errors
    ///
    /// When there is no repository, or it cannot be read.
    pub fn with_hooks() -> Result<Self> {
        let repository = Self::named(Config::all())?;
        repository.refuse_table()?;
        Ok(repository)
    }

    /// Returns the directory in which git looks for hooks: `core.hooksPath`, or `hooks` in the
    /// `.git` directory that all work trees share.
    ///
    /// # Errors
    ///
    /// When `core.hooksPath` cannot be the path of a directory.
    pub fn hooks(&self) -> Result<PathBuf> {
        let Some(named) = self.inner.config_snapshot().string("core.hooksPath") else {
            return Ok(self.inner.common_dir().join("hooks"));
        };
        let help = "set core.hooksPath to the full path of a folder; `git config --show-origin \
                    core.hooksPath` shows the file that sets it";
        let wrong =
            |why: &str| Error::new(format!("core.hooksPath is `{named}`: {why}")).help(help);
        let relative = named.strip_prefix(b"~/").unwrap_or(&named).as_bstr();
        let relative = gix::path::from_bstr(relative).map_err(|error| wrong(&chain(&error)))?;
        let path = match named.starts_with(b"~/") {
            true => std::env::home_dir()
                .ok_or_else(|| wrong("the home folder is not known"))?
                .join(relative),
            _ if named.is_empty() => {
                let message = "core.hooksPath is set to an empty value, so git runs no hooks";
                return Err(Error::new(message).help(help));
            }
            _ if named.starts_with(b"~") || named.starts_with(b"%(") => {
                return Err(wrong(
                    "ntnguard does not support a path that begins with `~NAME/` or `%(`",
                ));
            }
            // A relative path starts where git runs hooks: at the root of the work tree, or in the
            // bare repository.
            _ => self
                .inner
                .workdir()
                .unwrap_or(self.inner.git_dir())
                .join(relative),
        };
        if path.exists() && !path.is_dir() {
            return Err(wrong(
                "that path leads to a file, not to a folder, so git runs no hooks",
            ));
        }
        Ok(path)
    }

    /// Returns true if git tracks files in `folder`, in this repository or in a submodule that
    /// contains the directory. `folder` is an absolute path without links.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn tracks(&self, folder: &Path) -> Result<bool> {
        let top = self.work_tree();
        let Some(inner) = top.as_deref().and_then(|top| folder.strip_prefix(top).ok()) else {
            return Ok(false);
        };
        let inner = gix::path::into_bstr(inner).map_err(|error| Error::new(chain(&error)))?;
        let inner = gix::path::to_unix_separators_on_windows(inner).into_owned();
        let index = self.index()?;
        let below = [inner.as_slice(), b"/"].concat();
        Ok(index.entries().iter().any(|entry| {
            let path = entry.path(&index);
            // One entry stands for a whole directory: a submodule, or a directory that a sparse
            // checkout leaves out.
            let is_folder = matches!(entry.mode, Mode::COMMIT | Mode::DIR);
            let leads_to = |rest: &[u8]| path.ends_with(b"/") || rest.starts_with(b"/");
            inner.is_empty()
                || path.starts_with(&below)
                || is_folder && below.strip_prefix(path.as_bytes()).is_some_and(leads_to)
        }))
    }

    /// Parses a full hexadecimal object id; `None` if the text is not an id of the repository's
    /// hash. An id of all zeros is the null id, which refers to no object.
    pub fn object_id(&self, hexadecimal: &[u8]) -> Option<ObjectId> {
        ObjectId::from_hex(hexadecimal)
            .ok()
            .filter(|id| id.kind() == self.inner.object_hash())
    }

    /// Parses the full object id of a ref's new target, as git passes it to hooks.
    ///
    /// # Errors
    ///
    /// When the text is not an id of the repository's hash.
    pub fn pushed(&self, hexadecimal: &[u8]) -> Result<ObjectId> {
        self.object_id(hexadecimal).ok_or_else(|| {
            Error::new(format!(
                "standard input has object ids of {} digits, which this repository does not use",
                hexadecimal.len()
            ))
            .help(
                "run the hook in the repository that pushes, or in the one that receives the push",
            )
        })
    }

    /// Returns the object that `revision` refers to.
    ///
    /// # Errors
    ///
    /// When `revision` does not refer to an object in this repository.
    pub fn revision(&self, revision: &str) -> Result<ObjectId> {
        self.inner
            .rev_parse_single(revision)
            .map(gix::Id::detach)
            .map_err(|error| {
                Error::new(format!(
                    "the revision `{revision}` does not exist in this repository: {}",
                    chain(&error)
                ))
                .help("give a commit, branch or tag that this clone has, or fetch it first (`git fetch`)")
            })
    }

    /// Returns true if `HEAD` points to a commit, directly or through a branch.
    pub fn has_head(&self) -> bool {
        self.inner.head_id().is_ok()
    }

    /// Returns true if `HEAD` points to a branch that has no commit yet.
    pub fn is_new(&self) -> bool {
        self.inner.head().is_ok_and(|head| head.is_unborn())
    }

    /// Returns the remote-tracking branches of a remote, with the objects that they point to: the
    /// state of the last fetch or push. `name` is the name of a remote or, if the user gave git
    /// only an address, that address.
    ///
    /// # Errors
    ///
    /// When references cannot be read.
    pub fn known_of_remote(&self, name: &str) -> Result<Vec<(String, ObjectId)>> {
        let config = self.inner.config_snapshot();
        let addressed = config
            .plumbing()
            .sections_by_name("remote")
            .into_iter()
            .flatten()
            .filter_map(|section| {
                let has = |key| {
                    section
                        .values(key)
                        .iter()
                        .any(|value| value.as_bstr() == name)
                };
                (has("url") || has("pushurl"))
                    .then(|| section.header().subsection_name())
                    .flatten()
            });
        let named = addressed.map(ToString::to_string).chain([name.to_owned()]);
        let mut known = Vec::new();
        // A name that cannot be part of a ref name is an address.
        for name in named
            .filter(|name| gix::refs::FullName::try_from(format!("refs/remotes/{name}/x")).is_ok())
        {
            let prefix = format!("refs/remotes/{name}/");
            let others: Vec<String> = self
                .inner
                .remote_names()
                .iter()
                .map(|other| format!("refs/remotes/{other}/"))
                .collect();
            let inner: Vec<_> = others
                .iter()
                .filter(|other| other.len() > prefix.len() && other.starts_with(&prefix))
                .collect();
            for (reference, id) in self.references(&prefix)? {
                if !inner
                    .iter()
                    .any(|other| reference.starts_with(other.as_str()))
                {
                    known.push((reference[prefix.len()..].to_owned(), id));
                }
            }
        }
        Ok(known)
    }

    /// Returns a value of git's configuration, from the last file that sets it; `None` if no file
    /// does.
    pub fn setting(&self, key: &str) -> Option<String> {
        self.inner
            .config_snapshot()
            .string(key)
            .map(|value| value.to_string())
    }

    /// Returns true if git's configuration sets the boolean `key` to true.
    pub fn is_set(&self, key: &str) -> bool {
        self.inner.config_snapshot().boolean(key).unwrap_or(false)
    }
}
