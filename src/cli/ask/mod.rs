//! The common part of the commands that ask Notion: their flags, and the values of variables.

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
    /// Read variables from FILE, before the environment (repeatable; the first that sets one
    /// counts)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    env_file: Vec<PathBuf>,
    /// Report as human or json [default: human]
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = choice::live_format(),
        hide_possible_values = true
    )]
    format: Option<Format>,
    /// Write the report to FILE, whole or not at all; as JSON where its name ends in .json
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Only what is not as expected, and no summary
    #[arg(short, long)]
    quiet: bool,
}

impl AskFlags {
    /// The variables that the files and the environment set.
    pub fn values(&self) -> Result<Values> {
        self.answer.values()
    }

    /// Returns a connection for the time of the flags and `longer`. Nothing is sent yet.
    pub fn notion(&self, longer: Duration) -> Result<Notion> {
        self.connect.notion(longer)
    }

    /// Writes the report, and returns the exit status.
    pub fn finish(&self, report: &LiveReport) -> Outcome {
        self.answer.finish(report)
    }

    /// Returns true if only differences are reported.
    pub fn is_quiet(&self) -> bool {
        self.answer.quiet
    }
}

impl AnswerFlags {
    /// The variables that the files and the environment set.
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

/// The answer about a token, and the time of the question.
pub type Answered = (Verified<LiveState>, SystemTime);

/// The answers of a run: each value is asked about once.
#[derive(Default)]
pub struct Answers(HashMap<Fingerprint, Answered>);

impl Answers {
    /// Returns the answer about a token, which is asked for the first time only.
    pub fn token(&mut self, notion: &mut Notion, token: &Secret) -> Answered {
        let known = self.0.entry(token.fingerprint());
        let answered =
            known.or_insert_with(|| (without(notion.me(token), token), SystemTime::now()));
        answered.clone()
    }

    /// Forgets all answers, so that each token is asked about again.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

/// Returns the same answer with the token masked in its texts. Masking comes before cutting: a part
/// of a token may not be recognised.
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

/// Returns a mask for `secrets`, which no report may show.
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
