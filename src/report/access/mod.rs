//! What a token may do and reach, for people and as JSON.

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

/// What was found out about a token.
pub struct AccessFacts {
    /// The variable that holds it, or `-` for standard input.
    pub variable: String,
    /// The token's identity.
    pub fingerprint: Fingerprint,
    /// Whose it is.
    pub identity: Identity,
    /// What it may do and reach.
    pub access: Access,
    /// What is expected of it; `None` where nobody has said.
    pub expected: Option<ExpectedAccess>,
    /// What the file of expectations is called.
    pub file: String,
    /// When it was asked.
    pub checked: SystemTime,
    /// The number of requests that were sent.
    pub requests: u32,
    /// The host that they were sent to.
    pub host: String,
}

impl AccessFacts {
    fn roots(&self) -> &[ReachedRoot] {
        self.access.roots.as_deref().unwrap_or_default()
    }

    /// How much is reached through all roots.
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

    /// How much is reached, in words.
    pub fn reached(&self) -> String {
        let sum = self.counts();
        let pages = count(sum.pages as usize, "page");
        let sources = count(sum.data_sources as usize, "data source");
        format!(
            "{pages}, {sources} below {}",
            count(self.roots().len(), "root")
        )
    }

    /// All texts in it that somebody wrote in Notion.
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

    /// What would make the access less, in sentences.
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

/// More roots than this are hard to keep in mind.
const MANY_ROOTS: usize = 20;

/// What a finding about access is known by: the variable, and what it is about.
pub fn identity(finding: &Finding) -> String {
    let variable = finding.variable.as_deref().unwrap_or_default();
    let subject = finding.subject.as_deref().unwrap_or_default();
    format!("{variable}/{subject}")
}

#[cfg(test)]
mod tests;
