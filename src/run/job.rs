//! The job of a run: its scanner, policy and steps, made from the configuration and the flags.

use std::path::Path;

use crate::detect::scanner::Scanner;
use crate::env::EnvFiles;
use crate::env::audit::WantedRules;
use crate::error::Result;
use crate::git::Repository;
use crate::model::blob::Blob;
use crate::model::check::Check;
use crate::model::finding::Finding;
use crate::model::known::Known;
use crate::model::source_kind::SourceKind;
use crate::model::vault::Vault;
use crate::policy::Policy;
use crate::report::Report;
use crate::rules::{self, RULES};
use crate::source::history::History;
use crate::source::{Limits, Source};

use super::keep::{Observer, ScanKeepers};
use super::step::Step;
use super::subject::Subject;
use super::survey::{self, Survey, audit};

/// A scanner, a policy and the steps of a run. Every command, hook and CI plan makes its own job.
pub struct Job {
    /// The compiled rules and checks.
    pub scanner: Scanner,
    /// The policy that judges findings and skips.
    pub policy: Policy,
    /// The number of threads that read files; 0 means one for each core.
    pub threads: usize,
    steps: Vec<Box<dyn Step>>,
    vault: Vault,
    observer: Option<Box<Observer>>,
}

/// Returns the checks of a scan. A new check gets a line here; checks of code are listed in
/// `rules/code/`.
fn checks(policy: &Policy) -> Vec<Box<dyn Check>> {
    let env: Box<dyn Check> = Box::new(EnvFiles::new(policy.config.env_names.clone()));
    let mut all = rules::code_checks(SourceKind::Worktree);
    all.insert(0, env);
    all
}

impl Job {
    /// Returns a job that looks for all rules and for the `known` values, without steps.
    pub fn new(policy: Policy, known: Vec<Known>) -> Self {
        let depth = policy.config.decode_depth();
        let scanner = Scanner::with_checks(RULES, depth, checks(&policy)).with_known(known);
        Job {
            scanner,
            policy,
            threads: 0,
            steps: Vec::new(),
            vault: Vault::default(),
            observer: None,
        }
    }

    /// Returns the same job for rules about code only, including rules that only a review applies.
    pub fn for_review(mut self, known: Vec<Known>) -> Self {
        let checks = rules::code_checks(SourceKind::Review);
        self.scanner = Scanner::with_checks(&[], 0, checks).with_known(known);
        self
    }

    /// Returns the same job with one more step. Steps are taken in the order in which they are
    /// added.
    pub fn then(mut self, step: impl Step + 'static) -> Self {
        self.steps.push(Box::new(step));
        self.vault = Vault::open();
        self
    }

    /// Returns the same job with an observer, which sees each scanned text and its findings.
    pub fn seen_by(
        mut self,
        observer: impl Fn(&Blob<'_>, &[Finding], &Scanner) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Returns the limits for opening a source: the largest file size and the depth of archives.
    pub fn limits(&self) -> Limits {
        let config = &self.policy.config;
        Limits::new(config.max_file_size, config.archive_depth())
    }

    /// Returns the source for all objects of a repository.
    pub fn history(&self, repository: Repository) -> History<'_> {
        History::new(repository, self.scanner.prefilter(), self.limits())
    }

    /// Scans `subject`, judges the findings, and takes the steps.
    ///
    /// # Errors
    ///
    /// When the subject cannot be opened or read at all, or a step fails.
    pub fn run(&self, subject: Subject<'_>) -> Result<Report> {
        let mut report = self.look(subject)?;
        self.take_steps(&mut report)?;
        Ok(report)
    }

    /// Scans `subject` and judges the findings, without taking the steps. The caller may combine
    /// several reports and then call [`Job::take_steps`].
    ///
    /// # Errors
    ///
    /// When the subject cannot be opened or read at all.
    pub fn look(&self, subject: Subject<'_>) -> Result<Report> {
        self.look_by(subject, &self.policy)
    }

    /// Scans `subject` as [`Job::look`] does, and judges the findings by `policy` instead of the
    /// job's own.
    ///
    /// # Errors
    ///
    /// When the subject cannot be opened or read at all.
    pub fn look_by(&self, subject: Subject<'_>, policy: &Policy) -> Result<Report> {
        let source = subject.open(self)?;
        super::scan_into(self.keepers(), &*source, &self.scanner, policy)
    }

    /// Scans an open source and judges the findings, without taking the steps.
    ///
    /// # Errors
    ///
    /// When the source cannot be read at all.
    pub fn scan(&self, source: &dyn Source) -> Result<Report> {
        super::scan_into(self.keepers(), source, &self.scanner, &self.policy)
    }

    fn keepers(&self) -> ScanKeepers<'_> {
        ScanKeepers {
            vault: &self.vault,
            observer: self.observer.as_deref(),
        }
    }

    /// Returns true if the job has steps.
    pub fn has_steps(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Takes the steps on a report. They have access to the secrets of all scans of this job.
    ///
    /// # Errors
    ///
    /// When a step fails.
    pub fn take_steps(&self, report: &mut Report) -> Result<()> {
        let mut steps = self.steps.iter();
        steps.try_for_each(|step| step.apply(report, &self.vault))
    }

    /// Runs a survey and judges its findings by `policy`.
    ///
    /// # Errors
    ///
    /// When the survey fails.
    pub fn survey(&self, survey: &dyn Survey, policy: &Policy) -> Result<Report> {
        survey::made(survey, &self.scanner, policy)
    }

    /// Audits the env files below `folder` or, if it is `None`, of the whole repository. Returns
    /// the report, and the lines that ignore files should have.
    ///
    /// # Errors
    ///
    /// When there is no repository, or its index cannot be read.
    pub fn audit(&self, folder: Option<&Path>) -> Result<(Report, WantedRules)> {
        audit(folder, &self.scanner, &self.policy)
    }
}
