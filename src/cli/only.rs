//! The flags that limit the findings of a run. Every report shows the limit.

use crate::error::{Error, Result};
use crate::model::rule::{Rule, RuleKind};
use crate::model::source_kind::SourceKind;
use crate::policy::Limit;
use crate::policy::pattern::Pattern;
use crate::rules::{RULES, by_id};
use clap::Args;

use super::choice;

/// The flags that limit a run.
#[derive(Args)]
pub struct Only {
    /// Report only findings of this rule (repeatable); every report shows this limit
    #[arg(
        long = "rule",
        value_name = "ID",
        value_parser = choice::rule(),
        hide_possible_values = true
    )]
    rules: Vec<String>,
    /// Leave out paths that match GLOB, from the repository's root, like `exclude` in the
    /// configuration (repeatable); every report shows this limit
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<Pattern>,
}

impl Only {
    /// Returns true if no flag limits the run.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.exclude.is_empty()
    }

    /// Returns the limit that the flags set.
    pub fn limit(&self) -> Limit {
        let is_chosen = |rule: &&&Rule| self.rules.iter().any(|id| id == rule.id);
        Limit {
            rules: RULES.iter().filter(is_chosen).map(|rule| rule.id).collect(),
            exclude: self.exclude.clone(),
        }
    }

    /// Returns the flags as arguments, to pass to another run.
    pub fn arguments(&self) -> impl Iterator<Item = String> {
        let rules = self.rules.iter().map(|rule| format!("--rule={rule}"));
        let exclude = self.exclude.iter();
        rules.chain(exclude.map(|pattern| format!("--exclude={pattern}")))
    }

    /// Refuses rules that a scan of this source never applies: the report would read as if the rule
    /// had found nothing. Rules for known values apply only if `has_known` is true.
    pub fn refuse_absent(&self, source: SourceKind, has_known: bool) -> Result<()> {
        let Some(rule) = self
            .chosen()
            .find(|rule| !can_find(source, rule, has_known))
        else {
            return Ok(());
        };
        let help = match rule.kind {
            _ if rule.is_of_known_values() => "give --known ENV_FILE with the values to look for",
            RuleKind::Credential => {
                "`ntnguard scan` and the other scanning commands look for credentials"
            }
            RuleKind::Code => "`ntnguard review` checks it",
            RuleKind::Env => "`ntnguard env` and `ntnguard ci` check it",
            RuleKind::Policy => "`ntnguard ci` checks it",
            RuleKind::Rotation => "`ntnguard rotation` checks it",
            RuleKind::Access => "`ntnguard access` checks it",
        };
        let message = format!("--rule {}: this command does not check this rule", rule.id);
        Err(Error::new(message).help(help))
    }

    /// Refuses rules that a run of `ntnguard ci` does not apply. `absent` returns the advice about
    /// a rule that is not applied, and `None` for a rule that is applied.
    pub fn refuse(&self, absent: impl Fn(&Rule) -> Option<&'static str>) -> Result<()> {
        let refused = self
            .chosen()
            .find_map(|rule| Some((rule.id, absent(rule)?)));
        refused.map_or(Ok(()), |(id, help)| {
            let message = format!("--rule {id}: this command does not check this rule");
            Err(Error::new(message).help(help))
        })
    }

    fn chosen(&self) -> impl Iterator<Item = &'static Rule> {
        self.rules.iter().filter_map(|id| by_id(id))
    }
}

/// Returns true if a scan of this kind of source applies the rule.
fn can_find(source: SourceKind, rule: &Rule, has_known: bool) -> bool {
    rule.sources.contains(&source) && (has_known || !rule.is_of_known_values())
}

#[cfg(test)]
mod tests {
    use crate::model::source_kind::SourceKind;
    use crate::rules::by_id;

    use super::can_find;

    #[test]
    fn each_source_supports_only_certain_rules() {
        for (source, rule, has_known, expected) in [
            (SourceKind::Worktree, "legacy-token", false, true),
            (SourceKind::Worktree, "env-tracked", false, false),
            (SourceKind::Worktree, "known-secret", false, false),
            (SourceKind::Stdin, "known-secret", true, true),
            (SourceKind::Index, "env-tracked", false, true),
            (SourceKind::History, "env-not-ignored", false, false),
            (SourceKind::History, "env-tracked", false, true),
            (SourceKind::History, "env-template-secret", false, false),
            (SourceKind::Env, "env-not-ignored", false, true),
            (SourceKind::Env, "legacy-token", false, false),
            (SourceKind::Ci, "configuration-changed", false, true),
        ] {
            let rule = by_id(rule).unwrap();
            let found = can_find(source, rule, has_known);
            assert_eq!(found, expected, "{source:?} {}", rule.id);
        }
    }
}
