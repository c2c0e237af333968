//! The access of a token, requested step by step. A failed step is recorded as a gap, never as an
//! empty answer.

use std::collections::HashSet;

use super::listing::{Listed, Members, ParentLink, PlacedKind};
use super::probe::Capabilities;
use super::reach::{OpenEnd, Parent, Reach, ReachKind, ReachedObject, ReachedRoot};
use super::{Notion, NotionObject, Presence, UnknownReason};
use crate::model::access::{Capability, UserAccess};
use crate::model::liveness::AnswerTrace;
use crate::model::notion_id::NotionId;
use crate::model::secret::Secret;

/// The largest number of requests of a run. At three requests a second they take nearly two hours.
const MAX_REQUESTS: u32 = 20_000;

/// The access of a token: its capabilities, and the pages and databases it reaches.
#[derive(Default)]
pub struct Access {
    /// The capabilities of the token.
    pub capabilities: Capabilities,
    /// The access to members; `None` if unknown.
    pub users: Option<UserAccess>,
    /// The number of people that the token may see; `None` if they were not counted.
    pub members: Option<u32>,
    /// Pages and databases that were shared with the token; `None` if it may read nothing.
    pub roots: Option<Vec<ReachedRoot>>,
    /// All objects that the token reaches.
    pub reach: Reach,
    /// The expected objects that are in no list, each with the result of looking it up.
    pub looked_up: Vec<(NotionId, LookupResult)>,
    /// Questions that were not answered.
    pub gaps: Vec<AccessGap>,
}

/// The result of looking up an expected object that is in no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupResult {
    /// The object can be reached.
    Shared,
    /// The object is in the trash.
    InTrash,
    /// The object does not exist or is not shared; Notion does not say which.
    Missing,
}

/// A question that was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessGap {
    /// The question, as a text that follows "not known:".
    pub what: String,
    /// The reason, without any text of the answer.
    pub why: String,
    /// The facts by which Notion's support can find the answer.
    pub trace: AnswerTrace,
    /// Advice, if there is any.
    pub help: Option<&'static str>,
}

/// The question of what a token can access, with everything that is needed to ask Notion.
pub struct AccessQuestion<'a> {
    /// The connection to Notion.
    pub notion: &'a mut Notion,
    /// The token whose access is determined.
    pub token: &'a Secret,
    /// The expected pages and databases. Expected objects that are in no list are looked up one by
    /// one.
    pub expected: &'a [NotionId],
    /// True if all members are to be counted.
    pub counts_members: bool,
}

impl AccessQuestion<'_> {
    /// Sends all requests. No request can change anything in Notion.
    pub fn ask(mut self) -> Access {
        let mut access = Access {
            capabilities: Capabilities::ask(self.notion, self.token),
            ..Access::default()
        };
        if let Some((reason, trace)) = &access.capabilities.fault {
            let unknown = access.capabilities.unknown.iter();
            let words: Vec<&str> = unknown.map(|capability| capability.words()).collect();
            let what = format!("whether the token may {}", words.join(", "));
            access.gaps.push(failed(what, reason, trace.clone()));
        }
        self.see_members(&mut access);
        let lists = self.list(false, &mut access) && self.list(true, &mut access);
        // The token reaches listed objects even if the probe says that it may not read.
        let is_told = !may_not_read(&access) || !access.reach.is_empty();
        if lists && is_told {
            self.place(&mut access);
            self.look_up(&mut access);
            access.roots = Some(access.reach.roots());
        }
        access
    }

    /// Requests members until one answer shows if e-mail addresses are visible, or all members if
    /// they are to be counted.
    fn see_members(&mut self, access: &mut Access) {
        let (mut people, mut sees_email, mut cursor) = (0, false, None);
        let mut seen = HashSet::new();
        loop {
            let verified = self.notion.members(self.token, cursor.as_deref());
            match verified.result {
                Members::NotPermitted if cursor.is_some() => {
                    access.gaps.push(refused(
                        "what the token may see of the members of the workspace",
                        verified.trace,
                    ));
                    return;
                }
                Members::NotPermitted => {
                    access.users = Some(UserAccess::None);
                    return;
                }
                Members::Unknown(reason) => {
                    let what = "what the token may see of the members of the workspace".to_owned();
                    access.gaps.push(failed(what, &reason, verified.trace));
                    return;
                }
                Members::Counted {
                    people: more,
                    has_email,
                    next,
                } => {
                    people += more;
                    sees_email |= has_email;
                    cursor = next;
                }
            }
            let is_enough = people > 0 && !self.counts_members;
            match &cursor {
                None => break,
                Some(_) if is_enough => break,
                Some(next) if self.goes_on(next, &mut seen) => {}
                Some(_) => {
                    access.gaps.push(endless(
                        "what the token may see of the members of the workspace",
                    ));
                    return;
                }
            }
        }
        if people == 0 {
            let why = "the list of members has no people in it";
            let what = "whether the token may see e-mail addresses".to_owned();
            let (why, trace) = (why.to_owned(), AnswerTrace::default());
            access.gaps.push(AccessGap {
                what,
                why,
                trace,
                help: None,
            });
            return;
        }
        let is_with_email = if sees_email {
            UserAccess::WithEmail
        } else {
            UserAccess::WithoutEmail
        };
        access.users = Some(is_with_email);
        access.members = self.counts_members.then_some(people);
    }

    /// Lists the shared objects, or only the shared objects in the trash. Returns false if the
    /// integration may not read content.
    fn list(&mut self, in_trash: bool, access: &mut Access) -> bool {
        let what = if in_trash {
            "everything in the trash that the token reaches"
        } else {
            "everything that the token reaches"
        };
        let (mut cursor, mut seen, mut is_whole) = (None, HashSet::new(), true);
        loop {
            let verified = self.notion.search(self.token, in_trash, cursor.as_deref());
            match verified.result {
                // The first answer and the probe agree that the integration may not read content.
                Listed::NotPermitted if !in_trash && cursor.is_none() && may_not_read(access) => {
                    return false;
                }
                Listed::NotPermitted => {
                    access.gaps.push(refused(what, verified.trace));
                    return true;
                }
                Listed::Unknown(reason) => {
                    access
                        .gaps
                        .push(failed(what.to_owned(), &reason, verified.trace));
                    return true;
                }
                Listed::Objects {
                    objects,
                    next,
                    is_cut,
                } => {
                    objects
                        .into_iter()
                        .for_each(|object| access.reach.add(object));
                    if is_cut && std::mem::take(&mut is_whole) {
                        access.gaps.push(cut(what, verified.trace));
                    }
                    cursor = next;
                }
            }
            match &cursor {
                None => return true,
                Some(next) if self.goes_on(next, &mut seen) => {}
                Some(_) => {
                    access.gaps.push(endless(what));
                    return true;
                }
            }
        }
    }

    /// Returns true if a list may be continued from `cursor`: the cursor was not used before, and
    /// the limit of requests is not reached.
    fn goes_on(&self, cursor: &str, seen: &mut HashSet<String>) -> bool {
        seen.insert(cursor.to_owned()) && self.notion.requests() < MAX_REQUESTS
    }

    /// Requests the parents of blocks, and of objects that were listed without a parent.
    fn place(&mut self, access: &mut Access) {
        for (id, kind) in access.reach.without_parent() {
            let kind = match kind {
                ReachKind::DataSource => PlacedKind::DataSource,
                _ => PlacedKind::Page,
            };
            match self.whereabouts(kind, id) {
                Ok(told) => access
                    .reach
                    .put(id, told.map_or(Parent::Elsewhere, |(at, _)| at)),
                Err(gap) => return access.gaps.push(gap),
            }
        }
        loop {
            let open = access.reach.open_ends();
            if open.is_empty() {
                return;
            }
            for end in open {
                if let Err(gap) = self.follow(end, &mut access.reach) {
                    return access.gaps.push(gap);
                }
            }
        }
    }

    /// Looks up an object or a block that is in no list. The id of an object may belong to a page,
    /// a database or a data source.
    fn follow(&mut self, end: OpenEnd, reach: &mut Reach) -> Result<(), AccessGap> {
        let id = match end {
            OpenEnd::Block(block) => {
                let parent = self.whereabouts(PlacedKind::Block, block)?;
                reach.put_block(
                    block,
                    parent.map_or(Parent::Elsewhere, |(parent, _)| parent),
                );
                return Ok(());
            }
            OpenEnd::Object(id) => id,
        };
        let kinds = [
            PlacedKind::Page,
            PlacedKind::Database,
            PlacedKind::DataSource,
        ];
        for kind in kinds {
            if let Some((_, Some(object))) = self.whereabouts(kind, id)? {
                let parent = object.parent;
                reach.add(ReachedObject { id, ..object });
                reach.put(
                    id,
                    if parent == Parent::Unknown {
                        Parent::Elsewhere
                    } else {
                        parent
                    },
                );
                return Ok(());
            }
        }
        reach.put_absent(id);
        Ok(())
    }

    /// Returns the parent of an object and the object itself; `None` if the token does not reach
    /// the object, or if the object is of another kind.
    fn whereabouts(
        &mut self,
        kind: PlacedKind,
        id: NotionId,
    ) -> Result<Option<(Parent, Option<ReachedObject>)>, AccessGap> {
        let what = format!("the parent of {id}");
        if self.notion.requests() >= MAX_REQUESTS {
            return Err(endless(&what));
        }
        let verified = self.notion.place(self.token, kind, id);
        match verified.result {
            ParentLink::In(Parent::Unknown, object) => Ok(Some((Parent::Elsewhere, object))),
            ParentLink::In(parent, object) => Ok(Some((parent, object))),
            ParentLink::Missing | ParentLink::OtherKind => Ok(None),
            ParentLink::Unknown(reason) => Err(failed(what, &reason, verified.trace)),
        }
    }

    /// Looks up each expected object that is in no list, because a search may miss objects.
    fn look_up(&mut self, access: &mut Access) {
        for id in self.expected {
            if access.reach.has(*id) {
                continue;
            }
            match self.presence(*id) {
                Ok(found) => access.looked_up.push((*id, found)),
                Err(gap) => access.gaps.push(gap),
            }
        }
    }

    /// Requests the object as a page, a database and a data source, and returns the first result
    /// that is neither "missing" nor "another kind".
    fn presence(&mut self, id: NotionId) -> Result<LookupResult, AccessGap> {
        let kinds = [
            NotionObject::Page,
            NotionObject::Database,
            NotionObject::DataSource,
        ];
        for kind in kinds {
            let verified = self.notion.object(self.token, kind, &id.to_string());
            let what = format!("whether the token reaches {id}");
            match verified.result {
                Presence::Shared => return Ok(LookupResult::Shared),
                Presence::InTrash => return Ok(LookupResult::InTrash),
                Presence::Missing | Presence::OtherKind => {}
                Presence::NotPermitted => {
                    let why = "the token does not have the capability to read content".to_owned();
                    return Err(AccessGap {
                        what,
                        why,
                        trace: verified.trace,
                        help: None,
                    });
                }
                Presence::Unknown(reason) => return Err(failed(what, &reason, verified.trace)),
            }
        }
        Ok(LookupResult::Missing)
    }
}

fn failed(what: String, reason: &UnknownReason, trace: AnswerTrace) -> AccessGap {
    let why = match reason {
        UnknownReason::Unexpected => "the answer has no known meaning".to_owned(),
        reason => reason.to_string(),
    };
    AccessGap {
        what,
        why,
        trace,
        help: reason.help(),
    }
}

fn cut(what: &str, trace: AnswerTrace) -> AccessGap {
    AccessGap {
        what: what.to_owned(),
        why: "Notion says that it left something out (request_status: incomplete)".to_owned(),
        trace,
        help: Some("share fewer pages with the integration, or only one page that contains them"),
    }
}

/// Returns true if the probe showed that the integration may not read content.
fn may_not_read(access: &Access) -> bool {
    let has_not = &access.capabilities.has_not;
    has_not.contains(&Capability::ReadContent)
}

/// Returns the gap for a list that Notion refuses although another answer shows that it is allowed.
fn refused(what: &str, trace: AnswerTrace) -> AccessGap {
    AccessGap {
        what: what.to_owned(),
        why: "Notion refuses the list, but allows other requests that need the same capability"
            .to_owned(),
        trace,
        help: None,
    }
}

fn endless(what: &str) -> AccessGap {
    AccessGap {
        what: what.to_owned(),
        why: "the list does not end".to_owned(),
        trace: AnswerTrace::default(),
        help: Some("share fewer pages with the integration"),
    }
}
