//! The flags that have a scan ask Notion whether what it found still works.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::run::{Job, Verify};
use clap::Args;

use super::ask::ConnectFlags;

/// The flags that have a scan ask Notion.
#[derive(Args)]
pub struct VerifyFlags {
    /// Ask Notion whether the tokens that are found are live or dead, each once. Nothing connects without this flag
    #[arg(long)]
    verify: bool,
    /// Dead tokens, which Notion refuses, do not fail the run; without this they do, though they are warnings
    #[arg(long, requires = "verify")]
    allow_dead: bool,
    #[command(flatten)]
    connect: ConnectFlags,
}

impl VerifyFlags {
    /// The job with the step that was asked for; `refusal` is why it may ask nothing here.
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
