//! Walks through the objects of a git pack or bundle. A bundle is a list of refs followed by a
//! pack.

use std::io::ErrorKind;
use std::rc::Rc;

use crate::git::object::{self, ObjectId};
use crate::model::skip::SkipReason;

use super::build::{PackBase, PackSweep};
use super::content::{Failure, MemberContent};
use super::pack::{PackContent, ParsedPack};
use super::place::StreamPlace;
use super::walk::Walk;

/// The number of bytes built from a delta that count as one inflated byte against the limit. A
/// delta copies most of its result from the base, which is much faster than inflating.
const COPIED: u64 = 8;

impl Walk<'_> {
    /// Visits the objects of a bundle, and hands over its header text as its frame.
    pub fn bundle(&mut self, stream: &mut MemberContent<'_>, place: &StreamPlace) {
        self.holding(stream, place, "a git bundle", |walk, bytes| {
            let end = memchr::memmem::find(bytes, b"\n\n").map_or(bytes.len(), |end| end + 2);
            walk.frame(&mut &bytes[..end], place);
            walk.objects(&bytes[end..], place);
        });
    }

    /// Visits the objects of a pack.
    pub fn pack(&mut self, stream: &mut MemberContent<'_>, place: &StreamPlace) {
        self.holding(stream, place, "a git pack", |walk, bytes| {
            walk.objects(bytes, place)
        });
    }

    fn objects(&mut self, bytes: &[u8], place: &StreamPlace) {
        let pack = ParsedPack::read(bytes, self.meter);
        let tell = |walk: &mut Self, damage: &str| {
            walk.skip(
                place.path(),
                &walk.meter.failure(ErrorKind::InvalidData, damage),
            );
        };
        if let Some(damage) = &pack.damage {
            tell(self, damage);
        }
        let mut sweep = PackSweep::new(bytes, &pack);
        for root in 0..pack.entries.len() {
            if matches!(pack.entries[root].content, PackContent::Whole(_)) {
                self.family(&mut sweep, root, place);
            }
        }
        self.adrift(&mut sweep, place);
        if self.meter.is_spent() && pack.damage.is_none() {
            tell(self, "");
        }
    }

    /// Visits a whole object and all deltas built on it, directly or not.
    fn family(&mut self, sweep: &mut PackSweep<'_>, root: usize, place: &StreamPlace) {
        let mut pending: Vec<(usize, Option<Rc<PackBase>>)> = vec![(root, None)];
        while let Some((entry, base)) = pending.pop() {
            if self.meter.is_spent() {
                return;
            }
            let object = self.object(sweep, entry, base.as_deref(), place);
            sweep.kept -= base
                .and_then(Rc::into_inner)
                .map_or(0, |base| base.bytes.len() as u64);
            let Some((object, id)) = object else { continue };
            let others = sweep.built.take(entry, id);
            let length = object.bytes.len() as u64;
            if others.is_empty() {
                continue;
            }
            if sweep.kept + length > self.limits.held {
                self.lost(
                    sweep,
                    &others,
                    place,
                    SkipReason::Limit,
                    "their delta base is too large to be held in memory",
                );
                continue;
            }
            sweep.kept += length;
            let base = Rc::new(object);
            pending.extend(
                others
                    .into_iter()
                    .map(|other| (other, Some(Rc::clone(&base)))),
            );
        }
    }

    /// Reads the object of `entry` and passes its content on. Returns the object and its id; `None`
    /// if the object could not be read, which is reported.
    fn object(
        &mut self,
        sweep: &mut PackSweep<'_>,
        entry: usize,
        base: Option<&PackBase>,
        place: &StreamPlace,
    ) -> Option<(PackBase, Option<ObjectId>)> {
        sweep.done[entry] = true;
        let (bytes, kind) = match sweep.read(entry, base, self.limits.held) {
            Ok(read) => read,
            Err(failure) => {
                self.skip(sweep.place(entry, None, place).path(), &failure);
                return None;
            }
        };
        if base.is_some() {
            self.meter.charge(bytes.len() as u64 / COPIED);
        }
        let id = object::id(sweep.pack.hash, kind, &bytes);
        let meter = self.meter;
        self.content(
            &mut MemberContent::stored(&*bytes, meter),
            &sweep.place(entry, id, place),
        );
        Some((PackBase { kind, bytes }, id))
    }

    /// Reports the deltas whose base is missing or unreadable, and hands over the inflated deltas
    /// themselves.
    fn adrift(&mut self, sweep: &mut PackSweep<'_>, place: &StreamPlace) {
        let rest: Vec<usize> = (0..sweep.done.len())
            .filter(|entry| !sweep.done[*entry])
            .collect();
        if rest.is_empty() || self.meter.is_spent() {
            return;
        }
        for entry in &rest {
            if sweep.inflate(*entry, self.limits.held).is_ok() {
                self.frame(&mut &*sweep.delta, &sweep.place(*entry, None, place));
            }
        }
        let why = "their delta bases are not in the pack, or cannot be read: add the pack to a repository that \
                   has them (`git bundle unbundle`, `git index-pack --fix-thin --stdin`), and scan the \
                   repository with `ntnguard history`";
        self.lost(sweep, &rest, place, SkipReason::Unsupported, why);
    }

    fn lost(
        &mut self,
        sweep: &mut PackSweep<'_>,
        entries: &[usize],
        place: &StreamPlace,
        reason: SkipReason,
        why: &str,
    ) {
        entries.iter().for_each(|entry| sweep.done[*entry] = true);
        self.skip(
            place.path(),
            &Failure::new(
                reason,
                format!("{} objects of a git pack: {why}", entries.len()),
            ),
        );
    }
}
