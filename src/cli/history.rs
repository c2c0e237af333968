//! The command `ntnguard history`, which scans everything that git stores.

use std::env;
use std::fs;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::detect::redact::shown_path;
use crate::error::{Error, Result};
use crate::git::Repository;
use crate::model::progress::Progress;
use crate::model::source_kind::SourceKind;
use crate::purge::{FormCollector, PlanFolder, PurgePlan};
use crate::report::Report;
use crate::run::Job;
use crate::source::Source;
use crate::source::history::History;
use clap::{Args, ValueHint};

use super::range::missing;
use super::surface::Surface;
use super::verify_flags::VerifyFlags;
use super::{Outcome, output, rotation};

/// The arguments of `ntnguard history [REPO]`.
#[derive(Args)]
pub struct HistoryCommand {
    /// The repository to scan; by default the current one
    #[arg(value_hint = ValueHint::DirPath)]
    repository: Option<PathBuf>,
    /// Write a script into DIR that removes the reported secrets from history with git-filter-repo,
    /// and the files that it needs. DIR must be outside the repository. The files contain the
    /// secrets unmasked; only you can read them
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    purge_plan: Option<PathBuf>,
    #[command(flatten)]
    verify: VerifyFlags,
    #[command(flatten)]
    surface: Surface,
}

impl HistoryCommand {
    /// Scans everything that git still stores, and writes the purge plan if one is asked for.
    pub fn run(mut self) -> Outcome {
        if self.repository.is_some() {
            self.surface.place = self.repository.clone();
        }
        let named = self.repository.as_deref();
        if let Some(path) = named {
            fs::metadata(path).map_err(|error| {
                Error::new(format!("{} cannot be read: {error}", path.display()))
                    .help("check the path")
            })?;
        }
        let repository = named
            .map_or_else(Repository::here, Repository::find)?
            .ok_or_else(|| {
                missing(&format!(
                    "{} is in no git repository",
                    named.unwrap_or(Path::new(".")).display()
                ))
            })?;
        let settings = &self.surface.settings;
        let policy = settings.policy(repository.work_tree().as_deref())?;
        let job = self.surface.job(policy, SourceKind::History)?;
        let job = self.verify.add(job, None)?;
        let folder = self.purge_plan.as_deref();
        let folder = folder.map(|folder| PlanFolder::new(folder, &repository));
        let (folder, top) = (folder.transpose()?, repository.work_tree());
        let collector = Arc::new(FormCollector::default());
        let job = match folder {
            Some(_) => seen(job, &collector),
            None => job,
        };
        // The process ends soon, and the system then frees indexes and packs faster.
        let history = ManuallyDrop::new(job.history(repository));
        let mut report = self.surface.watch(&job, &*history)?;
        rotation::add_leaked(&job, top.as_deref(), &mut report)?;
        let status = self.surface.finish(&mut report)?;
        let Some(folder) = folder else {
            return Ok(status);
        };
        // A plan made after an interrupted scan would miss secrets.
        if history.progress().is_some_and(Progress::is_stopped) {
            return Err(Error::new("the scan was interrupted: no plan was written")
                .help("run the same command again, and let the scan finish"));
        }
        let plan = plan(&history, &collector, &report, self.surface.judging());
        write_plan(plan, &folder)?;
        Ok(status)
    }
}

/// Returns the same job, with `collector` as an observer of the scanned texts.
fn seen(job: Job, collector: &Arc<FormCollector>) -> Job {
    let collector = Arc::clone(collector);
    job.seen_by(move |blob, found, scanner| collector.see(blob, found, scanner))
}

/// Plans the removal of the reported secrets from history. `arguments` are the flags that make
/// another run judge findings as this run did. Returns `None` if there is nothing to remove.
fn plan(
    history: &History<'_>,
    collector: &FormCollector,
    report: &Report,
    arguments: Vec<String>,
) -> Option<PurgePlan> {
    let suppressed = report.suppressed();
    if suppressed > 0 {
        let (noun, verb, them) = match suppressed {
            1 => ("finding", "stays", "it"),
            _ => ("findings", "stay", "them"),
        };
        output::eprint(&format!(
            "{suppressed} suppressed {noun} {verb} in history: with `--no-config` the plan removes {them} too.\n"
        ));
    }
    let own = env::current_exe();
    let program = own.map_or("ntnguard".into(), |own| own.to_string_lossy().into_owned());
    PurgePlan::new(history, collector, report, program, arguments)
}

/// Writes the plan, and prints its path and a warning.
fn write_plan(plan: Option<PurgePlan>, folder: &PlanFolder) -> Result<()> {
    let Some(plan) = plan else {
        output::eprint("No secret is reported, so no plan was written.\n");
        if folder.has_plan() {
            let path = shown_path(crate::model::blob::path_bytes(folder.path()));
            output::note(&format!(
                "WARNING: an earlier plan, with secrets in clear text, is still in {path}"
            ));
        }
        return Ok(());
    };
    plan.write(folder)?;
    let path = shown_path(crate::model::blob::path_bytes(folder.path()));
    output::note(&format!(
        "The plan is in {path}: read README.md there, and rotate the secrets first.\n\
         WARNING: its files hold the secrets in clear text. Show them to nobody, and delete them when you are done.\n"
    ));
    Ok(())
}
