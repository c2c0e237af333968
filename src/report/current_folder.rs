//! Makes the paths in a report relative to the current directory, so that terminals can open them.

use super::Report;
use crate::model::blob::Origin;
use crate::model::finding::{Finding, Ignoring, Says};

/// The current directory, as a path from the root of the repository. The default is the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurrentFolder(Vec<u8>);

impl CurrentFolder {
    /// Returns the directory at `path`, a path from the root of the repository with `/` between its
    /// parts.
    pub fn at(path: Vec<u8>) -> Self {
        CurrentFolder(path)
    }

    /// Takes a path from the root of the repository. Returns the same path relative to the current
    /// directory. An absolute path is returned unchanged.
    fn path(&self, path: &[u8]) -> Vec<u8> {
        if self.0.is_empty() || path.starts_with(b"/") {
            return path.to_vec();
        }
        let mut rest = path;
        let mut here = self.0.split(|byte| *byte == b'/').peekable();
        while let Some(shared) = here
            .peek()
            .and_then(|part| rest.strip_prefix(*part)?.strip_prefix(b"/"))
        {
            rest = shared;
            here.next();
        }
        let up: Vec<u8> = here.flat_map(|_| *b"../").collect();
        match rest {
            b"." => up.strip_suffix(b"/").unwrap_or(rest).to_vec(),
            rest => [up.as_slice(), rest].concat(),
        }
    }

    fn origin(&self, origin: &mut Origin) {
        *origin = origin.moved(&|path| self.path(path));
    }

    fn finding(&self, finding: &mut Finding) {
        self.origin(&mut finding.origin);
        for place in &mut finding.occurrences {
            self.origin(&mut place.origin);
        }
        if let Some(ignoring) = &mut finding.ignoring {
            self.ignoring(ignoring);
        }
    }

    fn ignoring(&self, ignoring: &mut Ignoring) {
        ignoring.change = self.path(&ignoring.change);
        if let Some(rule) = &mut ignoring.rule {
            rule.file = self.path(&rule.file);
        }
        for name in &mut ignoring.names {
            name.path = self.path(&name.path);
            let mut reasons = name.reasons.to_vec();
            for reason in &mut reasons {
                reason.file = self.path(&reason.file);
                if let Says::Names(path) = &mut reason.says {
                    *path = self.path(path);
                }
            }
            name.reasons = reasons.into();
        }
    }
}

impl Report {
    /// Makes the paths of files on disk or in the index relative to `current_folder`. Paths in
    /// commits stay as they are.
    pub fn seen_from(&mut self, current_folder: &CurrentFolder) {
        let findings = self.findings.iter_mut();
        findings.for_each(|(finding, _)| current_folder.finding(finding));
        let accepted = self.accepted.iter_mut().map(|(skip, _)| skip);
        for skip in self.skips.iter_mut().chain(accepted) {
            current_folder.origin(&mut skip.origin);
        }
        for submodule in &mut self.not_checked_out.submodules {
            *submodule = current_folder.path(submodule);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CurrentFolder;

    #[test]
    fn paths_are_shown_relative_to_the_current_folder() {
        let seen = |here: &str, path: &str| {
            String::from_utf8(CurrentFolder(here.into()).path(path.as_bytes())).unwrap()
        };
        assert_eq!(seen("", "a/b"), "a/b");
        assert_eq!(seen("", "."), ".");
        assert_eq!(seen("a/c", "."), "../..");
        assert_eq!(seen("a", "a/b"), "b");
        assert_eq!(seen("a/c", "a/b"), "../b");
        assert_eq!(seen("ab", "a/b"), "../a/b");
        assert_eq!(seen("a/b/c", "x"), "../../../x");
        assert_eq!(seen("a", "/etc/gitignore"), "/etc/gitignore");
        // The path of a submodule whose directory is the current directory.
        assert_eq!(seen("a/b", "a/b"), "../b");
    }
}
