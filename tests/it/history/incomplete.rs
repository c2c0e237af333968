//! Missing objects: they are reported, and the exit status is 2, unless only unreachable objects refer to them.

use std::fs;

use super::{history, is, loose, skipped_objects, state, token};
use crate::sandbox::Sandbox;

/// A repository with a token in its first commit. It allows partial clones.
fn upstream() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox
        .write("a/leak", token(1))
        .write("b", "one")
        .commit_all("one");
    sandbox
        .write("a/leak", "clean")
        .write("b", "two")
        .commit_all("two");
    sandbox.git(["config", "uploadpack.allowFilter", "true"]);
    sandbox
}

fn clone(from: &Sandbox, arguments: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    let url = format!("file://{}", from.path().display());
    sandbox.git([&["clone", "-q"][..], arguments, &[&url, "."]].concat());
    sandbox
}

#[test]
fn a_shallow_clone_is_incomplete() {
    let upstream = upstream();
    let run = history(&clone(&upstream, &["--depth=1"]));
    assert_eq!(state(&run), is(2, &["shallow"]));
    assert!(
        run.json()["skipped"][0]["help"]
            .as_str()
            .unwrap()
            .contains("--unshallow")
    );
    let run = history(&clone(&upstream, &["--depth=2"]));
    assert_eq!(
        state(&run),
        is(1, &[]),
        "git cuts nothing off where there is nothing behind"
    );
    upstream.write("c", token(2)).commit_all("three");
    let run = history(&clone(&upstream, &["--depth=1"]));
    assert_eq!(state(&run), is(1, &["shallow"]), "findings win");
    let run = clone(&upstream, &["--depth=2"]).run(["history", "--allow-incomplete", "-q"]);
    assert!(
        run.status == 1 && run.stdout.contains("not scanned: .git/shallow"),
        "{}",
        run.stdout
    );
}

#[test]
fn partial_clones_are_incomplete() {
    let upstream = upstream();
    for (filter, missing) in [("blob:none", 4), ("tree:0", 2)] {
        let filter = format!("--filter={filter}");
        let partial = clone(&upstream, &[&filter, "--no-checkout"]);
        let run = history(&partial);
        assert_eq!(state(&run), is(2, &["missing-object"]), "{filter}");
        let detail = format!("{missing} objects were left out");
        assert!(run.stdout.contains(&detail), "{filter}: {}", run.stdout);
        assert!(
            run.json()["skipped"][0]["help"]
                .as_str()
                .unwrap()
                .contains("--refetch")
        );
        let tree = partial.git_with_input(["mktree"], b"");
        let commit = partial.git(["commit-tree", "-m", &token(3), &tree]);
        partial.git(["update-ref", "refs/heads/leak", commit.trim()]);
        assert_eq!(state(&history(&partial)).0, 1, "what is there is scanned");
    }
}

#[test]
fn many_missing_objects_are_one_line() {
    let sandbox = Sandbox::repository();
    for file in 0..300 {
        sandbox.write(format!("many/{file}"), format!("{file}"));
    }
    sandbox.commit_all("many");
    let lost = |upto: usize| {
        let files =
            (0..upto).map(|file| loose(&sandbox, &sandbox.id(&format!("HEAD:many/{file}"))));
        files.for_each(|file| _ = fs::remove_file(file));
        state(&history(&sandbox))
    };
    assert_eq!(lost(10), is(2, &["missing-object"; 10]));
    assert_eq!(lost(12), is(2, &["missing-object"; 11]));
    assert!(
        history(&sandbox)
            .stdout
            .contains("this and 1 more objects are missing")
    );
    lost(300);
    assert!(
        history(&sandbox)
            .stdout
            .contains("this and 289 more objects are missing")
    );
    sandbox.git(["update-ref", "-d", "HEAD"]);
    fs::remove_file(sandbox.path().join(".git/index")).unwrap();
    assert_eq!(
        state(&history(&sandbox)),
        is(2, &["missing-object"]),
        "too many to ask for each"
    );
}

#[test]
fn a_reachable_missing_object_is_reported() {
    let sandbox = Sandbox::repository();
    sandbox.write("d/a", "one").commit_all("one");
    sandbox.write("d/a", "two").commit_all("two");
    sandbox.git(["tag", "-a", "-m", "x", "blob", &sandbox.id("HEAD~1:d/a")]);
    sandbox.git(["tag", "-a", "-m", "x", "tree", &sandbox.id("HEAD~1:d")]);
    sandbox.git(["tag", "-a", "-m", "x", "tag", "blob"]);
    sandbox.git(["update-ref", "-d", "refs/tags/blob"]);
    sandbox.write("d/a", "three").git(["add", "."]);
    assert_eq!(state(&history(&sandbox)), is(0, &[]));
    for name in [
        "HEAD",
        "HEAD~1",
        "HEAD^{tree}",
        "HEAD~1:d",
        "HEAD:d/a",
        "HEAD~1:d/a",
        "tag^{}",
        "tag",
        "tree",
        ":d/a",
    ] {
        let id = sandbox.id(name);
        let file = loose(&sandbox, &id);
        let content = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let run = history(&sandbox);
        assert_eq!(state(&run), is(2, &["missing-object"]), "{name}");
        assert_eq!(skipped_objects(&run), [id], "{name}");
        fs::write(&file, content).unwrap();
    }
}

/// git prunes an old unreachable object, but keeps a newer unreachable object that refers to it.
#[test]
fn objects_of_unreachable_objects_may_be_missing() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "one").commit_all("one");
    let blob = sandbox.git_with_input(["hash-object", "-w", "--stdin"], b"gone");
    let tree = sandbox.git_with_input(["mktree"], format!("100644 blob {blob}\ta\n").as_bytes());
    let old = sandbox
        .git(["commit-tree", "-m", "old", &tree])
        .trim()
        .to_owned();
    let new = sandbox
        .git([
            "commit-tree",
            "-m",
            "new",
            "-p",
            &old,
            &sandbox.id("HEAD^{tree}"),
        ])
        .trim()
        .to_owned();
    for gone in [blob, tree, old] {
        fs::remove_file(loose(&sandbox, &gone)).unwrap();
        assert_eq!(state(&history(&sandbox)), is(0, &[]));
    }
    // Once a ref leads to the missing object, it is reported, even if many unreachable objects refer to it too.
    sandbox.write(".git/refs/heads/new", format!("{new}\n"));
    for number in 0..20 {
        sandbox
            .write("a", format!("{number}"))
            .git(["commit", "-q", "-a", "--amend", "-m", "x"]);
    }
    assert_eq!(state(&history(&sandbox)), is(2, &["missing-object"]));
}

#[test]
fn missing_objects_of_submodules_are_treated_alike() {
    let (sandbox, upstream) = (Sandbox::repository(), upstream());
    let url = upstream.path();
    sandbox.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        url.to_str().unwrap(),
        "sub",
    ]);
    let sub = |arguments: &[&str]| {
        sandbox
            .git([&["-C", "sub"][..], arguments].concat())
            .trim()
            .to_owned()
    };
    sandbox.write("sub/lost", "lost");
    let blob = sub(&["hash-object", "-w", "lost"]);
    sub(&["add", "lost"]);
    let tree = sub(&["write-tree"]);
    sub(&["reset", "-q", "--hard"]);
    let folder = sandbox.path().join(".git/modules/sub");
    fs::remove_file(folder.join("objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    assert_eq!(
        state(&history(&sandbox)),
        is(1, &[]),
        "{tree} is not needed"
    );
    let commit = sub(&["commit-tree", "-m", "x", &tree]);
    sub(&["update-ref", "refs/heads/needed", &commit]);
    let run = history(&sandbox);
    assert_eq!(state(&run), is(1, &["missing-object"]));
    assert!(
        run.json()["skipped"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("modules/sub:refs/heads/needed")
    );
}

/// Writes a tree with one entry of any mode. Returns its id.
fn tree(sandbox: &Sandbox, head: &str, id: &str) -> String {
    let id = gix::ObjectId::from_hex(id.as_bytes()).unwrap();
    let tree = [head.as_bytes(), b"\0", id.as_slice()].concat();
    sandbox.git_with_input(
        ["hash-object", "-w", "--literally", "-t", "tree", "--stdin"],
        &tree,
    )
}

/// git accepts several modes for a directory.
#[test]
fn a_missing_object_is_reported_despite_odd_tree_modes() {
    for mode in ["40755", "0040000", "41000"] {
        let sandbox = Sandbox::repository();
        let blob = sandbox.git_with_input(["hash-object", "-w", "--stdin"], b"gone");
        let inner = tree(&sandbox, "100644 f", &blob);
        let top = tree(
            &sandbox,
            &format!("{mode} e"),
            &tree(&sandbox, &format!("{mode} d"), &inner),
        );
        let commit = sandbox
            .git(["commit-tree", "-m", "x", &top])
            .trim()
            .to_owned();
        sandbox.write(".git/refs/heads/main", format!("{commit}\n"));
        fs::remove_file(loose(&sandbox, &blob)).unwrap();
        assert_eq!(
            state(&history(&sandbox)),
            is(2, &["missing-object"]),
            "{mode}"
        );
    }
}

#[test]
fn an_object_whose_id_is_all_zeros_is_missing() {
    let sandbox = Sandbox::repository();
    let top = tree(&sandbox, "100644 f", &"0".repeat(40));
    let commit = sandbox
        .git(["commit-tree", "-m", "x", &top])
        .trim()
        .to_owned();
    sandbox.write(".git/refs/heads/main", format!("{commit}\n"));
    assert_eq!(state(&history(&sandbox)), is(2, &["missing-object"]));
}
