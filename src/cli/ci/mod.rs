//! `ntnguard ci`

mod files;

use std::path::Path;

use clap::Args;
use ntnguard::allowance::Allowance;
use ntnguard::blob::{Blob, Origin};
use ntnguard::ci::plan::{Base, Chosen, Commits, Plan, deletion, plan};
use ntnguard::ci::{Event, System, What, read};
use ntnguard::config::Config;
use ntnguard::env::audit::Request;
use ntnguard::error::{Error, Result};
use ntnguard::finding::Finding;
use ntnguard::git::{ObjectId, Repository};
use ntnguard::policy::{Policy, Verdict};
use ntnguard::report::Report;
use ntnguard::scanner::Scanner;
use ntnguard::source::history::History;
use ntnguard::source::range::Range;

use super::surface::Surface;
use super::{Outcome, output, range, scan, settings};
use files::Files;

/// `ntnguard ci`
#[derive(Args)]
pub struct Ci {
    /// Scan the commits from this revision on, whatever the event says
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Scan the commits up to this revision, whatever the event says [default: the event's, or HEAD]
    #[arg(long, value_name = "REV")]
    head: Option<String>,
    #[command(flatten)]
    surface: Surface,
}

/// A payload of more bytes is none of GitHub's, which are up to 25 MB.
const MAX_PAYLOAD: u64 = 64 * 1024 * 1024;

impl Ci {
    /// Scans what the event has brought.
    pub fn run(self) -> Outcome {
        let files = Files::of_job(&self.surface);
        let outcome = self.scan();
        match outcome {
            Ok((surface, report)) => {
                let status = surface.finish(&report)?;
                if files.annotates && !surface.has_format() {
                    output::annotate(&report)?;
                }
                files.tell(&report, status)?;
                Ok(status)
            }
            Err(error) => {
                files.tell_failure(&error)?;
                Err(error)
            }
        }
    }

    fn scan(self) -> Result<(Surface, Report)> {
        let event = self.event()?;
        let chosen = Chosen { base: self.base.clone(), head: self.head.clone() };
        if let (What::Deletion { name }, None, None) = (&event.what, &chosen.base, &chosen.head) {
            return Ok((self.surface, Report::of_nothing("ci", deletion(name))));
        }
        let repository = range::repository()?;
        let plan = plan(&event, &chosen, &repository)?;
        let run = Run { surface: &self.surface, plan: &plan, repository: &repository };
        let mut report = run.report()?;
        report.advice = advice(&report, event.system);
        Ok((self.surface, report))
    }

    /// What the job's variables say. Who names both ends needs no event.
    fn event(&self) -> Result<Event> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let system = System::running(&variable);
        if self.base.is_some() && self.head.is_some() {
            return Ok(Event { system, default_branch: None, what: What::Other(String::new()) });
        }
        read(&variable, &payload)
    }
}

/// The payload of an event.
fn payload(file: &str) -> Result<String> {
    let unreadable = |why: &str| {
        Error::new(format!("the event's payload {file} cannot be read: {why}"))
            .help("GITHUB_EVENT_PATH names it; or name the commits yourself: --base REV --head REV")
    };
    let path = Path::new(file);
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() => return Err(unreadable("it is not a file")),
        Ok(metadata) if metadata.len() > MAX_PAYLOAD => return Err(unreadable("it has more than 64 MiB")),
        _ => {}
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| unreadable("it is no UTF-8"))
}

/// How to have all of history, where the checkout is in the way.
fn advice(report: &Report, system: System) -> Option<String> {
    let is_cut = report.skips.iter().any(|skip| skip.reason == ntnguard::skip::Reason::Shallow);
    is_cut.then(|| format!("The checkout is shallow, so not all commits could be scanned: {}", system.deepening()))
}

/// What is scanned by whose configuration.
struct Run<'r> {
    surface: &'r Surface,
    plan: &'r Plan,
    repository: &'r Repository,
}

impl Run<'_> {
    fn report(&self) -> Result<Report> {
        let top = self.repository.work_tree().ok_or_else(|| {
            Error::new("this repository is bare: no files are checked out in it").help("run it in a clone of it")
        })?;
        let mut config = self.config(&top)?;
        self.surface.use_threads();
        let scanner = self.surface.scanner(&config)?;
        let limits = Surface::limits(&config);
        let (required, file_size) = (config.env_required.clone(), config.max_file_size);
        let files = scan::files(Vec::new(), Some(top), self.surface.threads(), &mut config);
        let files = files.except(self.surface.known.iter().map(std::path::PathBuf::as_path));
        let (written, baseline) = (config.source.take(), std::mem::take(&mut config.baseline_name));
        let mut policy = settings::policy(config);
        let commits = match &self.plan.commits {
            Commits::Reached(head, hidden) => {
                let range = Range::reached(self.repository, &[*head], hidden, limits)?;
                Some(ntnguard::scan(&range, &scanner, &policy)?)
            }
            Commits::History => {
                let repository = range::repository()?;
                let history = History::new(repository, scanner.prefilter(), limits);
                Some(ntnguard::scan(&history, &scanner, &policy)?)
            }
            Commits::Missing => None,
        };
        // Comments that were there before count in the files; which these are is looked up.
        let strict = !std::mem::replace(&mut policy.inline, true);
        let mut found = ntnguard::scan(&files, &scanner, &policy)?;
        let request = Request { scanner: &scanner, policy: &policy, required: &required, file_size };
        let (env, _) = ntnguard::audit(None, &request)?;
        if strict {
            policy.inline = false;
            self.without_new_comments(&mut found, &scanner, &policy);
        }
        let mut report = ntnguard::combine(found, commits, env);
        report.warnings = settings::warnings(&policy, &report.stale, written.as_ref(), &baseline);
        report.skips.extend(self.plan.skips.iter().cloned());
        report.scope = Some(self.said());
        Ok(report)
    }

    /// What was there before decides what is allowed.
    fn config(&self, top: &Path) -> Result<Config> {
        match self.plan.base {
            Base::Own => self.surface.config(Some(top)),
            Base::At(base) => self.surface.settings.load_trusted(self.repository, Some(&base.to_string())),
            Base::Nobody => self.surface.settings.load_trusted(self.repository, None),
        }
    }

    fn said(&self) -> String {
        let config = match self.plan.base {
            Base::Nobody => "; no configuration counts, for the commit to trust is not here",
            _ => "",
        };
        format!("{}, the files at HEAD, the env files{config}", self.plan.said)
    }

    /// Lets comments that came with the change allow nothing.
    fn without_new_comments(&self, report: &mut Report, scanner: &Scanner, policy: &Policy) {
        let base = match self.plan.base {
            Base::At(base) => Some(base),
            _ => None,
        };
        for (finding, verdict) in &mut report.findings {
            let is_by_comment = matches!(verdict, Verdict::Suppressed(by) if by.by == "inline");
            if is_by_comment && !base.is_some_and(|base| self.had_comment(base, finding, scanner)) {
                *verdict = policy.judge(finding);
                finding.note = policy.note(finding).map(str::to_owned);
            }
        }
    }

    /// Whether the comment that allows what was found in a file stood beside it in the base: in the same file, or in one of
    /// the same content elsewhere.
    fn had_comment(&self, base: ObjectId, finding: &Finding, scanner: &Scanner) -> bool {
        let Some(path) = finding.origin.path() else { return false };
        let own = self.repository.head().and_then(|head| self.repository.file_in(head, path));
        let before = self.repository.file_in(base, path);
        match (own, before) {
            (Some(own), Some(before)) if own == before => true,
            (_, Some(before)) => self.allows(before, finding, scanner),
            (Some(own), None) => self.repository.has_file(base, own),
            (None, None) => false,
        }
    }

    /// Whether a file's content has the same secret with a comment that allows it.
    fn allows(&self, blob: ObjectId, finding: &Finding, scanner: &Scanner) -> bool {
        let Some(content) = self.repository.content(blob).filter(|_| finding.origin.member().is_none()) else {
            return false;
        };
        let print = |finding: &Finding| finding.evidence.as_ref().map(|evidence| evidence.fingerprint.clone());
        let found = scanner.scan(&Blob::whole(&Origin::Stdin, &content));
        let is_allowed = |other: &Finding| matches!(other.allowance, Some(Allowance::Given(_)));
        found.iter().any(|other| is_allowed(other) && print(other) == print(finding))
    }
}
