//! Whether the secret of a finding still works, as far as Notion was asked.

use super::secret::Secret;

/// Whose token it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The kind of its owner; `None` when the answer does not say.
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
    /// Its name in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Internal => "internal",
            Kind::User => "user",
        }
    }
}

impl Identity {
    /// The same without the texts that have a piece of `secret`, which a server may echo.
    pub fn without(self, secret: &Secret) -> Self {
        self.map(|text| match secret.has_piece_in(&text) {
            true => "****".to_owned(),
            false => text,
        })
    }

    /// The same with other texts.
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

/// What an answer says about itself, by which Notion's support finds it. Nothing in it is free text
/// of the server's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerTrace {
    /// The HTTP status.
    pub status: Option<u16>,
    /// Notion's code for the error.
    pub code: Option<String>,
    /// Notion's id of the request, or Cloudflare's.
    pub request: Option<String>,
}

/// Whether the secret of a finding still works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liveness {
    /// What is known.
    pub state: Lives,
    /// When it was asked, in seconds since 1970-01-01 00:00 UTC; `None` where it was not.
    pub checked: Option<i64>,
    /// Why nothing is known: an id for programs, and words for people.
    pub reason: Option<(&'static str, String)>,
    /// What the answer says about itself.
    pub trace: AnswerTrace,
    /// Whose it is.
    pub identity: Option<Identity>,
}

/// What is known about whether a secret works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lives {
    /// Notion accepts it.
    Live,
    /// It was asked, and nothing is known.
    Unknown,
    /// It was not asked.
    NotChecked,
    /// Notion refuses it now. That can be undone.
    Dead,
}

impl Lives {
    /// Its name in reports.
    pub fn id(self) -> &'static str {
        match self {
            Lives::Live => "live",
            Lives::Unknown => "unknown",
            Lives::NotChecked => "not-checked",
            Lives::Dead => "dead",
        }
    }
}
