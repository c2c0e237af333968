//! The parallel walk: visits files as it comes by them, and keeps a list of them and of the repositories it met.
//!
//! The walk is `ignore`'s; what is ignored is asked of git's own rules ([`GitView`]), which differ from it in small things
//! (braces, trailing tabs, linked ignore files) that would each hide a file.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use ignore::{DirEntry, WalkBuilder, WalkState};
use parking_lot::Mutex;

use crate::git::Repository;
use crate::model::skip::{Skip, SkipReason};

use super::super::Visit;
use super::super::reader::Reader;
use super::Worktree;
use super::git_view::{GitView, PathStanding, has_no_end};
use super::leave_out::Below;

/// What the walk came by.
#[derive(Default)]
pub struct Walked {
    /// The files it visited, each by its place in the index that the view has.
    pub tracked: Vec<usize>,
    /// The other files it visited, and what was left out.
    pub others: Vec<PathBuf>,
    /// The folders below the root that have a `.git`.
    pub repositories: Vec<PathBuf>,
    /// The folders whose ignore file cannot be read to an end: below them nothing is ignored.
    lawless: Vec<PathBuf>,
}

/// Visits the files below `root`: those that git does not ignore, or, without a view, all. A repository below it has rules
/// of its own either way.
pub fn run(
    tree: &Worktree,
    root: &Path,
    view: Option<GitView>,
    left_out: &Below<'_>,
    visit: &Visit<'_>,
) -> Walked {
    let walked = Mutex::new(Walked::default());
    let islands = AtomicBool::new(false);
    let mut walk = WalkBuilder::new(root);
    walk.standard_filters(false).threads(tree.threads);
    walk.build_parallel().run(|| {
        let (view, nested) = (view.clone(), HashMap::new());
        let (tracked, others) = (Vec::new(), Vec::new());
        let (walked, islands, reader) = (&walked, &islands, tree.reader());
        let mut worker = WalkWorker {
            tree,
            reader,
            visit,
            tracked,
            others,
            walked,
            islands,
            view,
            nested,
            left_out,
        };
        Box::new(move |entry| worker.take(entry))
    });
    walked.into_inner()
}

/// One thread of the walk.
struct WalkWorker<'a> {
    tree: &'a Worktree,
    reader: Reader,
    visit: &'a Visit<'a>,
    tracked: Vec<usize>,
    others: Vec<PathBuf>,
    walked: &'a Mutex<Walked>,
    /// Whether any folder so far has rules of its own. A folder is visited before what it holds, so what lies in one is
    /// asked about after this was set; without one, no lock has to be taken.
    islands: &'a AtomicBool,
    view: Option<GitView>,
    nested: HashMap<PathBuf, Option<GitView>>,
    left_out: &'a Below<'a>,
}

impl WalkWorker<'_> {
    fn take(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.tree.progress.is_stopped() {
            return WalkState::Quit;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                self.skip(error);
                return WalkState::Continue;
            }
        };
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        let below_root = entry.depth() > 0;
        let standing = match below_root {
            false => PathStanding::Untracked,
            true if entry.file_name() == ".git" => PathStanding::Ignored,
            true => self.standing(entry.path(), kind.is_dir()),
        };
        if matches!(standing, PathStanding::Ignored) {
            if entry.file_name() != ".git" {
                log::debug!("left out, git ignores it: {}", entry.path().display());
            }
            return WalkState::Skip;
        }
        if below_root && self.left_out.takes(entry.path(), kind.is_dir()) {
            log::debug!("left out, it is excluded: {}", entry.path().display());
            // So that it is not counted again as one of the tracked files.
            self.others.push(entry.into_path());
            return WalkState::Skip;
        }
        if below_root && kind.is_dir() {
            self.enter(entry.path());
        } else if kind.is_file() || kind.is_symlink() {
            self.tree
                .visit_file(entry.path(), &mut self.reader, self.visit);
            match standing {
                PathStanding::Tracked(position) => self.tracked.push(position),
                _ => self.others.push(entry.into_path()),
            }
        }
        WalkState::Continue
    }

    /// Takes note of what changes the rules from here on down.
    fn enter(&self, folder: &Path) {
        if folder.join(".git").symlink_metadata().is_ok() {
            self.walked().repositories.push(folder.to_owned());
            self.islands.store(true, Ordering::Release);
        }
        if has_no_end(&folder.join(".gitignore")) {
            self.walked().lawless.push(folder.to_owned());
            self.islands.store(true, Ordering::Release);
        }
    }

    /// What `path` is to the repository that it lies in, the innermost.
    fn standing(&mut self, path: &Path, is_dir: bool) -> PathStanding {
        let may_be_on_island = self.islands.load(Ordering::Acquire);
        if may_be_on_island
            && self
                .walked()
                .lawless
                .iter()
                .any(|folder| path.starts_with(folder))
        {
            return PathStanding::Untracked;
        }
        let Some(nested) = may_be_on_island.then(|| self.innermost(path)).flatten() else {
            return self
                .view
                .as_mut()
                .map_or(PathStanding::Untracked, |view| view.standing(path, is_dir));
        };
        let view = self.nested.entry(nested).or_insert_with_key(|nested| {
            let repository = Repository::find(nested).ok().flatten()?;
            GitView::new(&repository, nested)
        });
        match view.as_mut().map(|view| view.standing(path, is_dir)) {
            Some(PathStanding::Ignored) => PathStanding::Ignored,
            // Its place is one in another index.
            _ => PathStanding::Untracked,
        }
    }

    /// The repository below the root that `path` lies in.
    fn innermost(&self, path: &Path) -> Option<PathBuf> {
        let walked = self.walked();
        let is_known = |folder: &&Path| walked.repositories.iter().any(|known| known == folder);
        path.ancestors().skip(1).find(is_known).map(Path::to_owned)
    }

    fn skip(&self, error: ignore::Error) {
        let vanished = error
            .io_error()
            .is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
        if !vanished {
            let (path, detail) = taken_apart(error);
            (self.visit)(Err(Skip::new(
                self.tree.origin(&path),
                SkipReason::Unreadable,
                detail,
            )));
        }
    }

    fn walked(&self) -> parking_lot::MutexGuard<'_, Walked> {
        self.walked.lock()
    }
}

impl Drop for WalkWorker<'_> {
    fn drop(&mut self) {
        let (mut tracked, mut others) = (
            std::mem::take(&mut self.tracked),
            std::mem::take(&mut self.others),
        );
        let mut walked = self.walked();
        walked.tracked.append(&mut tracked);
        walked.others.append(&mut others);
    }
}

/// The path an error of the walk is about, and the error without it.
fn taken_apart(error: ignore::Error) -> (PathBuf, String) {
    match error {
        ignore::Error::WithPath { path, err } => (path, err.to_string()),
        ignore::Error::WithDepth { err, .. } => taken_apart(*err),
        other => (PathBuf::from("."), other.to_string()),
    }
}
