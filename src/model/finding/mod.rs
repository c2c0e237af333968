//! What users see: a rule matched at a location. Made whole here; nothing in a finding can reveal its secret.

mod excerpt;
mod ignoring;
mod verdict;

use super::encoding::Encoding;
use crate::model::allowance::Allowance;
use crate::model::blob::{Origin, Part, Position};
use crate::model::liveness::{Liveness, Lives};
use crate::model::path::file_name;
use crate::model::placement::Placement;
use crate::model::rule::{Confidence, Rule, Severity};
use crate::model::secret::Fingerprint;

pub use excerpt::Excerpt;
pub use ignoring::{IgnoreRule, Ignoring, Name, Reason, Says};
pub use verdict::{SuppressedBy, Suppression, Verdict};

/// Where a finding lies in its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// Its first byte.
    pub start: Position,
    /// The byte after its last.
    pub end: Position,
}

/// What remains of a secret in a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretEvidence {
    /// The secret, masked at its length.
    pub mask: String,
    /// The secret, masked without its length, for people.
    pub short_mask: String,
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// Whether whoever has the identity could find out the value by trying: no report shows it then.
    pub is_guessable: bool,
}

impl SecretEvidence {
    /// The identity, where it may be shown.
    pub fn shown(&self) -> Option<&Fingerprint> {
        Some(&self.fingerprint).filter(|_| !self.is_guessable)
    }
}

/// A line of code that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLine {
    /// Its text, raw: it is shown nowhere.
    text: Vec<u8>,
    fingerprint: Fingerprint,
}

/// A rule matched at a location.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What it means for the run.
    pub severity: Severity,
    /// How sure we are.
    pub confidence: Confidence,
    /// Where the blob came from.
    pub origin: Origin,
    /// Where in the blob; `None` when the finding is about the file as such.
    pub location: Option<Location>,
    /// The masked line; `None` when the finding is about the file as such.
    pub excerpt: Option<Excerpt>,
    /// The masked secret and its identity; `None` for a hygiene fault.
    pub evidence: Option<SecretEvidence>,
    /// The line of code that it is about; `None` for a finding about anything else. See [`Finding::bind`].
    pub line: Option<CodeLine>,
    /// What the secret is encoded in, the outermost first; empty when it stands there in plain.
    pub encodings: Vec<Encoding>,
    /// The name of the variable that it is about, of a known secret or in an env file.
    pub variable: Option<String>,
    /// A comment beside it that says to allow it.
    pub allowance: Option<Allowance>,
    /// Every place of the same secret, this one included, where a source [groups](crate::source::Source::groups) them;
    /// empty elsewhere.
    pub occurrences: Vec<Occurrence>,
    /// Where in history it lies, once that is known.
    pub placement: Option<Box<Placement>>,
    /// What else there is to know, in one sentence, fit to be shown.
    pub note: Option<String>,
    /// What ignore files have to do with it.
    pub ignoring: Option<Ignoring>,
    /// Of a finding about an env file, the identities of the values that it is about: to compare it with what was there
    /// before. They are shown nowhere, for a value may be easy to guess.
    pub values: Vec<Fingerprint>,
    /// Whether its secret is nowhere but on this machine, as far as is known: then it need not be replaced.
    pub is_local: bool,
    /// Whether its secret still works; `None` where no run was to ask.
    pub liveness: Option<Box<Liveness>>,
    /// What of a token's access it is about: the id of a page, or the name of a capability.
    pub subject: Option<String>,
    /// The command that does what the advice says, when the file's path follows it.
    pub command: Option<&'static str>,
}

/// One of the places where a secret lies.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// Where the blob came from.
    pub origin: Origin,
    /// Where in the blob; `None` for a name.
    pub location: Option<Location>,
    /// What becomes of this place.
    pub verdict: Verdict,
}

impl Finding {
    /// Returns true if Notion refuses its secret now.
    pub fn is_dead(&self) -> bool {
        let liveness = self.liveness.as_ref();
        liveness.is_some_and(|liveness| liveness.state == Lives::Dead)
    }

    /// What is to be dealt with first comes first: what works, then what may, then what does not.
    pub fn lives(&self) -> Lives {
        let liveness = self.liveness.as_ref();
        liveness.map_or(Lives::NotChecked, |liveness| liveness.state)
    }

    /// The same finding, about this line of code.
    pub fn about_line(self, text: &[u8]) -> Self {
        let path = self.origin.path().unwrap_or_default();
        let fingerprint = Fingerprint::of_line(self.rule.id, path, text);
        let text = text.to_vec();
        Finding {
            line: Some(CodeLine { text, fingerprint }),
            ..self
        }
    }

    /// Lets a finding about a line of code be known by the path that its file has from the root of the repository, wherever
    /// the run was started.
    pub fn bind(&mut self, path: &[u8]) {
        if let Some(line) = &mut self.line {
            line.fingerprint = Fingerprint::of_line(self.rule.id, path, &line.text);
        }
    }

    /// Its identity: that of its secret, or of the line of code that it is about; `None` for a fault of files.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        let secret = self.evidence.as_ref().map(|evidence| &evidence.fingerprint);
        secret.or(self.line.as_ref().map(|line| &line.fingerprint))
    }

    /// The identity, where it may be shown.
    pub fn shown_fingerprint(&self) -> Option<&Fingerprint> {
        let is_guessable = self.evidence.as_ref().is_some_and(|own| own.is_guessable);
        self.fingerprint().filter(|_| !is_guessable)
    }

    /// This place of the secret, of which `verdict` becomes.
    pub fn occurrence(&self, verdict: Verdict) -> Occurrence {
        Occurrence {
            origin: self.origin.clone(),
            location: self.location,
            verdict,
        }
    }

    /// The paths that it is about: the names that ignore files should treat otherwise, or the one where it lies.
    pub fn named_paths(&self) -> impl Iterator<Item = &[u8]> {
        let names = self
            .ignoring
            .iter()
            .flat_map(|ignoring| &ignoring.names)
            .map(|name| name.path.as_slice());
        names.chain(self.origin.path().filter(|_| self.ignoring.is_none()))
    }

    /// All paths in history of what it is about: of files, or of names in folders and in the index. None
    /// where it is not placed, or is about other things too, which lie at no path.
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

    /// A hygiene fault of a whole file.
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
        }
    }
}
