//! Lists of paths, grouped by directory, for people.

use std::collections::BTreeMap;

use super::super::fit;
use super::super::list::cut;
use crate::detect::redact::shown_path;

/// The largest number of items of a list that are shown.
pub const LISTED: usize = 40;

/// Returns paths as text: the directories, and below them the names of their files. Directories
/// that have the same names share one block. Lines are broken to fit `width` columns.
pub fn by_folder<'p>(paths: impl Iterator<Item = &'p [u8]>, width: usize) -> String {
    let mut folders: BTreeMap<&[u8], Vec<String>> = BTreeMap::new();
    for path in paths {
        let (folder, name) =
            path.split_at(memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1));
        folders.entry(folder).or_default().push(shown_path(name));
    }
    let mut shared: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (folder, names) in folders {
        shared
            .entry(names)
            .or_default()
            .push(shown_path(if folder.is_empty() { b"./" } else { folder }));
    }
    let block = |(names, folders): (Vec<String>, Vec<String>)| {
        let folders = format!("in {}", cut(folders.into_iter(), LISTED, " "));
        let names = format!("  {}", cut(names.into_iter(), LISTED, " "));
        format!(
            "{}\n{}",
            fit::lines(&folders, width, ""),
            fit::lines(&names, width, "  ")
        )
    };
    cut(shared.into_iter().map(block), LISTED, "\n")
}

#[cfg(test)]
mod tests {
    use super::{LISTED, by_folder, cut};

    #[test]
    fn folders_with_the_same_files_are_grouped() {
        let paths = ["a/.env", "b/.env", "b/x", ".env", "c/.env"].map(str::as_bytes);
        assert_eq!(
            by_folder(paths.into_iter(), 76),
            "in ./ a/ c/\n  .env\nin b/\n  .env x"
        );
    }

    #[test]
    fn long_lists_are_cut_and_wrapped_between_names() {
        let names: Vec<String> = (0..50)
            .map(|number| format!(".env.number{number}"))
            .collect();
        assert!(cut(names.iter().cloned(), LISTED, " ").ends_with(".env.number39 and 10 more"));
        let list = by_folder(names.iter().map(|name| name.as_bytes()), 76);
        assert!(
            list.lines().all(|line| line.len() <= 80) && list.lines().count() > 5,
            "{list}"
        );
    }
}
