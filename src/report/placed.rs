//! Where in history a secret lies, for people.

use crate::finding::Finding;
use crate::placement::{Commit, Placement};
use crate::redact::shown_path;

/// How many names and paths are listed.
const LISTED: usize = 6;

/// What is known of a finding's place in history, a line each: since when, until when, what keeps it, who else has it.
pub fn lines(finding: &Finding, placement: &Placement) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(first) = &placement.introduced {
        let or_before = if placement.or_before {
            ", or before (cut off there)"
        } else {
            ""
        };
        lines.push(format!("since    {}{or_before}", told(first)));
    }
    match (&placement.introduced, &placement.removed) {
        (Some(first), Some(last)) => {
            let exposed = exposed(first, last).filter(|_| !placement.or_before);
            let exposed =
                exposed.map_or_else(String::new, |length| format!(": exposed for {length}"));
            lines.push(format!("removed  {}{exposed}", told(last)));
        }
        // What keeps it is known where all of history is.
        (Some(_), None) if !placement.paths.is_empty() && !placement.kept_by.is_empty() => {
            lines.push(still_there(placement));
        }
        _ => {}
    }
    let paths: Vec<String> = placement
        .paths
        .iter()
        .map(|path| shown_path(path))
        .collect();
    if placement
        .paths
        .iter()
        .any(|path| finding.origin.path() != Some(path))
    {
        lines.push(format!("paths    {}", listed(&paths)));
    }
    if !placement.kept_by.is_empty() {
        let names: Vec<String> = placement.kept_by.iter().map(|name| short(name)).collect();
        lines.push(format!("kept by  {}", listed(&names)));
    }
    if placement.published {
        lines.push(
            "remote   a remote repository has it: whoever can read that can read the secret"
                .to_owned(),
        );
    } else if !placement.kept_by.is_empty() {
        lines.push("remote   no remote branch that is known here has it".to_owned());
    }
    lines
}

/// What to read first: what others have, and last what git is about to drop.
pub fn urgency(finding: &Finding) -> u8 {
    match &finding.placement {
        Some(placement) if placement.published => 0,
        Some(placement) if placement.kept_by.iter().any(|name| is_nothing(name)) => 2,
        _ => 1,
    }
}

/// Whether it is said that nothing keeps it, here or in a submodule; no ref has a name with a colon.
fn is_nothing(name: &str) -> bool {
    name.rsplit(':').next() == Some("unreachable")
}

fn told(commit: &Commit) -> String {
    let time = commit.time().replace('T', " ").replace('Z', " UTC");
    let author = shown_path(commit.author.as_bytes());
    format!(
        "{time}, commit {:.10} by {}",
        commit.id,
        if author.is_empty() { "nobody" } else { &author }
    )
}

fn still_there(placement: &Placement) -> String {
    let commits = placement.commits;
    let tips: Vec<String> = placement.tips.iter().map(|name| short(name)).collect();
    let still = if tips.is_empty() {
        "never removed".to_owned()
    } else {
        format!("still in {}", listed(&tips))
    };
    format!(
        "in       {commits} commit{}; {still}",
        if commits == 1 { "" } else { "s" }
    )
}

/// How long lies between two commits, in the largest unit that there is two of; nothing, where a clock was wrong.
fn exposed(first: &Commit, last: &Commit) -> Option<String> {
    let seconds = Some(last.seconds - first.seconds).filter(|seconds| *seconds >= 0)?;
    let units = [(86_400, "days"), (3600, "hours"), (60, "minutes")];
    let (length, unit) = units
        .into_iter()
        .find(|(length, _)| seconds >= 2 * length)
        .unwrap_or((1, "seconds"));
    Some(format!("{} {unit}", seconds / length))
}

fn listed(names: &[String]) -> String {
    let mut shown = names.iter().take(LISTED).cloned().collect::<Vec<_>>();
    if names.len() > LISTED {
        shown.push(format!("and {} more", names.len() - LISTED));
    }
    shown.join(", ")
}

/// What keeps a secret, as people say it.
fn short(name: &str) -> String {
    let shown = shown_path(name.as_bytes());
    match (
        shown.strip_prefix("refs/heads/"),
        shown.strip_prefix("refs/remotes/"),
        shown.strip_prefix("refs/tags/"),
    ) {
        (Some(branch), ..) => format!("branch {branch}"),
        (_, Some(branch), _) => format!("remote branch {branch}"),
        (.., Some(tag)) => format!("tag {tag}"),
        _ if shown == "unreachable" => "nothing: git drops it when it prunes".to_owned(),
        _ if shown.starts_with("reflog:") => format!("{shown} (until it expires)"),
        _ => shown,
    }
}
