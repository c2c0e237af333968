//! Unusual kinds of repositories, and configuration that must not change the result.

use std::fs;

use super::{history, is, pack_file, state, token};
use crate::sandbox::{Run, Sandbox};

/// Two commits: one with a token, one without.
fn leak_and_clean(sandbox: &Sandbox) {
    sandbox.write("a.txt", token(1)).commit_all("leak");
    sandbox.write("a.txt", "clean").commit_all("clean");
}

#[test]
fn a_repository_without_commits_is_clean_and_complete() {
    let sandbox = Sandbox::repository();
    let run = history(&sandbox);
    assert_eq!(
        (state(&run), &run.json()["summary"]["objects"]["blobs"]),
        (is(0, &[]), &0.into())
    );
    sandbox.write("a", "x").git(["add", "a"]);
    assert_eq!(state(&history(&sandbox)), is(0, &[]));
    let outside = Sandbox::new();
    let run = outside.run(["history"]);
    assert!(
        run.status == 2 && run.stderr.contains("is in no git repository"),
        "{}",
        run.stderr
    );
    let run = outside.run(["history", "no/such/place"]);
    assert!(
        run.status == 2 && run.stderr.contains("no/such/place cannot be read"),
        "{}",
        run.stderr
    );
    outside.write(".git", "gitdir: nowhere\n");
    assert_eq!(outside.run(["history"]).status, 2);
}

#[test]
fn bare_and_sha_256_and_linked_repositories_are_read() {
    for format in ["sha1", "sha256"] {
        let sandbox = Sandbox::new();
        sandbox.git([
            "init",
            "-q",
            "-b",
            "main",
            &format!("--object-format={format}"),
            ".",
        ]);
        leak_and_clean(&sandbox);
        let expected = history(&sandbox).json()["findings"].clone();
        assert_eq!(
            (&expected[0]["path"], expected.as_array().unwrap().len()),
            (&"a.txt".into(), 1),
            "{format}"
        );
        let check = |run: Run, what: &str| {
            assert_eq!(state(&run), is(1, &[]), "{format} {what}");
            assert_eq!(
                run.json()["findings"][0]["placement"]["introduced"],
                expected[0]["placement"]["introduced"]
            );
            assert_eq!(
                run.json()["findings"][0]["occurrences"],
                expected[0]["occurrences"],
                "{format} {what}"
            );
        };
        sandbox.git(["repack", "-q", "-adf"]);
        check(history(&sandbox), "packed");
        sandbox.git(["worktree", "add", "-q", "linked", "HEAD"]);
        fs::create_dir(sandbox.path().join("linked/folder")).unwrap();
        check(
            sandbox.run_in("linked/folder", ["history", "--format", "json"]),
            "linked",
        );
        sandbox.git(["clone", "-q", "--bare", ".", "bare.git"]);
        check(
            sandbox.run(["history", "--format", "json", "bare.git"]),
            "bare",
        );
        check(
            sandbox.run(["history", "--format", "json", ".git"]),
            "git's own folder",
        );
    }
}

/// Both versions of a pack index, and a multi-pack index, give the same ids.
#[test]
fn every_kind_of_index_is_read() {
    let sandbox = Sandbox::repository();
    for seed in 1..20 {
        sandbox
            .write(format!("{seed}.txt"), token(seed))
            .commit_all("leak");
    }
    let occurrences = |run: Run| {
        let findings = run.json()["findings"].as_array().unwrap().clone();
        findings
            .iter()
            .map(|finding| finding["occurrences"].to_string())
            .collect::<Vec<_>>()
    };
    let expected = occurrences(history(&sandbox));
    assert_eq!(expected.len(), 19);
    for version in ["1", "2"] {
        sandbox.git([
            "-c",
            &format!("pack.indexVersion={version}"),
            "repack",
            "-q",
            "-adf",
        ]);
        assert_eq!(
            occurrences(history(&sandbox)),
            expected,
            "version {version}"
        );
    }
    sandbox.git(["multi-pack-index", "write"]);
    fs::remove_file(pack_file(&sandbox, "idx")).unwrap();
    assert_eq!(occurrences(history(&sandbox)), expected, "of all packs");
}

/// The result in a linked work tree is the same as in the main work tree.
#[test]
fn the_result_is_the_same_in_every_directory() {
    let sandbox = Sandbox::repository();
    leak_and_clean(&sandbox);
    sandbox.git(["update-ref", "refs/bisect/bad", &sandbox.id("HEAD~1")]);
    sandbox.git(["worktree", "add", "-q", "--detach", "linked", "HEAD"]);
    sandbox.git(["-C", "linked", "update-ref", "refs/bisect/bad", "HEAD~1"]);
    let here = history(&sandbox).json()["findings"].clone();
    let there = sandbox
        .run_in("linked", ["history", "--format", "json"])
        .json()["findings"]
        .clone();
    assert_eq!(here, there);
    fs::create_dir_all(sandbox.path().join("a/b")).unwrap();
    assert_eq!(
        here,
        sandbox
            .run_in("a/b", ["history", "--format", "json"])
            .json()["findings"]
    );
    let kept_by = here[0]["placement"]["kept_by"].as_array().unwrap();
    for name in [
        "refs/bisect/bad",
        "worktrees/linked/refs/bisect/bad",
        "worktrees/linked/HEAD",
        "refs/heads/main",
    ] {
        assert!(
            kept_by.contains(&name.into()),
            "{name} is not in {kept_by:?}"
        );
    }
}

/// Programs that the repository's configuration names (filters, text conversion, fsmonitor and so on) are never run, and
/// change nothing.
#[test]
fn odd_configuration_changes_nothing_and_is_not_executed() {
    let sandbox = Sandbox::repository();
    leak_and_clean(&sandbox);
    sandbox.git(["repack", "-q", "-adf"]);
    // An index without a checksum.
    sandbox.git([
        "-c",
        "index.skipHash=true",
        "update-index",
        "--force-write-index",
    ]);
    let expected = history(&sandbox).json()["findings"].clone();
    let trap = format!("touch '{}'", sandbox.path().join("sprung").display());
    let traps = [
        "core.fsmonitor",
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "diff.x.textconv",
        "diff.x.command",
        "diff.external",
        "core.sshCommand",
        "credential.helper",
        "core.pager",
        "core.editor",
        "gpg.program",
        "uploadpack.packObjectsHook",
        "core.alternateRefsCommand",
        "core.gitProxy",
    ];
    for key in traps {
        sandbox.git(["config", key, &trap]);
    }
    let settings = [
        ("color.ui", "always"),
        ("diff.orderFile", "missing"),
        ("core.attributesFile", "missing"),
        ("core.bigFileThreshold", "1"),
        ("core.quotePath", "true"),
        ("log.showSignature", "true"),
        ("core.commitGraph", "false"),
        ("core.hooksPath", "."),
        ("include.path", "missing"),
        ("includeIf.gitdir:/.path", "missing"),
        ("core.logAllRefUpdates", "false"),
        ("core.compression", "0"),
        ("pack.packSizeLimit", "1m"),
        ("index.skipHash", "true"),
        ("core.useReplaceRefs", "true"),
        ("core.excludesFile", "a.txt"),
        ("core.ignoreCase", "true"),
        ("core.protectNTFS", "true"),
    ];
    for (key, value) in settings {
        sandbox.git(["config", key, value]);
    }
    sandbox.write(
        ".git/info/attributes",
        "*.txt filter=x diff=x -diff binary\n* -text working-tree-encoding=UTF-16\n",
    );
    sandbox.write(".git/info/grafts", format!("{}\n", sandbox.id("HEAD")));
    sandbox.write(".git/info/exclude", "*\n");
    let run = history(&sandbox);
    assert_eq!(
        (state(&run), &run.json()["findings"]),
        (is(1, &[]), &expected)
    );
    assert!(!sandbox.path().join("sprung").exists());
}

#[test]
fn the_environment_changes_nothing() {
    let (sandbox, other) = (Sandbox::repository(), Sandbox::repository());
    leak_and_clean(&sandbox);
    let variables = [
        ("GIT_DIR", ".git"),
        ("GIT_WORK_TREE", "."),
        ("GIT_OBJECT_DIRECTORY", ".git/objects"),
        ("GIT_COMMON_DIR", ".git"),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", ".git/objects"),
        ("GIT_INDEX_FILE", ".git/index"),
        ("GIT_NAMESPACE", "x"),
        ("GIT_REPLACE_REF_BASE", "refs/x"),
        ("GIT_SHALLOW_FILE", "x"),
        ("GIT_GRAFT_FILE", "x"),
        ("GIT_CONFIG_COUNT", "nonsense"),
        ("GIT_CONFIG_PARAMETERS", "nonsense"),
        ("GIT_CEILING_DIRECTORIES", "/"),
        ("GIT_DEFAULT_HASH", "sha256"),
    ];
    for (key, value) in variables {
        let value = if value.starts_with('.') {
            other.path().join(value).into_os_string()
        } else {
            value.into()
        };
        let output = sandbox
            .ntnguard()
            .args(["history", "--format", "json"])
            .env(key, value)
            .output()
            .unwrap();
        assert_eq!(state(&Run::of(output)), is(1, &[]), "{key}");
    }
}

#[test]
fn a_replacement_hides_nothing() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("a", token(1))
        .write("b", "clean")
        .commit_all("x");
    sandbox.git(["replace", &sandbox.id("HEAD:a"), &sandbox.id("HEAD:b")]);
    let run = history(&sandbox);
    assert_eq!(
        (state(&run), run.paths()),
        (is(1, &[]), vec!["a".to_owned()])
    );
}

/// git would refuse a repository of another owner. ntnguard only reads it, so it needs no trust.
#[cfg(unix)]
#[test]
fn a_repository_of_another_owner_is_read() {
    fn give_away(path: &std::path::Path) -> std::io::Result<()> {
        if path.is_dir() {
            fs::read_dir(path)?.try_for_each(|entry| give_away(&entry?.path()))?;
        }
        std::os::unix::fs::lchown(path, Some(65_534), Some(65_534))
    }
    let sandbox = Sandbox::repository();
    leak_and_clean(&sandbox);
    if give_away(&sandbox.path()).is_err() {
        return; // Only root may give files away.
    }
    assert!(!sandbox.try_git(["status"]).status.success(), "git refuses");
    assert_eq!(state(&history(&sandbox)), is(1, &[]));
}

/// A repository with a storage format that ntnguard cannot read is not clean.
#[test]
fn a_reftable_repository_is_reported_as_unsupported() {
    let sandbox = Sandbox::new();
    if !sandbox
        .try_git(["init", "-q", "-b", "main", "--ref-format=reftable", "."])
        .status
        .success()
    {
        return; // An older git.
    }
    sandbox.write("a", "clean").commit_all("x");
    let blob = sandbox.id("HEAD:a");
    fs::remove_file(super::loose(&sandbox, &blob)).unwrap();
    assert_eq!(sandbox.run(["history"]).status, 2);
    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q", "-b", "main", "--ref-format=reftable", "."]);
    sandbox.write("a", "clean").commit_all("x");
    sandbox.git(["branch", &token(1)]);
    assert_eq!(
        state(&history(&sandbox)).1,
        ["unsupported"],
        "its name may stand there in one piece, or may not"
    );
}

#[test]
fn objects_over_the_size_limit_are_reported() {
    let sandbox = Sandbox::repository();
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nlimits: {max-file-size: 1000}\n",
    );
    sandbox
        .write("large", "x".repeat(2000))
        .write("leak", token(1))
        .commit_all("x");
    sandbox
        .write("large", format!("{}y", "x".repeat(2000)))
        .commit_all("y");
    assert_eq!(
        state(&history(&sandbox)),
        is(1, &["too-large", "too-large"])
    );
    sandbox.git(["repack", "-q", "-adf"]);
    let run = history(&sandbox);
    assert_eq!(state(&run), is(1, &["too-large"]));
    assert!(
        run.json()["skipped"][0]["detail"]
            .as_str()
            .unwrap()
            .ends_with("; 1 more objects depend on this object")
    );
}

#[test]
fn a_repository_is_found_by_any_path() {
    let sandbox = Sandbox::new();
    sandbox.write("beside/file", "");
    sandbox.git(["init", "-q", "--bare", "bare.git"]);
    sandbox.git(["init", "-q", "other"]);
    let bare = [
        ("beside", "../bare.git"),
        ("bare.git/refs", "."),
        ("bare.git", "../bare.git"),
        ("", "bare.git"),
    ];
    let own = [
        ("other/.git", "."),
        ("other/.git/refs", "."),
        ("other/.git", "../.git"),
        ("", "other/.git"),
    ];
    for (from, path) in bare.into_iter().chain(own) {
        let run = sandbox.run_in(from, ["history", path]);
        assert_eq!(
            (run.status, run.stderr.as_str()),
            (0, ""),
            "{path} from {from}"
        );
    }
}

/// If the refs cannot be read, no object is reported as unreachable, because that is not known.
#[test]
fn without_readable_refs_nothing_is_called_unreachable() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", token(1)).commit_all("x");
    sandbox.git(["checkout", "-q", "--detach"]);
    fs::write(
        sandbox.path().join(".git/HEAD"),
        "ref: refs/heads/.invalid\n",
    )
    .unwrap();
    fs::remove_dir_all(sandbox.path().join(".git/logs")).unwrap();
    fs::remove_file(sandbox.path().join(".git/index")).unwrap();
    fs::create_dir(sandbox.path().join(".git/reftable")).unwrap();
    let run = history(&sandbox);
    assert_eq!(
        run.json()["findings"][0]["placement"]["kept_by"],
        serde_json::json!([])
    );
}
