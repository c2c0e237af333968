//! The flags that all scanning commands share, and the job that is made of them.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use crate::env::known;
use crate::error::{Error, Result};
use crate::model::blob;
use crate::model::known::Known;
use crate::model::source_kind::SourceKind;
use crate::policy::Policy;
use crate::report::{CurrentFolder, Detail, Format, Report};
use crate::rules::RULES;
use crate::run::{Job, Subject};
use crate::source::Source;
use clap::{ArgAction, Args, ValueHint};

use super::bar::{self, Bar, When};
use super::choice;
use super::debug;
use super::facts;
use super::only::Only;
use super::output::{self, Color, ReportLook};
use super::settings::{self, Settings};
use super::target::{self, ReportTarget};
use super::{ExitStatus, FailOn, Outcome};

/// The flags of every scanning command.
#[derive(Args)]
pub struct Surface {
    /// Format of the report: human, concise (one line for each finding), json, sarif (code
    /// scanning), github (annotations), gitlab (secret detection), html (a page to work from) or
    /// markdown [default: human]
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = choice::format(),
        hide_possible_values = true
    )]
    format: Option<Format>,
    /// Write the report to FILE, completely or not at all; a name that ends in .html, .json, .md or
    /// .sarif sets the format. FORMAT=FILE writes a further report besides the main one (repeatable)
    #[arg(short, long, value_name = "[FORMAT=]FILE", value_hint = ValueHint::FilePath)]
    output: Vec<ReportTarget>,
    /// Name of the repository in reports [default: the address of its remote]
    #[arg(long = "name", value_name = "NAME")]
    repository_name: Option<String>,
    /// Leave out the names of authors, integrations and workspaces
    #[arg(long)]
    redact_names: bool,
    #[command(flatten)]
    pub settings: Settings,
    /// Also look for the values of the secret variables in ENV_FILE, as they are and encoded
    /// (repeatable)
    #[arg(long, value_name = "ENV_FILE", value_hint = ValueHint::FilePath)]
    pub known: Vec<PathBuf>,
    #[command(flatten)]
    pub only: Only,
    /// Let findings alone decide the exit status, even when something could not be scanned
    #[arg(long)]
    allow_incomplete: bool,
    /// Lowest severity that fails the run with exit status 1 [default: error; for `env`, `access`
    /// and `rotation`: warning; for `review`: never]
    #[arg(
        long,
        value_enum,
        value_name = "SEVERITY",
        conflicts_with = "exit_zero"
    )]
    fail_on: Option<FailOn>,
    /// Exit with 0 even if there are findings: the same as --fail-on never
    #[arg(long)]
    exit_zero: bool,
    /// Number of threads [default: one for each core]
    #[arg(short, long, value_name = "N", value_parser = choice::number::<usize>())]
    jobs: Option<usize>,
    /// When to use colour in reports
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: Color,
    /// When to show progress on standard error; only `history` and a `scan` of more than a second
    /// show it
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    progress: When,
    /// Report only findings and what was not scanned, without a summary
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Also show findings that are suppressed or below the lowest confidence
    #[arg(short, long, action = ArgAction::SetTrue)]
    verbose: bool,
    /// True if the report for people must have narrow lines and no box drawings.
    #[arg(skip)]
    pub plain: bool,
    /// The directory that paths in reports for people are shown relative to.
    #[arg(skip)]
    current_folder: CurrentFolder,
    /// A path in the scanned repository; `None` outside of a repository.
    #[arg(skip = Some(PathBuf::from(".")))]
    pub place: Option<PathBuf>,
}

impl Surface {
    /// Shows paths in reports for people relative to the current directory. The paths of the
    /// findings themselves are relative to `top`.
    pub fn count_from(&mut self, top: Option<&Path>) {
        let real = |path: &Path| path.canonicalize().ok();
        let below = || {
            let here = real(Path::new("."))?;
            let current_folder = here.strip_prefix(real(top?)?).ok()?;
            Some(CurrentFolder::at(blob::path_bytes(current_folder).to_vec()))
        };
        self.current_folder = below().unwrap_or_default();
    }

    /// Returns the number of threads to use; 0 means one for each core. The number is at most four
    /// for each core, since more threads would only wait for each other.
    fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, Into::into);
        self.jobs.map_or(0, |jobs| jobs.min(4 * cores()))
    }

    /// Reads the values of the files given with `--known`, and prints notes about the variables
    /// that are left out.
    ///
    /// # Errors
    ///
    /// When a file has no usable value: the report would read as if its values were not found.
    fn known(&self) -> Result<Vec<Known>> {
        let mut all = Vec::new();
        for file in &self.known {
            let (known, unused) = known::read(file)?;
            let notes = known::notes(&unused).join("\n");
            if known.is_empty() {
                let nothing = format!("{} has no value that could be looked for", file.display());
                return Err(Error::new(nothing).help(if notes.is_empty() {
                    "the file sets no variable".into()
                } else {
                    notes
                }));
            }
            if !self.quiet && !notes.is_empty() {
                output::note(&notes);
            }
            all.extend(known);
        }
        Ok(all)
    }

    /// Reads the values of the files given with `--known`, to mask them in reports.
    pub fn known_values(&self) -> Result<Vec<Known>> {
        self.known()
    }

    /// Returns true if standard output gets the report in the human format, with its summary.
    pub fn is_reported_in_full(&self) -> bool {
        let is_human = self.format.is_none_or(|format| format == Format::Human);
        is_human && self.is_for_people() && !self.quiet
    }

    /// Returns the job for a policy and the flags, for a source of this kind.
    ///
    /// # Errors
    ///
    /// When `--rule` is given with a rule that does not apply to this source, two reports would go
    /// to the same file, or a file of known values cannot be used.
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

    /// Returns the arguments that make another run judge findings as this run does. Paths are
    /// absolute, so that the other run may start in any directory.
    pub fn judging(&self) -> Vec<String> {
        let known = self
            .known
            .iter()
            .map(|file| format!("--known={}", settings::absolute(file)));
        let settings = self.settings.arguments().into_iter();
        settings.chain(known).chain(self.only.arguments()).collect()
    }

    /// Scans `subject`, judges the findings by `policy`, and writes the report.
    pub fn run(self, policy: Policy, subject: Subject<'_>) -> Outcome {
        let job = self.job(policy, subject.kind())?;
        self.run_job(&job, subject)
    }

    /// Scans `subject` with `job`, and writes the report.
    pub fn run_job(&self, job: &Job, subject: Subject<'_>) -> Outcome {
        // The process ends soon, and the system then frees indexes and packs faster. Freeing them
        // here would take a tenth of the time of a hook.
        let source = ManuallyDrop::new(subject.open(job)?);
        let mut report = self.watch(job, &**source)?;
        self.finish(&mut report)
    }

    /// Scans a source, shows the progress, and then runs the steps of the job, which add facts to
    /// the report. Ctrl-C ends the scan early, with a report of the findings so far.
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

    /// Configures rayon's global pool from `--jobs`. Returns the number of threads; 0 means one for
    /// each core.
    fn use_threads(&self) -> usize {
        let threads = self.threads();
        log::debug!(
            "threads: {}",
            self.jobs
                .map_or("one for each core".into(), |_| threads.to_string())
        );
        if self.jobs.is_some() {
            // The call fails only if the pool is already configured, which is no harm.
            let _ = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build_global();
        }
        threads
    }

    /// Writes a report, and returns the exit status. Findings of severity error fail the run,
    /// unless a flag sets another severity.
    pub fn finish(&self, report: &mut Report) -> Outcome {
        self.finish_by(report, FailOn::Error)
    }

    /// Writes a report, and returns the exit status. Findings of severity `default` or above fail
    /// the run, unless a flag sets another severity.
    pub fn finish_by(&self, report: &mut Report, default: FailOn) -> Outcome {
        let limit = self.only.limit();
        report
            .findings
            .retain(|(finding, _)| limit.has_rule(finding.rule.id));
        report.limited = (&limit).into();
        let least = if self.exit_zero {
            FailOn::Never
        } else {
            self.fail_on.unwrap_or(default)
        };
        if self.saves() {
            let (place, name) = (self.place.as_deref(), self.repository_name.as_deref());
            report.facts = facts::of_run(place, name, least.into());
        }
        if self.redact_names {
            report.redact_names();
        }
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
                current_folder: self.current_folder.clone(),
            },
        )?;
        let status = ExitStatus::of(report, least, self.allow_incomplete);
        log::debug!("exit status {}", status.number());
        Ok(status)
    }

    /// Returns true if a report is saved that records facts about its run, such as JSON.
    fn saves(&self) -> bool {
        let is = |format| matches!(format, Format::Json | Format::Html);
        let named = self
            .output
            .iter()
            .filter_map(|target| target.format.or_else(|| target::by_name(&target.file)));
        named.chain(self.format).any(is)
    }

    /// Returns true if GitHub's code scanning will read a SARIF file of this run: in a job of
    /// GitHub Actions with `--output sarif=FILE`.
    pub fn is_for_code_scanning(&self) -> bool {
        let is_action = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        is_action && self.files_of(Format::Sarif).next().is_some()
    }

    /// Returns true if `--format` is given.
    pub fn has_format(&self) -> bool {
        self.format.is_some()
    }

    /// Returns the files of the arguments `--output FORMAT=FILE` with this format.
    pub fn files_of(&self, format: Format) -> impl Iterator<Item = &Path> {
        self.output
            .iter()
            .filter(move |target| target.format == Some(format))
            .map(|target| target.file.as_path())
    }

    /// Returns true if standard output gets a report for people: in the human or concise format.
    pub fn is_for_people(&self) -> bool {
        self.format
            .is_none_or(|format| matches!(format, Format::Human | Format::Concise))
            && self.output.iter().all(|target| target.format.is_some())
    }
}
