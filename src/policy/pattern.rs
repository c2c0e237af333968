//! Path patterns of the configuration: globs from the repository's root.

use std::fmt;
use std::str::FromStr;

use globset::{Candidate, GlobBuilder, GlobSet};

/// A glob for paths from the repository's root. `*` and `?` do not match `/`; `**` matches any
/// number of directories.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    paths: GlobSet,
    /// For a pattern that ends in `/**`, the glob before that: the directories whose whole content
    /// the pattern matches. `None` for any other pattern.
    folder: Option<GlobSet>,
}

impl Pattern {
    /// The maximum length of a pattern in bytes. A longer one is a mistake or an attack.
    const LONGEST: usize = 1024;

    /// Returns the reason why no path in a repository can match `text`, worded to follow the text
    /// in an error message; `None` if a path can match.
    fn fault(text: &str) -> Option<&'static str> {
        let has_drive =
            text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
        let has = |wanted| text.split('/').any(|part| part == wanted);
        let faults = [
            (text.trim().is_empty(), "is empty"),
            (
                text.len() > Self::LONGEST,
                "is too long; a pattern has at most 1024 bytes",
            ),
            (
                text.chars().any(char::is_control),
                "holds a control character",
            ),
            (
                text.starts_with(['/', '\\']) || has_drive,
                "is absolute; patterns begin at the repository's root, without a slash",
            ),
            (
                has(".."),
                "has `..` as a part: write the path from the repository's root",
            ),
            (
                has("."),
                "has `.` as a part of the path; leave that part out",
            ),
            (
                text.ends_with('/'),
                "ends with a slash; to match everything below a folder, write `folder/**`",
            ),
        ];
        faults
            .into_iter()
            .find(|(is_so, _)| *is_so)
            .map(|(_, fault)| fault)
    }

    /// Returns true if the pattern matches `path`.
    pub fn matches(&self, path: &[u8]) -> bool {
        self.paths.is_match_candidate(&Candidate::from_bytes(path))
    }

    /// Returns true if the pattern matches `path` or a directory above it.
    pub fn covers(&self, path: &[u8]) -> bool {
        let ends = path
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'/')
            .map(|(end, _)| end);
        ends.chain([path.len()]).any(|end| {
            let candidate = Candidate::from_bytes(&path[..end]);
            let is_all_below =
                |folder: &GlobSet| end < path.len() && folder.is_match_candidate(&candidate);
            self.paths.is_match_candidate(&candidate)
                || self.folder.as_ref().is_some_and(is_all_below)
        })
    }

    /// Returns true if the pattern matches everything below `folder`, so that a scan need not enter
    /// it.
    pub fn shuts(&self, folder: &[u8]) -> bool {
        self.covers(folder) || self.covers(&[folder, b"/"].concat())
    }
}

/// Compiles a set of one glob. A set, unlike a single matcher, returns an error for a glob that is
/// too large to compile, and needs no regex for a simple one.
fn glob(text: &str) -> Result<GlobSet, String> {
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    let set = glob.and_then(|glob| GlobSet::builder().add(glob).build());
    set.map_err(|error| format!("is not a glob: {}", error.kind()))
}

/// Parses a pattern. The error is worded to follow the text in a message. It says that the text is
/// not a glob, or why no path in a repository can match it.
impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(fault) = Self::fault(text) {
            return Err(fault.to_owned());
        }
        let folder = text.strip_suffix("/**").map(glob).transpose()?;
        Ok(Pattern {
            text: text.to_owned(),
            paths: glob(text)?,
            folder,
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn pattern(text: &str) -> Pattern {
        text.parse().unwrap()
    }

    #[test]
    fn stars_stay_within_a_name_and_double_stars_cross_folders() {
        let matches = |text: &str, path: &str| pattern(text).matches(path.as_bytes());
        for (pattern, path) in [
            ("docs/**", "docs/a/b"),
            ("**/*.lock", "a/b.lock"),
            ("**/x", "x"),
            ("*.md", "a.md"),
            ("a/{b,c}/?", "a/c/d"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("docs/**", "docs"),
            ("*.md", "a/b.md"),
            ("docs", "docs/a"),
            ("A", "a"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
        assert!(
            pattern("a/*").matches(b"a/\xff"),
            "a path need not be UTF-8"
        );
    }

    #[test]
    fn a_pattern_covers_everything_in_a_folder() {
        for (text, path) in [
            ("vendor", "vendor/a/b"),
            ("vendor/**", "vendor/a/b"),
            ("**/dist", "a/dist/b"),
            ("a/*", "a/b/c"),
        ] {
            assert!(pattern(text).covers(path.as_bytes()), "{text} {path}");
        }
        assert!(
            !pattern("vendor/**").covers(b"vendor"),
            "a file of the folder's name"
        );
        assert!(pattern("vendor/**").shuts(b"vendor"));
        assert!(!pattern("vendor/*.js").shuts(b"vendor"));
    }

    #[test]
    fn invalid_patterns_are_refused() {
        let long = "x".repeat(2000);
        let deep = "{a,".repeat(300) + &"}".repeat(300);
        let wrong = [
            "", " ", "/etc/**", "\\x", "C:/x", "../x", "a/../b", "./a", "a/./b", "a/", "a\0b",
            "a\nb", "{", "[", "a{b", &long, &deep,
        ];
        for text in wrong {
            assert!(text.parse::<Pattern>().is_err(), "{text}");
        }
    }
}
