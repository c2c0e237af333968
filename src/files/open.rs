//! Opening a file that somebody else may have replaced with a link, a pipe or a device.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

/// Opens a file for reading. On Unix, does not wait if `path` is a pipe, and does not follow a
/// symbolic link at `path`.
///
/// # Errors
///
/// When the file cannot be opened or, on Unix, is a symbolic link.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW);
    }
    options.open(path)
}

/// Opens the regular file at `path`. Symbolic links below `top`, the root of a repository, are not
/// followed: the author of the repository chose their targets. Links elsewhere belong to the user
/// and are followed.
///
/// # Errors
///
/// When `path` is missing, cannot be opened, or is not a regular file. The message says which.
pub fn regular(path: &Path, top: &Path) -> io::Result<File> {
    let real = reach(path, top)?;
    let is_theirs = real.starts_with(top.canonicalize()?);
    let real = if is_theirs || !real.is_symlink() {
        real
    } else {
        real.canonicalize()?
    };
    let kind = real.symlink_metadata()?.file_type();
    let file = if kind.is_file() {
        open(&real)?
    } else {
        return Err(other(what(kind)));
    };
    // Somebody may have replaced the file since its type was read.
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(other("it is not a file"))
    }
}

/// Reads all bytes of `source`; `None` if there are more than `limit`.
///
/// # Errors
///
/// When `source` cannot be read.
pub fn up_to(source: impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// Resolves the symbolic links in `path`, except for its last component. Returns the absolute path.
///
/// # Errors
///
/// When a directory in `path` is a symbolic link below `top`: the author of the repository chose
/// its target.
pub fn reach(path: &Path, top: &Path) -> io::Result<PathBuf> {
    let (path, top) = (std::path::absolute(path)?, top.canonicalize()?);
    let mut real = PathBuf::new();
    let mut parts = path.components().peekable();
    while let Some(part) = parts.next() {
        match part {
            // `real` contains no links, so its parent is the directory that `..` means.
            Component::ParentDir => _ = real.pop(),
            part => real.push(part),
        }
        if parts.peek().is_some() && real.is_symlink() {
            if real.starts_with(&top) {
                return Err(other(
                    "a folder in this path is a symbolic link inside the repository",
                ));
            }
            real = real.canonicalize()?;
        }
    }
    Ok(real)
}

fn what(kind: std::fs::FileType) -> &'static str {
    match kind {
        kind if kind.is_symlink() => "it is a symbolic link, which is not followed",
        kind if kind.is_dir() => "it is a folder",
        _ => "it is a pipe, socket or device",
    }
}

fn other(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, why)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::io::Read;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::{reach, regular};

    #[test]
    fn only_links_inside_the_repository_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("repo/sub")).unwrap();
        fs::create_dir_all(at("home")).unwrap();
        fs::write(at("home/file"), "home").unwrap();
        fs::write(at("repo/sub/file"), "repo").unwrap();
        symlink(at("home"), at("repo/folder")).unwrap();
        symlink(at("home/file"), at("repo/link")).unwrap();
        symlink(at("home"), at("mine")).unwrap();
        symlink(at("home/file"), at("own")).unwrap();
        symlink(at("repo"), at("way")).unwrap();
        let read = |name: &str| {
            let mut text = String::new();
            regular(&at(name), &at("repo"))
                .and_then(|mut file| file.read_to_string(&mut text))
                .ok()?;
            Some(text)
        };
        for name in ["repo/sub/file", "repo/sub/../sub/file", "way/sub/file"] {
            assert_eq!(read(name).as_deref(), Some("repo"), "{name}");
        }
        for name in ["home/file", "mine/file", "own", "repo/../own"] {
            assert_eq!(read(name).as_deref(), Some("home"), "{name}");
        }
        for name in [
            "repo/link",
            "way/link",
            "repo/folder/file",
            "repo/sub",
            "repo/none",
            "repo/sub/../folder/file",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
        let top = folder.path().canonicalize().unwrap();
        assert_eq!(
            reach(&at("way/link"), &at("repo")).unwrap(),
            top.join("repo/link")
        );
        assert!(reach(Path::new("/"), &at("repo")).is_ok());
    }
}
