//! `ntnguard range`: the lines that commits add. Each commit is compared with all its parents.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

fn range(sandbox: &Sandbox, range: &str) -> Run {
    sandbox.run(["range", range, "--format", "json"])
}

/// Each reported finding as `LOCATION by COMMIT`, in the order of the report.
fn added(sandbox: &Sandbox, run: &Run) -> Vec<String> {
    let json = run.json();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let findings = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["verdict"] == "reported");
    findings
        .map(|f| {
            let commit = text(&f["placement"]["introduced"]["commit"]);
            let subject = if commit == "-" {
                "no commit".to_owned()
            } else {
                sandbox.git(["log", "-1", "--format=%s", &commit])
            };
            let place = if f["path"].is_null() {
                &f["where"]
            } else {
                &f["path"]
            };
            format!(
                "{} by {}",
                text(place),
                subject.split(':').next().unwrap().trim()
            )
        })
        .collect()
}

fn head(sandbox: &Sandbox) -> String {
    sandbox.git(["rev-parse", "HEAD"]).trim().to_owned()
}

#[test]
fn an_added_secret_is_reported_once_with_its_commit() {
    let sandbox = Sandbox::repository();
    sandbox.write("old", token(1)).commit_all("zero");
    sandbox.write("a", token(2)).commit_all("one");
    sandbox
        .write("old", format!("{} and more", token(1)))
        .write("a", format!("\n{}\n{}", token(2), token(3)))
        .commit_all("two");
    fs::remove_file(sandbox.path().join("a")).unwrap();
    sandbox.commit_all("three");
    let run = range(&sandbox, "HEAD~3..HEAD");
    assert_eq!(
        (run.status, added(&sandbox, &run)),
        (1, vec!["a by one".to_owned(), "a by two".to_owned()])
    );
    let finding = &run.json()["findings"][0];
    assert_eq!(
        (
            &finding["line"],
            &finding["occurrences"].as_array().unwrap().len()
        ),
        (&1.into(), &1)
    );
    assert_eq!(finding["placement"]["introduced"]["author"], "A");
    assert_eq!(
        added(&sandbox, &range(&sandbox, "HEAD~1")),
        ["a by two"],
        "one revision is that commit alone"
    );
    assert_eq!(range(&sandbox, "HEAD").status, 0, "to delete adds nothing");
    assert_eq!(
        added(&sandbox, &range(&sandbox, "main~3")),
        ["old by zero"],
        "the first commit adds all it has"
    );
    assert_eq!(range(&sandbox, "HEAD..HEAD").status, 0);
    let shown = sandbox.run(["range", "HEAD~3..HEAD"]).stdout;
    assert!(
        shown.contains(
            &finding["placement"]["introduced"]["commit"]
                .as_str()
                .unwrap()[..10]
        ),
        "{shown}"
    );
}

#[test]
fn messages_headers_tags_and_names_are_scanned() {
    let sandbox = Sandbox::repository();
    sandbox.commit_all("zero");
    sandbox.commit_all(&format!("one: {}", token(1)));
    sandbox
        .write(format!("dir/{}/x", token(2)), "x")
        .commit_all("two");
    sandbox
        .write(format!("dir/{}/x", token(2)), "y")
        .commit_all("three");
    sandbox.git(["tag", "-a", "v1", "-m", &format!("key {}", token(3))]);
    let run = range(&sandbox, "v1~3..v1");
    assert_eq!(added(&sandbox, &run).len(), 3, "{:?}", run.findings());
    assert!(
        run.stdout.contains("tag-message")
            && run.stdout.contains("path-name")
            && run.stdout.contains("commit-message")
    );
    assert_eq!(
        range(&sandbox, "HEAD").status,
        0,
        "the name was there before, and the tag was not named"
    );
    assert_eq!(range(&sandbox, "v1").status, 1);
}

#[test]
fn merges_are_compared_with_all_their_parents() {
    let sandbox = Sandbox::repository();
    sandbox.write("f", "1\n2\n3\n4\n5\n").commit_all("zero");
    sandbox.git(["checkout", "-q", "-b", "side"]);
    sandbox
        .write("f", format!("1 {}\n2\n3\n4\n5\n", token(1)))
        .commit_all("side");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox
        .write("f", format!("1\n2\n3\n4\n5 {}\n", token(2)))
        .commit_all("main");
    sandbox.git(["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    assert_eq!(
        range(&sandbox, "HEAD").status,
        0,
        "what a merge brings together was added by others"
    );
    assert_eq!(added(&sandbox, &range(&sandbox, "HEAD~2..HEAD")).len(), 2);
    assert_eq!(
        added(&sandbox, &range(&sandbox, "HEAD~1..HEAD")),
        ["f by side"]
    );
    sandbox.write("evil", token(3));
    sandbox.git(["add", "evil"]);
    sandbox.git(["commit", "-q", "--amend", "-m", "evil"]);
    assert_eq!(added(&sandbox, &range(&sandbox, "HEAD")), ["evil by evil"]);
    let all: BTreeSet<_> = added(&sandbox, &range(&sandbox, "main~1...side"))
        .into_iter()
        .collect();
    assert_eq!(all, ["f by main", "f by side"].map(str::to_owned).into());
}

#[test]
fn renames_and_mode_changes_add_nothing() {
    let sandbox = Sandbox::repository();
    sandbox.write("old", token(1)).commit_all("zero");
    sandbox.git(["mv", "old", "new"]);
    sandbox.git(["update-index", "--chmod=+x", "new"]);
    sandbox.git(["commit", "-q", "-m", "move"]);
    assert_eq!(range(&sandbox, "HEAD").status, 0);
    sandbox.write("copy", token(1)).commit_all("copy");
    assert_eq!(added(&sandbox, &range(&sandbox, "HEAD")), ["copy by copy"]);
    sandbox.write("new", "clean").commit_all("clean");
    sandbox.write("new", token(1)).commit_all("again");
    assert_eq!(
        added(&sandbox, &range(&sandbox, "HEAD~3..HEAD")),
        ["copy by copy"],
        "once, with the oldest"
    );
    assert_eq!(added(&sandbox, &range(&sandbox, "HEAD")), ["new by again"]);
}

/// In random histories with merges, ntnguard scans the commits that `git rev-list` lists, and in each commit the files that
/// git's combined diff lists. Each version of a file and each message has its own token.
#[test]
fn git_lists_the_same_commits_and_files() {
    for seed in 1..=3 {
        let sandbox = Sandbox::repository();
        let mut fake = Fake::new(seed);
        for round in 0..24 {
            let branch = format!("b{}", fake.next() % 3);
            let _ = sandbox.try_git([
                "checkout",
                "-q",
                "-f",
                "-B",
                &branch,
                if round == 0 { "main" } else { &branch },
            ]);
            if sandbox
                .try_git(["rev-parse", "-q", "--verify", &branch])
                .status
                .success()
            {
                sandbox.git(["checkout", "-q", "-f", &branch]);
            } else {
                let _ = sandbox.try_git(["checkout", "-q", "-f", "-b", &branch]);
            }
            let other = format!("b{}", fake.next() % 3);
            if fake.next().is_multiple_of(3)
                && sandbox
                    .try_git(["rev-parse", "-q", "--verify", &other])
                    .status
                    .success()
            {
                let _ = sandbox.try_git([
                    "merge",
                    "-q",
                    "-s",
                    "ours",
                    "--no-commit",
                    "--allow-unrelated-histories",
                    &other,
                ]);
            }
            for _ in 0..1 + fake.next() % 3 {
                let path = ["a", "d/b", "d/e/c", "d-", "x/y"][fake.next() as usize % 5];
                if fake.next().is_multiple_of(5) {
                    let _ = sandbox.try_git(["rm", "-q", "-r", "--ignore-unmatch", path]);
                } else if fake.next().is_multiple_of(4) {
                    // Take the file from another branch, so that the merge equals one of its parents at this path.
                    let _ = sandbox.try_git(["checkout", "-q", &other, "--", path]);
                } else {
                    sandbox.write(path, fake.ntn(0));
                }
            }
            let message = format!("{round}: {}", fake.ntn(0));
            sandbox.commit_all(&message);
        }
        let tips: Vec<String> = sandbox
            .git(["for-each-ref", "--format=%(refname:short)", "refs/heads"])
            .lines()
            .map(str::to_owned)
            .collect();
        let mut ranges: Vec<String> = tips
            .iter()
            .flat_map(|a| {
                tips.iter()
                    .flat_map(move |b| [format!("{a}..{b}"), format!("{a}...{b}")])
            })
            .collect();
        ranges.extend(
            tips.iter()
                .flat_map(|tip| [format!("{tip}~1..{tip}"), format!("{tip}~4..{tip}")]),
        );
        for spec in ranges
            .iter()
            .filter(|spec| sandbox.try_git(["rev-list", spec]).status.success())
        {
            let run = range(&sandbox, spec);
            let json = run.json();
            let findings = json["findings"].as_array().unwrap();
            let of = |what: &str| {
                findings
                    .iter()
                    .filter(|f| (f["where"] == "commit-message") == (what == "message"))
                    .collect::<Vec<_>>()
            };
            let ours: BTreeSet<_> = of("message")
                .iter()
                .map(|f| f["object"].as_str().unwrap().to_owned())
                .collect();
            let listed = sandbox.git(["rev-list", spec]);
            let theirs: BTreeSet<_> = listed.lines().map(str::to_owned).collect();
            assert_eq!(ours, theirs, "seed {seed} {spec}");
            let mut new = BTreeSet::new();
            for commit in &theirs {
                let changed = sandbox.git([
                    "diff-tree",
                    "-c",
                    "-r",
                    "--root",
                    "--no-commit-id",
                    "--name-only",
                    "--no-renames",
                    commit,
                ]);
                for path in changed.lines() {
                    let blob = sandbox.try_git([
                        "rev-parse",
                        "-q",
                        "--verify",
                        &format!("{commit}:{path}"),
                    ]);
                    new.extend(
                        blob.status
                            .success()
                            .then(|| String::from_utf8(blob.stdout).unwrap().trim().to_owned()),
                    );
                }
            }
            let ours: BTreeSet<_> = of("file")
                .iter()
                .map(|f| f["object"].as_str().unwrap().to_owned())
                .collect();
            assert!(
                ours.is_subset(&new),
                "seed {seed} {spec}: {:?}",
                ours.difference(&new)
            );
            // A blob that is new at its path is not added if the commit only moved it there.
            let missed: Vec<_> = new
                .difference(&ours)
                .filter(|blob| !moved(&sandbox, &theirs, blob))
                .collect();
            assert!(missed.is_empty(), "seed {seed} {spec}: {missed:?}");
        }
    }
}

/// Returns true if each commit that has the blob at a new path deletes the blob at another path.
fn moved(sandbox: &Sandbox, commits: &BTreeSet<String>, blob: &str) -> bool {
    commits.iter().all(|commit| {
        let raw = sandbox.git([
            "diff-tree",
            "-m",
            "-r",
            "--root",
            "--no-commit-id",
            "--no-renames",
            "--raw",
            "--abbrev=64",
            commit,
        ]);
        let adds = raw
            .lines()
            .any(|line| line.split([' ', '\t']).nth(3) == Some(blob));
        let deletes = raw
            .lines()
            .any(|line| line.split([' ', '\t']).nth(2) == Some(blob) && line.contains(" D\t"));
        !adds || deletes
    })
}

#[test]
fn missing_objects_and_shallow_cuts_are_never_clean() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "1").commit_all("one");
    sandbox.write("a", "2").write("d/b", "x").commit_all("two");
    sandbox.write("a", "3").commit_all("three");
    let skipped = |run: &Run| {
        run.json()["skipped"]
            .as_array()
            .unwrap()
            .iter()
            .map(|skip| skip["reason"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for object in ["HEAD~1:a", "HEAD~1:d", "HEAD~1^{tree}"] {
        let id = sandbox.git(["rev-parse", object]);
        let file = sandbox
            .path()
            .join(".git/objects")
            .join(&id[..2])
            .join(id[2..].trim());
        let kept = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let run = range(&sandbox, "HEAD~2..HEAD");
        assert_eq!(
            (run.status, skipped(&run).first().map(String::as_str)),
            (2, Some("missing-object")),
            "{object}"
        );
        fs::write(&file, kept).unwrap();
    }
    assert_eq!(range(&sandbox, "HEAD~2..HEAD").status, 0);
    let shallow = Sandbox::new();
    shallow.git([
        "clone",
        "-q",
        "--depth",
        "2",
        &format!("file://{}", sandbox.path().display()),
        ".",
    ]);
    let run = range(&shallow, "HEAD~1");
    assert_eq!((run.status, skipped(&run)), (2, vec!["shallow".to_owned()]));
    assert_eq!(
        range(&shallow, "HEAD~1..HEAD").status,
        0,
        "the cut is not in the range"
    );
    assert!(run.stdout.contains("fetch-depth: 0"));
    for wrong in [
        "nowhere",
        "HEAD~9..HEAD",
        "0000000000000000000000000000000000000000..HEAD",
        "HEAD:a",
        "HEAD^@",
        "",
        "^HEAD",
    ] {
        let run = range(&sandbox, wrong);
        assert_eq!(run.status, 2, "{wrong}: {}", run.stdout);
        assert!(run.stderr.contains("help"), "{}", run.stderr);
    }
    assert_eq!(Sandbox::new().run(["range", "HEAD"]).status, 2);
}

/// A change must not be able to allow its own leak.
#[test]
fn allowances_come_only_from_the_base() {
    let leak = token(1);
    let print = || {
        let sandbox = Sandbox::new();
        sandbox.write("x", &leak);
        sandbox.run(["scan", "--format", "json"]).json()["findings"][0]["fingerprint"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (print, plain) = (print(), format!("t = '{leak}'\n"));
    let cases = [
        (
            "entry",
            ".ntnguard.yaml",
            format!("version: 1\nallow: [{{fingerprint: '{print}', reason: mine}}]\n"),
            &plain,
        ),
        (
            "rule",
            ".ntnguard.yaml",
            "version: 1\nrules: {integration-token: {enabled: false, reason: mine}}\n".to_owned(),
            &plain,
        ),
        (
            "confidence",
            ".ntnguard.yaml",
            "version: 1\nrules: {integration-token: {confidence: low}}\n".to_owned(),
            &plain,
        ),
        (
            "limit",
            ".ntnguard.yaml",
            "version: 1\nlimits: {max-file-size: 1}\n".to_owned(),
            &plain,
        ),
        (
            "baseline",
            ".ntnguard-baseline",
            format!("{print} integration-token\n"),
            &plain,
        ),
        (
            "comment",
            "other",
            String::new(),
            &format!("# ntnguard: allow mine\nt = '{leak}'\n"),
        ),
    ];
    for (name, file, text, content) in cases {
        let sandbox = Sandbox::repository();
        sandbox.write("a.py", "t = ''\n").commit_all("base");
        let base = head(&sandbox);
        sandbox
            .write(file, &text)
            .write("a.py", content)
            .commit_all("change");
        let run = sandbox.run([
            "range",
            "HEAD~1..HEAD",
            "--config-from",
            &base,
            "--format",
            "json",
        ]);
        assert_eq!(
            (run.status, run.paths()),
            (1, vec!["a.py".to_owned()]),
            "{name}"
        );
        let own = range(&sandbox, "HEAD~1..HEAD");
        assert!(
            own.status != 1,
            "{name} counts without a base: {}",
            own.stdout
        );
        let note = run.json()["findings"][0]["note"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(
            note.contains("is part of the change"),
            name == "comment",
            "{note}"
        );
    }
    let sandbox = Sandbox::repository();
    sandbox
        .write(".ntnguard-baseline", format!("{print} integration-token\n"))
        .commit_all("base");
    fs::remove_file(sandbox.path().join(".ntnguard-baseline")).unwrap();
    sandbox.write("a.py", &plain).commit_all("change");
    assert_eq!(
        sandbox
            .run(["range", "HEAD", "--config-from", "HEAD~1"])
            .status,
        0,
        "what the base allows is allowed"
    );
    for revision in ["nowhere", "HEAD:a.py"] {
        let run = sandbox.run(["range", "HEAD", "--config-from", revision]);
        assert!(
            run.status == 2 && run.stderr.contains("cannot be read"),
            "{}",
            run.stderr
        );
    }
}

/// A baseline that one command writes works for all commands, and still works after rebases, squashes and moves.
#[test]
fn one_value_has_one_fingerprint_everywhere() {
    let sandbox = Sandbox::repository();
    let leak = token(1);
    sandbox.commit_all("zero");
    sandbox
        .write("a.ts", format!("let a = '{leak}'\n"))
        .commit_all("leak");
    sandbox.git(["branch", "old"]);
    let print = |run: Run| {
        run.json()["findings"][0]["fingerprint"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let of_range = print(range(&sandbox, "HEAD"));
    assert_eq!(print(sandbox.run(["scan", "--format", "json"])), of_range);
    assert_eq!(
        print(sandbox.run_with_input(["stdin", "--format", "json"], leak.as_bytes())),
        of_range
    );
    sandbox.git(["reset", "-q", "--soft", "HEAD~1"]);
    assert_eq!(print(sandbox.run(["staged", "--format", "json"])), of_range);
    assert!(
        sandbox
            .run(["baseline", "HEAD..old"])
            .stdout
            .contains("1 added"),
        "a range is a source too"
    );
    for command in [&["scan"][..], &["staged"], &["range", "HEAD..old"]] {
        assert_eq!(sandbox.run(command).status, 0, "{command:?}");
    }
    sandbox.git(["commit", "-q", "-m", "again"]);
    sandbox.git(["mv", "a.ts", "b.ts"]);
    sandbox
        .write("b.ts", format!("// moved\n\tlet b = \"{leak}\"\n"))
        .commit_all("moved and changed");
    sandbox.git(["checkout", "-q", "-b", "squashed", "HEAD~2"]);
    sandbox.git(["merge", "-q", "--squash", "main"]);
    sandbox.git(["commit", "-q", "-m", "squashed"]);
    assert_eq!(range(&sandbox, "HEAD").status, 0);
    sandbox.commit_all("baseline");
    sandbox.git(["commit", "-q", "--allow-empty", "-m", "elsewhere"]);
    sandbox.git(["rebase", "-q", "--onto", "HEAD", "main~1", "main"]);
    assert_eq!(range(&sandbox, "HEAD").status, 0);
    sandbox
        .write("b.ts", format!("let b = ['{leak}', '{}']\n", token(2)))
        .commit_all("second");
    let run = range(&sandbox, "HEAD");
    assert_eq!(
        added(&sandbox, &run),
        ["b.ts by second"],
        "a second secret on its line is not hidden"
    );
}

#[test]
fn a_moved_secret_is_excluded_only_with_all_its_paths() {
    let sandbox = Sandbox::repository();
    let base = sandbox.write("a", "1").commit_all("base");
    sandbox
        .write("vendor/a.js", Fake::new(1).ntn(0))
        .commit_all("add");
    sandbox.git(["mv", "vendor", "src"]);
    sandbox.commit_all("move");
    let range = format!("{base}..HEAD");
    let exit = |patterns: &[&str]| {
        let flags = patterns.iter().flat_map(|pattern| ["--exclude", pattern]);
        let run = sandbox.run(
            ["range", &range, "--format", "json"]
                .into_iter()
                .chain(flags),
        );
        (run.status, run.paths())
    };
    let at = |path: &str| (1, vec![path.to_owned()]);
    assert_eq!(exit(&["vendor/**"]), at("src/a.js"));
    assert_eq!(exit(&["src/**"]), at("vendor/a.js"));
    assert_eq!(exit(&["src/**", "vendor/**"]), (0, Vec::new()));
    // The secret was there before the move.
    assert_eq!(sandbox.run(["range", "HEAD"]).status, 0);
}
