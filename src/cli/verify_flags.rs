//! The flags that let a scan ask Notion about its findings.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::run::{Job, Verify};
use clap::Args;

use super::ask::ConnectFlags;

/// The flags that let a scan ask Notion about its findings.
#[derive(Args)]
pub struct VerifyFlags {
    /// Ask Notion whether the tokens that are found are live or dead, each once. Nothing connects
    /// without this flag
    #[arg(long)]
    verify: bool,
    /// Dead tokens, which Notion refuses, do not fail the run; without this they do, though they
    /// are warnings
    #[arg(long, requires = "verify")]
    allow_dead: bool,
    #[command(flatten)]
    connect: ConnectFlags,
}

impl VerifyFlags {
    /// Returns the job with the step that the flags ask for; `refusal` is the reason why it may not
    /// ask here.
    pub fn add(&self, job: Job, refusal: Option<&'static str>) -> Result<Job> {
        if !self.verify {
            return match self.connect.is_empty() {
                true => Ok(job),
                false => Err(Error::new("--timeout and --ca-file belong to --verify")
                    .help("add --verify, or leave them out: nothing connects without it")),
            };
        }
        let step = Verify::new(self.connect.notion(Duration::ZERO)?, self.allow_dead);
        Ok(job.then(match refusal {
            Some(why) => step.refusing(why),
            None => step,
        }))
    }
}
