//! Code shared by the commands that ask Notion: their flags, and the values of variables.

mod connect;
mod duration;
mod oauth;
mod values;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::detect::redact::Hidden;
use crate::error::Result;
use crate::live::{LiveState, Notion, Verified};
use crate::model::known::Known;
use crate::model::secret::{Fingerprint, Secret};
use crate::report::{CheckOutcome, Detail, Format, LiveReport};
use clap::{Args, ValueHint};

use super::{ExitStatus, Outcome, choice, output};

pub use connect::ConnectFlags;
pub use duration::duration;
pub use oauth::{ClientFlags, OauthClient};
pub use values::{
    ValueFault, Values, client_id_fault, common_fault, from_input, missing, named_token_fault,
    of_variable, secret_fault, token_fault, typed_name, unfit,
};

/// The flags of every command that asks Notion.
#[derive(Args)]
pub struct AskFlags {
    #[command(flatten)]
    answer: AnswerFlags,
    #[command(flatten)]
    connect: ConnectFlags,
}

/// The flags of every command about named variables, whether the command connects or not.
#[derive(Args)]
pub struct AnswerFlags {
    /// Read variables from FILE first, then from the environment (repeatable; the first file that
    /// sets a variable wins)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    env_file: Vec<PathBuf>,
    /// Format of the report: human or json [default: human]
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = choice::live_format(),
        hide_possible_values = true
    )]
    format: Option<Format>,
    /// Write the report to FILE, completely or not at all; as JSON if the name ends in .json
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Report only results that are not as expected, without a summary
    #[arg(short, long)]
    quiet: bool,
}

impl AskFlags {
    /// Reads the variables that env files and the environment set.
    pub fn values(&self) -> Result<Values> {
        self.answer.values()
    }

    /// Returns a connection whose requests together may take the time of `--timeout` plus `longer`.
    /// Nothing is sent yet.
    pub fn notion(&self, longer: Duration) -> Result<Notion> {
        self.connect.notion(longer)
    }

    /// Writes the report, and returns the exit status.
    pub fn finish(&self, report: &LiveReport) -> Outcome {
        self.answer.finish(report)
    }

    /// Returns true if `--quiet` is given.
    pub fn is_quiet(&self) -> bool {
        self.answer.quiet
    }
}

impl AnswerFlags {
    /// Reads the variables that env files and the environment set.
    pub fn values(&self) -> Result<Values> {
        Values::read(&self.env_file)
    }

    /// Writes the report, and returns the exit status.
    pub fn finish(&self, report: &LiveReport) -> Outcome {
        let detail = match self.quiet {
            true => Detail::Quiet,
            false => Detail::Normal,
        };
        output::write_live(report, self.format, self.output.as_deref(), detail)?;
        Ok(match () {
            () if report.count(CheckOutcome::NotAsExpected) > 0 => ExitStatus::Found,
            () if report.is_complete() => ExitStatus::Clean,
            () => ExitStatus::Failed,
        })
    }
}

/// The answer about a token, and the time of the request.
pub type Answered = (Verified<LiveState>, SystemTime);

/// The answers of a run, by the fingerprint of the token. Notion is asked once about each token.
#[derive(Default)]
pub struct Answers(HashMap<Fingerprint, Answered>);

impl Answers {
    /// Returns the answer about a token. Notion is asked only if no earlier answer is stored.
    pub fn token(&mut self, notion: &mut Notion, token: &Secret) -> Answered {
        let known = self.0.entry(token.fingerprint());
        let answered =
            known.or_insert_with(|| (without(notion.me(token), token), SystemTime::now()));
        answered.clone()
    }

    /// Forgets all answers, so that Notion is asked again about each token.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

/// Returns the same answer with the token masked in its strings. This must happen before the
/// strings are cut, since a part of a token may not be recognised.
fn without(verified: Verified<LiveState>, token: &Secret) -> Verified<LiveState> {
    let hidden = hidden([token].into_iter());
    let mask = |text: String| String::from_utf8_lossy(&hidden.mask(text.as_bytes())).into_owned();
    Verified {
        result: match verified.result {
            LiveState::Live(identity) => {
                LiveState::Live(identity.map(|known| known.without(token).map(mask)))
            }
            state => state,
        },
        ..verified
    }
}

/// Returns a mask that hides `secrets` in a report.
pub fn hidden<'a>(secrets: impl Iterator<Item = &'a Secret>) -> Hidden {
    let known = secrets.map(|value| Known {
        variable: String::new(),
        value: value.clone(),
        file: PathBuf::new(),
        is_guessable: false,
        password: None,
    });
    Hidden::new(&known.collect::<Vec<_>>())
}
