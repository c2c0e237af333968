//! Leaves out the paths that exclude patterns match, and counts them for each pattern.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::blob::path_bytes;
use crate::policy::pattern::Pattern;

use super::super::LeftOut;

/// The patterns of paths to leave out, each with the number of paths that it has left out so far.
#[derive(Default)]
pub struct LeaveOut {
    top: PathBuf,
    patterns: Vec<(Pattern, AtomicU64)>,
}

/// The patterns that apply to the files below one root of a scan.
#[derive(Clone)]
pub struct RootPatterns<'a> {
    patterns: Vec<&'a (Pattern, AtomicU64)>,
    root: PathBuf,
    /// The path of the root, relative to the directory that patterns are relative to.
    prefix: PathBuf,
}

impl LeaveOut {
    /// Leaves out the paths that `patterns` match. Patterns are relative to `top`.
    pub fn new(top: &Path, patterns: Vec<Pattern>) -> Self {
        let top = top.canonicalize().unwrap_or_else(|_| top.to_owned());
        LeaveOut {
            top,
            patterns: patterns
                .into_iter()
                .map(|pattern| (pattern, AtomicU64::new(0)))
                .collect(),
        }
    }

    /// Returns the root of the repository, which patterns are relative to; `None` if it was not
    /// set.
    pub fn top(&self) -> Option<&Path> {
        Some(self.top.as_path()).filter(|top| *top != Path::new(""))
    }

    /// Returns the patterns that apply to the files below `root`. A pattern that matches `root`
    /// itself is ignored, because the user asked to scan `root`.
    pub fn below(&self, root: &Path) -> RootPatterns<'_> {
        let real = root.canonicalize().ok();
        let prefix = real
            .as_ref()
            .and_then(|real| real.strip_prefix(&self.top).ok());
        let inside = |prefix: &Path| {
            let slashed = slashed(prefix);
            let means_root = |pattern: &Pattern| !slashed.is_empty() && pattern.shuts(&slashed);
            self.patterns
                .iter()
                .filter(|(pattern, _)| !means_root(pattern))
                .collect()
        };
        let patterns = prefix.map_or_else(Vec::new, inside);
        RootPatterns {
            patterns,
            root: root.to_owned(),
            prefix: prefix.unwrap_or(Path::new("")).to_owned(),
        }
    }

    /// Returns the numbers of paths left out so far, in the order of the patterns.
    pub fn so_far(&self) -> Vec<LeftOut> {
        let counts = self
            .patterns
            .iter()
            .map(|(pattern, count)| (pattern, count.load(Ordering::Relaxed)));
        let some = counts.filter(|(_, count)| *count > 0);
        some.map(|(pattern, paths)| LeftOut {
            pattern: pattern.to_string(),
            paths,
        })
        .collect()
    }
}

impl RootPatterns<'_> {
    /// Returns true if a pattern matches this path, and counts the path as left out.
    pub fn takes(&self, path: &Path, is_folder: bool) -> bool {
        self.find(path, is_folder)
            .map(|count| count.fetch_add(1, Ordering::Relaxed))
            .is_some()
    }

    /// Returns true if a pattern matches this path, without counting it. The path need not exist.
    pub fn means(&self, path: &Path, is_folder: bool) -> bool {
        self.find(path, is_folder).is_some()
    }

    /// Returns the count of the first pattern that matches this path; `None` if no pattern matches.
    fn find(&self, path: &Path, is_folder: bool) -> Option<&AtomicU64> {
        if self.patterns.is_empty() {
            return None;
        }
        let below = path.strip_prefix(&self.root).ok()?;
        let path = slashed(&self.prefix.join(below));
        let means = |pattern: &Pattern| {
            if is_folder {
                pattern.shuts(&path)
            } else {
                pattern.covers(&path)
            }
        };
        self.patterns
            .iter()
            .find(|(pattern, _)| means(pattern))
            .map(|(_, count)| count)
    }
}

/// Returns the bytes of a path with `/` between its parts, also on Windows, as in patterns.
pub fn slashed(path: &Path) -> Vec<u8> {
    let bytes = path_bytes(path).to_vec();
    if cfg!(windows) {
        bytes
            .into_iter()
            .map(|byte| if byte == b'\\' { b'/' } else { byte })
            .collect()
    } else {
        bytes
    }
}
