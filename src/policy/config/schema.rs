//! The structure of `.ntnguard.yaml`, as the parser reads it. The parent module checks it and
//! converts it to `Config`, the only type that other modules use.
//!
//! The JSON schema in `docs/` is generated from these types and their doc comments, which editors
//! show.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::value::{self, AsText, FileName, ReasonText, RuleId, Size};
use super::version::Version;
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
    /// The oldest release of ntnguard that may run with this file, such as 0.3.0. Older releases
    /// stop with an error and exit status 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        test,
        schemars(with = "Option<String>", regex(pattern = r"^[0-9]+\.[0-9]+\.[0-9]+$"))
    )]
    pub min_version: Option<Version>,
    /// The lowest confidence with which a finding fails a run. Findings below it are only counted.
    /// By default medium.
    pub min_confidence: Option<Confidence>,
    /// Paths that `ntnguard scan` leaves out, as globs from the repository's root. The summary
    /// lists them. Scans of staged or committed files ignore this setting.
    #[serde(default, deserialize_with = "value::list")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub exclude: Vec<AsText<Pattern>>,
    /// Settings of rules, by rule id.
    #[serde(default, deserialize_with = "value::by_rule")]
    #[cfg_attr(test, schemars(with = "tests::ByRule"))]
    pub rules: BTreeMap<AsText<RuleId>, Rule>,
    /// Known findings that do not fail a run, and objects that cannot be scanned.
    #[serde(default, deserialize_with = "value::list")]
    #[cfg_attr(test, schemars(with = "Vec<Allow>"))]
    pub allow: Vec<Allow>,
    /// Limits on the size of files, and on the depth of archives and encodings.
    #[serde(default)]
    pub limits: Limits,
    /// Settings for env files.
    #[serde(default)]
    pub env: Env,
    /// Settings of `ntnguard ci`.
    #[serde(default)]
    pub ci: Ci,
    /// Settings for the hooks of AI assistants.
    #[serde(default)]
    pub agents: Agents,
    /// Checks of `ntnguard preflight`. Write the names of variables, never their values.
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
    /// The age at which a token should be replaced, as a number of days such as 90d. By default
    /// 90d.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub every: Option<AsText<Days>>,
}

impl Rotation {
    fn is_empty(&self) -> bool {
        self.every.is_none()
    }
}

/// Checks of `ntnguard preflight`. Write the names of variables, never their values.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Preflight {
    /// An OAuth client, whose id and secret Notion must accept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth: Option<PreflightOauth>,
    /// Variables whose tokens must be live. No two variables may have the same token.
    #[serde(
        default,
        deserialize_with = "value::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub tokens: Vec<AsText<VariableName>>,
    /// Pages and databases that must be shared with the integration of a token.
    #[serde(
        default,
        deserialize_with = "value::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[cfg_attr(test, schemars(with = "Vec<PreflightObject>"))]
    pub objects: Vec<PreflightObject>,
}

/// An OAuth client: the names of the variables that hold its data.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PreflightOauth {
    /// The variable that holds the client's id.
    #[cfg_attr(test, schemars(with = "String"))]
    pub client_id: AsText<VariableName>,
    /// The variable that holds the client's secret.
    #[cfg_attr(test, schemars(with = "String"))]
    pub client_secret: AsText<VariableName>,
    /// The variable that holds the redirect URI. The URI must use https, or http with an address of
    /// this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub redirect_uri: Option<AsText<VariableName>>,
}

/// A page or a database: the names of the variables that hold its id and a token for it.
#[derive(Clone, Deserialize, Serialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "`{id: NAME, token: NAME}`, names of variables"
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PreflightObject {
    /// The variable that holds the id of the page or database, or a link to it.
    #[cfg_attr(test, schemars(with = "String"))]
    pub id: AsText<VariableName>,
    /// The variable that holds the token, which must have access to the page or database.
    #[cfg_attr(test, schemars(with = "String"))]
    pub token: AsText<VariableName>,
}

/// Settings of `ntnguard ci`.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Ci {
    /// The effect of the env file audit on a run: errors fail the run (fail), errors are reported
    /// as warnings (warn), or the audit does not run (off). By default fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<EnvAudit>,
    /// True if a collaborator's change may allow its own findings; they are reported, but do not
    /// fail the run. With false, every change is treated like a change by a stranger. By default
    /// true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_changes: Option<bool>,
}

/// Settings for the hooks of AI assistants.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Agents {
    /// True if an assistant may read env files that are not in git. By default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_env_read: Option<bool>,
}

/// Settings of a rule.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Rule {
    /// The highest confidence that the rule's findings may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// With false, the rule's findings are suppressed: they are counted and listed, but do not fail
    /// a run. False needs a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The reason for the setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub reason: Option<AsText<ReasonText>>,
}

/// Known findings that do not fail a run: the findings that match every key of the entry. An entry
/// with `unscanned` accepts one object that cannot be scanned instead.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(transform = tests::narrowed))]
pub struct Allow {
    /// The fingerprint of one secret value, wherever it appears, or of one line of code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        test,
        schemars(with = "Option<String>", regex(pattern = "^[cv]1:[0-9a-f]{32}$"))
    )]
    pub fingerprint: Option<AsText<Fingerprint>>,
    /// The digest of one file or git object that cannot be scanned or is too large, as reports show
    /// it. The entry means that somebody has checked the object in another way. It no longer
    /// applies if the content of the object changes. It must not have `fingerprint` or `rules`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        test,
        schemars(with = "Option<String>", regex(pattern = "^v1:[0-9a-f]{32}$"))
    )]
    pub unscanned: Option<AsText<Fingerprint>>,
    /// The paths of the findings, as globs from the repository's root. One of them must match.
    #[serde(
        default,
        deserialize_with = "value::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub paths: Vec<AsText<Pattern>>,
    /// The ids of the rules that report the findings.
    #[serde(
        default,
        deserialize_with = "value::list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[cfg_attr(test, schemars(with = "Vec<tests::Id>"))]
    pub rules: Vec<AsText<RuleId>>,
    /// The reason for the entry. Reports show it.
    #[cfg_attr(test, schemars(with = "String", length(min = 1)))]
    pub reason: AsText<ReasonText>,
    /// The last day on which the entry is in force, such as 2027-01-31.
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

/// Limits on the size of files, and on the depth of archives and encodings.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Limits {
    /// The largest size of a file that is scanned: 512KiB, 64MiB, 1GiB or a number of bytes. A
    /// larger file makes the scan incomplete. By default there is no limit for files on disk, and
    /// 1GiB for files that are staged or committed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<tests::SizeText>"))]
    pub max_file_size: Option<AsText<Size>>,
    /// The maximum depth to which nested archives are opened; 0 opens no archive. By default 4.
    pub archive_depth: Option<usize>,
    /// The maximum number of nested encodings that are decoded, such as base64 in base64; 0 decodes
    /// nothing. By default 3.
    pub decode_depth: Option<usize>,
}

/// Settings for env files.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Env {
    /// Env files that are committed on purpose. Notion credentials in them are still reported.
    #[serde(default, deserialize_with = "value::list")]
    #[cfg_attr(test, schemars(with = "Vec<Committed>"))]
    pub committed: Vec<Committed>,
    /// Variables that at least one env file and one template must contain.
    #[serde(default, deserialize_with = "value::list")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub require: Vec<AsText<String>>,
    /// More names of files that hold secrets, besides the built-in ones. Write names without
    /// folders and wildcards.
    #[serde(default, deserialize_with = "value::list")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub names: Vec<AsText<FileName>>,
}

/// Env files that are committed on purpose.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Committed {
    /// The paths of the env files, as a glob from the repository's root.
    #[cfg_attr(test, schemars(with = "String"))]
    pub path: AsText<Pattern>,
    /// The reason why the env files are committed.
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

    /// A map from rule ids to settings.
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

    /// A size in bytes: a string with a unit, or a number.
    pub struct SizeText;

    impl JsonSchema for SizeText {
        fn schema_name() -> Cow<'static, str> {
            "Size".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": ["string", "integer"], "minimum": 0, "pattern": "^[0-9]+ *([kKmMgG]([iI]?[bB])?|[bB])?$"})
        }
    }

    /// Requires that an `allow` entry has at least one of the keys that say what it allows.
    pub fn narrowed(schema: &mut Schema) {
        let by = ["fingerprint", "unscanned", "paths", "rules"]
            .map(|key| serde_json::json!({"required": [key]}));
        schema.insert("anyOf".to_owned(), by.to_vec().into());
    }

    /// Checks that the schema in `docs/` is the one generated from these types. `UPDATE_SCHEMA=1
    /// cargo test schema` writes it anew.
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
