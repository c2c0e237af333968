//! The scanner, policy and steps of a run, made once from the configuration and the flags.

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

/// A scanner, a policy and the steps of a run. Every command, hook and CI plan makes one.
pub struct Job {
    /// The compiled rules and checks.
    pub scanner: Scanner,
    /// The policy that judges findings and skips.
    pub policy: Policy,
    /// The number of threads of a walk over files; 0 means one per core.
    pub threads: usize,
    steps: Vec<Box<dyn Step>>,
    vault: Vault,
    observer: Option<Box<Observer>>,
}

/// Returns all checks of scans. To add one, add a line here; those of code are listed in
/// `rules/code/`.
fn checks(policy: &Policy) -> Vec<Box<dyn Check>> {
    let env: Box<dyn Check> = Box::new(EnvFiles::new(policy.config.env_names.clone()));
    let mut all = rules::code_checks(SourceKind::Worktree);
    all.insert(0, env);
    all
}

impl Job {
    /// Returns a job for all rules, and for the `known` values.
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

    /// Returns the same job for rules about code alone, including those of a review only.
    pub fn for_review(mut self, known: Vec<Known>) -> Self {
        let checks = rules::code_checks(SourceKind::Review);
        self.scanner = Scanner::with_checks(&[], 0, checks).with_known(known);
        self
    }

    /// Returns the same job with another step; the steps are taken in the order of the calls.
    pub fn then(mut self, step: impl Step + 'static) -> Self {
        self.steps.push(Box::new(step));
        self.vault = Vault::open();
        self
    }

    /// Returns the same job with an observer of its texts.
    pub fn seen_by(
        mut self,
        observer: impl Fn(&Blob<'_>, &[Finding], &Scanner) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Returns the limits of a source.
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
    /// When the subject cannot be opened or is itself broken, or a step fails.
    pub fn run(&self, subject: Subject<'_>) -> Result<Report> {
        let mut report = self.look(subject)?;
        self.take_steps(&mut report)?;
        Ok(report)
    }

    /// Scans `subject` and judges the findings. The steps are taken later, on the report combined
    /// from several calls.
    ///
    /// # Errors
    ///
    /// When the subject cannot be opened or is itself broken.
    pub fn look(&self, subject: Subject<'_>) -> Result<Report> {
        self.look_by(subject, &self.policy)
    }

    /// Looks at `subject` as [`Job::look`] does, with another policy than the job's own.
    ///
    /// # Errors
    ///
    /// As [`Job::look`].
    pub fn look_by(&self, subject: Subject<'_>, policy: &Policy) -> Result<Report> {
        let source = subject.open(self)?;
        super::scan_into(self.keepers(), &*source, &self.scanner, policy)
    }

    /// Looks at a source that is open, as [`Job::look`] does.
    ///
    /// # Errors
    ///
    /// When the source is itself broken.
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

    /// Takes the steps, with the secrets of all subjects that this job has scanned.
    ///
    /// # Errors
    ///
    /// When a step fails.
    pub fn take_steps(&self, report: &mut Report) -> Result<()> {
        let mut steps = self.steps.iter();
        steps.try_for_each(|step| step.apply(report, &self.vault))
    }

    /// Makes a survey and judges its findings by `policy`.
    ///
    /// # Errors
    ///
    /// When the survey cannot be made.
    pub fn survey(&self, survey: &dyn Survey, policy: &Policy) -> Result<Report> {
        survey::made(survey, &self.scanner, policy)
    }

    /// Audits the env files below a folder, or of the whole repository. Returns the report, and the
    /// rules that ignore files should have.
    ///
    /// # Errors
    ///
    /// As [`audit`].
    pub fn audit(&self, folder: Option<&Path>) -> Result<(Report, WantedRules)> {
        audit(folder, &self.scanner, &self.policy)
    }
}
