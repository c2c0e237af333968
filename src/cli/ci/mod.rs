//! The command `ntnguard ci`, which scans the change of a CI event.

mod comments;
mod faults;
mod files;
mod folder;
mod known;
mod run;
mod trust;

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::ci::plan::{Base, Chosen, deletion, plan};
use crate::ci::{Event, EventKind, Remote, System, read};
use crate::error::{Error, Result};
use crate::files::open::up_to;
use crate::model::skip::SkipReason;
use crate::model::source_kind::SourceKind;
use crate::policy::Author;
use crate::policy::config::EnvAudit;
use crate::policy::config::baseline::FILE_NAME as BASELINE;
use crate::report::Report;
use clap::{Args, ValueEnum, ValueHint};

use super::surface::Surface;
use super::verify_flags::VerifyFlags;
use super::{Outcome, choice, hidden, output, range};
use crate::model::defaults;
use files::JobFiles;
use folder::CiFolder;
use run::CiRun;
use trust::Trust;

/// The arguments of `ntnguard ci`.
#[derive(Args)]
pub struct CiCommand {
    /// Scan the commits after this revision, whatever the event says, and judge them by the
    /// configuration of this revision. The name of a branch means the branch of the remote
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Scan the commits up to this revision, whatever the event says [default: the newest commit of
    /// the event, or HEAD]
    #[arg(long, value_name = "REV")]
    head: Option<String>,
    /// Scan only files in this folder of the repository: checked-out files, files in commits, and
    /// env files. Commit messages and names of branches and tags belong to no folder and are always
    /// scanned
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    path: Option<PathBuf>,
    /// The CI system that runs the job: github, gitlab, bitbucket, azure, jenkins, buildkite,
    /// circleci or none [default: the system whose variables are set]
    #[arg(
        long,
        value_name = "NAME",
        value_parser = choice::system(),
        hide_possible_values = true
    )]
    system: Option<System>,
    /// Trust the change: if it contains exceptions for its own findings, these findings are
    /// reported but do not fail the run [default: true for collaborators, unless the base's
    /// configuration says otherwise]
    #[arg(long, value_name = "true|false")]
    trust_changes: Option<bool>,
    /// Effect of errors in the audit of env files: `fail` the run, only `warn`, or turn the audit
    /// `off` [default: fail]
    #[arg(
        long,
        value_enum,
        value_name = "fail|warn|off",
        hide_possible_values = true
    )]
    env: Option<AuditMode>,
    #[command(flatten)]
    verify: VerifyFlags,
    #[command(flatten)]
    surface: Surface,
}

/// The values of `--env`: the effect that the audit of env files has on a run.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum AuditMode {
    /// Errors fail the run
    Fail,
    /// Errors become warnings
    Warn,
    /// The audit does not run
    Off,
}

impl From<AuditMode> for EnvAudit {
    fn from(audit: AuditMode) -> Self {
        match audit {
            AuditMode::Fail => EnvAudit::Fail,
            AuditMode::Warn => EnvAudit::Warn,
            AuditMode::Off => EnvAudit::Off,
        }
    }
}

impl CiCommand {
    /// Scans the commits of the event, the checked-out files and the env files, and writes the
    /// report.
    pub fn run(self) -> Outcome {
        let files = JobFiles::of_job(&self.surface);
        match self.scan().and_then(|(surface, mut report)| {
            Ok((write_report(surface, &mut report, &files)?, report))
        }) {
            Ok((status, report)) => files.write(&report, status).map(|()| status),
            // If these files cannot be written either, the first error matters more.
            Err(error) => {
                let error = error.hiding(&hidden());
                let _ = files.write_failure(&error);
                Err(error)
            }
        }
    }

    fn scan(self) -> Result<(Surface, Report)> {
        let event = self.event()?;
        log::debug!(
            "event: {:?} of {:?}, {:?}",
            event.what,
            event.system,
            event.author
        );
        let chosen = Chosen {
            base: self.base.clone(),
            head: self.head.clone(),
        };
        if let (EventKind::Deletion { name }, None, None) =
            (&event.what, &chosen.base, &chosen.head)
        {
            return Ok((self.surface, nothing(deletion(name))));
        }
        let repository = range::repository()?;
        repository.refuse_table()?;
        let place = CiFolder::find(self.path.as_deref(), &repository)?;
        let plan = plan(&event, &chosen, &repository)?;
        log::debug!(
            "plan: {}; base {:?}, {}",
            plan.said,
            plan.base,
            plan.commits
        );
        let env = self.env.map(EnvAudit::from);
        let trust = Trust {
            author: event.author,
            asked: self.trust_changes,
        };
        let run = CiRun {
            surface: &self.surface,
            plan: &plan,
            repository: &repository,
            place: &place,
            env,
            trust,
            verify: &self.verify,
            is_event_known: event.system != System::Unknown || std::env::var_os("CI").is_none(),
        };
        let mut report = run.report()?;
        let advice = [
            deepening(&report, event.system),
            adopting(&report, plan.base),
            report.advice.take(),
        ];
        report.advice = advice
            .into_iter()
            .flatten()
            .reduce(|one, other| format!("{one}\n{other}"));
        Ok((self.surface, report))
    }

    /// Reads the event from the variables of the job. If `--base` and `--head` are given, only the
    /// author is read from the event, and an event that cannot be read is not an error.
    fn event(&self) -> Result<Event> {
        // A value that is not UTF-8 must not pass for a variable that is not set. With replacement
        // characters, the value matches no commit or ref that exists.
        let variable = |name: &str| {
            let value = std::env::var_os(name).filter(|value| !value.is_empty());
            value.map(|value| value.to_string_lossy().into_owned())
        };
        let event = read(self.system, &variable, &payload);
        if self.base.is_none() || self.head.is_none() {
            return event;
        }
        Ok(event.map_or_else(
            |_| {
                let system = self
                    .system
                    .or(System::running(&variable).ok())
                    .unwrap_or(System::Unknown);
                let (author, origin) = (Author::Stranger, Remote::Foreign);
                Event {
                    system,
                    default_branch: None,
                    author,
                    origin,
                    what: EventKind::Nothing,
                }
            },
            |event| Event {
                what: EventKind::Nothing,
                ..event
            },
        ))
    }
}

/// Returns the report of an event with nothing to scan; `why` is the reason.
fn nothing(why: String) -> Report {
    Report {
        scope: Some(why),
        ..Report::new(SourceKind::Ci)
    }
}

/// Writes the report and, in a job of GitHub Actions, the annotations. Returns the exit status.
fn write_report(surface: Surface, report: &mut Report, files: &JobFiles) -> Outcome {
    report.pages.clone_from(&files.pages);
    let status = surface.finish(report)?;
    if files.annotates && !surface.has_format() {
        output::annotate(report)?;
    }
    Ok(status)
}

/// Reads the file with the payload of an event.
fn payload(file: &str) -> Result<String> {
    let unreadable = |why: &str| {
        Error::new(format!("the event's payload {file} cannot be read: {why}"))
            .help("check GITHUB_EVENT_PATH, or give the commits yourself: --base REV --head REV")
    };
    let path = Path::new(file);
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() => return Err(unreadable("it is not a file")),
        _ => {}
    }
    let bytes = File::open(path)
        .and_then(|file| up_to(file, defaults::PAYLOAD))
        .map_err(|error| unreadable(&error.to_string()))?
        .ok_or_else(|| unreadable("it has more than 64 MiB"))?;
    String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8"))
}

/// Returns the advice to fetch all of history; `None` if the checkout is not shallow.
fn deepening(report: &Report, system: System) -> Option<String> {
    let is_cut = report
        .skips
        .iter()
        .any(|skip| skip.reason == SkipReason::Shallow);
    is_cut.then(|| {
        format!(
            "The checkout is shallow, so not all commits could be scanned: {}",
            system.deepening()
        )
    })
}

/// Returns the advice to put old leaks into the baseline; `None` unless all of history is judged
/// and has leaks.
fn adopting(report: &Report, base: Base) -> Option<String> {
    let judges_all = matches!(base, Base::Own | Base::Since(_));
    (judges_all && report.reported().any(|finding| finding.evidence.is_some())).then(|| {
        format!("When you have dealt with these leaks, `ntnguard baseline scan history` writes them into \
                 {BASELINE}: commit this file.\n")
    })
}
