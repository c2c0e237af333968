//! The command `ntnguard review`, which reviews how source files handle Notion's credentials.

use std::path::PathBuf;

use crate::error::Result;
use crate::git::Repository;
use crate::model::source_kind::SourceKind;
use crate::run::{Files, Job, Subject};
use clap::{Args, ValueHint};

use super::surface::Surface;
use super::{FailOn, Outcome, output, scan};

/// Points for a person to check, since no scanner can. Each begins with a heading of
/// docs/review.md.
const CHECKLIST: &str = "\
What no scanner can see in files (docs/review.md explains each):

  [ ] Replay             the id of each handled event is stored, so that no event is handled twice
  [ ] Quick answer       the webhook answers 200 at once, and does its work afterwards
  [ ] Encryption         stored tokens are encrypted, and the key is stored somewhere else
  [ ] Cookies            each cookie that has a token is httpOnly, secure and sameSite
  [ ] HTTPS              redirect and webhook addresses begin with https://, except localhost
  [ ] Content type       the webhook accepts only application/json, up to a size limit
  [ ] Rate limit         callback and webhook addresses limit the requests per minute
  [ ] Reader and writer  a program that only reads has its own integration, which may not write
  [ ] Log of events      the log has the id, type and time of each event, and no token
  [ ] Log of mismatches  a state or signature that does not match is logged, and raises an alert
";

/// The arguments of `ntnguard review [PATH…]`.
#[derive(Args)]
pub struct ReviewCommand {
    /// Files and folders to review; by default the current repository or folder
    #[arg(value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    surface: Surface,
}

impl ReviewCommand {
    /// Reviews how source files handle Notion's OAuth, webhooks and tokens.
    pub fn run(mut self) -> Outcome {
        let repository = Repository::here()?;
        let top = repository.as_ref().and_then(Repository::work_tree);
        if self.paths.is_empty() {
            scan::refuse_bare(repository.as_ref())?;
            self.surface.count_from(top.as_deref());
        }
        let policy = self
            .surface
            .settings
            .policy(Some(scan::root(top.as_deref())))?;
        let files = Files {
            paths: std::mem::take(&mut self.paths),
            top,
            except: self.surface.known.clone(),
            folder: None,
        };
        let job = self.surface.job(policy, SourceKind::Review)?;
        let job = job.for_review(self.surface.known_values()?);
        self.report(&job, files)
    }

    fn report(&self, job: &Job, files: Files) -> Outcome {
        let source = Subject::Review(files).open(job)?;
        let mut report = self.surface.watch(job, &*source)?;
        let status = self.surface.finish_by(&mut report, FailOn::Never)?;
        if self.surface.is_reported_in_full() {
            checklist()?;
        }
        Ok(status)
    }
}

fn checklist() -> Result<()> {
    output::print(&format!("\n{CHECKLIST}"))
}
