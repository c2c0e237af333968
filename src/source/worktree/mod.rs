//! The source of files on disk. A parallel walk leaves out the files that git ignores. Ignored
//! files are still scanned if git tracks them or the user gave their paths.

mod absent;
mod file;
mod git_view;
mod large;
mod leave_out;
mod walk;

use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Result;
use crate::git::Repository;
use crate::model::blob::{Blob, Origin, to_path};
use crate::model::progress::Progress;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::policy::pattern::Pattern;

use super::rooted::from_root;
use super::{LeftOut, Limits, NotCheckedOut, Source, Visit};
use absent::Absent;
use git_view::{GitView, PathTreatment, TrackedKind, TrackedPath};
use large::Storages;
use leave_out::{LeaveOut, RootPatterns, slashed};

/// A source of files on disk.
pub struct Worktree {
    roots: Vec<PathBuf>,
    base: Option<PathBuf>,
    threads: usize,
    limits: Limits,
    except: Vec<PathBuf>,
    leave_out: LeaveOut,
    storages: Storages,
    absent: Absent,
    is_whole: bool,
    kind: SourceKind,
    has_repositories: AtomicBool,
    progress: Progress,
}

impl Worktree {
    /// Returns a source of all files below `roots`, which are files or directories, read within
    /// `limits`. Paths below `base` are reported relative to `base`. `threads` is the number of
    /// threads; 0 means one for each core.
    pub fn new(roots: Vec<PathBuf>, base: Option<PathBuf>, threads: usize, limits: Limits) -> Self {
        let mut seen = HashSet::new();
        let roots = roots
            .into_iter()
            .filter(|root| seen.insert(root.clone()))
            .collect();
        Worktree {
            roots,
            base,
            threads,
            limits,
            except: Vec::new(),
            leave_out: LeaveOut::default(),
            storages: Storages::default(),
            absent: Absent::default(),
            is_whole: false,
            kind: SourceKind::Worktree,
            has_repositories: AtomicBool::new(false),
            progress: Progress::through_files(),
        }
    }

    /// Declares that the files are everything there is, so that unmatched policy entries are stale.
    /// This is undone if a repository is found among the files, because its history has more.
    pub fn as_whole(self) -> Self {
        Worktree {
            is_whole: true,
            ..self
        }
    }

    /// Makes this the source of a review, for which the code rules run.
    pub fn for_review(self) -> Self {
        Worktree {
            kind: SourceKind::Review,
            ..self
        }
    }

    /// Leaves out the given files if git ignores them.
    pub fn except<'p>(self, files: impl IntoIterator<Item = &'p Path>) -> Self {
        let ignored = files
            .into_iter()
            .filter_map(|file| file.canonicalize().ok().filter(|file| is_ignored(file)));
        Worktree {
            except: ignored.collect(),
            ..self
        }
    }

    /// Leaves out the paths that `patterns` match. Patterns are relative to `top`. A root that the
    /// user named is always scanned.
    pub fn leaving_out(self, top: &Path, patterns: Vec<Pattern>) -> Self {
        Worktree {
            leave_out: LeaveOut::new(top, patterns),
            ..self
        }
    }

    fn is_excepted(&self, path: &Path) -> bool {
        let same_name = |except: &&PathBuf| except.file_name() == path.file_name();
        self.except
            .iter()
            .filter(same_name)
            .any(|except| path.canonicalize().is_ok_and(|path| path == *except))
    }

    /// Visits one root. A root that cannot be read is reported as a skip, and the other roots are
    /// still scanned.
    fn visit_root(&self, root: &Path, visit: &Visit<'_>) {
        let skip = |error: io::Error| {
            // A file whose name is too long for the system cannot exist.
            let gone = matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename
            );
            visit(Err(Skip::new(
                self.origin(root),
                if gone {
                    SkipReason::NotFound
                } else {
                    SkipReason::Unreadable
                },
                error,
            )));
        };
        match root.symlink_metadata() {
            Err(error) => skip(error),
            Ok(metadata) if metadata.is_dir() => self.visit_directory(root, visit),
            Ok(metadata) if metadata.is_symlink() => {
                self.visit_file(root, &mut self.reader(), visit);
                // A user who gives the path of a link wants its target to be scanned, too.
                match root.canonicalize() {
                    // The appended `/` makes the system follow the link, while reported paths keep
                    // the name that the user gave.
                    Ok(target) if target.is_dir() => self.visit_directory(&root.join(""), visit),
                    Ok(target) => self.visit_root(&target, visit),
                    Err(error) => skip(error),
                }
            }
            Ok(metadata) => self.visit_named_file(root, &metadata, visit),
        }
    }

    /// Visits a directory. Outside a repository, and in a directory that git ignores, all files are
    /// scanned. Otherwise the walk leaves out ignored files; tracked files that it did not meet are
    /// visited afterwards.
    fn visit_directory(&self, root: &Path, visit: &Visit<'_>) {
        let repository = self.repository(root, visit);
        let rules = if repository.is_some() { "git's" } else { "no" };
        log::debug!("folder {}: {rules} ignore rules apply", root.display());
        if repository
            .as_ref()
            .is_some_and(|repository| git_view::is_submodule(repository, root))
        {
            self.absent.note_submodule(root, self.shown(root));
        }
        let view = repository
            .as_ref()
            .and_then(|repository| GitView::new(repository, root));
        let view = view.and_then(|mut view| (!view.ignores_root()).then_some(view));
        let left_out = self.leave_out.below(root);
        let walked = walk::run(self, root, view, &left_out, visit);
        if repository.is_some() || !walked.repositories.is_empty() {
            self.has_repositories.store(true, Ordering::Relaxed);
        }
        let mut seen: HashSet<OsString> = walked
            .others
            .into_iter()
            .map(PathBuf::into_os_string)
            .collect();
        let top = repository.as_ref().and_then(Repository::work_tree);
        let own = repository.map(|repository| (repository, walked.tracked));
        let nested = walked
            .repositories
            .iter()
            .filter_map(|nested| self.repository(nested, visit));
        // For a directory with an invalid `.git`, the outer repository is found a second time.
        let nested = nested.filter(|nested| nested.work_tree() != top);
        for (repository, positions) in own
            .into_iter()
            .chain(nested.map(|nested| (nested, Vec::new())))
        {
            // The root itself may be an index entry, for example a submodule.
            let unseen = |path: &Path| path != root && !seen.contains(path.as_os_str());
            let tracked =
                git_view::tracked(&repository, root, &positions, unseen).unwrap_or_else(|error| {
                    visit(Err(Skip::new(
                        self.origin(root),
                        SkipReason::Corrupt,
                        error,
                    )));
                    Vec::new()
                });
            log::debug!(
                "tracked files that the walk left out (git ignores them) or did not find: {}",
                tracked.len()
            );
            self.visit_tracked(
                root,
                tracked,
                &left_out,
                &walked.repositories,
                &mut seen,
                visit,
            );
        }
    }

    /// Scans the tracked files that the walk did not meet, because an ignore rule matches them.
    fn visit_tracked(
        &self,
        root: &Path,
        tracked: Vec<TrackedPath>,
        left_out: &RootPatterns<'_>,
        walked: &[PathBuf],
        seen: &mut HashSet<OsString>,
        visit: &Visit<'_>,
    ) {
        let mut reader = self.reader();
        for TrackedPath { path, kind } in tracked {
            if self.progress.is_stopped() {
                return;
            }
            let metadata = path.symlink_metadata();
            // The file is in a directory that was already left out and counted as one path.
            if path
                .ancestors()
                .skip(1)
                .any(|folder| seen.contains(folder.as_os_str()))
            {
                seen.insert(path.into_os_string());
                continue;
            }
            self.absent
                .note(kind, &path, metadata.as_ref().err(), left_out, &|path| {
                    self.shown(path)
                });
            let is_folder = matches!(kind, TrackedKind::Folder | TrackedKind::Submodule);
            match metadata {
                Err(error) if is_gone(&error) => continue,
                // The tracked file is gone: a directory is at its path now, or a link has replaced
                // a directory above it. Git does not track the content that is there now.
                Ok(metadata) if metadata.is_dir() && !is_folder || is_behind_link(&path, root) => {
                    continue;
                }
                Ok(metadata) if left_out.takes(&path, metadata.is_dir()) => {}
                // The walk has entered this directory. If it is a submodule, its own index lists
                // its files.
                Ok(metadata) if metadata.is_dir() && was_entered(&path, walked, seen) => continue,
                // A submodule in an ignored directory, which the walk did not enter.
                Ok(metadata) if metadata.is_dir() => self.visit_directory(&path, visit),
                _ => self.visit_file(&path, &mut reader, visit),
            }
            seen.insert(path.into_os_string());
        }
    }

    /// Returns the repository that contains `directory`; `None` if it is in no repository. A
    /// repository that cannot be opened is reported as a skip.
    fn repository(&self, directory: &Path, visit: &Visit<'_>) -> Option<Repository> {
        Repository::find(directory).unwrap_or_else(|error| {
            visit(Err(Skip::new(
                self.origin(directory),
                SkipReason::Corrupt,
                error,
            )));
            None
        })
    }

    fn origin(&self, path: &Path) -> Origin {
        Origin::File(self.shown(path))
    }

    fn shown(&self, path: &Path) -> PathBuf {
        let base = self.base.as_deref().unwrap_or(Path::new("."));
        match path.strip_prefix(base) {
            // The base directory itself is shown as `.`, not as an empty path.
            Ok(below) if below.as_os_str().is_empty() => PathBuf::from("."),
            below => below.unwrap_or(path).to_owned(),
        }
    }

    /// Reports these roots as not scanned, or only partly scanned.
    fn interrupted(&self, roots: &[PathBuf], visit: &Visit<'_>) {
        let done = self.progress.now().done;
        let files = if done == 1 { "file" } else { "files" };
        let detail = format!("the scan was interrupted after {done} {files}");
        for root in roots {
            let skip = Skip::new(self.origin(root), SkipReason::Interrupted, &detail);
            visit(Err(skip));
        }
    }
}

impl Source for Worktree {
    fn kind(&self) -> SourceKind {
        self.kind
    }

    fn is_whole(&self) -> bool {
        self.is_whole && !self.has_repositories.load(Ordering::Relaxed)
    }

    fn rooted(&self, origin: &Origin) -> Origin {
        // With a base, paths are already relative to the root of the repository.
        let top = self.leave_out.top().filter(|_| self.base.is_none());
        let Some(top) = top else {
            return origin.clone();
        };
        origin.moved(&|path| {
            let rooted = from_root(&to_path(path), top);
            rooted.map_or_else(|| path.to_vec(), |rooted| slashed(&rooted))
        })
    }

    fn left_out(&self) -> Vec<LeftOut> {
        self.leave_out.so_far()
    }

    fn not_checked_out(&self) -> NotCheckedOut {
        self.absent.so_far()
    }

    fn progress(&self) -> Option<&Progress> {
        Some(&self.progress)
    }

    fn visit(&self, visit: &Visit<'_>) -> Result<()> {
        let counted = |blob: std::result::Result<Blob<'_>, Skip>| {
            if self.progress.is_stopped() {
                return;
            }
            let bytes = blob.as_ref().map_or(0, |blob| blob.core.len() as u64);
            visit(blob);
            self.progress.read(bytes);
        };
        for (at, root) in self.roots.iter().enumerate() {
            self.visit_root(root, &counted);
            if self.progress.is_stopped() {
                self.interrupted(&self.roots[at..], visit);
                break;
            }
        }
        Ok(())
    }
}

/// Returns true if `error` says that a path does not exist. `NotADirectory` means that a directory
/// above it was replaced by a file.
fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Returns true if the walk entered `folder`: if it is in `walked`, the repositories that the walk
/// found, or if a file in `seen` is below it.
fn was_entered(folder: &Path, walked: &[PathBuf], seen: &HashSet<OsString>) -> bool {
    walked.iter().any(|known| known == folder)
        || seen.iter().any(|file| Path::new(file).starts_with(folder))
}

/// Returns true if a directory between `root` and `path` is a symbolic link.
fn is_behind_link(path: &Path, root: &Path) -> bool {
    path.ancestors()
        .skip(1)
        .take_while(|folder| *folder != root)
        .any(Path::is_symlink)
}

/// Returns true if git ignores a file and does not track it.
fn is_ignored(file: &Path) -> bool {
    let Some(folder) = file.parent() else {
        return false;
    };
    let repository = Repository::find(folder).ok().flatten();
    let view = repository.and_then(|repository| GitView::new(&repository, folder));
    view.is_some_and(|mut view| matches!(view.treatment(file, false), PathTreatment::Ignored))
}
