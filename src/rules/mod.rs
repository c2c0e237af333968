//! All rules, one file for each.

mod access_expired;
mod access_missing;
mod access_published;
mod access_trashed;
mod access_unexpected;
mod access_unexplained;
mod capability_excess;
mod capability_missing;
mod code;
mod configuration_changed;
mod env_ignored_only_locally;
mod env_key_missing;
mod env_not_ignored;
mod env_public_prefix;
mod env_template_ignored;
mod env_template_secret;
mod env_token_format;
mod env_token_reused;
mod env_tracked;
mod foreign;
mod integration_token;
mod kind;
mod known_secret;
mod legacy_token;
mod oauth_client_secret;
pub(crate) mod pieces;
pub(crate) mod placeholder;
mod refresh_token;
mod rotation_due;
mod rotation_unrecorded;
mod session_cookie;
mod since;
pub(crate) mod token;
mod webhook_verification_token;
mod wrong_workspace;

use crate::model::rule::{Rule, Shape};

pub(crate) use access_expired::RULE as ACCESS_EXPIRED;
pub(crate) use access_missing::RULE as ACCESS_MISSING;
pub(crate) use access_published::RULE as ACCESS_PUBLISHED;
pub(crate) use access_trashed::RULE as ACCESS_TRASHED;
pub(crate) use access_unexpected::RULE as ACCESS_UNEXPECTED;
pub(crate) use access_unexplained::RULE as ACCESS_UNEXPLAINED;
pub(crate) use capability_excess::RULE as CAPABILITY_EXCESS;
pub(crate) use capability_missing::RULE as CAPABILITY_MISSING;
#[doc(hidden)]
pub use code::exercise;
pub(crate) use code::{checks as code_checks, is_aside};
pub(crate) use configuration_changed::RULE as CONFIGURATION_CHANGED;
pub(crate) use env_ignored_only_locally::RULE as ENV_IGNORED_ONLY_LOCALLY;
pub(crate) use env_key_missing::RULE as ENV_KEY_MISSING;
pub(crate) use env_not_ignored::RULE as ENV_NOT_IGNORED;
pub(crate) use env_public_prefix::{PREFIXES as PUBLIC_PREFIXES, RULE as ENV_PUBLIC_PREFIX};
pub(crate) use env_template_ignored::RULE as ENV_TEMPLATE_IGNORED;
pub(crate) use env_template_secret::RULE as ENV_TEMPLATE_SECRET;
pub(crate) use env_token_format::RULE as ENV_TOKEN_FORMAT;
pub(crate) use env_token_reused::RULE as ENV_TOKEN_REUSED;
pub(crate) use env_tracked::RULE as ENV_TRACKED;
pub(crate) use known_secret::RULE as KNOWN_SECRET;
pub(crate) use rotation_due::RULE as ROTATION_DUE;
pub(crate) use rotation_unrecorded::RULE as ROTATION_UNRECORDED;
pub use since::{ramped, since};
pub(crate) use wrong_workspace::RULE as WRONG_WORKSPACE;

/// All rules, in order of preference. If two rules share a shape, the first that accepts a value
/// reports it, so the special kinds come before the general one. Among rules about env files,
/// faults that exist come before faults that may happen.
pub static RULES: &[&Rule] = &[
    &integration_token::RULE,
    &oauth_client_secret::RULE,
    &webhook_verification_token::RULE,
    &legacy_token::RULE,
    &refresh_token::RULE,
    &session_cookie::RULE,
    &known_secret::RULE,
    &env_tracked::RULE,
    &env_public_prefix::RULE,
    &env_template_secret::RULE,
    &env_not_ignored::RULE,
    &env_ignored_only_locally::RULE,
    &env_template_ignored::RULE,
    &env_token_format::RULE,
    &env_token_reused::RULE,
    &env_key_missing::RULE,
    &configuration_changed::RULE,
    &rotation_due::RULE,
    &rotation_unrecorded::RULE,
    &wrong_workspace::RULE,
    &access_unexpected::RULE,
    &access_expired::RULE,
    &access_trashed::RULE,
    &capability_excess::RULE,
    &access_missing::RULE,
    &capability_missing::RULE,
    &access_published::RULE,
    &access_unexplained::RULE,
    &code::PUBLIC_PREFIX,
    &code::BROWSER_STORAGE,
    &code::TOKEN_LOGGED,
    &code::TOKEN_IN_URL,
    &code::CALLBACK_NO_STATE,
    &code::AUTHORIZE_NO_STATE,
    &code::CLIENT_SECRET_IN_CLIENT,
    &code::SIGNATURE_EQ,
    &code::SIGNATURE_OPTIONAL,
    &code::NO_VERIFY,
    &code::BODY_RESERIALISED,
    &code::VERIFICATION_TOKEN_LOGGED,
    &code::STATE_UNCHECKED,
    &code::STATE_PREDICTABLE,
];

/// Returns the anchors with which a value of `rules` begins, each once.
pub fn prefixes(rules: &[&'static Rule]) -> Vec<&'static str> {
    let detectors = rules.iter().flat_map(|rule| rule.detectors);
    let at_anchors = detectors.filter(|detector| matches!(detector.shape, Shape::AtAnchor(_)));
    let mut prefixes = Vec::new();
    for anchor in at_anchors.flat_map(|detector| detector.anchors) {
        if !prefixes.contains(anchor) {
            prefixes.push(*anchor);
        }
    }
    prefixes
}

/// Returns the rule with this id; `None` if no rule has this id.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::RULES;
    use crate::detect::scanner::Scanner;
    use crate::fake::expand;
    use crate::model::blob::{Blob, Origin};

    /// The one test over all rules, for many made-up values: each rule finds its secret once in
    /// each of its examples, with the stated confidence, and no rule finds anything in its
    /// counterexamples.
    #[test]
    fn every_rule_finds_its_evidence() {
        let scanner = Scanner::new(RULES);
        for rule in RULES {
            for (case, evidence) in rule.evidence.iter().enumerate() {
                for seed in 1..=20 {
                    let text = expand(evidence.text, seed);
                    let origin = Origin::File(PathBuf::from(evidence.path));
                    let found: Vec<_> = scanner
                        .scan(&Blob::whole(&origin, text.as_bytes()))
                        .iter()
                        .map(|finding| (finding.rule.id, finding.confidence))
                        .collect();
                    let expected: Vec<_> = evidence
                        .expect
                        .iter()
                        .map(|confidence| (rule.id, *confidence))
                        .collect();
                    assert_eq!(
                        found, expected,
                        "{} case {case} seed {seed}: {text}",
                        rule.id
                    );
                    let may_hold = scanner.prefilter().may_hold(text.as_bytes());
                    assert!(
                        found.is_empty() || may_hold,
                        "{} case {case} seed {seed}: {text}",
                        rule.id
                    );
                }
            }
        }
    }

    #[test]
    fn every_rule_and_its_page_are_complete() {
        for rule in RULES {
            assert!(
                rule.page.starts_with(&format!("# {}", rule.title)),
                "{}: the page begins with the title",
                rule.id
            );
            let beginning = format!("# {}\n\n`{}`\n\n", rule.title, rule.id);
            let (sentence, steps) = rule
                .page
                .strip_prefix(beginning.as_str())
                .and_then(|rest| rest.split_once("\n\n"))
                .unwrap_or_default();
            assert!(
                !sentence.is_empty() && sentence.lines().count() < 4,
                "{}: a word about it comes first",
                rule.id
            );
            assert!(
                steps.starts_with("## What to do now\n\n1. "),
                "{}: the page opens with the steps",
                rule.id
            );
            assert!(
                rule.page.contains("## Error or warning"),
                "{}: the page says what fails a run",
                rule.id
            );
            assert!(
                rule.advice.ends_with('.'),
                "{}: the advice is a sentence",
                rule.id
            );
            assert!(
                rule.detectors.is_empty() || rule.evidence.len() > 3,
                "{}: more evidence",
                rule.id
            );
            assert_eq!(
                RULES.iter().filter(|other| other.id == rule.id).count(),
                1,
                "{}: one id",
                rule.id
            );
        }
    }
}
