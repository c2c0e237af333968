//! Adds one `allow` entry to the text of a configuration, and changes nothing else in the text.

use std::path::Path;

pub use super::value::ReasonText;

use super::value::AsText;
use super::{Config, file, schema};
use crate::error::{Error, Result};
use crate::model::secret::Fingerprint;
use crate::model::time::Date;

/// An entry to be written.
pub struct NewEntry {
    /// The fingerprint of the secret value that the entry allows, or of the object that it accepts.
    pub fingerprint: Fingerprint,
    /// True if the entry accepts an object that cannot be scanned.
    pub is_unscanned: bool,
    /// The reason for the entry.
    pub reason: ReasonText,
    /// The last day on which the entry is in force; `None` if it never expires.
    pub expires: Option<Date>,
}

/// The result of adding an entry to the text of a configuration.
pub enum Added {
    /// The whole new text: the old configuration with the new entry.
    Text(String),
    /// The entry cannot be inserted as lines, for example because `allow` is a list in brackets.
    Unknown,
}

/// Reads the bytes of the configuration at `path`, with the checks of [`Config::load`]; `None` if
/// the file does not exist.
///
/// # Errors
///
/// When the file cannot be read.
pub fn read(path: &Path, top: &Path, name: &str) -> Result<Option<Vec<u8>>> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        _ => file::CONFIGURATION.read(path, top, name).map(Some),
    }
}

/// Adds `entry` after the other `allow` entries in `text`, the configuration called `name` in
/// errors. If `text` is `None`, begins a new configuration.
///
/// # Errors
///
/// When the configuration is not valid, or already has the entry.
pub fn added(name: &str, text: Option<Vec<u8>>, entry: &NewEntry) -> Result<Added> {
    let text = text.unwrap_or_else(|| b"version: 1\n".to_vec());
    let mut before = Config::parse(name, text.clone())?;
    refuse_known(&before, entry)?;
    // `Config::parse` has refused any text that is not UTF-8.
    let text = String::from_utf8_lossy(&text).into_owned();
    let new = insert(&text, entry);
    before.written.allow.push(entry.written());
    let is_meant = Config::parse(name, new.as_str())
        .is_ok_and(|after| said(&after.written) == said(&before.written));
    Ok(match is_meant {
        true => Added::Text(new),
        false => Added::Unknown,
    })
}

/// Returns the configuration as canonical YAML, for comparing two files that are written
/// differently; `None` if it cannot be serialized.
fn said(file: &schema::File) -> Option<String> {
    serde_yaml::to_string(file).ok()
}

/// Returns an error if the configuration already has the entry. A known entry that is limited to
/// paths or rules is a different one, because it allows less.
fn refuse_known(config: &Config, entry: &NewEntry) -> Result<()> {
    let is_same = |known: &schema::Allow| {
        let named = match entry.is_unscanned {
            true => &known.unscanned,
            false => &known.fingerprint,
        };
        let same = named
            .as_ref()
            .is_some_and(|AsText(known)| *known == entry.fingerprint);
        same && known.paths.is_empty() && known.rules.is_empty()
    };
    let Some(at) = config.written.allow.iter().position(is_same) else {
        return Ok(());
    };
    let source = config.source.as_ref();
    let name = source.map_or("", |source| &source.name);
    let line = source.and_then(|source| source.line_of_allow(at));
    let line = line.map_or_else(String::new, |line| format!(":{line}"));
    Err(Error::new(format!("{name}{line} has this entry already"))
        .help("to change the reason or the last day of the entry, edit the entry in the file"))
}

/// Inserts the entry after the other entries of `allow`, or in a new `allow` list at the end of the
/// text.
fn insert(text: &str, entry: &NewEntry) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_key = |line: &&str| file::without_mark(line).starts_with("allow:");
    let (at, indent, head) = match lines.iter().position(is_key) {
        Some(key) => {
            let (at, indent) = place(&lines, key);
            (at, indent, None)
        }
        None => (lines.len(), "  ", Some("allow:")),
    };
    let (before, after) = lines.split_at(at);
    let mut new = before.concat();
    if !new.ends_with('\n') && !new.is_empty() {
        new += end;
    }
    let entry = entry
        .lines()
        .into_iter()
        .map(|line| indent.to_owned() + &line);
    for line in head.into_iter().map(str::to_owned).chain(entry) {
        new += &(line + end);
    }
    new + &after.concat()
}

/// Returns the index in `lines` at which to insert the next entry of the list whose key is at line
/// `key`, and the indentation of the list's entries.
fn place<'l>(lines: &[&'l str], key: usize) -> (usize, &'l str) {
    let is_empty = |line: &str| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#')
    };
    let is_inside = |line: &str| line.starts_with([' ', '\t', '-']) || is_empty(line);
    let below = lines[key + 1..].iter().take_while(|line| is_inside(line));
    let last = below
        .clone()
        .enumerate()
        .filter(|(_, line)| !is_empty(line))
        .last();
    let first = below.clone().find(|line| !is_empty(line));
    let indent = first.map_or("  ", |line| &line[..line.len() - line.trim_start().len()]);
    (key + 1 + last.map_or(0, |(at, _)| at + 1), indent)
}

impl NewEntry {
    /// Returns the entry as lines of a list.
    fn lines(&self) -> Vec<String> {
        let what = if self.is_unscanned {
            "unscanned"
        } else {
            "fingerprint"
        };
        let mut lines = vec![
            format!("- {what}: \"{}\"", self.fingerprint),
            format!("  reason: {}", quoted(&self.reason.0)),
        ];
        lines.extend(self.expires.map(|day| format!("  expires: {day}")));
        lines
    }

    /// Returns the entry as text that a user can paste below `allow:`.
    pub fn pasted(&self) -> String {
        self.lines().join("\n") + "\n"
    }

    fn written(&self) -> schema::Allow {
        let text = AsText(self.fingerprint.clone());
        let (unscanned, fingerprint) = match self.is_unscanned {
            true => (Some(text), None),
            false => (None, Some(text)),
        };
        schema::Allow {
            fingerprint,
            unscanned,
            paths: Vec::new(),
            rules: Vec::new(),
            reason: AsText(self.reason.clone()),
            expires: self.expires.map(AsText),
        }
    }
}

/// Returns the text in double quotes, with JSON escapes, which are valid in YAML.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Added, NewEntry, added};
    use crate::policy::config::Config;

    fn entry() -> NewEntry {
        NewEntry {
            fingerprint: format!("v1:{}", "a".repeat(32)).parse().unwrap(),
            is_unscanned: false,
            reason: "it's \"made up\": #1".parse().unwrap(),
            expires: Some("2199-01-31".parse().unwrap()),
        }
    }

    /// Returns the text with the entry added; `None` if the entry cannot be inserted as lines.
    fn with(text: &str) -> Option<String> {
        match added("c.yaml", Some(text.into()), &entry()).unwrap() {
            Added::Text(text) => Some(text),
            Added::Unknown => None,
        }
    }

    fn lines(indent: &str, end: &str) -> String {
        let fingerprint = "a".repeat(32);
        [
            format!("- fingerprint: \"v1:{fingerprint}\""),
            "  reason: \"it's \\\"made up\\\": #1\"".to_owned(),
            "  expires: 2199-01-31".to_owned(),
        ]
        .map(|line| format!("{indent}{line}{end}"))
        .concat()
    }

    #[test]
    fn an_entry_is_appended_and_every_other_byte_stays() {
        for (before, indent, after) in [
            (
                "version: 1\nallow:\n  - paths: [a]\n    reason: x\n",
                "  ",
                "",
            ),
            (
                "# top\nversion: 1 # one\n\nallow:   # known\n- paths: [a]\n  reason: x\n",
                "",
                "\n# on rules\nrules: {}\n",
            ),
            (
                "allow:\n    # first\n    - reason: >\n        long\n        text\n      paths:\n        - a\n",
                "    ",
                "\n\n# end\nversion: 1\n",
            ),
            (
                "\u{feff}allow:\n  - {paths: [a], reason: x}\n",
                "  ",
                "  # no more\nversion: 1",
            ),
        ] {
            let new = with(&format!("{before}{after}")).unwrap();
            assert_eq!(new, format!("{before}{}{after}", lines(indent, "\n")));
        }
    }

    #[test]
    fn a_missing_list_is_created() {
        for (before, end) in [
            ("version: 1\nrules: {}\n", "\n"),
            ("version: 1\r\n# last\r\n", "\r\n"),
        ] {
            let expected = format!("{before}allow:{end}{}", lines("  ", end));
            assert_eq!(with(before), Some(expected));
        }
        let cut = with("version: 1").unwrap();
        assert_eq!(cut, format!("version: 1\nallow:\n{}", lines("  ", "\n")));
        let Added::Text(new) = added("c.yaml", None, &entry()).unwrap() else {
            panic!("nothing is there to be odd");
        };
        assert_eq!(new, cut);
    }

    #[test]
    fn text_in_an_unsupported_layout_is_left_alone() {
        for text in [
            "{version: 1}\n",
            "version: 1\nallow: []\n",
            "version: 1\nallow: [{paths: [a], reason: x}]\n",
            "version: 1\nallow:\n  [{paths: [a], reason: x}]\n",
            "version: 1\n\"allow\":\n  - {paths: [a], reason: x}\n",
            "version: 1\nallow:\n  - paths: [a]\n    reason: |+\n      x\n\n      # y\n\n",
            "version: 1\n...\n",
        ] {
            assert_eq!(with(text), None, "{text}");
        }
    }

    #[test]
    fn an_entry_is_added_once() {
        let new = with("version: 1\n").unwrap();
        let again = added("c.yaml", Some(new.clone().into()), &entry());
        let error = again.err().unwrap().to_string();
        assert_eq!(error, "c.yaml:3 has this entry already");
        let other = NewEntry {
            is_unscanned: true,
            ..entry()
        };
        let Ok(Added::Text(both)) = added("c.yaml", Some(new.into()), &other) else {
            panic!("an object is no finding");
        };
        assert_eq!(Config::parse("c.yaml", both).unwrap().allow.len(), 2);
        let narrow = format!(
            "version: 1\nallow:\n  - fingerprint: v1:{}\n    paths: [a]\n    reason: x\n",
            "a".repeat(32)
        );
        assert!(with(&narrow).is_some());
    }
}
