//! The placement of a secret in history, as text for people.

use super::list::cut;
use super::{fit, summary};
use crate::detect::redact::shown_path;
use crate::model::finding::Finding;
use crate::model::placement::{Commit, KeptBy, Placement};

/// The largest number of names or paths that one fact lists.
const LISTED: usize = 6;

/// Returns the known facts about a secret's placement in history, each broken to fit `width`
/// columns: the commits that introduced and removed the secret, the branches and paths that have
/// it, the refs that keep git from deleting it, and whether a remote has it.
pub fn lines(finding: &Finding, placement: &Placement, width: usize) -> Vec<String> {
    let shown_paths: Vec<String> = placement
        .paths
        .iter()
        .map(|path| shown_path(path))
        .collect();
    let is_elsewhere = |path: &Vec<u8>| finding.origin.path() != Some(path);
    let kept_by: Vec<String> = placement.kept_by.iter().map(keeper).collect();
    let some = |names: Vec<String>, wanted| {
        (wanted && !names.is_empty()).then(|| cut(names, LISTED, ", "))
    };
    let known = [
        ("since", since(placement)),
        ("removed", removed(placement)),
        ("in", still_there(placement)),
        (
            "paths",
            some(shown_paths, placement.paths.iter().any(is_elsewhere)),
        ),
        ("kept by", some(kept_by, true)),
        ("remote", remote(placement).map(str::to_owned)),
    ];
    let commit_words = known
        .into_iter()
        .filter_map(|(name, what)| Some((name, what?)));
    commit_words
        .map(|(name, what)| below(name, &what, width))
        .collect()
}

/// Returns a fact with its name before it, broken to fit `width` columns.
fn below(name: &str, what: &str, width: usize) -> String {
    let indent = " ".repeat(NAME);
    let what = what.replace('\n', &format!("\n{indent}"));
    fit::lines(&format!("{name:NAME$}{what}"), width, &indent)
}

/// The width of the column with the names of facts, in characters.
const NAME: usize = 9;

fn since(placement: &Placement) -> Option<String> {
    let first = placement.introduced.as_ref()?;
    let or_before = if placement.or_before {
        ", or earlier (the history of this clone is cut off there)"
    } else {
        ""
    };
    Some(format!("{}{or_before}", commit_words(first)))
}

/// Returns the commit that removed the secret from the last file that had it. `None` if that
/// commit, or the commit that introduced the secret, is unknown.
fn removed(placement: &Placement) -> Option<String> {
    let last = placement.removed.as_ref()?;
    placement.introduced.as_ref()?;
    Some(format!(
        "from the files on {};\nstill readable in history",
        commit_words(last)
    ))
}

fn remote(placement: &Placement) -> Option<&'static str> {
    if placement.published {
        Some(
            "a remote repository has it: everybody who can read the repository can read the secret",
        )
    } else if placement.kept_by.is_empty() {
        None
    } else {
        Some("no remote branch that this clone knows has it")
    }
}

/// Returns the rank of a finding, where 0 is the most urgent: 0 for a secret on a remote, 2 for a
/// secret that git drops at its next prune, 1 for all others.
pub fn urgency(finding: &Finding) -> u8 {
    match &finding.placement {
        Some(placement) if placement.published => 0,
        Some(placement) if placement.kept_by.iter().any(is_nothing) => 2,
        _ => 1,
    }
}

/// Returns true for `KeptBy::Nothing`: no ref or record in the repository, or in the submodule that
/// has the secret, keeps it from being pruned.
fn is_nothing(keeper: &KeptBy) -> bool {
    matches!(keeper, KeptBy::Nothing { .. })
}

fn commit_words(commit: &Commit) -> String {
    let time = commit.time().replace('T', " ").replace('Z', " UTC");
    let author = shown_path(commit.author.as_bytes());
    format!(
        "{time}, commit {:.10} by {}",
        commit.id,
        if author.is_empty() { "nobody" } else { &author }
    )
}

/// Returns the number of commits that have the secret, and the branches whose tips still have it.
/// `None` if the secret was removed, or if its placement is not fully known.
fn still_there(placement: &Placement) -> Option<String> {
    let is_known = !placement.paths.is_empty() && !placement.kept_by.is_empty();
    let is_there = placement.introduced.is_some() && placement.removed.is_none();
    if !is_known || !is_there {
        return None;
    }
    let commits = summary::count(placement.commits, "commit");
    let tips: Vec<String> = placement.tips.iter().map(|name| short(name)).collect();
    let still = if tips.is_empty() {
        "never removed".to_owned()
    } else {
        format!("still in {}", cut(tips, LISTED, ", "))
    };
    Some(format!("{commits}; {still}"))
}

/// Returns a ref or record that keeps a secret from being pruned, as text.
fn keeper(by: &KeptBy) -> String {
    match by {
        KeptBy::Nothing { repository } if repository.is_empty() => {
            "nothing: a later `git gc` deletes it".to_owned()
        }
        by => short(&by.to_string()),
    }
}

/// Returns the name of a ref or record as text, such as `branch main` for `refs/heads/main`.
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
        _ if shown.starts_with("reflog:") => format!("{shown} (until it expires)"),
        _ => shown,
    }
}
