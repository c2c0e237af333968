//! The report on Notion's answers about credentials and objects, for people and as JSON.

mod human;
mod json;
mod words;

pub use json::{counts, identity, liveness};
pub use words::{statement, traced, whose};

use std::io::{self, Write};
use std::time::SystemTime;

use super::{Format, Style, fit, inert};
use crate::detect::redact::{Hidden, redact_bytes};
use crate::live::{Introspection, LiveState, Verified};
use crate::model::secret::Fingerprint;

/// The report of a command that checks credentials, such as `ntnguard verify`.
pub struct LiveReport {
    /// The name of the command, such as `verify`.
    pub source: &'static str,
    /// The tokens that were checked, and the OAuth client's secret.
    pub tokens: Vec<TokenRow>,
    /// The checks of other things than the state of a credential.
    pub checks: Vec<CheckRow>,
    /// The number of requests sent.
    pub requests: u32,
    /// The host that the requests were sent to; empty if the command sends none.
    pub host: String,
    /// The values of the credentials, to mask them: a server may echo a value in its answer.
    pub hidden: Hidden,
}

/// A token, or the secret of an OAuth client, with its state.
pub struct TokenRow {
    /// The name of the variable, or `-` for standard input.
    pub variable: String,
    /// The fingerprint of the value.
    pub fingerprint: Fingerprint,
    /// The state that the user expects.
    pub expected: Expected,
    /// The state that Notion's answer proves.
    pub verified: Verified<LiveState>,
    /// Notion's answer to the OAuth client's question about the token; `None` if the client did not
    /// ask.
    pub introspection: Option<Introspection>,
    /// True for the secret of an OAuth client.
    pub is_client: bool,
    /// The time of the request.
    pub checked: SystemTime,
}

/// The expected state of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Notion accepts the credential.
    Live,
    /// Notion refuses the credential.
    Dead,
}

/// A check that is not about the state of a credential, and its outcome.
pub struct CheckRow {
    /// The name of the variable that has the value to check.
    pub variable: String,
    /// The kind of thing that was checked.
    pub subject: CheckSubject,
    /// The outcome of the check.
    pub outcome: CheckOutcome,
    /// The result, in a few words.
    pub message: String,
    /// The next step, if there is one.
    pub help: Option<String>,
}

/// The kind of thing that a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckSubject {
    /// The value of a variable.
    Variable,
    /// A page or a database.
    Object,
    /// A token.
    Token,
    /// The signature of a webhook's request.
    Signature,
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// The subject is as expected.
    AsExpected,
    /// The subject is not as expected.
    NotAsExpected,
    /// The check had no result, for example because the network failed.
    Unknown,
}

impl TokenRow {
    /// Compares the state of the credential with the expected state.
    pub fn outcome(&self) -> CheckOutcome {
        match (&self.verified.result, self.expected) {
            (LiveState::Unknown(_), _) => CheckOutcome::Unknown,
            (LiveState::Live(_), Expected::Live) | (LiveState::Dead, Expected::Dead) => {
                CheckOutcome::AsExpected
            }
            _ => CheckOutcome::NotAsExpected,
        }
    }
}

impl LiveReport {
    fn outcomes(&self) -> impl Iterator<Item = CheckOutcome> {
        let tokens = self.tokens.iter().map(TokenRow::outcome);
        tokens.chain(self.checks.iter().map(|check| check.outcome))
    }

    /// Returns the number of tokens and checks with this outcome.
    pub fn count(&self, outcome: CheckOutcome) -> usize {
        self.outcomes().filter(|one| *one == outcome).count()
    }

    /// Returns true if no token and no check has an unknown outcome.
    pub fn is_complete(&self) -> bool {
        self.count(CheckOutcome::Unknown) == 0
    }

    /// Writes the report: as JSON for [`Format::Json`], and as text for people for any other
    /// format.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn write(&self, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let mut text = Vec::new();
        match format {
            Format::Json => json::write(self, &mut text)?,
            _ => human::write(self, style, &mut text)?,
        }
        // A server may echo a token anywhere in its answer.
        let text = self.hidden.mask(&text);
        let text = redact_bytes(&text);
        let text = String::from_utf8_lossy(&text);
        match format {
            Format::Json => out.write_all(inert::json(&text).as_bytes()),
            _ => out.write_all(inert::lines(&fit::signs(&text, style)).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests;
