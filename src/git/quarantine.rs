//! The object directories that git's environment names. A server stores the objects of a push in
//! such a directory until its hooks accept the push.
//!
//! gix reads a repository's own objects and the directories in its `info/alternates` file. So a
//! temporary directory is made that contains only this file, which lists all object directories
//! from the environment.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{Error, Result, chain};

#[cfg(not(windows))]
const SEPARATOR: u8 = b':';
#[cfg(windows)]
const SEPARATOR: u8 = b';';

/// Makes `repository` read the objects in the directories in `GIT_OBJECT_DIRECTORY` and
/// `GIT_ALTERNATE_OBJECT_DIRECTORIES`. The returned directory must exist as long as the repository
/// and every copy of it. `None` if neither variable is set.
pub fn enter(repository: &mut gix::Repository) -> Result<Option<TempDir>> {
    let own = env::var_os("GIT_OBJECT_DIRECTORY").filter(|own| !own.is_empty());
    let others = env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
    if own.is_none() && others.is_empty() {
        return Ok(None);
    }
    let failed = |error: &dyn std::fmt::Display| {
        Error::new(format!("the object directories in git's environment variables cannot be read: {error}"))
            .help("check GIT_OBJECT_DIRECTORY and GIT_ALTERNATE_OBJECT_DIRECTORIES; the repository must be writable")
    };
    let own = own.map_or_else(|| repository.common_dir().join("objects"), PathBuf::from);
    let mut list = line(absolute(&own).as_os_str().as_encoded_bytes());
    for other in entries(others.as_encoded_bytes()) {
        list.extend_from_slice(&other);
    }
    // Beside the repository's own objects, because gix resolves relative entries of every
    // `info/alternates` file from there.
    let folder = tempfile::Builder::new()
        .prefix("ntnguard-")
        .tempdir_in(repository.common_dir());
    let folder = folder.map_err(|error| failed(&error))?;
    let info = folder.path().join("info");
    fs::create_dir(&info)
        .and_then(|()| fs::write(info.join("alternates"), list))
        .map_err(|error| failed(&error))?;
    let objects = gix::odb::at(folder.path(), repository.object_hash())
        .map_err(|error| failed(&chain(&error)))?;
    repository.objects = objects.into();
    Ok(Some(folder))
}

/// Converts a list of directories, as in git's environment, to lines of an `info/alternates` file.
/// Quoted directories are copied unchanged.
fn entries(mut list: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    while !list.is_empty() {
        let end = if list.starts_with(b"\"") {
            quoted(list)
        } else {
            None
        };
        let end = end
            .or_else(|| list.iter().position(|byte| *byte == SEPARATOR))
            .unwrap_or(list.len());
        let (entry, rest) = list.split_at(end);
        if entry.starts_with(b"\"") {
            lines.push([entry, b"\n"].concat());
        } else if !entry.is_empty() {
            let path = PathBuf::from(String::from_utf8_lossy(entry).into_owned());
            let path = if path.is_absolute() {
                entry.to_vec()
            } else {
                absolute(&path).into_os_string().into_encoded_bytes()
            };
            lines.push(line(&path));
        }
        list = rest.strip_prefix(&[SEPARATOR]).unwrap_or(rest);
    }
    lines
}

/// Returns the offset after the closing quote of a text that begins with a quote; `None` if there
/// is no closing quote.
fn quoted(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// Returns the line of an `info/alternates` file for a path, in quotes because a path may contain
/// line breaks.
fn line(path: &[u8]) -> Vec<u8> {
    let escaped = path.iter().flat_map(|byte| match byte {
        b'"' | b'\\' => vec![b'\\', *byte],
        b'\n' => b"\\n".to_vec(),
        _ => vec![*byte],
    });
    std::iter::once(b'"')
        .chain(escaped)
        .chain(*b"\"\n")
        .collect()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{SEPARATOR, entries};

    #[test]
    fn folders_are_listed_one_per_line() {
        let list = [&b"/a b/c"[..], b"\"/q\\\":\\n;\"", b"", b"/x\"\n"].join(&SEPARATOR);
        let lines = entries(&list);
        assert_eq!(
            lines,
            [
                &b"\"/a b/c\"\n"[..],
                b"\"/q\\\":\\n;\"\n",
                b"\"/x\\\"\\n\"\n"
            ]
            .map(<[u8]>::to_vec)
        );
    }
}
