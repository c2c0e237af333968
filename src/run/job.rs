//! What one run is asked, made once from the configuration and the flags.

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

/// How a run looks, and what becomes of what it finds. Every command, hook and CI plan makes one.
pub struct Job {
    /// What is looked for.
    pub scanner: Scanner,
    /// What becomes of findings.
    pub policy: Policy,
    /// Threads of a walk over files; 0 is as many as there are cores.
    pub threads: usize,
    steps: Vec<Box<dyn Step>>,
    vault: Vault,
    observer: Option<Box<Observer>>,
}

/// All checks of scans. Another one is a line here; those of code are listed in `rules/code/`.
fn checks(policy: &Policy) -> Vec<Box<dyn Check>> {
    let env: Box<dyn Check> = Box::new(EnvFiles::new(policy.config.env_names.clone()));
    let mut all = rules::code_checks(SourceKind::Worktree);
    all.insert(0, env);
    all
}

impl Job {
    /// A job for all rules, and for the values that are known.
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

    /// The same job for rules about code alone, those that only a review looks for too.
    pub fn for_review(mut self, known: Vec<Known>) -> Self {
        let checks = rules::code_checks(SourceKind::Review);
        self.scanner = Scanner::with_checks(&[], 0, checks).with_known(known);
        self
    }

    /// The same job with something to be done with its report; the steps go in order.
    pub fn then(mut self, step: impl Step + 'static) -> Self {
        self.steps.push(Box::new(step));
        self.vault = Vault::open();
        self
    }

    /// The same job, whose texts are seen by `observer` too.
    pub fn seen_by(
        mut self,
        observer: impl Fn(&Blob<'_>, &[Finding], &Scanner) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// How much a source reads.
    pub fn limits(&self) -> Limits {
        let config = &self.policy.config;
        Limits::new(config.max_file_size, config.archive_depth())
    }

    /// All that a repository holds.
    pub fn history(&self, repository: Repository) -> History<'_> {
        History::new(repository, self.scanner.prefilter(), self.limits())
    }

    /// Looks at `subject`, judges what is found, and takes the steps.
    ///
    /// # Errors
    ///
    /// When the subject cannot be opened or is itself broken, or a step fails.
    pub fn run(&self, subject: Subject<'_>) -> Result<Report> {
        let mut report = self.look(subject)?;
        self.take_steps(&mut report)?;
        Ok(report)
    }

    /// Looks at `subject` and judges what is found. The steps are for the whole of what several looks come to.
    ///
    /// # Errors
    ///
    /// When the subject cannot be opened or is itself broken.
    pub fn look(&self, subject: Subject<'_>) -> Result<Report> {
        self.look_by(subject, &self.policy)
    }

    /// The same by another policy than the job's own.
    ///
    /// # Errors
    ///
    /// As [`Job::look`].
    pub fn look_by(&self, subject: Subject<'_>, policy: &Policy) -> Result<Report> {
        let source = subject.open(self)?;
        super::scan_into(self.keepers(), &*source, &self.scanner, policy)
    }

    /// The same with a source that is open.
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

    /// Whether something is to be done with the report.
    pub fn has_steps(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Takes the steps, with the secrets of all that this job has looked at.
    ///
    /// # Errors
    ///
    /// When a step fails.
    pub fn take_steps(&self, report: &mut Report) -> Result<()> {
        let mut steps = self.steps.iter();
        steps.try_for_each(|step| step.apply(report, &self.vault))
    }

    /// Judges what a survey finds by `policy`.
    ///
    /// # Errors
    ///
    /// When the survey cannot be made.
    pub fn survey(&self, survey: &dyn Survey, policy: &Policy) -> Result<Report> {
        survey::made(survey, &self.scanner, policy)
    }

    /// Audits the env files below a folder, or of the whole repository; with what ignore rules should say.
    ///
    /// # Errors
    ///
    /// As [`audit`].
    pub fn audit(&self, folder: Option<&Path>) -> Result<(Report, WantedRules)> {
        audit(folder, &self.scanner, &self.policy)
    }
}
