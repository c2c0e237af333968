//! Converts paths given from any directory to paths from the root of a repository.

use std::path::{Component, Path, PathBuf};

/// Returns the path of the file or directory `named`, relative to `top`, the root of the
/// repository. `None` if it is outside the repository. The file need not exist. If its directory is
/// a symbolic link, the result is the path below the link's target.
pub fn from_root(named: &Path, top: &Path) -> Option<PathBuf> {
    let top = top.canonicalize().ok()?;
    let typed = without_dots(&std::path::absolute(named).ok()?);
    let mut paths = real(named).into_iter().chain([typed]);
    paths.find_map(|path| Some(path.strip_prefix(&top).ok()?.to_owned()))
}

/// Returns the path of the file `named` with the links in its directory resolved; `None` if the
/// directory does not exist. If the file itself is a symbolic link, it is not resolved.
fn real(named: &Path) -> Option<PathBuf> {
    let Some(name) = named.file_name() else {
        return named.canonicalize().ok();
    };
    let folder = named.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
    Some(folder.join(name))
}

/// Removes `.` and `..` from a path, without looking at the disk.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::from_root;

    #[test]
    fn any_spelling_of_a_path_is_resolved_from_the_root() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap().join("top");
        std::fs::create_dir_all(top.join("a/b")).unwrap();
        for (named, expected) in [
            ("a/x", Some("a/x")),
            ("a/b/../x", Some("a/x")),
            ("./gone/../a/x", Some("a/x")),
            ("gone/x", Some("gone/x")),
            ("../x", None),
            ("a/..", Some("")),
        ] {
            let found = from_root(&top.join(named), &top);
            assert_eq!(found.as_deref(), expected.map(AsRef::as_ref), "{named}");
        }
    }
}
