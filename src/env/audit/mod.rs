//! The audit of `ntnguard env`: checks that git ignores env files in every clone, and that
//! templates hold no secrets.
//!
//! ```text
//! walk ──► folders ──► variants ──► ignore rules ──► findings about names
//!            └────► env files on disk, templates ──► findings about values
//! ```
//!
//! Findings name variables, files and rules. They never contain values.

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
use crate::model::skip::{Skip, SkipReason};
use crate::model::survey::Surveyed;
use crate::policy::Policy;

use super::file;
use super::ignore::IgnoreRules;
use crate::model::defaults;
use coverage::Coverage;
use index::Tracked;
use tree::Tree;

/// An audit of one repository, with its settings.
#[derive(Clone, Copy)]
pub struct EnvSurvey<'a> {
    /// The directory to audit, with everything below it; `None` for the whole repository of the
    /// current directory.
    pub folder: Option<&'a Path>,
    /// The scanner for env files and templates.
    pub scanner: &'a Scanner,
    /// The policy. It lists files that are committed on purpose, additional names of env files, and
    /// required variables.
    pub policy: &'a Policy,
}

impl EnvSurvey<'_> {
    /// Runs the audit. Returns the findings, and the rules that ignore files should have.
    ///
    /// # Errors
    ///
    /// When there is no repository, or it is bare, or its index cannot be read.
    pub fn run(&self) -> Result<(Surveyed, WantedRules)> {
        let repository = open(self.folder.unwrap_or(Path::new(".")))?;
        let top = work_tree(&repository)?;
        let inside = self.folder.and_then(|folder| {
            let folder = folder.canonicalize().ok()?;
            folder.strip_prefix(&top).map(Path::to_owned).ok()
        });
        let below = inside.map(|inside| file::name(&inside)).unwrap_or_default();
        let Audit { surveyed, wanted } = one(&repository, &top, &below, false, self)?;
        Ok((surveyed, wanted))
    }

    /// Returns the size in bytes above which a file is not read.
    fn file_size(&self) -> u64 {
        let configured = self.policy.config.max_file_size;
        configured.unwrap_or(defaults::ENV_FILE)
    }
}

/// The findings and skips of an audit, and the ignore rules that `--fix` must establish.
struct Audit {
    surveyed: Surveyed,
    wanted: WantedRules,
}

/// The paths that git should and should not ignore in a work tree, with the current ignore rules.
pub struct WantedRules {
    /// The root of the work tree.
    pub top: PathBuf,
    /// Paths that should be ignored.
    pub ignored: Vec<Vec<u8>>,
    /// Paths that should not be ignored. Those of directories end in `/`.
    pub kept: Vec<Vec<u8>>,
    /// Paths that are ignored now, and should stay ignored.
    pub left: Vec<Vec<u8>>,
    /// The rules by which git ignores files on this machine.
    pub here: IgnoreRules,
    /// The rules by which git ignores files in every clone.
    pub clones: IgnoreRules,
}

/// Opens the repository that contains `folder`.
///
/// # Errors
///
/// When `folder` is not a directory, or is not in a repository.
pub fn open(folder: &Path) -> Result<Repository> {
    let problem = match folder.metadata() {
        Ok(metadata) if metadata.is_dir() => None,
        Ok(_) => Some(format!("{} is not a folder", folder.display())),
        Err(error) => Some(format!("{} cannot be opened: {error}", folder.display())),
    };
    if let Some(problem) = problem {
        return Err(Error::new(problem).help("give the path of a folder inside a git repository"));
    }
    Repository::find(folder)?.ok_or_else(|| {
        Error::new(format!(
            "there is no git repository at {}",
            folder.display()
        ))
        .help(
            "ignore rules belong to a repository: run the command inside a repository, or make a repository with `git init`",
        )
    })
}

fn work_tree(repository: &Repository) -> Result<PathBuf> {
    repository.work_tree().ok_or_else(|| {
        Error::new("this repository is bare: it has no files on disk that could be ignored")
            .help("run the command in a clone that has a work tree")
    })
}

/// Audits one repository. In a `nested` repository, only existing files are checked. Names of files
/// that may appear later are left to an audit of the nested repository itself.
fn one(
    repository: &Repository,
    top: &Path,
    below: &[u8],
    nested: bool,
    survey: &EnvSurvey<'_>,
) -> Result<Audit> {
    let names = &survey.policy.config.env_names;
    let tracked = Tracked::new(repository, below, names)?;
    let no_rules = || {
        Error::new(format!(
            "the work tree {} cannot be resolved",
            top.display()
        ))
        .help("check that this folder exists, and that you may read it")
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
    let mut coverage = Coverage::new(top, here, clones, &tracked, survey);
    coverage.judge(&tree, below, &reasons, &pointed);
    let mut audit = coverage.into_audit();
    let about_values = values::check(top, &tree, survey);
    let found = &mut audit.surveyed;
    found.findings.extend(tracked.findings(repository, survey));
    found.findings.extend(about_values.findings);
    found.skips.extend(about_values.skips);
    found.skips.append(&mut tree.skips);
    (found.texts, found.bytes) = (about_values.texts, about_values.bytes);
    add_nested(&mut audit, top, &tree, survey);
    Ok(audit)
}

/// Audits the repositories nested in this one, and adds their results.
fn add_nested(audit: &mut Audit, top: &Path, tree: &Tree, survey: &EnvSurvey<'_>) {
    for name in &tree.nested {
        let folder = top.join(file::path(name));
        let inner = open(&folder).and_then(|repository| {
            let own = work_tree(&repository)?;
            one(&repository, &own, b"", true, survey)
        });
        match inner {
            Ok(inner) => add(&mut audit.surveyed, inner.surveyed, name),
            Err(error) => audit.surveyed.skips.push(Skip::new(
                Origin::File(file::path(name)),
                SkipReason::Corrupt,
                error,
            )),
        }
    }
}

/// Adds the results of the nested repository in the directory `name`. Their paths become relative
/// to the outer repository.
fn add(found: &mut Surveyed, inner: Surveyed, name: &[u8]) {
    let below = |path: &[u8]| [name, b"/", path].concat();
    let note = format!(
        "It is in a nested repository: see `ntnguard env {}`.",
        crate::detect::redact::shell_word(name)
    );
    let findings = inner.findings.into_iter().map(|mut finding| {
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
    });
    found.findings.extend(findings);
    found.skips.extend(inner.skips.into_iter().map(|mut skip| {
        skip.origin = skip.origin.with_paths(&below);
        skip
    }));
    found.texts += inner.texts;
    found.bytes += inner.bytes;
}
