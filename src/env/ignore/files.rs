//! The ignore files of a repository, each read once: from a commit, or from the work tree. Files
//! that a sparse checkout leaves out are read from the index.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::pattern::List;
use crate::env::file::{self, FileContent};
use crate::git::{GitFiles, ObjectId, Repository};
use crate::model::blob::{Origin, path_bytes};
use crate::model::defaults;
use crate::model::skip::Skip;

/// The ignore files read so far, by path; `None` if git would read no rules from the file.
type ListsByName = HashMap<Vec<u8>, Option<Rc<List>>>;

/// The ignore files of a repository.
#[derive(Clone)]
pub struct IgnoreFiles {
    git: GitFiles,
    top: PathBuf,
    /// The commit to read the files from; `None` to read them from disk.
    commit: Option<ObjectId>,
    /// Contents to use in place of those on disk, by path.
    edited: HashMap<Vec<u8>, Rc<List>>,
    read: Rc<RefCell<ListsByName>>,
    skips: Rc<RefCell<Vec<Skip>>>,
}

impl IgnoreFiles {
    pub fn new(repository: &Repository) -> Option<Self> {
        let top = repository.work_tree()?;
        let (edited, read, skips) = (HashMap::new(), Rc::default(), Rc::default());
        Some(IgnoreFiles {
            git: GitFiles::or_none(repository),
            top,
            commit: None,
            edited,
            read,
            skips,
        })
    }

    /// Returns the ignore files in `commit` in place of those on disk.
    pub fn of_commit(self, commit: ObjectId) -> Self {
        IgnoreFiles {
            commit: Some(commit),
            read: Rc::default(),
            ..self
        }
    }

    /// Returns the same files, with `text` as the content of the file `name`.
    pub fn with(&self, name: &[u8], text: Vec<u8>) -> Self {
        let mut files = self.clone();
        files
            .edited
            .insert(name.to_vec(), Rc::new(List::new(text, name.to_vec(), true)));
        files
    }

    /// Returns the ignore file `name` in the work tree; `None` if git reads no rules from it,
    /// because it is missing, unreadable, or not a regular file.
    pub fn list(&self, name: &[u8]) -> Option<Rc<List>> {
        if let Some(edited) = self.edited.get(name) {
            return Some(edited.clone());
        }
        if let Some(known) = self.read.borrow().get(name) {
            return known.clone();
        }
        let text = self
            .commit
            .map_or_else(|| self.on_disk(name), |commit| self.in_commit(commit, name));
        let list = text.map(|text| Rc::new(List::new(text, name.to_vec(), true)));
        self.read.borrow_mut().insert(name.to_vec(), list.clone());
        list
    }

    fn on_disk(&self, name: &[u8]) -> Option<Vec<u8>> {
        match file::read(&self.top.join(file::path(name)), defaults::IGNORE_FILE) {
            FileContent::Text(text) => Some(text),
            FileContent::Absent => self.git.left_out(name, defaults::IGNORE_FILE),
            FileContent::Link | FileContent::Folder => None,
            FileContent::Unread(reason, detail) => {
                self.skips.borrow_mut().push(Skip::new(
                    Origin::File(file::path(name)),
                    reason,
                    detail,
                ));
                None
            }
        }
    }

    fn in_commit(&self, commit: ObjectId, name: &[u8]) -> Option<Vec<u8>> {
        self.git.in_commit(commit, name, defaults::IGNORE_FILE)
    }

    /// Returns an ignore file outside the work tree; `None` if it is missing or cannot be read.
    pub fn outside(&self, path: &Path) -> Option<Rc<List>> {
        // Git follows links to ignore files outside the work tree.
        let target = path.canonicalize().ok()?;
        match file::read(&target, defaults::IGNORE_FILE) {
            FileContent::Text(text) => {
                Some(Rc::new(List::new(text, path_bytes(path).to_vec(), false)))
            }
            FileContent::Unread(reason, detail) => {
                self.skips.borrow_mut().push(Skip::new(
                    Origin::File(path.to_owned()),
                    reason,
                    detail,
                ));
                None
            }
            FileContent::Absent | FileContent::Link | FileContent::Folder => None,
        }
    }

    /// Returns true if the index has an entry for the path `name`.
    pub fn tracks(&self, name: &[u8]) -> bool {
        self.git.has(name)
    }

    pub fn skips(&self) -> Vec<Skip> {
        self.skips.borrow().clone()
    }
}
