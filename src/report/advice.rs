//! The advice on a finding: the next steps for the user.

use crate::detect::redact::shell_word;
use crate::model::blob::Part;
use crate::model::finding::Finding;
use crate::model::path::file_name;
use crate::model::placement::Placement;
use crate::model::rule::RuleKind;

use super::idiom::{Idiom, comment, idiom};

/// Returns the first steps, in one line.
pub fn line(finding: &Finding) -> String {
    if is_committed_file(finding) {
        return out_of_commits(finding);
    }
    if finding.is_dead() {
        return "The credential is dead, so nothing is left to rotate: find out who replaced it and where it leaked, then allow this finding, or remove it from history."
            .to_owned();
    }
    if !finding.is_local || finding.rule.kind != RuleKind::Credential {
        return finding.rule.advice.to_owned();
    }
    match finding.origin.path() {
        None => "Nothing has left this machine: write the message again without the credential."
            .to_owned(),
        Some(path) if is_env_file(path) => format!(
            "Nothing has left this machine, unless an earlier commit contains the secret. Take the file out of the index (`git rm --cached -- {0}`), add it to .gitignore, and commit again.",
            shell_word(path)
        ),
        Some(path) => format!(
            "Nothing has left this machine, unless an earlier commit contains the secret. {}, {}.{}",
            moved(finding, idiom(path)),
            again(finding),
            ignored(idiom(path)),
        ),
    }
}

/// Returns the ways to allow a finding that is not a credential: a comment, and an entry for the
/// configuration. `None` if the finding has no fingerprint that may be shown.
pub fn allowing(finding: &Finding) -> Option<String> {
    let fingerprint = finding.shown_fingerprint()?;
    let path = finding.origin.path();
    let comment = path.and_then(|path| comment(path, "ntnguard: allow <reason>"));
    let comment =
        comment.filter(|_| finding.origin.member().is_none() && finding.location.is_some());
    let comment = comment.map_or_else(String::new, |comment| {
        format!("`{comment}` on its line, or ")
    });
    Some(format!(
        "If this is not a credential, write {comment}this entry below `allow:` in .ntnguard.yaml (`ntnguard allow` writes it):\n- fingerprint: {fingerprint}\n  reason: not a secret"
    ))
}

/// Returns the steps that move the value out of the file and make the file read a variable instead.
fn moved(finding: &Finding, idiom: Option<Idiom>) -> String {
    let variable = finding.variable.as_deref().unwrap_or(finding.rule.variable);
    match idiom {
        Some(idiom) => format!(
            "Put the value into {}, read `{}` here",
            idiom.home,
            idiom.read(variable)
        ),
        None => format!("Put the value into .env, and read it from the variable `{variable}` here"),
    }
}

/// Returns the reminder that git must ignore the env file; empty if the advice is to put the value
/// somewhere else.
fn ignored(idiom: Option<Idiom>) -> String {
    let home = idiom.map_or(".env", |idiom| idiom.home);
    if home.starts_with(".env") {
        format!(" {home} must be in .gitignore.")
    } else {
        String::new()
    }
}

/// Returns the steps to take once the value is no longer in the file.
fn again(finding: &Finding) -> &'static str {
    match finding.placement {
        None => "`git add`, and commit again",
        Some(_) => {
            "take it out of the commits that hold it (`git commit --amend`, or `git rebase -i` for earlier ones), and push again"
        }
    }
}

/// Returns true if the finding's file is an env file that commits contain and that no known branch
/// contains any more. Such a file need not be in the index. The finding is about the env file
/// itself, or about a secret in it that has not left this machine.
fn is_committed_file(finding: &Finding) -> bool {
    let is_gone = |placement: &Placement| placement.tips.is_empty();
    let is_of_file = match finding.rule.kind {
        RuleKind::Env => finding.rule.is_about_committing,
        RuleKind::Credential => finding.is_local && finding.origin.path().is_some_and(is_env_file),
        _ => false,
    };
    is_of_file
        && finding.origin.part() == Some(Part::Content)
        && finding.placement.as_deref().is_some_and(is_gone)
}

fn out_of_commits(finding: &Finding) -> String {
    let first = if finding.is_local {
        "Nothing has left this machine, unless an earlier commit contains the file. Take"
    } else {
        "If a remote has the commits, rotate the secrets in the file. Take"
    };
    format!(
        "{first} the file out of the commits that hold it (`git commit --amend`, or `git rebase -i` for \
         earlier ones), and add it to .gitignore."
    )
}

fn is_env_file(path: &[u8]) -> bool {
    let name = file_name(path);
    name.starts_with(b".env") || name.ends_with(b".env")
}
