//! The judgement of findings about env files in a CI run.

use crate::ci::plan::Base;
use crate::detect::scanner::Scanner;
use crate::env::before::Before;
use crate::model::finding::Verdict;
use crate::model::rule::{RuleKind, Severity};
use crate::policy::config::EnvAudit;
use crate::report::Report;

use super::run::CiRun;

/// Judges findings about env files. A fault that the base also has is old. The mode of the audit
/// may turn errors into warnings, or remove the findings.
pub struct EnvFaults<'r> {
    /// The run, which has the base of the change.
    pub run: &'r CiRun<'r>,
    /// The scanner for the content of env files.
    pub scanner: &'r Scanner,
    /// The mode of the audit.
    pub audit: EnvAudit,
}

impl EnvFaults<'_> {
    /// Marks findings that the base also has as already there. With [`EnvAudit::Warn`], errors
    /// become warnings. With [`EnvAudit::Off`], all findings about env files are removed.
    pub fn judge(&self, report: &mut Report) {
        if self.audit == EnvAudit::Off {
            report
                .findings
                .retain(|(finding, _)| finding.rule.kind != RuleKind::Env);
        }
        let mut before = match self.run.plan.base {
            Base::At(base) => Before::new(self.run.repository, base, self.scanner),
            Base::Own | Base::Since(_) | Base::Nobody => None,
        };
        for (finding, verdict) in report
            .findings
            .iter_mut()
            .filter(|(finding, _)| finding.rule.kind == RuleKind::Env)
        {
            if *verdict == Verdict::Reported
                && before.as_mut().is_some_and(|before| before.has(finding))
            {
                *verdict = Verdict::AlreadyThere;
                finding
                    .occurrences
                    .iter_mut()
                    .for_each(|place| place.verdict = Verdict::AlreadyThere);
            }
            if self.audit == EnvAudit::Warn {
                finding.severity = finding.severity.min(Severity::Warning);
            }
        }
    }
}
