//! The comparison of a token's access with the expected access, without input or output.

use super::access::{Access, LookupResult};
use super::reach::ReachedRoot;
use crate::model::access::{Capability, ExpectedAccess, ExpectedRoot, Publishing, UserAccess};
use crate::model::liveness::Identity;
use crate::model::notion_id::NotionId;
use crate::model::rule::Rule;
use crate::model::time::Date;
use crate::rules;

/// A difference between the access of a token and the expected access.
#[derive(Clone, Debug)]
pub struct Drift {
    /// The rule that reports the difference.
    pub rule: &'static Rule,
    /// The part of the access that differs.
    pub subject: DriftSubject,
    /// An explanation for people. It has ids, but no text from Notion.
    pub note: String,
}

/// The part of a token's access that a drift is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DriftSubject {
    /// The owner of the token.
    Identity,
    /// A capability of the token.
    Capability(Capability),
    /// The access to the workspace's members.
    Users,
    /// A page or a database.
    Object(NotionId),
}

impl DriftSubject {
    /// Returns the name of the subject in reports for programs.
    pub fn id(self) -> String {
        match self {
            DriftSubject::Identity => "identity".to_owned(),
            DriftSubject::Capability(capability) => capability.id().to_owned(),
            DriftSubject::Users => "users".to_owned(),
            DriftSubject::Object(id) => id.to_string(),
        }
    }
}

/// A part of the access that is unknown, as a text that follows "not compared:".
pub type NotCompared = &'static str;

/// Returns all differences, and the parts that could not be compared.
pub fn drift(
    identity: &Identity,
    access: &Access,
    expected: &ExpectedAccess,
    today: Date,
) -> (Vec<Drift>, Vec<NotCompared>) {
    let mut drifts = Vec::new();
    let mut gaps = Vec::new();
    drifts.extend(of_identity(identity, expected));
    if expected.workspace.is_some() && identity.workspace.is_none() {
        gaps.push("the workspace, because the answer does not name it");
    }
    drifts.extend(of_capabilities(access, expected));
    drifts.extend(
        access
            .users
            .and_then(|users| of_users(users, expected.users)),
    );
    let no_roots = Vec::new();
    match (&access.roots, &expected.roots) {
        (Some(roots), wanted) => {
            let wanted = wanted.as_ref().unwrap_or(&no_roots);
            drifts.extend(of_roots(access, roots, wanted, expected.published, today));
        }
        (None, Some(_)) => gaps.push(
            "the pages and databases shared with the token, because the token does not have the capability to read content",
        ),
        (None, None) => {}
    }
    (drifts, gaps)
}

/// Compares the owner of the token with the expected owner; `None` if they are the same.
pub fn of_identity(identity: &Identity, expected: &ExpectedAccess) -> Option<Drift> {
    let own = |id: &str| NotionId::answered(id);
    let is_bot = own(&identity.bot) == Some(expected.bot);
    let reported = identity.workspace.as_deref();
    let is_workspace = match (expected.workspace, reported) {
        (Some(wanted), Some(reported)) => own(reported) == Some(wanted),
        _ => true,
    };
    let is_kind =
        expected.kind.is_none() || identity.kind.is_none() || expected.kind == identity.kind;
    let note = match (is_workspace, is_bot, is_kind) {
        (true, true, true) => return None,
        (false, ..) => "It opens another workspace than the expected one",
        (_, false, _) => "It belongs to another integration than the expected one",
        (_, _, false) => "It is of another kind than the expected one",
    };
    Some(Drift {
        rule: &rules::WRONG_WORKSPACE,
        subject: DriftSubject::Identity,
        note: note.to_owned(),
    })
}

fn of_capabilities(access: &Access, expected: &ExpectedAccess) -> Vec<Drift> {
    let own = &access.capabilities;
    let about = |rule, capability: &Capability, note| Drift {
        rule,
        subject: DriftSubject::Capability(*capability),
        note: format!("It {note} {}", capability.words()),
    };
    let excess = own
        .has
        .iter()
        .filter(|has| !expected.capabilities.contains(has));
    let excess = excess.map(|has| about(&rules::CAPABILITY_EXCESS, has, "may"));
    let lacking = own
        .has_not
        .iter()
        .filter(|has_not| expected.capabilities.contains(has_not));
    let lacking = lacking.map(|lacks| about(&rules::CAPABILITY_MISSING, lacks, "may not"));
    excess.chain(lacking).collect()
}

fn of_users(users: UserAccess, expected: UserAccess) -> Option<Drift> {
    let (rule, note) = match users.cmp(&expected) {
        std::cmp::Ordering::Equal => return None,
        std::cmp::Ordering::Greater => (
            &rules::CAPABILITY_EXCESS,
            format!("It may {}", users.words()),
        ),
        std::cmp::Ordering::Less => (
            &rules::CAPABILITY_MISSING,
            format!("It may not {}", expected.words()),
        ),
    };
    let subject = DriftSubject::Users;
    Some(Drift {
        rule,
        subject,
        note,
    })
}

fn of_roots(
    access: &Access,
    roots: &[ReachedRoot],
    wanted: &[ExpectedRoot],
    published: Publishing,
    today: Date,
) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for root in roots {
        let known = wanted
            .iter()
            .find(|wanted| access.reach.means(wanted.id, root.id));
        match known {
            // An expected object may contain this root. A gap reports that the parent of the root
            // is unknown.
            _ if !root.is_placed => {}
            _ if root.is_trashed => drifts.push(trashed(root.id)),
            Some(_) => {}
            None => drifts.push(unexpected(root)),
        }
        let count = root.counts.published;
        if let Some(first) = root.published.filter(|_| published == Publishing::Deny) {
            drifts.push(Drift {
                rule: &rules::ACCESS_PUBLISHED,
                subject: DriftSubject::Object(root.id),
                note: format!(
                    "Objects published to the web, at or below this one: {count}, such as {first}"
                ),
            });
        }
    }
    drifts.extend(
        wanted
            .iter()
            .filter_map(|wanted| of_wanted(access, roots, wanted, today)),
    );
    drifts
}

/// Compares one expected object with its state; `None` if there is nothing to report. No reason is
/// required for an object that does not exist any more.
fn of_wanted(
    access: &Access,
    roots: &[ReachedRoot],
    wanted: &ExpectedRoot,
    today: Date,
) -> Option<Drift> {
    let found = access.looked_up.iter().find(|(id, _)| *id == wanted.id);
    let id = wanted.id;
    let (rule, note) = match found.map(|(_, found)| found) {
        Some(LookupResult::InTrash) => return Some(trashed(id)),
        // Sharing ended, as was expected.
        Some(LookupResult::Missing) if wanted.is_expired(today) => return None,
        // `of_roots` reports a root that is in the trash.
        None if access.reach.is_trashed(id) => {
            let is_root = |root: &ReachedRoot| access.reach.means(id, root.id);
            return (!roots.iter().any(is_root)).then(|| trashed(id));
        }
        Some(LookupResult::Missing) => {
            let note = format!("{id} is not there, or not shared: Notion does not say which");
            (&rules::ACCESS_MISSING, note)
        }
        // The object could not be looked up, which a gap reports.
        None if !access.reach.has(id) => return None,
        _ if wanted.is_expired(today) => {
            let day = wanted
                .expires
                .map_or_else(String::new, |day| day.to_string());
            let note = format!("{id} should not be shared after {day}");
            (&rules::ACCESS_EXPIRED, note)
        }
        _ if wanted.is_unexplained() => (
            &rules::ACCESS_UNEXPLAINED,
            format!("{id} has no reason yet"),
        ),
        _ => return None,
    };
    let subject = DriftSubject::Object(id);
    Some(Drift {
        rule,
        subject,
        note,
    })
}

fn trashed(id: NotionId) -> Drift {
    Drift {
        rule: &rules::ACCESS_TRASHED,
        subject: DriftSubject::Object(id),
        note: format!("{id} is in the trash and still shared"),
    }
}

fn unexpected(root: &ReachedRoot) -> Drift {
    Drift {
        rule: &rules::ACCESS_UNEXPECTED,
        subject: DriftSubject::Object(root.id),
        note: format!("{} is shared and not expected", root.id),
    }
}

#[cfg(test)]
mod tests;
