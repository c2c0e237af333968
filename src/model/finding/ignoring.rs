//! What ignore files have to do with a finding about env files.

use std::sync::Arc;

use crate::model::rule::Severity;

/// What ignore files have to do with a finding about env files: which one to change, and for which names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignoring {
    /// The ignore file to change: its path in the repository.
    pub change: Vec<u8>,
    /// The rule that decides as things are, if one does; of several names, about the first.
    pub rule: Option<IgnoreRule>,
    /// The names that it is about, the most severe first.
    pub names: Vec<Name>,
}

/// A line of an ignore file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreRule {
    /// The file: its path in the repository, or where it lies outside.
    pub file: Vec<u8>,
    /// The line, from 1.
    pub line: usize,
    /// The line's text, fit to be shown.
    pub text: String,
    /// True if it takes back what another rule ignores.
    pub negated: bool,
    /// True if no clone has it.
    pub is_local: bool,
}

/// The name of a file, whether or not there is one, that ignore files should treat otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its path in the repository.
    pub path: Vec<u8>,
    /// How much it matters.
    pub severity: Severity,
    /// Why a file of this name is to be expected; empty where nothing says so.
    pub reasons: Arc<[Reason]>,
}

/// Something in a repository that makes an env file to be expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The file that says so: its path in the repository.
    pub file: Vec<u8>,
    /// The line there, from 1; `None` where the file as such says so.
    pub line: Option<usize>,
    /// What it says.
    pub says: Says,
}

/// What makes an env file to be expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// It is an env file itself.
    IsEnvFile,
    /// It is a template of one.
    IsTemplate,
    /// It is a manifest that names this package, which reads env files.
    DependsOn(String),
    /// It names the env file of this path.
    Names(Vec<u8>),
    /// It is code that reads `NOTION_…` from the environment.
    ReadsNotion,
}
