//! SARIF 2.1.0, for code scanning.
//!
//! A message has no text of the repository's, since viewers turn parts of it into links; names are
//! in the fields that the standard has for them. Findings below the confidence are counted and not
//! listed: a viewer would show them like any other.

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

/// The number of places of one secret listed besides its first.
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
    // Code scanning takes whatever is listed for open, and closes what is listed no more.
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

/// Returns the part of the category that keeps the analyses of one folder from closing the findings
/// of another.
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

/// Returns the result for a finding, the `number`th of the same secret: code scanning takes results
/// with one hash for one alert.
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
    // An ignore file that is not there yet has no line.
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

/// Returns the notification for an accepted skip.
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
        "message": {"text": format!("Something in the policy is {}.", warning.kind)},
        "locations": [address::of_line(warning.file.as_bytes(), line)],
        "properties": {"detail": shown_path(warning.message.as_bytes()), "lines": warning.lines},
    })
}
