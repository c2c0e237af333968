//! The liveness of a finding's secret, as far as Notion was asked.

use super::secret::Secret;

/// The owner of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The kind of owner; `None` if the answer does not say.
    pub kind: Option<Kind>,
    /// The bot's id; a personal token may have a person's.
    pub bot: String,
    /// The name of the integration.
    pub name: Option<String>,
    /// The workspace's id.
    pub workspace: Option<String>,
    /// The workspace's name.
    pub workspace_name: Option<String>,
}

/// The kind of a token, by its owner. An OAuth token and a personal one cannot be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An internal integration's.
    Internal,
    /// A user's: OAuth, or personal.
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
    /// Returns the same identity with each text masked that contains a piece of `secret`, which a
    /// server may echo.
    pub fn without(self, secret: &Secret) -> Self {
        self.map(|text| match secret.has_piece_in(&text) {
            true => "****".to_owned(),
            false => text,
        })
    }

    /// Returns the same identity with each text changed by `change`.
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

/// The marks of an answer by which Notion's support finds it. None of them is free text of the
/// server's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerTrace {
    /// The HTTP status.
    pub status: Option<u16>,
    /// Notion's code for the error.
    pub code: Option<String>,
    /// Notion's id of the request, or Cloudflare's.
    pub request: Option<String>,
}

/// The liveness of a finding's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liveness {
    /// The state of the secret.
    pub state: Lives,
    /// The time at which Notion was asked, in seconds since 1970-01-01 00:00 UTC; `None` if it was
    /// not.
    pub checked: Option<i64>,
    /// The reason why nothing is known: an id for programs, and words for people.
    pub reason: Option<(&'static str, String)>,
    /// The marks of the answer.
    pub trace: AnswerTrace,
    /// The owner of the token.
    pub identity: Option<Identity>,
}

/// The state of a secret, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lives {
    /// Notion accepts the secret.
    Live,
    /// Notion was asked, and nothing is known.
    Unknown,
    /// Notion was not asked.
    NotChecked,
    /// Notion refuses the secret now. That can be undone.
    Dead,
}

impl Lives {
    /// Returns the name used in reports.
    pub fn id(self) -> &'static str {
        match self {
            Lives::Live => "live",
            Lives::Unknown => "unknown",
            Lives::NotChecked => "not-checked",
            Lives::Dead => "dead",
        }
    }
}
