//! The command `ntnguard preflight`, which checks the tokens and pages in the configuration.

mod objects;
mod offline;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::live::Notion;
use crate::model::secret::Secret;
use crate::policy::config::{Config, FILE_NAME, PreflightPlan};
use crate::report::{Expected, LiveReport, TokenRow};
use clap::{Args, ValueHint};

use super::ask::{self, Answered, Answers, AskFlags};
use super::{Outcome, settings};

/// The arguments of `ntnguard preflight`.
#[derive(Args)]
pub struct PreflightCommand {
    /// The configuration; by default .ntnguard.yaml at the repository's root
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    #[command(flatten)]
    ask: AskFlags,
}

impl PreflightCommand {
    /// Checks the values of the variables, then asks Notion about each token and each object.
    pub fn run(self) -> Outcome {
        let plan = self.plan()?;
        let values = self.ask.values()?;
        let ready = offline::ready(&plan, &values);
        let mut notion = self.ask.notion(Duration::ZERO)?;
        let tokens = asked(&mut notion, &ready);
        let mut checks = ready.checks;
        let about = objects::ObjectChecks {
            notion: &mut notion,
            tokens: &tokens,
            values: &ready.tokens,
        };
        checks.extend(about.check(&ready.objects));
        let secrets = ready.tokens.iter().map(|(_, value)| value);
        let secrets = secrets.chain(ready.client.iter().map(|(_, client)| &client.secret));
        self.ask.finish(&LiveReport {
            source: "preflight",
            hidden: ask::hidden(secrets),
            tokens,
            checks,
            requests: notion.requests(),
            host: notion.host().to_owned(),
        })
    }

    fn plan(&self) -> Result<PreflightPlan> {
        let (config, name) = match &self.config {
            Some(file) => {
                let name = file.display().to_string();
                (Config::load(file, &settings::ground(), &name)?, name)
            }
            None => (own_config()?, FILE_NAME.to_owned()),
        };
        config.preflight.ok_or_else(|| {
            Error::new(format!("{name} has no section `preflight`, so it does not say what to check"))
                .help("add `version: 1` and `preflight: {tokens: [NOTION_TOKEN]}` to the file, with the names of your variables")
        })
    }
}

/// Reads the configuration at the root of the repository or, outside of one, in the current
/// directory. Returns the defaults if there is no file.
fn own_config() -> Result<Config> {
    let top = Repository::here()?.and_then(|repository| repository.work_tree());
    let top = top.unwrap_or_else(|| Path::new(".").to_owned());
    settings::refuse_misnamed(&top)?;
    let path = top.join(FILE_NAME);
    match path.symlink_metadata() {
        Ok(_) => Config::load(&path, &top, FILE_NAME),
        Err(_) => Ok(Config::default()),
    }
}

/// Asks Notion about the tokens and the OAuth client.
fn asked(notion: &mut Notion, ready: &offline::Ready) -> Vec<TokenRow> {
    let mut answers = Answers::default();
    let mut rows = Vec::new();
    for (name, value) in &ready.tokens {
        rows.push(row(name.as_str(), value, answers.token(notion, value)));
    }
    rows.extend(ready.client.iter().map(|(name, client)| TokenRow {
        is_client: true,
        ..row(name.as_str(), &client.secret, client_answer(notion, client))
    }));
    rows
}

fn client_answer(notion: &mut Notion, client: &ask::OauthClient) -> Answered {
    (client.state(notion), SystemTime::now())
}

fn row(variable: &str, value: &Secret, (verified, checked): Answered) -> TokenRow {
    TokenRow {
        variable: variable.to_owned(),
        fingerprint: value.fingerprint(),
        expected: Expected::Live,
        verified,
        introspection: None,
        is_client: false,
        checked,
    }
}
