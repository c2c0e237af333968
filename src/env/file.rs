//! Reading small files that anybody may have put into a repository: does not follow links, does not
//! wait for pipes, and stops at a size limit.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::files::open::open;
use crate::git::file_path;
use crate::model::skip::SkipReason;

/// The kind of file at a path, with its content.
pub enum FileContent {
    /// A regular file with this content.
    Text(Vec<u8>),
    /// A symbolic link.
    Link,
    /// A folder.
    Folder,
    /// Nothing exists at the path.
    Absent,
    /// A file that was not read: the reason, and the message of the operating system.
    Unread(SkipReason, String),
}

/// Converts a repository path, as git stores it, to a path of the operating system.
pub fn path(name: &[u8]) -> PathBuf {
    file_path(name)
}

/// Converts a path relative to the root of a repository to git's spelling, with `/` on every
/// system.
pub fn name(path: &Path) -> Vec<u8> {
    let bytes = crate::model::blob::path_bytes(path);
    if cfg!(windows) {
        bytes
            .iter()
            .map(|byte| if *byte == b'\\' { b'/' } else { *byte })
            .collect()
    } else {
        bytes.to_vec()
    }
}

/// Reads the file at `path` if it has no more than `limit` bytes.
pub fn read(path: &Path, limit: u64) -> FileContent {
    let kind = match path.symlink_metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(error) => return failed(&error),
    };
    if kind.is_symlink() {
        return FileContent::Link;
    }
    if kind.is_dir() {
        return FileContent::Folder;
    }
    if !kind.is_file() {
        return FileContent::Unread(SkipReason::NotAFile, "a pipe, socket or device".to_owned());
    }
    match open(path).and_then(|file| whole(&file, limit)) {
        Ok(text) if text.len() as u64 > limit => FileContent::Unread(
            SkipReason::TooLarge,
            format!("it has more than {limit} bytes"),
        ),
        Ok(text) => FileContent::Text(text),
        Err(error) => failed(&error),
    }
}

fn failed(error: &io::Error) -> FileContent {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => FileContent::Absent,
        _ => FileContent::Unread(SkipReason::Unreadable, error.to_string()),
    }
}

/// Reads at most `limit` + 1 bytes, so that the caller can recognise a file over the limit.
fn whole(file: &File, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = file.metadata()?;
    let mut text = Vec::with_capacity(metadata.len().min(limit) as usize + 1);
    // A pipe may have replaced the file since its type was checked. It is not read.
    if metadata.is_file() {
        file.take(limit + 1).read_to_end(&mut text)?;
    }
    Ok(text)
}

/// Reads the start of a regular file, up to the length of `buffer`; empty if the file cannot be
/// read. Makes one system call less than [`read`], which matters for thousands of files.
pub fn read_small<'b>(path: &Path, buffer: &'b mut [u8]) -> &'b [u8] {
    let mut filled = 0;
    if let Ok(mut file) = open(path) {
        while let Ok(count) = file.read(&mut buffer[filled..]) {
            filled += count;
            // A read from a regular file that does not fill the buffer has reached the end.
            if count == 0 || filled < buffer.len() {
                break;
            }
        }
    }
    &buffer[..filled]
}
