//! The source of everything that a repository stores: each git object once, reachable or not, and
//! the other files of the `.git` directory.
//!
//! History is not walked from commit to commit. `store` lists the packs and loose objects, and
//! `sweep` reads all of them. `scan` hands over the few objects that may contain a match. Only for
//! findings, `place` looks up commits, paths and refs.

mod entries;
mod held;
mod large;
mod leftovers;
mod links;
mod look;
mod loose;
mod missing;
mod modules;
mod objects;
mod pack;
mod place;
mod present;
mod records;
mod scan;
mod shallow;
mod store;
mod sweep;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use parking_lot::Mutex;

use crate::detect::scanner::Prefilter;
use crate::error::Result;
use crate::git::{self, Kept, Repository};
use crate::model::blob::{Blob, Origin, Part};
use crate::model::progress::{Moment, Progress};
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;

use super::folder::Folder;
use super::large::with_digest;
use super::{Limits, Objects, Placements, Source, Visit};
use held::HeldRepository;
use store::damaged;

/// A source of everything that a repository and the repositories of its submodules store.
pub struct History<'s> {
    repositories: Vec<HeldRepository>,
    /// Skips for submodules whose repositories could not be opened.
    unopened: Vec<Skip>,
    /// The directory that reported files must be in.
    within: Folder,
    prefilter: Prefilter<'s>,
    limits: Limits,
    objects: Mutex<Objects>,
    progress: Progress,
}

impl<'s> History<'s> {
    /// Returns a source of everything in `repository` and its submodules, read within `limits`.
    /// Objects that cannot contain a match according to `prefilter` are not handed over.
    pub fn new(repository: Repository, prefilter: Prefilter<'s>, limits: Limits) -> Self {
        let (modules, unopened) = modules::find(repository.inner());
        // The main repository is opened, because a linked work tree does not see the private refs
        // of other work trees.
        let main = Repository::at(repository.inner().common_dir()).ok();
        let own = HeldRepository::new(
            main.unwrap_or(repository).inner().clone().into_sync(),
            String::new(),
            Vec::new(),
        );
        let repositories = std::iter::once(own).chain(modules).collect();
        let within = Folder::default();
        History {
            repositories,
            unopened,
            within,
            prefilter,
            limits,
            objects: Mutex::default(),
            progress: Progress::default(),
        }
    }

    /// Limits the history to the files in one directory, and leaves out submodules. Content that is
    /// in no directory is still scanned: messages, ref names, records, and objects without a known
    /// path.
    pub fn within(mut self, within: Folder) -> Self {
        if !within.is_root() {
            self.repositories.truncate(1);
            self.unopened.clear();
        }
        History { within, ..self }
    }

    /// Returns the root of the outermost repository's main work tree; for a bare repository, its
    /// git directory.
    pub fn root(&self) -> PathBuf {
        self.repositories
            .first()
            .map(HeldRepository::root)
            .unwrap_or_default()
    }

    /// Returns the roots of the submodules whose repositories have one of `objects` (hexadecimal
    /// ids), and of the submodules that contain them; the innermost first.
    pub fn modules_with(&self, objects: &BTreeSet<&str>) -> Vec<PathBuf> {
        let objects: Vec<ObjectId> = objects
            .iter()
            .filter_map(|id| ObjectId::from_hex(id.as_bytes()).ok())
            .collect();
        let mut chosen: Vec<&HeldRepository> = Vec::new();
        for held in self.repositories.iter().skip(1).rev() {
            let has_one = held
                .store
                .get()
                .is_some_and(|store| objects.iter().any(|id| store.has(id)));
            if has_one
                || chosen
                    .iter()
                    .any(|inner| Path::new(&inner.name).starts_with(&held.name))
            {
                chosen.push(held);
            }
        }
        chosen.into_iter().map(HeldRepository::root).collect()
    }

    /// Returns the git object id, in hexadecimal, of a file with this content in the outermost
    /// repository; `None` if it cannot be computed.
    pub fn id_of(&self, content: &[u8]) -> Option<String> {
        let hash = self
            .repositories
            .first()?
            .repository
            .to_thread_local()
            .object_hash();
        gix::objs::compute_hash(hash, gix::object::Kind::Blob, content)
            .ok()
            .map(|id| id.to_string())
    }

    /// Returns true if the history is not limited to a directory.
    fn has_all(&self) -> bool {
        self.within.is_root()
    }
}

impl Source for History<'_> {
    fn kind(&self) -> SourceKind {
        SourceKind::History
    }

    fn visit(&self, visit: &Visit<'_>) -> Result<()> {
        self.unopened
            .iter()
            .for_each(|skip| visit(Err(skip.clone())));
        for held in &self.repositories {
            if self.progress.is_stopped() {
                break;
            }
            let repository = held.repository.to_thread_local();
            let (folder, archives) = (repository.common_dir(), &self.limits.archive);
            git::refuse_piped_refs(folder)?;
            git::refuse_piped_objects(folder, Kept::Loose)?;
            let base = folder.parent().unwrap_or(Path::new(""));
            // Leftovers are read first: a git process that is still running moves them to places
            // that are listed later.
            leftovers::visit(
                &folder.join("objects"),
                base,
                archives,
                &self.progress,
                visit,
            );
            self.visit_objects(held, &|found| {
                visit(found.map_err(|skip| with_digest(&held.repository.to_thread_local(), skip)));
            });
            records::visit(
                folder,
                base,
                self.has_all(),
                archives,
                &self.progress,
                visit,
            );
            for name in place::refs::staged_names(&repository, &|_| {}) {
                if self.prefilter.may_hold(&name) {
                    visit(Ok(Blob::whole(
                        &Origin::Name {
                            path: held.rooted(&name),
                            container: None,
                        },
                        b"",
                    )));
                }
            }
        }
        if self.progress.is_stopped() {
            let Moment { all, done, .. } = self.progress.now();
            let detail = format!("the scan was interrupted after {done} of at least {all} objects");
            visit(Err(damaged(&self.root(), SkipReason::Interrupted, detail)));
        }
        Ok(())
    }

    fn rooted(&self, origin: &Origin) -> Origin {
        match origin {
            Origin::Object {
                id,
                part: Part::PathName,
                ..
            } => Origin::Object {
                id: id.clone(),
                part: Part::PathName,
                path: None,
            },
            other => other.clone(),
        }
    }

    fn is_whole(&self) -> bool {
        !self.progress.is_stopped() && self.has_all()
    }

    fn folder(&self) -> Folder {
        self.within.clone()
    }

    fn progress(&self) -> Option<&Progress> {
        Some(&self.progress)
    }

    fn groups(&self) -> bool {
        true
    }

    fn place(&self, secrets: &[Vec<String>]) -> Result<Placements> {
        if self.progress.is_stopped() {
            return Ok(Placements::none(secrets.len()));
        }
        let ids = |secret: &Vec<String>| {
            secret
                .iter()
                .filter_map(|id| ObjectId::from_hex(id.as_bytes()).ok())
                .collect()
        };
        let secrets: Vec<Vec<ObjectId>> = secrets.iter().map(ids).collect();
        let mut placed = self.repositories.iter().map(|held| held.place(&secrets));
        let first = placed.next().unwrap_or_default();
        Ok(placed.fold(first, place::merge))
    }

    fn objects(&self) -> Option<Objects> {
        Some(*self.objects.lock())
    }
}
