//! Checks that tokens can reach the pages and databases of the configuration.

use crate::live::{LiveState, Notion, NotionObject, Presence};
use crate::model::secret::Secret;
use crate::model::variable_name::VariableName;
use crate::policy::config::ObjectVariables;
use crate::report::{CheckOutcome, CheckRow, CheckSubject, TokenRow};

/// The connection and the tokens for asking about objects.
pub struct ObjectChecks<'a> {
    /// The connection to Notion.
    pub notion: &'a mut Notion,
    /// The state of each token, as Notion reported it.
    pub tokens: &'a [TokenRow],
    /// The tokens, each with the name of its variable.
    pub values: &'a [(VariableName, Secret)],
}

/// The kinds of objects that an id may belong to, in the order in which Notion is asked. The id for
/// a database may be the id of the database or the id of its data source.
const KINDS: [NotionObject; 3] = [
    NotionObject::Database,
    NotionObject::DataSource,
    NotionObject::Page,
];

impl ObjectChecks<'_> {
    /// Asks Notion about each object, with the token that should reach the object.
    pub fn check(mut self, objects: &[(ObjectVariables, String)]) -> Vec<CheckRow> {
        let rows = objects.iter().map(|(names, id)| {
            let (outcome, message, help) = self.one(names, id);
            CheckRow {
                variable: names.id.to_string(),
                subject: CheckSubject::Object,
                outcome,
                message,
                help,
            }
        });
        rows.collect()
    }

    fn one(&mut self, names: &ObjectVariables, id: &str) -> (CheckOutcome, String, Option<String>) {
        let mut values = self.values.iter();
        let value = values
            .find(|(name, _)| *name == names.token)
            .map(|(_, value)| value);
        let mut rows = self.tokens.iter();
        let row = rows.find(|row| row.variable == names.token.as_str());
        let identity = row.and_then(|row| match &row.verified.result {
            LiveState::Live(identity) => identity.as_ref(),
            _ => None,
        });
        let Some((value, identity)) = value.zip(identity) else {
            let is_dead = row.is_some_and(|row| row.verified.result == LiveState::Dead);
            let works = if is_dead {
                "does not work"
            } else {
                "might not work"
            };
            let message = format!("was not checked: {} {works}", names.token);
            return (CheckOutcome::Unknown, message, None);
        };
        let name = identity.name.as_deref().unwrap_or("the integration");
        said(self.presence(value, id), &format!("\"{name}\""))
    }

    /// Asks for the object as each kind. Returns the first answer that is neither "missing" nor
    /// "another kind".
    fn presence(&mut self, token: &Secret, id: &str) -> Presence {
        for kind in KINDS {
            let presence = self.notion.object(token, kind, id).result;
            if !matches!(presence, Presence::Missing | Presence::OtherKind) {
                return presence;
            }
        }
        Presence::Missing
    }
}

fn said(presence: Presence, name: &str) -> (CheckOutcome, String, Option<String>) {
    let no = CheckOutcome::NotAsExpected;
    match presence {
        Presence::Shared => (
            CheckOutcome::AsExpected,
            format!("shared with {name}"),
            None,
        ),
        Presence::InTrash => {
            let help = "restore it in Notion, or put another id into the configuration";
            (no, "it is in the trash".to_owned(), Some(help.to_owned()))
        }
        Presence::NotPermitted => {
            let help = "give the integration the capability to read content";
            (
                no,
                format!("{name} does not have the capability to read content"),
                Some(help.to_owned()),
            )
        }
        Presence::Missing | Presence::OtherKind => {
            let help = format!(
                "if the object exists, open it in Notion, open Connections in the menu at the top right, and add \
                 {name} (Notion does not say if the object exists)"
            );
            (
                no,
                format!("not there, or not shared with {name}"),
                Some(help),
            )
        }
        Presence::Unknown(reason) => {
            let help = reason.help().map(str::to_owned);
            (CheckOutcome::Unknown, format!("unknown: {reason}"), help)
        }
    }
}
