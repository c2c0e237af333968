//! `ntnguard history`

use std::env;
use std::path::{Path, PathBuf};

use crate::detect::redact::shown_path;
use crate::error::{Error, Result};
use crate::git::Repository;
use crate::purge::{PlanFolder, PurgePlan};
use crate::source::Source;
use crate::source::history::History;
use clap::{Args, ValueHint};

use super::range::missing;
use super::surface::Surface;
use super::{Outcome, bar, output};

/// `ntnguard history [REPO]`
#[derive(Args)]
pub struct HistoryCommand {
    /// The repository; by default the one you stand in
    #[arg(value_hint = ValueHint::DirPath)]
    repository: Option<PathBuf>,
    /// Write into DIR, which must lie outside the repository, what git-filter-repo needs to remove what is reported, and a
    /// script that does it. The files hold the secrets in clear; only you can read them
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    purge_plan: Option<PathBuf>,
    #[command(flatten)]
    surface: Surface,
}

impl HistoryCommand {
    /// Scans everything that git still holds.
    pub fn run(self) -> Outcome {
        let named = self.repository.as_deref();
        let repository = named
            .map_or_else(Repository::here, Repository::find)?
            .ok_or_else(|| {
                missing(&format!(
                    "{} is in no git repository",
                    named.unwrap_or(Path::new(".")).display()
                ))
            })?;
        let config = self.surface.config(repository.work_tree().as_deref())?;
        let scanner = self.surface.scanner(&config)?;
        let folder = self
            .purge_plan
            .as_deref()
            .map(|folder| PlanFolder::new(folder, &repository))
            .transpose()?;
        let history = History::new(repository, scanner.prefilter(), Surface::limits(&config));
        let history = history.naming(config.env_names.clone());
        let progress = history.progress().cloned().unwrap_or_default();
        bar::stop_on_interrupt(&progress)?;
        let arguments = self.surface.judging();
        self.surface.report_and(&history, &scanner, config, |report| match folder {
            Some(folder) => {
                let suppressed = report.suppressed();
                if suppressed > 0 {
                    output::eprint(&format!(
                        "What is suppressed stays in history ({suppressed} findings): `--no-config` plans for all of it.\n"
                    ));
                }
                let program = env::current_exe().map_or("ntnguard".into(), |own| own.to_string_lossy().into_owned());
                let plan = PurgePlan::new(&history, &scanner, report, program, arguments)?;
                // What was not gone through to its end would be missing in the plan.
                if progress.is_stopped() {
                    return Err(Error::new("it was interrupted: no plan was written")
                        .help("run the same command again, and let it come to its end"));
                }
                write_plan(plan, &folder)
            }
            None => Ok(()),
        })
    }
}

/// Writes a plan, and says what its files are.
fn write_plan(plan: Option<PurgePlan>, folder: &PlanFolder) -> Result<()> {
    let Some(plan) = plan else {
        output::eprint("No secret is reported, so no plan was written.\n");
        if folder.has_plan() {
            let path = shown_path(crate::model::blob::path_bytes(folder.path()));
            output::tell(&format!(
                "WARNING: an earlier plan, with secrets in clear, is still in {path}"
            ));
        }
        return Ok(());
    };
    plan.write(folder)?;
    let path = shown_path(crate::model::blob::path_bytes(folder.path()));
    output::tell(&format!(
        "The plan is in {path}: read README.md there, and rotate the secrets first.\n\
         WARNING: its files hold the secrets in clear. Show them to nobody, and delete them when you are done.\n"
    ));
    Ok(())
}
