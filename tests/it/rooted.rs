//! Patterns mean the path from the root of the repository, however a file was named and wherever a run is started.

use crate::fake::Fake;
use crate::sandbox::Sandbox;

/// A repository that has a token in `sub/docs/x.js` and `vendor/a`, and allows what is in `docs`.
fn leaking() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox
        .write("sub/docs/x.js", Fake::new(1).ntn(0))
        .write("vendor/a", Fake::new(2).ntn(0))
        .write(
            ".ntnguard.yaml",
            "version: 1\nallow: [{paths: ['docs/**'], reason: examples}]\n",
        );
    sandbox
}

#[test]
fn an_entry_for_paths_does_not_count_for_what_was_typed() {
    let sandbox = leaking();
    let whole = sandbox.path().join("sub").display().to_string();
    for (folder, arguments) in [
        ("sub", &["scan", "."][..]),
        ("sub", &["."]),
        ("sub", &["scan", "docs/x.js"]),
        ("sub", &["scan", "../sub"]),
        ("sub/docs", &["scan", "x.js"]),
        ("", &["scan", &whole]),
    ] {
        let run = sandbox.run_in(folder, arguments);
        assert_eq!(run.status, 1, "{folder} {arguments:?}: {}", run.stdout);
    }
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nallow: [{paths: ['sub/docs/**'], reason: examples}]\n",
    );
    for (folder, path) in [
        ("sub", "."),
        ("sub", "docs"),
        ("sub/docs", "x.js"),
        ("", &whole),
    ] {
        let run = sandbox.run_in(folder, ["scan", path]);
        assert_eq!(run.status, 0, "{folder} {path}: {}", run.stdout);
    }
}

#[test]
fn an_excluded_path_is_the_one_from_the_root() {
    let sandbox = leaking();
    let vendor = sandbox.path().join("vendor").display().to_string();
    for (folder, path, pattern, status) in [
        ("vendor", ".", "a", 1),
        ("vendor", "a", "a", 1),
        ("", &vendor, "vendor/**", 0),
        ("sub", "../vendor", "vendor/**", 0),
        ("sub", "../vendor/a", "vendor/**", 0),
        ("vendor", ".", "vendor/**", 0),
    ] {
        let run = sandbox.run_in(folder, ["scan", path, "--exclude", pattern]);
        assert_eq!(run.status, status, "{folder} {path} {pattern}");
    }
    // A report shows the path that was typed.
    let run = sandbox.run_in(
        "vendor",
        ["scan", "a", "--exclude", "a", "--format", "json"],
    );
    assert_eq!(run.paths(), ["a"]);
}

#[test]
fn what_cannot_be_looked_into_is_excluded_by_its_path_from_the_root() {
    let sandbox = Sandbox::repository();
    sandbox.write("vendor/x.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\0broken");
    for (pattern, status) in [("vendor/**", 0), ("x.gz", 2)] {
        let run = sandbox.run_in("vendor", ["scan", "x.gz", "--exclude", pattern]);
        assert_eq!(run.status, status, "{pattern}: {}", run.stdout);
    }
}

#[test]
fn a_file_outside_the_repository_has_the_path_that_was_typed() {
    let sandbox = Sandbox::new();
    sandbox
        .write("inner/there", "")
        .write("docs/x.js", Fake::new(1).ntn(0));
    sandbox.git(["init", "-q", "inner"]);
    for (pattern, status) in [("docs/**", 1), ("**/docs/**", 0)] {
        let run = sandbox.run_in("inner", ["scan", "../docs", "--exclude", pattern]);
        assert_eq!(run.status, status, "{pattern}: {}", run.stdout);
    }
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_has_the_path_where_it_lies() {
    let sandbox = leaking();
    std::fs::create_dir(sandbox.path().join("docs")).unwrap();
    std::os::unix::fs::symlink("../sub/docs", sandbox.path().join("docs/link")).unwrap();
    let run = sandbox.run(["scan", "docs/link"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
}
