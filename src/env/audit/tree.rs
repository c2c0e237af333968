//! The walk of the audit: the folders in which an env file may appear, and what is there.

use std::collections::BTreeMap;
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use crate::blob::Origin;
use crate::env::ignore::Rules;
use crate::env::{Role, file, role_among};
use crate::git::Repository;
use crate::skip::{Reason, Skip};

/// A folder in which an env file may appear.
#[derive(Default)]
pub struct Folder {
    /// The env files and templates that lie there, by name.
    pub files: Vec<Found>,
    /// Whether only this machine ignores the folder: then what is in it matters, and not what might be.
    pub hidden: bool,
    /// Whether a package begins there.
    pub is_package: bool,
    /// Whether it has what says that `.dev.vars` may appear.
    pub has_worker: bool,
    /// Whether it has an `.envrc`.
    pub has_envrc: bool,
}

/// An env file or a template on disk.
pub struct Found {
    /// Its name.
    pub name: Vec<u8>,
    /// What the name says.
    pub role: Role,
    /// Whether it is a regular file, which can be read.
    pub is_file: bool,
}

/// What the walk came by.
#[derive(Default)]
pub struct Tree {
    /// The folders, by path; the top is the empty path and always there.
    pub folders: BTreeMap<Vec<u8>, Folder>,
    /// Files and folders that an ignore rule for env files could match, though they are none; with a `/` behind folders.
    pub bystanders: Vec<Vec<u8>>,
    /// Files that may point at env files.
    pub pointers: Vec<Vec<u8>>,
    /// Repositories in the repository.
    pub nested: Vec<Vec<u8>>,
    /// What could not be read.
    pub skips: Vec<Skip>,
}

/// Walks the work tree at `top`, from the folder `below` on, through everything that is not ignored for all. `names` are
/// further names of env files.
pub fn walk(top: &Path, below: &[u8], rules: &mut Rules, names: &[String]) -> Tree {
    let mut walk = Walk { top: top.to_owned(), rules, names, tree: Tree::default(), rest: Vec::new() };
    walk.tree.folders.insert(below.to_vec(), Folder::default());
    walk.rest.push((below.to_vec(), false));
    while let Some((folder, hidden)) = walk.rest.pop() {
        walk.folder(&folder, hidden);
    }
    walk.tree.bystanders.sort();
    walk.tree.pointers.sort();
    walk.tree.nested.sort();
    walk.tree
}

struct Walk<'a> {
    top: PathBuf,
    rules: &'a mut Rules,
    names: &'a [String],
    tree: Tree,
    /// The folders that are still to be read, and whether only this machine ignores them.
    rest: Vec<(Vec<u8>, bool)>,
}

impl Walk<'_> {
    fn folder(&mut self, path: &[u8], hidden: bool) {
        let entries = match fs::read_dir(self.top.join(file::path(path))) {
            Ok(entries) => entries,
            // It went away.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => return self.skip(path, &error),
        };
        let mut found = Folder { hidden, ..Folder::default() };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) {
                Ok((name, kind)) => self.entry(path, name.as_encoded_bytes(), kind, &mut found),
                Err(error) => self.skip(path, &error),
            }
        }
        found.files.sort_by(|one, other| one.name.cmp(&other.name));
        let known = self.tree.folders.contains_key(path);
        if known || found.is_place() {
            self.tree.folders.insert(path.to_vec(), found);
        }
    }

    fn entry(&mut self, folder: &[u8], name: &[u8], kind: FileType, found: &mut Folder) {
        let path = || if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() };
        if kind.is_dir() {
            if name != b".git" {
                self.enter(path(), found.hidden);
            }
            return;
        }
        let role = if could_be_env(name) || !self.names.is_empty() { role_among(name, self.names) } else { None };
        if let Some(role) = role {
            found.files.push(Found { name: name.to_vec(), role, is_file: kind.is_file() });
        }
        if could_be_env(name) && role != Some(Role::Sensitive) {
            self.tree.bystanders.push(path());
        }
        found.has_envrc |= name == b".envrc";
        found.has_worker |= name.starts_with(b"wrangler.");
        let in_dependency = folder.split(|byte| *byte == b'/').any(|part| part == b"node_modules");
        found.is_package |= is_manifest(name) && !in_dependency;
        if !in_dependency && kind.is_file() && may_point(name) {
            self.tree.pointers.push(path());
        }
    }

    fn enter(&mut self, path: Vec<u8>, hidden: bool) {
        if is_repository(&self.top.join(file::path(&path))) {
            self.tree.nested.push(path);
            return;
        }
        let ignored = self.rules.decide(&path, true).filter(|decision| !decision.negated);
        if ignored.as_ref().is_some_and(|decision| decision.in_tree()) {
            return;
        }
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(&path);
        if could_be_env(name) {
            self.tree.bystanders.push([&path, &b"/"[..]].concat());
        }
        self.rest.push((path, hidden || ignored.is_some()));
    }

    fn skip(&mut self, folder: &[u8], error: &std::io::Error) {
        self.tree.skips.push(Skip::new(Origin::File(file::path(folder)), Reason::Unreadable, error));
    }
}

/// Whether a folder is the top of a repository of its own, or of one that cannot be opened. A `.git` that is none makes a
/// folder like any other.
fn is_repository(folder: &Path) -> bool {
    let own = |repository: Repository| {
        let top = repository.work_tree();
        top.is_some_and(|top| folder.canonicalize().is_ok_and(|folder| folder == top))
    };
    folder.join(".git").symlink_metadata().is_ok()
        && Repository::find(folder).map_or(true, |found| found.is_some_and(own))
}

impl Folder {
    /// Whether an env file may appear here.
    fn is_place(&self) -> bool {
        !self.files.is_empty() || !self.hidden && (self.is_package || self.has_worker || self.has_envrc)
    }
}

/// Whether a name could be an env file's: a quick look that leaves out nearly everything.
pub fn could_be_env(name: &[u8]) -> bool {
    let begins = |start: &[u8]| name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    let ends = name.len() > 3 && name[name.len() - 4..].eq_ignore_ascii_case(b".env");
    begins(b".env") || begins(b".dev.vars") || begins(b".flaskenv") || ends
}

/// Whether a file says that a package begins in its folder.
pub fn is_manifest(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 6] =
        [b"package.json", b"pyproject.toml", b"Cargo.toml", b"go.mod", b"composer.json", b"Gemfile"];
    NAMES.contains(&name) || name.starts_with(b"wrangler.") || is_compose(name)
}

/// Whether a file is docker compose's.
pub fn is_compose(name: &[u8]) -> bool {
    (name.starts_with(b"docker-compose") || name.starts_with(b"compose."))
        && (name.ends_with(b".yml") || name.ends_with(b".yaml"))
}

/// Whether a file may name an env file: a compose file, a script, or a program that may call dotenv.
fn may_point(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 9] = [
        b"Makefile",
        b"makefile",
        b"justfile",
        b"Justfile",
        b"Procfile",
        b"Dockerfile",
        b"package.json",
        b"Taskfile.yml",
        b"Rakefile",
    ];
    let ending = memchr::memrchr(b'.', name).map_or(&b""[..], |dot| &name[dot + 1..]);
    const SCRIPTS: [&[u8]; 7] = [b"sh", b"bash", b"zsh", b"fish", b"ps1", b"mk", b"service"];
    NAMES.contains(&name) || is_compose(name) || SCRIPTS.contains(&ending) || is_program(ending)
}

/// Whether a file with this ending may call dotenv.
pub fn is_program(ending: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 12] =
        [b"js", b"ts", b"mjs", b"cjs", b"mts", b"cts", b"py", b"rb", b"go", b"rs", b"php", b"jsx"];
    ENDINGS.contains(&ending)
}
