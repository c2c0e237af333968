//! The checklist of a secret: what to do now, in order.

use super::Incident;
use crate::detect::redact::{shell_word, shown_path};
use crate::model::finding::Verdict;
use crate::model::liveness::SecretState;
use crate::report::judged::REVIEW;
use crate::report::{Report, advice};

/// Returns the steps for a secret, in order.
pub fn steps(report: &Report, secret: &Incident<'_>) -> Vec<String> {
    let finding = secret.first();
    if matches!(secret.verdict(), Verdict::AllowedByChange(_)) {
        return vec![REVIEW.to_owned()];
    }
    let mut steps = vec![advice::line(finding)];
    let is_dead = finding.secret_state() == SecretState::Dead;
    if finding.is_local {
        return steps;
    }
    if secret.is_published() && !is_dead {
        steps.push(
            "Find out who could read the remote since the first commit with the credential, and what it reaches \
             in Notion. Assume that everything it reaches was read."
                .to_owned(),
        );
    }
    steps.extend(out_of_files(secret));
    if !is_dead && finding.rule.asked_from.is_some() {
        steps.push(format!(
            "Ask Notion whether the old value is dead: `{}`.",
            again(report, " --verify")
        ));
    }
    if finding.placement.is_some() {
        steps.push(
            "A dead secret may stay in the history: record it with `ntnguard baseline scan history`. To \
             remove it instead, make a plan with `ntnguard history --purge-plan DIR`."
                .to_owned(),
        );
    }
    steps.push(format!(
        "Scan again: `{}`. Secrets that you removed or recorded are no longer findings.",
        again(report, "")
    ));
    steps
}

/// Returns the command that scans again.
fn again(report: &Report, flag: &str) -> String {
    let command = report
        .facts
        .command
        .as_deref()
        .map(|command| shown_path(command.as_bytes()));
    let command = command.filter(|command| !command.starts_with("report") && !command.is_empty());
    format!(
        "ntnguard {}{flag}",
        command.unwrap_or_else(|| "history".to_owned())
    )
}

/// Returns the step that removes a secret from files; `None` if no file contains it.
fn out_of_files(secret: &Incident<'_>) -> Option<String> {
    let path = secret
        .first()
        .origin
        .path()
        .filter(|_| secret.is_in_files())?;
    let path = shell_word(path);
    Some(format!(
        "Remove the value from all files, {path} first, and read the new value from the environment."
    ))
}
