//! Masks known values in every string of a report. This is done before the report is written,
//! because afterwards a line break may split a value.

use super::{Report, Warning};
use crate::detect::redact::Hidden;
use crate::model::finding::{Finding, Ignoring, Occurrence, Says, Verdict};
use crate::model::placement::{KeptBy, Placement};
use crate::model::skip::Skip;

impl Report {
    /// Masks the values of `hidden` in every path and text of the report.
    pub fn hide(&mut self) {
        let hidden = std::mem::take(&mut self.hidden);
        if !hidden.is_empty() {
            Hiding(&hidden).report(self);
        }
        self.hidden = hidden;
    }
}

/// Masks values in the parts of a report, in place.
struct Hiding<'h>(&'h Hidden);

impl Hiding<'_> {
    fn report(&self, report: &mut Report) {
        report
            .scope
            .iter_mut()
            .chain(&mut report.advice)
            .for_each(|text| self.text(text));
        for (finding, verdict) in &mut report.findings {
            self.finding(finding);
            self.verdict(verdict);
        }
        report.skips.iter_mut().for_each(|skip| self.skip(skip));
        for (skip, verdict) in &mut report.accepted {
            self.skip(skip);
            self.verdict(verdict);
        }
        for Warning { file, message, .. } in &mut report.warnings {
            self.text(file);
            self.text(message);
        }
        if let Some(facts) = &mut report.access {
            facts.texts().for_each(|text| self.text(text));
        }
        report
            .limited
            .exclude
            .iter_mut()
            .for_each(|pattern| self.text(pattern));
        report
            .left_out
            .iter_mut()
            .for_each(|left| self.text(&mut left.pattern));
        report
            .not_checked_out
            .submodules
            .iter_mut()
            .for_each(|path| self.bytes(path));
    }

    fn skip(&self, Skip { origin, detail, .. }: &mut Skip) {
        *origin = origin.with_paths(&|path| self.masked(path));
        self.text(detail);
    }

    fn finding(&self, finding: &mut Finding) {
        finding.origin = finding.origin.with_paths(&|path| self.masked(path));
        finding
            .note
            .iter_mut()
            .chain(&mut finding.variable)
            .for_each(|text| self.text(text));
        // A mask is as long as the value that it replaces, so the range of the excerpt's mark still
        // fits.
        finding
            .excerpt
            .iter_mut()
            .for_each(|excerpt| self.text(&mut excerpt.text));
        for Occurrence {
            origin, verdict, ..
        } in &mut finding.occurrences
        {
            *origin = origin.with_paths(&|path| self.masked(path));
            self.verdict(verdict);
        }
        finding
            .placement
            .iter_mut()
            .for_each(|placement| self.placement(placement));
        finding
            .ignoring
            .iter_mut()
            .for_each(|ignoring| self.ignoring(ignoring));
    }

    fn placement(&self, placement: &mut Placement) {
        for commit in placement
            .introduced
            .iter_mut()
            .chain(&mut placement.removed)
        {
            self.text(&mut commit.author);
        }
        placement.tips.iter_mut().for_each(|name| self.text(name));
        for keeper in &mut placement.kept_by {
            match keeper {
                KeptBy::Named(name) | KeptBy::Nothing { repository: name } => self.text(name),
            }
        }
        placement.paths.iter_mut().for_each(|path| self.bytes(path));
    }

    fn ignoring(&self, ignoring: &mut Ignoring) {
        self.bytes(&mut ignoring.change);
        if let Some(rule) = &mut ignoring.rule {
            self.bytes(&mut rule.file);
            self.text(&mut rule.text);
        }
        for name in &mut ignoring.names {
            self.bytes(&mut name.path);
            let mut reasons = name.reasons.to_vec();
            for reason in &mut reasons {
                self.bytes(&mut reason.file);
                if let Says::Names(path) = &mut reason.says {
                    self.bytes(path);
                }
            }
            name.reasons = reasons.into();
        }
    }

    fn verdict(&self, verdict: &mut Verdict) {
        if let Verdict::Suppressed(by) | Verdict::AllowedByChange(by) = verdict {
            self.text(&mut by.reason);
        }
    }

    fn text(&self, text: &mut String) {
        if let std::borrow::Cow::Owned(masked) = self.0.mask(text.as_bytes()) {
            *text = String::from_utf8_lossy(&masked).into_owned();
        }
    }

    fn bytes(&self, bytes: &mut Vec<u8>) {
        if let std::borrow::Cow::Owned(masked) = self.0.mask(bytes) {
            *bytes = masked;
        }
    }

    fn masked(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.mask(bytes).into_owned()
    }
}
