//! Finds the policy entries that nothing needs any more.

use std::collections::HashSet;

use crate::model::finding::Finding;
use crate::model::skip::Skip;

use super::{AllowEntry, Policy};

/// Policy entries that matched nothing in a scan.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Stale {
    /// The indexes, from 0, of the allowlist entries that matched nothing.
    pub allow: Vec<usize>,
    /// The line numbers, from 1, of the baseline entries that matched nothing.
    pub baseline: Vec<usize>,
}

impl Policy {
    /// Returns the entries that match none of `findings` and `skips`, which must be the results of
    /// a complete scan. Expired entries are left out: they are reported elsewhere. Entries about a
    /// line of code are left out too: no single scan runs all code rules on all code.
    pub fn stale<'f>(
        &self,
        findings: impl Iterator<Item = &'f Finding> + Clone,
        skips: impl Iterator<Item = &'f Skip> + Clone,
    ) -> Stale {
        let unmatched = |entry: &AllowEntry| {
            !entry.is_about_code()
                && !findings.clone().any(|finding| entry.may_match(finding))
                && !skips.clone().any(|skip| entry.may_accept(skip))
        };
        let allow = self
            .config
            .allow
            .iter()
            .enumerate()
            .filter(|(_, entry)| !entry.is_expired(self.today) && unmatched(entry));
        let found: HashSet<_> = findings.clone().filter_map(Finding::fingerprint).collect();
        let unknown =
            self.config.baseline.lines().filter(|(fingerprint, _)| {
                !fingerprint.is_of_code() && !found.contains(fingerprint)
            });
        Stale {
            allow: allow.map(|(at, _)| at).collect(),
            baseline: unknown.filter_map(|(_, line)| line).collect(),
        }
    }
}
