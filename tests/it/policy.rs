//! Allowing findings: entries, comments, baselines, and their traces in the report.

use std::fs;

use serde_json::Value;

use crate::fake::{Fake, expand};
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

fn scan(sandbox: &Sandbox) -> Run {
    sandbox.run(["scan", "--format", "json"])
}

/// The fingerprint of the one finding at `path`.
fn fingerprint(run: &Run, path: &str) -> String {
    let json = run.json();
    let finding = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["path"] == path)
        .unwrap();
    finding["fingerprint"].as_str().unwrap().to_owned()
}

/// Each suppressed finding as `path by reason`.
fn suppressed(run: &Run) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let json = run.json();
    let findings = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["verdict"] == "suppressed");
    findings
        .map(|f| {
            format!(
                "{} {}: {}",
                text(&f["path"]),
                text(&f["suppression"]["by"]),
                text(&f["suppression"]["reason"])
            )
        })
        .collect()
}

/// Each warning as `kind file:lines`.
fn warnings(run: &Run) -> Vec<String> {
    let json = run.json();
    let warnings = json["warnings"].as_array().unwrap().iter();
    warnings
        .map(|w| format!("{} {}:{}", w["kind"], w["file"], w["lines"]).replace('"', ""))
        .collect()
}

#[test]
fn an_allow_entry_needs_all_its_conditions_to_match() {
    let sandbox = Sandbox::repository();
    let legacy = expand("NOTION_TOKEN=secret_{a:43}", 4);
    sandbox
        .write("src/a.ts", token(1))
        .write("docs/a.md", token(1))
        .write("docs/b.md", token(2))
        .write("docs/c.md", legacy);
    let print = fingerprint(&scan(&sandbox), "src/a.ts");
    let check = |entry: &str, expected: &[&str]| {
        sandbox.write(
            ".ntnguard.yaml",
            format!("version: 1\nallow:\n  - {{{entry}, reason: because}}\n"),
        );
        let run = scan(&sandbox);
        let expected: Vec<_> = expected
            .iter()
            .map(|path| format!("{path} allowlist: because"))
            .collect();
        assert_eq!(suppressed(&run), expected, "{entry}");
        assert_eq!(run.paths().len() + expected.len(), 4, "{entry}");
        assert_eq!(run.json()["summary"]["suppressed"], expected.len());
        assert_eq!(warnings(&run), Vec::<String>::new());
    };
    check(
        &format!("fingerprint: '{print}'"),
        &["docs/a.md", "src/a.ts"],
    );
    check(
        "paths: ['docs/**']",
        &["docs/a.md", "docs/b.md", "docs/c.md"],
    );
    check("rules: [legacy-token]", &["docs/c.md"]);
    check(
        "rules: [integration-token], paths: ['docs/**']",
        &["docs/a.md", "docs/b.md"],
    );
    check(
        &format!("fingerprint: '{print}', paths: ['docs/*', 'x/*']"),
        &["docs/a.md"],
    );
}

#[test]
fn expired_and_unmatched_entries_are_reported_with_a_line() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", token(1));
    let print = fingerprint(&scan(&sandbox), "a");
    let entry = |rest: &str| format!("  - {{fingerprint: '{print}', reason: x{rest}}}\n");
    let head = "version: 1\n# \u{e9}\nallow:\n";
    sandbox.write(
        ".ntnguard.yaml",
        format!("{head}{}", entry(", expires: 2020-01-31")),
    );
    let run = scan(&sandbox);
    assert_eq!(
        (run.status, warnings(&run)),
        (1, vec!["expired .ntnguard.yaml:[4]".to_owned()])
    );
    assert!(
        sandbox
            .run(["staged"])
            .stdout
            .contains(".ntnguard.yaml:4: this `allow` expired on 2020-01-31")
    );
    sandbox.write(
        ".ntnguard.yaml",
        format!(
            "{head}{}  - {{paths: [gone], reason: y}}\n",
            entry(", expires: 2999-12-31")
        ),
    );
    sandbox.commit_all("all");
    let run = sandbox.run(["history", "--format", "json"]);
    assert_eq!(
        (run.status, warnings(&run)),
        (0, vec!["stale .ntnguard.yaml:[5]".to_owned()])
    );
    let shown = sandbox.run(["history"]).stdout;
    assert!(
        shown.contains(".ntnguard.yaml:5: this `allow` matched nothing (y)"),
        "{shown}"
    );
    assert!(shown.contains("1 suppressed (-v shows them)"), "{shown}");
    for part in [&["scan"][..], &["scan", "a"], &["staged"]] {
        assert_eq!(
            warnings(&sandbox.run(part.iter().chain(&["--format", "json"]))),
            Vec::<String>::new(),
            "a part says nothing of the rest: {part:?}"
        );
    }
    assert!(
        sandbox
            .run(["scan", "-v"])
            .stdout
            .contains("suppressed by allowlist: x")
    );
}

#[test]
fn only_complete_scans_report_unmatched_entries() {
    let history = |sandbox: &Sandbox| warnings(&sandbox.run(["history", "--format", "json"]));
    let allow = |paths: &str| format!("version: 1\nallow:\n- {{paths: [{paths}], reason: y}}\n");
    let sandbox = Sandbox::repository();
    sandbox.write("old.ts", token(1)).commit_all("add");
    sandbox.git(["mv", "old.ts", "new.ts"]);
    sandbox.commit_all("move");
    let id = sandbox.git_with_input(["hash-object", "-w", "--stdin"], b"nothing");
    for (paths, expected) in [("old.ts", 0), ("new.ts", 0), ("gone.ts", 1)] {
        sandbox.write(".ntnguard.yaml", allow(paths));
        assert_eq!(history(&sandbox).len(), expected, "{paths}");
        assert_eq!(warnings(&scan(&sandbox)).len(), 0, "{paths}");
    }
    // An object without a path may have had any path, and a damaged object may have had any content, so no entry is stale.
    let lost = sandbox.git_with_input(["hash-object", "-w", "--stdin"], token(2).as_bytes());
    assert_eq!(history(&sandbox).len(), 0);
    let file = |id: &str| {
        sandbox
            .path()
            .join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))
    };
    fs::remove_file(file(&lost)).unwrap();
    assert_eq!(history(&sandbox).len(), 1);
    fs::remove_file(file(&id)).unwrap();
    fs::write(file(&id), b"damaged").unwrap();
    assert_eq!(history(&sandbox).len(), 0);
    // Outside of a repository the files on disk are everything, so an entry without a match is stale.
    let folder = Sandbox::new();
    folder
        .write("a", token(1))
        .write(".ntnguard.yaml", allow("b"));
    assert_eq!(warnings(&scan(&folder)), ["stale .ntnguard.yaml:[3]"]);
    let run = folder.run(["scan", ".", "--format", "json"]);
    assert_eq!(warnings(&run).len(), 0, "named files are a part");
    folder.git(["init", "-q", "below"]);
    assert_eq!(warnings(&scan(&folder)).len(), 0, "one below has a history");
}

#[test]
fn a_comment_with_a_reason_allows_the_secret_beside_it() {
    let sandbox = Sandbox::repository();
    let (one, two) = (token(1), token(2));
    sandbox.write(
        "same.py",
        format!("t = '{one}'  # ntnguard: allow fixed value of the tests\n"),
    );
    sandbox.write(
        "above.ts",
        format!(
            "// ntnguard: allow fixed value of the tests\nconst t = '{one}'\nconst u = '{two}'\n"
        ),
    );
    sandbox.write("bare.py", format!("t = '{one}'  # ntnguard: allow\n"));
    sandbox.write(
        "two.py",
        format!("t = ['{one}', '{two}']  # ntnguard: allow which?\n"),
    );
    let run = scan(&sandbox);
    assert_eq!(run.findings().len(), 4, "{:?}", run.findings());
    assert_eq!(
        suppressed(&run),
        [
            "above.ts inline: fixed value of the tests",
            "same.py inline: fixed value of the tests"
        ]
    );
    let notes: Vec<_> = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|f| f["note"].as_str().map(str::to_owned))
        .collect();
    assert!(
        notes[0].contains("no reason") && notes[1].contains("several secrets") && notes.len() == 3,
        "{notes:?}"
    );
    assert!(sandbox.run(["scan"]).stdout.contains("gives no reason"));
    sandbox.git(["add", "-A"]);
    assert_eq!(
        suppressed(&sandbox.run(["staged", "--format", "json"])).len(),
        2
    );
}

#[test]
fn comments_of_other_languages_allow_secrets() {
    let sandbox = Sandbox::repository();
    let secret = token(1);
    for (name, before, after) in [
        ("a.ps1", "<# ntnguard: allow test value #>\n$t = \"", "\"\n"),
        (
            "b.ml",
            "(* ntnguard: allow test value *)\nlet t = \"",
            "\"\n",
        ),
        (
            "c.properties",
            "! ntnguard: allow test value\nnotion.token=",
            "\n",
        ),
        (
            "d.ipynb",
            "{\"source\": [\n \"# ntnguard: allow test value\\n\",\n \"TOKEN = \\\"",
            "\\\"\"\n]}",
        ),
        ("e.vb", "t = \"", "\" ' ntnguard: allow test value\r\n"),
    ] {
        sandbox.write(name, format!("{before}{secret}{after}"));
    }
    let run = scan(&sandbox);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let expected = ["a.ps1", "b.ml", "c.properties", "d.ipynb", "e.vb"];
    assert_eq!(
        suppressed(&run),
        expected.map(|path| format!("{path} inline: test value"))
    );
    // In CI, a comment counts if the base has it, in any language.
    let base = sandbox.commit_all("base");
    sandbox.write(
        "c.properties",
        format!("! ntnguard: allow test value\nnotion.token={secret}\nmore=1\n"),
    );
    sandbox.commit_all("change");
    let arguments = [
        "ci",
        "--base",
        &base,
        "--head",
        "HEAD",
        "--trust-changes=false",
        "--system",
        "none",
    ];
    let run = sandbox.run(
        arguments
            .into_iter()
            .chain(["--env=off", "--format", "json"]),
    );
    assert_eq!(run.status, 0, "{}", run.stdout);
}

#[test]
fn ineffective_allow_comments_are_explained() {
    let sandbox = Sandbox::repository();
    let secret = token(1);
    for (name, before, after) in [
        (
            "a.json",
            "{\"about\": \"ntnguard: allow test value\",\n\"t\": \"",
            "\"}",
        ),
        ("b.py", "f('ntnguard: allow test value', '", "')\n"),
        ("c.py", "x = 1 # ntnguard: allow test value\nt = '", "'\n"),
        ("d.py", "t = '", "' # ntnguard: ignore test value\n"),
        ("e.py", "t = '", "' # NTNGUARD: allow test value\n"),
        ("f.py", "t = '", "' # nothing about it\n"),
    ] {
        sandbox.write(name, format!("{before}{secret}{after}"));
    }
    let run = scan(&sandbox);
    assert_eq!((run.status, run.findings().len()), (1, 6), "{}", run.stdout);
    let json = run.json();
    let notes = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["note"].as_str().unwrap_or("-"));
    let parts = [
        "not in a comment",
        "not in a comment",
        "on the line above",
        "misspelt",
        "misspelt",
        "-",
    ];
    for (note, part) in notes.zip(parts) {
        assert!(note.contains(part), "{part} is not in {note}");
    }
}

#[test]
fn findings_of_weakened_or_disabled_rules_are_listed() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("a", token(1))
        .write("b", expand("ntn_{x:46}", 1));
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nrules: {integration-token: {confidence: medium}}\n",
    );
    let run = scan(&sandbox);
    assert_eq!(run.findings(), ["integration-token a:1:1 medium"]);
    assert_eq!(sandbox.run(["scan", "--min-confidence", "high"]).status, 0);
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nrules: {integration-token: {confidence: high}}\n",
    );
    assert_eq!(
        scan(&sandbox).json()["summary"]["below_confidence"],
        1,
        "what is made up is not made surer"
    );
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nrules: {integration-token: {enabled: false, reason: not ours}}\n",
    );
    let run = scan(&sandbox);
    assert_eq!(
        (run.status, suppressed(&run)),
        (
            0,
            vec![
                "a rules: not ours".to_owned(),
                "b rules: not ours".to_owned()
            ]
        )
    );
}

#[test]
fn excludes_are_listed_and_apply_only_on_disk() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("vendor/x/a", token(1))
        .write("vendor/b", token(2))
        .write("src/a.min.js", token(3))
        .write("src/b", token(4));
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nexclude: ['vendor/**', '**/*.min.js', 'nothing/**']\n",
    );
    sandbox.git(["add", "-A"]);
    let run = scan(&sandbox);
    assert_eq!(run.paths(), ["src/b"]);
    let excluded = run.json()["excluded"].to_string();
    assert_eq!(
        excluded,
        r#"[{"paths":1,"pattern":"vendor/**"},{"paths":1,"pattern":"**/*.min.js"}]"#
    );
    let shown = sandbox.run(["scan"]).stdout;
    assert!(shown.contains("1 path excluded by vendor/**"), "{shown}");
    assert_eq!(
        sandbox.run(["staged", "--format", "json"]).paths().len(),
        4,
        "what is committed is scanned"
    );
    assert_eq!(
        sandbox
            .run(["scan", "vendor", "--format", "json"])
            .paths()
            .len(),
        2,
        "what is named is scanned"
    );
    assert_eq!(
        sandbox
            .run_in("src", ["scan", ".", "--format", "json"])
            .paths(),
        ["b"],
        "patterns begin at the top"
    );
    sandbox.write(".gitignore", "vendor\n");
    assert_eq!(
        scan(&sandbox).paths(),
        ["src/b"],
        "files that git tracks although it ignores them, too"
    );
    sandbox.write(".ntnguard.yaml", "version: 1\nexclude: ['**']\n");
    let run = scan(&sandbox);
    assert_eq!(
        (
            run.paths().len(),
            run.json()["excluded"].as_array().unwrap().len()
        ),
        (0, 1)
    );
}

#[test]
fn the_effective_configuration_is_printed_and_can_be_read() {
    let sandbox = Sandbox::repository();
    let run = sandbox.run(["config"]);
    assert!(
        run.status == 0
            && run.stdout.contains("read from the built-in defaults")
            && run.stdout.contains("archive-depth: 4"),
        "{}",
        run.stdout
    );
    let reason = format!("was {}", token(1));
    sandbox.write(
        ".ntnguard.yaml",
        format!("version: 1\nallow: [{{paths: ['x/**'], reason: {reason}}}]\n"),
    );
    let run = sandbox.run_in("", ["config", "--min-confidence", "high"]);
    assert!(
        run.stdout.contains("read from .ntnguard.yaml")
            && run.stdout.contains("min-confidence: high"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains(&reason[8..]), "{}", run.stdout);
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nallow: [{paths: [x], reason: \"a\\u202e\\n::error::x\"}]\n",
    );
    let shown = sandbox.run(["config"]).stdout;
    assert!(
        !shown.contains('\u{202e}')
            && !shown
                .lines()
                .any(|line| line.trim_start().starts_with("::")),
        "{shown}"
    );
    sandbox.write("again.yaml", &run.stdout);
    assert_eq!(
        sandbox
            .run(["scan", "x", "--config", "again.yaml", "--allow-incomplete"])
            .status,
        0
    );
    let schema: Value = serde_json::from_str(&sandbox.run(["config", "--schema"]).stdout).unwrap();
    assert_eq!(schema["properties"]["version"]["maximum"], 1);
    assert_eq!(
        fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/docs/ntnguard.schema.json"
        ))
        .unwrap(),
        sandbox.run(["config", "--schema"]).stdout
    );
}

#[test]
fn a_baseline_suppresses_values_not_lines() {
    let sandbox = Sandbox::repository();
    let (old, new) = (token(1), token(2));
    sandbox.write("a.ts", format!("const t = '{old}'\n"));
    let print = fingerprint(&scan(&sandbox), "a.ts");
    sandbox.write(
        ".ntnguard-baseline",
        format!("{print} integration-token\r\n"),
    );
    let run = scan(&sandbox);
    assert_eq!((run.status, suppressed(&run).len()), (0, 1));
    sandbox.git(["add", "-A"]);
    assert_eq!(
        sandbox.run(["staged"]).status,
        0,
        "staged has the same fingerprint"
    );
    assert_eq!(
        sandbox.run_with_input(["stdin"], old.as_bytes()).status,
        0,
        "a stream too"
    );
    assert_eq!(sandbox.run(["scan", "--no-config"]).status, 1);
    sandbox.write("a.ts", format!("const t = '{old}', u = '{new}'\n"));
    assert_eq!(
        scan(&sandbox).findings().len(),
        1,
        "a second secret on the line is reported"
    );
    fs::remove_file(sandbox.path().join("a.ts")).unwrap();
    sandbox.write("moved/b.ts", format!("// moved\nlet u = '{old}'\n"));
    assert_eq!(scan(&sandbox).status, 0, "and the first may move");
    fs::remove_file(sandbox.path().join("moved/b.ts")).unwrap();
    let history = || sandbox.run(["history", "--format", "json"]);
    assert_eq!(
        (history().status, warnings(&history())),
        (0, Vec::new()),
        "the index still has it"
    );
    sandbox.git(["add", "-A"]);
    sandbox.git(["prune"]);
    assert_eq!(
        (history().status, warnings(&history())),
        (0, vec!["stale .ntnguard-baseline:[1]".to_owned()])
    );
    let run = scan(&sandbox);
    assert_eq!((run.status, warnings(&run)), (0, Vec::new()));
}

#[test]
fn the_baseline_command_writes_sorted_lines_and_prunes_them() {
    let sandbox = Sandbox::repository();
    let read = || fs::read_to_string(sandbox.path().join(".ntnguard-baseline")).unwrap();
    for seed in 1..6 {
        sandbox.write(format!("src/{seed}"), token(seed));
    }
    sandbox.write("low", expand("ntn_{x:46}", 1)).write(
        "ok.py",
        format!("t = '{}' # ntnguard: allow test\n", token(9)),
    );
    let run = sandbox.run_in("src", ["baseline"]);
    assert!(
        run.status == 0 && run.stdout.contains("5 added, 5 in all"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    let text = read();
    let mut lines: Vec<_> = text.lines().collect();
    assert!(
        lines.len() == 5
            && lines.is_sorted()
            && lines
                .iter()
                .all(|line| line.ends_with(" integration-token")),
        "{text}"
    );
    assert_eq!(sandbox.run(["scan"]).status, 0);
    sandbox.git(["add", "src/4"]);
    for gone in ["src/3", "src/4"] {
        fs::remove_file(sandbox.path().join(gone)).unwrap();
    }
    sandbox.write("src/7", token(7));
    sandbox.git(["add", "src/7"]);
    // A secret that git still stores is not pruned from the baseline.
    let run = sandbox.run(["baseline", "--prune"]);
    assert!(run.stdout.contains("1 dropped, 4 in all"), "{}", run.stdout);
    assert!(
        sandbox
            .run(["baseline", "staged"])
            .stdout
            .contains("1 added, 5 in all")
    );
    lines.retain(|line| read().contains(line));
    assert_eq!(lines.len(), 4);
    assert_eq!(sandbox.run(["scan"]).status, 0);
    assert!(
        sandbox
            .run(["baseline", "--baseline", "other"])
            .stdout
            .contains("other: 4 added")
    );
}

#[test]
fn a_damaged_baseline_is_refused_and_no_incomplete_one_written() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("a", token(1))
        .write(".ntnguard-baseline", "<<<<<<< HEAD\n");
    for command in ["scan", "staged", "baseline"] {
        let run = sandbox.run([command]);
        assert!(
            run.status == 2 && run.stderr.contains("merge was left unfinished"),
            "{}",
            run.stderr
        );
    }
    sandbox.write(".ntnguard-baseline", "").write(
        ".ntnguard.yaml",
        "version: 1\nlimits: {max-file-size: 10}\n",
    );
    for arguments in [&["baseline"][..], &["baseline", "--prune"]] {
        let run = sandbox.run(arguments);
        assert!(
            run.status == 2
                && run.stderr.contains("was not written")
                && run.stderr.contains("too-large"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(sandbox.run(["baseline", "--allow-incomplete"]).status, 0);
}

#[test]
fn history_obeys_the_same_policy() {
    let sandbox = Sandbox::repository();
    let history = || sandbox.run(["history", "--format", "json"]);
    sandbox
        .write("docs/a", token(1))
        .write("docs/b", token(2))
        .commit_all("one");
    sandbox.write("src/b", token(2)).commit_all("two");
    for gone in ["docs/a", "docs/b", "src/b"] {
        fs::remove_file(sandbox.path().join(gone)).unwrap();
    }
    sandbox.commit_all("gone");
    assert_eq!(history().findings().len(), 2);
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nallow:\n- {paths: ['docs/**'], reason: examples}\n- {rules: [refresh-token], reason: y}\n",
    );
    let run = history();
    assert_eq!(suppressed(&run), ["docs/a allowlist: examples"]);
    assert_eq!(run.findings().len(), 1, "what is elsewhere too is reported");
    assert_eq!(warnings(&run), ["stale .ntnguard.yaml:[4]"]);
    assert!(
        sandbox
            .run(["baseline", "history"])
            .stdout
            .contains("1 added")
    );
    assert_eq!(history().status, 0);
    assert!(
        sandbox
            .run(["baseline", "--prune"])
            .stdout
            .contains("0 dropped"),
        "git still holds it"
    );
}

#[test]
fn a_configuration_under_another_name_is_an_error() {
    let sandbox = Sandbox::repository();
    sandbox.write(".ntnguard.yml", "version: 1\n");
    let run = sandbox.run(["scan"]);
    assert!(
        run.status == 2 && run.stderr.contains("rename it to .ntnguard.yaml"),
        "{}",
        run.stderr
    );
    assert_eq!(sandbox.run(["scan", "--no-config"]).status, 0);
}
