//! Refuses repositories whose format has an unknown version or extension.

use std::fs;

use super::Repository;
use crate::error::{Error, Result};

/// The known extensions of the repository format, in lowercase. Source: git's documentation,
/// `gitrepository-layout` and the section "extensions" of `git-config`.
const KNOWN: [&str; 8] = [
    "noop",
    "noop-v1",
    "preciousobjects",
    "partialclone",
    "worktreeconfig",
    "objectformat",
    "relativeworktrees",
    "refstorage",
];

/// Fails if the format of a repository has an unknown version or extension: its objects and refs
/// could be stored where this program does not look.
pub fn refuse_unknown(repository: &gix::Repository) -> Result<()> {
    let file = repository.common_dir().join("config");
    let refused = |what: String| {
        Err(Error::new(format!("the repository format in {} is not supported: {what}", file.display()))
            .help("a newer ntnguard may support it; to scan the files without git, copy them elsewhere without .git and run `ntnguard scan PATH`"))
    };
    let unreadable = |why: &str| {
        Err(Error::new(format!("{} cannot be read: {why}", file.display()))
            .help("git needs this file, too, so fix the file; to scan the files without git, copy them elsewhere without .git and run `ntnguard scan PATH`"))
    };
    // A missing file is the same as an empty one.
    if let Err(error) = fs::File::open(&file)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return unreadable(&error.to_string());
    }
    if file.is_dir() {
        return unreadable("it is a folder");
    }
    let config = repository.config_snapshot();
    let version = config.integer("core.repositoryFormatVersion").unwrap_or(0);
    if version > 1 {
        return refused(format!("it has version {version}"));
    }
    let own = [gix::config::Source::Local, gix::config::Source::Worktree];
    let sections = config
        .plumbing()
        .sections_by_name("extensions")
        .into_iter()
        .flatten();
    for section in sections.filter(|section| version == 1 && own.contains(&section.meta().source)) {
        let sub = section
            .header()
            .subsection_name()
            .map(|name| format!("{name}."));
        let sub = sub.unwrap_or_default();
        let mut names = section
            .value_names()
            .map(|name| format!("{sub}{}", name.to_string().to_ascii_lowercase()));
        if let Some(name) = names.find(|name| !KNOWN.contains(&name.as_str())) {
            return refused(format!("it has the extension `{name}`"));
        }
    }
    Ok(())
}

/// The advice for converting a reftable to files. The message names git 2.48 because older versions
/// of `git refs migrate` fail if the repository has reflogs.
pub const FROM_TABLE: &str = "clone the repository with `git clone --ref-format=files` and run ntnguard in the \
                              clone, or convert the repository itself with `git refs migrate --ref-format=files` \
                              (git 2.48 or newer)";

impl Repository {
    /// Fails if the repository stores its refs in a reftable, which ntnguard cannot read: it would
    /// not know which objects the refs point to.
    ///
    /// # Errors
    ///
    /// When the refs are in a reftable.
    pub fn refuse_table(&self) -> Result<()> {
        let table = self.inner.common_dir().join("reftable");
        match table.is_dir() {
            true => Err(Error::new(
                "this repository keeps its refs in a reftable, which ntnguard cannot read",
            )
            .help(FROM_TABLE)),
            false => Ok(()),
        }
    }
}
