//! The sweep through a pack, which reads every object once, with all threads. A base is read before
//! the objects that are deltas against it.
//!
//! A thread takes a root and follows its tree of deltas depth first. So each base is inflated once,
//! and is still in the processor's cache when its children are built. The child with the largest
//! subtree is followed last, when its base is no longer needed. So a base stays in memory only
//! while a smaller subtree is followed, with less than half of the entries. At most log₂(entries)
//! bases are in memory at once, however long a chain of deltas is.

use std::ops::Range;
use std::slice;
use std::sync::Arc;

use gix::object::Kind;
use parking_lot::{Mutex, MutexGuard};
use rayon::ScopeFifo;

use crate::git::object::{Delta, Fresh, Inflater};
use crate::model::skip::SkipReason;
use crate::source::Objects;

use super::look::{LazyId, Object, ObjectVisitor};
use super::pack::{EntryContent, EntryHeader, Forest, Pack, Window};

/// The number of objects after which a thread adds its counts to the progress.
const TOLD: u64 = 1024;

/// The number of entries that one task of a thread searches for roots.
const AT_ONCE: u32 = 1024;

/// A sweep through one pack.
pub struct Sweep<'s, L: ObjectVisitor> {
    pack: &'s Pack,
    forest: &'s Forest,
    hash: gix::hash::Kind,
    look: &'s L,
    /// The size in bytes above which objects are skipped.
    limit: u64,
    /// The minimum number of entries of a subtree that is handed to another thread.
    share: u32,
    workers: Mutex<Vec<SweepWorker<'s, L::Memo>>>,
}

/// The state of a thread, reused from one task to the next.
struct SweepWorker<'s, M> {
    window: Window<'s>,
    inflater: Inflater,
    delta: Vec<u8>,
    fresh: Fresh,
    spare: Vec<Vec<u8>>,
    objects: Objects,
    memo: M,
}

/// The maximum size in bytes of a buffer that is reused for another object. Larger objects are
/// rare.
const SPARED: usize = 512 * 1024;

impl<M> SweepWorker<'_, M> {
    /// Stores the buffer of a finished object for reuse.
    fn spare(&mut self, bytes: Vec<u8>) {
        if bytes.capacity() <= SPARED {
            self.spare.push(bytes);
        }
    }
}

/// A root object and all deltas that are built on it, directly or not.
#[derive(Clone, Copy)]
struct DeltaFamily {
    root: u32,
    kind: Kind,
}

/// An object that deltas are built on.
struct SweepBase {
    bytes: Vec<u8>,
    /// True if the object may contain a match. Then an object built on it is searched whole, not
    /// only in its new parts.
    is_hot: bool,
}

/// The reason why an object could not be read, with details.
struct ObjectFailure(SkipReason, String);

impl ObjectFailure {
    fn corrupt(detail: impl ToString) -> Self {
        ObjectFailure(SkipReason::Corrupt, detail.to_string())
    }
}

impl<'s, L: ObjectVisitor> Sweep<'s, L> {
    /// Returns a sweep through `pack` that skips objects over `limit` bytes.
    pub fn new(
        pack: &'s Pack,
        forest: &'s Forest,
        hash: gix::hash::Kind,
        look: &'s L,
        limit: u64,
    ) -> Self {
        // A high threshold: so few subtrees are handed to other threads that the memory of their
        // bases does not matter.
        let share = (forest.entries.len() / (8 * rayon::current_num_threads())).max(1024) as u32;
        Sweep {
            pack,
            forest,
            hash,
            look,
            limit,
            share,
            workers: Mutex::default(),
        }
    }

    /// Sweeps through the pack. Entries that no root leads to are reported as corrupt.
    pub fn run(&'s self) {
        let count = self.forest.entries.len() as u32;
        rayon::scope_fifo(|scope| {
            for from in (0..count).step_by(AT_ONCE as usize) {
                scope.spawn_fifo(move |scope| {
                    let mut worker = self.worker();
                    for family in self.families(from..count.min(from + AT_ONCE)) {
                        self.follow(&mut worker, family, family.root, None, scope);
                    }
                    self.done(worker);
                });
            }
        });
        for worker in self.idle().drain(..) {
            self.look.finish(worker.memo);
        }
        for entry in self.forest.adrift() {
            self.lost(
                entry,
                ObjectFailure::corrupt("its delta base is missing or damaged"),
            );
        }
    }

    /// Returns the families whose roots are among `entries` and that the visitor wants.
    fn families(&self, entries: Range<u32>) -> impl Iterator<Item = DeltaFamily> + '_ {
        let family = |root| {
            Some(DeltaFamily {
                root,
                kind: self.forest.kind(root)?,
            })
        };
        entries
            .filter_map(family)
            .filter(|family| self.look.wants(family.kind, &self.id(family.root)))
    }

    fn id(&self, entry: u32) -> LazyId<'s> {
        LazyId::InTable(&self.pack.table, self.forest.entries.object(entry))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<SweepWorker<'s, L::Memo>>> {
        self.workers.lock()
    }

    fn worker(&self) -> SweepWorker<'s, L::Memo> {
        let idle = self.idle().pop();
        idle.unwrap_or_else(|| SweepWorker {
            window: self.pack.window(),
            inflater: Inflater::new(),
            delta: Vec::new(),
            fresh: Fresh::default(),
            spare: Vec::new(),
            objects: Objects::default(),
            memo: Default::default(),
        })
    }

    fn done(&self, mut worker: SweepWorker<'s, L::Memo>) {
        self.look.count(std::mem::take(&mut worker.objects));
        self.idle().push(worker);
    }

    /// Sweeps through the tree of deltas below the entry `first`, which is the root of its family,
    /// or a delta against `base`.
    fn follow(
        &'s self,
        worker: &mut SweepWorker<'s, L::Memo>,
        family: DeltaFamily,
        first: u32,
        base: Option<Arc<SweepBase>>,
        scope: &ScopeFifo<'s>,
    ) {
        let mut pending = vec![(first, base)];
        while let Some((entry, base)) = pending.pop() {
            if self.look.is_stopped() {
                return;
            }
            if worker.objects.count() >= TOLD {
                self.look.count(std::mem::take(&mut worker.objects));
            }
            let built = self.object(worker, family, entry, base.as_deref());
            if let Some(base) = base.and_then(Arc::into_inner) {
                worker.spare(base.bytes);
            }
            match built {
                Ok(base) if !self.forest.is_leaf(entry) => {
                    self.children(family, entry, &Arc::new(base), &mut pending, scope);
                }
                Ok(base) => worker.spare(base.bytes),
                Err(failure) => self.lost(entry, failure),
            }
        }
    }

    /// Queues the children of an entry, so that the one with the largest subtree is followed last.
    /// Other children with large subtrees are handed to idle threads.
    fn children(
        &'s self,
        family: DeltaFamily,
        entry: u32,
        base: &Arc<SweepBase>,
        pending: &mut Vec<(u32, Option<Arc<SweepBase>>)>,
        scope: &ScopeFifo<'s>,
    ) {
        let heaviest = self
            .forest
            .children(entry)
            .max_by_key(|child| self.forest.weight(*child));
        pending.extend(heaviest.map(|child| (child, Some(Arc::clone(base)))));
        let others = pending.len();
        for child in self
            .forest
            .children(entry)
            .filter(|child| Some(*child) != heaviest)
        {
            let base = Arc::clone(base);
            if self.forest.weight(child) < self.share {
                pending.push((child, Some(base)));
            } else {
                scope.spawn_fifo(move |scope| {
                    let mut worker = self.worker();
                    self.follow(&mut worker, family, child, Some(base), scope);
                    self.done(worker);
                });
            }
        }
        pending[others..].reverse();
    }

    /// Reads the object of an entry and hands it to the visitor.
    fn object(
        &self,
        worker: &mut SweepWorker<'s, L::Memo>,
        family: DeltaFamily,
        entry: u32,
        base: Option<&SweepBase>,
    ) -> Result<SweepBase, ObjectFailure> {
        let mut bytes = worker.spare.pop().unwrap_or_default();
        match base {
            None => self.inflate(worker, entry, &mut bytes, false)?,
            Some(base) => self.build(worker, entry, base, &mut bytes)?,
        }
        let kind = family.kind;
        worker.objects += Objects::one(kind, bytes.len() as u64);
        let all = 0..bytes.len();
        let fresh = match base {
            Some(base) if !base.is_hot => worker.fresh.stretches(),
            _ => slice::from_ref(&all),
        };
        let (id, root) = (self.id(entry), self.id(family.root));
        let object = Object {
            kind,
            bytes: &bytes,
            fresh,
            hash: self.hash,
            id,
            root,
        };
        let is_hot = self.look.take(&object, &mut worker.memo);
        Ok(SweepBase { bytes, is_hot })
    }

    /// Builds an object into `bytes`, from its base and its delta.
    fn build(
        &self,
        worker: &mut SweepWorker<'s, L::Memo>,
        entry: u32,
        base: &SweepBase,
        bytes: &mut Vec<u8>,
    ) -> Result<(), ObjectFailure> {
        let nonsense = || ObjectFailure::corrupt("its delta is invalid");
        let mut delta = std::mem::take(&mut worker.delta);
        let read = self.inflate(worker, entry, &mut delta, true);
        let built = read.and_then(|()| {
            let steps = Delta::parse(&delta).ok_or_else(nonsense)?;
            if steps.size > self.limit {
                return Err(too_large(steps.size, self.limit));
            }
            steps
                .build(&base.bytes, bytes, &mut worker.fresh)
                .ok_or_else(nonsense)
        });
        worker.delta = delta;
        built
    }

    /// Inflates the data of an entry into `bytes`: a delta if `is_delta`, otherwise a whole object.
    /// Fails if the entry is of the other kind.
    fn inflate(
        &self,
        worker: &mut SweepWorker<'s, L::Memo>,
        entry: u32,
        bytes: &mut Vec<u8>,
        is_delta: bool,
    ) -> Result<(), ObjectFailure> {
        let entries = &self.forest.entries;
        let unreadable = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => {
                ObjectFailure::corrupt(error)
            }
            _ => ObjectFailure(SkipReason::Unreadable, error.to_string()),
        };
        let (head, packed) = entries
            .read(entry, &mut worker.window, self.hash)
            .map_err(unreadable)?;
        let EntryHeader {
            size,
            content,
            length,
        } = head;
        if matches!(content, EntryContent::Whole(_)) == is_delta {
            return Err(ObjectFailure::corrupt("the pack changed while it was read"));
        }
        if size > self.limit {
            return Err(too_large(size, self.limit));
        }
        let checksum = entries.checksum(entry);
        if checksum.is_some_and(|checksum| checksum != crc32fast::hash(packed)) {
            return Err(ObjectFailure::corrupt("its checksum is wrong"));
        }
        worker
            .inflater
            .inflate(&packed[length..], size, bytes)
            .map_err(ObjectFailure::corrupt)
    }

    /// Reports an object that could not be read, with the number of other objects that are built on
    /// it and are lost, too.
    fn lost(&self, entry: u32, ObjectFailure(reason, detail): ObjectFailure) {
        let others = self.forest.weight(entry).saturating_sub(1);
        let detail = if others > 0 {
            format!("{detail}; {others} more objects depend on this object")
        } else {
            detail
        };
        self.look.skip(self.id(entry).read(), reason, detail);
    }
}

fn too_large(size: u64, limit: u64) -> ObjectFailure {
    ObjectFailure(
        SkipReason::TooLarge,
        format!("{size} bytes; the limit is {limit}"),
    )
}
