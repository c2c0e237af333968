//! The command `ntnguard baseline`, which adds findings to the baseline or removes unused entries.

use std::collections::HashSet;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::model::source_kind::SourceKind;
use crate::policy::config::baseline::{FILE_NAME, load};
use crate::policy::{Baseline, Policy};
use crate::report::Report;
use crate::run::{Files, Job, Subject};
use crate::source::folder::Folder;
use clap::Args;

use super::lock::Lock;
use super::settings::{self, Settings};
use super::{ExitStatus, Outcome, output, scan, target};

/// The arguments of `ntnguard baseline [SOURCE…]`.
#[derive(Args)]
pub struct BaselineCommand {
    /// Sources to scan: `scan` (the files on disk), `staged`, `history`, `review`, or a range of
    /// commits, A..B or A...B [default: scan; with --prune: scan, history and review]
    #[arg(value_name = "SOURCE")]
    sources: Vec<BaselineSource>,
    /// Remove the entries whose secret is no longer found, and add no entries
    #[arg(long)]
    prune: bool,
    /// Write the baseline even when something could not be scanned
    #[arg(long)]
    allow_incomplete: bool,
    #[command(flatten)]
    settings: Settings,
}

/// A source whose findings go into the baseline.
#[derive(Clone, Debug)]
enum BaselineSource {
    Files,
    Staged,
    History,
    Review,
    Range(String),
}

impl FromStr for BaselineSource {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "scan" => Ok(BaselineSource::Files),
            "staged" => Ok(BaselineSource::Staged),
            "history" => Ok(BaselineSource::History),
            "review" => Ok(BaselineSource::Review),
            range if range.contains("..") => Ok(BaselineSource::Range(range.to_owned())),
            _ => Err("expected scan, staged, history, review or A..B".to_owned()),
        }
    }
}

impl BaselineCommand {
    /// Scans the sources, and adds their findings to the baseline or removes its unused entries.
    pub fn run(mut self) -> Outcome {
        let top = Repository::here()?.and_then(|repository| repository.work_tree());
        let file = match self.settings.baseline.take() {
            Some(file) => file,
            None => settings::top_to_commit(FILE_NAME, "--baseline")?.join(FILE_NAME),
        };
        target::refuse_device(&file)?;
        if self.sources.is_empty() {
            self.sources.push(BaselineSource::Files);
            // A secret that is only in history still needs its entry.
            self.sources
                .extend((self.prune && top.is_some()).then_some(BaselineSource::History));
            self.sources
                .extend(self.prune.then_some(BaselineSource::Review));
        }
        let reports = self
            .sources
            .iter()
            .map(|source| self.scan(source, top.clone()))
            .collect::<Result<Vec<_>>>()?;
        if !self.allow_incomplete && reports.iter().any(|report| !report.is_complete()) {
            reports.iter().try_for_each(output::unscanned)?;
            return Err(Error::new(
                "the baseline was not written: not everything could be scanned",
            )
            .help(
                "fix the causes listed above, or write the baseline anyway with --allow-incomplete",
            ));
        }
        let name = file.display().to_string();
        // Another command that read the file now would write it back without these changes.
        let _lock = Lock::take(&file)?;
        let mut baseline = if file.exists() && !file.is_symlink() {
            load(&file, &settings::ground(), &name)?
        } else {
            Default::default()
        };
        let before = baseline.len();
        let changed = if self.prune {
            prune(&mut baseline, &reports);
            format!("{} dropped", before - baseline.len())
        } else {
            for finding in reports.iter().flat_map(Report::reported) {
                if let Some(identity) = finding.fingerprint() {
                    baseline.add(identity.clone(), finding.rule.id, None);
                }
            }
            format!("{} added", baseline.len() - before)
        };
        target::write_whole(&file, baseline.text().as_bytes())?;
        let next = if baseline.len() > before {
            "; commit it"
        } else {
            ""
        };
        output::say(&format!(
            "{name}: {changed}, {} in all{next}",
            baseline.len()
        ))?;
        Ok(ExitStatus::Clean)
    }

    /// Scans one source by the configuration, without applying the baseline.
    fn scan(&self, place: &BaselineSource, top: Option<PathBuf>) -> Result<Report> {
        let repository;
        let files = || -> Result<Files> {
            scan::refuse_bare(Repository::here()?.as_ref())?;
            Ok(Files {
                top: top.clone(),
                ..Files::default()
            })
        };
        let subject = match place {
            BaselineSource::Files => Subject::Files(files()?),
            BaselineSource::Review => Subject::Review(files()?),
            BaselineSource::Staged => Subject::Staged(Repository::of_hook()?),
            BaselineSource::History => {
                Subject::History(super::range::repository()?, Folder::default())
            }
            BaselineSource::Range(range) => {
                repository = super::range::repository()?;
                Subject::Revisions(&repository, range.clone())
            }
        };
        let config = self
            .settings
            .load_config(Some(scan::root(top.as_deref())))?;
        let job = Job::new(Policy::new(config), Vec::new());
        match place {
            BaselineSource::Review => job.for_review(Vec::new()).run(subject),
            _ => job.run(subject),
        }
    }
}

/// Removes the entries without a finding in `reports`. Entries about code stay unless one of the
/// reports is a review, since only a review applies all rules about code.
fn prune(baseline: &mut Baseline, reports: &[Report]) {
    let found: HashSet<_> = reports.iter().flat_map(Report::fingerprints).collect();
    let is_review = |report: &Report| report.source == SourceKind::Review;
    let reviewed = reports.iter().any(is_review);
    baseline
        .retain(|fingerprint| found.contains(fingerprint) || fingerprint.is_of_code() && !reviewed);
}
