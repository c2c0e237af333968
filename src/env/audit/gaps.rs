//! What ignore rules do not say of names as they should, gathered into one finding for each ignore file to change.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use crate::detect::redact::shown_path;
use crate::env::file;
use crate::env::ignore::{Decision, folder_of};
use crate::model::blob::Origin;
use crate::model::finding::{Finding, IgnoreRule, Ignoring, Name};
use crate::model::rule::{Confidence, Rule, Severity};
use crate::rules::{ENV_IGNORED_ONLY_LOCALLY, ENV_NOT_IGNORED, ENV_TEMPLATE_IGNORED};

/// The ignore file at the top, where a rule reaches every folder.
const TOP_FILE: &[u8] = b".gitignore";

/// How many characters of a rule are shown.
const LONGEST_LINE: usize = 200;

/// A name that ignore rules should treat otherwise.
pub struct NameFault {
    /// The name.
    pub name: Name,
    /// What it is.
    pub kind: NameKind,
    /// Why it is committed on purpose, if it is.
    pub committed: Option<String>,
    /// The rule that decides about it.
    pub decision: Option<Decision>,
    /// True if it is ignored on no machine at all.
    pub is_open: bool,
    /// What else there is to say.
    pub note: Option<String>,
}

/// What names are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// Those of env files.
    EnvFile,
    /// Those of templates that lie there.
    Template,
    /// Those that templates may have.
    PossibleTemplate,
}

/// What the files that are to be changed are like.
pub struct IgnoreFile {
    /// True if it lies there.
    pub is_there: bool,
    /// Why git does not read it, if it does not.
    pub why_unread: Option<String>,
}

/// The faults, by what is told together.
#[derive(Default)]
pub struct Gaps {
    gaps: BTreeMap<GapKey, Gap>,
}

/// What is told together: names of one kind that one ignore file should treat otherwise.
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
    /// The rule that decides about the first name about which one does.
    rule: Option<IgnoreRule>,
    /// True if one of the names is ignored on no machine at all.
    is_open: bool,
    /// About how many names a rule decides.
    decided: usize,
    note: Option<String>,
}

impl Gaps {
    /// Notes a fault, unless its name is known.
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

    /// One finding for each ignore file to change, about which `look` tells by its name.
    pub fn into_findings(self, mut look: impl FnMut(&[u8]) -> IgnoreFile) -> Vec<Finding> {
        self.gaps
            .into_iter()
            .map(|(key, gap)| gap.into_finding(key.kind, look(&key.change), key.change))
            .collect()
    }
}

impl Gap {
    /// The finding at the ignore file to change, or at the folder where it should be.
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
        // Nobody misses one that is not there yet.
        let is_likely = kind != NameKind::PossibleTemplate;
        finding.confidence = if is_likely {
            Confidence::High
        } else {
            Confidence::Low
        };
        // The order in which they were tried is that of how usual they are.
        self.names.sort_by_key(|name| Reverse(name.severity));
        // A rule that has to do with some of them alone explains nothing.
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

/// The ignore file to change where this rule decides.
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

/// A line of an ignore file, fit to be shown: nobody reads the end of a long one.
fn shown_line(line: &[u8]) -> String {
    let shown = shown_path(&line[..line.len().min(4 * LONGEST_LINE)]);
    let cut: String = shown.chars().take(LONGEST_LINE).collect();
    if cut.len() < shown.len() || line.len() > 4 * LONGEST_LINE {
        format!("{cut}…")
    } else {
        cut
    }
}
