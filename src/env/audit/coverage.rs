//! Whether ignore rules say of every variant what they should.

use std::collections::HashMap;
use std::path::Path;

use crate::blob::Origin;
use crate::env::file::{self, Content};
use crate::env::ignore::{Decision, Rules, folder_of};
use crate::env::{COMMITTED_NAMES, Role, is_encrypted};
use crate::finding::{Finding, IgnoreRule, Ignoring};
use crate::redact::shown_path;
use crate::rule::{Confidence, Rule};
use crate::rules::{ENV_IGNORED_ONLY_LOCALLY, ENV_NOT_IGNORED, ENV_TEMPLATE_IGNORED};

use super::index::Tracked;
use super::pointers::Pointed;
use super::tree::{Folder, Tree};
use super::values::holds_credential;
use super::variants::{self, Variant};
use super::{Audit, MAX_SIZE, Request, Wanted};

/// The ignore file at the top, where a rule reaches every folder.
const TOP_FILE: &[u8] = b".gitignore";

/// How many characters of a rule are shown.
const LONGEST_LINE: usize = 200;

/// The judgement in progress.
pub struct Coverage<'a> {
    request: &'a Request<'a>,
    tracked: &'a Tracked,
    findings: Vec<Finding>,
    wanted: Wanted,
    /// Why git does not read an ignore file, by its name.
    unread: HashMap<Vec<u8>, Option<String>>,
}

impl<'a> Coverage<'a> {
    /// A judgement by the rules `here` and those of `clones`.
    pub fn new(top: &Path, here: Rules, clones: Rules, tracked: &'a Tracked, request: &'a Request<'a>) -> Self {
        let wanted =
            Wanted { top: top.to_owned(), ignored: Vec::new(), kept: Vec::new(), left: Vec::new(), here, clones };
        Coverage { request, tracked, findings: Vec::new(), wanted, unread: HashMap::new() }
    }

    /// Tries every variant in every folder, and what other files point at.
    pub fn judge(&mut self, tree: &Tree, pointed: &[Pointed]) {
        for (path, folder) in &tree.folders {
            let join = |name: &[u8]| if path.is_empty() { name.to_vec() } else { [path, &b"/"[..], name].concat() };
            for variant in variants::sensitive(folder, &self.request.policy.env_names) {
                self.sensitive(join(&variant.name), folder, &variant, None);
            }
            for variant in variants::templates(folder) {
                self.template(join(&variant.name), variant.confidence);
            }
            if folder.has_envrc {
                self.envrc(join(b".envrc"));
            }
            COMMITTED_NAMES.iter().for_each(|name| self.committed(join(name.as_bytes())));
        }
        for pointed in pointed.iter().filter(|pointed| !self.tracked.has(&pointed.path)) {
            let variant = Variant { name: Vec::new(), confidence: Confidence::Medium };
            self.sensitive(pointed.path.clone(), &Folder::default(), &variant, Some(pointed.note()));
        }
        for path in &tree.bystanders {
            let name = path.strip_suffix(b"/").unwrap_or(path);
            if !self.wanted.here.ignores(name, name.len() < path.len()) {
                self.wanted.kept.push(path.clone());
            }
        }
    }

    /// What came of it; without what others find out.
    pub fn into_audit(self) -> Audit {
        let skips = self.wanted.here.skips();
        Audit { findings: self.findings, skips, files: 0, bytes: 0, wanted: self.wanted }
    }

    /// A path that should be ignored.
    fn sensitive(&mut self, path: Vec<u8>, folder: &Folder, variant: &Variant, note: Option<String>) {
        let here = self.wanted.here.decide(&path, false);
        let clones = self.wanted.clones.decide(&path, false);
        let ignored = |decision: &Option<Decision>| decision.as_ref().is_some_and(|rule| !rule.negated);
        let (is_here, is_in_clones) = (ignored(&here), ignored(&clones));
        if is_here && is_in_clones {
            self.wanted.ignored.push(path);
            return;
        }
        if self.is_there(folder, variant) && self.is_encrypted(&path) {
            return self.wanted.kept.push(path);
        }
        if self.request.policy.committed_path(&path).is_some() {
            self.wanted.kept.extend((!is_here).then(|| path.clone()));
        } else {
            self.wanted.ignored.push(path.clone());
        }
        let rule = if is_here { &ENV_IGNORED_ONLY_LOCALLY } else { &ENV_NOT_IGNORED };
        let decision = if is_here { here } else { here.or(clones) };
        let note = note.or_else(|| self.why_only_here(decision.as_ref().filter(|_| is_here)?));
        self.find(rule, path, variant.confidence, decision, note);
    }

    /// A path that should not be ignored, unless it is tracked, and so cannot be.
    fn template(&mut self, path: Vec<u8>, confidence: Confidence) {
        let folder = folder_of(&path);
        if !folder.is_empty() && self.wanted.here.ignores(folder, true) {
            return; // No rule could take it back.
        }
        let here = self.wanted.here.decide(&path, false);
        let decision = here.filter(|rule| !rule.negated);
        if let Some(decision) = decision.filter(|_| !self.tracked.has(&path)) {
            self.find(&ENV_TEMPLATE_IGNORED, path.clone(), confidence, Some(decision), None);
        }
        self.wanted.kept.push(path);
    }

    /// A path that is meant to be committed: it stays as it is.
    fn committed(&mut self, path: Vec<u8>) {
        if self.wanted.here.ignores(&path, false) {
            self.wanted.left.push(path);
        } else {
            self.wanted.kept.push(path);
        }
    }

    /// An `.envrc` is committed more often than not; only a credential in it makes it sensitive.
    fn envrc(&mut self, path: Vec<u8>) {
        let Content::Text(text) = self.read(&path) else { return };
        if holds_credential(&text) {
            let variant = Variant { name: b".envrc".to_vec(), confidence: Confidence::High };
            let note = "It holds a credential.".to_owned();
            self.sensitive(path, &Folder::default(), &variant, Some(note));
        }
    }

    fn find(
        &mut self,
        rule: &'static Rule,
        path: Vec<u8>,
        confidence: Confidence,
        decision: Option<Decision>,
        note: Option<String>,
    ) {
        let change = decision.as_ref().filter(|decision| decision.in_tree()).map_or(TOP_FILE, Decision::file).to_vec();
        let rule_line = decision.map(|decision| IgnoreRule {
            file: decision.file().to_vec(),
            line: decision.line,
            text: shown_line(decision.text()),
        });
        let mut finding = Finding::of_file(rule, Origin::File(file::path(&path)));
        finding.confidence = confidence;
        finding.note = note.or_else(|| self.why_unread(&change));
        finding.ignoring = Some(Ignoring { change, rule: rule_line });
        self.findings.push(finding);
    }

    /// Why a rule of the work tree ignores a path on this machine only.
    fn why_only_here(&mut self, decision: &Decision) -> Option<String> {
        let (file, shown) = (decision.file(), shown_path(decision.file()));
        if !decision.in_tree() {
            return None;
        }
        Some(if self.wanted.here.ignores(file, false) && !self.tracked.has(file) {
            format!("{shown} is itself ignored, so no clone has it: `git add -f` adds it all the same.")
        } else {
            "Small and capital letters are the same here (core.ignoreCase), but not everywhere.".to_owned()
        })
    }

    /// Why git does not read an ignore file that is there.
    fn why_unread(&mut self, name: &[u8]) -> Option<String> {
        if let Some(known) = self.unread.get(name) {
            return known.clone();
        }
        let shown = shown_path(name);
        let why = match self.read(name) {
            Content::Link => Some(format!("{shown} is a symbolic link, which git does not follow: make it a file.")),
            Content::Text(text) if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") => {
                Some(format!("{shown} is in UTF-16, which git cannot read: save it as UTF-8."))
            }
            _ => None,
        };
        self.unread.insert(name.to_vec(), why.clone());
        why
    }

    fn is_there(&self, folder: &Folder, variant: &Variant) -> bool {
        folder.files.iter().any(|found| found.role == Role::Sensitive && found.name == variant.name)
    }

    fn is_encrypted(&self, path: &[u8]) -> bool {
        matches!(self.read(path), Content::Text(text) if is_encrypted(&text))
    }

    fn read(&self, path: &[u8]) -> Content {
        file::read(&self.wanted.top.join(file::path(path)), self.request.file_size.unwrap_or(MAX_SIZE))
    }
}

/// A line of an ignore file, fit to be shown: nobody reads the end of a long one.
fn shown_line(line: &[u8]) -> String {
    let shown = shown_path(&line[..line.len().min(4 * LONGEST_LINE)]);
    let cut: String = shown.chars().take(LONGEST_LINE).collect();
    if cut.len() < shown.len() || line.len() > 4 * LONGEST_LINE { format!("{cut}…") } else { cut }
}
