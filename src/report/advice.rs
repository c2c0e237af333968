//! The advice on a finding: the next steps for the user.

use crate::detect::redact::shell_word;
use crate::env::{Role, role};
use crate::model::blob::{Origin, Part};
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
        return "The credential is dead, so nothing is left to rotate: find out who replaced it and where it \
                leaked, then allow this finding, or remove the credential from the history."
            .to_owned();
    }
    if !finding.is_local || finding.rule.kind != RuleKind::Credential {
        return finding.rule.advice.to_owned();
    }
    match finding.origin.part() {
        Some(Part::RefName) => RENAME_REF.to_owned(),
        Some(Part::TagMessage) => TAG_AGAIN.to_owned(),
        Some(Part::CommitMessage) if finding.placement.is_some() => COMMIT_AGAIN.to_owned(),
        _ => match finding.origin.path() {
            None => MESSAGE_AGAIN.to_owned(),
            Some(path) => format!("{LOCAL} {}", steps(finding, path)),
        },
    }
}

/// The beginning of the advice on a secret in a file that only this machine has.
const LOCAL: &str = "Nothing has left this machine, unless an earlier commit contains the secret.";
const MESSAGE_AGAIN: &str =
    "Nothing has left this machine: write the message again without the credential.";
const COMMIT_AGAIN: &str = "Nothing has left this machine: take the credential out of the commit's message and author \
    (`git commit --amend`, or `git rebase -i` for earlier ones), and push again.";
const TAG_AGAIN: &str = "Nothing has left this machine: delete the tag (`git tag -d NAME`), make it again without the \
    credential, and push again.";
const RENAME_REF: &str = "Nothing has left this machine: rename the branch (`git branch -m NEW`), or make the tag \
    again with another name, and push again.";

/// Returns the steps for a secret in the file at `path` that only this machine has.
fn steps(finding: &Finding, path: &[u8]) -> String {
    let variable = finding.variable.as_deref().unwrap_or(finding.rule.variable);
    let is_name = matches!(finding.origin, Origin::Name { .. })
        || finding.origin.part() == Some(Part::PathName);
    let again = again(finding);
    if is_name && finding.origin.member().is_none() {
        format!("Rename the file or its folder, {again}.")
    } else if finding.origin.member().is_some() {
        format!("Make the file again without the credential, {again}.")
    } else if role(path) == Some(Role::Template) {
        format!(
            "Keep only the name in the template (`{variable}=`), put the value into .env, {again}. .env must be \
             in .gitignore."
        )
    } else if is_env_file(path) {
        format!(
            "Take the file out of the index (`git rm --cached -- {}`), add it to .gitignore, and commit again.",
            shell_word(path)
        )
    } else {
        let idiom = idiom(path);
        format!("{}, {again}.{}", moved(variable, idiom), ignored(idiom))
    }
}

/// Returns the ways to allow a finding that is not a credential: a comment, and a command. `None`
/// if the finding has no fingerprint that may be shown.
pub fn allowing(finding: &Finding) -> Option<String> {
    let fingerprint = finding.shown_fingerprint()?;
    let path = finding.origin.path();
    let comment = path.and_then(|path| comment(path, "ntnguard: allow <reason>"));
    // A comment in a later commit has no effect on an earlier one.
    let is_line = finding.origin.member().is_none()
        && finding.location.is_some()
        && finding.placement.is_none();
    let comment = comment
        .filter(|_| is_line)
        .map_or_else(String::new, |comment| {
            format!("write `{comment}` on its line, or ")
        });
    Some(format!(
        "If this is not a credential, {comment}run `ntnguard allow {fingerprint} --reason TEXT`, which adds an \
         exception to .ntnguard.yaml."
    ))
}

/// Returns the steps that move the value out of the file and make the file read a variable instead.
fn moved(variable: &str, idiom: Option<Idiom>) -> String {
    match idiom {
        Some(idiom) => format!(
            "Put the value into {}, read `{}` in this file",
            idiom.home,
            idiom.read(variable)
        ),
        None => {
            format!("Put the value into .env, read it from the variable `{variable}` in this file")
        }
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
            "take the credential out of the commits that contain it (`git commit --amend`, or `git rebase -i` \
             for earlier ones), and push again"
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
        RuleKind::Credential => {
            let is_of_env = |path: &[u8]| is_env_file(path) && role(path) != Some(Role::Template);
            finding.is_local && finding.origin.path().is_some_and(is_of_env)
        }
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
        "{first} the file out of the commits that contain it (`git commit --amend`, or `git rebase -i` for \
         earlier ones), and add it to .gitignore."
    )
}

fn is_env_file(path: &[u8]) -> bool {
    let name = file_name(path);
    name.starts_with(b".env") || name.ends_with(b".env")
}
