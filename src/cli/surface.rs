//! The flags that mean the same on every scanning command, and the job made of them.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use crate::env::known;
use crate::error::{Error, Result};
use crate::model::blob;
use crate::model::known::Known;
use crate::model::source_kind::SourceKind;
use crate::policy::Policy;
use crate::report::{Detail, Format, Report, Standing};
use crate::rules::RULES;
use crate::run::{Job, Subject};
use crate::source::Source;
use clap::{ArgAction, Args, ValueHint};

use super::bar::{self, Bar, When};
use super::choice;
use super::debug;
use super::only::Only;
use super::output::{self, Color, ReportLook};
use super::settings::{self, Settings};
use super::target::{self, ReportTarget};
use super::{ExitStatus, FailOn, Outcome};

/// The flags of every scanning command.
#[derive(Args)]
pub struct Surface {
    /// Report as human, concise (one line a finding), json, sarif (code scanning), github
    /// (annotations) or gitlab (secret detection) [default: human]
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = choice::format(),
        hide_possible_values = true
    )]
    format: Option<Format>,
    /// Write the report to FILE, whole or not at all, in the format that its name tells (.json,
    /// .sarif); FORMAT=FILE writes another one beside the main report (repeatable)
    #[arg(short, long, value_name = "[FORMAT=]FILE", value_hint = ValueHint::FilePath)]
    output: Vec<ReportTarget>,
    #[command(flatten)]
    pub settings: Settings,
    /// Look for the values of the secret variables in ENV_FILE too, exactly and in all encodings
    /// (repeatable)
    #[arg(long, value_name = "ENV_FILE", value_hint = ValueHint::FilePath)]
    pub known: Vec<PathBuf>,
    #[command(flatten)]
    pub only: Only,
    /// Exit by the findings alone even when something could not be scanned
    #[arg(long)]
    allow_incomplete: bool,
    /// Least severity that exits with 1 [default: error; of `env`, `access` and `rotation`:
    /// warning; of `review`: never]
    #[arg(
        long,
        value_enum,
        value_name = "SEVERITY",
        conflicts_with = "exit_zero"
    )]
    fail_on: Option<FailOn>,
    /// Report, but exit with 0 for findings: the same as --fail-on never
    #[arg(long)]
    exit_zero: bool,
    /// Threads [default: all cores]
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// When to use colour
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: Color,
    /// When to tell on standard error how far the scan has come: `history`, and `scan` that takes
    /// longer than a second
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    progress: When,
    /// Findings and what was not scanned, no summary
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Show what was suppressed or below the confidence too
    #[arg(short, long, action = ArgAction::SetTrue)]
    verbose: bool,
    /// True if the report for people is shown where lines are narrow and nothing can be drawn.
    #[arg(skip)]
    pub plain: bool,
    /// The folder from which people see paths, which are relative to the root of the repository.
    #[arg(skip)]
    standing: Standing,
}

impl Surface {
    /// Makes the current folder the one from which people see paths; the paths are relative to
    /// `top`.
    pub fn count_from(&mut self, top: Option<&Path>) {
        let real = |path: &Path| path.canonicalize().ok();
        let below = || {
            let here = real(Path::new("."))?;
            let standing = here.strip_prefix(real(top?)?).ok()?;
            Some(Standing::at(blob::path_bytes(standing).to_vec()))
        };
        self.standing = below().unwrap_or_default();
    }

    /// The number of threads to use; 0 for one per core. More than four per core only wait for each
    /// other.
    fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, Into::into);
        self.jobs.map_or(0, |jobs| jobs.min(4 * cores()))
    }

    /// Reads the values to look for, and prints notes about variables that are left out. A file
    /// without a usable value is an error: the report would read as if its values were not found.
    fn known(&self) -> Result<Vec<Known>> {
        let mut all = Vec::new();
        for file in &self.known {
            let (known, unused) = known::read(file)?;
            let notes = known::notes(&unused).join("\n");
            if known.is_empty() {
                let nothing = format!("{} has no value that could be looked for", file.display());
                return Err(Error::new(nothing).help(if notes.is_empty() {
                    "it sets no variable".into()
                } else {
                    notes
                }));
            }
            if !self.quiet && !notes.is_empty() {
                output::tell(&notes);
            }
            all.extend(known);
        }
        Ok(all)
    }

    /// The known values that flags name, to be hidden wherever they occur.
    pub fn known_values(&self) -> Result<Vec<Known>> {
        self.known()
    }

    /// Returns true if a report for people goes to standard output, with its summary.
    pub fn is_told_in_full(&self) -> bool {
        let is_human = self.format.is_none_or(|format| format == Format::Human);
        is_human && self.is_for_people() && !self.quiet
    }

    /// Returns the job of a policy and the flags, for a source of this kind. Refuses rules that the
    /// source cannot have, and targets that cannot be written together, before anything is scanned.
    pub fn job(&self, policy: Policy, source: SourceKind) -> Result<Job> {
        target::refuse_shared(&self.output)?;
        let files = self.known.len();
        log::debug!("{} rules, {files} files of known values", RULES.len());
        let limit = self.only.limit();
        let mut job = Job::new(Policy { limit, ..policy }, self.known()?);
        self.only.refuse_absent(source, files > 0)?;
        job.threads = self.use_threads();
        Ok(job)
    }

    /// The arguments with which another run judges as this one does, started from any folder.
    pub fn judging(&self) -> Vec<String> {
        let known = self
            .known
            .iter()
            .map(|file| format!("--known={}", settings::absolute(file)));
        let settings = self.settings.arguments().into_iter();
        settings.chain(known).chain(self.only.arguments()).collect()
    }

    /// Scans `subject`, judges the findings by `policy`, and reports.
    pub fn run(self, policy: Policy, subject: Subject<'_>) -> Outcome {
        let job = self.job(policy, subject.kind())?;
        self.run_job(&job, subject)
    }

    /// Scans `subject` by a job that is made, and reports.
    pub fn run_job(&self, job: &Job, subject: Subject<'_>) -> Outcome {
        // The process ends soon: to free an index and unmap packs first would be a tenth of a hook.
        let source = ManuallyDrop::new(subject.open(job)?);
        let mut report = self.watch(job, &**source)?;
        self.finish(&mut report)
    }

    /// Scans a source, and shows its progress. Ctrl-C ends the scan with a report of the findings
    /// so far.
    pub fn watch(&self, job: &Job, source: &dyn Source) -> Result<Report> {
        let progress = source.progress();
        progress.map_or(Ok(()), bar::stop_on_interrupt)?;
        let is_shown = self.progress.is_now(self.quiet || debug::is_on());
        let shown = progress.filter(|_| is_shown);
        let bar = shown.map(|progress| Bar::start(progress.clone(), self.progress));
        let mut report = job.scan(source)?;
        drop(bar);
        if job.has_steps() {
            bar::exit_on_interrupt()?;
        }
        job.take_steps(&mut report)?;
        report.warnings = settings::warnings(&job.policy, &report.stale);
        Ok(report)
    }

    /// Configures rayon's global pool from `--jobs`. Returns the number of threads, 0 for one per
    /// core.
    fn use_threads(&self) -> usize {
        let threads = self.threads();
        log::debug!(
            "threads: {}",
            self.jobs
                .map_or("one for each core".into(), |_| threads.to_string())
        );
        if self.jobs.is_some() {
            // Only a second call in one process can fail.
            let _ = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build_global();
        }
        threads
    }

    /// Writes a report, and returns the exit status: errors fail the run, unless a flag says
    /// otherwise.
    pub fn finish(&self, report: &mut Report) -> Outcome {
        self.finish_by(report, FailOn::Error)
    }

    /// Writes a report, and returns the exit status, with `default` for the severity that fails the
    /// run.
    pub fn finish_by(&self, report: &mut Report, default: FailOn) -> Outcome {
        let limit = self.only.limit();
        report
            .findings
            .retain(|(finding, _)| limit.has_rule(finding.rule.id));
        report.limited = (&limit).into();
        report.hide();
        let detail = match (self.quiet, self.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Normal,
        };
        output::write(
            report,
            self.format,
            &self.output,
            self.color,
            ReportLook {
                detail,
                plain: self.plain,
                standing: self.standing.clone(),
            },
        )?;
        let least = if self.exit_zero {
            FailOn::Never
        } else {
            self.fail_on.unwrap_or(default)
        };
        let status = ExitStatus::of(report, least, self.allow_incomplete);
        log::debug!("exit status {}", status.number());
        Ok(status)
    }

    /// Returns true if SARIF is written for GitHub's code scanning: in a job of GitHub Actions.
    pub fn is_for_code_scanning(&self) -> bool {
        let is_action = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        is_action && self.files_of(Format::Sarif).next().is_some()
    }

    /// Returns true if a format was asked for.
    pub fn has_format(&self) -> bool {
        self.format.is_some()
    }

    /// The files that reports of `format` are written to beside the main one.
    pub fn files_of(&self, format: Format) -> impl Iterator<Item = &Path> {
        self.output
            .iter()
            .filter(move |target| target.format == Some(format))
            .map(|target| target.file.as_path())
    }

    /// Returns true if the report for people goes to standard output.
    pub fn is_for_people(&self) -> bool {
        self.format
            .is_none_or(|format| matches!(format, Format::Human | Format::Concise))
            && self.output.iter().all(|target| target.format.is_some())
    }
}
