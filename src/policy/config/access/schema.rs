//! The structure of `.ntnguard-access.yaml`, as the parser reads it. The parent module checks it.
//!
//! The JSON schema in `docs/` is generated from these types and their doc comments, which editors
//! show.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::access::{Capability, Publishing, Purpose, UserAccess};
use crate::model::liveness::Kind;
use crate::model::notion_id::NotionId;
use crate::model::time::Date;
use crate::model::variable_name::VariableName;
use crate::policy::config::value::{self, AsText, ReasonText};

/// The access that Notion tokens are expected to have: .ntnguard-access.yaml at the root of a
/// repository.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = ".ntnguard-access.yaml")
)]
pub struct AccessFile {
    /// The version of this format: 1.
    #[cfg_attr(test, schemars(range(min = 1, max = 1)))]
    pub version: u32,
    /// The tokens, each under the name of the variable that holds it.
    #[serde(deserialize_with = "value::map")]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, AccessToken>"))]
    pub tokens: BTreeMap<AsText<VariableName>, AccessToken>,
}

/// The access that a token is expected to have. Write either `capabilities` or `purpose`.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(transform = tests::either)
)]
pub struct AccessToken {
    /// The id of the token's workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub workspace: Option<AsText<NotionId>>,
    /// The id of the integration's bot, which stays the same when its token is replaced.
    #[cfg_attr(test, schemars(with = "String"))]
    pub bot: AsText<NotionId>,
    /// The kind of token: the token of an internal integration, or the token of a user (an OAuth
    /// token or a personal token).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The token's purpose, which gives its capabilities: a dashboard reads, a form adds, a sync
    /// reads, changes and adds, and a bot reads pages and comments and writes comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The exact list of the token's capabilities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Vec<Capability>>,
    /// The details of workspace members that the token may see. By default none.
    #[serde(default)]
    pub users: UserAccess,
    /// The pages and databases that are shared with the token. Everything below them is shared,
    /// too. Without this key, no page may be shared with a token that can read content. For a token
    /// that cannot read content, the shared pages cannot be determined.
    #[serde(
        default,
        deserialize_with = "roots",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(test, schemars(with = "Option<Vec<AccessRoot>>"))]
    pub roots: Option<Vec<AccessRoot>>,
    /// Permission to have pages below the roots published on the web: allow or deny. By default
    /// deny.
    #[serde(default)]
    pub published: Publishing,
}

/// A page or a database that is shared on purpose.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AccessRoot {
    /// The id of the page or database, or a link to it.
    #[cfg_attr(test, schemars(with = "String"))]
    pub id: AsText<NotionId>,
    /// The name of the page or database, for human readers. It is not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The reason why the page or database is shared.
    #[cfg_attr(test, schemars(with = "String", length(min = 1)))]
    pub reason: AsText<ReasonText>,
    /// The last day on which the page or database should be shared, such as 2027-01-31.
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

/// Deserializes the list of roots. If the file has the key, its value must be a list.
fn roots<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Vec<AccessRoot>>, D::Error> {
    value::list(from).map(Some)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use schemars::Schema;
    use serde_json::json;

    use super::AccessFile;

    /// Requires exactly one of `capabilities` and `purpose`.
    pub fn either(schema: &mut Schema) {
        let of = ["capabilities", "purpose"].map(|key| json!({"required": [key]}));
        schema.insert("oneOf".to_owned(), of.to_vec().into());
    }

    /// Checks that the schema in `docs/` is the one generated from these types. `UPDATE_SCHEMA=1
    /// cargo test schema` writes it anew.
    #[test]
    fn the_schema_of_expectations_is_the_one_checked_in() {
        let made = serde_json::to_string_pretty(&schemars::schema_for!(AccessFile)).unwrap() + "\n";
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ntnguard-access.schema.json");
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&file, &made).unwrap();
        }
        let kept = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            kept.replace("\r\n", "\n") == made,
            "docs/ntnguard-access.schema.json: run UPDATE_SCHEMA=1 cargo test schema"
        );
    }
}
