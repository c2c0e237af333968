//! Groups paths that ignore rules treat wrongly into one finding for each ignore file to change.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use crate::detect::redact::shown_path;
use crate::env::file;
use crate::env::ignore::{Decision, folder_of};
use crate::model::blob::Origin;
use crate::model::finding::{Finding, IgnoreRule, Ignoring, Name};
use crate::model::rule::{Confidence, Rule, Severity};
use crate::rules::{ENV_IGNORED_ONLY_LOCALLY, ENV_NOT_IGNORED, ENV_TEMPLATE_IGNORED};

/// The ignore file at the root of the work tree. Its rules apply in every directory.
const TOP_FILE: &[u8] = b".gitignore";

/// The number of characters after which an ignore rule is cut for display.
const LONGEST_LINE: usize = 200;

/// A path that ignore rules should treat differently.
pub struct NameFault {
    /// The path, its severity, and the reasons to expect the file.
    pub name: Name,
    /// An env file, a template, or a template that may be added.
    pub kind: NameKind,
    /// The reason that the configuration gives for committing the file; `None` if the file should
    /// not be committed.
    pub committed: Option<String>,
    /// The ignore rule that decides about the path; `None` if no rule matches.
    pub decision: Option<Decision>,
    /// True if git does not ignore the path on this machine.
    pub is_open: bool,
    /// A further explanation for the user; `None` if no explanation is needed.
    pub note: Option<String>,
}

/// The kind of file that a path belongs to. It decides if git should ignore the path (an env file)
/// or not (a template).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// An env file, existing or not.
    EnvFile,
    /// A template that exists on disk or in the index.
    Template,
    /// A template that does not exist yet.
    PossibleTemplate,
}

/// An ignore file that is to be changed: if it exists, and if git reads it.
pub struct IgnoreFile {
    /// True if the file exists.
    pub is_there: bool,
    /// The reason why git does not read the file; `None` if git reads it.
    pub why_unread: Option<String>,
}

/// The faults, grouped into gaps. Each gap becomes one finding.
#[derive(Default)]
pub struct Gaps {
    gaps: BTreeMap<GapKey, Gap>,
}

/// The properties that all faults of one gap share: the ignore file to change, the kind of file,
/// and the reason that the configuration gives for committing such a file.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct GapKey {
    change: Vec<u8>,
    kind: NameKind,
    committed: Option<String>,
}

#[derive(Default)]
struct Gap {
    names: Vec<Name>,
    known: HashSet<Vec<u8>>,
    /// The first rule that decides about one of the names.
    rule: Option<IgnoreRule>,
    /// True if git does not ignore one of the paths on this machine.
    is_open: bool,
    /// The number of names that a rule decides about.
    decided: usize,
    note: Option<String>,
}

impl Gaps {
    /// Adds a fault, unless its gap already has a fault with the same path.
    pub fn add(&mut self, fault: NameFault) {
        let decision = fault.decision.as_ref();
        let key = GapKey {
            change: change(decision),
            kind: fault.kind,
            committed: fault.committed,
        };
        let gap = self.gaps.entry(key).or_default();
        if !gap.known.insert(fault.name.path.clone()) {
            return;
        }
        gap.decided += usize::from(decision.is_some());
        gap.rule = gap.rule.take().or(decision.map(ignore_rule));
        gap.note = gap.note.take().or(fault.note);
        gap.is_open |= fault.is_open;
        gap.names.push(fault.name);
    }

    /// Makes one finding for each gap. `look` returns the state of the ignore file at a path.
    pub fn into_findings(self, mut look: impl FnMut(&[u8]) -> IgnoreFile) -> Vec<Finding> {
        self.gaps
            .into_iter()
            .map(|(key, gap)| gap.into_finding(key.kind, look(&key.change), key.change))
            .collect()
    }
}

impl Gap {
    /// Makes the finding. Its location is the ignore file to change or, if that is missing, the
    /// file's directory.
    fn into_finding(mut self, kind: NameKind, file: IgnoreFile, change: Vec<u8>) -> Finding {
        let rule: &'static Rule = match (kind, self.is_open) {
            (NameKind::Template | NameKind::PossibleTemplate, _) => &ENV_TEMPLATE_IGNORED,
            (NameKind::EnvFile, true) => &ENV_NOT_IGNORED,
            (NameKind::EnvFile, false) => &ENV_IGNORED_ONLY_LOCALLY,
        };
        let folder = if folder_of(&change).is_empty() {
            b"."
        } else {
            folder_of(&change)
        };
        let place = if file.is_there {
            change.as_slice()
        } else {
            folder
        };
        let mut finding = Finding::of_file(rule, Origin::File(file::path(place)));
        // An ignored template that does not exist yet does little harm.
        let is_likely = kind != NameKind::PossibleTemplate;
        finding.confidence = if is_likely {
            Confidence::High
        } else {
            Confidence::Low
        };
        // The names were added with the most common ones first. The sort is stable and keeps this
        // order.
        self.names.sort_by_key(|name| Reverse(name.severity));
        // Show the rule only if it re-includes a name, or if every name has a deciding rule.
        let is_decided = self.decided == self.names.len();
        let rule = self.rule.filter(|rule| rule.negated || is_decided);
        finding.severity = self
            .names
            .first()
            .map_or(Severity::Warning, |first| first.severity);
        finding.note = self.note.or(file.why_unread);
        finding.ignoring = Some(Ignoring {
            change,
            rule,
            names: self.names,
        });
        finding
    }
}

/// Returns the ignore file to change: the file with the deciding rule. If no rule decides, or the
/// rule is outside the work tree, the ignore file at the root.
fn change(decision: Option<&Decision>) -> Vec<u8> {
    decision
        .filter(|decision| decision.in_tree())
        .map_or(TOP_FILE, Decision::file)
        .to_vec()
}

fn ignore_rule(decision: &Decision) -> IgnoreRule {
    IgnoreRule {
        file: decision.file().to_vec(),
        line: decision.line,
        text: shown_line(decision.text()),
        negated: decision.negated,
        is_local: !decision.in_tree(),
    }
}

/// Returns a line of an ignore file, masked and escaped for display, and cut after `LONGEST_LINE`
/// characters.
fn shown_line(line: &[u8]) -> String {
    let shown = shown_path(&line[..line.len().min(4 * LONGEST_LINE)]);
    let cut: String = shown.chars().take(LONGEST_LINE).collect();
    if cut.len() < shown.len() || line.len() > 4 * LONGEST_LINE {
        format!("{cut}…")
    } else {
        cut
    }
}
