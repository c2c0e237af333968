//! The shape of `.ntnguard.yaml` as written. Parsed here, checked in the parent; only the checked
//! type travels.
//!
//! Editors show the doc comments: the JSON schema in `docs/` is made from them and from the types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::value::{self, AsText, FileName, ReasonText, RuleId, Size};
use crate::model::rule::Confidence;
use crate::model::secret::Fingerprint;
use crate::model::time::{Date, Days};
use crate::model::variable_name::VariableName;
use crate::policy::config::EnvAudit;
use crate::policy::pattern::Pattern;

/// The configuration of a repository's scans: .ntnguard.yaml at its root.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = ".ntnguard.yaml"))]
pub struct File {
    /// The version of this format: 1.
    #[cfg_attr(test, schemars(range(min = 1, max = 1)))]
    pub version: u32,
    /// Findings less sure than this do not fail a run; they are counted. By default medium.
    pub min_confidence: Option<Confidence>,
    /// Paths that `ntnguard scan` leaves out, as globs from the repository's root; the summary
    /// names them. Files that are staged or committed are scanned all the same.
    #[serde(default, deserialize_with = "value::list")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub exclude: Vec<AsText<Pattern>>,
    /// Settings of rules, by their ids.
    #[serde(default, deserialize_with = "value::by_rule")]
    #[cfg_attr(test, schemars(with = "tests::ByRule"))]
    pub rules: BTreeMap<AsText<RuleId>, Rule>,
    /// Findings that are known and dealt with.
    #[serde(default, deserialize_with = "value::list")]
    #[cfg_attr(test, schemars(with = "Vec<Allow>"))]
    pub allow: Vec<Allow>,
    /// Limits of sizes and depths.
    #[serde(default)]
    pub limits: Limits,
    /// Env files.
    #[serde(default)]
    pub env: Env,
    /// Settings of `ntnguard ci`.
    #[serde(default)]
    pub ci: Ci,
    /// Settings of hooks of AI assistants.
    #[serde(default)]
    pub agents: Agents,
    /// Checks of `ntnguard preflight`: names of variables, never values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preflight: Option<Preflight>,
    /// Settings of `ntnguard rotation`.
    #[serde(default, skip_serializing_if = "Rotation::is_empty")]
    pub rotation: Rotation,
}

/// Settings of `ntnguard rotation`.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Rotation {
    /// The number of days after which a token is to be replaced, such as 90d. By default 90d.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub every: Option<AsText<Days>>,
}

impl Rotation {
    fn is_empty(&self) -> bool {
        self.every.is_none()
    }
}

/// Checks of `ntnguard preflight`: names of variables, never values.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Preflight {
    /// An OAuth client, which must be accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth: Option<PreflightOauth>,
    /// Variables whose tokens must be live, no two of them the same.
    #[serde(
        default,
        deserialize_with = "value::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub tokens: Vec<AsText<VariableName>>,
    /// Pages and databases that must be shared with an integration.
    #[serde(
        default,
        deserialize_with = "value::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[cfg_attr(test, schemars(with = "Vec<PreflightObject>"))]
    pub objects: Vec<PreflightObject>,
}

/// An OAuth client, by the names of its variables.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PreflightOauth {
    /// The variable with the client's id.
    #[cfg_attr(test, schemars(with = "String"))]
    pub client_id: AsText<VariableName>,
    /// The variable with the client's secret.
    #[cfg_attr(test, schemars(with = "String"))]
    pub client_secret: AsText<VariableName>,
    /// The variable with the redirect URI, which must be https, or http on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub redirect_uri: Option<AsText<VariableName>>,
}

/// A page or a database, by the names of its variables.
#[derive(Clone, Deserialize, Serialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "`{id: NAME, token: NAME}`, names of variables"
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PreflightObject {
    /// The variable with its id, or a link to it.
    #[cfg_attr(test, schemars(with = "String"))]
    pub id: AsText<VariableName>,
    /// The variable with the token that must reach it.
    #[cfg_attr(test, schemars(with = "String"))]
    pub token: AsText<VariableName>,
}

/// Settings of `ntnguard ci`.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Ci {
    /// The effect of the audit of env files on a run: errors fail it (fail), errors are warnings
    /// (warn), or there is no audit (off). By default fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<EnvAudit>,
    /// True if a collaborator's change may allow its own findings, which are reported all the same.
    /// With false, every change is treated as a stranger's. By default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_changes: Option<bool>,
}

/// Settings of hooks of AI assistants.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Agents {
    /// True if an assistant may read env files that git does not have. By default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_env_read: Option<bool>,
}

/// Settings of a rule.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Rule {
    /// The highest confidence of its findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// With false, its findings are suppressed: counted and listed, but they do not fail a run.
    /// This needs a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub reason: Option<AsText<ReasonText>>,
}

/// Findings that are known and dealt with: those that match every key of the entry. Or, with
/// `unscanned`, one object that cannot be looked into.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = tests::narrowed))]
pub struct Allow {
    /// One value, wherever it appears, or one line of code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        test,
        schemars(with = "Option<String>", regex(pattern = "^[cv]1:[0-9a-f]{32}$"))
    )]
    pub fingerprint: Option<AsText<Fingerprint>>,
    /// One file or git object, in its present state, that cannot be looked into or is too large:
    /// reports show the digest of each. Such an entry says that somebody has looked into the object
    /// by other means, and takes no `fingerprint` and no `rules`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        test,
        schemars(with = "Option<String>", regex(pattern = "^v1:[0-9a-f]{32}$"))
    )]
    pub unscanned: Option<AsText<Fingerprint>>,
    /// The paths of the findings, as globs from the repository's root.
    #[serde(
        default,
        deserialize_with = "value::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub paths: Vec<AsText<Pattern>>,
    /// The rules of the findings.
    #[serde(
        default,
        deserialize_with = "value::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[cfg_attr(test, schemars(with = "Vec<tests::Id>"))]
    pub rules: Vec<AsText<RuleId>>,
    /// The reason, for those who read the configuration and the report.
    #[cfg_attr(test, schemars(with = "String", length(min = 1)))]
    pub reason: AsText<ReasonText>,
    /// The last day on which this counts: 2027-01-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        test,
        schemars(
            with = "Option<String>",
            regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        )
    )]
    pub expires: Option<AsText<Date>>,
}

/// Limits of sizes and depths.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Limits {
    /// Larger files are not scanned, and the scan is then incomplete: 512KiB, 64MiB, 1GiB or a
    /// number of bytes. By default there is no limit on disk, and 1GiB for files that are staged or
    /// committed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<tests::SizeText>"))]
    pub max_file_size: Option<AsText<Size>>,
    /// The number of archives that may lie in one another; 0 leaves them shut. By default 4.
    pub archive_depth: Option<usize>,
    /// The number of encodings that may lie on top of each other; 0 decodes nothing. By default 3.
    pub decode_depth: Option<usize>,
}

/// Env files.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Env {
    /// Env files that are committed on purpose; Notion's credentials in them are still reported.
    #[serde(default, deserialize_with = "value::list")]
    #[cfg_attr(test, schemars(with = "Vec<Committed>"))]
    pub committed: Vec<Committed>,
    /// Variables that some env file and some template must name.
    #[serde(default, deserialize_with = "value::list")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub require: Vec<AsText<String>>,
    /// Further names of files that hold secrets, without folders and wildcards.
    #[serde(default, deserialize_with = "value::list")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub names: Vec<AsText<FileName>>,
}

/// Env files that are committed on purpose.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Committed {
    /// The paths, as a glob from the repository's root.
    #[cfg_attr(test, schemars(with = "String"))]
    pub path: AsText<Pattern>,
    /// The reason.
    #[cfg_attr(test, schemars(with = "String", length(min = 1)))]
    pub reason: AsText<ReasonText>,
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::path::Path;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{File, Rule};
    use crate::rules::RULES;

    /// A rule's id.
    pub struct Id;

    impl JsonSchema for Id {
        fn schema_name() -> Cow<'static, str> {
            "RuleId".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            let ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
            json_schema!({"description": "The id of a rule: `ntnguard rules` lists them.", "type": "string", "enum": ids})
        }
    }

    /// A map by rules' ids.
    pub struct ByRule;

    impl JsonSchema for ByRule {
        fn schema_name() -> Cow<'static, str> {
            "ByRule".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let (id, rule) = (
                generator.subschema_for::<Id>(),
                generator.subschema_for::<Rule>(),
            );
            json_schema!({"type": "object", "propertyNames": id, "additionalProperties": rule})
        }
    }

    /// A size: a text or a number.
    pub struct SizeText;

    impl JsonSchema for SizeText {
        fn schema_name() -> Cow<'static, str> {
            "Size".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": ["string", "integer"], "minimum": 0, "pattern": "^[0-9]+ *([kKmMgG]([iI]?[bB])?|[bB])?$"})
        }
    }

    /// Requires that an entry has one of the keys that narrow it.
    pub fn narrowed(schema: &mut Schema) {
        let by = ["fingerprint", "unscanned", "paths", "rules"]
            .map(|key| serde_json::json!({"required": [key]}));
        schema.insert("anyOf".to_owned(), by.to_vec().into());
    }

    /// The schema for editors is that of these types. `UPDATE_SCHEMA=1 cargo test schema` writes it
    /// anew.
    #[test]
    fn the_schema_is_the_one_checked_in() {
        let made = serde_json::to_string_pretty(&schemars::schema_for!(File)).unwrap() + "\n";
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ntnguard.schema.json");
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&file, &made).unwrap();
        }
        let kept = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            kept.replace("\r\n", "\n") == made,
            "docs/ntnguard.schema.json: run UPDATE_SCHEMA=1 cargo test schema"
        );
    }
}
