//! The parts of a repository that hooks need: their folder, the pushed objects, the settings for
//! storing a message. All of git's configuration is read for these, the system's and the user's
//! too; none of it is executed.

use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::index::entry::Mode;
use gix::open::permissions::Config;

use super::Repository;
use crate::error::{Error, Result, chain};

impl Repository {
    /// Opens the repository named by git's environment or, without one, the repository of the
    /// current directory, bare or not.
    ///
    /// # Errors
    ///
    /// When there is none, or git could not read it.
    pub fn with_hooks() -> Result<Self> {
        let repository = Self::named(Config::all())?;
        repository.refuse_table()?;
        Ok(repository)
    }

    /// The folder in which git looks for hooks: `core.hooksPath`, or `hooks` in the folder that all
    /// work trees share.
    ///
    /// # Errors
    ///
    /// When the configured path is not a folder's.
    pub fn hooks(&self) -> Result<PathBuf> {
        let Some(named) = self.inner.config_snapshot().string("core.hooksPath") else {
            return Ok(self.inner.common_dir().join("hooks"));
        };
        let wrong = |why: &str| {
            Error::new(format!("core.hooksPath is `{named}`: {why}"))
                .help("see where it is set with `git config --show-origin core.hooksPath`, and name a folder in full")
        };
        let relative = named.strip_prefix(b"~/").unwrap_or(&named).as_bstr();
        let relative = gix::path::from_bstr(relative).map_err(|error| wrong(&chain(&error)))?;
        let path = match named.starts_with(b"~/") {
            true => std::env::home_dir()
                .ok_or_else(|| wrong("there is no home folder"))?
                .join(relative),
            _ if named.is_empty() => return Err(wrong("git looks for hooks nowhere")),
            _ if named.starts_with(b"~") || named.starts_with(b"%(") => {
                return Err(wrong("that is not understood"));
            }
            // Hooks run at the top of the work tree, or in the bare repository.
            _ => self
                .inner
                .workdir()
                .unwrap_or(self.inner.git_dir())
                .join(relative),
        };
        if path.exists() && !path.is_dir() {
            return Err(wrong(
                "there is no folder at that path, so git runs no hooks",
            ));
        }
        Ok(path)
    }

    /// Returns true if git tracks files in `folder`, a real path: in this repository, or in a
    /// submodule around the folder.
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
            // One entry for the whole folder: a submodule, or a folder that is not checked out.
            let is_folder = matches!(entry.mode, Mode::COMMIT | Mode::DIR);
            let leads_to = |rest: &[u8]| path.ends_with(b"/") || rest.starts_with(b"/");
            inner.is_empty()
                || path.starts_with(&below)
                || is_folder && below.strip_prefix(path.as_bytes()).is_some_and(leads_to)
        }))
    }

    /// The object with this full hexadecimal id; `None` if the text is not such an id. All zeros
    /// are the null id, of no object.
    pub fn object_id(&self, hexadecimal: &[u8]) -> Option<ObjectId> {
        ObjectId::from_hex(hexadecimal)
            .ok()
            .filter(|id| id.kind() == self.inner.object_hash())
    }

    /// The new target of a ref, by its full id.
    ///
    /// # Errors
    ///
    /// When the id is of another kind of repository.
    pub fn pushed(&self, hexadecimal: &[u8]) -> Result<ObjectId> {
        self.object_id(hexadecimal).ok_or_else(|| {
            Error::new(format!(
                "standard input has ids of {} digits, this repository others",
                hexadecimal.len()
            ))
            .help("run the hook in the repository that the push is from, or goes to")
        })
    }

    /// The object that a revision names.
    ///
    /// # Errors
    ///
    /// When the revision names no object in this repository.
    pub fn revision(&self, revision: &str) -> Result<ObjectId> {
        self.inner
            .rev_parse_single(revision)
            .map(gix::Id::detach)
            .map_err(|error| {
                Error::new(format!(
                    "`{revision}` means nothing here: {}",
                    chain(&error)
                ))
                .help("name a commit, branch or tag that was fetched")
            })
    }

    /// Returns true if `HEAD` leads to a commit.
    pub fn has_head(&self) -> bool {
        self.inner.head_id().is_ok()
    }

    /// Returns true if `HEAD` names a branch without a commit yet.
    pub fn is_new(&self) -> bool {
        self.inner.head().is_ok_and(|head| head.is_unborn())
    }

    /// The branches of a remote as of the last fetch or push, and the objects that they led to.
    /// `name` is the name of a remote or, where git was given an address alone, that address.
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
        // A name that cannot be part of a ref is an address.
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

    /// A value of git's configuration, from the last file that sets it; `None` if no file does.
    pub fn setting(&self, key: &str) -> Option<String> {
        self.inner
            .config_snapshot()
            .string(key)
            .map(|value| value.to_string())
    }

    /// Returns true if `key` is a true boolean in git's configuration.
    pub fn is_set(&self, key: &str) -> bool {
        self.inner.config_snapshot().boolean(key).unwrap_or(false)
    }
}
