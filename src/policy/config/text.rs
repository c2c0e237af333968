//! The text of a configuration file, and the errors about it.

use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

use super::file::{self, FileKind};
use super::place::{
    self,
    PathStep::{self, Entry, Key},
};
use super::plain::plain;
use super::version::{self, Version};

/// The text of a configuration file, for the positions of errors.
#[derive(Clone)]
pub struct ConfigText {
    kind: &'static FileKind,
    /// The path of the file, as errors show it.
    pub name: String,
    text: String,
}

impl ConfigText {
    /// Returns the text of a file that does not exist yet.
    pub(super) fn empty(kind: &'static FileKind, name: &str) -> Self {
        ConfigText {
            kind,
            name: name.to_owned(),
            text: String::new(),
        }
    }

    /// Returns the text of a file.
    ///
    /// # Errors
    ///
    /// When the file is too large or not UTF-8, or its brackets nest too deep.
    pub(super) fn new(kind: &'static FileKind, name: &str, bytes: &[u8]) -> Result<Self> {
        let text = ConfigText {
            text: kind.text(name, bytes)?.to_owned(),
            ..ConfigText::empty(kind, name)
        };
        match file::too_deep(&text.text) {
            None => Ok(text),
            Some(offset) => {
                let message = format!("it nests deeper than {} levels", file::MAX_DEPTH);
                Err(text.invalid(&message).at(name, &text.text, offset))
            }
        }
    }

    /// Returns the offset in bytes and the line, from 1, of the value that `steps` lead to; `None`
    /// if there is none.
    pub(super) fn place(&self, steps: &[PathStep<'_>]) -> Option<(usize, usize)> {
        let offset = place::offset(&self.text, steps)?;
        Some((offset, 1 + self.text[..offset].matches('\n').count()))
    }

    /// Returns the line, from 1, of the `allow` entry with index `entry`, from 0; `None` if it is
    /// not found.
    pub fn line_of_allow(&self, entry: usize) -> Option<usize> {
        let (_, line) = self.place(&[Key("allow"), Entry(entry)])?;
        Some(line)
    }

    /// Parses the text.
    ///
    /// # Errors
    ///
    /// When the text is not YAML, or does not match the type.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        serde_yaml::from_str(&self.text).map_err(|error| {
            let offset = place::of_error(&self.text, &error).unwrap_or(0);
            let message = error.to_string();
            self.invalid(&message).at(&self.name, &self.text, offset)
        })
    }

    /// Returns an error if `version` is not 1.
    pub(super) fn check_version(&self, version: u32) -> Result<()> {
        match version {
            1 => Ok(()),
            _ => {
                let message = format!("version {version} is not supported; write `version: 1`");
                Err(self.invalid_at(&message, &[Key("version")]))
            }
        }
    }

    /// Returns an error if the configuration demands a newer release. This comes before everything
    /// else, because a newer configuration may have keys that this release does not know.
    pub(super) fn check_min_version(&self) -> Result<()> {
        let current = Version::current();
        let Some(wanted) = version::demanded(&self.text).filter(|wanted| *wanted > current) else {
            return Ok(());
        };
        let offset = place::offset(&self.text, &[Key("min-version")]).unwrap_or(0);
        let fault = format!("needs ntnguard {wanted} or newer; this is {current}");
        Err(self
            .kind
            .error(&self.name, &fault)
            .help("update ntnguard; docs/install.md shows how")
            .at(&self.name, &self.text, offset))
    }

    /// Returns the error that `message` describes, at the value that `steps` lead to.
    pub(super) fn invalid_at(&self, message: &str, steps: &[PathStep<'_>]) -> Error {
        let offset = place::offset(&self.text, steps).unwrap_or(0);
        self.invalid(message).at(&self.name, &self.text, offset)
    }

    /// Returns the error that `message`, which may be the parser's, describes.
    fn invalid(&self, message: &str) -> Error {
        let fault = format!("is not valid: {}", set_apart(&plain(message)));
        let error = self.kind.error(&self.name, &fault);
        match meant(message) {
            Some(name) => error.help(format!("did you mean `{name}`?")),
            None if message.contains("missing field `version`") => {
                error.help("begin the file with the line `version: 1`")
            }
            None => error.help(self.kind.advice),
        }
    }
}

/// Returns a message of the parser with the position at its end in parentheses. Without them, an
/// advice such as `write a reason` would continue with the position.
fn set_apart(message: &str) -> String {
    let position = |rest: &str| {
        let (line, column) = rest.split_once(" column ")?;
        let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
        Some(format!(" (line {line}, column {column})"))
    };
    let parts = message.rsplit_once(" at line ");
    let apart = parts.and_then(|(text, rest)| Some(text.to_owned() + &position(rest)?));
    apart.unwrap_or_else(|| message.to_owned())
}

/// Returns the name that was probably meant: of the names that the parser expected according to
/// `message`, the most similar to the name that it found. `None` if no name is similar.
fn meant(message: &str) -> Option<&str> {
    let (found, expected) = message
        .split_once("expected one of")
        .or(message.split_once("expected `"))?;
    let written = found.split('`').nth(1)?;
    let names = expected
        .split('`')
        .filter(|name| !name.trim_matches([' ', ',']).is_empty() && !name.contains(' '));
    let similar = names
        .map(|name| (strsim::jaro_winkler(written, name), name))
        .filter(|(likeness, _)| *likeness > 0.8);
    similar
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}
