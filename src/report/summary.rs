//! The summary line: the number of findings, and the amount of data scanned.

use std::collections::HashSet;

use super::Report;
use crate::detect::redact::shown_path;
use crate::model::finding::Finding;
use crate::model::liveness::SecretState;
use crate::model::rule::Severity;
use crate::model::source_kind::SourceKind;

/// Returns the summary line: the number of findings, the amount of data scanned, and the numbers of
/// paths and objects left out.
pub fn line(report: &Report) -> String {
    let mut parts = vec![
        found(report),
        format!(
            "{} in {:.2} s",
            looked_at(report),
            report.time.as_secs_f64()
        ),
    ];
    let published = secrets(report, |finding| {
        finding
            .placement
            .as_ref()
            .is_some_and(|place| place.published)
    });
    if published > 0 {
        parts.insert(1, format!("{} on a remote", count(published, "secret")));
    }
    let also = [
        (report.allowed_by_change(), "allowed by the change itself"),
        (report.already_there(), "already there"),
        (
            report.below_confidence(),
            "below confidence (-v shows them)",
        ),
        (report.suppressed(), "suppressed (-v shows them)"),
        (
            report.accepted_by_change().count(),
            "not scanned, accepted by the change itself",
        ),
        (
            report.accepted.len() - report.accepted_by_change().count(),
            "not scanned, accepted (-v shows them)",
        ),
        (report.skips.len(), "not scanned"),
    ];
    parts.extend(
        also.into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{number} {what}")),
    );
    parts.extend(asked(report));
    parts.extend(report.left_out.iter().map(|left_out| {
        let paths = count(left_out.paths as usize, "path");
        format!(
            "{paths} excluded by {}",
            shown_path(left_out.pattern.as_bytes())
        )
    }));
    if !report.is_complete() {
        parts.push("INCOMPLETE: this is not a clean result".to_owned());
    }
    parts.join(" · ")
}

/// Returns the text for dead tokens. They fail a run, although they are only warnings, unless
/// `--allow-dead` was given.
fn dead(report: &Report) -> &'static str {
    let allowed = report
        .inquiry
        .as_ref()
        .is_some_and(|asked| asked.allows_dead);
    match allowed {
        true => "dead",
        false => "dead (which fails the run unless --allow-dead)",
    }
}

/// Returns the number of findings in each state, and the number of requests to Notion. `None` if
/// the run did not ask Notion.
fn asked(report: &Report) -> Option<String> {
    let inquiry = report.inquiry.as_ref()?;
    let number = |state| {
        let findings = report
            .reported()
            .filter_map(|finding| finding.liveness.as_ref());
        findings.filter(|known| known.state == state).count()
    };
    let states = [
        (number(SecretState::Live), "live"),
        (number(SecretState::Unknown), "of unknown state"),
        (number(SecretState::NotChecked), "not asked about"),
        (number(SecretState::Dead), dead(report)),
    ];
    let counts = states.iter().filter(|(number, _)| *number > 0);
    let counts = counts.map(|(number, what)| format!("{number} {what}, "));
    let requests = count(inquiry.requests as usize, "request");
    Some(format!(
        "{}{requests} to {}",
        counts.collect::<String>(),
        inquiry.host
    ))
}

fn looked_at(report: &Report) -> String {
    if report.source == SourceKind::Rotation {
        return count(report.blobs as usize, "token");
    }
    if let Some(facts) = &report.access {
        return facts.reached();
    }
    let files = format!(
        "{} ({})",
        count(report.blobs as usize, "file"),
        size(report.bytes)
    );
    let Some(objects) = report.objects else {
        return files;
    };
    let kinds = [
        (objects.commits, "commit"),
        (objects.trees, "tree"),
        (objects.blobs, "blob"),
        (objects.tags, "tag"),
    ];
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(number, kind)| count(*number as usize, kind))
        .collect();
    let objects = format!("{} ({})", kinds.join(", "), size(objects.bytes));
    if report.source == SourceKind::Ci {
        format!("{objects}, {files}")
    } else {
        objects
    }
}

/// Returns the number of reported findings of each severity. Errors are called findings, because by
/// default only errors fail a run.
fn found(report: &Report) -> String {
    let errors = report.reported_as(Severity::Error);
    let secrets = secrets(report, |_| true);
    let errors = match errors {
        0 => None,
        _ if secrets < errors && secrets > 0 => Some(format!(
            "{} ({})",
            count(errors, "finding"),
            count(secrets, "secret")
        )),
        _ => Some(count(errors, "finding")),
    };
    let others =
        [(Severity::Warning, "warning"), (Severity::Note, "note")].map(|(severity, noun)| {
            let number = report.reported_as(severity);
            (number > 0).then(|| count(number, noun))
        });
    let parts: Vec<String> = std::iter::once(errors).chain(others).flatten().collect();
    if parts.is_empty() {
        "No findings".to_owned()
    } else {
        parts.join(" \u{b7} ")
    }
}

/// Returns the number of different secrets in the reported findings for which `of` returns true.
fn secrets(report: &Report, of: impl Fn(&Finding) -> bool) -> usize {
    let evidence = report
        .reported()
        .filter(|finding| of(finding))
        .filter_map(|finding| finding.evidence.as_ref());
    evidence
        .map(|evidence| &evidence.fingerprint)
        .collect::<HashSet<_>>()
        .len()
}

/// Returns a number with its noun, in the plural unless it is 1.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        10_000_000..10_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
