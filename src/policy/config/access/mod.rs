//! Reads, checks and writes `.ntnguard-access.yaml`: the access that each token is expected to
//! have.

mod schema;

use std::path::Path;

use super::file::ACCESS;
use super::place::PathStep;
use super::text::ConfigText;
use super::value::{AsText, ReasonText};
use crate::error::{Error, Result};
use crate::model::access::{ExpectedAccess, ExpectedRoot};
use crate::model::variable_name::VariableName;
use schema::{AccessFile, AccessRoot, AccessToken};

/// The name of the access file, which is at the root of a repository.
pub const FILE_NAME: &str = ".ntnguard-access.yaml";

/// The comment that begins every access file that ntnguard writes.
const HEAD: &str = "# What each token may do and reach in Notion; `ntnguard access NAME` compares this with \
                    Notion.\n# Say in each `reason` why the page is shared, and until when in `expires`.\n";

/// The access that tokens are expected to have, by the variables that hold the tokens.
#[derive(Clone)]
pub struct Expectations {
    source: ConfigText,
    written: AccessFile,
}

impl Expectations {
    /// Returns expectations without any token, for a new file; `name` is the file's name in errors.
    pub fn empty(name: &str) -> Self {
        let source = ConfigText::empty(&ACCESS, name);
        let written = AccessFile {
            version: 1,
            ..AccessFile::default()
        };
        Expectations { source, written }
    }

    /// Reads and checks the file at `path`. Symbolic links below `top` are not followed. `name` is
    /// the file's name in errors.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is not YAML, or does not match the schema.
    pub fn load(path: &Path, top: &Path, name: &str) -> Result<Self> {
        Self::parse(name, ACCESS.read(path, top, name)?)
    }

    /// Parses and checks the text of an access file; `name` is the file's name in errors.
    ///
    /// # Errors
    ///
    /// As [`Expectations::load`].
    pub fn parse(name: &str, text: impl Into<Vec<u8>>) -> Result<Self> {
        let source = ConfigText::new(&ACCESS, name, &text.into())?;
        let written: AccessFile = source.parse()?;
        source.check_version(written.version)?;
        let unclear = written.tokens.iter().find(|(_, token)| !token.is_clear());
        if let Some((AsText(variable), _)) = unclear {
            let message = format!("{variable} needs either `capabilities` or a `purpose`");
            let steps = [PathStep::Key("tokens"), PathStep::Key(variable.as_str())];
            return Err(source.invalid_at(&message, &steps));
        }
        Ok(Expectations { source, written })
    }

    /// Returns the name of the file in errors and reports.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Returns the access that a variable's token is expected to have; `None` if the file does not
    /// have the variable.
    pub fn of(&self, variable: &VariableName) -> Option<ExpectedAccess> {
        let token = self.written.tokens.get(&AsText(variable.clone()))?;
        Some(token.expected())
    }

    /// Returns the position of a token's entry: the offset in bytes, and the line from 1. If `root`
    /// is the index from 0 of one of the token's roots, returns the position of the root's entry.
    /// `None` if the file does not have the entry.
    pub fn place(&self, variable: &VariableName, root: Option<usize>) -> Option<(usize, usize)> {
        let mut steps = vec![PathStep::Key("tokens"), PathStep::Key(variable.as_str())];
        if let Some(root) = root {
            steps.extend([PathStep::Key("roots"), PathStep::Entry(root)]);
        }
        self.source.place(&steps)
    }

    /// Sets the access of a token, and returns the new text of the file. Keeps the parts of the
    /// token's old entry that people write: `reason`, `expires`, `purpose` and `published`.
    ///
    /// # Errors
    ///
    /// When the new text would exceed the limits of an access file.
    pub fn with(mut self, variable: &VariableName, access: &ExpectedAccess) -> Result<String> {
        let key = AsText(variable.clone());
        let before = self.written.tokens.remove(&key);
        let token = AccessToken::new(access, before.as_ref());
        self.written.tokens.insert(key, token);
        let text = HEAD.to_owned() + &serde_yaml::to_string(&self.written).unwrap_or_default();
        // A list that is too long, for example, could not be read again.
        let read = Self::parse(&self.source.name, text.clone());
        match read.is_ok() {
            true => Ok(text),
            false => Err(
                Error::new(format!("{} would be too large", self.source.name)).help(
                    "share fewer pages with the integration, or only one page that contains them",
                ),
            ),
        }
    }
}

impl AccessToken {
    fn is_clear(&self) -> bool {
        self.capabilities.is_some() != self.purpose.is_some()
    }

    fn expected(&self) -> ExpectedAccess {
        let purpose = self.purpose.map(|purpose| purpose.capabilities().to_vec());
        let root = |root: &AccessRoot| ExpectedRoot {
            id: root.id.0,
            title: root.title.clone(),
            reason: root.reason.0.0.clone(),
            expires: root.expires.as_ref().map(|AsText(day)| *day),
        };
        let roots = self.roots.as_ref();
        ExpectedAccess {
            workspace: self.workspace.as_ref().map(|AsText(id)| *id),
            bot: self.bot.0,
            kind: self.kind,
            capabilities: self.capabilities.clone().or(purpose).unwrap_or_default(),
            users: self.users,
            roots: roots.map(|roots| roots.iter().map(root).collect()),
            published: self.published,
        }
    }

    fn new(access: &ExpectedAccess, before: Option<&Self>) -> Self {
        let purpose = before.and_then(|before| before.purpose);
        let known = before
            .and_then(|before| before.roots.as_deref())
            .unwrap_or_default();
        let root = |root: &ExpectedRoot| {
            let known = known.iter().find(|known| known.id.0 == root.id);
            AccessRoot {
                id: AsText(root.id),
                title: root.title.clone(),
                reason: known.map_or_else(
                    || AsText(ReasonText(root.reason.clone())),
                    |known| known.reason.clone(),
                ),
                expires: known.and_then(|known| known.expires.clone()),
            }
        };
        let roots = access.roots.as_ref();
        AccessToken {
            workspace: access.workspace.map(AsText),
            bot: AsText(access.bot),
            kind: access.kind,
            purpose,
            capabilities: purpose.is_none().then(|| access.capabilities.clone()),
            users: access.users,
            roots: roots.map(|roots| roots.iter().map(root).collect()),
            published: before.map(|before| before.published).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests;
