//! Paths from the root of a repository for files that are named from any folder.

use std::path::{Component, Path, PathBuf};

/// The path of the file or folder `named` from `top`, the root of the repository; `None` if it lies
/// elsewhere. The file need not exist. In a folder that is a link, a file has the path where it
/// really lies.
pub fn from_root(named: &Path, top: &Path) -> Option<PathBuf> {
    let top = top.canonicalize().ok()?;
    let typed = without_dots(&std::path::absolute(named).ok()?);
    let mut paths = real(named).into_iter().chain([typed]);
    paths.find_map(|path| Some(path.strip_prefix(&top).ok()?.to_owned()))
}

/// The real path of the file `named`; `None` if its folder does not exist. A link has the path
/// where the link itself lies.
fn real(named: &Path) -> Option<PathBuf> {
    let Some(name) = named.file_name() else {
        return named.canonicalize().ok();
    };
    let folder = named.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
    Some(folder.join(name))
}

/// A path without `.` and `..`.
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
    fn a_file_has_one_path_from_the_root_however_it_is_named() {
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
