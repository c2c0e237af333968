//! A new check, survey and step work without changes to other code.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Job, Step, Subject, Survey};
use crate::detect::scanner::Scanner;
use crate::error::Result;
use crate::fake::expand;
use crate::model::blob::{Blob, Origin};
use crate::model::check::Check;
use crate::model::finding::Finding;
use crate::model::rule::{Confidence, Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;
use crate::model::survey::Surveyed;
use crate::model::vault::Vault;
use crate::policy::Policy;
use crate::report::Report;
use crate::rules::RULES;

/// The rule of the check and the survey in these tests.
static RULE: Rule = Rule {
    id: "throw-away",
    kind: RuleKind::Env,
    sources: &[SourceKind::Stdin, SourceKind::Env],
    severity: Severity::Note,
    detectors: &[],
    masked: &[],
    evidence: &[],
    ..*RULES[0]
};

static CALLED: AtomicUsize = AtomicUsize::new(0);

struct ThrowAwayCheck;

impl Check for ThrowAwayCheck {
    fn rules(&self) -> &'static [&'static Rule] {
        static OWN: [&Rule; 1] = [&RULE];
        &OWN
    }

    fn anchors(&self) -> &'static [&'static str] {
        &["throw_away("]
    }

    fn is_about(&self, path: &[u8], _: SourceKind) -> bool {
        path == b"throw-away"
    }

    fn check(&self, blob: &Blob<'_>, found: &mut Vec<Finding>) {
        CALLED.fetch_add(1, Ordering::Relaxed);
        found.push(Finding::of_file(&RULE, blob.origin.clone()));
    }
}

struct ThrowAwaySurvey;

impl Survey for ThrowAwaySurvey {
    fn source(&self) -> SourceKind {
        SourceKind::Env
    }

    fn survey(&self) -> Result<Surveyed> {
        let finding = Finding::of_file(&RULE, Origin::File(PathBuf::from("a")));
        Ok(Surveyed {
            findings: vec![finding],
            texts: 1,
            ..Surveyed::default()
        })
    }
}

/// Writes the length of each secret into the note of its finding.
struct ThrowAwayStep;

impl Step for ThrowAwayStep {
    fn apply(&self, report: &mut Report, vault: &Vault) -> Result<()> {
        for (finding, _) in &mut report.findings {
            let identity = finding.evidence.as_ref().map(|own| &own.fingerprint);
            let secret = identity.and_then(|identity| vault.secret(identity));
            finding.note = secret.map(|secret| secret.len().to_string());
        }
        Ok(())
    }
}

fn job() -> Job {
    Job::new(Policy::reporting(Confidence::Medium), Vec::new())
}

fn stream(text: &str, path: Option<&str>) -> Subject<'static> {
    let text = std::io::Cursor::new(text.to_owned().into_bytes());
    Subject::Stream(Box::new(text), path.map(PathBuf::from))
}

fn found(report: &Report) -> Vec<&str> {
    let findings = report.findings.iter();
    findings.map(|(finding, _)| finding.rule.id).collect()
}

#[test]
fn a_new_check_gets_texts_with_its_anchor_or_path() {
    let mut job = job();
    job.scanner = Scanner::with_checks(RULES, 3, vec![Box::new(ThrowAwayCheck)]);
    let token = expand("token = '{ntn}'", 1);
    for (text, path, expected) in [
        ("throw_away(1)", None, &["throw-away"][..]),
        ("throw away", None, &[]),
        ("", Some("throw-away"), &["throw-away"]),
        (&token, None, &["integration-token"]),
        (
            &(token.clone() + " throw_away("),
            None,
            &["throw-away", "integration-token"],
        ),
    ] {
        let before = CALLED.load(Ordering::Relaxed);
        let report = job.run(stream(text, path)).unwrap();
        assert_eq!(found(&report), expected, "{text}");
        let called = CALLED.load(Ordering::Relaxed) - before;
        assert_eq!(
            called,
            usize::from(expected.contains(&"throw-away")),
            "{text}"
        );
    }
    let message = Subject::Message(Origin::Stdin, b"throw_away(".to_vec());
    let report = job.run(message).unwrap();
    assert_eq!(found(&report), [""; 0], "its rule is not looked for there");
}

#[test]
fn a_new_survey_is_judged_like_a_scan() {
    let job = job();
    let report = job.survey(&ThrowAwaySurvey, &job.policy).unwrap();
    assert_eq!((found(&report), report.blobs), (vec!["throw-away"], 1));
}

#[test]
fn a_new_step_gets_the_secrets_of_the_report() {
    let text = expand("'{ntn}' throw_away(", 2);
    let report = job().then(ThrowAwayStep).run(stream(&text, None)).unwrap();
    assert_eq!(report.findings[0].0.note.as_deref(), Some("50"));
}
