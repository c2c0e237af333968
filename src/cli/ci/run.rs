//! The scans for one CI event, combined into one report.

use std::path::Path;

use crate::ci::plan::{Base, Commits, Plan};
use crate::detect::redact::shown_path;
use crate::env::audit::EnvSurvey;
use crate::error::Result;
use crate::git::Repository;
use crate::model::rule::{Rule, RuleKind};
use crate::model::source_kind::SourceKind;
use crate::policy::config::EnvAudit;
use crate::policy::{Author, Policy};
use crate::report::{Analysis, Report};
use crate::run::{Files, Job, Reached, Subject};

use super::comments::Comments;
use super::faults::EnvFaults;
use super::folder::CiFolder;
use super::known::KnownInBase;
use super::trust::{self, Trust};
use crate::cli::surface::Surface;
use crate::cli::verify_flags::VerifyFlags;
use crate::cli::{range, rotation, settings};

/// The scans for one CI event, and everything that is needed to judge their findings.
pub struct CiRun<'r> {
    /// The flags that all scanning commands share.
    pub surface: &'r Surface,
    /// The commits to scan, and the base that judges them.
    pub plan: &'r Plan,
    /// The repository of the CI job.
    pub repository: &'r Repository,
    /// The directory whose files are scanned.
    pub place: &'r CiFolder,
    /// The mode of the audit of env files that a flag sets; `None` if no flag sets it.
    pub env: Option<EnvAudit>,
    /// Decides if allowances of the change are trusted.
    pub trust: Trust,
    /// The flags that let the run ask Notion about findings.
    pub verify: &'r VerifyFlags,
    /// True if the author of the change is known. False in a CI job of an unknown system.
    pub is_event_known: bool,
}

impl CiRun<'_> {
    /// Scans the commits, the files and the env files, and judges the findings by the base of the
    /// change.
    pub fn report(&self) -> Result<Report> {
        let policy = self.policy(self.repository.work_tree().as_deref())?;
        let env = self.env.or(policy.config.ci_env).unwrap_or_default();
        let job = self.surface.job(policy, SourceKind::Ci)?;
        let mut job = self.verify.add(job, self.not_ours())?;
        self.surface
            .only
            .refuse(|rule| self.why_absent(rule, env))?;
        let is_valid = trust::add(self, &mut job.policy)?;
        let commits = self.commits(&job)?;
        let (files, audit) = self.files(&job, env)?;
        let mut report = crate::run::combine(files, commits, audit);
        EnvFaults {
            run: self,
            scanner: &job.scanner,
            audit: env,
        }
        .judge(&mut report);
        trust::changes(self, &job.policy, is_valid, &mut report);
        KnownInBase::new(self.repository, self.plan.base, &job).judge(&mut report)?;
        let top = self.repository.work_tree();
        rotation::add_leaked(&job, top.as_deref(), &mut report)?;
        job.take_steps(&mut report)?;
        report.advice = trust::lines(self, &job.policy, &report);
        let written_by = match (self.plan.base, &job.policy.change) {
            (Base::Since(_), Some(change)) => &change.policy,
            _ => &job.policy,
        };
        report.warnings = settings::warnings(written_by, &report.stale);
        self.describe(&mut report, env);
        Ok(report)
    }

    /// Scans the checked-out files, and audits their env files. A comment in a file has an effect
    /// only if the base has it, too.
    fn files(&self, job: &Job, env: EnvAudit) -> Result<(Report, Option<Report>)> {
        let files = Files {
            paths: Vec::new(),
            top: self.repository.work_tree(),
            except: self.surface.known.clone(),
            folder: self.folder().map(Path::to_owned),
        };
        let with_comments = Policy {
            inline: true,
            ..job.policy.clone()
        };
        let mut files = job.look_by(Subject::Files(files), &with_comments)?;
        let survey = EnvSurvey {
            folder: self.folder(),
            scanner: &job.scanner,
            policy: &with_comments,
        };
        let audit = match env {
            EnvAudit::Off => None,
            _ => Some(job.survey(&survey, &with_comments)?),
        };
        if self.plan.base != Base::Own {
            let without = job.policy.clone().without_comments();
            Comments::new(self.repository, self.plan.base, &job.scanner)
                .drop_new(&mut files, &without);
        }
        Ok((files, audit))
    }

    /// Returns the reason why Notion must not be asked about the tokens of the change; `None` if
    /// the author is known to be a collaborator. We must not try the tokens of strangers, and a
    /// stranger could make us send many requests.
    fn not_ours(&self) -> Option<&'static str> {
        let is_ours = self.trust.author == Author::Collaborator && self.is_event_known;
        (!is_ours).then_some("the change is from a fork, or its author is unknown")
    }

    /// Adds the scope of the scan and the skips of the plan to the report.
    fn describe(&self, report: &mut Report, env: EnvAudit) {
        report.skips.extend(self.plan.skips.iter().cloned());
        report.scope = Some(self.said(env));
        report.folder = self.place.folder.clone();
        let analysis = match self.plan.base {
            Base::Own => Analysis::History,
            _ => Analysis::Change,
        };
        report.analysis = self.surface.is_for_code_scanning().then_some(analysis);
    }

    /// Returns the advice about a rule that this run does not apply; `None` if the rule is applied.
    fn why_absent(&self, rule: &Rule, env: EnvAudit) -> Option<&'static str> {
        match rule.kind {
            RuleKind::Env if env == EnvAudit::Off => Some(
                "the audit of env files is off: leave out `--env off`, \
                 or `env: off` under `ci` in .ntnguard.yaml",
            ),
            RuleKind::Access => Some("`ntnguard access` checks it"),
            RuleKind::Policy if !trust::compares(self) => Some(
                "there is no commit to compare the configuration with: name one with \
                 `--base REV`, and leave out --config or --baseline",
            ),
            _ => None,
        }
    }

    /// Scans the commits of the plan; `None` if this clone lacks the commits.
    fn commits(&self, job: &Job) -> Result<Option<Report>> {
        let folder = self.place.folder.clone();
        let subject = match &self.plan.commits {
            Commits::Reached(head, hidden) => Subject::Reached(Reached {
                refs: self.plan.refs.clone(),
                folder,
                ..Reached::new(self.repository, vec![*head], hidden.clone())
            }),
            Commits::History => Subject::History(range::repository()?, folder),
            Commits::Missing => return Ok(None),
        };
        job.look(subject).map(Some)
    }

    /// Returns the directory on disk that the run is limited to; `None` if there is no limit.
    fn folder(&self) -> Option<&Path> {
        (!self.place.folder.is_root()).then_some(self.place.path.as_path())
    }

    /// Returns the policy that judges the change: the policy of the base or, for [`Base::Own`] and
    /// [`Base::Since`], the policy of the checked-out files.
    fn policy(&self, top: Option<&Path>) -> Result<Policy> {
        let settings = &self.surface.settings;
        match self.plan.base {
            Base::Own | Base::Since(_) => settings.policy(top),
            Base::At(base) => settings.trusted_policy(self.repository, Some(&base.to_string())),
            Base::Nobody => settings.trusted_policy(self.repository, None),
        }
    }

    fn said(&self, env: EnvAudit) -> String {
        let audit = match env {
            EnvAudit::Fail | EnvAudit::Warn => ", the env files",
            EnvAudit::Off => "; the env files are not audited, as the configuration or a flag says",
        };
        let config = match self.plan.base {
            Base::Nobody => {
                "; no configuration is used: this clone has no base commit to take it from"
                    .to_owned()
            }
            Base::At(base) => format!(
                "; judged by the configuration in commit {:.10}",
                base.to_string()
            ),
            Base::Since(_) => "; judged by the configuration that is checked out".to_owned(),
            Base::Own => String::new(),
        };
        let only = match self.place.folder.path() {
            [] => String::new(),
            path => format!("; only the files in {}", shown_path(path)),
        };
        format!("{}, the files at HEAD{audit}{only}{config}", self.plan.said)
    }
}
