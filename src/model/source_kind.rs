//! The kinds of places that a run looks at.

/// A kind of place that a run looks at, as reports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// Files on disk.
    Worktree,
    /// What is staged, or all that the index has.
    Index,
    /// What commits add.
    Range,
    /// Everything that git still holds.
    History,
    /// Standard input.
    Stdin,
    /// A commit's message.
    Message,
    /// The env files of a repository and its ignore rules.
    Env,
    /// Source files, for rules about code.
    Review,
    /// What a CI event means: commits, files and env files together.
    Ci,
    /// Since when variables have their values.
    Rotation,
    /// What a token may do and reach in Notion.
    Access,
}

impl SourceKind {
    /// Every place in which texts are looked at: those of `ci` are commits and files.
    pub const TEXTS: &[SourceKind] = &[
        SourceKind::Worktree,
        SourceKind::Index,
        SourceKind::Range,
        SourceKind::History,
        SourceKind::Stdin,
        SourceKind::Message,
        SourceKind::Ci,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            SourceKind::Worktree => "worktree",
            SourceKind::Index => "index",
            SourceKind::Range => "range",
            SourceKind::History => "history",
            SourceKind::Stdin => "stdin",
            SourceKind::Message => "message",
            SourceKind::Env => "env",
            SourceKind::Review => "review",
            SourceKind::Ci => "ci",
            SourceKind::Rotation => "rotation",
            SourceKind::Access => "access",
        }
    }
}
