//! The folder of a repository that a source is limited to.

/// A folder of a repository, by its path from the root. The default is the root, which contains
/// everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder(Vec<u8>);

impl Folder {
    /// The folder at `path`, which has `/` between its parts and none at its ends; the empty path
    /// is the root.
    pub fn new(path: Vec<u8>) -> Self {
        Folder(path)
    }

    /// The path from the root; empty for the root itself.
    pub fn path(&self) -> &[u8] {
        &self.0
    }

    /// Returns true if the folder is the root of the repository.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true if `path` is the folder or lies in it.
    pub fn has(&self, path: &[u8]) -> bool {
        is_below(path, &self.0)
    }

    /// Returns true if `path` lies in the folder or leads to it, so that something in the folder
    /// may lie below `path`.
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
    fn a_folder_has_what_lies_below_it_and_not_what_begins_like_it() {
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
