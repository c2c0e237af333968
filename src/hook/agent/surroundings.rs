//! The surroundings of an assistant: its working directory, the repository, and the env files that
//! git does not have.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use crate::env::ignore::IgnoreRules;
use crate::env::{Role, role_among, slashed};
use crate::error::Result;
use crate::git::{GitFiles, Repository};
use crate::model::blob::path_bytes;
use crate::source::rooted::from_root;

/// The largest number of directory entries that are searched for env files, which takes about a
/// second. If a command shows an env file beyond this limit, the output of the command is scanned.
const ENTRIES: usize = 200_000;

/// The directory and the repository that an assistant works in.
pub struct Surroundings {
    /// The directory to which the assistant's relative paths refer.
    folder: PathBuf,
    /// The user's home directory, for `~`; `None` if it is unknown.
    home: Option<PathBuf>,
    repository: Option<Repository>,
    top: Option<PathBuf>,
    rules: RefCell<Option<IgnoreRules>>,
    /// The number of directory entries that may still be searched for env files.
    entries_left: Cell<usize>,
    /// Further names of files that hold secrets, from the configuration.
    pub env_names: Vec<String>,
}

impl Surroundings {
    /// Opens the surroundings of `folder`, or of the current directory if `folder` does not exist.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory is in a repository that cannot be opened.
    pub fn new(folder: Option<&Path>, home: Option<PathBuf>) -> Result<Self> {
        let folder = folder.filter(|folder| folder.is_dir());
        let folder = folder.unwrap_or(Path::new(".")).to_owned();
        let repository = Repository::find(&folder)?;
        let top = repository.as_ref().and_then(Repository::work_tree);
        Ok(Surroundings {
            rules: RefCell::new(repository.as_ref().and_then(IgnoreRules::new)),
            folder,
            home,
            repository,
            top,
            entries_left: Cell::new(ENTRIES),
            env_names: Vec::new(),
        })
    }

    /// Returns the top of the work tree; `None` if the directory is not in a work tree.
    pub fn top(&self) -> Option<&Path> {
        self.top.as_deref()
    }

    /// Returns the path on disk for a path that an assistant names.
    pub fn resolve(&self, named: &str) -> PathBuf {
        let named = named.strip_prefix("file://").unwrap_or(named);
        let from_home = named.strip_prefix("~/").or(named.strip_prefix("$HOME/"));
        // Any other variable is assumed to be the working directory, like `$PWD`.
        let from_here = named.starts_with('$').then(|| named.split_once('/'));
        match (from_home, &self.home, from_here.flatten()) {
            (Some(rest), Some(home), _) => home.join(rest),
            (.., Some((_, rest))) => self.folder.join(rest),
            _ => self.folder.join(named),
        }
    }

    /// Returns the path of a file from the top of the repository; the unchanged path if the file is
    /// outside of the repository.
    pub fn rooted(&self, file: &Path) -> PathBuf {
        self.in_repository(file).unwrap_or_else(|| file.to_owned())
    }

    fn in_repository(&self, file: &Path) -> Option<PathBuf> {
        from_root(file, self.top.as_deref()?)
    }

    fn is_env_file(&self, path: &Path) -> bool {
        role_among(path_bytes(path), &self.env_names) == Some(Role::Sensitive)
    }

    /// Returns true if a file is an env file that git would not commit. A credential may be written
    /// to such a file.
    pub fn is_private(&self, named: &str) -> bool {
        let file = self.resolve(named);
        let is_link = || file.is_symlink();
        self.is_env_file(&file) && !is_link() && !self.is_in_git(&file, true)
    }

    /// Returns the env files that a path or a glob matches and that git does not have. No assistant
    /// may see their values.
    pub fn guarded(&self, named: &str) -> Vec<PathBuf> {
        let found = match named.split_once("/**") {
            Some((folder, names)) => self.env_files_below(folder, names.trim_start_matches('/')),
            None => self.matching(named),
        };
        let found = found.into_iter();
        let is_guarded = |file: &PathBuf| {
            let real = file.canonicalize().unwrap_or_else(|_| file.clone());
            let is_env = self.is_env_file(file) || self.is_env_file(&real);
            is_env && file.is_file() && !self.is_in_git(&real, false)
        };
        found.filter(is_guarded).collect()
    }

    /// Returns the env files below a directory whose names match a glob; all env files if the glob
    /// is empty.
    fn env_files_below(&self, folder: &str, glob: &str) -> Vec<PathBuf> {
        let glob = match glob {
            "" => "*",
            glob => glob,
        };
        let Ok(glob) = globset::Glob::new(glob) else {
            return Vec::new();
        };
        let glob = glob.compile_matcher();
        let top = self.resolve(if folder.is_empty() { "/" } else { folder });
        let mut found = Vec::new();
        let mut folders = vec![top];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().into_iter().flatten().flatten() {
                let Some(left) = self.entries_left.get().checked_sub(1) else {
                    return found;
                };
                self.entries_left.set(left);
                let (path, name) = (entry.path(), entry.file_name());
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && name != ".git" => folders.push(path),
                    Ok(kind) if kind.is_dir() => {}
                    Ok(_) if glob.is_match(&name) && self.is_env_file(&path) => found.push(path),
                    _ => {}
                }
            }
        }
        found
    }

    /// Returns the files that match a path, or a glob for the files of one directory. A path is
    /// returned even if the file does not exist.
    pub fn matching(&self, named: &str) -> Vec<PathBuf> {
        let file = self.resolve(named);
        if !named.contains(['*', '?', '[']) || file.exists() {
            return vec![file];
        }
        if named.contains("/**") {
            return Vec::new();
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let folder = file.parent().unwrap_or(Path::new("."));
        let Ok(glob) = globset::Glob::new(&name) else {
            return Vec::new();
        };
        let glob = glob.compile_matcher();
        let entries = folder.read_dir().into_iter().flatten().flatten();
        let matching = entries.filter(|entry| glob.is_match(entry.file_name()));
        matching.map(|entry| entry.path()).collect()
    }

    /// Returns true if git tracks a file or, with `or_would`, does not ignore it and so could
    /// commit it.
    fn is_in_git(&self, file: &Path, or_would: bool) -> bool {
        let other;
        let around = match self.in_repository(file) {
            Some(path) => Some((self, path)),
            // The file may be in another repository.
            None => {
                let folder = file.ancestors().skip(1).find(|folder| folder.is_dir());
                other = folder.and_then(|folder| Surroundings::new(Some(folder), None).ok());
                let other = other.as_ref();
                other.and_then(|other| Some((other, other.in_repository(file)?)))
            }
        };
        let Some((around, path)) = around else {
            return false;
        };
        let name = slashed(&path);
        let tracked = around.repository.as_ref().map(GitFiles::or_none);
        let is_tracked = tracked.is_some_and(|files| files.has(&name));
        let mut rules = around.rules.borrow_mut();
        let is_ignored = rules
            .as_mut()
            .is_some_and(|rules| rules.ignores(&name, false));
        is_tracked || or_would && !is_ignored
    }
}
