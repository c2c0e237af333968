//! Finds the ignore rule that decides about a path, as `git check-ignore --no-index` does. The path
//! need not exist.
//!
//! Git answers for this machine. [`IgnoreRules::of_clones`] answers for everyone who clones the
//! repository: it leaves out personal ignore files, and assumes a case-sensitive file system.
//!
//! `gix::ignore` is not used, because under `tests/it/ignore.rs` its results differed from git's in
//! three cases: a carriage return at the end of a file (`!a\r`), brackets where case is ignored (in
//! git, `.[E]nv` ignores nothing), and the text of a rule (`\#env` is shown as `#env`).

mod files;
mod fold;
mod pattern;

use std::collections::HashMap;
use std::rc::Rc;

use crate::git::{ObjectId, Repository};
use crate::model::skip::Skip;

use files::IgnoreFiles;
use pattern::List;

/// The ignore rule that decides about a path.
#[derive(Clone)]
pub struct Decision {
    list: Rc<List>,
    /// The line number of the rule in its file, from 1.
    pub line: usize,
    /// The pattern, as `git check-ignore -v` shows it.
    pub pattern: Vec<u8>,
    /// True if the rule begins with `!`: it re-includes a path that another rule ignores.
    pub negated: bool,
}

impl Decision {
    /// Returns the path of the ignore file: relative to the work tree, or in the file system if it
    /// is outside the work tree.
    pub fn file(&self) -> &[u8] {
        &self.list.name
    }

    /// Returns true if the ignore file is in the work tree.
    pub fn in_tree(&self) -> bool {
        self.list.in_tree
    }

    /// Returns the line of the rule as it is written, without its line ending.
    pub fn text(&self) -> &[u8] {
        self.list.line(self.line)
    }
}

/// The ignore rules of a repository. Those of a directory are read on first use.
pub struct IgnoreRules {
    files: IgnoreFiles,
    /// The ignore files outside the work tree, in ascending order of precedence.
    outside: Vec<Rc<List>>,
    fold: bool,
    levels: HashMap<Vec<u8>, Rc<IgnoreLevel>>,
    /// The rules of this machine, if these rules are those of clones; otherwise `None`.
    here: Option<Box<IgnoreRules>>,
}

/// The ignore rules that apply in one directory.
struct IgnoreLevel {
    /// The ignore files of the directory and of its parents, in ascending order of precedence.
    lists: Vec<Rc<List>>,
    /// The rule that ignores the directory, so that no rule can re-include a path in it. `None` if
    /// the directory is not ignored.
    excluded: Option<Decision>,
}

impl IgnoreRules {
    /// Returns the rules by which git ignores files in this work tree; `None` for a bare
    /// repository.
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

    /// Returns the rules in `commit`, which are the same in every clone; `None` for a bare
    /// repository.
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

    /// Returns the rules that apply in every clone of the repository.
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

    /// Returns the same rules if `file`, an ignore file in the work tree, had this text.
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

    /// Returns the rule that decides about `path`, which is relative to the work tree; `None` if no
    /// rule matches. `is_dir` is true for a directory.
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

    /// Returns true if git reads rules from the ignore file `file`. Files that a sparse checkout
    /// leaves out count, too.
    pub fn reads(&self, file: &[u8]) -> bool {
        self.files.list(file).is_some()
    }

    /// Returns the ignore files that could not be read.
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

    /// Returns the rules that apply in `folder`; the empty path is the root. Uses a loop, not
    /// recursion, because paths in an index may be too deep for the stack.
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

    /// Returns true if the rules in the ignore file `file` apply. In clones, they apply only if the
    /// file is tracked, or not ignored on this machine, so that it can be committed.
    fn reaches_clones(&mut self, file: &[u8]) -> bool {
        let tracked = self.files.tracks(file);
        self.here
            .as_mut()
            .is_none_or(|here| tracked || !here.ignores(file, false))
    }
}

/// Returns the directory of a path; empty at the root.
pub fn folder_of(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', path).map_or(&b""[..], |slash| &path[..slash])
}
