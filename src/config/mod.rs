//! `.ntnguard.yaml`: read, checked, and only then used.

mod schema;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use globset::GlobBuilder;

use crate::error::{Error, Result};
use crate::policy::Committed;
use crate::rule::Confidence;

/// The file's name at the root of a repository.
pub const FILE_NAME: &str = ".ntnguard.yaml";

/// A configuration file over this size is a mistake or an attack.
const MAX_SIZE: u64 = 1024 * 1024;

/// A checked configuration; what it does not say is `None` or empty.
#[derive(Default)]
pub struct Config {
    /// `min-confidence`
    pub min_confidence: Option<Confidence>,
    /// `limits.max-file-size`, in bytes
    pub max_file_size: Option<u64>,
    /// `limits.archive-depth`
    pub archive_depth: Option<usize>,
    /// `limits.decode-depth`
    pub decode_depth: Option<usize>,
    /// `env.committed`
    pub committed: Vec<Committed>,
    /// `env.require`: variables that env files and templates must name
    pub env_required: Vec<String>,
    /// `env.names`: further names of files that hold secrets
    pub env_names: Vec<String>,
}

impl Config {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is no YAML, or says what the schema does not know; with the place in the file.
    pub fn load(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let unreadable = |error: std::io::Error| {
            Error::new(format!("the configuration {name} cannot be read: {error}"))
                .help("check the path, or run with --no-config")
        };
        // What is not a regular file could be waited for, or read, without end.
        if !path.metadata().map_err(unreadable)?.is_file() {
            return Err(Error::new(format!("the configuration {name} is not a file")));
        }
        let mut text = Vec::new();
        File::open(path).and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut text)).map_err(unreadable)?;
        if text.len() as u64 > MAX_SIZE {
            return Err(Error::new(format!("the configuration {name} has more than {MAX_SIZE} bytes")));
        }
        let text = String::from_utf8(text).map_err(|_| Error::new(format!("the configuration {name} is not UTF-8")))?;
        Self::parse(&name, &text)
    }

    /// Checks the text of a configuration; `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// As [`Config::load`].
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let file: schema::File = serde_yaml::from_str(text).map_err(|error| {
            let offset = error.location().map_or(0, |location| location.index());
            Error::new(format!("the configuration {name} is not valid: {error}"))
                .help("the keys are described in the README, under Configuration")
                .at(name, text, offset)
        })?;
        let wrong = |message: String, part: &str| {
            Error::new(format!("the configuration {name} is not valid: {message}")).at(
                name,
                text,
                text.find(part).unwrap_or(0),
            )
        };
        if file.version != 1 {
            return Err(wrong(format!("version {} is not known; this is version 1", file.version), "version"));
        }
        let max_file_size = file.limits.max_file_size.as_deref().map(|size| {
            bytes(size).ok_or_else(|| {
                wrong(format!("`{size}` is no size; write 512KiB, 64MiB, 1GiB or a number of bytes"), size)
            })
        });
        let committed = file.env.committed.into_iter().map(|entry| {
            let path = entry.path.clone();
            entry.check().map_err(|message| wrong(message, &path))
        });
        let is_file_name = |name: &str| !name.is_empty() && !name.contains(['/', '\\', '*', '?', '[', '\n']);
        if let Some(name) = file.env.names.iter().find(|name| !is_file_name(name)) {
            return Err(wrong(format!("`{name}` is no file name; write it without folders and wildcards"), name));
        }
        Ok(Config {
            min_confidence: file.min_confidence,
            max_file_size: max_file_size.transpose()?,
            archive_depth: file.limits.archive_depth,
            decode_depth: file.limits.decode_depth,
            committed: committed.collect::<Result<_>>()?,
            env_required: file.env.require,
            env_names: file.env.names,
        })
    }
}

impl schema::Committed {
    fn check(self) -> std::result::Result<Committed, String> {
        if self.reason.trim().is_empty() {
            return Err(format!("`{}` needs a reason", self.path));
        }
        let glob = GlobBuilder::new(&self.path).literal_separator(true).build();
        let glob = glob.map_err(|error| format!("`{}` is no glob: {}", self.path, error.kind()))?;
        Ok(Committed { paths: glob.compile_matcher(), reason: self.reason })
    }
}

/// The number of bytes that `64MiB`, `64MB`, `64M` or `67108864` means; the units are powers of 1024.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let power = match text[digits..].trim().to_ascii_lowercase().trim_end_matches("ib").trim_end_matches('b') {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(1 << (10 * power))
}

#[cfg(test)]
mod tests {
    use super::{Config, bytes};
    use crate::rule::Confidence;

    fn error(text: &str) -> String {
        Config::parse("c.yaml", text).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_whole_file_is_read() {
        let text = "version: 1\nmin-confidence: high\nlimits: {max-file-size: 2MiB}\nenv: {committed: [{path: 'a/.env*', reason: fixed}]}\n";
        let config = Config::parse("c.yaml", text).expect("valid");
        assert_eq!(config.min_confidence, Some(Confidence::High));
        assert_eq!(config.max_file_size, Some(2 << 20));
        assert!(config.committed[0].paths.is_match("a/.env.test") && !config.committed[0].paths.is_match("b/a/.env"));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(error("version: 1\nmin-confidense: high\n").contains("unknown field `min-confidense`"));
        assert!(error("version: 2\n").contains("version 2"));
        assert!(error("min-confidence: high\n").contains("missing field `version`"));
        assert!(error("version: 1\nlimits: {max-file-size: lots}\n").contains("`lots` is no size"));
        assert!(error("version: 1\nenv: {committed: [{path: '.env', reason: ' '}]}\n").contains("needs a reason"));
        assert!(error("version: 1\nenv: {committed: [{path: '{', reason: x}]}\n").contains("is no glob"));
        assert!(error(": : :").contains("not valid"));
        assert!(error("").contains("not valid"));
    }

    #[test]
    fn sizes() {
        assert_eq!(
            ["7", "1k", "2 MiB", "1GB", "1T", "x", ""].map(bytes),
            [Some(7), Some(1024), Some(2 << 20), Some(1 << 30), None, None, None]
        );
    }
}
