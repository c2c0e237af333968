//! GitLab's secret detection report, schema version 15.

use std::io::{self, Write};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::unscanned::Unscanned;
use super::{Report, absent, access, advice, limited, place};
use crate::detect::redact::shown_path;
use crate::model::finding::{Finding, Verdict};
use crate::model::rule::{RuleKind, Severity};
use crate::model::time::{moment, seconds};
use crate::rules::RULES;

/// The version of the report's schema. GitLab 15.8 and later versions read it.
const VERSION: &str = "15.0.7";

/// The commit id for a file that is not committed yet. GitLab's own analyzer writes the same id.
const NO_COMMIT: &str = "0000000";

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let tool = json!({
        "id": "ntnguard", "name": "ntnguard", "version": env!("CARGO_PKG_VERSION"), "vendor": {"name": "ntnguard"},
    });
    let identifiers: Vec<_> = RULES.iter().map(|rule| identifier(rule.id)).collect();
    let is_included =
        |verdict: &Verdict| matches!(verdict, Verdict::Reported | Verdict::AlreadyThere);
    let findings = report.findings.iter();
    let included = findings.filter(|(_, verdict)| is_included(verdict));
    let document = json!({
        "version": VERSION,
        "schema": format!(
            "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v{VERSION}/dist/secret-detection-report-format.json"
        ),
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "secret_detection",
            "start_time": moment(seconds(report.start)),
            "end_time": moment(seconds(report.start + report.time)),
            "status": if report.is_complete() { "success" } else { "failure" },
            "messages": messages(report),
            "primary_identifiers": identifiers,
        },
        "vulnerabilities": included.map(|(finding, _)| vulnerability(finding)).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

/// Returns the messages of the report: skips, accepted skips, warnings, and files left out.
fn messages(report: &Report) -> Vec<Value> {
    let skips = report.skips.iter().map(|skip| {
        let detail = shown_path(skip.detail.as_bytes());
        let digest = skip
            .digest
            .as_ref()
            .map_or_else(String::new, |digest| format!("; unscanned: {digest}"));
        let what = format!(
            "{} ({}: {detail})",
            place::missed(&skip.origin),
            skip.reason
        );
        json!({"level": "warn", "value": format!("not scanned: {what}; {}{digest}", skip.help())})
    });
    let accepted = report.accepted.iter().map(|(skip, verdict)| {
        let level = if verdict.is_loud() { "warn" } else { "info" };
        json!({"level": level, "value": Unscanned(skip, Some(verdict)).to_string()})
    });
    let warnings = report.warnings.iter().map(|warning| {
        let at = warning
            .lines
            .first()
            .map_or_else(String::new, |line| format!(":{line}"));
        let value = format!(
            "{}{at}: {}",
            shown_path(warning.file.as_bytes()),
            shown_path(warning.message.as_bytes())
        );
        json!({"level": "info", "value": value})
    });
    let absent = absent::line(report).map(|value| json!({"level": "info", "value": value}));
    let limited = limited::line(report).map(|value| json!({"level": "info", "value": value}));
    let all = skips.chain(accepted).chain(warnings);
    all.chain(absent).chain(limited).collect()
}

fn vulnerability(finding: &Finding) -> Value {
    let place = place::of(finding);
    let mask = finding
        .evidence
        .as_ref()
        .map(|evidence| evidence.short_mask.as_str());
    let print = finding.shown_fingerprint().map(ToString::to_string);
    let advice = advice::line(finding);
    let note = finding.note.as_ref().map_or_else(String::new, |note| {
        format!(" Note: {}.", note.trim_end_matches('.'))
    });
    json!({
        "id": id(finding, print.as_deref().unwrap_or_default(), &place),
        "category": "secret_detection",
        "name": finding.rule.title,
        // GitLab renders this text as Markdown, so it must not contain paths of the repository.
        "description": format!("{}, {} confidence. {}{note}", finding.rule.title, finding.confidence, advice),
        "severity": match (finding.severity, finding.rule.kind) {
            (Severity::Error, RuleKind::Credential) => "Critical",
            (Severity::Error, _) => "Medium",
            (Severity::Warning, _) => "Low",
            (Severity::Note, _) => "Info",
        },
        "solution": format!("{advice} All steps: ntnguard rules {}", finding.rule.id),
        "identifiers": [identifier(finding.rule.id)],
        "location": location(finding),
        "raw_source_code_extract": mask.unwrap_or_default(),
        "details": details(&place, print),
    })
}

/// Returns the id of a finding, a UUID that is the same in each run. It depends on the rule, the
/// fingerprint and the location. For a finding about a token's access it depends on the rule, the
/// variable and the subject instead.
fn id(finding: &Finding, print: &str, place: &str) -> String {
    match finding.subject {
        Some(_) => uuid(&[finding.rule.id, &access::identity(finding)]),
        None => uuid(&[finding.rule.id, print, place]),
    }
}

fn details(place: &str, fingerprint: Option<String>) -> Value {
    let mut details = json!({"place": {"name": "Place", "type": "code", "value": place}});
    if let Some(fingerprint) = fingerprint {
        details["fingerprint"] =
            json!({"name": "Fingerprint", "type": "code", "value": fingerprint});
    }
    details
}

fn identifier(rule: &str) -> Value {
    json!({"type": "ntnguard_rule", "name": format!("ntnguard rule {rule}"), "value": rule})
}

fn location(finding: &Finding) -> Value {
    let commit = finding
        .placement
        .as_ref()
        .and_then(|placement| placement.introduced.as_ref());
    let commit = match commit {
        Some(commit) => {
            json!({"sha": commit.id, "date": commit.time(), "author": shown_path(commit.author.as_bytes())})
        }
        None => json!({"sha": NO_COMMIT}),
    };
    let mut location = json!({"commit": commit});
    let change = finding
        .ignoring
        .as_ref()
        .map(|ignoring| ignoring.change.as_slice());
    if let Some(path) = change.or(finding.origin.path()) {
        location["file"] = shown_path(path).into();
    }
    if let Some(at) = finding
        .location
        .filter(|_| finding.origin.member().is_none())
    {
        location["start_line"] = at.start.line.into();
        location["end_line"] = at.end.line.into();
    }
    location
}

/// Returns a UUID computed from a hash of `parts`. UUID version 8 is for such custom formats.
fn uuid(parts: &[&str]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(parts.join("\0"))[..16]);
    bytes[6] = bytes[6] & 0x0F | 0x80;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
