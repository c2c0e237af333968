//! Findings that are known and dealt with, by their properties.

use crate::model::blob::Part;
use crate::model::finding::Finding;
use crate::model::rule::RuleKind;
use crate::model::secret::Fingerprint;
use crate::model::skip::Skip;
use crate::model::time::Date;
use crate::policy::pattern::Pattern;
use crate::rules::by_id;

/// An entry of the allowlist: it matches one object that cannot be scanned, or the findings that
/// have every property it names.
#[derive(Clone, Debug)]
pub struct AllowEntry {
    /// The identity of the findings: of one value, or of one line of code.
    pub fingerprint: Option<Fingerprint>,
    /// One object that is accepted in its present state, without being scanned. An entry with this
    /// field matches no finding.
    pub unscanned: Option<Fingerprint>,
    /// Patterns of which a path must match one; any path matches if empty.
    pub paths: Vec<Pattern>,
    /// The ids of the rules of the findings; all rules if empty.
    pub rules: Vec<&'static str>,
    /// The reason for the entry.
    pub reason: String,
    /// The last day on which the entry counts; `None` if it never expires.
    pub expires: Option<Date>,
}

impl AllowEntry {
    /// Returns true if the entry matches `finding`.
    pub fn matches(&self, finding: &Finding) -> bool {
        let mut paths = finding.named_paths().peekable();
        self.matches_at(finding, finding.origin.path())
            || paths.peek().is_some() && paths.all(|path| self.matches_at(finding, Some(path)))
    }

    /// Returns true if the entry would match `finding` at `path`.
    pub fn matches_at(&self, finding: &Finding, path: Option<&[u8]>) -> bool {
        self.is_about(finding) && self.is_for(path)
    }

    /// Returns true if the entry matches the finding's value and rule.
    fn is_about(&self, finding: &Finding) -> bool {
        let value = finding.fingerprint();
        self.unscanned.is_none()
            && (self.fingerprint.is_none() || self.fingerprint.as_ref() == value)
            && (self.rules.is_empty() || self.rules.contains(&finding.rule.id))
    }

    /// Returns true if the entry allows findings about code only.
    pub fn is_about_code(&self) -> bool {
        let is_of_code = |id: &&str| by_id(id).is_some_and(|rule| rule.kind == RuleKind::Code);
        let names_line = self
            .fingerprint
            .as_ref()
            .is_some_and(Fingerprint::is_of_code);
        names_line || !self.rules.is_empty() && self.rules.iter().all(is_of_code)
    }

    /// Returns true if the entry counts at `path`.
    fn is_for(&self, path: Option<&[u8]>) -> bool {
        self.paths.is_empty()
            || path.is_some_and(|path| self.paths.iter().any(|pattern| pattern.matches(path)))
    }

    /// Returns true if the entry matches `finding`, or may match it at one of the paths that its
    /// object has or had. An object without a known path may have had any.
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

    /// Returns true if the entry accepts `skip`, or may accept it at a path that is not known.
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

    /// Returns true if the entry names the object of `skip`.
    fn names_object(&self, skip: &Skip) -> bool {
        self.unscanned.is_some()
            && self.unscanned.as_ref() == skip.digest.as_deref()
            && skip.reason.is_about_content()
    }

    /// Returns true if the entry has expired before `today`.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}
