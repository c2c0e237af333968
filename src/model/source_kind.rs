//! The kinds of sources that a run examines.

/// The kind of source that a run examines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// The files on disk.
    Worktree,
    /// The staged files, or everything in the index.
    Index,
    /// The content that commits add.
    Range,
    /// Everything that git still stores, reachable or not.
    History,
    /// Standard input.
    Stdin,
    /// The message of a commit that is being made.
    Message,
    /// The files in which AI assistants and shells record what a user typed or saw.
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
    /// Saved reports, merged into one.
    Reports,
}

impl SourceKind {
    /// Every kind of source in which texts are searched for credentials. `ci` is among them,
    /// because its texts are commits and files.
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

    /// Every kind of source.
    pub const ALL: [SourceKind; 13] = [
        SourceKind::Worktree,
        SourceKind::Index,
        SourceKind::Range,
        SourceKind::History,
        SourceKind::Stdin,
        SourceKind::Message,
        SourceKind::Agents,
        SourceKind::Env,
        SourceKind::Review,
        SourceKind::Ci,
        SourceKind::Rotation,
        SourceKind::Access,
        SourceKind::Reports,
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
            SourceKind::Reports => "reports",
        }
    }
}
