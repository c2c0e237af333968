//! Texts about the states of credentials.

use super::{CheckOutcome, Expected, TokenRow};
use crate::detect::redact::shown_path;
use crate::live::{AnswerTrace, Identity, Introspection, Kind, LiveState};
use crate::model::liveness::{Liveness, SecretState};
use crate::model::time::moment;

/// The largest number of characters that are shown of a name from Notion.
const NAME: usize = 100;

/// Returns a name from Notion, safe to print in one line: masked, escaped, and cut to [`NAME`]
/// characters.
pub fn name(text: &str) -> String {
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(NAME).collect();
    let rest = if characters.next().is_some() {
        "…"
    } else {
        ""
    };
    shown_path(start.as_bytes()) + rest
}

/// Returns the owner of a token, such as `"docs sync" (internal integration) in Acme`.
pub fn whose(identity: &Identity) -> String {
    let own = identity
        .name
        .as_deref()
        .map(|text| format!("\"{}\"", name(text)));
    let kind = match identity.kind {
        Some(Kind::Internal) => "internal integration",
        Some(Kind::User) => "OAuth or personal token",
        None => "integration",
    };
    let who = own.map_or_else(|| kind.to_owned(), |own| format!("{own} ({kind})"));
    match &identity.workspace_name {
        Some(workspace) => format!("{who} in {}", name(workspace)),
        None => who,
    }
}

/// Returns one or two sentences about the liveness of a finding's secret.
pub fn statement(liveness: &Liveness) -> String {
    let why = liveness.reason.as_ref();
    let why = why.map_or_else(String::new, |(_, why)| format!(": {why}"));
    match liveness.state {
        SecretState::Live => {
            let whose = liveness.identity.as_ref().map(whose);
            let whose = whose.map(|whose| unmarked(&whose));
            let whose = whose.map_or_else(String::new, |whose| format!(" It is {whose}."));
            format!("Live: Notion accepts it, so rotate it now.{whose}")
        }
        SecretState::Dead => {
            let day = liveness.checked.map(day).unwrap_or_default();
            format!(
                "Dead: refused by Notion on {day}. If it was only disabled, an owner may enable it again."
            )
        }
        SecretState::Unknown => format!("It is unknown whether Notion accepts the secret{why}."),
        SecretState::NotChecked => format!("Notion was not asked about the secret{why}."),
    }
}

/// Returns a text in which the characters that SARIF and Markdown read as links, images or tags are
/// replaced.
fn unmarked(text: &str) -> String {
    let plain = |c| match c {
        '[' => '(',
        ']' => ')',
        '<' => '\u{2039}',
        '>' => '\u{203a}',
        '`' => '\'',
        c => c,
    };
    text.chars().map(plain).collect()
}

/// Returns the name of a state, such as `live`.
pub fn state(state: &LiveState) -> &'static str {
    match state {
        LiveState::Live(_) => "live",
        LiveState::Dead => "dead",
        LiveState::Unknown(_) => "unknown",
    }
}

/// Returns lines about a credential. The report writes the first line beside the variable's name,
/// and the others below it.
pub fn about(row: &TokenRow) -> Vec<String> {
    let mut lines = match &row.verified.result {
        LiveState::Live(Some(identity)) => vec![whose(identity)],
        LiveState::Live(None) => {
            vec!["Notion accepts this secret with its client id".to_owned()]
        }
        LiveState::Dead => vec!["refused by Notion just now".to_owned()],
        LiveState::Unknown(reason) => {
            let mut lines = vec![format!("{reason}{}", evidence(row))];
            lines.extend(reason.help().map(str::to_owned));
            lines.push("Nothing is known about it.".to_owned());
            lines
        }
    };
    lines.extend(row.introspection.as_ref().map(introspected));
    if row.outcome() == CheckOutcome::NotAsExpected {
        lines.push(contradiction(row.expected).to_owned());
    }
    lines
}

fn contradiction(expected: Expected) -> &'static str {
    match expected {
        Expected::Dead => "expected dead, but it still works: revoke it in Notion",
        Expected::Live => "expected live: this may be the value from before a rotation",
    }
}

/// Returns the number of attempts, and the parts of an answer that Notion's support needs to find
/// the request.
fn evidence(row: &TokenRow) -> String {
    let attempts = match row.verified.attempts {
        0 | 1 => String::new(),
        attempts => format!(" ({attempts} attempts)"),
    };
    attempts + &traced(&row.verified.trace)
}

/// Returns the status, error code and request id of an answer, in brackets; empty if there was no
/// answer.
pub fn traced(trace: &AnswerTrace) -> String {
    let status = trace.status.map(|status| status.to_string());
    let request = trace.request.as_ref().map(|id| format!("request {id}"));
    let parts = [status, trace.code.clone(), request];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!(" [{}]", parts.join(", ")),
    }
}

fn introspected(introspection: &Introspection) -> String {
    match introspection {
        Introspection::Active(Some(since)) => format!("issued to this client on {}", day(*since)),
        Introspection::Active(None) => "issued to this client".to_owned(),
        Introspection::Inactive => "not a token of this client".to_owned(),
        Introspection::Refused => {
            "Notion refused the client id and secret, so it did not say whose token this is"
                .to_owned()
        }
        Introspection::Unknown(reason) => {
            format!("Notion did not say whether this client owns the token: {reason}")
        }
    }
}

fn day(seconds: i64) -> String {
    moment(seconds)
        .split('T')
        .next()
        .unwrap_or_default()
        .to_owned()
}
