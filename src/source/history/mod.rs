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
mod modules;
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
use crate::model::defaults;
use held::HeldRepository;
use links::Links;
use present::Present;
use scan::HistoryScan;
use shallow::{report_shallow, shallow};
use store::{Store, damaged};

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

/// The number of missing objects that are reported one by one.
const MISSING: usize = 10;

/// The maximum number of missing objects for which the refs that lead to them are looked up. All
/// further missing objects are treated as needed.
const ASKED: usize = 256;

/// The maximum number of times that a repository which keeps changing is read again.
const ROUNDS: usize = 10;

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

    fn visit_objects(&self, held: &HeldRepository, visit: &Visit<'_>) {
        let repository = held.repository.to_thread_local();
        let skip = |skip| visit(Err(skip));
        let limit = self.limits.file_size.unwrap_or(defaults::OBJECT);
        // Refs are read before objects are listed. So the objects that these refs lead to are in
        // the list, even if git adds objects meanwhile.
        let kept = place::refs::kept(&repository, &skip);
        let mut store = Store::open(&repository, limit, &skip);
        let shallow = shallow(&repository, &skip);
        let (mut missing, pointers) = self.sweep_all(&repository, &mut store, &shallow, visit);
        store.report_unsettled(&skip);
        report_shallow(&repository, &store, &shallow, &skip);
        missing.extend(kept);
        missing.retain(|id| !store.has(id));
        let store = held.store.get_or_init(|| store);
        if self.progress.is_stopped() {
            return;
        }
        self.report_missing(held, store, missing, visit);
        large::visit(
            held,
            pointers,
            self.has_all(),
            &self.limits,
            &self.progress,
            visit,
        );
    }

    /// Sweeps through `store`, and then through objects that git adds meanwhile. Returns the
    /// missing objects and the git-lfs pointers.
    fn sweep_all(
        &self,
        repository: &gix::Repository,
        store: &mut Store,
        shallow: &[ObjectId],
        visit: &Visit<'_>,
    ) -> (Vec<ObjectId>, Vec<large::Met>) {
        let present = store.present();
        let (mut missing, mut pointers) = self.sweep(repository, store, &present, shallow, visit);
        // A repack may have moved objects. It writes the new pack before it removes the old one, so
        // another look finds them.
        for _ in 0..ROUNDS {
            let newest = store.newcomers(&|skip| visit(Err(skip)));
            let (gone, new) = self.sweep(repository, &newest, &present, shallow, visit);
            missing.extend(gone);
            pointers.extend(new);
            if store.absorb(newest) || self.progress.is_stopped() {
                break;
            }
        }
        (missing, pointers)
    }

    /// Sweeps through `store`. Returns the objects that others refer to but that are not in
    /// `present`, and the git-lfs pointers.
    fn sweep(
        &self,
        repository: &gix::Repository,
        store: &Store,
        present: &Present,
        shallow: &[ObjectId],
        visit: &Visit<'_>,
    ) -> (Vec<ObjectId>, Vec<large::Met>) {
        log::debug!("{} objects to look at", store.len());
        self.progress.expect(store.len());
        let links = Links::new(present, shallow.to_vec());
        let look = HistoryScan::new(self.prefilter, &self.limits, links, visit, &self.progress);
        store.sweep(&look);
        let scan::FirstSweep {
            objects,
            missing,
            named,
            pointers,
        } = look.into_met();
        named
            .into_iter()
            .for_each(|(name, id)| self.visit_named(repository, name, id, visit));
        *self.objects.lock() += objects;
        (missing, pointers)
    }

    /// Visits a file with the name of an env file, for the checks of file names. Its content was
    /// already searched as an object. A missing file is reported with the missing objects.
    fn visit_named(
        &self,
        repository: &gix::Repository,
        name: Vec<u8>,
        id: ObjectId,
        visit: &Visit<'_>,
    ) {
        // Looking up an object opens all packs, and opening a pack that is a pipe would wait
        // forever. This pack is reported when the store is opened.
        if git::refuse_piped_objects(repository.common_dir(), Kept::Packed).is_err() {
            return;
        }
        let origin = Origin::Object {
            id: id.to_string(),
            part: Part::Content,
            path: Some(name),
        };
        if let Ok(bytes) = git::read_trusting(repository, id, defaults::ENV_FILE) {
            visit(Ok(Blob::named(&origin, &bytes)));
        }
    }

    /// Reports the missing objects. In a partial clone, all missing objects are reported in one
    /// skip. Otherwise only missing objects that a ref, head or index leads to are reported,
    /// because git may prune all other objects.
    fn report_missing(
        &self,
        held: &HeldRepository,
        store: &Store,
        mut missing: Vec<ObjectId>,
        visit: &Visit<'_>,
    ) {
        missing.sort_unstable();
        missing.dedup();
        let skip = |id: &ObjectId, detail: String| {
            let origin = Origin::Object {
                id: id.to_string(),
                part: Part::Content,
                path: None,
            };
            visit(Err(Skip::new(origin, SkipReason::MissingObject, detail)));
        };
        let Some(first) = missing.first() else { return };
        if store.is_partial() {
            let count = missing.len();
            return skip(
                first,
                format!(
                    "{count} objects were left out when the repository was cloned; this is the first"
                ),
            );
        }
        let (asked, rest) = missing.split_at(missing.len().min(ASKED));
        let kept = place::leading_to(held, store, asked);
        kept.iter()
            .take(MISSING)
            .for_each(|(id, keeper)| skip(id, format!("it is reachable from {keeper}")));
        match (kept.get(MISSING), rest.first()) {
            (Some((id, _)), _) => skip(
                id,
                format!(
                    "this and {} more objects are missing",
                    missing.len() - MISSING - 1
                ),
            ),
            (None, Some(id)) => skip(
                id,
                format!(
                    "{} more objects are missing that others refer to",
                    rest.len()
                ),
            ),
            (None, None) => {}
        }
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
