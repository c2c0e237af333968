//! Visits the objects of one repository, even while git changes it.

use gix::ObjectId;

use crate::git::{self, Kept};
use crate::model::blob::{Blob, Origin, Part};
use crate::model::defaults;

use super::super::Visit;
use super::held::HeldRepository;
use super::links::Links;
use super::present::Present;
use super::scan::{FirstSweep, HistoryScan};
use super::shallow::{report_shallow, shallow};
use super::store::Store;
use super::{History, large, missing, place};

/// The maximum number of times that a repository which keeps changing is read again.
pub const ROUNDS: usize = 10;

impl History<'_> {
    pub(super) fn visit_objects(&self, held: &HeldRepository, visit: &Visit<'_>) {
        let repository = held.repository.to_thread_local();
        let skip = |skip| visit(Err(skip));
        let limit = self.limits.file_size.unwrap_or(defaults::OBJECT);
        // Refs are read before objects are listed. So the objects that these refs lead to are in
        // the list, even if git adds objects meanwhile.
        let kept = place::refs::kept(&repository, &skip);
        let mut store = Store::open(&repository, limit, &skip);
        let shallow = shallow(&repository, &skip);
        let (mut gone, pointers) = self.sweep_all(&repository, &mut store, &shallow, visit);
        store.report_unsettled(&skip);
        report_shallow(&repository, &store, &shallow, &skip);
        gone.extend(kept);
        gone.retain(|id| !store.has(id));
        let store = held.store.get_or_init(|| store);
        if self.progress.is_stopped() {
            return;
        }
        missing::report(held, store, gone, visit);
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
        let FirstSweep {
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
}
