//! The liveness of a secret: whether Notion accepts it now.

use super::secret::Secret;

/// The owner of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// An integration or a user; `None` if the answer does not say which of them.
    pub kind: Option<Kind>,
    /// The id of the token's bot; for a personal token, it may be the id of a person.
    pub bot: String,
    /// The name of the integration; `None` if the answer does not say.
    pub name: Option<String>,
    /// The workspace's id; `None` if the answer does not say.
    pub workspace: Option<String>,
    /// The workspace's name; `None` if the answer does not say.
    pub workspace_name: Option<String>,
}

/// The kind of a token, by its owner. Notion's answers do not distinguish an OAuth token from a
/// personal token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A token of an internal integration.
    Internal,
    /// A token of a user: an OAuth token or a personal token.
    User,
}

impl Kind {
    /// Returns the name used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Internal => "internal",
            Kind::User => "user",
        }
    }
}

impl Identity {
    /// Returns the same identity, with each string masked that contains a piece of `secret`. A
    /// server may echo the secret.
    pub fn without(self, secret: &Secret) -> Self {
        self.map(|text| match secret.has_piece_in(&text) {
            true => "****".to_owned(),
            false => text,
        })
    }

    /// Returns the same identity with each string changed by `change`.
    pub fn map(self, change: impl Fn(String) -> String) -> Self {
        Identity {
            kind: self.kind,
            bot: change(self.bot),
            name: self.name.map(&change),
            workspace: self.workspace.map(&change),
            workspace_name: self.workspace_name.map(&change),
        }
    }
}

/// The facts about an answer by which Notion's support can find the request. No field contains free
/// text from the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerTrace {
    /// The HTTP status; `None` if there was no answer.
    pub status: Option<u16>,
    /// The error code in the answer, such as `unauthorized`; `None` if it has no error code.
    pub code: Option<String>,
    /// The id that Notion or Cloudflare gave to the request; `None` if the answer has no id.
    pub request: Option<String>,
}

/// The result of asking Notion if it accepts a finding's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liveness {
    /// The last known state: live, dead, unknown or not checked.
    pub state: SecretState,
    /// The time at which Notion was asked, in seconds since 1970-01-01 00:00 UTC; `None` if Notion
    /// was not asked.
    pub checked: Option<i64>,
    /// The reason why the state is unknown: an id for programs, and a message for people.
    pub reason: Option<(&'static str, String)>,
    /// The HTTP status, error code and request id of Notion's answer.
    pub trace: AnswerTrace,
    /// The owner of the token; `None` if Notion did not report the owner.
    pub identity: Option<Identity>,
}

/// The state of a secret, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretState {
    /// Notion accepts the secret.
    Live,
    /// Notion was asked, but the state could not be determined.
    Unknown,
    /// Notion was not asked.
    NotChecked,
    /// Notion refuses the secret now. It may accept it again later, if the workspace switched it
    /// off.
    Dead,
}

impl SecretState {
    /// Every state.
    pub const ALL: [SecretState; 4] = [
        SecretState::Live,
        SecretState::Unknown,
        SecretState::NotChecked,
        SecretState::Dead,
    ];

    /// Returns the name used in reports.
    pub fn id(self) -> &'static str {
        match self {
            SecretState::Live => "live",
            SecretState::Unknown => "unknown",
            SecretState::NotChecked => "not-checked",
            SecretState::Dead => "dead",
        }
    }
}
