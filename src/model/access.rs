//! Capabilities of a Notion token, and the access that somebody expects of a token.

use super::liveness::Kind;
use super::notion_id::NotionId;
use super::time::Date;

/// Something that an integration may do with pages that are shared with it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Read pages and databases.
    ReadContent,
    /// Change pages and databases that exist.
    UpdateContent,
    /// Add pages and blocks.
    InsertContent,
    /// Read comments.
    ReadComments,
    /// Write comments.
    InsertComments,
}

impl Capability {
    /// All capabilities, in the order in which Notion's settings list them.
    pub const ALL: [Capability; 5] = [
        Capability::ReadContent,
        Capability::UpdateContent,
        Capability::InsertContent,
        Capability::ReadComments,
        Capability::InsertComments,
    ];

    /// Returns the name used in expectations and in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Capability::ReadContent => "read-content",
            Capability::UpdateContent => "update-content",
            Capability::InsertContent => "insert-content",
            Capability::ReadComments => "read-comments",
            Capability::InsertComments => "insert-comments",
        }
    }

    /// Returns the name for people, as in Notion's settings.
    pub fn words(self) -> &'static str {
        match self {
            Capability::ReadContent => "read content",
            Capability::UpdateContent => "update content",
            Capability::InsertContent => "insert content",
            Capability::ReadComments => "read comments",
            Capability::InsertComments => "insert comments",
        }
    }
}

/// The access of an integration to the workspace's members. Ordered from none to most.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Deserialize,
    serde::Serialize,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum UserAccess {
    /// Nothing.
    #[default]
    None,
    /// Names, without e-mail addresses.
    WithoutEmail,
    /// Names and e-mail addresses.
    WithEmail,
}

impl UserAccess {
    /// Returns the name used in expectations and in JSON.
    pub fn id(self) -> &'static str {
        match self {
            UserAccess::None => "none",
            UserAccess::WithoutEmail => "without-email",
            UserAccess::WithEmail => "with-email",
        }
    }

    /// Returns a description for people.
    pub fn words(self) -> &'static str {
        match self {
            UserAccess::None => "no members",
            UserAccess::WithoutEmail => "see members without their e-mail addresses",
            UserAccess::WithEmail => "see members with their e-mail addresses",
        }
    }
}

/// The purpose of a token, which decides the capabilities it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Shows the content of pages: it reads.
    Dashboard,
    /// Takes entries from outside: it adds pages, and reads none.
    Form,
    /// Keeps pages equal to another source: it reads, changes and adds.
    Sync,
    /// Answers people: it reads pages and comments, and writes comments.
    Bot,
}

impl Purpose {
    /// Returns the capabilities that the purpose needs.
    pub fn capabilities(self) -> &'static [Capability] {
        use Capability::{InsertComments, InsertContent, ReadComments, ReadContent, UpdateContent};
        match self {
            Purpose::Dashboard => &[ReadContent],
            Purpose::Form => &[InsertContent],
            Purpose::Sync => &[ReadContent, UpdateContent, InsertContent],
            Purpose::Bot => &[ReadContent, ReadComments, InsertComments],
        }
    }
}

/// The permission to publish pages below the roots to the web.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Publishing {
    /// Pages may be published.
    Allow,
    /// Pages may not be published.
    #[default]
    Deny,
}

/// The access that somebody expects of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedAccess {
    /// The workspace's id; `None` if Notion's answer has no workspace id, as for a personal token.
    pub workspace: Option<NotionId>,
    /// The id of the token's bot; for a personal token, it may be the id of a person.
    pub bot: NotionId,
    /// The kind of the token's owner.
    pub kind: Option<Kind>,
    /// The exact capabilities of the token.
    pub capabilities: Vec<Capability>,
    /// The access to the workspace's members.
    pub users: UserAccess,
    /// The pages and databases shared with the token, with everything below them. `None` if the
    /// token may not read content, because Notion then does not list them.
    pub roots: Option<Vec<ExpectedRoot>>,
    /// The permission to publish pages below the roots.
    pub published: Publishing,
}

/// A page or a database that somebody shared with an integration on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedRoot {
    /// The id of the page or database in Notion.
    pub id: NotionId,
    /// The title at the time of writing, for people.
    pub title: Option<String>,
    /// The reason for sharing.
    pub reason: String,
    /// The last day on which sharing is expected.
    pub expires: Option<Date>,
}

/// The placeholder for a reason that nobody has written yet.
pub const NO_REASON: &str = "TODO";

impl ExpectedRoot {
    /// Returns true if the reason is still the placeholder.
    pub fn is_unexplained(&self) -> bool {
        self.reason.trim().eq_ignore_ascii_case(NO_REASON)
    }

    /// Returns true if the last day is before `today`.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}
