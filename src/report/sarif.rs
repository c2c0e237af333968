//! SARIF 2.1.0, for GitHub's code scanning.
//!
//! A message has no text from the repository, because viewers turn parts of a message into links.
//! Paths and names are in the fields that the standard defines for them. Findings below the minimum
//! confidence are counted but not listed, because a viewer would show them like any other finding.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::address::{self, BASE};
use super::{Analysis, Report, Warning, absent, access, advice, limited, live, place};
use crate::detect::redact::shown_path;
use crate::model::finding::{Finding, SuppressedBy, Suppression, Verdict};
use crate::model::rule::{Rule, RuleKind};
use crate::model::skip::Skip;
use crate::rules::RULES;
use crate::source::folder::Folder;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The largest number of further locations listed for one secret.
const PLACES: usize = 50;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(
        &mut *out,
        &json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run(report)]}),
    )?;
    out.write_all(b"\n")
}

fn run(report: &Report) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let rules: Vec<_> = RULES.iter().map(|rule| descriptor(rule)).collect();
    let notes: Vec<_> = report
        .skips
        .iter()
        .map(unscanned)
        .chain(report.accepted.iter().map(accepted))
        .chain(absent::notification(report))
        .chain(limited::notification(report))
        .collect();
    let warnings: Vec<_> = report.warnings.iter().map(mend).collect();
    let mut seen = HashMap::new();
    // GitHub's code scanning treats each listed result as an open alert, and closes an alert that
    // is no longer listed. So reports for it leave out what is allowed.
    let is_listed = |verdict: &Verdict| match verdict {
        Verdict::BelowConfidence => false,
        Verdict::Suppressed(_) | Verdict::AllowedByChange(_) => report.analysis.is_none(),
        Verdict::Reported | Verdict::AlreadyThere => true,
    };
    let listed = report
        .findings
        .iter()
        .filter(|(_, verdict)| is_listed(verdict));
    let results: Vec<_> = listed
        .map(|(finding, verdict)| {
            let key = finding.fingerprint();
            let number = seen
                .entry(key)
                .and_modify(|number| *number += 1)
                .or_insert(1);
            result(finding, verdict, *number)
        })
        .collect();
    let category = match report.analysis {
        Some(Analysis::Change) => "change",
        Some(Analysis::History) => "history",
        None => report.source.name(),
    };
    json!({
        "tool": {"driver": {"name": "ntnguard", "version": version, "semanticVersion": version, "rules": rules}},
        "automationDetails": {"id": format!("ntnguard/{category}/{}", of_folder(&report.folder))},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {BASE: {"description": {"text": "The root of the repository, or the folder that was scanned."}}},
        "invocations": [{
            "executionSuccessful": report.is_complete(),
            "toolExecutionNotifications": notes,
            "toolConfigurationNotifications": warnings,
        }],
        "results": results,
        "properties": {"belowConfidence": report.below_confidence(), "suppressed": report.suppressed()},
    })
}

/// Returns the part of the category for the scanned directory; empty for the root. Without it, the
/// analysis of one directory would close the alerts of another.
fn of_folder(folder: &Folder) -> String {
    if folder.is_root() {
        String::new()
    } else {
        address::uri(folder.path()) + "/"
    }
}

fn descriptor(rule: &Rule) -> Value {
    let subject = match rule.kind {
        RuleKind::Credential => "secret",
        RuleKind::Code => "code",
        RuleKind::Env => "env-file",
        RuleKind::Policy => "configuration",
        RuleKind::Rotation => "rotation",
        RuleKind::Access => "access",
    };
    json!({
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.advice},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": rule.severity.id()},
        "properties": {
            "tags": ["security", subject],
            "precision": "high",
            "security-severity": rule.security_severity(),
        },
    })
}

/// Returns the result for a finding. `number` is 1 for the first finding of a secret, 2 for the
/// second and so on. It becomes part of the hash, because code scanning merges results with the
/// same hash.
fn result(finding: &Finding, verdict: &Verdict, number: usize) -> Value {
    let mask = finding
        .evidence
        .as_ref()
        .map_or_else(String::new, |evidence| format!(" {}", evidence.short_mask));
    let note = finding.note.as_ref().map_or_else(String::new, |note| {
        format!(" Note: {}.", note.trim_end_matches('.'))
    });
    let index = RULES.iter().position(|rule| rule.id == finding.rule.id);
    let others = finding
        .occurrences
        .iter()
        .filter(|place| place.origin != finding.origin)
        .take(PLACES);
    let mut result = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": finding.severity.id(),
        "message": {"text": format!("{}{mask}. {}{note}", finding.rule.title, advice::line(finding))},
        "locations": [address::of(&finding.origin, finding.location)],
        "partialFingerprints": fingerprints(finding, number),
        "suppressions": suppressions(verdict),
        "properties": properties(finding),
    });
    // The location is the line of the ignore file that is wrong, or line 1 if a line is missing.
    if let Some(ignoring) = &finding.ignoring {
        let line = ignoring
            .rule
            .as_ref()
            .filter(|rule| rule.file == ignoring.change)
            .map_or(1, |rule| rule.line);
        result["locations"] = json!([address::of_line(&ignoring.change, line)]);
    }
    let others: Vec<_> = others
        .map(|other| address::of(&other.origin, other.location))
        .collect();
    if !others.is_empty() {
        result["relatedLocations"] = others.into();
    }
    result
}

fn fingerprints(finding: &Finding, number: usize) -> Value {
    match finding.shown_fingerprint() {
        Some(fingerprint) => {
            let value = fingerprint.to_string();
            let name = if fingerprint.is_of_code() {
                "ntnguardLine/v1"
            } else {
                "ntnguardSecret/v1"
            };
            let hash = value
                .split_once(':')
                .map_or(value.as_str(), |(_, digits)| digits);
            json!({name: value, "primaryLocationLineHash": format!("{hash}:{number}")})
        }
        None if finding.subject.is_some() => {
            json!({"ntnguardAccess/v1": access::identity(finding)})
        }
        None => json!({"ntnguardPath/v1": address::uri(finding.origin.path().unwrap_or_default())}),
    }
}

fn suppressions(verdict: &Verdict) -> Value {
    let Some(Suppression { by, reason }) = verdict.suppression() else {
        return json!([]);
    };
    let kind = if *by == SuppressedBy::Inline {
        "inSource"
    } else {
        "external"
    };
    let justification = format!("{}: {}", by.id(), shown_path(reason.as_bytes()));
    json!([{"kind": kind, "status": "accepted", "justification": justification}])
}

fn properties(finding: &Finding) -> Value {
    let mut properties = Map::new();
    properties.insert("confidence".into(), finding.confidence.id().into());
    properties.insert("place".into(), place::of(finding).into());
    if let Some(excerpt) = &finding.excerpt {
        properties.insert("excerpt".into(), excerpt.text.clone().into());
    }
    if let Some(liveness) = &finding.liveness {
        properties.insert("live".into(), live::liveness(liveness));
    }
    if let Some(subject) = &finding.subject {
        properties.insert("subject".into(), subject.clone().into());
    }
    if let Some(variable) = &finding.variable {
        properties.insert("variable".into(), shown_path(variable.as_bytes()).into());
    }
    if let Some(ignoring) = &finding.ignoring {
        let names: Vec<String> = ignoring
            .names
            .iter()
            .map(|name| shown_path(&name.path))
            .collect();
        properties.insert("names".into(), names.into());
    }
    if !finding.encodings.is_empty() {
        let layers: Vec<_> = finding
            .encodings
            .iter()
            .map(|encoding| encoding.id())
            .collect();
        properties.insert("encodings".into(), layers.into());
    }
    if let Some(commit) = finding
        .placement
        .as_ref()
        .and_then(|placement| placement.introduced.as_ref())
    {
        properties.insert("introducedBy".into(), commit.id.clone().into());
    }
    properties.into()
}

/// Returns the notification for an accepted skip, with its verdict and the reason given.
fn accepted((skip, verdict): &(Skip, Verdict)) -> Value {
    let mut notification = unscanned(skip);
    notification["level"] = json!(if verdict.is_loud() { "warning" } else { "note" });
    notification["message"]["text"] =
        json!(format!("Not scanned ({}), and accepted.", skip.reason));
    notification["properties"]["verdict"] = json!(verdict.id());
    notification["properties"]["reason"] = json!(
        verdict
            .suppression()
            .map(|by| shown_path(by.reason.as_bytes()))
    );
    notification
}

fn unscanned(skip: &Skip) -> Value {
    let text = format!("Not scanned ({}): {}", skip.reason, skip.help());
    json!({
        "level": "error",
        "descriptor": {"id": skip.reason.id()},
        "message": {"text": text},
        "locations": [address::of(&skip.origin, None)],
        "properties": {
            "detail": shown_path(skip.detail.as_bytes()),
            "unscanned": skip.digest.as_ref().map(ToString::to_string),
        },
    })
}

fn mend(warning: &Warning) -> Value {
    let line = warning.lines.first().copied().unwrap_or(1);
    json!({
        "level": "warning",
        "descriptor": {"id": warning.kind},
        "message": {"text": format!("An entry of the policy is {}.", warning.kind)},
        "locations": [address::of_line(warning.file.as_bytes(), line)],
        "properties": {"detail": shown_path(warning.message.as_bytes()), "lines": warning.lines},
    })
}
