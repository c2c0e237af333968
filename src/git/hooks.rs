//! What hooks ask git: where they lie, what is pushed, how a message is stored. All of git's configuration counts for these,
//! the system's and the user's too; none of it is executed.

use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::index::entry::Mode;
use gix::open::permissions::Config;

use super::Repository;
use crate::error::{Error, Result, chain};

impl Repository {
    /// The repository that git's environment names, or the one that the process stands in, bare or not.
    ///
    /// # Errors
    ///
    /// When there is none, or it is not one that git could read.
    pub fn with_hooks() -> Result<Self> {
        let repository = Self::named(Config::all())?;
        repository.refuse_table()?;
        Ok(repository)
    }

    /// Where git looks for hooks here: `core.hooksPath`, or `hooks` in the folder that all work trees share.
    ///
    /// # Errors
    ///
    /// When the configured path is no folder's.
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
            return Err(wrong("that is not a folder, so git runs no hooks"));
        }
        Ok(path)
    }

    /// Returns true if git tracks files in `folder`, a real path: here, or in a submodule that it lies in.
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
            // One entry for all that lies there: a submodule, or a folder that is not checked out.
            let is_folder = matches!(entry.mode, Mode::COMMIT | Mode::DIR);
            let leads_to = |rest: &[u8]| path.ends_with(b"/") || rest.starts_with(b"/");
            inner.is_empty()
                || path.starts_with(&below)
                || is_folder && below.strip_prefix(path.as_bytes()).is_some_and(leads_to)
        }))
    }

    /// The object that a full id in hexadecimal means; `None` for what is no id. All zeros mean no object.
    pub fn object_id(&self, hexadecimal: &[u8]) -> Option<ObjectId> {
        ObjectId::from_hex(hexadecimal)
            .ok()
            .filter(|id| id.kind() == self.inner.object_hash())
    }

    /// The object that a ref is to lead to, by its full id.
    ///
    /// # Errors
    ///
    /// When it is an id of another kind of repository.
    pub fn pushed(&self, hexadecimal: &[u8]) -> Result<ObjectId> {
        self.object_id(hexadecimal).ok_or_else(|| {
            Error::new(format!(
                "standard input has ids of {} digits, this repository others",
                hexadecimal.len()
            ))
            .help("run the hook in the repository that the push is from, or goes to")
        })
    }

    /// The object that a revision means.
    ///
    /// # Errors
    ///
    /// When it means none that is here.
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

    /// Whether `HEAD` leads to a commit: there was a first one.
    pub fn has_head(&self) -> bool {
        self.inner.head_id().is_ok()
    }

    /// Whether there is no commit yet.
    pub fn is_new(&self) -> bool {
        self.inner.head().is_ok_and(|head| head.is_unborn())
    }

    /// What is known of a remote from the last fetch or push: its branches, and the objects that they led to. `name` is that
    /// of a remote or, where git was told none, its address.
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
        // A name with such parts is an address.
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

    /// A word of git's configuration, as the last file that has it says it.
    pub fn setting(&self, key: &str) -> Option<String> {
        self.inner
            .config_snapshot()
            .string(key)
            .map(|value| value.to_string())
    }

    /// Whether git's configuration says yes to something.
    pub fn is_set(&self, key: &str) -> bool {
        self.inner.config_snapshot().boolean(key).unwrap_or(false)
    }
}
