//! The flags that let a scan ask Notion about its findings.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::run::{Job, Verify};
use clap::Args;

use super::ask::ConnectFlags;

/// The flags that let a scan ask Notion about its findings.
#[derive(Args)]
pub struct VerifyFlags {
    /// Ask Notion whether each token that is found is live or dead. Without this flag, scans send
    /// nothing
    #[arg(long)]
    verify: bool,
    /// Do not fail the run because of dead tokens, which Notion refuses. Without this flag they
    /// fail it, even though they are reported as warnings
    #[arg(long, requires = "verify")]
    allow_dead: bool,
    #[command(flatten)]
    connect: ConnectFlags,
}

impl VerifyFlags {
    /// Returns the job with a step that asks Notion about the findings, if `--verify` is given. If
    /// there is a `refusal`, the step asks nothing and notes this reason at each finding.
    ///
    /// # Errors
    ///
    /// When flags for the connection are given without `--verify`.
    pub fn add(&self, job: Job, refusal: Option<&'static str>) -> Result<Job> {
        if !self.verify {
            return match self.connect.is_empty() {
                true => Ok(job),
                false => Err(Error::new("--timeout and --ca-file need --verify")
                    .help("add --verify, or leave out --timeout and --ca-file: without --verify, no request is sent")),
            };
        }
        let step = Verify::new(self.connect.notion(Duration::ZERO)?, self.allow_dead);
        Ok(job.then(match refusal {
            Some(why) => step.refusing(why),
            None => step,
        }))
    }
}
