//! The command `ntnguard hook run commit-msg`, which scans a commit message.

use std::fs::File;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::files::open::up_to;
use crate::git::Repository;
use crate::hook::install::shown;
use crate::hook::message::MessageSettings;
use crate::model::blob::{Origin, Part, path_bytes};
use crate::run::Subject;
use clap::Args;

use super::super::Outcome;
use super::super::surface::Surface;
use crate::model::defaults;

/// The arguments of `ntnguard hook run commit-msg FILE`.
#[derive(Args)]
pub struct CommitMsg {
    /// The file with the commit message
    file: PathBuf,
    #[command(flatten)]
    surface: Surface,
}

impl CommitMsg {
    /// Scans a commit message, in the form in which git will store it.
    pub fn run(self) -> Outcome {
        let repository = Repository::with_hooks()?;
        let top = repository.work_tree();
        let policy = self.surface.settings.policy(top.as_deref())?;
        let text = settings(&repository).stored(&self.read()?);
        let origin = Origin::Record {
            part: Part::CommitMessage,
            name: path_bytes(&self.file).to_vec(),
        };
        self.surface.run(policy, Subject::Message(origin, text))
    }

    fn read(&self) -> Result<Vec<u8>> {
        let name = shown(&self.file);
        let failed = |why: &dyn std::fmt::Display| {
            Error::new(format!("the message {name} cannot be read: {why}")).help(
                "git gives the hook the path of the message's file as an argument; the hook must hand its arguments to ntnguard unchanged",
            )
        };
        // Opening or reading anything but a regular file could block forever.
        if !self
            .file
            .metadata()
            .map_err(|error| failed(&error))?
            .is_file()
        {
            return Err(failed(&"it is not a file"));
        }
        let text = File::open(&self.file)
            .and_then(|file| up_to(file, defaults::MESSAGE))
            .map_err(|error| failed(&error))?;
        text.ok_or_else(|| {
            failed(&format_args!(
                "it has more than {} bytes",
                defaults::MESSAGE
            ))
        })
    }
}

/// Returns the settings by which git will clean up the message before it stores it.
fn settings(repository: &Repository) -> MessageSettings {
    let parameters = std::env::var_os("GIT_CONFIG_PARAMETERS")
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    MessageSettings {
        cleanup: repository.setting("commit.cleanup"),
        comment_char: repository.setting("core.commentChar"),
        comment_string: repository.setting("core.commentString"),
        verbose: repository.is_set("commit.verbose"),
        // Git sets GIT_EDITOR to `:` for hooks if it opens no editor.
        edited: std::env::var_os("GIT_EDITOR").is_none_or(|editor| editor != ":"),
        overridden: ["commit.", "core.comment", "include"]
            .iter()
            .any(|key| parameters.contains(key)),
    }
}
