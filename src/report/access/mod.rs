//! The access of a token, for people and as JSON.

mod human;
mod wire;

pub use human::write;
pub use wire::json;

use std::time::SystemTime;

use super::summary::count;
use crate::live::access::Access;
use crate::live::reach::{ReachCounts, ReachedRoot};
use crate::live::{Identity, Kind};
use crate::model::access::{Capability, ExpectedAccess, UserAccess};
use crate::model::finding::Finding;
use crate::model::secret::Fingerprint;

/// The facts about a token.
pub struct AccessFacts {
    /// The variable that holds the token, or `-` for standard input.
    pub variable: String,
    /// The token's identity.
    pub fingerprint: Fingerprint,
    /// The integration or user that the token belongs to.
    pub identity: Identity,
    /// The capabilities and the reach of the token.
    pub access: Access,
    /// The expected access; `None` where there are no expectations for the token.
    pub expected: Option<ExpectedAccess>,
    /// The name of the file of expectations.
    pub file: String,
    /// The time of the requests.
    pub checked: SystemTime,
    /// The number of requests sent.
    pub requests: u32,
    /// The host that the requests were sent to.
    pub host: String,
}

impl AccessFacts {
    fn roots(&self) -> &[ReachedRoot] {
        self.access.roots.as_deref().unwrap_or_default()
    }

    /// Returns the sum of the pages and data sources reached through all roots.
    fn counts(&self) -> ReachCounts {
        let mut sum = ReachCounts::default();
        for ReachedRoot { counts, .. } in self.roots() {
            sum.pages += counts.pages;
            sum.data_sources += counts.data_sources;
            sum.trashed += counts.trashed;
            sum.published += counts.published;
        }
        sum
    }

    /// Returns the reach of the token, in words.
    pub fn reached(&self) -> String {
        let sum = self.counts();
        let pages = count(sum.pages as usize, "page");
        let sources = count(sum.data_sources as usize, "data source");
        format!(
            "{pages}, {sources} below {}",
            count(self.roots().len(), "root")
        )
    }

    /// Returns all texts in the facts that somebody wrote in Notion.
    pub fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let Identity {
            bot,
            name,
            workspace,
            workspace_name,
            ..
        } = &mut self.identity;
        let roots = self.access.roots.iter_mut().flatten();
        let names = [name, workspace, workspace_name].into_iter().flatten();
        let all = names.chain([bot]);
        all.chain(roots.map(|root| &mut root.title))
    }

    /// Returns the ways to reduce the access, in sentences.
    fn hints(&self) -> Vec<&'static str> {
        let may = |capability| self.access.capabilities.may(capability);
        let writes = may(Capability::UpdateContent) || may(Capability::InsertContent);
        let is_open = self.expected.is_none();
        let hints = [
            (
                self.identity.kind == Some(Kind::User),
                "it reaches what its user reaches: an internal integration reaches what is shared",
            ),
            (
                is_open && may(Capability::ReadContent) && writes,
                "it reads and writes: a program that only reads needs an integration of its own",
            ),
            (
                is_open && self.access.users == Some(UserAccess::WithEmail),
                "it sees e-mail addresses: few programs need them",
            ),
            (
                is_open && may(Capability::ReadContent) && self.roots().len() > MANY_ROOTS,
                "much was shared by itself: what one program needs can lie below one page",
            ),
        ];
        let told = hints.into_iter().filter(|(is_so, _)| *is_so);
        told.map(|(_, hint)| hint).collect()
    }
}

/// The largest number of roots that is easy to keep in mind.
const MANY_ROOTS: usize = 20;

/// Returns the identity of a finding about access: its variable and its subject.
pub fn identity(finding: &Finding) -> String {
    let variable = finding.variable.as_deref().unwrap_or_default();
    let subject = finding.subject.as_deref().unwrap_or_default();
    format!("{variable}/{subject}")
}

#[cfg(test)]
mod tests;
