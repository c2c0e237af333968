//! Reads the liveness of a secret from a saved report.

use super::document::{SavedIdentity, SavedLiveness};
use crate::model::liveness::{AnswerTrace, Identity, Kind, Liveness, SecretState};
use crate::model::time::seconds_of;

/// The ids of the reasons that this version knows.
const REASONS: [&str; 24] = [
    "timeout",
    "dns",
    "connection",
    "cut-off",
    "tls-untrusted",
    "tls-wrong-name",
    "tls-expired",
    "tls",
    "tls-no-store",
    "proxy",
    "too-large",
    "not-http",
    "redirect",
    "not-notion",
    "header-stripped",
    "rate-limited",
    "blocked",
    "overloaded",
    "unexpected",
    "odd-length",
    "not-asked",
    "not-ours",
    "unsuited",
    "limit",
];

/// Returns the liveness; `None` if its state or its time is invalid.
pub fn liveness(saved: &SavedLiveness) -> Option<Liveness> {
    let state = SecretState::ALL
        .into_iter()
        .find(|state| state.id() == saved.state.raw())?;
    let checked = match &saved.checked {
        Some(time) => Some(seconds_of(time.raw())?),
        None => None,
    };
    let reason = saved.reason.as_ref().map(|reason| {
        let known = REASONS.into_iter().find(|known| *known == reason.raw());
        (
            known.unwrap_or("other"),
            format!("{} (according to the saved report)", reason.shown()),
        )
    });
    Some(Liveness {
        state,
        checked,
        reason,
        trace: AnswerTrace {
            status: saved.status,
            code: saved.code.as_ref().map(|code| code.shown()),
            request: saved.request_id.as_ref().map(|id| id.shown()),
        },
        identity: saved.identity.as_ref().map(identity),
    })
}

fn identity(saved: &SavedIdentity) -> Identity {
    let kind = [Kind::Internal, Kind::User];
    let named = |name: &str| kind.into_iter().find(|kind| kind.id() == name);
    Identity {
        kind: saved.kind.as_ref().and_then(|kind| named(kind.raw())),
        bot: saved.bot.shown(),
        name: saved.name.as_ref().map(|text| text.shown()),
        workspace: saved.workspace.as_ref().map(|text| text.shown()),
        workspace_name: saved.workspace_name.as_ref().map(|text| text.shown()),
    }
}
