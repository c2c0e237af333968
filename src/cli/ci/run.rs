//! The scans of one event, and one report of them.

use std::path::{Path, PathBuf};

use crate::ci::plan::{Base, Commits, Plan};
use crate::detect::redact::shown_path;
use crate::detect::scanner::Scanner;
use crate::env::audit::Request;
use crate::error::Result;
use crate::git::Repository;
use crate::model::rule::{Rule, RuleKind};
use crate::policy::Policy;
use crate::policy::config::{Config, EnvAudit};
use crate::report::{Analysis, Report};
use crate::source::Limits;
use crate::source::history::History;
use crate::source::range::Range;
use crate::source::worktree::Worktree;

use super::comments::Comments;
use super::faults::EnvFaults;
use super::folder::CiFolder;
use super::known::KnownInBase;
use super::trust::{self, Trust};
use crate::cli::surface::Surface;
use crate::cli::{range, scan, settings};

/// What is scanned by whose configuration.
pub struct CiRun<'r> {
    /// The flags.
    pub surface: &'r Surface,
    /// What the event means.
    pub plan: &'r Plan,
    /// Where.
    pub repository: &'r Repository,
    /// The folder in it whose files are looked at.
    pub place: &'r CiFolder,
    /// What the flags say of the audit of env files.
    pub env: Option<EnvAudit>,
    /// Whether what the change allows itself counts.
    pub trust: Trust,
}

impl CiRun<'_> {
    /// Scans the commits, the files and the env files, and judges what is found by what was there before.
    pub fn report(&self) -> Result<Report> {
        let top = self.repository.work_tree();
        self.surface
            .only
            .refuse_absent("ci", !self.surface.known.is_empty())?;
        let mut config = self.config(top.as_deref())?;
        config.exclude.extend(self.surface.only.excluded());
        self.surface.use_threads();
        let scanner = self.surface.scanner(&config)?;
        let limits = Surface::limits(&config);
        let (required, file_size) = (config.env_required.clone(), config.max_file_size);
        let env = self.env.or(config.ci_env).unwrap_or_default();
        self.surface.only.refuse(|rule| self.absent(rule, env))?;
        let (trust_changes, excluded) = (config.ci_trust_changes, config.exclude.clone());
        let files = self
            .files(top, &mut config)
            .except(self.surface.known.iter().map(PathBuf::as_path));
        let (written, baseline) = (
            config.source.take(),
            std::mem::take(&mut config.baseline_name),
        );
        let (mut policy, is_valid) = trust::policy(self, config, trust_changes)?;
        let commits = self.commits(&scanner, &policy, limits.clone())?;
        // In files, comments that were there before count: which these are is looked up.
        let inline = std::mem::replace(&mut policy.inline, true);
        let mut files = crate::scan(&files, &scanner, &policy)?;
        let request = Request {
            scanner: &scanner,
            policy: &policy,
            required: &required,
            file_size,
        };
        let audit = match env {
            EnvAudit::Off => None,
            _ => Some(crate::audit(self.part(), &request)?.0),
        };
        if self.plan.base != Base::Own {
            policy.inline = false;
            Comments::new(self.repository, self.plan.base, &scanner).drop_new(&mut files, &policy);
        }
        policy.inline = inline;
        let mut report = crate::combine(files, commits, audit);
        EnvFaults {
            run: self,
            scanner: &scanner,
            audit: env,
        }
        .judge(&mut report);
        trust::changes(self, &policy, is_valid, &mut report);
        let before = Policy {
            change: None,
            inline: true,
            ..policy.clone()
        };
        let known = KnownInBase {
            repository: self.repository,
            base: self.plan.base,
            scanner: &scanner,
            limits,
            excluded: &excluded,
        };
        known.judge(&mut report, &before)?;
        report.advice = trust::lines(self, &policy, &report);
        let written_by = match (self.plan.base, &policy.change) {
            (Base::Since(_), Some(change)) => &change.policy,
            _ => &policy,
        };
        report.warnings =
            settings::warnings(written_by, &report.stale, written.as_ref(), &baseline);
        self.describe(&mut report, env);
        Ok(report)
    }

    /// Says in the report what was looked at, and what the plan could not see.
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

    /// The advice about a rule that this run does not look for; `None` for one that it does.
    fn absent(&self, rule: &Rule, env: EnvAudit) -> Option<&'static str> {
        match rule.kind {
            RuleKind::Env if env == EnvAudit::Off => Some(
                "the audit of env files is off: leave out `--env off`, \
                 or `env: off` under `ci` in .ntnguard.yaml",
            ),
            RuleKind::Policy if !trust::compares(self) => Some(
                "no commit is known whose configuration could have changed: name it with \
                 `--base REV`, and leave out --config or --baseline",
            ),
            _ => None,
        }
    }

    /// The scan of the commits that are meant.
    fn commits(
        &self,
        scanner: &Scanner,
        policy: &Policy,
        limits: Limits,
    ) -> Result<Option<Report>> {
        let report = match &self.plan.commits {
            Commits::Reached(head, hidden) => {
                let range = Range::reached(self.repository, &[*head], hidden, limits)?;
                let range = range
                    .naming(self.plan.refs.clone())
                    .within(self.place.folder.clone());
                crate::scan(&range, scanner, policy)
            }
            Commits::History => {
                let history = History::new(range::repository()?, scanner.prefilter(), limits);
                let history = history
                    .naming(policy.env_names.clone())
                    .within(self.place.folder.clone());
                crate::scan(&history, scanner, policy)
            }
            Commits::Missing => return Ok(None),
        };
        report.map(Some)
    }

    /// The folder that the run is limited to, if it is.
    fn part(&self) -> Option<&Path> {
        (!self.place.folder.is_root()).then_some(self.place.path.as_path())
    }

    /// The files that are checked out.
    fn files(&self, top: Option<PathBuf>, config: &mut Config) -> Worktree {
        let threads = self.surface.threads();
        match (self.part(), top) {
            (Some(part), Some(top)) => scan::files_below(part.to_owned(), top, threads, config),
            (_, top) => scan::files(Vec::new(), top, threads, config),
        }
    }

    /// What was there before decides what is allowed.
    fn config(&self, top: Option<&Path>) -> Result<Config> {
        match self.plan.base {
            Base::Own | Base::Since(_) => self.surface.config(top),
            Base::At(base) => self
                .surface
                .settings
                .load_trusted(self.repository, Some(&base.to_string())),
            Base::Nobody => self.surface.settings.load_trusted(self.repository, None),
        }
    }

    fn said(&self, env: EnvAudit) -> String {
        let audit = match env {
            EnvAudit::Fail | EnvAudit::Warn => ", the env files",
            EnvAudit::Off => "; the env files are not audited, as the configuration or a flag says",
        };
        let config = match self.plan.base {
            Base::Nobody => {
                "; no configuration is used: the base it must come from is not here".to_owned()
            }
            Base::At(base) => format!("; judged by the configuration of {:.10}", base.to_string()),
            Base::Since(_) => "; judged by the configuration that is checked out".to_owned(),
            Base::Own => String::new(),
        };
        let only = match self.place.folder.path() {
            [] => String::new(),
            path => format!("; of all files only those in {}", shown_path(path)),
        };
        format!("{}, the files at HEAD{audit}{only}{config}", self.plan.said)
    }
}
