//! Whose word counts: what the base allows, and what the change would allow itself.

use ntnguard::blob::{Origin, Part};
use ntnguard::ci::plan::Base;
use ntnguard::config::baseline::FILE_NAME as BASELINE;
use ntnguard::config::{Config, FILE_NAME as CONFIGURATION};
use ntnguard::error::Result;
use ntnguard::finding::{Finding, Verdict};
use ntnguard::git::ObjectId;
use ntnguard::policy::{Author, Change, Policy};
use ntnguard::report::Report;
use ntnguard::rule::Severity;
use ntnguard::rules::CONFIGURATION_CHANGED;

use super::run::Run;
use crate::cli::settings;

/// Whether what a change allows itself counts.
#[derive(Clone, Copy)]
pub struct Trust {
    /// Who made the change, as far as the event says.
    pub author: Author,
    /// What the flags say.
    pub asked: Option<bool>,
}

impl Trust {
    /// Who made the change, as it is judged: the flags win, then the base's configuration, and without a base nobody is known.
    fn author(self, base: Base, configured: Option<bool>) -> Author {
        match (self.asked, base) {
            (Some(true), _) => Author::Collaborator,
            (Some(false), _) | (None, Base::Nobody) => Author::Stranger,
            (None, _) if configured == Some(false) => Author::Stranger,
            (None, _) => self.author,
        }
    }
}

/// The policy by which a change is judged: the base's settings and allowances, and beside them those of the change. With it
/// comes whether the configuration that the change brings along makes sense.
pub fn policy(run: &Run<'_>, config: Config, configured: Option<bool>) -> Result<(Policy, bool)> {
    let policy = settings::policy(config);
    let author = run.trust.author(run.plan.base, configured);
    let before = match run.plan.base {
        Base::Own => return Ok((policy, true)),
        // Settings are those that are checked out, and so is what was allowed before.
        Base::Since(parent) => Some(run.surface.settings.load_trusted(run.repository, named(parent).as_deref())?),
        Base::At(_) | Base::Nobody => None,
    };
    let own = run.surface.settings.load_trusted(run.repository, run.repository.has_head().then_some("HEAD"));
    let is_valid = own.is_ok();
    let mut change = settings::policy(own.unwrap_or_default());
    change.inline = true;
    let policy = match before {
        Some(before) => policy.with_allowances_of(&settings::policy(before)),
        None => policy,
    };
    Ok((Policy { change: Some(Change { policy: Box::new(change), author }), ..policy }, is_valid))
}

fn named(commit: Option<ObjectId>) -> Option<String> {
    commit.map(|commit| commit.to_string())
}

/// Tells of a change to the configuration or the baseline, and that it is not valid.
pub fn changes(run: &Run<'_>, policy: &Policy, is_valid: bool, report: &mut Report) {
    let before = match run.plan.base {
        Base::At(base) | Base::Since(Some(base)) => base,
        Base::Own | Base::Nobody | Base::Since(None) => return,
    };
    let Some(head) = run.repository.head().filter(|_| !run.surface.settings.names_files()) else { return };
    let is_strangers = policy.change.as_ref().is_some_and(|change| change.author == Author::Stranger);
    for name in [CONFIGURATION, BASELINE] {
        let [was, is] = [before, head].map(|commit| run.repository.entry(commit, name.as_bytes()));
        if was == is {
            continue;
        }
        let object = is.or(was).map(|id| id.to_string()).unwrap_or_default();
        let origin = Origin::Object { id: object, part: Part::Content, path: Some(name.as_bytes().to_vec()) };
        let mut finding = Finding::of_file(&CONFIGURATION_CHANGED, origin);
        if !is_valid {
            finding.note = Some(
                "It is not valid, or the baseline beside it is not, so nothing of it counts: see `ntnguard config`."
                    .to_owned(),
            );
        }
        if is_strangers || !is_valid {
            finding.severity = Severity::Error;
        }
        let verdict = policy.judge(&finding);
        report.findings.push((finding, verdict));
    }
}

/// The lines for a maintainer to commit to the base, where a stranger's change allows itself what is reported.
pub fn lines(policy: &Policy, report: &Report) -> Option<String> {
    let entry = |(finding, verdict): &(Finding, Verdict)| {
        let evidence = finding.evidence.as_ref().filter(|_| *verdict == Verdict::Reported)?;
        let reason = policy.asked_for(finding)?.reason;
        let reason: String = reason.chars().filter(|c| !c.is_control()).collect();
        Some(format!("  - fingerprint: {}\n    reason: '{}'\n", evidence.fingerprint, reason.replace('\'', "''")))
    };
    let mut entries: Vec<String> = report.findings.iter().filter_map(entry).collect();
    entries.sort();
    entries.dedup();
    let text = entries.concat();
    (!text.is_empty()).then(|| {
        format!(
            "What this change allows itself does not count. A maintainer who agrees adds this to {CONFIGURATION} of the base:\n\n\
             allow:\n{}",
            ntnguard::report::quote(&text)
        )
    })
}
