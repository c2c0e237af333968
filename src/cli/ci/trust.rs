//! Whose word counts: what the base allows, and what the change would allow itself.

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

/// What is said of a change to the configuration or the baseline that makes no sense.
const INVALID: &str = "It is not valid, or the baseline beside it is not, so nothing of it counts: see `ntnguard config`.";

/// What is said of one from outside.
const OF_A_STRANGER: &str = "It comes from outside, so it fails until a maintainer makes this change and it is taken out of this one.";

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
            (Some(false), _) => Author::Stranger,
            (None, Base::Nobody) => Author::Unknown,
            (None, _) if configured == Some(false) => Author::Stranger,
            (None, _) => self.author,
        }
    }
}

/// Adds to the policy that was there before what the change would allow itself. Returns false if the configuration that the
/// change brings along makes no sense.
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

/// The commit whose configuration and baseline may have changed; `None` where there is none to
/// compare with.
fn before(run: &CiRun<'_>) -> Option<ObjectId> {
    match run.plan.base {
        Base::At(base) | Base::Since(Some(base)) => Some(base),
        Base::Own | Base::Nobody | Base::Since(None) => None,
    }
}

/// Returns true if the run tells of a change to the configuration or the baseline.
pub fn compares(run: &CiRun<'_>) -> bool {
    let settings = &run.surface.settings;
    let are_replaced = settings.names_config() && settings.names_baseline();
    before(run).is_some() && !are_replaced
}

/// Tells of a change to the configuration or the baseline, and that it is not valid.
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

/// What to do where a stranger's change allows itself what is reported: the lines for a maintainer to commit to the base.
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

/// The entry that allows a finding, as a stranger's change asks for it.
fn entry((finding, verdict): &Judged, policy: &Policy) -> Option<String> {
    let identity = finding.shown_fingerprint();
    let identity = identity.filter(|_| *verdict == Verdict::Reported)?;
    let reason = reason(&policy.asked_for(finding)?);
    let place = place(&finding.origin);
    Some(format!(
        "  - fingerprint: {identity}{place}\n    reason: '{reason}'\n"
    ))
}

/// The entry that accepts what was not scanned, as a stranger's change asks for it.
fn unscanned(skip: &Skip, policy: &Policy) -> Option<String> {
    let reason = reason(&policy.asked_to_accept(skip)?);
    let (digest, place) = (skip.digest.as_ref()?, place(&skip.origin));
    Some(format!(
        "  - unscanned: {digest}{place}\n    reason: '{reason}'\n"
    ))
}

/// The path of what an entry is for, as a comment behind it.
fn place(origin: &Origin) -> String {
    let path = origin.path();
    path.map_or_else(String::new, |path| format!(" # {}", shown_path(path)))
}

/// The reason that an entry gets. A baseline has none of its own, so a maintainer has to find one.
fn reason(asked: &Suppression) -> String {
    if asked.by == SuppressedBy::Baseline {
        return "TODO: the change has it in its baseline".to_owned();
    }
    let reason: String = asked.reason.chars().filter(|c| !c.is_control()).collect();
    reason.replace('\'', "''")
}
