//! Paths that the configuration leaves out, counted by the pattern that means them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::blob::path_bytes;
use crate::policy::pattern::Pattern;

use super::super::LeftOut;

/// What is left out, and how often it was.
#[derive(Default)]
pub struct LeaveOut {
    top: PathBuf,
    patterns: Vec<(Pattern, AtomicU64)>,
}

/// What is left out below one root of a scan.
#[derive(Clone)]
pub struct Below<'a> {
    patterns: Vec<&'a (Pattern, AtomicU64)>,
    root: PathBuf,
    /// The root, from where the patterns begin.
    prefix: PathBuf,
}

impl LeaveOut {
    /// Leaves out what `patterns` mean; they begin at `top`.
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

    /// The root of the repository, from where patterns begin; `None` where none was given.
    pub fn top(&self) -> Option<&Path> {
        Some(self.top.as_path()).filter(|top| *top != Path::new(""))
    }

    /// The same for what lies below `root`. A pattern that means the root itself does not count: the root was named.
    pub fn below(&self, root: &Path) -> Below<'_> {
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
        Below {
            patterns,
            root: root.to_owned(),
            prefix: prefix.unwrap_or(Path::new("")).to_owned(),
        }
    }

    /// What was left out so far, in the order of the patterns.
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

impl Below<'_> {
    /// Whether this path is left out; it then counts as one.
    pub fn takes(&self, path: &Path, is_folder: bool) -> bool {
        self.find(path, is_folder)
            .map(|count| count.fetch_add(1, Ordering::Relaxed))
            .is_some()
    }

    /// Whether this path would be left out, were it there.
    pub fn means(&self, path: &Path, is_folder: bool) -> bool {
        self.find(path, is_folder).is_some()
    }

    /// The count of the pattern that means this path.
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

/// A path with `/` between its parts, as patterns have it.
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
