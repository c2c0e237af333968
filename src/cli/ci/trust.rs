//! The trust in a change: the allowances of the base, and those that the change adds for itself.

use crate::ci::plan::Base;
use crate::detect::redact::shown_path;
use crate::error::Result;
use crate::git::ObjectId;
use crate::model::blob::Origin;
use crate::model::finding::{Finding, SuppressedBy, Suppression, Verdict};
use crate::model::rule::Severity;
use crate::model::skip::Skip;
use crate::policy::config::baseline::FILE_NAME as BASELINE;
use crate::policy::config::{Config, FILE_NAME as CONFIGURATION};
use crate::policy::{Author, Change, Policy};
use crate::report::{Judged, Report};
use crate::rules::CONFIGURATION_CHANGED;

use super::run::CiRun;

/// The note about an invalid change to the configuration or the baseline.
const INVALID: &str = "It is not valid, or the baseline beside it is not, so nothing of it counts: see `ntnguard config`.";

/// The note about such a change by a stranger.
const OF_A_STRANGER: &str = "It comes from outside, so it fails until a maintainer makes this change and it is taken out of this one.";

/// The trust in allowances of the change.
#[derive(Clone, Copy)]
pub struct Trust {
    /// The author of the change, by the event.
    pub author: Author,
    /// The trust that flags set; `None` if they do not.
    pub asked: Option<bool>,
}

impl Trust {
    /// Returns the author for the judgement of the change: the flags win, then the base's
    /// configuration; without a base the author is unknown.
    fn author(self, base: Base, configured: Option<bool>) -> Author {
        match (self.asked, base) {
            (Some(true), _) => Author::Collaborator,
            (Some(false), _) => Author::Stranger,
            (None, Base::Nobody) => Author::Unknown,
            (None, _) if configured == Some(false) => Author::Stranger,
            (None, _) => self.author,
        }
    }
}

/// Adds the allowances of the change to the policy of the state before. Returns false if the
/// configuration of the change is invalid.
pub fn add(run: &CiRun<'_>, policy: &mut Policy) -> Result<bool> {
    let settings = &run.surface.settings;
    let author = run
        .trust
        .author(run.plan.base, policy.config.ci_trust_changes);
    match run.plan.base {
        Base::Own => return Ok(true),
        // Settings are those that are checked out, and what allows is what was there before.
        Base::Since(parent) => {
            let before = settings.trusted_policy(run.repository, named(parent).as_deref())?;
            policy.take_allowances_of(before);
        }
        Base::At(_) | Base::Nobody => {}
    }
    let head = run.repository.has_head().then_some("HEAD");
    let own = settings.trusted_policy(run.repository, head);
    let is_valid = own.is_ok();
    let own = own.unwrap_or_else(|_| Policy::new(Config::default()));
    policy.change = Some(Change {
        policy: Box::new(Policy {
            inline: true,
            ..own
        }),
        author,
    });
    Ok(is_valid)
}

fn named(commit: Option<ObjectId>) -> Option<String> {
    commit.map(|commit| commit.to_string())
}

/// The commit whose configuration and baseline may have changed; `None` if there is no base to
/// compare with.
fn before(run: &CiRun<'_>) -> Option<ObjectId> {
    match run.plan.base {
        Base::At(base) | Base::Since(Some(base)) => Some(base),
        Base::Own | Base::Nobody | Base::Since(None) => None,
    }
}

/// Returns true if the run reports a change to the configuration or the baseline.
pub fn compares(run: &CiRun<'_>) -> bool {
    let settings = &run.surface.settings;
    let are_replaced = settings.names_config() && settings.names_baseline();
    before(run).is_some() && !are_replaced
}

/// Reports a change to the configuration or the baseline, and notes if it is not valid.
pub fn changes(run: &CiRun<'_>, policy: &Policy, is_valid: bool, report: &mut Report) {
    let Some(before) = before(run) else {
        return;
    };
    let Some(head) = run.repository.head() else {
        return;
    };
    let parted = run.repository.merge_base(before, head).unwrap_or(before);
    let is_strangers = policy
        .change
        .as_ref()
        .is_some_and(|change| change.author != Author::Collaborator);
    let settings = &run.surface.settings;
    for (name, is_replaced) in [
        (CONFIGURATION, settings.names_config()),
        (BASELINE, settings.names_baseline()),
    ] {
        let [base, start, now] =
            [before, parted, head].map(|commit| run.repository.entry(commit, name.as_bytes()));
        // What the base alone has changed since the change began is none of its doing.
        if is_replaced || now == base || now == start {
            continue;
        }
        let mut finding = Finding::of_file(&CONFIGURATION_CHANGED, Origin::File(name.into()));
        if !is_valid {
            finding.note = Some(INVALID.to_owned());
        } else if is_strangers {
            finding.note = Some(OF_A_STRANGER.to_owned());
        }
        if is_strangers || !is_valid {
            finding.severity = Severity::Error;
        }
        let verdict = policy.judge(&finding);
        report.findings.push((finding, verdict));
    }
}

/// The advice to a maintainer where a stranger's change allows findings for itself: the lines to
/// commit to the base. `None` if there are no such findings.
pub fn lines(run: &CiRun<'_>, policy: &Policy, report: &Report) -> Option<String> {
    let findings = report.findings.iter();
    let findings = findings.filter_map(|judged| entry(judged, policy));
    let skips = report.skips.iter();
    let skips = skips.filter_map(|skip| unscanned(skip, policy));
    let mut entries: Vec<String> = findings.chain(skips).collect();
    entries.sort();
    entries.dedup();
    let text = entries.concat();
    if text.is_empty() {
        return None;
    }
    let (where_to, head) = match run.plan.base {
        Base::At(base) | Base::Since(Some(base))
            if run
                .repository
                .entry(base, CONFIGURATION.as_bytes())
                .is_some() =>
        {
            match policy.config.allow.is_empty() {
                true => ("", "allow:\n"),
                false => (", to the entries under `allow`", ""),
            }
        }
        _ => ("", "version: 1\nallow:\n"),
    };
    Some(format!(
        "What this change allows itself does not count. A maintainer who agrees adds this to {CONFIGURATION} of the branch that \
         it goes into{where_to}:\n\n{head}{}\n\
         Then bring the change up to date with that branch: a run that is only repeated may judge by how the branch was.\n",
        crate::report::quote(&text)
    ))
}

/// Returns the entry that allows a finding, as a stranger's change asks for it; `None` if it does
/// not, or the finding is not reported.
fn entry((finding, verdict): &Judged, policy: &Policy) -> Option<String> {
    let identity = finding.shown_fingerprint();
    let identity = identity.filter(|_| *verdict == Verdict::Reported)?;
    let reason = reason(&policy.asked_for(finding)?);
    let place = place(&finding.origin);
    Some(format!(
        "  - fingerprint: {identity}{place}\n    reason: '{reason}'\n"
    ))
}

/// Returns the entry that accepts a skip, as a stranger's change asks for it; `None` if it does
/// not.
fn unscanned(skip: &Skip, policy: &Policy) -> Option<String> {
    let reason = reason(&policy.asked_to_accept(skip)?);
    let (digest, place) = (skip.digest.as_ref()?, place(&skip.origin));
    Some(format!(
        "  - unscanned: {digest}{place}\n    reason: '{reason}'\n"
    ))
}

/// Returns the path for an entry, as a comment behind it.
fn place(origin: &Origin) -> String {
    let path = origin.path();
    path.map_or_else(String::new, |path| format!(" # {}", shown_path(path)))
}

/// Returns the reason for an entry. A baseline has no reasons, so a maintainer has to find one.
fn reason(asked: &Suppression) -> String {
    if asked.by == SuppressedBy::Baseline {
        return "TODO: the change has it in its baseline".to_owned();
    }
    let reason: String = asked.reason.chars().filter(|c| !c.is_control()).collect();
    reason.replace('\'', "''")
}
