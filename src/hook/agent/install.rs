//! Hook files on disk. They are read without following symbolic links, written completely or not at
//! all, and deleted if ntnguard created them.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::Assistant;
use super::edit::{HookEntries, Unfit, installed, is_off, with, without};
use super::forms::{events, program};
use crate::error::{Error, Result};
use crate::files::open::{reach, regular};
use crate::files::write::{Readers, replace};
use crate::hook::install::shown;
use crate::model::defaults;

/// A hook file of an assistant.
pub struct AgentFile {
    /// The assistant that reads the file.
    pub assistant: Assistant,
    /// The path of the file, which need not exist.
    pub path: PathBuf,
    /// The top of the repository that the file belongs to; no symbolic link below it is followed.
    /// `None` for the user's own file.
    pub top: Option<PathBuf>,
}

/// The result of installing or removing ntnguard's entries in a hook file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// ntnguard's entries were added.
    Installed,
    /// ntnguard's entries were updated.
    Renewed,
    /// ntnguard's entries were up to date already.
    Unchanged,
    /// ntnguard's entries were removed; the rest is unchanged.
    Restored,
    /// The file had only ntnguard's entries and was deleted.
    Removed,
    /// The file has no entries of ntnguard.
    Absent,
}

impl FileChange {
    /// Returns a description of the change for people.
    pub fn words(self) -> &'static str {
        match self {
            FileChange::Installed => "installed",
            FileChange::Renewed => "brought up to date",
            FileChange::Unchanged => "there already",
            FileChange::Restored => "removed; the rest is as it was",
            FileChange::Removed => "removed",
            FileChange::Absent => "not installed by ntnguard, so nothing was changed",
        }
    }
}

/// ntnguard's entries in a hook file: the programs they run, and the events without an entry.
#[derive(Debug, PartialEq, Eq)]
pub struct AgentState {
    /// The programs that ntnguard's entries run, sorted; `None` for the ntnguard on PATH. Empty if
    /// there is no entry.
    pub programs: Vec<Option<PathBuf>>,
    /// The events that have no entry of ntnguard.
    pub missing: Vec<&'static str>,
    /// True if the file switches its hooks off.
    pub is_off: bool,
}

impl AgentFile {
    /// Adds or updates ntnguard's entries in the file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or written, is a symbolic link, or has a format
    /// that the assistant would not accept.
    pub fn install(&self, entries: &HookEntries) -> Result<FileChange> {
        let before = self.text()?;
        let after =
            with(before.as_deref(), entries).map_err(|unfit| self.unfit(&unfit, &before))?;
        if before.as_deref() == Some(&after) {
            return Ok(FileChange::Unchanged);
        }
        let had = before.as_deref().map_or(Ok(Vec::new()), installed);
        let had = had.map_err(|unfit| self.unfit(&unfit, &before))?;
        self.write(&after)?;
        Ok(match had.is_empty() {
            true => FileChange::Installed,
            false => FileChange::Renewed,
        })
    }

    /// Removes ntnguard's entries from the file.
    ///
    /// # Errors
    ///
    /// The same as for [`AgentFile::install`].
    pub fn uninstall(&self, entries: &HookEntries) -> Result<FileChange> {
        let Some(before) = self.text()? else {
            return Ok(FileChange::Absent);
        };
        let after = without(&before, entries);
        let before = Some(before);
        match after.map_err(|unfit| self.unfit(&unfit, &before))? {
            None => {
                let real = self.place()?;
                let removed = fs::remove_file(real);
                removed.map_err(|error| self.failed("removed", error.kind()))?;
                Ok(FileChange::Removed)
            }
            after if after == before => Ok(FileChange::Absent),
            Some(after) => self.write(&after).map(|()| FileChange::Restored),
        }
    }

    /// Returns the state of ntnguard's entries in the file; `None` if the file does not exist.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, or has a format that the assistant would not
    /// accept.
    pub fn state(&self) -> Result<Option<AgentState>> {
        let Some(text) = self.text()? else {
            return Ok(None);
        };
        let found = installed(&text);
        let is_off = is_off(&text);
        let found = found.map_err(|unfit| self.unfit(&unfit, &Some(text)))?;
        let has = |event: &&str| found.iter().any(|(own, _)| own == event);
        let missing = events(self.assistant).iter().copied();
        let missing = missing.filter(|event| !has(event)).collect();
        let mut programs: Vec<_> = found.iter().map(|(_, command)| program(command)).collect();
        programs.sort();
        programs.dedup();
        Ok(Some(AgentState {
            programs,
            missing,
            is_off,
        }))
    }

    /// Returns the real path of the file. Returns an error if the file is a symbolic link, because
    /// its target may be anywhere.
    fn place(&self) -> Result<PathBuf> {
        if self.path.is_symlink() {
            let message = format!(
                "{} is a symbolic link, so ntnguard does not change it",
                shown(&self.path)
            );
            return Err(Error::new(message).help(
                "replace the symbolic link with a file, or add the lines in docs/agents.md to the link's target yourself",
            ));
        }
        let Some(top) = &self.top else {
            return Ok(self.path.clone());
        };
        reach(&self.path, top).map_err(|error| self.failed("reached", error))
    }

    fn text(&self) -> Result<Option<String>> {
        let real = self.place()?;
        let ground = self.top.as_deref().unwrap_or(Path::new("/"));
        let file = match real.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            _ if self.top.is_none() => crate::files::open::open(&real),
            _ => regular(&real, ground),
        };
        let mut text = Vec::new();
        let read = file.and_then(|file| {
            if !file.metadata()?.is_file() {
                return Err(std::io::Error::new(
                    ErrorKind::InvalidInput,
                    "it is not a file",
                ));
            }
            file.take(defaults::MANAGER + 1).read_to_end(&mut text)
        });
        read.map_err(|error| self.failed("read", error))?;
        if text.len() as u64 > defaults::MANAGER {
            return Err(self.failed("read", "it is too large"));
        }
        let text = String::from_utf8(text).map_err(|_| self.failed("read", "it is not UTF-8"))?;
        Ok(Some(text))
    }

    fn write(&self, text: &str) -> Result<()> {
        let real = self.place()?;
        let folder = real.parent().unwrap_or(Path::new("."));
        let made = fs::create_dir_all(folder);
        let written = made.and_then(|()| replace(&real, text.as_bytes(), Readers::AsBefore));
        written.map_err(|error| self.failed("written", error.kind()))
    }

    fn failed(&self, what: &str, why: impl std::fmt::Display) -> Error {
        let path = shown(&self.path);
        Error::new(format!("{path} cannot be {what}: {why}")).help(
            "nothing was changed: check the file and its permissions, then run the command again",
        )
    }

    fn unfit(&self, unfit: &Unfit, text: &Option<String>) -> Error {
        let path = shown(&self.path);
        let (why, place) = match unfit {
            Unfit::NoJson(place) => ("it is not JSON", Some(*place)),
            Unfit::Shape(why) => (*why, None),
        };
        let error = Error::new(format!("{path} is left as it is: {why}")).help(format!(
            "fix {path} so that {} can read the file, then run the command again",
            self.assistant.title()
        ));
        match (place, text) {
            (Some(place), Some(text)) => error.at(&path, text, place),
            _ => error,
        }
    }
}
