//! What the index holds: env files that an ignore rule does nothing for, and folders that every clone has.

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

/// What a repository tracks, as far as it concerns env files.
pub struct Tracked {
    git: GitFiles,
    /// Env files and templates by their place in the index.
    files: Vec<(usize, Role)>,
    /// The folders in which an env file may appear.
    folders: HashSet<Vec<u8>>,
}

impl Tracked {
    /// What `repository` tracks in the folder `below`. `names` are further names of env files.
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

    /// Whether there is an entry for `path`.
    pub fn has(&self, path: &[u8]) -> bool {
        self.git.has(path)
    }

    /// Adds the folders that only the index knows: deleted, left out, or in one that this machine ignores.
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

    /// The env files and templates in the index.
    pub fn files(&self) -> impl Iterator<Item = (&[u8], Role)> {
        let files = self.files.iter();
        files.map(|(at, role)| (self.git.path(*at), *role))
    }

    /// The env files that are tracked although their names say that they hold secrets.
    pub fn findings(&self, repository: &Repository, survey: &EnvSurvey<'_>) -> Vec<Finding> {
        let sensitive = self
            .files
            .iter()
            .filter(|(_, role)| *role == Role::Sensitive);
        let mut findings: Vec<Finding> = sensitive
            .filter_map(|(at, _)| self.finding(*at, repository, survey))
            .collect();
        // A path in a conflict has several entries: the worst stands for all.
        findings.sort_by(|one, other| {
            (one.origin.path(), other.severity).cmp(&(other.origin.path(), one.severity))
        });
        findings.dedup_by(|one, other| one.origin == other.origin);
        findings
    }

    /// What there is to say of a tracked env file. One that cannot be read is taken for one that holds secrets.
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
        // The copy on disk is what the next commit takes along.
        let on_disk = match file::read(&repository.work_tree()?.join(file::path(path)), limit) {
            file::FileContent::Text(text) => {
                judge(&text).filter(|finding| finding.severity == Severity::Error)
            }
            _ => None,
        };
        let changed = on_disk.map(|finding| Finding {
            note: finding.note.map(|note| {
                format!("{note} The copy on disk does: the next `git add` takes it along.")
            }),
            ..finding
        });
        changed.or(tracked)
    }
}
