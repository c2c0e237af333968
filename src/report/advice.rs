//! What to do now about a finding.

use crate::finding::{Evidence, Finding};
use crate::redact::shown_path;
use crate::rule::RuleKind;

use super::idiom::{Idiom, comment, idiom};

/// The first thing to do, in one line.
pub fn line(finding: &Finding) -> String {
    if !finding.is_local || finding.rule.kind != RuleKind::Credential {
        return finding.rule.advice.to_owned();
    }
    match finding.origin.path() {
        None => "Nothing has left this machine: write the message again without it.".to_owned(),
        Some(path) if is_env_file(path) => format!(
            "Nothing has left this machine, unless an earlier commit had it: take the file out of the index (`git rm --cached -- {0}`), add it to .gitignore, and \
             commit again.",
            shown_path(path)
        ),
        Some(path) => format!(
            "Nothing has left this machine, unless an earlier commit had it: {}, {}.{}",
            moved(finding, idiom(path)),
            again(finding),
            ignored(idiom(path)),
        ),
    }
}

/// How to let the finding pass if it is no credential: the comment, and the entry to paste.
pub fn allowing(finding: &Finding) -> Option<String> {
    let fingerprint = finding.evidence.as_ref().and_then(Evidence::shown)?;
    let path = finding.origin.path();
    let comment = path.and_then(|path| comment(path, "ntnguard: allow <reason>"));
    let comment =
        comment.filter(|_| finding.origin.member().is_none() && finding.location.is_some());
    let comment = comment.map_or_else(String::new, |comment| {
        format!("`{comment}` on its line, or ")
    });
    Some(format!(
        "No credential? {comment}under `allow:` in .ntnguard.yaml (`ntnguard allow` writes it):\n\
         - fingerprint: {fingerprint}\n  reason: not a secret"
    ))
}

/// Where to put the value, and what to write in its place.
fn moved(finding: &Finding, idiom: Option<Idiom>) -> String {
    let variable = finding.variable.as_deref().unwrap_or(finding.rule.variable);
    match idiom {
        Some(idiom) => format!(
            "put the value into {}, read `{}` here",
            idiom.home,
            idiom.read(variable)
        ),
        None => format!("put the value into .env, and have it read from `{variable}` here"),
    }
}

/// That an env file must be ignored.
fn ignored(idiom: Option<Idiom>) -> String {
    let home = idiom.map_or(".env", |idiom| idiom.home);
    if home.starts_with(".env") {
        format!(" {home} must be in .gitignore.")
    } else {
        String::new()
    }
}

/// How to go on, once the value is gone from the file.
fn again(finding: &Finding) -> &'static str {
    match finding.placement {
        None => "`git add`, and commit again",
        Some(_) => {
            "take it out of the commits that hold it (`git commit --amend`, or `git rebase -i` for earlier ones), and push again"
        }
    }
}

fn is_env_file(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    name.starts_with(b".env") || name.ends_with(b".env")
}
