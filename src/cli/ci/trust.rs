//! The trust in a change. A change may contain allowances for its own findings; they have an effect
//! only if its author is trusted.

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

/// The note about a change that makes the configuration or the baseline invalid.
const INVALID: &str = "The configuration or the baseline is not valid, so neither of them is used: `ntnguard \
                       config` shows the error.";

/// The note about a change to the configuration or the baseline by a stranger.
const OF_A_STRANGER: &str = "The author of this change is not trusted, so this change of the configuration fails \
                             the run. A maintainer who agrees must make the same change on the base branch; then \
                             remove it from this change.";

/// Decides if the allowances of a change are trusted.
#[derive(Clone, Copy)]
pub struct Trust {
    /// The author of the change, as the CI event reports it.
    pub author: Author,
    /// The value of `--trust-changes`; `None` without the flag.
    pub asked: Option<bool>,
}

impl Trust {
    /// Returns the author to assume for the change. The flag decides first. Without a base, the
    /// author is unknown. `configured` is the setting `ci: trust-changes:` of the base, which may
    /// make every author a stranger.
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

/// Adds the configuration and the baseline of the change to the policy of the base. Returns false
/// if they are invalid.
pub fn add(run: &CiRun<'_>, policy: &mut Policy) -> Result<bool> {
    let settings = &run.surface.settings;
    let author = run
        .trust
        .author(run.plan.base, policy.config.ci_trust_changes);
    match run.plan.base {
        Base::Own => return Ok(true),
        // The settings come from the checked-out file, and the allowances from the parent commit.
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

/// Returns the commit to compare the configuration and the baseline with; `None` if the plan has no
/// base commit.
fn before(run: &CiRun<'_>) -> Option<ObjectId> {
    match run.plan.base {
        Base::At(base) | Base::Since(Some(base)) => Some(base),
        Base::Own | Base::Nobody | Base::Since(None) => None,
    }
}

/// Returns true if the run can report changes to the configuration or the baseline: there is a
/// commit to compare with, and flags do not replace both files.
pub fn compares(run: &CiRun<'_>) -> bool {
    let settings = &run.surface.settings;
    let are_replaced = settings.names_config() && settings.names_baseline();
    before(run).is_some() && !are_replaced
}

/// Adds a finding to the report if the configuration has changed, and a finding if the baseline has
/// changed. The finding is an error if the change is invalid or comes from a stranger.
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
        // If only the base has changed the file since the merge base, the change did not change the
        // file.
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

/// Returns the advice to a maintainer if a stranger's change allows its own findings: the lines to
/// add to the configuration of the base. `None` if there are no such findings.
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
        "This change contains exceptions for its own findings. ntnguard ignores these exceptions. A maintainer \
         who agrees with them adds these lines to {CONFIGURATION} on the base \
         branch{where_to}:\n\n{head}{}\nThen merge the base branch into the change, or rebase the change onto \
         it: if you only run the job again, it may use the old state of the branch.\n",
        crate::report::quote(&text)
    ))
}

/// Returns the entry that would allow a finding, with the reason that a stranger's change gives;
/// `None` if the change does not allow the finding, or the finding is not reported.
fn entry((finding, verdict): &Judged, policy: &Policy) -> Option<String> {
    let identity = finding.shown_fingerprint();
    let identity = identity.filter(|_| *verdict == Verdict::Reported)?;
    let reason = reason(&policy.asked_for(finding)?);
    let place = place(&finding.origin);
    Some(format!(
        "  - fingerprint: {identity}{place}\n    reason: '{reason}'\n"
    ))
}

/// Returns the entry that would accept a skip, with the reason that a stranger's change gives;
/// `None` if the change does not accept the skip.
fn unscanned(skip: &Skip, policy: &Policy) -> Option<String> {
    let reason = reason(&policy.asked_to_accept(skip)?);
    let (digest, place) = (skip.digest.as_ref()?, place(&skip.origin));
    Some(format!(
        "  - unscanned: {digest}{place}\n    reason: '{reason}'\n"
    ))
}

/// Returns the path of a finding as a YAML comment to follow its entry; empty if there is no path.
fn place(origin: &Origin) -> String {
    let path = origin.path();
    path.map_or_else(String::new, |path| format!(" # {}", shown_path(path)))
}

/// Returns the reason for an entry, escaped for YAML. A baseline has no reasons, so a maintainer
/// has to write one.
fn reason(asked: &Suppression) -> String {
    if asked.by == SuppressedBy::Baseline {
        return "TODO: say why (the change lists it in its baseline)".to_owned();
    }
    let reason: String = asked.reason.chars().filter(|c| !c.is_control()).collect();
    reason.replace('\'', "''")
}
