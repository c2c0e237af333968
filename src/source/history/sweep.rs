//! The sweep through a pack: every object once, a base before the objects built on it, by all
//! threads.
//!
//! A thread takes a root and follows its tree depth first, so that a base is inflated once and is
//! still in the processor's cache when its children are built. Of an entry's children the heaviest
//! is followed last, when the base is no longer needed. So a base is kept only while a lighter
//! subtree is followed, which has less than half of the entries, and never more than log₂ of the
//! number of entries are kept at once, however long a chain of deltas is.

use std::ops::Range;
use std::slice;
use std::sync::Arc;

use gix::object::Kind;
use parking_lot::{Mutex, MutexGuard};
use rayon::ScopeFifo;

use crate::git::object::{Delta, Fresh, Inflater};
use crate::model::skip::SkipReason;
use crate::source::Objects;

use super::look::{LazyId, Look, Object};
use super::pack::{EntryContent, EntryHeader, Forest, Pack, Window};

/// The number of objects after which a thread reports its progress.
const TOLD: u64 = 1024;

/// The number of entries in which a thread looks for roots at once.
const AT_ONCE: u32 = 1024;

/// A sweep through one pack.
pub struct Sweep<'s, L: Look> {
    pack: &'s Pack,
    forest: &'s Forest,
    hash: gix::hash::Kind,
    look: &'s L,
    /// The size in bytes above which objects are skipped.
    limit: u64,
    /// The number of entries from which on a subtree is left to another thread.
    share: u32,
    workers: Mutex<Vec<SweepWorker<'s, L::Memo>>>,
}

/// The state of a thread, kept from one task to the next.
struct SweepWorker<'s, M> {
    window: Window<'s>,
    inflater: Inflater,
    delta: Vec<u8>,
    fresh: Fresh,
    spare: Vec<Vec<u8>>,
    objects: Objects,
    memo: M,
}

/// The size in bytes up to which the memory of an object is used for the next one; larger objects
/// are few.
const SPARED: usize = 512 * 1024;

impl<M> SweepWorker<'_, M> {
    /// Keeps the memory of an object that is done with.
    fn spare(&mut self, bytes: Vec<u8>) {
        if bytes.capacity() <= SPARED {
            self.spare.push(bytes);
        }
    }
}

/// A root and the objects built on it.
#[derive(Clone, Copy)]
struct DeltaFamily {
    root: u32,
    kind: Kind,
}

/// An object that others are built on.
struct SweepBase {
    bytes: Vec<u8>,
    /// True if the object may contain a match: then any object built on it may, too.
    is_hot: bool,
}

/// The reason that an object could not be read.
struct ObjectFailure(SkipReason, String);

impl ObjectFailure {
    fn corrupt(detail: impl ToString) -> Self {
        ObjectFailure(SkipReason::Corrupt, detail.to_string())
    }
}

impl<'s, L: Look> Sweep<'s, L> {
    /// A sweep through `pack` that skips objects over `limit` bytes.
    pub fn new(
        pack: &'s Pack,
        forest: &'s Forest,
        hash: gix::hash::Kind,
        look: &'s L,
        limit: u64,
    ) -> Self {
        // So few subtrees are handed on that the memory of their bases does not matter.
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

    /// Goes through the pack. Entries that no root leads to are reported as corrupt.
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
                ObjectFailure::corrupt("what it is built on is missing or damaged"),
            );
        }
    }

    /// The families to go through whose roots are among `entries`.
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

    /// Goes through the tree of deltas below `first`, which is the root of its family or built on a
    /// base.
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

    /// Queues the children of an entry, the heaviest to be followed last. Of the others, large ones
    /// are left to idle threads.
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

    /// Reads an entry and hands its object to `look`.
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

    /// Builds an object from its base into `bytes`.
    fn build(
        &self,
        worker: &mut SweepWorker<'s, L::Memo>,
        entry: u32,
        base: &SweepBase,
        bytes: &mut Vec<u8>,
    ) -> Result<(), ObjectFailure> {
        let nonsense =
            || ObjectFailure::corrupt("it is built from its base by steps that make no sense");
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

    /// Inflates the data of an entry, which is a delta or a whole object, into `bytes`.
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
            return Err(ObjectFailure::corrupt("it was changed while it was read"));
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

    /// Reports an object that could not be read, with the number of objects built on it.
    fn lost(&self, entry: u32, ObjectFailure(reason, detail): ObjectFailure) {
        let others = self.forest.weight(entry).saturating_sub(1);
        let detail = if others > 0 {
            format!("{detail}; {others} more are built on it")
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
