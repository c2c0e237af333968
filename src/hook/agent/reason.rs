//! The reason in an answer, which people and models read.

use std::path::Path;

use super::event::AgentEvent;
use super::guard::BlockedLeak;
use super::names::TurnPoint;
use crate::detect::redact::{redact, shell_word, shown_path};
use crate::model::blob::path_bytes;

/// The largest number of credentials and env files that a reason names.
const NAMED: usize = 3;

/// Returns the reason as one paragraph that a model may read. `is_withheld` is true if the answer
/// stops the event or masks the credentials.
pub fn reason<'c>(
    event: &AgentEvent,
    caught: impl Iterator<Item = &'c BlockedLeak> + Clone,
    is_withheld: bool,
) -> String {
    let all = caught.clone().count();
    let mut sentences: Vec<String> = caught
        .clone()
        .take(NAMED)
        .map(|caught| what(event, caught))
        .collect();
    if all > NAMED {
        sentences.push(format!("And {} more.", all - NAMED));
    }
    sentences.push(outcome(event, is_withheld).to_owned());
    sentences.push(advice(event, caught.clone()));
    let fingerprint = fingerprint(caught.clone());
    sentences.extend(fingerprint.map(|fingerprint| format!("Its fingerprint: {fingerprint}")));
    sentences.retain(|sentence| !sentence.is_empty());
    redact(&format!("ntnguard: {}", sentences.join(" "))).into_owned()
}

/// Returns the sentence with the command that allows the caught credential; `None` if there is no
/// credential that can be allowed. The sentence is only for the user, because a model that may run
/// commands would run the command in it.
pub fn permission<'c>(caught: impl Iterator<Item = &'c BlockedLeak>) -> Option<String> {
    let fingerprint = fingerprint(caught)?;
    Some(format!(
        "If this is not a credential, `ntnguard allow {fingerprint} --reason TEXT` allows it."
    ))
}

/// Returns the first fingerprint of a caught credential; `None` if no fingerprint may be shown.
fn fingerprint<'c>(mut caught: impl Iterator<Item = &'c BlockedLeak>) -> Option<&'c String> {
    caught.find_map(|caught| match caught {
        BlockedLeak::Secret { fingerprint, .. } => fingerprint.as_ref(),
        BlockedLeak::EnvFile(_) => None,
    })
}

fn what(event: &AgentEvent, caught: &BlockedLeak) -> String {
    match caught {
        BlockedLeak::EnvFile(file) => format!(
            "{} is an env file that git does not track: its values must not reach a transcript.",
            shown(file)
        ),
        BlockedLeak::Secret {
            title, mask, file, ..
        } => {
            let tool = event.tool().map(|tool| redact(tool).into_owned());
            let place = match (event.point, file, tool) {
                (_, Some(file), _) => format!("{} holds", shown(file)),
                (TurnPoint::Prompt | TurnPoint::ModelPrompt, ..) => "The prompt holds".to_owned(),
                (TurnPoint::AfterTool, _, Some(tool)) => format!("The output of {tool} holds"),
                (TurnPoint::AfterTool, ..) => "The output holds".to_owned(),
                (_, _, Some(tool)) => format!("The input of {tool} holds"),
                _ => "The event holds".to_owned(),
            };
            format!("{place} a credential: {title}, {mask}.")
        }
    }
}

fn shown(file: &Path) -> String {
    shown_path(path_bytes(file))
}

/// Returns the sentence about the effect of the answer.
fn outcome(event: &AgentEvent, is_withheld: bool) -> &'static str {
    match (event.point, is_withheld) {
        (TurnPoint::Prompt, true) => "So the prompt was not sent.",
        (TurnPoint::Prompt, false) => {
            "The assistant cannot be kept from reading it: treat the credential as leaked."
        }
        (TurnPoint::ModelPrompt, _) => "It is masked in what the model reads.",
        (TurnPoint::AfterTool, true) => "It is masked in what the model reads.",
        (TurnPoint::AfterTool, false) => {
            "The assistant has it already: treat the credential as leaked, and replace it now."
        }
        _ => "So the tool was not run.",
    }
}

/// Returns the sentence with the advice; empty for an event after a tool.
fn advice<'c>(
    event: &AgentEvent,
    mut caught: impl Iterator<Item = &'c BlockedLeak> + Clone,
) -> String {
    let variable = caught.clone().find_map(|caught| match caught {
        BlockedLeak::Secret { variable, .. } if !variable.is_empty() => Some(variable.as_str()),
        _ => None,
    });
    let file = caught.find_map(|caught| match caught {
        BlockedLeak::EnvFile(file) => Some(file),
        BlockedLeak::Secret { .. } => None,
    });
    match (event.point, file, variable) {
        (TurnPoint::AfterTool, ..) => String::new(),
        (_, Some(file), _) => format!(
            "A program can load the variables of the file without showing them: `set -a; . {}; set +a`. To let \
             assistants read the file, write the lines `version: 1` and `agents: {{allow-env-read: true}}` into \
             .ntnguard.yaml.",
            shell_word(path_bytes(&Path::new(".").join(file)))
        ),
        (TurnPoint::Prompt | TurnPoint::ModelPrompt, _, variable) => format!(
            "Write the name of the variable that holds the credential ({}), not its value.",
            variable.unwrap_or("NOTION_TOKEN")
        ),
        (_, _, variable) => format!(
            "Read the credential from the environment, and store it in the line `{}=` of an env file that git ignores.",
            variable.unwrap_or("NOTION_TOKEN")
        ),
    }
}
