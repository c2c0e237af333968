//! The check that git ignores every name of an env file and no template. Makes one finding for each
//! ignore file to change.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::detect::redact::shown_path;
use crate::env::content::{self, Content};
use crate::env::file::{self, FileContent};
use crate::env::ignore::{Decision, IgnoreRules, folder_of};
use crate::env::{COMMITTED_NAMES, Role};
use crate::model::blob::{Blob, Origin};
use crate::model::finding::{Name, Reason, Says};
use crate::model::rule::Severity;
use crate::model::skip::Skip;
use crate::model::survey::Surveyed;

use super::gaps::{Gaps, IgnoreFile, NameFault, NameKind};
use super::index::Tracked;
use super::pointers::ReferredFile;
use super::reasons::Reasons;
use super::tree::{EnvFolder, Tree};
use super::values::holds_credential;
use super::variants::{self, ALWAYS};
use super::{Audit, EnvSurvey, WantedRules};

/// The check that ignore rules cover all env files: its input, and the faults and skips found so
/// far.
pub struct Coverage<'a> {
    survey: &'a EnvSurvey<'a>,
    tracked: &'a Tracked,
    gaps: Gaps,
    wanted: WantedRules,
    /// The reason why git cannot read an ignore file, by path; `None` if git can read the file.
    unread: HashMap<Vec<u8>, Option<String>>,
    skips: Vec<Skip>,
}

impl<'a> Coverage<'a> {
    /// Creates the check of the ignore rules of this machine (`here`) and of every clone
    /// (`clones`).
    pub fn new(
        top: &Path,
        here: IgnoreRules,
        clones: IgnoreRules,
        tracked: &'a Tracked,
        survey: &'a EnvSurvey<'a>,
    ) -> Self {
        let wanted = WantedRules {
            top: top.to_owned(),
            ignored: Vec::new(),
            kept: Vec::new(),
            left: Vec::new(),
            here,
            clones,
        };
        Coverage {
            survey,
            tracked,
            gaps: Gaps::default(),
            wanted,
            unread: HashMap::new(),
            skips: Vec::new(),
        }
    }

    /// Checks the `pointed` files, and every name of an env file or template in the directories of
    /// `tree`. Names of env files that do not exist are checked only in directories that have a
    /// reason to expect env files. In `below`, where the audit begins, the most common names are
    /// checked without a reason.
    pub fn judge(
        &mut self,
        tree: &Tree,
        below: &[u8],
        reasons: &Reasons,
        pointed: &[ReferredFile],
    ) {
        // Files that other files refer to come first: they matter more than a name that any project
        // may use.
        for pointed in pointed {
            let reasons = [pointed.reason()].into();
            self.sensitive(&Name {
                path: pointed.path.clone(),
                severity: Severity::Error,
                reasons,
            });
        }
        for (path, folder) in &tree.folders {
            let join = |name: &[u8]| {
                if path.is_empty() {
                    name.to_vec()
                } else {
                    [path, &b"/"[..], name].concat()
                }
            };
            let said = reasons.in_folder(path);
            for name in variants::there(folder, Role::Sensitive) {
                self.file(
                    join(name),
                    said.as_ref().map(|(reasons, _)| reasons.clone()),
                );
            }
            if !folder.hidden {
                self.names(folder, &join, said, path == below);
            }
            for name in variants::templates(folder) {
                let is_there = variants::there(folder, Role::Template).any(|known| *known == name);
                self.template(join(&name), is_there);
            }
            if folder.has_envrc {
                self.envrc(join(b".envrc"));
            }
            COMMITTED_NAMES
                .iter()
                .for_each(|name| self.committed(join(name.as_bytes())));
        }
        for path in &tree.bystanders {
            let name = path.strip_suffix(b"/").unwrap_or(path);
            if !self.wanted.here.ignores(name, name.len() < path.len()) {
                self.wanted.kept.push(path.clone());
            }
        }
    }

    /// Checks names of env files that may appear in `folder`. `is_start` is true for the directory
    /// where the audit begins.
    fn names(
        &mut self,
        folder: &EnvFolder,
        join: &dyn Fn(&[u8]) -> Vec<u8>,
        said: Option<(Arc<[Reason]>, bool)>,
        is_start: bool,
    ) {
        let (reasons, is_strong) = said.unwrap_or_default();
        let names = match (reasons.is_empty(), is_start) {
            (false, _) => variants::sensitive(folder, &self.survey.policy.config.env_names),
            (true, true) => ALWAYS.iter().map(|name| name.as_bytes().to_vec()).collect(),
            (true, false) => return,
        };
        for name in names {
            let is_named = self
                .survey
                .policy
                .config
                .env_names
                .iter()
                .any(|named| named.as_bytes() == name);
            let severity = if is_strong && (name == b".env" || is_named) {
                Severity::Error
            } else {
                Severity::Warning
            };
            self.sensitive(&Name {
                path: join(&name),
                severity,
                reasons: reasons.clone(),
            });
        }
    }

    /// Returns the results of this check. The caller adds those of the other checks.
    pub fn into_audit(mut self) -> Audit {
        let gaps = std::mem::take(&mut self.gaps);
        let findings = gaps.into_findings(|change| self.ignore_file(change));
        let mut skips = self.wanted.here.skips();
        skips.append(&mut self.skips);
        let surveyed = Surveyed {
            findings,
            skips,
            ..Surveyed::default()
        };
        Audit {
            surveyed,
            wanted: self.wanted,
        }
    }

    /// Checks an existing env file.
    fn file(&mut self, path: Vec<u8>, reasons: Option<Arc<[Reason]>>) {
        let own = || {
            [Reason {
                file: path.clone(),
                line: None,
                says: Says::IsEnvFile,
            }]
            .into()
        };
        let reasons = reasons.unwrap_or_else(own);
        let is_ignored =
            self.wanted.here.ignores(&path, false) && self.wanted.clones.ignores(&path, false);
        if !is_ignored && self.is_encrypted(&path) {
            return self.wanted.kept.push(path);
        }
        self.sensitive(&Name {
            path,
            severity: Severity::Error,
            reasons,
        });
    }

    /// Checks that the path `name` is ignored. A tracked path is skipped, because ignore rules do
    /// not affect it.
    fn sensitive(&mut self, name: &Name) {
        if self.tracked.has(&name.path) {
            return;
        }
        let here = self.wanted.here.decide(&name.path, false);
        let clones = self.wanted.clones.decide(&name.path, false);
        let ignored =
            |decision: &Option<Decision>| decision.as_ref().is_some_and(|rule| !rule.negated);
        let (is_here, is_in_clones) = (ignored(&here), ignored(&clones));
        let path = name.path.clone();
        if is_here && is_in_clones {
            return self.wanted.ignored.push(path);
        }
        let committed = self
            .survey
            .policy
            .committed_path(&path)
            .map(|committed| committed.reason.clone());
        match committed {
            Some(_) if !is_here => self.wanted.kept.push(path),
            Some(_) => {}
            None => self.wanted.ignored.push(path),
        }
        let decision = if is_here { here } else { here.or(clones) };
        let note = decision
            .as_ref()
            .filter(|_| is_here)
            .and_then(|decision| self.why_only_here(decision));
        let (name, kind) = (name.clone(), NameKind::EnvFile);
        self.gaps.add(NameFault {
            name,
            kind,
            committed,
            decision,
            is_open: !is_here,
            note,
        });
    }

    /// Checks that the template at `path` is not ignored. A tracked path causes no finding, because
    /// ignore rules do not affect it.
    fn template(&mut self, path: Vec<u8>, is_there: bool) {
        let folder = folder_of(&path);
        if !folder.is_empty() && self.wanted.here.ignores(folder, true) {
            return; // No rule can re-include the path.
        }
        let here = self.wanted.here.decide(&path, false);
        let decision = here.filter(|rule| !rule.negated);
        if let Some(decision) = decision.filter(|_| !self.tracked.has(&path)) {
            let kind = if is_there {
                NameKind::Template
            } else {
                NameKind::PossibleTemplate
            };
            let name = Name {
                path: path.clone(),
                severity: Severity::Warning,
                reasons: [].into(),
            };
            let decision = Some(decision);
            self.gaps.add(NameFault {
                name,
                kind,
                committed: None,
                decision,
                is_open: false,
                note: None,
            });
        }
        self.wanted.kept.push(path);
    }

    /// Records that `path`, which is meant to be committed, must stay ignored or not ignored as it
    /// is now.
    fn committed(&mut self, path: Vec<u8>) {
        if self.wanted.here.ignores(&path, false) {
            self.wanted.left.push(path);
        } else {
            self.wanted.kept.push(path);
        }
    }

    /// Checks an `.envrc`. Most projects commit this file, so it should be ignored only if it holds
    /// a credential.
    fn envrc(&mut self, path: Vec<u8>) {
        let text = match self.read(&path) {
            FileContent::Text(text) => text,
            FileContent::Unread(reason, detail) => {
                return self
                    .skips
                    .push(Skip::new(Origin::File(file::path(&path)), reason, detail));
            }
            FileContent::Link | FileContent::Folder | FileContent::Absent => return,
        };
        if holds_credential(&text) {
            let reasons = [Reason {
                file: path.clone(),
                line: None,
                says: Says::IsEnvFile,
            }]
            .into();
            self.sensitive(&Name {
                path,
                severity: Severity::Error,
                reasons,
            });
        }
    }

    /// Returns the state of the ignore file `name`, which should be changed.
    fn ignore_file(&mut self, name: &[u8]) -> IgnoreFile {
        let is_there =
            self.wanted.here.reads(name) || !matches!(self.read(name), FileContent::Absent);
        IgnoreFile {
            is_there,
            why_unread: self.why_unread(name),
        }
    }

    /// Returns the reason why `decision` ignores a path on this machine but not in clones; `None`
    /// if its ignore file is outside the work tree.
    fn why_only_here(&mut self, decision: &Decision) -> Option<String> {
        let (file, shown) = (decision.file(), shown_path(decision.file()));
        if !decision.in_tree() {
            return None;
        }
        Some(
            if self.wanted.here.ignores(file, false) && !self.tracked.has(file) {
                format!("{shown} is itself ignored, so no clone has it: add it with `git add -f`.")
            } else {
                "Git ignores the case of names on this machine (core.ignoreCase), but not on every machine."
                    .to_owned()
            },
        )
    }

    /// Returns the reason why git cannot read the ignore file `name`; `None` if git can read it, or
    /// if it is missing.
    fn why_unread(&mut self, name: &[u8]) -> Option<String> {
        if let Some(known) = self.unread.get(name) {
            return known.clone();
        }
        let shown = shown_path(name);
        let why = match self.read(name) {
            FileContent::Link => Some(format!(
                "{shown} is a symbolic link, which git does not follow: replace it with a file."
            )),
            FileContent::Text(text)
                if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") =>
            {
                Some(format!(
                    "{shown} is in UTF-16, which git cannot read: save it as UTF-8."
                ))
            }
            _ => None,
        };
        self.unread.insert(name.to_vec(), why.clone());
        why
    }

    fn is_encrypted(&self, path: &[u8]) -> bool {
        let FileContent::Text(text) = self.read(path) else {
            return false;
        };
        let found = self
            .survey
            .scanner
            .scan(&Blob::whole(&Origin::File(file::path(path)), &text));
        content::judge(path, &text, &found) == Content::Encrypted
    }

    fn read(&self, path: &[u8]) -> FileContent {
        file::read(
            &self.wanted.top.join(file::path(path)),
            self.survey.file_size(),
        )
    }
}
