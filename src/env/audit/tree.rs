//! The walk of the audit: finds the directories in which an env file may appear, and the files in
//! them.

use std::collections::BTreeMap;
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use crate::env::ignore::IgnoreRules;
use crate::env::{Role, could_be_env, file, is_other, role_among};
use crate::git::Repository;
use crate::model::blob::Origin;
use crate::model::path::file_name;
use crate::model::skip::{Skip, SkipReason};

use super::manifest::{is_manifest, is_worker};
use super::pointers::may_point;

/// A directory in which an env file may appear.
#[derive(Default)]
pub struct EnvFolder {
    /// The existing env files and templates, by name.
    pub files: Vec<FoundFile>,
    /// True if only this machine ignores the directory. Then existing files in it are checked, but
    /// not names of files that may appear later.
    pub hidden: bool,
    /// The names of the package manifests in the directory.
    pub manifests: Vec<Vec<u8>>,
    /// True if the directory has a configuration of Cloudflare's wrangler, which reads `.dev.vars`.
    pub has_worker: bool,
    /// True if the directory has an `.envrc`.
    pub has_envrc: bool,
}

/// An env file or a template on disk.
pub struct FoundFile {
    /// The name of the file.
    pub name: Vec<u8>,
    /// The role of the file by its name.
    pub role: Role,
    /// True for a regular file; false for a link, a pipe or a device, which is not read.
    pub is_file: bool,
}

/// The files and directories of a work tree that matter to the audit of env files.
#[derive(Default)]
pub struct Tree {
    /// The directories, by path; the root of the work tree is the empty path. The directory where
    /// the walk begins is always present.
    pub folders: BTreeMap<Vec<u8>, EnvFolder>,
    /// Paths that a new ignore rule for env files could match by accident: templates, files that
    /// are meant to be committed, code such as `.env.ts`, and directories (with a `/` at the end).
    /// Unknown files are not listed, because they may be copies of files that hold secrets.
    pub bystanders: Vec<Vec<u8>>,
    /// Files that may refer to env files.
    pub pointers: Vec<Vec<u8>>,
    /// Repositories nested in this repository.
    pub nested: Vec<Vec<u8>>,
    /// The directories that could not be read completely.
    pub skips: Vec<Skip>,
}

/// Walks the work tree at `top`, from the directory `below` downwards. Does not enter directories
/// that an ignore file in the work tree ignores. `names` are the file names that the configuration
/// declares to be env files.
pub fn walk(top: &Path, below: &[u8], rules: &mut IgnoreRules, names: &[String]) -> Tree {
    let mut walk = TreeWalk {
        top: top.to_owned(),
        rules,
        names,
        tree: Tree::default(),
        rest: Vec::new(),
    };
    walk.tree
        .folders
        .insert(below.to_vec(), EnvFolder::default());
    walk.rest.push((below.to_vec(), false));
    while let Some((folder, hidden)) = walk.rest.pop() {
        walk.folder(&folder, hidden);
    }
    walk.tree.bystanders.sort();
    walk.tree.pointers.sort();
    walk.tree.nested.sort();
    walk.tree
}

struct TreeWalk<'a> {
    top: PathBuf,
    rules: &'a mut IgnoreRules,
    names: &'a [String],
    tree: Tree,
    /// The directories still to be read, each with true if only this machine ignores it.
    rest: Vec<(Vec<u8>, bool)>,
}

impl TreeWalk<'_> {
    fn folder(&mut self, path: &[u8], hidden: bool) {
        let entries = match fs::read_dir(self.top.join(file::path(path))) {
            Ok(entries) => entries,
            // The directory was deleted during the walk.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => return self.skip(path, &error),
        };
        let mut found = EnvFolder {
            hidden,
            ..EnvFolder::default()
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) {
                Ok((name, kind)) => self.entry(path, name.as_encoded_bytes(), kind, &mut found),
                Err(error) => self.skip(path, &error),
            }
        }
        found.files.sort_by(|one, other| one.name.cmp(&other.name));
        found.manifests.sort();
        let known = self.tree.folders.contains_key(path);
        if known || found.is_place() {
            self.tree.folders.insert(path.to_vec(), found);
        }
    }

    fn entry(&mut self, folder: &[u8], name: &[u8], kind: FileType, found: &mut EnvFolder) {
        let path = || {
            if folder.is_empty() {
                name.to_vec()
            } else {
                [folder, b"/", name].concat()
            }
        };
        if kind.is_dir() {
            if name != b".git" {
                self.enter(path(), found.hidden);
            }
            return;
        }
        let role = if could_be_env(name) || !self.names.is_empty() {
            role_among(name, self.names)
        } else {
            None
        };
        if let Some(role) = role {
            found.files.push(FoundFile {
                name: name.to_vec(),
                role,
                is_file: kind.is_file(),
            });
        }
        if role.map_or_else(|| is_other(name), |role| role != Role::Sensitive) {
            self.tree.bystanders.push(path());
        }
        found.has_envrc |= name == b".envrc";
        found.has_worker |= is_worker(name);
        let in_dependency = folder
            .split(|byte| *byte == b'/')
            .any(|part| part == b"node_modules");
        found
            .manifests
            .extend((is_manifest(name) && kind.is_file() && !in_dependency).then(|| name.to_vec()));
        if !in_dependency && kind.is_file() && may_point(name) {
            self.tree.pointers.push(path());
        }
    }

    fn enter(&mut self, path: Vec<u8>, hidden: bool) {
        if is_repository(&self.top.join(file::path(&path))) {
            self.tree.nested.push(path);
            return;
        }
        let ignored = self
            .rules
            .decide(&path, true)
            .filter(|decision| !decision.negated);
        if ignored.as_ref().is_some_and(|decision| decision.in_tree()) {
            return;
        }
        let name = file_name(&path);
        if name.starts_with(b".env") || name.starts_with(b".dev.vars") || name.ends_with(b".env") {
            self.tree.bystanders.push([&path, &b"/"[..]].concat());
        }
        self.rest.push((path, hidden || ignored.is_some()));
    }

    fn skip(&mut self, folder: &[u8], error: &std::io::Error) {
        self.tree.skips.push(Skip::new(
            Origin::File(file::path(folder)),
            SkipReason::Unreadable,
            error,
        ));
    }
}

/// Returns true if a directory is the root of a nested repository, or if its repository cannot be
/// opened. A directory whose `.git` is not a repository does not count.
fn is_repository(folder: &Path) -> bool {
    let own = |repository: Repository| {
        let top = repository.work_tree();
        top.is_some_and(|top| folder.canonicalize().is_ok_and(|folder| folder == top))
    };
    folder.join(".git").symlink_metadata().is_ok()
        && Repository::find(folder).map_or(true, |found| found.is_some_and(own))
}

impl EnvFolder {
    /// Returns true if an env file may appear in the directory.
    fn is_place(&self) -> bool {
        !self.files.is_empty() || !self.hidden && (!self.manifests.is_empty() || self.has_envrc)
    }
}
