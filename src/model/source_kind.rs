//! The kinds of places that a run looks at.

/// A kind of place that a run looks at, as reports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// Files on disk.
    Worktree,
    /// The staged files, or everything in the index.
    Index,
    /// The content that commits add.
    Range,
    /// Everything that git still holds.
    History,
    /// Standard input.
    Stdin,
    /// A commit's message.
    Message,
    /// Files that AI assistants and shells keep of a user.
    Agents,
    /// The env files of a repository and its ignore rules.
    Env,
    /// Source files, for rules about code.
    Review,
    /// The commits, files and env files of a CI event together.
    Ci,
    /// The ages of the values of variables.
    Rotation,
    /// The capabilities and the reach of a token in Notion.
    Access,
}

impl SourceKind {
    /// Every kind of place in which texts are looked at: those of `ci` are commits and files.
    pub const TEXTS: &[SourceKind] = &[
        SourceKind::Worktree,
        SourceKind::Index,
        SourceKind::Range,
        SourceKind::History,
        SourceKind::Stdin,
        SourceKind::Message,
        SourceKind::Agents,
        SourceKind::Ci,
    ];

    /// Returns the name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            SourceKind::Worktree => "worktree",
            SourceKind::Index => "index",
            SourceKind::Range => "range",
            SourceKind::History => "history",
            SourceKind::Stdin => "stdin",
            SourceKind::Message => "message",
            SourceKind::Agents => "agents",
            SourceKind::Env => "env",
            SourceKind::Review => "review",
            SourceKind::Ci => "ci",
            SourceKind::Rotation => "rotation",
            SourceKind::Access => "access",
        }
    }
}
