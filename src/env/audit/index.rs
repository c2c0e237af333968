//! The index: tracked env files, which ignore rules do not affect, and tracked directories, which
//! every clone has.

use std::collections::HashSet;

use crate::env::ignore::{IgnoreRules, folder_of};
use crate::env::{self, Role, could_be_env, file, role_among};
use crate::error::Result;
use crate::git::{GitFiles, Repository};
use crate::model::blob::{Blob, Origin};
use crate::model::finding::Finding;
use crate::model::path::file_name;
use crate::model::rule::Severity;
use crate::rules::ENV_TRACKED;

use super::EnvSurvey;
use super::manifest::is_manifest;
use super::tree::{EnvFolder, Tree};

/// The tracked env files of a repository, and the tracked directories in which an env file may
/// appear.
pub struct Tracked {
    git: GitFiles,
    /// The index positions of env files and templates, with their roles.
    files: Vec<(usize, Role)>,
    /// The directories that contain a tracked env file, template or manifest.
    folders: HashSet<Vec<u8>>,
}

impl Tracked {
    /// Reads the index of `repository`, limited to the directory `below`. `names` are the file
    /// names that the configuration declares to be env files.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn new(repository: &Repository, below: &[u8], names: &[String]) -> Result<Self> {
        let git = GitFiles::new(repository)?;
        let (mut files, mut folders) = (Vec::new(), HashSet::new());
        for (at, path) in git.tracked() {
            let name = file_name(path);
            let role = if could_be_env(name) || !names.is_empty() {
                role_among(name, names)
            } else {
                None
            };
            let inside = below.is_empty()
                || path
                    .strip_prefix(below)
                    .is_some_and(|rest| rest.starts_with(b"/"));
            if !inside || role.is_none() && !is_manifest(name) {
                continue;
            }
            files.extend(role.map(|role| (at, role)));
            folders.insert(folder_of(path).to_vec());
        }
        Ok(Tracked {
            git,
            files,
            folders,
        })
    }

    /// Returns true if the index has an entry for `path`.
    pub fn has(&self, path: &[u8]) -> bool {
        self.git.has(path)
    }

    /// Adds tracked directories that `tree` lacks: deleted directories, directories that a sparse
    /// checkout leaves out, and directories that only this machine ignores. Leaves out
    /// `node_modules`, and directories that an ignore file in the work tree ignores.
    pub fn add_folders(&self, tree: &mut Tree, here: &mut IgnoreRules) {
        for path in &self.folders {
            let in_dependency = path
                .split(|byte| *byte == b'/')
                .any(|part| part == b"node_modules");
            let mut ignored = || {
                here.decide(path, true)
                    .is_some_and(|rule| !rule.negated && rule.in_tree())
            };
            match tree.folders.get_mut(path) {
                Some(folder) => folder.hidden = false,
                None if in_dependency || !path.is_empty() && ignored() => {}
                None => drop(tree.folders.insert(path.clone(), EnvFolder::default())),
            }
        }
    }

    /// Returns the env files and templates in the index.
    pub fn files(&self) -> impl Iterator<Item = (&[u8], Role)> {
        let files = self.files.iter();
        files.map(|(at, role)| (self.git.path(*at), *role))
    }

    /// Returns the findings for env files that are tracked although files with these names hold
    /// secrets.
    pub fn findings(&self, repository: &Repository, survey: &EnvSurvey<'_>) -> Vec<Finding> {
        let sensitive = self
            .files
            .iter()
            .filter(|(_, role)| *role == Role::Sensitive);
        let mut findings: Vec<Finding> = sensitive
            .filter_map(|(at, _)| self.finding(*at, repository, survey))
            .collect();
        // A path with a merge conflict has several entries: keep the most severe finding.
        findings.sort_by(|one, other| {
            (one.origin.path(), other.severity).cmp(&(other.origin.path(), one.severity))
        });
        findings.dedup_by(|one, other| one.origin == other.origin);
        findings
    }

    /// Returns the finding for the tracked env file at index position `at`; `None` if the file is
    /// encrypted. A file that cannot be read is treated like a file that holds secrets.
    fn finding(
        &self,
        at: usize,
        repository: &Repository,
        survey: &EnvSurvey<'_>,
    ) -> Option<Finding> {
        let (path, limit) = (self.git.path(at), survey.file_size());
        let origin = || Origin::File(file::path(path));
        let judge = |bytes: &[u8]| {
            let found = survey.scanner.scan(&Blob::whole(&origin(), bytes));
            env::of_file(origin(), path, Role::Sensitive, bytes, &found)
        };
        let Some(bytes) = self.git.content(at, limit) else {
            return Some(Finding::of_file(&ENV_TRACKED, origin()));
        };
        let tracked = judge(&bytes);
        if tracked
            .as_ref()
            .is_some_and(|finding| finding.severity == Severity::Error)
        {
            return tracked;
        }
        // The next `git add` would stage the copy on disk.
        let on_disk = match file::read(&repository.work_tree()?.join(file::path(path)), limit) {
            file::FileContent::Text(text) => {
                judge(&text).filter(|finding| finding.severity == Severity::Error)
            }
            _ => None,
        };
        let changed = on_disk.map(|finding| Finding {
            note: finding.note.map(|note| {
                format!("{note} This is true of the copy on disk, not of the tracked version: the next `git add` \
                         stages it.")
            }),
            ..finding
        });
        changed.or(tracked)
    }
}
