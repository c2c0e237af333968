//! What becomes of findings about env files where a change is judged.

use crate::ci::plan::Base;
use crate::detect::scanner::Scanner;
use crate::env::before::Before;
use crate::model::finding::Verdict;
use crate::model::rule::{RuleKind, Severity};
use crate::policy::config::EnvAudit;
use crate::report::Report;

use super::run::CiRun;

/// Judges findings about env files by what was there before, and by what the audit is to do.
pub struct EnvFaults<'r> {
    /// The run, which knows what the change is compared with.
    pub run: &'r CiRun<'r>,
    /// Tells what env files hold.
    pub scanner: &'r Scanner,
    /// What the audit is to do.
    pub audit: EnvAudit,
}

impl EnvFaults<'_> {
    /// A fault that the base has too is already there; with [`EnvAudit::Warn`], errors are warnings; with
    /// [`EnvAudit::Off`], what commits brought is not told either.
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
