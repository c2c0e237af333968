//! The limits on a run's report that the user sets with flags.

use crate::policy::pattern::Pattern;

/// The rules that a run is limited to, and the paths that it excludes.
#[derive(Clone, Debug, Default)]
pub struct Limit {
    /// The ids of the rules whose findings are reported; all rules if empty.
    pub rules: Vec<&'static str>,
    /// The patterns of excluded paths: nothing is reported about a file that matches.
    pub exclude: Vec<Pattern>,
}

impl Limit {
    /// Returns true if there is no limit.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.exclude.is_empty()
    }

    /// Returns true if findings of this rule are reported.
    pub fn has_rule(&self, id: &str) -> bool {
        self.rules.is_empty() || self.rules.contains(&id)
    }

    /// Returns the first pattern that excludes `path` or a directory above it; `None` if no pattern
    /// does.
    pub fn excluding(&self, path: &[u8]) -> Option<&Pattern> {
        self.exclude.iter().find(|pattern| pattern.covers(path))
    }

    /// Returns the pattern that excludes the first of `paths`, if every path is excluded; `None` if
    /// a path is not excluded, or if there are no paths.
    pub fn excluding_all<'p>(&self, mut paths: impl Iterator<Item = &'p [u8]>) -> Option<&Pattern> {
        let first = self.excluding(paths.next()?)?;
        paths
            .all(|path| self.excluding(path).is_some())
            .then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::Limit;

    #[test]
    fn several_paths_are_excluded_only_together() {
        let limit = Limit {
            rules: vec!["legacy-token"],
            exclude: vec!["tests/**".parse().unwrap(), "*.md".parse().unwrap()],
        };
        let excludes = |paths: &[&str]| {
            let paths = paths.iter().map(|path| path.as_bytes());
            limit.excluding_all(paths).map(ToString::to_string)
        };
        assert_eq!(excludes(&["a.md", "tests/x/y"]).as_deref(), Some("*.md"));
        assert_eq!(excludes(&["tests/x", "src/x"]), None);
        assert_eq!(excludes(&[]), None);
        assert!(limit.has_rule("legacy-token") && !limit.has_rule("session-cookie"));
        assert!(Limit::default().has_rule("session-cookie"));
    }
}
