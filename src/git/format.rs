//! Refuses repositories of an unknown format.

use std::fs;

use super::Repository;
use crate::error::{Error, Result};

/// The extensions of a repository's format that are known, in small letters (git's documentation,
/// gitrepository-layout and git-config, "extensions").
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

/// Refuses a repository of an unknown format: its contents could be elsewhere than in a known one.
pub fn refuse_unknown(repository: &gix::Repository) -> Result<()> {
    let file = repository.common_dir().join("config");
    let refused = |what: String| {
        Err(Error::new(format!("the repository format in {} is not supported: {what}", file.display()))
            .help("a newer ntnguard may know it; files are scanned without git with `ntnguard scan PATH` in a copy"))
    };
    let unreadable = |why: &str| {
        Err(Error::new(format!("{} cannot be read: {why}", file.display()))
            .help("git reads it before anything else: mend it, or scan files without git with `ntnguard scan PATH` in a copy"))
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

/// The way to get refs out of a table. Before git 2.48 `git refs migrate` handles only a repository
/// without reflogs.
pub const FROM_TABLE: &str = "`git refs migrate --ref-format=files` (git 2.48) writes them out as files, and so does `git clone --ref-format=files` into a \
     new folder; then try again there";

impl Repository {
    /// Refuses a repository that keeps its refs in a reftable, which is not read: the objects they
    /// lead to are unknown.
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
