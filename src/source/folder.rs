//! The directory of a repository that a scan is limited to.

/// A directory of a repository, given by its path from the root. The default is the root itself,
/// which contains every path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder(Vec<u8>);

impl Folder {
    /// Returns the directory at `path`, which is written with `/` between its parts and without `/`
    /// at either end. The empty path is the root.
    pub fn new(path: Vec<u8>) -> Self {
        Folder(path)
    }

    /// Returns the path from the root; empty for the root itself.
    pub fn path(&self) -> &[u8] {
        &self.0
    }

    /// Returns true if the directory is the root of the repository.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true if `path` is the directory itself or is below it.
    pub fn has(&self, path: &[u8]) -> bool {
        is_below(path, &self.0)
    }

    /// Returns true if `path` is below the directory or is one of its parents. Then `path` may
    /// contain files of the directory.
    pub fn is_reached_by(&self, path: &[u8]) -> bool {
        self.has(path) || is_below(&self.0, path)
    }
}

fn is_below(path: &[u8], folder: &[u8]) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

#[cfg(test)]
mod tests {
    use super::Folder;

    #[test]
    fn a_folder_contains_its_files_but_no_similar_paths() {
        let app = Folder::new(b"packages/app".to_vec());
        for path in ["packages/app", "packages/app/x", "packages/app/src/x"] {
            assert!(
                app.has(path.as_bytes()) && app.is_reached_by(path.as_bytes()),
                "{path}"
            );
        }
        for path in ["", "packages"] {
            assert!(
                !app.has(path.as_bytes()) && app.is_reached_by(path.as_bytes()),
                "{path}"
            );
        }
        for path in [
            "packages/app2/x",
            "packages/ap",
            "app",
            "other/packages/app",
            "pack",
        ] {
            assert!(
                !app.has(path.as_bytes()) && !app.is_reached_by(path.as_bytes()),
                "{path}"
            );
        }
        let root = Folder::default();
        assert!(root.is_root() && root.has(b"") && root.has(b"x/y") && !app.is_root());
    }
}
