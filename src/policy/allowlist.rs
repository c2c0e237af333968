//! The allowlist: entries for findings that are known and dealt with.

use crate::model::blob::Part;
use crate::model::finding::Finding;
use crate::model::rule::RuleKind;
use crate::model::secret::Fingerprint;
use crate::model::skip::Skip;
use crate::model::time::Date;
use crate::policy::pattern::Pattern;
use crate::rules::by_id;

/// An entry of the allowlist. With `unscanned`, it accepts one object that cannot be scanned.
/// Otherwise it matches the findings that satisfy all of its other fields.
#[derive(Clone, Debug)]
pub struct AllowEntry {
    /// The fingerprint of the findings: of one secret value, or of one line of code. `None` matches
    /// any finding.
    pub fingerprint: Option<Fingerprint>,
    /// The fingerprint of the content of one object that is accepted without being scanned. An
    /// entry with this field matches no finding.
    pub unscanned: Option<Fingerprint>,
    /// The patterns of paths, one of which must match. If empty, any path matches.
    pub paths: Vec<Pattern>,
    /// The ids of the rules that report the findings; all rules if empty.
    pub rules: Vec<&'static str>,
    /// The reason for the entry.
    pub reason: String,
    /// The last day on which the entry is in force; `None` if it never expires.
    pub expires: Option<Date>,
}

impl AllowEntry {
    /// Returns true if the entry matches `finding` at its own path, or at all paths that the
    /// finding names.
    pub fn matches(&self, finding: &Finding) -> bool {
        let mut paths = finding.named_paths().peekable();
        self.matches_at(finding, finding.origin.path())
            || paths.peek().is_some() && paths.all(|path| self.matches_at(finding, Some(path)))
    }

    /// Returns true if the entry would match `finding` at `path`.
    pub fn matches_at(&self, finding: &Finding, path: Option<&[u8]>) -> bool {
        self.is_about(finding) && self.is_for(path)
    }

    /// Returns true if the entry matches the finding's fingerprint and rule, whatever its path.
    fn is_about(&self, finding: &Finding) -> bool {
        let value = finding.fingerprint();
        self.unscanned.is_none()
            && (self.fingerprint.is_none() || self.fingerprint.as_ref() == value)
            && (self.rules.is_empty() || self.rules.contains(&finding.rule.id))
    }

    /// Returns true if the entry can match only findings of code rules.
    pub fn is_about_code(&self) -> bool {
        let is_of_code = |id: &&str| by_id(id).is_some_and(|rule| rule.kind == RuleKind::Code);
        let names_line = self
            .fingerprint
            .as_ref()
            .is_some_and(Fingerprint::is_of_code);
        names_line || !self.rules.is_empty() && self.rules.iter().all(is_of_code)
    }

    /// Returns true if the entry's path patterns match `path`, or if the entry has no path
    /// patterns.
    fn is_for(&self, path: Option<&[u8]>) -> bool {
        self.paths.is_empty()
            || path.is_some_and(|path| self.paths.iter().any(|pattern| pattern.matches(path)))
    }

    /// Returns true if the entry matches `finding`, or may match it at a path that its git object
    /// has or had in history. If no path of the object is known, any path is possible.
    pub fn may_match(&self, finding: &Finding) -> bool {
        let placement = finding.placement.iter();
        let paths: Vec<&[u8]> = placement.flat_map(|placement| placement.rooted()).collect();
        let is_pathless = finding.origin.path().is_none()
            && finding.origin.part() == Some(Part::Content)
            && paths.is_empty();
        self.matches(finding)
            || paths
                .iter()
                .any(|path| self.matches_at(finding, Some(path)))
            || is_pathless && self.is_about(finding)
    }

    /// Returns true if the entry accepts `skip`, or may accept it because the path of `skip` is not
    /// known.
    pub fn may_accept(&self, skip: &Skip) -> bool {
        self.accepts(skip) || skip.origin.path().is_none() && self.names_object(skip)
    }

    /// Returns true if the entry accepts that the object of `skip` was not scanned.
    pub fn accepts(&self, skip: &Skip) -> bool {
        self.accepts_at(skip, skip.origin.path())
    }

    /// Returns true if the entry would accept `skip` at `path`.
    pub fn accepts_at(&self, skip: &Skip, path: Option<&[u8]>) -> bool {
        self.names_object(skip) && self.is_for(path)
    }

    /// Returns true if `unscanned` is the digest of the object of `skip`.
    fn names_object(&self, skip: &Skip) -> bool {
        self.unscanned.is_some()
            && self.unscanned.as_ref() == skip.digest.as_deref()
            && skip.reason.is_about_content()
    }

    /// Returns true if the last day of the entry is before `today`.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}
