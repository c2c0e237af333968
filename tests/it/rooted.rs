//! Patterns match paths from the root of the repository, whatever path was typed, and whatever the current directory is.

use crate::fake::Fake;
use crate::sandbox::Sandbox;

/// A repository with a token in `sub/docs/x.js` and in `vendor/a`, and an entry that allows findings in `docs`.
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
fn entries_match_paths_from_the_root_not_typed_paths() {
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
fn excludes_match_paths_from_the_root() {
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
fn unreadable_files_are_excluded_by_path_from_the_root() {
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

/// A repository with a submodule in `libs/inner` that has a token in `vendor/z.js`.
fn with_submodule() -> (Sandbox, Sandbox) {
    let (outer, inner) = (Sandbox::repository(), Sandbox::repository());
    inner
        .write("vendor/z.js", Fake::new(1).ntn(0))
        .commit_all("one");
    let from = inner.path().display().to_string();
    let add = [
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
    ];
    outer.git(add.into_iter().chain([from.as_str(), "libs/inner"]));
    outer.commit_all("add");
    (outer, inner)
}

#[test]
fn the_history_of_a_submodule_has_paths_from_the_outer_root() {
    let (outer, _inner) = with_submodule();
    let exit = |pattern: &str| outer.run(["history", "--exclude", pattern]).status;
    for (pattern, status) in [
        ("vendor/**", 1),
        ("inner", 1),
        ("libs", 0),
        ("libs/inner/vendor/**", 0),
    ] {
        assert_eq!(exit(pattern), status, "{pattern}");
    }
    for (paths, status) in [("vendor/**", 1), ("libs/inner/**", 0)] {
        let allow = format!("version: 1\nallow: [{{paths: ['{paths}'], reason: made up}}]\n");
        outer.write(".ntnguard.yaml", allow);
        assert_eq!(outer.run(["history"]).status, status, "{paths}");
    }
    // A moved submodule keeps its name in .gitmodules; patterns match its new path.
    outer.write(".ntnguard.yaml", "version: 1\n");
    outer.git(["mv", "libs/inner", "other"]);
    assert_eq!((exit("other/**"), exit("libs/**")), (0, 1));
}

#[test]
fn unreadable_objects_are_excluded_only_with_all_paths() {
    let sandbox = Sandbox::repository();
    let broken = b"\x1f\x8b\x08\0\0\0\0\0\0\0broken";
    sandbox.write("tests/x.gz", broken).commit_all("one");
    let run = |pattern: &str| {
        let flags = ["history", "--exclude", pattern, "--format", "json"];
        sandbox.run(flags)
    };
    for (pattern, status) in [("**", 0), ("tests/**", 0), ("x.gz", 2), ("src", 2)] {
        assert_eq!(run(pattern).status, status, "{pattern}");
    }
    let json = run("tests/**").json();
    assert_eq!(json["complete"], true);
    assert_eq!(json["accepted"][0]["path"], "tests/x.gz");
    assert_eq!(json["accepted"][0]["suppression"]["by"], "exclude");
    sandbox.git(["mv", "tests", "src"]);
    sandbox.commit_all("two");
    assert_eq!(run("tests/**").status, 2, "it lies in src, too");
    assert_eq!(run("**").status, 0);
}

#[test]
fn a_name_in_history_is_excluded_with_its_folder() {
    let sandbox = Sandbox::repository();
    let name = format!("{}.txt", Fake::new(1).ntn(0));
    let write = |folder: &str| {
        sandbox
            .write(format!("{folder}{name}"), "x")
            .commit_all("add")
    };
    write("vendor/");
    let exit = |pattern: &str| sandbox.run(["history", "--exclude", pattern]).status;
    for (pattern, status) in [
        ("*.txt", 1),
        ("vendor/**", 0),
        ("vendor/*.txt", 0),
        ("**", 0),
    ] {
        assert_eq!(exit(pattern), status, "{pattern}");
    }
    write("");
    assert_eq!((exit("vendor/**"), exit("*.txt"), exit("**")), (1, 1, 0));
}

#[test]
fn an_object_is_accepted_in_history_at_the_paths_of_its_entry() {
    let sandbox = Sandbox::repository();
    let broken = b"\x1f\x8b\x08\0\0\0\0\0\0\0broken";
    sandbox.write("tests/x.gz", broken).commit_all("one");
    let told = sandbox.run(["history", "--format", "json"]).json();
    let digest = told["skipped"][0]["digest"].as_str().unwrap().to_owned();
    for (path, status) in [("tests/**", 0), ("src/**", 2)] {
        let entry = format!("{{unscanned: '{digest}', paths: ['{path}'], reason: looked into}}");
        sandbox.write(".ntnguard.yaml", format!("version: 1\nallow: [{entry}]\n"));
        assert_eq!(sandbox.run(["history"]).status, status, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn the_target_of_a_link_has_its_own_path() {
    let sandbox = leaking();
    std::fs::create_dir(sandbox.path().join("docs")).unwrap();
    std::os::unix::fs::symlink("../sub/docs", sandbox.path().join("docs/link")).unwrap();
    let run = sandbox.run(["scan", "docs/link"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
}
