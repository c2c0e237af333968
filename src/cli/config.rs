//! The command `ntnguard config`, which prints the configuration in use.

use std::path::Path;

use crate::error::Result;
use crate::git::Repository;
use crate::policy::config::SCHEMA;
use crate::report::quote;
use clap::Args;

use super::settings::Settings;
use super::{ExitStatus, Outcome, output};

/// The arguments of `ntnguard config`.
#[derive(Args)]
pub struct Show {
    #[command(flatten)]
    settings: Settings,
    /// Print the JSON schema of .ntnguard.yaml instead, for editors
    #[arg(long)]
    schema: bool,
}

impl Show {
    /// Prints the configuration in use, with defaults for the settings that it leaves out. The
    /// output is itself a valid configuration.
    pub fn run(self) -> Outcome {
        output::print(&if self.schema {
            SCHEMA.to_owned()
        } else {
            self.effective()?
        })?;
        Ok(ExitStatus::Clean)
    }

    fn effective(self) -> Result<String> {
        let here = Path::new(".");
        let top = Repository::here()?.and_then(|repository| repository.work_tree());
        let config = self.settings.load(Some(top.as_deref().unwrap_or(here)))?;
        let from = config.source.as_ref().map_or(
            "the built-in defaults: no configuration file was found",
            |source| &source.name,
        );
        let known = match config.baseline.len() {
            0 => String::new(),
            entries => format!("# baseline: {} ({entries} entries)\n", config.baseline_name),
        };
        let head = format!("# read from {}\n{known}", from.replace('\n', "?"));
        Ok(quote(&(head + &config.effective())))
    }
}
