//! Loose objects: one file each.

use std::io::ErrorKind;
use std::path::Path;
use std::slice;
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;
use gix::hash::Kind as HashKind;
use gix::odb::loose;
use rayon::prelude::*;

use crate::error::chain;
use crate::skip::{Reason, Skip};
use crate::source::Objects;

use super::look::{Id, Look, Object};
use super::store::damaged;

/// The loose objects in one folder.
pub struct Loose {
    store: loose::Store,
    limit: u64,
    /// Their ids, sorted.
    ids: Vec<ObjectId>,
    /// Whether some were gone when they were to be read.
    has_moved: AtomicBool,
}

/// How many objects a thread takes at once.
const AT_ONCE: usize = 512;

impl Loose {
    /// The loose objects in `folder`, of which those over `limit` bytes are skipped.
    pub fn list(folder: &Path, hash: HashKind, limit: u64, skip: &dyn Fn(Skip)) -> Self {
        let store = loose::Store::at(folder, hash);
        let mut ids = Vec::new();
        for id in store.iter() {
            match id {
                Ok(id) => ids.push(id),
                // Git removes a folder with the last object in it.
                Err(error)
                    if error.depth() > 0
                        && error.io_error().is_some_and(|error| error.kind() == ErrorKind::NotFound) => {}
                Err(error) => skip(damaged(folder, Reason::Unreadable, error)),
            }
        }
        ids.sort_unstable();
        Loose { store, limit, ids, has_moved: AtomicBool::new(false) }
    }

    /// Leaves out those that are `known`.
    pub fn leave_out(&mut self, known: &Loose) {
        self.ids.retain(|id| !known.has(id));
    }

    /// Their ids.
    pub fn ids(&self) -> impl Iterator<Item = &gix::oid> + '_ {
        self.ids.iter().map(AsRef::as_ref)
    }

    /// Takes others, none of which is known.
    pub fn absorb(&mut self, others: Loose) {
        self.ids.extend(others.ids);
        self.ids.sort_unstable();
    }

    /// Whether some were gone when they were to be read: they are in a pack by now, or were pruned.
    pub fn has_moved(&self) -> bool {
        self.has_moved.load(Ordering::Relaxed)
    }

    fn moved(&self) {
        self.has_moved.store(true, Ordering::Relaxed);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether the object is one of them.
    pub fn has(&self, id: &gix::oid) -> bool {
        self.ids.binary_search_by(|known| known.as_ref().cmp(id)).is_ok()
    }

    /// Goes through them.
    pub fn sweep<L: Look>(&self, look: &L) {
        self.ids.par_chunks(AT_ONCE).for_each_init(Vec::new, |buffer, ids| {
            let mut memo = L::Memo::default();
            for id in ids.iter().take_while(|_| !look.is_stopped()) {
                if let Err((reason, detail)) = self.object(*id, look, &mut memo, buffer) {
                    look.skip(*id, reason, detail);
                }
            }
        });
    }

    /// Takes one object, if it is to be taken. One that is gone by now was packed, or pruned.
    fn object<L: Look>(
        &self,
        id: ObjectId,
        look: &L,
        memo: &mut L::Memo,
        buffer: &mut Vec<u8>,
    ) -> Result<(), (Reason, String)> {
        let corrupt = |error: &dyn std::error::Error| (Reason::Corrupt, chain(error));
        let Some((size, kind)) = self.store.try_header(&id).map_err(|error| corrupt(&error))? else {
            self.moved();
            return Ok(());
        };
        if !look.wants(kind) {
            return Ok(());
        }
        if size > self.limit {
            return Err((Reason::TooLarge, format!("{size} bytes; the limit is {}", self.limit)));
        }
        let Some(object) = self.store.try_find(&id, buffer).map_err(|error| corrupt(&error))? else {
            self.moved();
            return Ok(());
        };
        let real = gix::objs::compute_hash(id.kind(), kind, object.data).map_err(|error| corrupt(&error))?;
        if real != id {
            return Err((Reason::Corrupt, "it holds something else".into()));
        }
        look.count(Objects::one(kind, size));
        let (bytes, hash, id) = (object.data, id.kind(), Id::Known(id));
        look.take(&Object { kind, bytes, fresh: slice::from_ref(&(0..bytes.len())), hash, id }, memo);
        Ok(())
    }
}
