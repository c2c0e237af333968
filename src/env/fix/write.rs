//! Reading and writing ignore files; links, folders and files in UTF-16 are refused.

use std::io;
use std::path::Path;

use super::IgnoreChange;
use super::block::IgnoreText;
use crate::detect::redact::{shell_word, shown_path};
use crate::env::file::{self, FileContent};
use crate::error::{Error, Result};
use crate::files::open::reach;
use crate::files::write::{self, Readers};
use crate::model::defaults;

/// Reads an ignore file that is to be changed.
pub fn read(top: &Path, name: &[u8]) -> Result<IgnoreText> {
    let shown = shown_path(name);
    let cannot = |why: &str, help: &str| {
        Err(Error::new(format!("{shown} cannot be changed: {why}")).help(help))
    };
    match file::read(&top.join(file::path(name)), defaults::MENDED_IGNORE_FILE) {
        FileContent::Absent => Ok(IgnoreText::new(None)),
        FileContent::Text(text)
            if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") =>
        {
            cannot(
                "it is in UTF-16, which git cannot read",
                "save the file as UTF-8, then run the command again",
            )
        }
        FileContent::Text(text) => Ok(IgnoreText::new(Some(text))),
        FileContent::Link => cannot(
            "it is a symbolic link, which git does not follow",
            "replace the link with a copy of its target, then run the command again",
        ),
        FileContent::Folder => cannot(
            "it is a folder",
            "move the folder away, then run the command again",
        ),
        FileContent::Unread(_, detail) => cannot(
            &detail,
            "make the file readable, then run the command again",
        ),
    }
}

/// Returns the error for an ignore file that a sparse checkout leaves out.
pub fn left_out(name: &[u8]) -> Error {
    let shown = shown_path(name);
    Error::new(format!(
        "{shown} cannot be changed: a sparse checkout has left it out"
    ))
    .help(format!(
        "check the file out (`git sparse-checkout add {}`, or `git sparse-checkout disable`), then run the command again",
        shell_word(name)
    ))
}

/// Refuses a change of a read-only file.
pub fn check(top: &Path, change: &IgnoreChange) -> Result<()> {
    let path = top.join(file::path(&change.file));
    if path
        .metadata()
        .is_ok_and(|metadata| metadata.permissions().readonly())
    {
        let message = format!(
            "{} cannot be changed: it is read-only",
            shown_path(&change.file)
        );
        return Err(Error::new(message)
            .help("make the file writable (`chmod u+w`), then run the command again"));
    }
    Ok(())
}

/// Writes a change atomically: to a temporary file in the same directory, which is then renamed.
pub fn replace(top: &Path, change: &IgnoreChange) -> Result<()> {
    check(top, change)?;
    let path = top.join(file::path(&change.file));
    let shown = shown_path(&change.file);
    if read(top, &change.file)?.before != change.before {
        return Err(
            Error::new(format!("{shown} changed while ntnguard was running"))
                .help("run the command again"),
        );
    }
    let failed = |error: io::Error| {
        // Use the kind of error alone: the full message may name the temporary file.
        Error::new(format!("{shown} cannot be written: {}", error.kind()))
            .help("check the permissions of the folder that has the file")
    };
    let place = reach(&path, top).map_err(failed)?;
    write::replace(&place, &change.after, Readers::AsBefore).map_err(failed)
}
