//! The report on Notion's answers, for people and as JSON.

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

/// The report on Notion's answers.
pub struct LiveReport {
    /// The command.
    pub source: &'static str,
    /// The tokens that were asked about, and the OAuth client.
    pub tokens: Vec<TokenRow>,
    /// The other checks.
    pub checks: Vec<CheckRow>,
    /// The number of requests sent.
    pub requests: u32,
    /// The host that the requests were sent to; empty where the command asks nobody.
    pub host: String,
    /// The values, which an answer may echo.
    pub hidden: Hidden,
}

/// A token, or an OAuth client's secret, with its state.
pub struct TokenRow {
    /// The variable, or `-` for standard input.
    pub variable: String,
    /// The value's identity.
    pub fingerprint: Fingerprint,
    /// The expected state.
    pub expected: Expected,
    /// The state that Notion's answer proves.
    pub verified: Verified<LiveState>,
    /// The OAuth client's answer about the token, if the client was asked.
    pub introspection: Option<Introspection>,
    /// True for the secret of an OAuth client.
    pub is_client: bool,
    /// The time of the request.
    pub checked: SystemTime,
}

/// The expected state of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The credential works.
    Live,
    /// The credential is refused.
    Dead,
}

/// Another check.
pub struct CheckRow {
    /// The variable.
    pub variable: String,
    /// The subject of the check.
    pub subject: CheckSubject,
    /// The outcome of the check.
    pub outcome: CheckOutcome,
    /// The result, in a few words.
    pub message: String,
    /// The next step, if there is one.
    pub help: Option<String>,
}

/// The subject of a check.
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
    /// As it should.
    AsExpected,
    /// Not as it should.
    NotAsExpected,
    /// It could not be found out.
    Unknown,
}

impl TokenRow {
    /// Returns the outcome of the token's check.
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

    /// Returns the number of checks with an outcome.
    pub fn count(&self, outcome: CheckOutcome) -> usize {
        self.outcomes().filter(|one| *one == outcome).count()
    }

    /// Returns true if no check has an unknown outcome.
    pub fn is_complete(&self) -> bool {
        self.count(CheckOutcome::Unknown) == 0
    }

    /// Writes the report: as JSON, or for people.
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
        // A server may echo a token in whatever it says.
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
