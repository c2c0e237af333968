//! What the first sweep does with objects: those that may hold something are handed over, and links are followed.

use std::io::Cursor;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::object::Kind;
use gix::objs::TreeRefIter;

use crate::blob::{Blob, Origin, Part};
use crate::progress::Progress;
use crate::scanner::Prefilter;
use crate::skip::{Reason, Skip};

use super::super::reader::Reader;
use super::super::{Limits, Objects, Visit};
use super::links::{Links, Seen};
use super::look::{Look, Object};

/// Hands over what may hold something.
pub struct Scan<'v> {
    prefilter: Prefilter<'v>,
    limits: &'v Limits,
    links: Links<'v>,
    visit: &'v Visit<'v>,
    progress: &'v Progress,
    objects: Mutex<Objects>,
}

impl<'v> Scan<'v> {
    /// Hands what `prefilter` lets pass to `visit`, and follows `links`; tells `progress` of it.
    pub fn new(
        prefilter: Prefilter<'v>,
        limits: &'v Limits,
        links: Links<'v>,
        visit: &'v Visit<'v>,
        progress: &'v Progress,
    ) -> Self {
        Scan { prefilter, limits, links, visit, progress, objects: Mutex::default() }
    }

    /// How many objects were gone through, and the links that lead nowhere.
    pub fn into_parts(self) -> (Objects, Vec<ObjectId>) {
        (self.objects.into_inner().unwrap_or_else(PoisonError::into_inner), self.links.into_missing())
    }

    fn text(&self, object: &Object<'_>, part: Part) {
        let origin = Origin::Object { id: object.id().to_string(), part, path: None };
        (self.visit)(Ok(Blob::whole(&origin, object.bytes)));
        if let Some(kind) = self.limits.archive.kind(object.bytes).filter(|_| part == Part::Content) {
            Reader::new(&self.limits.archive).unpack(kind, Cursor::new(object.bytes), &origin, self.visit);
        }
    }

    /// The names in a tree, each as a blob of its own that has nothing but its name. A tree that makes no sense is a text.
    fn names(&self, tree: &Object<'_>) {
        let id = tree.id().to_string();
        let origin = |path| Origin::Object { id: id.clone(), part: Part::PathName, path };
        for entry in TreeRefIter::from_bytes(tree.bytes, tree.hash) {
            match entry {
                Ok(entry) if self.prefilter.may_hold(entry.filename) => {
                    (self.visit)(Ok(Blob::whole(&origin(Some(entry.filename.to_vec())), b"")));
                }
                Ok(_) => {}
                Err(_) => (self.visit)(Ok(Blob::whole(&origin(None), tree.bytes))),
            }
        }
    }
}

impl Look for Scan<'_> {
    type Memo = Seen;

    fn wants(&self, _: Kind) -> bool {
        true
    }

    /// All but blobs have links.
    fn wants_all(&self, kind: Kind) -> bool {
        kind != Kind::Blob
    }

    fn wants_begun(&self, head: &[u8]) -> bool {
        self.limits.archive.kind(head).is_some()
    }

    fn may_hold(&self, bytes: &[u8]) -> bool {
        self.prefilter.may_hold(bytes)
    }

    fn may_touch(&self, bytes: &[u8], stretches: &[Range<usize>]) -> bool {
        self.prefilter.may_touch(bytes, stretches)
    }

    fn take(&self, object: &Object<'_>, is_hot: bool, seen: &mut Seen) {
        self.links.follow(object, seen);
        match object.kind {
            _ if !is_hot => {}
            Kind::Blob => self.text(object, Part::Content),
            Kind::Commit => self.text(object, Part::CommitMessage),
            Kind::Tag => self.text(object, Part::TagMessage),
            Kind::Tree => self.names(object),
        }
    }

    fn skip(&self, id: ObjectId, reason: Reason, detail: String) {
        let origin = Origin::Object { id: id.to_string(), part: Part::Content, path: None };
        (self.visit)(Err(Skip::new(origin, reason, detail)));
    }

    fn count(&self, objects: Objects) {
        self.progress.advance(objects.count(), objects.bytes);
        *self.objects.lock().unwrap_or_else(PoisonError::into_inner) += objects;
    }

    fn is_stopped(&self) -> bool {
        self.progress.is_stopped()
    }
}
