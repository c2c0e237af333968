//! The report of `ntnguard access`, for people and as JSON.

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

/// The facts that `ntnguard access` found out about a token.
pub struct AccessFacts {
    /// The variable that holds the token, or `-` for standard input.
    pub variable: String,
    /// The fingerprint of the token.
    pub fingerprint: Fingerprint,
    /// The integration or user that the token belongs to.
    pub identity: Identity,
    /// The capabilities and the reach of the token.
    pub access: Access,
    /// The expected access; `None` if the file of expectations does not have the token.
    pub expected: Option<ExpectedAccess>,
    /// The name of the file of expectations, such as `.ntnguard-access.yaml`.
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

    /// Returns the reach of the token as text, such as `7 pages, 1 data source below 4 roots`.
    pub fn reached(&self) -> String {
        let sum = self.counts();
        let pages = count(sum.pages as usize, "page");
        let sources = count(sum.data_sources as usize, "data source");
        format!(
            "{pages}, {sources} below {}",
            count(self.roots().len(), "root")
        )
    }

    /// Returns all strings that come from Notion, so that values can be masked in them.
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

    /// Returns advice on how to reduce the access, one sentence for each way.
    fn hints(&self) -> Vec<&'static str> {
        let may = |capability| self.access.capabilities.may(capability);
        let writes = may(Capability::UpdateContent) || may(Capability::InsertContent);
        let is_open = self.expected.is_none();
        let hints = [
            (
                self.identity.kind == Some(Kind::User),
                "the token reaches everything that its user reaches: prefer an internal integration, which \
                 reaches only pages shared with it",
            ),
            (
                is_open && may(Capability::ReadContent) && writes,
                "the token reads and writes: for a program that only reads, use an integration \
                 that may only read",
            ),
            (
                is_open && self.access.users == Some(UserAccess::WithEmail),
                "the token sees the e-mail addresses of members: few programs need them",
            ),
            (
                is_open && may(Capability::ReadContent) && self.roots().len() > MANY_ROOTS,
                "many pages were shared one by one: put what the program needs below one page, and \
                 share only that page",
            ),
        ];
        let relevant = hints.into_iter().filter(|(is_so, _)| *is_so);
        relevant.map(|(_, hint)| hint).collect()
    }
}

/// The largest number of roots without a hint: a person can still keep that many in mind.
const MANY_ROOTS: usize = 20;

/// Returns the identity of a finding about access: `VARIABLE/SUBJECT`.
pub fn identity(finding: &Finding) -> String {
    let variable = finding.variable.as_deref().unwrap_or_default();
    let subject = finding.subject.as_deref().unwrap_or_default();
    format!("{variable}/{subject}")
}

#[cfg(test)]
mod tests;
