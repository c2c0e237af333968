//! What Notion's answers came to, for people and as JSON.

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

/// What Notion's answers came to.
pub struct LiveReport {
    /// The command.
    pub source: &'static str,
    /// The tokens that were asked about, and the OAuth client.
    pub tokens: Vec<TokenRow>,
    /// What else was checked.
    pub checks: Vec<CheckRow>,
    /// The number of requests that were sent.
    pub requests: u32,
    /// The host that they were sent to; empty where the command asks nobody.
    pub host: String,
    /// The values, which an answer may echo.
    pub hidden: Hidden,
}

/// A token, or an OAuth client's secret, and what is known about it.
pub struct TokenRow {
    /// The variable, or `-` for standard input.
    pub variable: String,
    /// The value's identity.
    pub fingerprint: Fingerprint,
    /// What it should be.
    pub expected: Expected,
    /// What it is.
    pub verified: Verified<LiveState>,
    /// What the OAuth client says about it, if that was asked.
    pub introspection: Option<Introspection>,
    /// Returns true for the secret of an OAuth client.
    pub is_client: bool,
    /// When it was asked about.
    pub checked: SystemTime,
}

/// What somebody expects of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// That it works.
    Live,
    /// That it is refused.
    Dead,
}

/// Something else that was checked.
pub struct CheckRow {
    /// The variable.
    pub variable: String,
    /// What kind of thing it is about.
    pub subject: CheckSubject,
    /// How it came out.
    pub outcome: CheckOutcome,
    /// What was found, in a few words.
    pub message: String,
    /// What to do next.
    pub help: Option<String>,
}

/// What a check is about.
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

/// How a check came out.
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
    /// How it came out.
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

    /// The number of checks that came out so.
    pub fn count(&self, outcome: CheckOutcome) -> usize {
        self.outcomes().filter(|one| *one == outcome).count()
    }

    /// Returns true if everything that was asked is known.
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
