//! A plan to remove secrets from history: files that git-filter-repo reads, and a script that runs
//! git-filter-repo.
//!
//! A finding holds no secret, so `collector` collects the forms of secrets during the scan: the
//! bytes of each spelling in which a secret occurs, plain or encoded. The forms of reported secrets
//! (`found`) become expressions for git-filter-repo (`expressions`). The expressions are written to
//! files that only their owner can read (`folder`), together with a script and instructions
//! (`script`).

mod collector;
mod expressions;
mod folder;
mod found;
mod script;

use std::collections::{BTreeSet, HashSet};

use crate::detect::redact::shown_path;
use crate::error::Result;
use crate::model::blob::Origin;
use crate::model::secret::Fingerprint;
use crate::report::Report;
use crate::source::history::History;

pub use collector::FormCollector;
use expressions::{ReplacementKind, lines};
pub use folder::PlanFolder;
use found::FoundForms;

/// A plan to remove all reported secrets from a repository.
pub struct PurgePlan {
    found: FoundForms,
    /// The paths of dropped blobs, masked and escaped for display.
    dropped: BTreeSet<String>,
    /// The repositories of submodules to rewrite, each before the repository that contains it.
    modules: Vec<String>,
    repository: String,
    /// The path of the ntnguard executable. With `arguments`, it scans with the same options as the
    /// scan behind this plan.
    program: String,
    arguments: Vec<String>,
    is_complete: bool,
}

impl PurgePlan {
    /// Returns the plan to remove the secrets that `report` reports from `history`; `None` where it
    /// reports no secret. `collected` holds the forms from the same scan. `program` and `arguments`
    /// are the command that repeats the scan with the same options.
    pub fn new(
        history: &History<'_>,
        collected: &FormCollector,
        report: &Report,
        program: String,
        arguments: Vec<String>,
    ) -> Option<PurgePlan> {
        let evidence = report
            .reported()
            .filter_map(|finding| finding.evidence.as_ref());
        let secrets: HashSet<&Fingerprint> =
            evidence.map(|evidence| &evidence.fingerprint).collect();
        if secrets.is_empty() {
            return None;
        }
        let mut found = collected.of(&secrets);
        let left = std::mem::take(&mut found.left).into_iter();
        found.left = left
            .map(|place| {
                String::from_utf8_lossy(&report.hidden.mask(place.as_bytes())).into_owned()
            })
            .collect();
        let pointers: Vec<String> = found
            .pointers()
            .filter_map(|text| history.id_of(text.as_bytes()))
            .collect();
        found.strip.extend(pointers);
        let places = || {
            report
                .reported()
                .flat_map(|finding| &finding.occurrences)
                .map(|place| &place.origin)
        };
        let objects: BTreeSet<&str> = places().filter_map(|origin| origin.object()).collect();
        let is_dropped =
            |origin: &&Origin| origin.object().is_some_and(|id| found.strip.contains(id));
        let dropped = places()
            .filter(is_dropped)
            .filter_map(|origin| origin.path())
            .map(shown_path)
            .collect();
        let text = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
        Some(PurgePlan {
            modules: history
                .modules_with(&objects)
                .into_iter()
                .map(text)
                .collect(),
            repository: text(history.root()),
            found,
            dropped,
            program,
            arguments,
            is_complete: report.is_complete(),
        })
    }

    /// Writes the plan.
    ///
    /// # Errors
    ///
    /// When `folder` cannot be created or written to.
    pub fn write(&self, folder: &PlanFolder) -> Result<()> {
        let found = &self.found;
        let listed = |ids: &BTreeSet<String>| {
            ids.iter()
                .flat_map(|id| format!("{id}\n").into_bytes())
                .collect()
        };
        folder.write(&[
            (
                "replace-record.txt",
                lines(&found.records, ReplacementKind::Text),
            ),
            (
                "replace-text.txt",
                lines(&found.texts, ReplacementKind::Text),
            ),
            (
                "replace-message.txt",
                lines(&found.messages, ReplacementKind::Text),
            ),
            ("rename.txt", lines(&found.names, ReplacementKind::Name)),
            ("strip-blobs.txt", listed(&found.strip)),
            ("lfs-objects.txt", listed(&found.lfs)),
            ("purge.py", include_bytes!("files/purge.py").to_vec()),
            (
                "purge_git.py",
                include_bytes!("files/purge_git.py").to_vec(),
            ),
            (
                "purge_push.py",
                include_bytes!("files/purge_push.py").to_vec(),
            ),
            (
                "purge_refs.py",
                include_bytes!("files/purge_refs.py").to_vec(),
            ),
            (
                "purge_texts.py",
                include_bytes!("files/purge_texts.py").to_vec(),
            ),
            ("purge.sh", script::commands(self).into_bytes()),
            ("README.md", script::steps(self, folder.path()).into_bytes()),
        ])
    }
}
