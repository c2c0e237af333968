//! Adds up the counts of several runs.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::report::{Inquiry, Report};
use crate::source::Objects;

use super::input::MergeInput;

/// Adds the counts of all runs that are not superseded to `report`.
pub fn sum(inputs: &[MergeInput], report: &mut Report) {
    let mut start = SystemTime::now();
    for input in inputs.iter().filter(|input| !input.is_superseded) {
        report.blobs = report.blobs.saturating_add(input.blobs);
        report.bytes = report.bytes.saturating_add(input.bytes);
        report.time = report.time.saturating_add(input.time);
        report.objects = added(report.objects, input.objects);
        report.inquiry = both(report.inquiry.take(), input.inquiry.clone());
        report.not_checked_out.files = report
            .not_checked_out
            .files
            .saturating_add(input.absent.files);
        report.not_checked_out.folders = report
            .not_checked_out
            .folders
            .saturating_add(input.absent.folders);
        let submodules = input.absent.submodules.iter().cloned();
        report.not_checked_out.submodules.extend(submodules);
        if input.start > UNIX_EPOCH {
            start = start.min(input.start);
        }
    }
    report.start = start;
}

fn added(one: Option<Objects>, other: Option<Objects>) -> Option<Objects> {
    let (Some(one), Some(other)) = (one, other) else {
        return one.or(other);
    };
    Some(Objects {
        commits: one.commits.saturating_add(other.commits),
        trees: one.trees.saturating_add(other.trees),
        blobs: one.blobs.saturating_add(other.blobs),
        tags: one.tags.saturating_add(other.tags),
        bytes: one.bytes.saturating_add(other.bytes),
    })
}

/// Returns the inquiries of two runs as one. Dead secrets are allowed only if both runs allow them.
fn both(one: Option<Inquiry>, other: Option<Inquiry>) -> Option<Inquiry> {
    let (Some(one), Some(other)) = (&one, &other) else {
        return one.or(other);
    };
    Some(Inquiry {
        allows_dead: one.allows_dead && other.allows_dead,
        requests: one.requests.saturating_add(other.requests),
        host: one.host.clone(),
    })
}
