//! What the first sweep does with objects: those that may hold something are handed over, and links are followed.

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
use super::look::{LazyId, Look, Object};

/// Files by the last part of their path, and what they hold.
pub type NamedFiles = HashSet<(Vec<u8>, ObjectId)>;

/// Hands over what may hold something.
pub struct HistoryScan<'v> {
    prefilter: Prefilter<'v>,
    limits: &'v Limits,
    links: Links<'v>,
    visit: &'v Visit<'v>,
    progress: &'v Progress,
    objects: Mutex<Objects>,
    /// Files that a check looks at for their names: these and their ids.
    named: Mutex<NamedFiles>,
    /// Pointers to what git-lfs keeps.
    pointers: Mutex<Vec<Met>>,
}

/// What a thread keeps from one object to the next.
#[derive(Default)]
pub struct Memory {
    seen: SeenIds,
    /// What archives are read with, once there was one.
    reader: Option<Reader>,
}

/// What the objects of a store came to.
pub struct Everything {
    /// How many were gone through.
    pub objects: Objects,
    /// The links that lead nowhere.
    pub missing: Vec<ObjectId>,
    /// The files that a check looks at for their names.
    pub named: NamedFiles,
    /// The pointers to what git-lfs keeps.
    pub pointers: Vec<Met>,
}

impl<'v> HistoryScan<'v> {
    /// Hands what `prefilter` lets pass to `visit`, and follows `links`; tells `progress` of it.
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

    /// What was met.
    pub fn into_met(self) -> Everything {
        Everything {
            objects: self.objects.into_inner(),
            named: self.named.into_inner(),
            pointers: self.pointers.into_inner(),
            missing: self.links.into_missing(),
        }
    }

    /// Follows the links of a tree's entries, and hands over its names if one of them may hold something: as far as
    /// they touch what is fresh. A tree that makes no sense is a text.
    fn tree(&self, tree: &Object<'_>, seen: &mut SeenIds) -> bool {
        let (mut may_hold, mut has_named) = (false, false);
        let is_sound = touched(tree.bytes, tree.hash, tree.fresh, |entry, in_name| {
            // The id alone may be fresh: then it is another version of the file.
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
        // What is built on a tree with such a file may have it, too, in another folder.
        is_hot || has_named
    }

    /// The names in a tree, each as a blob of its own that has nothing but its name.
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

    /// Hands over a text if it may hold something, or is an archive, which may.
    fn text(&self, text: &Object<'_>, part: Part, memory: &mut Memory) -> bool {
        // What begins as its base does is an archive if that one is, which then is hot.
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

impl Look for HistoryScan<'_> {
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
