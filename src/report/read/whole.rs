//! Converts a saved report to a [`Report`].

use super::document::{SavedAcceptance, SavedDocument, SavedFinding, SavedSkip, SavedSummary};
use super::facts;
use super::finding;
use super::origin::origin;
use super::text::SavedList;
use super::{MOST_ENTRIES, MOST_IN_ALL, Misread};
use crate::model::finding::Verdict;
use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::report::{Judged, Report};
use crate::rules::by_id;

/// The rule of findings whose own rule this version does not know.
static OF_ANOTHER_VERSION: Rule = Rule {
    id: "rule-of-another-version",
    title: "Finding of another version of ntnguard",
    kind: RuleKind::Credential,
    sources: &[],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Read the report with the version of ntnguard that wrote it. Until then, treat the finding as a leak.",
    variable: "",
    page: "",
    detectors: &[],
    masked: &[],
    evidence: &[],
};

/// Returns the report of a document, with the faults of its parts.
pub fn report(saved: SavedDocument) -> Result<(Report, Vec<Misread>), Misread> {
    let missing = |name: &str| Misread::corrupt(format!("the report has no `{name}`"));
    let source = saved.source.as_ref().ok_or_else(|| missing("source"))?;
    let mut kinds = SourceKind::ALL.into_iter();
    let source = kinds.find(|kind| kind.name() == source.raw());
    let source = source.ok_or_else(|| wrong("source"))?;
    let complete = saved.complete.ok_or_else(|| missing("complete"))?;
    let skipped = saved.skipped.as_ref().ok_or_else(|| missing("skipped"))?;
    let summary = saved.summary.as_ref().ok_or_else(|| missing("summary"))?;
    let findings = saved.findings.as_ref().ok_or_else(|| missing("findings"))?;
    let mut faults = Vec::new();
    let mut report = Report {
        findings: judged(findings, source, &mut faults)?,
        skips: skips(skipped, source)?,
        accepted: accepted(&saved.accepted, source)?,
        ..Report::new(source)
    };
    facts::put(&mut report, &saved)?;
    facts::of_summary(&mut report, summary)?;
    faults.extend(contradictions(&report, complete, summary, findings));
    faults.extend(too_many("entries", saved.left_out()));
    Ok((report, faults))
}

/// Returns the fault of a field with a value that is not known here.
pub fn wrong(name: &str) -> Misread {
    Misread::unsupported(format!(
        "`{name}` has a value that this version of ntnguard does not know"
    ))
}

/// Returns the fault of a list with more entries than are read.
fn too_many(what: &str, more: usize) -> Option<Misread> {
    let detail = format!(
        "{more} {what} were not read: the limits are {MOST_ENTRIES} for one list, and {MOST_IN_ALL} for all \
         lists of a report"
    );
    let advice =
        "scan one repository or one rule (`--rule`) at a time, and make a report of each scan";
    (more > 0).then(|| Misread::new(SkipReason::Limit, detail, advice))
}

/// Returns the faults of a report that has too many findings or contradicts itself: somebody may
/// have edited it.
fn contradictions(
    report: &Report,
    complete: bool,
    summary: &SavedSummary,
    findings: &SavedList<SavedFinding>,
) -> Vec<Misread> {
    let mut faults: Vec<Misread> = too_many("findings", findings.more).into_iter().collect();
    if !complete && report.skips.is_empty() {
        let detail = "the report says that the scan was incomplete, but not what was skipped";
        faults.push(Misread::corrupt(detail));
    }
    let counted = report.reported().count();
    if findings.more == 0 && faults.is_empty() && counted != summary.findings {
        faults.push(Misread::corrupt(format!(
            "its summary counts {} findings, but its list has {counted}",
            summary.findings
        )));
    }
    faults
}

/// Returns the findings. A finding of an unknown rule gets the rule [`OF_ANOTHER_VERSION`], and the
/// unknown rule is added to `faults`.
fn judged(
    saved: &SavedList<SavedFinding>,
    source: SourceKind,
    faults: &mut Vec<Misread>,
) -> Result<Vec<Judged>, Misread> {
    let mut all = Vec::with_capacity(saved.kept.len());
    let mut unknown: Option<String> = None;
    for one in &saved.kept {
        let rule = by_id(one.rule.raw());
        let (mut finding, verdict) =
            finding::judged(one, rule.unwrap_or(&OF_ANOTHER_VERSION), source).map_err(wrong)?;
        if rule.is_none() {
            finding.note = Some(of_another_version(one, finding.note.take()));
            unknown = Some(one.rule.shown());
        }
        all.push((finding, verdict));
    }
    faults.extend(unknown.map(|id| {
        let id: String = id.chars().take(60).collect();
        Misread::unsupported(format!(
            "it has findings of a rule that this ntnguard does not know: {id}"
        ))
    }));
    Ok(all)
}

/// Returns the note of a finding of an unknown rule: the name of that rule, and the old note.
fn of_another_version(saved: &SavedFinding, note: Option<String>) -> String {
    let title = format!("{} ({})", saved.title.shown(), saved.rule.shown());
    let note = note.map_or_else(String::new, |note| format!(" {note}"));
    format!("Found by a rule of another version of ntnguard: {title}.{note}")
}

fn skips(saved: &SavedList<SavedSkip>, source: SourceKind) -> Result<Vec<Skip>, Misread> {
    let skips = saved.kept.iter();
    skips
        .map(|saved| skip(saved, source).ok_or_else(|| wrong("skipped")))
        .collect()
}

fn skip(saved: &SavedSkip, source: SourceKind) -> Option<Skip> {
    let reason = SkipReason::ALL
        .into_iter()
        .find(|reason| reason.id() == saved.reason.raw())?;
    let digest = match &saved.digest {
        Some(digest) => Some(digest.raw().parse().ok()?),
        None => None,
    };
    let origin = origin(&saved.into(), source)?;
    Some(Skip::new(origin, reason, saved.detail.shown()).of_object(digest))
}

fn accepted(
    saved: &SavedList<SavedAcceptance>,
    source: SourceKind,
) -> Result<Vec<(Skip, Verdict)>, Misread> {
    let accepted = |saved: &SavedAcceptance| {
        let verdict = finding::verdict(&saved.verdict, saved.suppression.as_ref())?;
        let is_acceptance = verdict.suppression().is_some();
        Some((skip(&saved.skip, source)?, verdict)).filter(|_| is_acceptance)
    };
    let all = saved.kept.iter().map(accepted);
    all.map(|one| one.ok_or_else(|| wrong("accepted")))
        .collect()
}
