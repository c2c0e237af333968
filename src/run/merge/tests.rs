use std::time::{Duration, UNIX_EPOCH};

use super::ReportMerge;
use crate::model::blob::Origin;
use crate::model::finding::{Finding, SecretEvidence, Verdict};
use crate::model::liveness::{Liveness, SecretState};
use crate::model::secret::Secret;
use crate::model::source_kind::SourceKind;
use crate::report::Report;
use crate::rules::RULES;

fn report(repository: &str, secrets: &[u8], checked: Option<(SecretState, i64)>) -> Report {
    let finding = |secret: &u8| {
        let secret = Secret::new(vec![*secret; 50], 4);
        let liveness = checked.map(|(state, at)| {
            Box::new(Liveness {
                state,
                checked: Some(at),
                reason: None,
                trace: Default::default(),
                identity: None,
            })
        });
        let evidence = Some(SecretEvidence {
            mask: secret.mask(),
            short_mask: secret.short_mask(),
            fingerprint: secret.fingerprint(),
            is_guessable: false,
        });
        let finding = Finding::of_file(RULES[0], Origin::File("a".into()));
        let finding = Finding {
            evidence,
            liveness,
            ..finding
        };
        (finding, Verdict::Reported)
    };
    let mut report = Report::new(SourceKind::Worktree);
    report.facts.repository = Some(repository.to_owned());
    report.start = UNIX_EPOCH + Duration::from_secs(1_767_323_045);
    report.findings = secrets.iter().map(finding).collect();
    report
}

#[test]
fn the_latest_known_answer_of_notion_wins() {
    for (one, other, expected) in [
        (
            (SecretState::Live, 1),
            (SecretState::Dead, 2),
            SecretState::Dead,
        ),
        (
            (SecretState::Dead, 1),
            (SecretState::Live, 2),
            SecretState::Live,
        ),
        (
            (SecretState::Live, 1),
            (SecretState::Unknown, 2),
            SecretState::Live,
        ),
        (
            (SecretState::Unknown, 2),
            (SecretState::Live, 1),
            SecretState::Live,
        ),
    ] {
        let mut merge = ReportMerge::default();
        merge.add(report("h/a", &[1], Some(one)), "a", true);
        merge.add(report("h/b", &[1], Some(other)), "b", true);
        let (merged, fails) = merge.finish();
        assert!(fails && merged.findings.len() == 1);
        assert_eq!(merged.findings[0].0.secret_state(), expected);
    }
}

#[test]
fn a_secret_in_many_repositories_is_merged_quickly() {
    let mut merge = ReportMerge::default();
    for at in 0..4000 {
        merge.add(report(&format!("h/{at}"), &[1], None), "a", true);
    }
    let (merged, _) = merge.finish();
    let finding = &merged.findings[0].0;
    assert_eq!(
        (merged.findings.len(), finding.occurrences.len()),
        (1, 4000)
    );
    assert_eq!(finding.repositories.len(), 4000);
}

#[test]
fn reports_of_one_repository_keep_their_paths() {
    let mut merge = ReportMerge::default();
    merge.add(report("h/a", &[1], None), "a", true);
    merge.add(report("h/a", &[2], None), "b", true);
    let (merged, _) = merge.finish();
    assert_eq!(merged.findings.len(), 2);
    assert!(
        merged
            .findings
            .iter()
            .all(|(one, _)| one.origin.path() == Some(b"a") && one.repositories.is_empty())
    );
}
