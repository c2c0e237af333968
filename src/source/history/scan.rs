//! The first sweep through all objects. Hands over the objects that may contain a match, and checks
//! that no referenced object is missing.

use std::collections::HashSet;
use std::io::Cursor;

use gix::ObjectId;
use gix::object::Kind;
use gix::objs::TreeRefIter;
use parking_lot::Mutex;

use crate::detect::scanner::Prefilter;
use crate::model::blob::{Blob, Origin, Part};
use crate::model::progress::Progress;
use crate::model::skip::{Skip, SkipReason};
use crate::source::unpack;

use super::super::lfs::Pointer;
use super::super::reader::Reader;
use super::super::{Limits, Objects, Visit};
use super::entries::touched;
use super::large::Met;
use super::links::{Links, SeenIds};
use super::look::{LazyId, Object, ObjectVisitor};

/// Files, each given by its name without directories and the id of its content.
pub type NamedFiles = HashSet<(Vec<u8>, ObjectId)>;

/// The visitor of the first sweep, which hands over the objects that may contain a match.
pub struct HistoryScan<'v> {
    prefilter: Prefilter<'v>,
    limits: &'v Limits,
    links: Links<'v>,
    visit: &'v Visit<'v>,
    progress: &'v Progress,
    objects: Mutex<Objects>,
    /// The files whose names a check is about, such as env files.
    named: Mutex<NamedFiles>,
    /// The blobs that are git-lfs pointers.
    pointers: Mutex<Vec<Met>>,
}

/// The state of a thread, reused from one object to the next.
#[derive(Default)]
pub struct Memory {
    seen: SeenIds,
    /// The reader of archives; `None` until the thread meets an archive.
    reader: Option<Reader>,
}

/// The objects that the first sweep through a store counted, missed or marked for later.
pub struct FirstSweep {
    /// The numbers of objects read.
    pub objects: Objects,
    /// The objects that others refer to but that are missing.
    pub missing: Vec<ObjectId>,
    /// The files whose names a check is about, such as env files.
    pub named: NamedFiles,
    /// The blobs that are git-lfs pointers.
    pub pointers: Vec<Met>,
}

impl<'v> HistoryScan<'v> {
    /// Returns a visitor that hands the objects that pass `prefilter` to `visit`, checks `links`,
    /// and updates `progress`.
    pub fn new(
        prefilter: Prefilter<'v>,
        limits: &'v Limits,
        links: Links<'v>,
        visit: &'v Visit<'v>,
        progress: &'v Progress,
    ) -> Self {
        let (objects, named, pointers) = (Mutex::default(), Mutex::default(), Mutex::default());
        HistoryScan {
            prefilter,
            limits,
            links,
            visit,
            progress,
            objects,
            named,
            pointers,
        }
    }

    /// Returns the results of the sweep.
    pub fn into_met(self) -> FirstSweep {
        FirstSweep {
            objects: self.objects.into_inner(),
            named: self.named.into_inner(),
            pointers: self.pointers.into_inner(),
            missing: self.links.into_missing(),
        }
    }

    /// Checks the links of a tree's entries, and hands over its names if a name may contain a
    /// match. Reads only the entries that overlap a fresh range. A malformed tree is searched as
    /// text. Returns true if trees built on this one must be searched whole.
    fn tree(&self, tree: &Object<'_>, seen: &mut SeenIds) -> bool {
        let (mut may_hold, mut has_named) = (false, false);
        let is_sound = touched(tree.bytes, tree.hash, tree.fresh, |entry, in_name| {
            // If only the id differs from the base, the entry is another version of a file with a known name.
            if entry.is_file() && self.prefilter.is_about(entry.name()) {
                self.named
                    .lock()
                    .insert((entry.name().to_vec(), entry.id.to_owned()));
                has_named = true;
            }
            if !entry.is_submodule() {
                self.links.check(entry.id, seen);
            }
            may_hold |= in_name && self.prefilter.may_hold_name(entry.name());
        });
        let is_hot = may_hold || !is_sound && self.prefilter.may_touch(tree.bytes, tree.fresh);
        if is_hot {
            self.names(tree);
        }
        // A tree that is a delta against this one may copy the entry of such a file, so it must be
        // read whole.
        is_hot || has_named
    }

    /// Hands over the names in a tree that may contain a match, each as a blob without content.
    /// If the tree is malformed, its bytes are scanned.
    fn names(&self, tree: &Object<'_>) {
        let id = tree.id().to_string();
        let origin = |path| Origin::Object {
            id: id.clone(),
            part: Part::PathName,
            path,
        };
        for entry in TreeRefIter::from_bytes(tree.bytes, tree.hash) {
            match entry {
                Ok(entry) if self.prefilter.may_hold_name(entry.filename) => {
                    (self.visit)(Ok(Blob::whole(&origin(Some(entry.filename.to_vec())), b"")));
                }
                Ok(_) => {}
                Err(_) => (self.visit)(Ok(Blob::whole(&origin(None), tree.bytes))),
            }
        }
    }

    /// Hands over a blob, commit or tag if it may contain a match or is an archive. Returns true if
    /// it was handed over.
    fn text(&self, text: &Object<'_>, part: Part, memory: &mut Memory) -> bool {
        // An object that begins with the same bytes as its base is an archive only if the base is
        // an archive. For such a base this method returned true, so the whole object is treated as
        // fresh.
        let begins_anew = text
            .fresh
            .first()
            .is_some_and(|first| first.start < unpack::START);
        let may_be_archive = part == Part::Content && begins_anew;
        let archive = if may_be_archive {
            self.limits.archive.kind(text.bytes)
        } else {
            None
        };
        let is_hot = archive.is_some() || self.prefilter.may_touch(text.bytes, text.fresh);
        if is_hot {
            let origin = Origin::Object {
                id: text.id().to_string(),
                part,
                path: None,
            };
            (self.visit)(Ok(Blob::whole(&origin, text.bytes)));
            if let Some(kind) = archive {
                let reader = memory
                    .reader
                    .get_or_insert_with(|| Reader::new(&self.limits.archive));
                reader.unpack(kind, Cursor::new(text.bytes), &origin, self.visit);
            }
        }
        is_hot
    }
}

impl ObjectVisitor for HistoryScan<'_> {
    type Memo = Memory;

    fn wants(&self, _: Kind, _: &LazyId<'_>) -> bool {
        true
    }

    fn take(&self, object: &Object<'_>, memory: &mut Memory) -> bool {
        let part = match object.kind {
            Kind::Tree => return self.tree(object, &mut memory.seen),
            Kind::Blob => Part::Content,
            Kind::Commit => Part::CommitMessage,
            Kind::Tag => Part::TagMessage,
        };
        if part != Part::Content {
            self.links.follow(object, &mut memory.seen);
        } else if let Some(pointer) = Pointer::parse(object.bytes) {
            self.pointers.lock().push((object.id(), pointer));
        }
        self.text(object, part, memory)
    }

    fn finish(&self, memory: Memory) {
        self.links.finish(memory.seen);
    }

    fn skip(&self, id: ObjectId, reason: SkipReason, detail: String) {
        let origin = Origin::Object {
            id: id.to_string(),
            part: Part::Content,
            path: None,
        };
        (self.visit)(Err(Skip::new(origin, reason, detail)));
    }

    fn count(&self, objects: Objects) {
        self.progress.advance(objects.count(), objects.bytes);
        *self.objects.lock() += objects;
    }

    fn is_stopped(&self) -> bool {
        self.progress.is_stopped()
    }
}
