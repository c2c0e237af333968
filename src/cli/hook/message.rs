//! `ntnguard hook run commit-msg`

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

/// `ntnguard hook run commit-msg FILE`
#[derive(Args)]
pub struct CommitMsg {
    /// The file that holds the message
    file: PathBuf,
    #[command(flatten)]
    surface: Surface,
}

impl CommitMsg {
    /// Scans a message.
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
                "git gives this hook the file of the message: hand its arguments on as they are",
            )
        };
        // To open or read anything but a regular file could take forever.
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

/// The settings of git for the message that it is about to store.
fn settings(repository: &Repository) -> MessageSettings {
    let told = std::env::var_os("GIT_CONFIG_PARAMETERS")
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    MessageSettings {
        cleanup: repository.setting("commit.cleanup"),
        comment_char: repository.setting("core.commentChar"),
        comment_string: repository.setting("core.commentString"),
        verbose: repository.is_set("commit.verbose"),
        // Git names this editor where it opens none.
        edited: std::env::var_os("GIT_EDITOR").is_none_or(|editor| editor != ":"),
        overridden: ["commit.", "core.comment", "include"]
            .iter()
            .any(|key| told.contains(key)),
    }
}
