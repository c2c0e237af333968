//! Rules, and the detectors that find their secrets.

mod confidence;
mod severity;

use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::model::neighbourhood::Neighbourhood;
use crate::model::source_kind::SourceKind;

pub use confidence::Confidence;
pub use severity::Severity;

/// The subject of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleKind {
    /// A credential in any text.
    Credential,
    /// The handling of credentials, and of data from Notion, in code.
    Code,
    /// Env files: their names, their paths, their values.
    Env,
    /// Changes to ntnguard's own configuration.
    Policy,
    /// The age of a token.
    Rotation,
    /// The capabilities and the reach of a token in Notion.
    Access,
}

/// One kind of credential or one kind of hygiene fault.
pub struct Rule {
    /// The stable name, in kebab case.
    pub id: &'static str,
    /// The thing that the rule finds, in a few words.
    pub title: &'static str,
    /// The subject of the rule.
    pub kind: RuleKind,
    /// The sources in which the rule is applied.
    pub sources: &'static [SourceKind],
    /// The severity of the rule's findings, unless a finding says otherwise.
    pub severity: Severity,
    /// True if the rule says that a file must not be committed. The configuration's `env:
    /// committed:` may exempt paths from such a rule.
    pub is_about_committing: bool,
    /// The lowest confidence at which Notion may be asked whether a value still works; `None` if
    /// the values cannot be tokens.
    pub asked_from: Option<Confidence>,
    /// The first thing to do about a finding, in one sentence.
    pub advice: &'static str,
    /// The common name of a variable that holds such a value; empty for a rule that is not about
    /// values.
    pub variable: &'static str,
    /// The whole page about the rule (Markdown), printed by `ntnguard rules ID`.
    pub page: &'static str,
    /// The detectors that find the rule's secrets in content; none for a rule about names or
    /// repositories.
    pub detectors: &'static [Detector],
    /// The patterns by which the rule's values are masked in every text that is shown, even where
    /// no detector finds them.
    pub masked: &'static [Masked],
    /// Texts in which the rule must find a secret, or must find nothing.
    pub evidence: &'static [Evidence],
}

/// A pattern for strings that could be a value of a rule. They are masked before a text is shown.
/// The pattern is less strict than a [`Detector`], because a needless mask does no harm.
pub struct Masked {
    /// Returns true if the bytes may contain a value of the rule. Only then is the pattern
    /// compiled.
    pub may_be_in: fn(&[u8]) -> bool,
    /// The regular expression for the value, over bytes. The text of its only group is common
    /// knowledge and is not masked.
    pub pattern: &'static str,
}

impl Rule {
    /// Returns true if the rule finds exactly the values that the user names. Such a rule has no
    /// detectors.
    pub fn is_of_known_values(&self) -> bool {
        self.kind == RuleKind::Credential && self.detectors.is_empty()
    }

    /// Returns the path of the rule's page in the project.
    pub fn url(&self) -> String {
        format!("docs/rules/{}.md", self.id)
    }

    /// Returns the severity of the rule's findings at their worst, from 0.0 to 10.0, in the bands
    /// of GitHub's code scanning: over 9.0 is critical, 7.0 high, 4.0 medium (SARIF's
    /// `security-severity`; "SARIF support", docs.github.com).
    pub fn security_severity(&self) -> &'static str {
        match (self.kind, self.severity) {
            (RuleKind::Credential, _) => "9.1",
            (RuleKind::Env | RuleKind::Rotation | RuleKind::Access, Severity::Error) => "5.0",
            (RuleKind::Code, Severity::Error | Severity::Warning) => "4.0",
            _ => "2.0",
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({})", self.id)
    }
}

/// The code and literals that a rule uses to find its secret in content.
pub struct Detector {
    /// Literals. Every occurrence of the secret contains one of these literals.
    pub anchors: &'static [&'static str],
    /// The shape of the secret.
    pub shape: Shape,
    /// Returns true if a secret may continue with these bytes after its anchor. The function looks
    /// at [`Detector::GLANCE`] bytes at most. It must return true for every secret of the shape,
    /// including a secret with escaped characters later on.
    pub goes_on: fn(&[u8]) -> bool,
    /// The length of the shortest secret, in bytes.
    pub shortest: usize,
    /// Returns the value as its owner knows it: the halves of a split literal joined, an encoded
    /// colon decoded.
    pub value: fn(&[u8]) -> Vec<u8>,
    /// Returns the number of leading bytes of the value that are common knowledge and may be shown.
    pub prefix: fn(&[u8]) -> usize,
    /// True if the anchor may be the end of a longer name, such as `client_secret_…`. If so, no
    /// value begins at an anchor that follows an underscore.
    pub ends_names: bool,
    /// The possible lengths of a whole value, in bytes. Some file formats write the length of a
    /// string right before it.
    pub lengths: Range<usize>,
    /// Returns the length of the value at the beginning of bytes that match the shape; `None` if
    /// the structure of the value does not show its length. The length is needed if another string
    /// follows the value directly.
    pub whole: fn(&[u8]) -> Option<usize>,
    /// Returns the end of the value that begins at an offset in a text, if the value is written in
    /// several pieces, so that the shape does not match it. `None` if the value is in one piece.
    pub in_pieces: fn(&[u8], usize) -> Option<usize>,
    /// Returns the confidence that the candidate is a secret of this rule; `None` if it is not.
    pub classify: fn(&Candidate<'_>) -> Option<Confidence>,
}

impl Detector {
    /// The largest number of bytes after an anchor that [`Detector::goes_on`] looks at.
    pub const GLANCE: usize = 12;
}

/// The shape of a secret, and its position relative to its anchor.
pub enum Shape {
    /// The secret begins with the anchor: matched there, and nowhere else.
    AtAnchor(&'static LazyLock<Regex>),
    /// The anchor is a name; the secret may be anywhere within 2 KiB of it ([`Shape::REACH`]).
    NearAnchor(&'static LazyLock<Regex>),
}

impl Shape {
    /// The distance from its anchor at which a [`Shape::NearAnchor`] secret may begin or end, in
    /// bytes.
    pub const REACH: usize = 2 * 1024;

    /// Returns true if `self` and `other` are the same static pattern.
    pub fn is_same(&self, other: &Shape) -> bool {
        match (self, other) {
            (Shape::AtAnchor(one), Shape::AtAnchor(other))
            | (Shape::NearAnchor(one), Shape::NearAnchor(other)) => std::ptr::eq(*one, *other),
            _ => false,
        }
    }
}

/// A text of the right shape, before it is classified.
pub struct Candidate<'a> {
    /// The value, as [`Detector::value`] returns it.
    pub value: &'a [u8],
    /// True if the value was joined from the parts of a literal that is split in the source.
    pub joined: bool,
    /// The text around the value, and the path of its file.
    pub around: &'a Neighbourhood<'a>,
}

impl Candidate<'_> {
    /// Returns the value after its first `_`: the random part of a token.
    pub fn body(&self) -> &[u8] {
        let start = memchr::memchr(b'_', self.value).map_or(0, |underscore| underscore + 1);
        &self.value[start..]
    }
}

/// A text in which a rule must find its secret, or must find nothing. Placeholders in braces are
/// replaced by made-up values when a test runs, so that no file of this project holds anything that
/// looks like a credential: `{ntn}`, `{secret}`, `{nrt}`, `{v02}`, `{v03}`, `{hex156}` for whole
/// values, `{a46}`, `{0-9:11}`, … for parts.
pub struct Evidence {
    /// The path of a file that could hold the text.
    pub path: &'static str,
    /// The text, with braces.
    pub text: &'static str,
    /// The confidence of the finding; `None` if nothing must be found.
    pub expect: Option<Confidence>,
}

/// Returns a text in which the rule must find its secret with confidence `expect`.
pub const fn found(path: &'static str, text: &'static str, expect: Confidence) -> Evidence {
    Evidence {
        path,
        text,
        expect: Some(expect),
    }
}

/// Returns a text in which the rule must find nothing.
pub const fn nothing(path: &'static str, text: &'static str) -> Evidence {
    Evidence {
        path,
        text,
        expect: None,
    }
}
