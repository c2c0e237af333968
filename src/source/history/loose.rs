//! Reads loose objects, each of which is a separate file.

use std::io::ErrorKind;
use std::path::Path;
use std::slice;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;
use gix::hash::Kind as HashKind;
use gix::object::Kind;
use gix::odb::loose;
use rayon::prelude::*;

use crate::error::chain;
use crate::model::skip::{Skip, SkipReason};
use crate::source::Objects;

use super::look::{LazyId, Object, ObjectVisitor};
use super::store::damaged;

/// The loose objects in one object directory.
pub struct Loose {
    store: loose::Store,
    limit: u64,
    /// The objects, sorted by id.
    objects: Vec<LooseObject>,
    /// True if git packed or pruned a listed object before it was read.
    has_moved: AtomicBool,
}

/// An object, with its kind once the kind is known. A later sweep that does not want this kind can
/// then skip the file.
struct LooseObject {
    id: ObjectId,
    kind: OnceLock<Kind>,
}

impl LooseObject {
    fn new(id: ObjectId) -> Self {
        LooseObject {
            id,
            kind: OnceLock::new(),
        }
    }
}

/// The number of objects in one task of a thread.
const AT_ONCE: usize = 512;

impl Loose {
    /// Lists the loose objects in `folder`. Objects of more than `limit` bytes will be skipped by a
    /// sweep.
    pub fn list(folder: &Path, hash: HashKind, limit: u64, skip: &dyn Fn(Skip)) -> Self {
        let store = loose::Store::at(folder, hash);
        let mut objects = Vec::new();
        for id in store.iter() {
            match id {
                Ok(id) => objects.push(LooseObject::new(id)),
                // Git removes an empty subdirectory when its last object is packed or pruned.
                Err(error)
                    if error.depth() > 0
                        && error
                            .io_error()
                            .is_some_and(|error| error.kind() == ErrorKind::NotFound) => {}
                Err(error) => skip(damaged(folder, SkipReason::Unreadable, error)),
            }
        }
        objects.sort_unstable_by_key(|object| object.id);
        Loose {
            store,
            limit,
            objects,
            has_moved: AtomicBool::new(false),
        }
    }

    /// Removes the objects that `known` also has.
    pub fn leave_out(&mut self, known: &Loose) {
        self.objects.retain(|object| !known.has(&object.id));
    }

    /// Returns the ids of the objects.
    pub fn ids(&self) -> impl Iterator<Item = &gix::oid> + '_ {
        self.objects.iter().map(|object| object.id.as_ref())
    }

    /// Adds `others`, which must have no object in common with these.
    pub fn absorb(&mut self, others: Loose) {
        self.objects.extend(others.objects);
        self.objects.sort_unstable_by_key(|object| object.id);
    }

    /// Returns true if git packed or pruned a listed object before it was read.
    pub fn has_moved(&self) -> bool {
        self.has_moved.load(Ordering::Relaxed)
    }

    fn moved(&self) {
        self.has_moved.store(true, Ordering::Relaxed);
    }

    /// Returns true if there are no objects.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Returns true if the object is listed here.
    pub fn has(&self, id: &gix::oid) -> bool {
        self.objects
            .binary_search_by(|known| known.id.as_ref().cmp(id))
            .is_ok()
    }

    /// Hands all wanted objects to the visitor `look`.
    pub fn sweep<L: ObjectVisitor>(&self, look: &L) {
        self.objects
            .par_chunks(AT_ONCE)
            .for_each_init(Vec::new, |buffer, objects| {
                let mut memo = L::Memo::default();
                for object in objects.iter().take_while(|_| !look.is_stopped()) {
                    if let Err((reason, detail)) = self.object(object, look, &mut memo, buffer) {
                        look.skip(object.id, reason, detail);
                    }
                }
                look.finish(memo);
            });
    }

    /// Hands one object to the visitor `look`, if `look` wants it. An object that no longer exists
    /// is noted as moved: git has packed or pruned it.
    fn object<L: ObjectVisitor>(
        &self,
        named: &LooseObject,
        look: &L,
        memo: &mut L::Memo,
        buffer: &mut Vec<u8>,
    ) -> Result<(), (SkipReason, String)> {
        let corrupt = |error: &dyn std::error::Error| (SkipReason::Corrupt, chain(error));
        let (id, name) = (named.id, LazyId::Known(&named.id));
        let known = named.kind.get();
        if known.is_some_and(|kind| !look.wants(*kind, &name)) {
            return Ok(());
        }
        let header = self.store.try_header(&id);
        let Some((size, kind)) = header.map_err(|error| corrupt(&error))? else {
            self.moved();
            return Ok(());
        };
        if !look.wants(*named.kind.get_or_init(|| kind), &name) {
            return Ok(());
        }
        if size > self.limit {
            return Err((
                SkipReason::TooLarge,
                format!("{size} bytes; the limit is {}", self.limit),
            ));
        }
        let found = self.store.try_find(&id, buffer);
        let Some(object) = found.map_err(|error| corrupt(&error))? else {
            self.moved();
            return Ok(());
        };
        let real = gix::objs::compute_hash(id.kind(), kind, object.data)
            .map_err(|error| corrupt(&error))?;
        if real != id {
            return Err((
                SkipReason::Corrupt,
                "its content does not match its id".into(),
            ));
        }
        look.count(Objects::one(kind, size));
        let (bytes, hash) = (object.data, id.kind());
        let all = 0..bytes.len();
        look.take(
            &Object {
                kind,
                bytes,
                fresh: slice::from_ref(&all),
                hash,
                id: name,
                root: name,
            },
            memo,
        );
        Ok(())
    }
}
