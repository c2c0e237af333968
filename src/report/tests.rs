//! Tests that each rule and severity has the right effect in every format and on the exit status.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::{Detail, Format, Report, Style};
use crate::detect::redact::Hidden;
use crate::model::blob::Origin;
use crate::model::finding::{Finding, SecretEvidence, SuppressedBy, Suppression, Verdict};
use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::secret::Secret;
use crate::model::source_kind::SourceKind;
use crate::policy::Stale;
use crate::rules::RULES;

/// Returns a report of one finding.
fn report(rule: &'static Rule, severity: Severity, verdict: Verdict) -> Report {
    let secret = Secret::new(b"made up for this test".to_vec(), 0);
    let evidence = SecretEvidence {
        mask: secret.mask(),
        short_mask: secret.short_mask(),
        fingerprint: secret.fingerprint(),
        is_guessable: false,
    };
    let evidence = (rule.kind == RuleKind::Credential).then_some(evidence);
    let finding = Finding {
        severity,
        evidence,
        ..Finding::of_file(rule, Origin::File("a/b".into()))
    };
    Report {
        findings: vec![(finding, verdict)],
        scope: None,
        limited: Default::default(),
        start: SystemTime::UNIX_EPOCH,
        time: Duration::ZERO,
        stale: Stale::default(),
        hidden: Hidden::default(),
        ..Report::new(SourceKind::Worktree)
    }
}

fn written(report: &Report, format: Format) -> String {
    let style = Style {
        color: false,
        unicode: true,
        width: 100,
        sentence: 100,
        detail: Detail::Verbose,
        plain: false,
    };
    let mut text = Vec::new();
    report
        .write(format, style, &mut text)
        .expect("memory can be written to");
    String::from_utf8(text).expect("UTF-8")
}

fn json(report: &Report, format: Format) -> Value {
    serde_json::from_str(&written(report, format)).expect("JSON")
}

/// Returns the signs of a severity in three formats: GitLab's word, GitHub's command, and the sign
/// in the report for people.
fn words(kind: RuleKind, severity: Severity) -> (&'static str, &'static str, &'static str) {
    match (severity, kind) {
        (Severity::Error, RuleKind::Credential) => ("Critical", "::error ", "\u{d7}"),
        (Severity::Error, _) => ("Medium", "::error ", "\u{d7}"),
        (Severity::Warning, _) => ("Low", "::warning ", "\u{26a0}"),
        (Severity::Note, _) => ("Info", "::notice ", "\u{261e}"),
    }
}

#[test]
fn all_formats_agree_on_rule_and_severity() {
    for rule in RULES {
        for severity in Severity::ALL {
            let report = report(rule, severity, Verdict::Reported);
            let case = format!("{} as {severity}", rule.id);
            let (gitlab, github, mark) = words(rule.kind, severity);
            let found = &json(&report, Format::Json)["findings"][0];
            assert_eq!(
                (&found["severity"], &found["verdict"]),
                (&severity.id().into(), &"reported".into()),
                "{case}"
            );
            let run = &json(&report, Format::Sarif)["runs"][0];
            assert_eq!(run["results"][0]["level"], severity.id(), "{case}");
            assert_eq!(
                json(&report, Format::Gitlab)["vulnerabilities"][0]["severity"],
                gitlab,
                "{case}"
            );
            assert!(
                written(&report, Format::Github).starts_with(github),
                "{case}"
            );
            let human = written(&report, Format::Human);
            assert!(
                human.contains(&format!("{mark} {}", rule.title)),
                "{case}: {human}"
            );
            let fails = Severity::ALL.map(|least| report.fails(Some(least)));
            assert_eq!(
                fails,
                Severity::ALL.map(|least| severity >= least),
                "{case}"
            );
            assert!(!report.fails(None), "{case}");
        }
    }
}

#[test]
fn sarif_describes_rules_by_their_highest_severity() {
    let run = json(
        &report(RULES[0], Severity::Error, Verdict::Reported),
        Format::Sarif,
    );
    let described = run["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules")
        .clone();
    for (rule, described) in RULES.iter().zip(described) {
        let expected = match (rule.kind, rule.severity) {
            (RuleKind::Credential, Severity::Error) => ("error", "9.1"),
            (RuleKind::Env | RuleKind::Access | RuleKind::Rotation, Severity::Error) => {
                ("error", "5.0")
            }
            (RuleKind::Code, Severity::Warning) => ("warning", "4.0"),
            (RuleKind::Code, Severity::Note) => ("note", "2.0"),
            (_, Severity::Warning) if rule.kind != RuleKind::Credential => ("warning", "2.0"),
            other => panic!("{}: {other:?}", rule.id),
        };
        assert_eq!(
            described["defaultConfiguration"]["level"], expected.0,
            "{}",
            rule.id
        );
        assert_eq!(
            described["properties"]["security-severity"], expected.1,
            "{}",
            rule.id
        );
    }
}

#[test]
fn only_reported_findings_fail_and_all_are_counted() {
    let suppressed = Suppression {
        by: SuppressedBy::Allowlist,
        reason: "known".to_owned(),
    };
    let cases = [
        (
            Verdict::Suppressed(suppressed.clone()),
            "suppressed",
            "suppressed",
            0,
        ),
        (
            Verdict::AllowedByChange(suppressed),
            "allowed-by-change",
            "allowed_by_change",
            0,
        ),
        (Verdict::AlreadyThere, "already-there", "already_there", 1),
        (
            Verdict::BelowConfidence,
            "below-confidence",
            "below_confidence",
            0,
        ),
    ];
    for rule in RULES {
        for (verdict, id, count, told) in cases.clone() {
            let report = report(rule, Severity::Error, verdict);
            assert!(!report.fails(Some(Severity::Note)), "{} {id}", rule.id);
            let document = json(&report, Format::Json);
            assert_eq!(document["findings"][0]["verdict"], id);
            assert_eq!(
                (
                    &document["summary"][count],
                    &document["summary"]["findings"]
                ),
                (&1.into(), &0.into())
            );
            let gitlab = json(&report, Format::Gitlab)["vulnerabilities"]
                .as_array()
                .map(Vec::len);
            assert_eq!(gitlab, Some(told), "{} {id}", rule.id);
            let github = written(&report, Format::Github);
            let is_loud = ["already-there", "allowed-by-change"].contains(&id);
            assert_eq!(
                github.starts_with("::warning "),
                is_loud,
                "{} {id}: {github}",
                rule.id
            );
        }
    }
}
