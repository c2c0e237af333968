//! The audit: can a secret in an env file get committed from here, by anyone who clones this?
//!
//! ```text
//! walk ──► folders ──► variants ──► ignore rules ──► findings about names
//!            └────► env files on disk, templates ──► findings about values
//! ```
//!
//! No value leaves this room: findings name variables, files and rules.

mod coverage;
mod gaps;
mod index;
pub(super) mod manifest;
pub(super) mod pointers;
pub(super) mod reasons;
mod tree;
pub(super) mod values;
mod variants;

pub use variants::TEMPLATES;

use std::path::{Path, PathBuf};

use crate::detect::scanner::Scanner;
use crate::error::{Error, Result};
use crate::git::Repository;
use crate::model::blob::Origin;
use crate::model::finding::Finding;
use crate::model::skip::{Skip, SkipReason};
use crate::policy::Policy;

use super::file;
use super::ignore::IgnoreRules;
use coverage::Coverage;
use index::Tracked;
use tree::Tree;

/// Larger env files are not read, unless the configuration allows it.
pub(super) const MAX_SIZE: u64 = 10 * 1024 * 1024;

/// What to audit, and by which lights.
pub struct Request<'a> {
    /// What is looked for in templates.
    pub scanner: &'a Scanner,
    /// What is committed on purpose, and which further names hold secrets.
    pub policy: &'a Policy,
    /// Variables that env files and templates must name.
    pub required: &'a [String],
    /// Larger files, in bytes, are not read; 10 MiB if it does not say.
    pub file_size: Option<u64>,
}

/// What an audit came to.
pub struct Audit {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub skips: Vec<Skip>,
    /// How many env files and templates were read.
    pub files: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// What ignore rules should say.
    pub wanted: WantedRules,
}

/// What ignore rules should say of a work tree, and what they do say.
pub struct WantedRules {
    /// The top of the work tree.
    pub top: PathBuf,
    /// Paths that should be ignored.
    pub ignored: Vec<Vec<u8>>,
    /// Paths that should not be, with a `/` behind folders.
    pub kept: Vec<Vec<u8>>,
    /// Paths that are ignored, and may stay so.
    pub left: Vec<Vec<u8>>,
    /// Git's rules here.
    pub here: IgnoreRules,
    /// The rules that go with a clone.
    pub clones: IgnoreRules,
}

/// Audits the repository that `folder` lies in, from that folder on; without one, the whole repository that the process
/// stands in.
///
/// # Errors
///
/// When there is no repository, or none with files on disk, or its index cannot be read.
pub fn run(folder: Option<&Path>, request: &Request<'_>) -> Result<Audit> {
    let start = folder.unwrap_or(Path::new("."));
    let repository = open(start)?;
    let top = work_tree(&repository)?;
    let inside = folder.and_then(|folder| {
        folder
            .canonicalize()
            .ok()?
            .strip_prefix(&top)
            .map(Path::to_owned)
            .ok()
    });
    let below = inside.map(|inside| file::name(&inside)).unwrap_or_default();
    one(&repository, &top, &below, false, request)
}

/// The repository that `folder` lies in.
///
/// # Errors
///
/// When `folder` is none, or lies in no repository.
pub fn open(folder: &Path) -> Result<Repository> {
    let problem = match folder.metadata() {
        Ok(metadata) if metadata.is_dir() => None,
        Ok(_) => Some(format!("{} is not a folder", folder.display())),
        Err(error) => Some(format!("{} cannot be opened: {error}", folder.display())),
    };
    if let Some(problem) = problem {
        return Err(Error::new(problem).help("name the folder of a repository"));
    }
    Repository::find(folder)?.ok_or_else(|| {
        Error::new(format!("{} lies in no git repository", folder.display()))
            .help("ignore rules belong to a repository: run it in one, or make one with `git init`")
    })
}

fn work_tree(repository: &Repository) -> Result<PathBuf> {
    repository.work_tree().ok_or_else(|| {
        Error::new("this repository is bare: it has no files on disk that could be ignored")
            .help("audit a clone of it")
    })
}

/// Audits one repository. In one that lies in another, only what is there counts: what might be is its own audit's.
fn one(
    repository: &Repository,
    top: &Path,
    below: &[u8],
    nested: bool,
    request: &Request<'_>,
) -> Result<Audit> {
    let names = &request.policy.env_names;
    let tracked = Tracked::new(repository, below, names)?;
    let no_rules = || {
        Error::new(format!(
            "the work tree {} cannot be resolved",
            top.display()
        ))
    };
    let mut here = IgnoreRules::new(repository).ok_or_else(no_rules)?;
    let clones = here.of_clones();
    let mut tree = tree::walk(top, below, &mut here, names);
    tracked.add_folders(&mut tree, &mut here);
    if nested {
        tree.folders
            .values_mut()
            .for_each(|folder| folder.hidden = true);
    }
    let (reasons, pointed) = reasons::find(top, &tree, &tracked, names);
    let pointed = if nested { Vec::new() } else { pointed };
    let mut coverage = Coverage::new(top, here, clones, &tracked, request);
    coverage.judge(&tree, below, &reasons, &pointed);
    let mut audit = coverage.into_audit();
    let about_values = values::check(top, &tree, request);
    audit.findings.extend(tracked.findings(repository, request));
    audit.findings.extend(about_values.findings);
    audit.skips.extend(about_values.skips);
    audit.skips.append(&mut tree.skips);
    (audit.files, audit.bytes) = (about_values.files, about_values.bytes);
    add_nested(&mut audit, top, &tree, request);
    Ok(audit)
}

/// Adds what is found in the repositories that lie in this one.
fn add_nested(audit: &mut Audit, top: &Path, tree: &Tree, request: &Request<'_>) {
    for name in &tree.nested {
        let folder = top.join(file::path(name));
        let inner = open(&folder).and_then(|repository| {
            let own = work_tree(&repository)?;
            one(&repository, &own, b"", true, request)
        });
        match inner {
            Ok(inner) => audit.add(inner, name),
            Err(error) => audit.skips.push(Skip::new(
                Origin::File(file::path(name)),
                SkipReason::Corrupt,
                error,
            )),
        }
    }
}

impl Audit {
    /// Adds what was found in the repository in the folder `name`.
    fn add(&mut self, inner: Audit, name: &[u8]) {
        let below = |path: &[u8]| [name, b"/", path].concat();
        let note = format!(
            "It lies in a repository of its own: see `ntnguard env {}`.",
            crate::detect::redact::shell_word(name)
        );
        self.findings
            .extend(inner.findings.into_iter().map(|mut finding| {
                finding.origin = finding.origin.with_paths(&below);
                if let Some(ignoring) = &mut finding.ignoring {
                    ignoring.change = below(&ignoring.change);
                    ignoring
                        .names
                        .iter_mut()
                        .for_each(|known| known.path = below(&known.path));
                    finding.note.get_or_insert_with(|| note.clone());
                }
                finding
            }));
        self.skips.extend(inner.skips.into_iter().map(|mut skip| {
            skip.origin = skip.origin.with_paths(&below);
            skip
        }));
        self.files += inner.files;
        self.bytes += inner.bytes;
    }
}
