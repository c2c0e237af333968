//! Findings: matches of rules at locations, which reports show. Nothing in a finding can reveal its
//! secret.

mod excerpt;
mod ignoring;
mod verdict;

use super::encoding::Encoding;
use crate::model::allowance::Allowance;
use crate::model::blob::{Origin, Part, Position};
use crate::model::liveness::{Liveness, SecretState};
use crate::model::path::file_name;
use crate::model::placement::Placement;
use crate::model::rule::{Confidence, Rule, Severity};
use crate::model::secret::Fingerprint;

pub use excerpt::Excerpt;
pub use ignoring::{IgnoreRule, Ignoring, Name, Reason, Says};
pub use verdict::{SuppressedBy, Suppression, Verdict};

/// The location of a finding in its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The position of the first byte.
    pub start: Position,
    /// The position after the last byte.
    pub end: Position,
}

/// The masks and the fingerprint of a secret. A finding holds them instead of the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretEvidence {
    /// The masked secret, as long as the secret itself.
    pub mask: String,
    /// The masked secret in a form that hides its length, for people.
    pub short_mask: String,
    /// The fingerprint of the secret, which allow entries and baselines contain.
    pub fingerprint: Fingerprint,
    /// True if the value could be recovered by computing the fingerprints of likely values. Reports
    /// do not show the fingerprint then.
    pub is_guessable: bool,
}

impl SecretEvidence {
    /// Returns the fingerprint; `None` if it is guessable and so must not be shown.
    pub fn shown(&self) -> Option<&Fingerprint> {
        Some(&self.fingerprint).filter(|_| !self.is_guessable)
    }
}

/// A line of code that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLine {
    /// The raw text, which is never shown.
    text: Vec<u8>,
    fingerprint: Fingerprint,
}

/// A rule matched at a location.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that matched.
    pub rule: &'static Rule,
    /// The severity of the finding in this run.
    pub severity: Severity,
    /// The confidence in the finding.
    pub confidence: Confidence,
    /// The origin of the blob.
    pub origin: Origin,
    /// The location in the blob; `None` if the finding is about the whole file.
    pub location: Option<Location>,
    /// The masked line; `None` if the finding is about the whole file.
    pub excerpt: Option<Excerpt>,
    /// The masked secret and its fingerprint; `None` for a finding that is not about a secret.
    pub evidence: Option<SecretEvidence>,
    /// The line of code that the finding is about; `None` for any other finding. See
    /// [`Finding::bind`].
    pub line: Option<CodeLine>,
    /// The encodings of the secret, the outermost first; empty for a plain secret.
    pub encodings: Vec<Encoding>,
    /// The name of the variable that holds the value, for a known secret or in an env file.
    pub variable: Option<String>,
    /// A comment beside the secret that says to allow it.
    pub allowance: Option<Allowance>,
    /// All occurrences of the same secret, including this occurrence, if the source
    /// [groups](crate::source::Source::groups) them; otherwise empty.
    pub occurrences: Vec<Occurrence>,
    /// The placement of the secret in history; `None` until it is known.
    pub placement: Option<Box<Placement>>,
    /// One further sentence about the finding, safe to show.
    pub note: Option<String>,
    /// The ignore file to change and the paths concerned, for a finding about env files.
    pub ignoring: Option<Ignoring>,
    /// The fingerprints of the values in an env file that the finding is about, to compare the file
    /// with an earlier version. They are never shown, because a value may be easy to guess.
    pub values: Vec<Fingerprint>,
    /// True if the secret is only on this machine, as far as is known. The secret then need not be
    /// replaced.
    pub is_local: bool,
    /// The liveness of the secret; `None` if the run does not ask Notion.
    pub liveness: Option<Box<Liveness>>,
    /// The part of a token's access that the finding is about: the id of a page, or the name of a
    /// capability.
    pub subject: Option<String>,
    /// The command that does what the advice says. The file's path is appended to it.
    pub command: Option<&'static str>,
    /// The names of the repositories with the finding, sorted. Empty unless the report was merged
    /// from the reports of several repositories.
    pub repositories: Vec<String>,
}

/// One occurrence of a secret.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// The origin of the blob.
    pub origin: Origin,
    /// The location in the blob; `None` for the name of a file.
    pub location: Option<Location>,
    /// The verdict on this occurrence.
    pub verdict: Verdict,
}

impl Finding {
    /// Returns true if Notion refuses the secret now.
    pub fn is_dead(&self) -> bool {
        let liveness = self.liveness.as_ref();
        liveness.is_some_and(|liveness| liveness.state == SecretState::Dead)
    }

    /// Returns the state of the secret. Reports order findings by this state: live secrets first,
    /// dead secrets last.
    pub fn secret_state(&self) -> SecretState {
        let liveness = self.liveness.as_ref();
        liveness.map_or(SecretState::NotChecked, |liveness| liveness.state)
    }

    /// Returns the same finding with `text` as the line of code that it is about.
    pub fn about_line(self, text: &[u8]) -> Self {
        let path = self.origin.path().unwrap_or_default();
        let fingerprint = Fingerprint::of_line(self.rule.id, path, text);
        let text = text.to_vec();
        Finding {
            line: Some(CodeLine { text, fingerprint }),
            ..self
        }
    }

    /// Returns the same finding about a line of code that is known only by its fingerprint.
    pub fn about_line_of(self, fingerprint: Fingerprint) -> Self {
        let text = Vec::new();
        Finding {
            line: Some(CodeLine { text, fingerprint }),
            ..self
        }
    }

    /// Computes the fingerprint of a finding about a line of code from `path`, the file's path from
    /// the root of the repository, so that the fingerprint does not depend on the current
    /// directory.
    pub fn bind(&mut self, path: &[u8]) {
        if let Some(line) = &mut self.line {
            line.fingerprint = Fingerprint::of_line(self.rule.id, path, &line.text);
        }
    }

    /// Returns the fingerprint of the secret or of the line of code; `None` for any other finding.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        let secret = self.evidence.as_ref().map(|evidence| &evidence.fingerprint);
        secret.or(self.line.as_ref().map(|line| &line.fingerprint))
    }

    /// Returns the fingerprint; `None` if the finding has no fingerprint, or if the value is
    /// guessable and so the fingerprint must not be shown.
    pub fn shown_fingerprint(&self) -> Option<&Fingerprint> {
        let is_guessable = self.evidence.as_ref().is_some_and(|own| own.is_guessable);
        self.fingerprint().filter(|_| !is_guessable)
    }

    /// Returns the finding's own location as an occurrence with this `verdict`.
    pub fn occurrence(&self, verdict: Verdict) -> Occurrence {
        Occurrence {
            origin: self.origin.clone(),
            location: self.location,
            verdict,
        }
    }

    /// Returns the paths that the finding is about: the paths for which ignore rules are wrong, or
    /// else the path of its own file.
    pub fn named_paths(&self) -> impl Iterator<Item = &[u8]> {
        let names = self
            .ignoring
            .iter()
            .flat_map(|ignoring| &ignoring.names)
            .map(|name| name.path.as_slice());
        names.chain(self.origin.path().filter(|_| self.ignoring.is_none()))
    }

    /// Returns the paths in history of all occurrences: of files, or of names in directories and in
    /// the index. Empty if the finding has no placement, or if an occurrence has no path.
    pub fn placed_paths(&self) -> Vec<Vec<u8>> {
        let Some(placement) = &self.placement else {
            return Vec::new();
        };
        let is_content = |place: &Occurrence| place.origin.part() == Some(Part::Content);
        if self.occurrences.iter().all(is_content) {
            return placement.rooted().map(<[u8]>::to_vec).collect();
        }
        let each = self.occurrences.iter().map(|place| match &place.origin {
            Origin::Object {
                part: Part::PathName,
                path: Some(path),
                ..
            } => Some(placement.rooted_in(file_name(path))).filter(|paths| !paths.is_empty()),
            Origin::Name {
                path,
                container: None,
            } => Some(vec![path.clone()]),
            _ => None,
        });
        let each: Option<Vec<_>> = each.collect();
        each.unwrap_or_default().concat()
    }

    /// Returns a finding about a whole file.
    pub fn of_file(rule: &'static Rule, origin: Origin) -> Self {
        Finding {
            rule,
            severity: rule.severity,
            confidence: Confidence::High,
            origin,
            location: None,
            excerpt: None,
            evidence: None,
            line: None,
            encodings: Vec::new(),
            variable: None,
            allowance: None,
            occurrences: Vec::new(),
            placement: None,
            note: None,
            ignoring: None,
            values: Vec::new(),
            is_local: false,
            liveness: None,
            subject: None,
            command: None,
            repositories: Vec::new(),
        }
    }
}
