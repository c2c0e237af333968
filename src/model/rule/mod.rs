//! What a rule is.

mod confidence;
mod severity;

use std::fmt;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::model::neighbourhood::Neighbourhood;
use crate::model::source_kind::SourceKind;

pub use confidence::Confidence;
pub use severity::Severity;

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleKind {
    /// A credential, wherever it stands.
    Credential,
    /// How code handles credentials and what Notion sends.
    Code,
    /// Env files: their names, their places, their values.
    Env,
    /// What a change does to ntnguard's own configuration.
    Policy,
    /// How old a token is.
    Rotation,
    /// What a token may do and reach in Notion.
    Access,
}

/// One kind of credential or one kind of hygiene fault.
pub struct Rule {
    /// Its stable name, in kebab case.
    pub id: &'static str,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// What it is about.
    pub kind: RuleKind,
    /// Where it is looked for.
    pub sources: &'static [SourceKind],
    /// What its findings mean, unless a finding says otherwise.
    pub severity: Severity,
    /// True if it says that a file must not be committed, from which `env: committed:` may exempt a path.
    pub is_about_committing: bool,
    /// The least confidence at which Notion may be asked whether a value still works; `None` for what can be no token.
    pub asked_from: Option<Confidence>,
    /// The first thing to do about a finding, in one sentence.
    pub advice: &'static str,
    /// What the variable is commonly called that holds such a value; empty for what is about no value.
    pub variable: &'static str,
    /// The whole page about it (Markdown), printed by `ntnguard rules ID`.
    pub page: &'static str,
    /// How it is found in content; none for a rule that is about names or repositories.
    pub detectors: &'static [Detector],
    /// What is masked of its values in every text that is shown, whatever the detectors say.
    pub masked: &'static [Masked],
    /// Texts in which it must be found, or must not.
    pub evidence: &'static [Evidence],
}

/// What could be a value of a rule, and so is masked before a text is shown. It is less choosy than a
/// [`Detector`]: what it masks in vain costs nobody anything.
pub struct Masked {
    /// A glance that tells bytes which may hold such a value; the pattern is compiled for those alone.
    pub may_be_in: fn(&[u8]) -> bool,
    /// The value, as a pattern over bytes. What its one group holds is common knowledge and stays.
    pub pattern: &'static str,
}

impl Rule {
    /// Returns true if its values are those that the user names: no detector could know them.
    pub fn is_of_known_values(&self) -> bool {
        self.kind == RuleKind::Credential && self.detectors.is_empty()
    }

    /// Where its page is in the project.
    pub fn url(&self) -> String {
        format!("docs/rules/{}.md", self.id)
    }

    /// How bad its findings are at their worst, from 0.0 to 10.0, in the bands of GitHub's code scanning: over 9.0 is
    /// critical, 7.0 high, 4.0 medium (SARIF's `security-severity`; "SARIF support", docs.github.com).
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

/// How a rule finds its secret in content.
pub struct Detector {
    /// Literals of which every occurrence contains one.
    pub anchors: &'static [&'static str],
    /// What the secret looks like.
    pub shape: Shape,
    /// Whether a secret may go on like this behind its anchor. It tells by no more than [`Detector::GLANCE`] bytes, and is
    /// true wherever the shape, or a part of a secret that is escaped further on, may be.
    pub goes_on: fn(&[u8]) -> bool,
    /// The fewest bytes that it has.
    pub shortest: usize,
    /// The value as its owner knows it: the halves of a split literal joined, an encoded colon decoded.
    pub value: fn(&[u8]) -> Vec<u8>,
    /// How many leading bytes of the value are common knowledge and may be shown.
    pub prefix: fn(&[u8]) -> usize,
    /// True if longer names end in the anchor, so that an underscore before it is no part of a value:
    /// `client_secret_…`.
    pub ends_names: bool,
    /// Tells the rule's secrets from what shares their shape: `None` when it is not this rule's.
    pub classify: fn(&Candidate<'_>) -> Option<Confidence>,
}

impl Detector {
    /// How many bytes behind an anchor [`Detector::goes_on`] looks at, at most.
    pub const GLANCE: usize = 12;
}

/// What a secret looks like and how it lies to its anchor.
pub enum Shape {
    /// The secret begins with the anchor: matched there, and nowhere else.
    AtAnchor(&'static LazyLock<Regex>),
    /// The anchor is a name; the secret may be anywhere within 2 KiB of it ([`Shape::REACH`]).
    NearAnchor(&'static LazyLock<Regex>),
}

impl Shape {
    /// How far from its anchor a [`Shape::NearAnchor`] secret may begin or end, in bytes.
    pub const REACH: usize = 2 * 1024;

    /// Whether this is the very same pattern as `other`.
    pub fn is_same(&self, other: &Shape) -> bool {
        match (self, other) {
            (Shape::AtAnchor(one), Shape::AtAnchor(other))
            | (Shape::NearAnchor(one), Shape::NearAnchor(other)) => std::ptr::eq(*one, *other),
            _ => false,
        }
    }
}

/// Something of the right shape, before it is classified.
pub struct Candidate<'a> {
    /// The value, as [`Detector::value`] has it.
    pub value: &'a [u8],
    /// Whether the value was put together from a literal that is split in the source.
    pub joined: bool,
    /// What surrounds it.
    pub around: &'a Neighbourhood<'a>,
}

impl Candidate<'_> {
    /// The value after its first `_`: the random part of a token.
    pub fn body(&self) -> &[u8] {
        let start = memchr::memchr(b'_', self.value).map_or(0, |underscore| underscore + 1);
        &self.value[start..]
    }
}

/// A text that shows what a rule finds, or what it must leave alone. Placeholders in braces are replaced by made-up
/// values when a test runs, so that no file of this project holds anything that looks like a credential:
/// `{ntn}`, `{secret}`, `{nrt}`, `{v02}`, `{v03}`, `{hex156}` for whole values, `{a46}`, `{0-9:11}`, … for parts.
pub struct Evidence {
    /// The file it could stand in.
    pub path: &'static str,
    /// Its text, with braces.
    pub text: &'static str,
    /// What must come of it: the confidence, or nothing.
    pub expect: Option<Confidence>,
}

/// A text in which the rule must find its secret with confidence `expect`.
pub const fn found(path: &'static str, text: &'static str, expect: Confidence) -> Evidence {
    Evidence {
        path,
        text,
        expect: Some(expect),
    }
}

/// A text in which the rule must find nothing.
pub const fn nothing(path: &'static str, text: &'static str) -> Evidence {
    Evidence {
        path,
        text,
        expect: None,
    }
}
