//! The ignore rule that decides about a path, whether or not there is a file: the answer of `git
//! check-ignore --no-index`.
//!
//! Git's own answer is for this machine. [`IgnoreRules::of_clones`] answers for anyone who clones
//! the repository: without the lists that no clone has, and on a file system that distinguishes
//! small letters from capital ones.
//!
//! `gix::ignore` was tried in its place, under `tests/it/ignore.rs`. It disagreed with git: on a
//! carriage return that ends a file (`!a\r`), on brackets where case is ignored (`.[E]nv` ignores
//! nothing in git), and on the text of a rule (`\#env` is shown as `#env`).

mod files;
mod fold;
mod pattern;

use std::collections::HashMap;
use std::rc::Rc;

use crate::git::{ObjectId, Repository};
use crate::model::skip::Skip;

use files::IgnoreFiles;
use pattern::List;

/// The rule that decides about a path.
#[derive(Clone)]
pub struct Decision {
    list: Rc<List>,
    /// The line, from 1.
    pub line: usize,
    /// The pattern, as `git check-ignore -v` shows it.
    pub pattern: Vec<u8>,
    /// True if the rule takes back a path that another rule ignores.
    pub negated: bool,
}

impl Decision {
    /// The ignore file: its path in the work tree, or its place outside.
    pub fn file(&self) -> &[u8] {
        &self.list.name
    }

    /// Returns true if the file lies in the work tree.
    pub fn in_tree(&self) -> bool {
        self.list.in_tree
    }

    /// The whole line.
    pub fn text(&self) -> &[u8] {
        self.list.line(self.line)
    }
}

/// The ignore rules of a repository. A folder's are read when they are needed first.
pub struct IgnoreRules {
    files: IgnoreFiles,
    /// The lists outside the work tree, the weakest first.
    outside: Vec<Rc<List>>,
    fold: bool,
    levels: HashMap<Vec<u8>, Rc<IgnoreLevel>>,
    /// Git's own rules for this machine; `None` unless these rules are those of clones.
    here: Option<Box<IgnoreRules>>,
}

/// The rules that decide in a folder.
struct IgnoreLevel {
    /// The lists of the work tree, the weakest first.
    lists: Vec<Rc<List>>,
    /// The rule that ignores the folder: no path in it can be taken back. `None` if the folder is
    /// not ignored.
    excluded: Option<Decision>,
}

impl IgnoreRules {
    /// The rules by which git ignores files in this work tree; `None` for a bare repository.
    pub fn new(repository: &Repository) -> Option<Self> {
        let files = IgnoreFiles::new(repository)?;
        let outside = repository
            .personal_excludes()
            .into_iter()
            .filter_map(|path| files.outside(&path))
            .collect();
        Some(IgnoreRules {
            files,
            outside,
            fold: repository.ignores_case(),
            levels: HashMap::new(),
            here: None,
        })
    }

    /// The rules in a commit, the same for every clone of it; `None` for a bare repository.
    pub fn of_commit(repository: &Repository, commit: ObjectId) -> Option<Self> {
        let files = IgnoreFiles::new(repository)?.of_commit(commit);
        Some(IgnoreRules {
            files,
            outside: Vec::new(),
            fold: false,
            levels: HashMap::new(),
            here: None,
        })
    }

    /// The rules of every clone of the repository.
    pub fn of_clones(&self) -> Self {
        let here = IgnoreRules {
            outside: self.outside.clone(),
            ..self.with_files(self.files.clone())
        };
        IgnoreRules {
            outside: Vec::new(),
            fold: false,
            here: Some(Box::new(here)),
            ..self.with_files(self.files.clone())
        }
    }

    /// The same rules if `file`, an ignore file in the work tree, had this text.
    pub fn with(&self, file: &[u8], text: Vec<u8>) -> Self {
        let here = self
            .here
            .as_ref()
            .map(|here| Box::new(here.with(file, text.clone())));
        IgnoreRules {
            here,
            ..self.with_files(self.files.with(file, text))
        }
    }

    fn with_files(&self, files: IgnoreFiles) -> Self {
        IgnoreRules {
            files,
            outside: self.outside.clone(),
            fold: self.fold,
            levels: HashMap::new(),
            here: None,
        }
    }

    /// The rule that decides about `path`, a path in the repository; `None` if none does.
    pub fn decide(&mut self, path: &[u8], is_dir: bool) -> Option<Decision> {
        let level = self.level(folder_of(path));
        level
            .excluded
            .clone()
            .or_else(|| self.last_match(&level.lists, path, is_dir))
    }

    /// Returns true if the rules ignore `path`.
    pub fn ignores(&mut self, path: &[u8], is_dir: bool) -> bool {
        self.decide(path, is_dir)
            .is_some_and(|decision| !decision.negated)
    }

    /// Returns true if git reads the ignore file `file` in the work tree, or would if a sparse
    /// checkout had not left it out.
    pub fn reads(&self, file: &[u8]) -> bool {
        self.files.list(file).is_some()
    }

    /// The ignore files that could not be read.
    pub fn skips(&self) -> Vec<Skip> {
        self.files.skips()
    }

    fn last_match(&self, lists: &[Rc<List>], path: &[u8], is_dir: bool) -> Option<Decision> {
        let strongest_first = lists.iter().rev().chain(self.outside.iter().rev());
        strongest_first.into_iter().find_map(|list| {
            let found = list.last_match(path, is_dir, self.fold)?;
            let (line, pattern, negated) = (found.line, found.shown(), found.negated);
            Some(Decision {
                list: list.clone(),
                line,
                pattern,
                negated,
            })
        })
    }

    /// The rules that decide in `folder`, an empty path for the top. A loop, because folders may
    /// nest without end in an index.
    fn level(&mut self, folder: &[u8]) -> Rc<IgnoreLevel> {
        if let Some(level) = self.levels.get(folder) {
            return level.clone();
        }
        let mut level = self.top();
        for end in
            memchr::memchr_iter(b'/', folder).chain((!folder.is_empty()).then_some(folder.len()))
        {
            level = match self.levels.get(&folder[..end]) {
                Some(known) => known.clone(),
                None => self.below(&level, &folder[..end]),
            };
        }
        level
    }

    fn top(&mut self) -> Rc<IgnoreLevel> {
        if let Some(top) = self.levels.get(&b""[..]) {
            return top.clone();
        }
        let nothing = IgnoreLevel {
            lists: Vec::new(),
            excluded: None,
        };
        self.enter(&nothing, b"", b".gitignore")
    }

    fn below(&mut self, parent: &Rc<IgnoreLevel>, folder: &[u8]) -> Rc<IgnoreLevel> {
        let matched = || {
            self.last_match(&parent.lists, folder, true)
                .filter(|decision| !decision.negated)
        };
        let excluded = parent.excluded.clone().or_else(matched);
        if excluded.is_none() {
            return self.enter(parent, folder, &[folder, b"/.gitignore"].concat());
        }
        let level = Rc::new(IgnoreLevel {
            lists: Vec::new(),
            excluded,
        });
        self.levels.insert(folder.to_vec(), level.clone());
        level
    }

    fn enter(&mut self, parent: &IgnoreLevel, folder: &[u8], file: &[u8]) -> Rc<IgnoreLevel> {
        let mut lists = parent.lists.clone();
        lists.extend(self.files.list(file).filter(|_| self.reaches_clones(file)));
        let level = Rc::new(IgnoreLevel {
            lists,
            excluded: None,
        });
        self.levels.insert(folder.to_vec(), level.clone());
        level
    }

    /// Returns true if an ignore file counts. For clones, it must be tracked, or git must not
    /// ignore it here, so that it will be tracked.
    fn reaches_clones(&mut self, file: &[u8]) -> bool {
        let tracked = self.files.tracks(file);
        self.here
            .as_mut()
            .is_none_or(|here| tracked || !here.ignores(file, false))
    }
}

/// The folder that a path lies in, empty for the top.
pub fn folder_of(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', path).map_or(&b""[..], |slash| &path[..slash])
}
