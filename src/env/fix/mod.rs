//! Plans the smallest additions to ignore files so that git ignores every env file and no template.
//!
//! Each addition is applied to the rules in memory, and its effect on every relevant path is
//! checked before any file is written.

mod block;
mod diff;
mod lines;
mod write;

use std::collections::{BTreeMap, HashMap};

use crate::error::Result;

use super::audit::WantedRules;
use super::ignore::{IgnoreRules, folder_of};
use block::IgnoreText;

/// The largest number of rounds of additions and checks. Each further round handles one rule that
/// overrides another, and ignore files have few of these.
const ROUNDS: usize = 12;

/// The ignore file at the root of the work tree.
const TOP_FILE: &[u8] = b".gitignore";

/// A change of an ignore file.
pub struct IgnoreChange {
    /// The path of the file in the repository.
    pub file: Vec<u8>,
    /// The content before the change; `None` if the file does not exist.
    before: Option<Vec<u8>>,
    /// The content after the change.
    after: Vec<u8>,
}

/// Plans the changes of ignore files after which git treats all paths as in `wanted`. `names` are
/// the file names that the configuration declares to be env files.
///
/// # Errors
///
/// When an ignore file cannot be changed: it is a link, a folder, unreadable, read-only, or in
/// UTF-16.
pub fn plan(wanted: WantedRules, names: &[String]) -> Result<Vec<IgnoreChange>> {
    let top = wanted.top.clone();
    let mut plan = FixPlan {
        wanted,
        names,
        texts: BTreeMap::new(),
    };
    for _ in 0..ROUNDS {
        let additions = plan.additions();
        if additions.is_empty() {
            break;
        }
        for (file, lines) in additions {
            plan.add(&file, lines)?;
        }
    }
    let changes = plan.texts.into_iter().map(|(file, text)| {
        let after = text.with_block();
        IgnoreChange {
            file,
            before: text.before,
            after,
        }
    });
    let changes: Vec<IgnoreChange> = changes.collect();
    changes
        .iter()
        .try_for_each(|change| write::check(&top, change))?;
    Ok(changes)
}

impl IgnoreChange {
    /// Returns the change as a unified diff, masked and escaped for display.
    pub fn diff(&self) -> String {
        diff::unified(&self.file, self.before.as_deref(), &self.after)
    }

    /// Writes the change atomically.
    ///
    /// # Errors
    ///
    /// When the file cannot be written, or has changed since the plan was made.
    pub fn make(&self, top: &std::path::Path) -> Result<()> {
        write::replace(top, self)
    }
}

struct FixPlan<'a> {
    wanted: WantedRules,
    names: &'a [String],
    /// The ignore files to be changed.
    texts: BTreeMap<Vec<u8>, IgnoreText>,
}

impl FixPlan<'_> {
    /// Returns the lines that are still missing, by ignore file.
    fn additions(&mut self) -> BTreeMap<Vec<u8>, Vec<Vec<u8>>> {
        let mut open: BTreeMap<Vec<u8>, Vec<&[u8]>> = BTreeMap::new();
        let WantedRules {
            ignored,
            kept,
            left,
            here,
            clones,
            ..
        } = &mut self.wanted;
        for path in ignored.iter() {
            let undone = [here.decide(path, false), clones.decide(path, false)];
            if let Some(decision) = undone
                .iter()
                .find(|decision| decision.as_ref().is_none_or(|rule| rule.negated))
            {
                let file = decision.as_ref().map_or(TOP_FILE, |rule| rule.file());
                open.entry(file.to_vec()).or_default().push(path);
            }
        }
        let mut additions: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = open
            .into_iter()
            .map(|(file, paths)| (file.clone(), lines::ignoring(&file, &paths, self.names)))
            .collect();
        if !additions.is_empty() {
            return additions;
        }
        // Directories first: a path in an ignored directory cannot be re-included.
        let mut folders = HashMap::new();
        for path in kept.iter() {
            if let Some(file) = taken_back_in(path, here, clones, &mut folders) {
                additions
                    .entry(file.clone())
                    .or_default()
                    .push(lines::keeping(&file, path, left));
            }
        }
        additions
    }

    fn add(&mut self, file: &[u8], lines: Vec<Vec<u8>>) -> Result<()> {
        if !self.texts.contains_key(file) {
            let text = write::read(&self.wanted.top, file)?;
            if text.before.is_none() && self.wanted.here.reads(file) {
                return Err(write::left_out(file));
            }
            self.texts.insert(file.to_vec(), text);
        }
        let Some(text) = self.texts.get_mut(file) else {
            return Ok(());
        };
        text.add(lines);
        let after = text.with_block();
        self.wanted.here = self.wanted.here.with(file, after.clone());
        self.wanted.clones = self.wanted.clones.with(file, after);
        Ok(())
    }
}

/// Returns the ignore file in which `path` can be re-included; `None` if `path` is not ignored, or
/// is in an ignored directory.
fn taken_back_in(
    path: &[u8],
    here: &mut IgnoreRules,
    clones: &mut IgnoreRules,
    folders: &mut HashMap<Vec<u8>, bool>,
) -> Option<Vec<u8>> {
    let (name, is_dir) = path
        .strip_suffix(b"/")
        .map_or((path, false), |name| (name, true));
    let decide = |rules: &mut IgnoreRules| rules.decide(name, is_dir).filter(|rule| !rule.negated);
    let decision = decide(here).or_else(|| decide(clones))?;
    let folder = folder_of(name);
    let lost = *folders
        .entry(folder.to_vec())
        .or_insert_with(|| !folder.is_empty() && here.ignores(folder, true));
    let file = if decision.in_tree() {
        decision.file()
    } else {
        TOP_FILE
    };
    (!lost).then(|| file.to_vec())
}
