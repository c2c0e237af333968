//! What a token of Notion's may do, and what somebody expects of it.

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
    /// Change what is there.
    UpdateContent,
    /// Add pages and blocks.
    InsertContent,
    /// Read comments.
    ReadComments,
    /// Write comments.
    InsertComments,
}

impl Capability {
    /// All of them, in the order in which Notion's settings list them.
    pub const ALL: [Capability; 5] = [
        Capability::ReadContent,
        Capability::UpdateContent,
        Capability::InsertContent,
        Capability::ReadComments,
        Capability::InsertComments,
    ];

    /// Its name in the expectation and in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Capability::ReadContent => "read-content",
            Capability::UpdateContent => "update-content",
            Capability::InsertContent => "insert-content",
            Capability::ReadComments => "read-comments",
            Capability::InsertComments => "insert-comments",
        }
    }

    /// What people call it, as Notion's settings do.
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

/// What an integration may see of the workspace's members. The more, the greater.
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
    /// Its name in the expectation and in JSON.
    pub fn id(self) -> &'static str {
        match self {
            UserAccess::None => "none",
            UserAccess::WithoutEmail => "without-email",
            UserAccess::WithEmail => "with-email",
        }
    }

    /// What people call what it allows.
    pub fn words(self) -> &'static str {
        match self {
            UserAccess::None => "no members",
            UserAccess::WithoutEmail => "see members without their e-mail addresses",
            UserAccess::WithEmail => "see members with their e-mail addresses",
        }
    }
}

/// What a token is for, which says what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Shows what pages say: it reads.
    Dashboard,
    /// Takes entries from outside: it adds pages, and reads none.
    Form,
    /// Keeps pages like something else: it reads, changes and adds.
    Sync,
    /// Answers people: it reads pages and comments, and writes comments.
    Bot,
}

impl Purpose {
    /// The capabilities that it needs.
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

/// Whether pages below the roots may be published to the web.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Publishing {
    /// They may.
    Allow,
    /// They may not.
    #[default]
    Deny,
}

/// What somebody expects of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedAccess {
    /// The workspace's id; `None` where the answer to a personal token tells none.
    pub workspace: Option<NotionId>,
    /// The bot's id, of a personal token perhaps a person's.
    pub bot: NotionId,
    /// The kind of its owner.
    pub kind: Option<Kind>,
    /// What it may do, no more and no less.
    pub capabilities: Vec<Capability>,
    /// What it may see of members.
    pub users: UserAccess,
    /// The pages and databases that are shared with it, and all that is below them. `None` where it
    /// reads nothing, so that nobody can tell.
    pub roots: Option<Vec<ExpectedRoot>>,
    /// Whether pages below the roots may be published.
    pub published: Publishing,
}

/// A page or a database that somebody shared with an integration on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedRoot {
    /// Its id.
    pub id: NotionId,
    /// Its name when it was written down, for people.
    pub title: Option<String>,
    /// Why it is shared.
    pub reason: String,
    /// The last day on which it should be.
    pub expires: Option<Date>,
}

/// What stands for a reason that nobody has written yet.
pub const NO_REASON: &str = "TODO";

impl ExpectedRoot {
    /// Returns true if nobody has written yet why it is shared.
    pub fn is_unexplained(&self) -> bool {
        self.reason.trim().eq_ignore_ascii_case(NO_REASON)
    }

    /// Returns true if its last day is over.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}
