//! The release in which each rule appeared. Until the next minor release, a new rule only warns, so
//! that an upgrade alone does not fail CI.

use crate::model::rule::Severity;

/// The first release of ntnguard. Nobody upgraded to it, so its rules are errors from the start.
const FIRST: &str = "0.1.0";

/// The ids of all rules, by the release in which they appeared.
const SINCE: &[(&str, &[&str])] = &[(
    FIRST,
    &[
        "access-expired",
        "access-missing",
        "access-published",
        "access-trashed",
        "access-unexpected",
        "access-unexplained",
        "capability-excess",
        "capability-missing",
        "code-public-prefix",
        "code-token-in-browser-storage",
        "code-token-in-url",
        "code-token-logged",
        "configuration-changed",
        "env-ignored-only-locally",
        "env-key-missing",
        "env-not-ignored",
        "env-public-prefix",
        "env-template-ignored",
        "env-template-secret",
        "env-token-format",
        "env-token-reused",
        "env-tracked",
        "integration-token",
        "known-secret",
        "legacy-token",
        "oauth-authorize-no-state",
        "oauth-callback-no-state",
        "oauth-client-secret",
        "oauth-client-secret-in-client",
        "oauth-state-predictable",
        "oauth-state-unchecked",
        "refresh-token",
        "rotation-due",
        "rotation-unrecorded",
        "session-cookie",
        "webhook-body-reserialised",
        "webhook-no-verify",
        "webhook-signature-eq",
        "webhook-signature-optional",
        "webhook-verification-token",
        "webhook-verification-token-logged",
        "wrong-workspace",
    ],
)];

/// Returns the release in which the rule called `id` appeared; `None` for an unknown rule.
pub fn since(id: &str) -> Option<&'static str> {
    let of_release = SINCE.iter().find(|(_, ids)| ids.contains(&id));
    of_release.map(|(release, _)| *release)
}

/// Returns the severity of a finding of the rule called `id` in this release: at most a warning
/// while the rule is new, else `severity`.
pub fn ramped(id: &str, severity: Severity) -> Severity {
    since(id).map_or(severity, |since| {
        ramped_in(env!("CARGO_PKG_VERSION"), since, severity)
    })
}

/// Returns the severity in the release `current`, for a rule that appeared in the release `since`.
fn ramped_in(current: &str, since: &str, severity: Severity) -> Severity {
    if is_new(since, current) {
        severity.min(Severity::Warning)
    } else {
        severity
    }
}

/// Returns true if a rule that appeared in the release `since` is still new in `current`: in the
/// same minor release, unless that is the first one.
fn is_new(since: &str, current: &str) -> bool {
    let minor = |release: &str| release.rsplit_once('.').map(|(minor, _)| minor.to_owned());
    minor(since) == minor(current) && minor(since) != minor(FIRST)
}

#[cfg(test)]
mod tests {
    use super::{SINCE, is_new, ramped, ramped_in, since};
    use crate::model::rule::Severity;
    use crate::rules::RULES;

    #[test]
    fn the_table_has_every_rule_exactly_once() {
        let listed: Vec<_> = SINCE.iter().flat_map(|(_, ids)| *ids).collect();
        for rule in RULES {
            let times = listed.iter().filter(|id| ***id == rule.id).count();
            assert_eq!(
                times, 1,
                "{}: add it below the release that brings it",
                rule.id
            );
        }
        assert_eq!(listed.len(), RULES.len());
        assert_eq!(
            (since("integration-token"), since("x")),
            (Some("0.1.0"), None)
        );
    }

    #[test]
    fn a_new_rule_warns_for_one_minor_release() {
        for (since, current, expected) in [
            ("0.1.0", "0.1.0", false),
            ("0.1.0", "0.1.7", false),
            ("0.2.0", "0.2.0", true),
            ("0.2.0", "0.2.9", true),
            ("0.2.0", "0.3.0", false),
            ("0.2.0", "1.2.0", false),
            ("1.10.0", "1.1.0", false),
            ("1.10.0", "1.10.1", true),
        ] {
            assert_eq!(is_new(since, current), expected, "{since} in {current}");
        }
        let in_its_first = |severity| ramped_in("0.4.2", "0.4.0", severity);
        assert_eq!(in_its_first(Severity::Error), Severity::Warning);
        assert_eq!(in_its_first(Severity::Note), Severity::Note);
        assert_eq!(
            ramped_in("0.5.0", "0.4.0", Severity::Error),
            Severity::Error
        );
        for severity in Severity::ALL {
            assert_eq!(ramped("integration-token", severity), severity);
        }
    }
}
