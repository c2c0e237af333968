//! Rules about code: the four rules that every scan uses, and the rules of `ntnguard review`.

use serde_json::json;

use crate::ci::{checkout, github, own_pull_request, push};
use crate::fake::expand;
use crate::sandbox::{Run, Sandbox};

const LOGGED: &str = "code-token-logged";

/// A source file that logs a token on its third line.
const LOGS: &str =
    "import { Client } from '@notionhq/client'\n\nconsole.log(process.env.NOTION_TOKEN)\n";

/// A finding of each of the four rules: the rule, the path of a file, and its content.
const FOUR: [(&str, &str, &str); 4] = [
    (
        "code-public-prefix",
        "web/a.ts",
        "export const key = process.env.NEXT_PUBLIC_NOTION_TOKEN\n",
    ),
    (
        "code-token-in-browser-storage",
        "web/b.tsx",
        "localStorage.setItem('notion_token', token)\n",
    ),
    (
        "code-token-in-url",
        "web/c.ts",
        "fetch('https://api.notion.com/v1/oauth/token')\nredirect(`/?token=${t.access_token}`)\n",
    ),
    (LOGGED, "web/d.ts", LOGS),
];

fn write_four(sandbox: &Sandbox) {
    for (_, path, text) in FOUR {
        sandbox.write(path, text);
    }
}

/// The rules of a report, sorted.
fn rules(run: &Run) -> Vec<String> {
    let json = run.json();
    let found = json["findings"].as_array().unwrap().iter();
    let reported = found.filter(|finding| finding["verdict"] == "reported");
    let mut rules: Vec<String> = reported
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect();
    rules.sort();
    rules
}

fn all_four() -> Vec<String> {
    let mut rules = FOUR.map(|(rule, ..)| rule.to_owned()).to_vec();
    rules.sort();
    rules
}

#[test]
fn the_four_code_rules_only_warn_in_every_scan() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "").commit_all("first");
    write_four(&sandbox);
    let scan = sandbox.run(["scan", "--format", "json"]);
    assert_eq!((rules(&scan), scan.status), (all_four(), 0));
    sandbox.git(["add", "-A"]);
    let staged = sandbox.run(["staged", "--format", "json"]);
    assert_eq!((rules(&staged), staged.status), (all_four(), 0));
    let hook = sandbox.run(["hook", "run", "pre-commit"]);
    assert_eq!(hook.status, 0, "{}{}", hook.stdout, hook.stderr);
    sandbox.commit_all("second");
    let range = sandbox.run(["range", "HEAD~1..HEAD", "--format", "json"]);
    assert_eq!((rules(&range), range.status), (all_four(), 0));
    let failing = sandbox.run(["range", "HEAD~1..HEAD", "--fail-on", "warning"]);
    assert_eq!(failing.status, 1);
    let history = sandbox.run(["history", "--format", "json"]);
    assert_eq!(rules(&history), [""; 0], "what was mended is no news");
}

#[test]
fn only_faults_that_a_commit_adds_are_reported() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.ts", LOGS).commit_all("first");
    let more = format!("{LOGS}console.error('x', data.access_token)\n");
    sandbox.write("a.ts", more).commit_all("second");
    let run = sandbox.run(["range", "HEAD~1..HEAD", "--format", "json"]);
    assert_eq!(run.findings(), [format!("{LOGGED} a.ts:4:1 high")]);
}

#[test]
fn a_pull_request_is_annotated_at_the_line() {
    let sandbox = checkout();
    sandbox.write("src/old.ts", LOGS).commit_all("old");
    push(&sandbox, "main");
    let base = sandbox.id("HEAD");
    sandbox.write("src/new.ts", LOGS).commit_all("new");
    let event = own_pull_request(&base, &sandbox.id("HEAD"));
    let run = github(&sandbox, "pull_request", &event, &["--format", "github"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let commands: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with("::"))
        .collect();
    let new = "::warning title=Notion credential written into a log,file=src/new.ts,line=3,col=1";
    assert!(commands[0].starts_with(new), "{commands:?}");
    let old = commands
        .iter()
        .find(|command| command.contains("file=src/old.ts"));
    assert!(
        old.is_none_or(|old| old.contains("already there before this change")),
        "{old:?}"
    );
}

#[test]
fn the_fingerprint_depends_on_line_and_path() {
    let sandbox = Sandbox::repository();
    sandbox.write("src/a.ts", LOGS).commit_all("first");
    let fingerprint = |run: Run| {
        run.json()["findings"][0]["fingerprint"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let own = fingerprint(sandbox.run(["scan", "--format", "json"]));
    let inside = sandbox.path().join("src");
    let below = sandbox.run_in(&inside, ["scan", "a.ts", "--format", "json"]);
    assert_eq!(fingerprint(below), own, "wherever the run is started");
    let range = sandbox.run(["range", "HEAD", "--format", "json"]);
    assert_eq!(fingerprint(range), own);
    sandbox.write(
        "src/a.ts",
        LOGS.replace("\nconsole", "\n\n  console")
            .replace("(process", "( process"),
    );
    let spaced = fingerprint(sandbox.run(["scan", "--format", "json"]));
    assert_ne!(spaced, own, "a blank within the line is another line");
    sandbox.write("src/a.ts", LOGS.replace("\nconsole", "\n\n\t console"));
    assert_eq!(
        fingerprint(sandbox.run(["scan", "--format", "json"])),
        own,
        "moved and indented"
    );
    sandbox.git(["mv", "src/a.ts", "src/b.ts"]);
    assert_ne!(
        fingerprint(sandbox.run(["scan", "--format", "json"])),
        own,
        "another path"
    );
}

#[test]
fn comments_entries_and_baselines_suppress_findings() {
    let sandbox = Sandbox::repository();
    let allowed = LOGS.replace(
        "TOKEN)",
        "TOKEN) // ntnguard: allow printed for the user alone",
    );
    sandbox.write("a.ts", allowed);
    assert_eq!(rules(&sandbox.run(["scan", "--format", "json"])), [""; 0]);
    sandbox.write("a.ts", LOGS);
    let found = sandbox.run(["scan", "--format", "json"]).json();
    let fingerprint = found["findings"][0]["fingerprint"].as_str().unwrap();
    let allow = sandbox.run(["allow", fingerprint, "--reason", "for the user alone"]);
    assert_eq!(allow.status, 0, "{}", allow.stderr);
    let scan = sandbox.run(["scan", "--format", "json"]);
    assert_eq!(rules(&scan), [""; 0]);
    sandbox.commit_all("all");
    let history = sandbox.run(["history"]);
    assert!(
        !history.stdout.contains("matched nothing"),
        "{}",
        history.stdout
    );
    std::fs::remove_file(sandbox.path().join(".ntnguard.yaml")).unwrap();
    sandbox.run(["baseline"]);
    assert_eq!(rules(&sandbox.run(["scan", "--format", "json"])), [""; 0]);
}

/// An OAuth callback without a state, which only `ntnguard review` reports.
const CALLBACK: &str = "export async function GET(request) {
  const code = request.nextUrl.searchParams.get('code')
  await fetch('https://api.notion.com/v1/oauth/token', {
    body: JSON.stringify({ grant_type: 'authorization_code', code }),
  })
}
";

#[test]
fn a_review_reports_missing_code_and_a_checklist() {
    let sandbox = Sandbox::repository();
    sandbox.write("app/callback.ts", CALLBACK);
    let run = sandbox.run(["review"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("no state, nonce or csrf is in the code of"),
        "{}",
        run.stdout
    );
    let checklist = run.stdout.find("What no scanner can see in files").unwrap();
    assert!(run.stdout[checklist..].contains("[ ] Replay"));
    assert_eq!(sandbox.run(["review", "--fail-on", "warning"]).status, 1);
    let json = sandbox.run(["review", "--format", "json"]);
    assert_eq!(
        json.findings(),
        ["oauth-callback-no-state app/callback.ts:2:38 high"]
    );
    assert_eq!(json.json()["source"], "review");
    assert_eq!(
        sandbox.run(["scan", "--format", "json"]).findings(),
        [""; 0]
    );
    assert_eq!(
        sandbox.run(["review", "--fail-on", "note", "web"]).status,
        2,
        "no such folder"
    );
}

#[test]
fn notes_are_reported_and_fail_only_with_fail_on_note() {
    let sandbox = Sandbox::new();
    let body = "body.verification_token";
    sandbox.write(
        "hook.ts",
        format!("import '@notionhq/client'\nconst sig = hmac()\nconsole.log({body})\n"),
    );
    let run = sandbox.run(["review"]);
    assert!(
        run.stdout
            .contains("Webhook verification token written into a log"),
        "{}",
        run.stdout
    );
    assert_eq!(run.status, 0);
    assert_eq!(sandbox.run(["review", "--fail-on", "warning"]).status, 0);
    assert_eq!(sandbox.run(["review", "--fail-on", "note"]).status, 1);
}

#[test]
fn review_findings_can_be_accepted_in_a_baseline() {
    let sandbox = Sandbox::repository();
    sandbox.write("app/callback.ts", CALLBACK);
    let written = sandbox.run(["baseline", "review"]);
    assert!(written.stdout.contains("1 added"), "{}", written.stdout);
    let run = sandbox.run(["review", "--format", "json"]);
    assert_eq!(run.json()["findings"][0]["verdict"], "suppressed");
    sandbox.commit_all("all");
    for pruned in [
        ["baseline", "--prune", "scan"],
        ["baseline", "--prune", "review"],
    ] {
        let run = sandbox.run(pruned);
        assert!(run.stdout.contains("0 dropped"), "{}", run.stdout);
    }
    let history = sandbox.run(["history", "--format", "json"]);
    assert_eq!(history.json()["warnings"], json!([]));
    sandbox.write("app/callback.ts", "");
    let run = sandbox.run(["baseline", "--prune"]);
    assert!(run.stdout.contains("1 dropped"), "{}", run.stdout);
}

#[test]
fn a_partly_read_file_has_no_missing_code_findings() {
    let sandbox = Sandbox::repository();
    let filler = "// filler\n".repeat(27_000);
    sandbox.write("app/callback.ts", format!("{CALLBACK}{filler}"));
    let run = sandbox.run(["review"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stdout.contains("over 256 KiB"), "{}", run.stdout);
    let json = sandbox.run(["review", "--format", "json"]).json();
    assert_eq!(json["skipped"][0]["reason"], "too-large-to-review");
    assert_eq!(json["findings"], json!([]));
    assert_eq!(
        sandbox.run(["scan"]).status,
        0,
        "a scan claims nothing of the kind"
    );
    assert_eq!(sandbox.run(["review", "--exclude", "app/**"]).status, 0);
    sandbox.write("logs.ts", format!("{filler}{LOGS}"));
    let json = sandbox.run(["review", "logs.ts", "--format", "json"]);
    assert_eq!(json.findings(), [format!("{LOGGED} logs.ts:27003:1 high")]);
}

#[test]
fn tests_and_examples_are_left_out_by_the_path_from_the_root() {
    let sandbox = Sandbox::repository();
    for path in [
        "tests/a.ts",
        "src/a.test.ts",
        "examples/a.ts",
        "docs/a.ts",
        "README.md",
    ] {
        sandbox.write(path, LOGS);
    }
    assert_eq!(
        sandbox.run(["review", "--format", "json"]).findings(),
        [""; 0]
    );
    let outside = Sandbox::new();
    outside.write("tests/repo/a.ts", LOGS);
    outside.git(["init", "-q", "tests/repo"]);
    let inside = outside.path().join("tests/repo");
    let run = outside.run_in(&inside, ["scan", "--format", "json"]);
    assert_eq!(run.findings(), [format!("{LOGGED} a.ts:3:1 high")]);
}

#[test]
fn a_secret_on_the_line_is_not_shown() {
    let token = expand("{ntn}", 7);
    let sandbox = Sandbox::new();
    sandbox.write(
        "a.ts",
        format!("console.log(process.env.NOTION_TOKEN ?? '{token}')\n"),
    );
    for format in ["human", "concise", "json", "sarif", "github", "gitlab"] {
        let run = sandbox.run(["scan", "--format", format]);
        assert!(run.stdout.contains(LOGGED), "{format}: {}", run.stdout);
        assert!(
            !run.stdout.contains(&token[8..]),
            "{format}: {}",
            run.stdout
        );
    }
}

#[test]
fn a_review_rule_is_refused_in_a_scan() {
    let sandbox = Sandbox::repository();
    let run = sandbox.run(["scan", "--rule", "oauth-callback-no-state"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("ntnguard review"), "{}", run.stderr);
}

#[test]
fn a_review_baseline_accepts_many_findings() {
    let sandbox = Sandbox::repository();
    for number in 0..21 {
        sandbox.write(format!("app/{number}.ts"), LOGS);
    }
    for (command, advice) in [
        ("review", "`ntnguard baseline review` accepts"),
        ("scan", "`ntnguard baseline` accepts"),
    ] {
        let told = sandbox.run([command]).stdout.replace('\n', " ");
        assert!(told.contains(advice), "{command}: {told}");
    }
    sandbox.run(["baseline", "review"]);
    let run = sandbox.run(["review", "--fail-on", "warning"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
}

#[test]
fn source_in_utf16_is_read_as_any_other() {
    let sandbox = Sandbox::repository();
    let text = format!("\u{feff}{LOGS}");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    sandbox.write("app/little.ts", little);
    sandbox.write("app/big.ts", big);
    sandbox.git(["add", "."]);
    for command in ["scan", "review", "staged"] {
        let found = sandbox.run([command, "--format", "json"]).findings();
        let expected = ["big", "little"].map(|name| format!("{LOGGED} app/{name}.ts:3:1 high"));
        assert_eq!(found, expected, "{command}");
    }
}

#[test]
fn a_large_generated_source_file_is_not_checked() {
    let sandbox = Sandbox::repository();
    let filler = "const z = 1\n".repeat(100_000);
    sandbox.write("app/made.ts", format!("{LOGS}{filler}"));
    sandbox.write("app/other.ts", format!("{LOGS}/*\n{filler}*/\n{LOGS}"));
    sandbox.git(["add", "."]);
    for command in ["scan", "staged"] {
        let run = sandbox.run([command, "--format", "json"]);
        assert_eq!((run.status, run.findings().len()), (0, 0), "{command}");
    }
    let run = sandbox.run(["review"]);
    assert_eq!(run.status, 2, "a review says what it did not look at");
    assert!(run.stdout.contains("over 1024 KiB"), "{}", run.stdout);
}
