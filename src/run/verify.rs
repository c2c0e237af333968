//! The step that asks Notion if the secrets of a report are live or dead.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::SystemTime;

use super::Step;
use crate::detect::redact::Hidden;
use crate::error::Result;
use crate::live::{LiveState, Notion, Verified};
use crate::model::blob::Origin;
use crate::model::defaults::ASKED_SECRETS;
use crate::model::finding::{Finding, Verdict};
use crate::model::known::Known;
use crate::model::liveness::{AnswerTrace, Identity, Liveness, SecretState};
use crate::model::rule::{Confidence, Severity};
use crate::model::secret::{Fingerprint, Secret};
use crate::model::skip::{Skip, SkipReason};
use crate::model::time::seconds;
use crate::model::vault::Vault;
use crate::report::{Inquiry, Report, statement};

/// Asks Notion once about each distinct secret of a report, in the order of the report.
pub struct Verify {
    notion: RefCell<Notion>,
    /// The reason why nothing is asked: the tokens may belong to strangers. `None` if Notion is
    /// asked.
    refusal: Option<&'static str>,
    allows_dead: bool,
}

/// The reason why Notion was not asked about a secret: an id for programs and a message for people.
type NotAsked = (&'static str, &'static str);

const OVER_LIMIT: NotAsked = (
    "limit",
    "the run has reached its limit of secrets to ask Notion about",
);
const UNSUITED: NotAsked = (
    "unsuited",
    "ntnguard asks Notion only about tokens, and only if the value is certainly a token",
);

impl Verify {
    /// Returns a step that asks `notion`. A dead secret, which Notion refuses, fails the run unless
    /// `allows_dead` is true.
    pub fn new(notion: Notion, allows_dead: bool) -> Self {
        Verify {
            notion: RefCell::new(notion),
            refusal: None,
            allows_dead,
        }
    }

    /// Returns a step that sends no request and adds the reason `why` to each finding.
    pub fn refusing(self, why: &'static str) -> Self {
        Verify {
            refusal: Some(why),
            ..self
        }
    }

    /// Returns the state of the secret of a finding, and asks Notion unless the answer is known.
    /// `None` if the finding has no secret, or the vault does not have it.
    fn liveness(
        &self,
        finding: &Finding,
        vault: &Vault,
        asked: &mut AskedSecrets,
    ) -> Option<Liveness> {
        let identity = &finding.evidence.as_ref()?.fingerprint;
        if let Some(why) = self.refusal {
            return Some(not_asked(("not-ours", why)));
        }
        let least = finding.rule.asked_from;
        let is_unsuited = || asked.unsuited.contains(identity);
        if least.is_none_or(|least| finding.confidence < least) || is_unsuited() {
            return Some(not_asked(UNSUITED));
        }
        if let Some(known) = asked.known.get(identity) {
            return Some(known.clone());
        }
        if asked.known.len() == ASKED_SECRETS {
            asked.over.push(finding.origin.clone());
            return Some(not_asked(OVER_LIMIT));
        }
        // The vault has only the secrets of scans, not the secrets of surveys.
        let secret = vault.secret(identity)?;
        let liveness = answered(self.notion.borrow_mut().me(&secret), &secret);
        asked.known.insert(identity.clone(), liveness.clone());
        Some(liveness)
    }
}

/// The answers of Notion so far in this run.
#[derive(Default)]
struct AskedSecrets {
    known: BTreeMap<Fingerprint, Liveness>,
    /// The secrets that are also found by a rule whose secrets Notion cannot be asked about. Notion
    /// refuses the secret of a client as a token, even if the secret works.
    unsuited: BTreeSet<Fingerprint>,
    /// The origins of the findings that Notion was not asked about, because the limit was reached.
    over: Vec<Origin>,
}

impl Step for Verify {
    fn apply(&self, report: &mut Report, vault: &Vault) -> Result<()> {
        self.notion.borrow_mut().begin();
        let mut asked = AskedSecrets {
            unsuited: unsuited(report),
            ..AskedSecrets::default()
        };
        for (finding, verdict) in &mut report.findings {
            if matches!(verdict, Verdict::Suppressed(_) | Verdict::BelowConfidence) {
                continue;
            }
            if let Some(liveness) = self.liveness(finding, vault, &mut asked) {
                set_liveness(finding, liveness);
            }
        }
        if let Some(first) = asked.over.first() {
            let detail = format!(
                "{} findings have tokens that Notion was not asked about: a run asks about {ASKED_SECRETS} at most",
                asked.over.len()
            );
            let skip = Skip::new(first.clone(), SkipReason::Limit, detail);
            report.skips.push(skip);
        }
        report
            .findings
            .sort_by_key(|(finding, _)| finding.secret_state());
        let notion = self.notion.borrow();
        report.inquiry = Some(Inquiry {
            allows_dead: self.allows_dead,
            requests: notion.requests(),
            host: notion.host().to_owned(),
        });
        Ok(())
    }
}

/// Returns the secrets found with medium or high confidence by a rule whose secrets Notion cannot
/// be asked about.
fn unsuited(report: &Report) -> BTreeSet<Fingerprint> {
    let found = report.findings.iter().map(|(finding, _)| finding);
    let unsuited = found.filter(|finding| {
        finding.rule.asked_from.is_none() && finding.confidence >= Confidence::Medium
    });
    let secrets = unsuited.filter_map(|finding| finding.evidence.as_ref());
    secrets
        .map(|evidence| evidence.fingerprint.clone())
        .collect()
}

/// Adds the state of its secret to a finding. The finding of a dead secret is at most a warning.
fn set_liveness(finding: &mut Finding, liveness: Liveness) {
    let said = statement(&liveness);
    finding.note = Some(match finding.note.take() {
        Some(note) => format!("{said} {note}"),
        None => said,
    });
    if liveness.state == SecretState::Dead {
        finding.severity = finding.severity.min(Severity::Warning);
    }
    finding.liveness = Some(Box::new(liveness));
}

fn not_asked((id, why): NotAsked) -> Liveness {
    Liveness {
        state: SecretState::NotChecked,
        checked: None,
        reason: Some((id, why.to_owned())),
        trace: AnswerTrace::default(),
        identity: None,
    }
}

/// Makes the state of `secret` from Notion's answer. The secret is masked, since the answer may
/// quote it.
fn answered(verified: Verified<LiveState>, secret: &Secret) -> Liveness {
    let (state, reason, identity) = match verified.result {
        LiveState::Live(identity) => (SecretState::Live, None, identity),
        LiveState::Dead => (SecretState::Dead, None, None),
        LiveState::Unknown(reason) => {
            let said = (reason.id(), reason.to_string());
            (SecretState::Unknown, Some(said), None)
        }
    };
    Liveness {
        state,
        checked: Some(seconds(SystemTime::now())),
        reason,
        trace: verified.trace,
        identity: identity.map(|identity| masked(identity.without(secret), secret)),
    }
}

/// Masks the secret in the strings of an identity, in any encoding.
fn masked(identity: Identity, secret: &Secret) -> Identity {
    let hidden = Hidden::new(&[Known {
        variable: String::new(),
        value: secret.clone(),
        file: PathBuf::new(),
        is_guessable: false,
        password: None,
    }]);
    identity.map(|text| {
        let masked = hidden.mask(text.as_bytes()).into_owned();
        String::from_utf8_lossy(&masked).into_owned()
    })
}
