//! SARIF, GitHub annotations and GitLab's report: they are valid, even if the repository is hostile.

use std::fs;

use serde_json::Value;

use crate::fake::{Fake, expand};
use crate::sandbox::Sandbox;

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

/// A repository with one finding of each kind, and one skip.
fn mixed() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write(
        "src/app.ts",
        format!(
            "// \u{1f511} a\nconst x = '\u{1f511}', t = '{}'\n",
            token(1)
        ),
    );
    sandbox
        .write("copy.ts", format!("'{}'", token(1)))
        .write("medium", expand("{secret}", 1));
    sandbox.write(
        "allowed.py",
        format!("t = '{}' # ntnguard: allow made up\n", token(2)),
    );
    sandbox
        .write("low", expand("ntn_{x:46}", 1))
        .write("large", "x".repeat(2000));
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nlimits: {max-file-size: 1k}\nallow:\n  - {paths: [gone], reason: y, expires: 2020-01-31}\n",
    );
    sandbox
}

fn sarif(sandbox: &Sandbox) -> Value {
    sandbox.run(["scan", "--format", "sarif"]).json()["runs"][0].clone()
}

#[test]
fn sarif_has_rules_places_and_suppressions() {
    let run = sarif(&mixed());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let listed = mixed().run(["rules"]).stdout.lines().count();
    assert!(
        rules.len() == listed
            && rules.iter().all(|rule| rule["help"]["markdown"]
                .as_str()
                .unwrap()
                .contains("## What to do now"))
    );
    assert_eq!(
        (&run["automationDetails"]["id"], &run["columnKind"]),
        (&"ntnguard/worktree/".into(), &"utf16CodeUnits".into())
    );
    let results = run["results"].as_array().unwrap();
    let place = |result: &Value| result["locations"][0]["physicalLocation"].clone();
    let paths: Vec<_> = results
        .iter()
        .map(|result| {
            place(result)["artifactLocation"]["uri"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        paths,
        ["allowed.py", "copy.ts", "medium", "src/app.ts"],
        "what is below the confidence is only counted"
    );
    for result in results {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert_eq!(place(result)["artifactLocation"]["uriBaseId"], "SRCROOT");
    }
    // In UTF-16, `const x = '` has 11 units, the key sign has 2, and `', t = '` has 8.
    let region = &place(&results[3])["region"];
    assert_eq!(
        [
            &region["startLine"],
            &region["startColumn"],
            &region["endColumn"]
        ],
        [2, 22, 72]
    );
    let suppression = &results[0]["suppressions"][0];
    assert_eq!(
        (&suppression["kind"], &suppression["justification"]),
        (&"inSource".into(), &"inline: made up".into())
    );
    assert_eq!(results[1]["suppressions"], Value::Array(Vec::new()));
    let prints = |result: &Value| result["partialFingerprints"].clone();
    assert_eq!(
        prints(&results[1])["ntnguardSecret/v1"],
        prints(&results[3])["ntnguardSecret/v1"]
    );
    assert_ne!(
        prints(&results[1])["primaryLocationLineHash"],
        prints(&results[3])["primaryLocationLineHash"]
    );
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(
        invocation["toolExecutionNotifications"][0]["descriptor"]["id"],
        "too-large"
    );
    let stale =
        &invocation["toolConfigurationNotifications"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (
            &stale["artifactLocation"]["uri"],
            &stale["region"]["startLine"]
        ),
        (&".ntnguard.yaml".into(), &4.into())
    );
}

/// A repository with secrets, and with skips, in git's own data: messages, names, records.
fn beside_files() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.git([
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        &format!("use {}", token(1)),
    ]);
    sandbox.git(["tag", "-a", "v1", "-m", &format!("see {}", token(2))]);
    sandbox.git(["branch", &format!("try-{}", token(3))]);
    sandbox.git([
        "update-ref",
        "-m",
        &format!("with {}", token(4)),
        "--create-reflog",
        "refs/heads/moved",
        "HEAD",
    ]);
    sandbox.git([
        "config",
        "remote.origin.url",
        &format!("https://x:{}@host.example/r", token(5)),
    ]);
    let lost = sandbox
        .write("lost", token(6))
        .git(["hash-object", "-w", "lost"]);
    assert!(std::fs::remove_file(sandbox.path().join("lost")).is_ok() && lost.len() > 39);
    sandbox
        .write(format!("dir-{}/file", token(7)), "x")
        .write("copy", format!("{}\n", token(1)))
        .commit_all("files");
    sandbox
        .write(".git/objects/pack/pack-bad.idx", "no index")
        .write(".git/objects/pack/pack-bad.pack", "no pack");
    sandbox
}

/// The address of each location in a SARIF run: of results, related locations and notifications. Asserts that each location
/// has a file and a line.
fn addresses(run: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let invocation = &run["invocations"][0];
    let notes = [
        "toolExecutionNotifications",
        "toolConfigurationNotifications",
    ]
    .map(|kind| list(&invocation[kind]));
    let holders = list(&run["results"]).into_iter().chain(notes.concat());
    let places =
        holders.flat_map(|one| [list(&one["locations"]), list(&one["relatedLocations"])].concat());
    places
        .map(|place| {
            let physical = &place["physicalLocation"];
            assert!(
                physical["region"]["startLine"].as_u64() >= Some(1),
                "{place}"
            );
            physical["artifactLocation"]["uri"]
                .as_str()
                .unwrap_or_else(|| panic!("no file: {place}"))
                .to_owned()
        })
        .collect()
}

/// GitHub's code scanning rejects a result without a file and a region.
#[test]
fn findings_outside_of_files_have_a_uri_below_git() {
    let sandbox = beside_files();
    let (commit, tag) = (sandbox.id("HEAD~1"), sandbox.id("v1"));
    let run = sandbox.run(["history", "--format", "sarif"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let found = addresses(&run.json()["runs"][0]);
    let masked = |name: &str| {
        found
            .iter()
            .any(|uri| uri.starts_with(name) && uri.contains("%2A%2A%2A"))
    };
    for expected in [
        &format!(".git/commits/{commit}"),
        &format!(".git/tags/{tag}"),
        ".git/config",
        ".git/logs/refs/heads/moved",
    ] {
        assert!(
            found.iter().any(|uri| uri == expected),
            "{expected}: {found:#?}"
        );
    }
    assert!(
        masked(".git/refs/heads/try-ntn_") && masked("dir-ntn_"),
        "{found:#?}"
    );
    assert!(
        found.iter().any(|uri| uri.starts_with(".git/objects/")),
        "{found:#?}"
    );
    assert!(
        found
            .iter()
            .any(|uri| uri == ".git/objects/pack/pack-bad.pack"),
        "a skip: {found:#?}"
    );
    assert!(
        found
            .iter()
            .all(|uri| !uri.contains("//") && !uri.starts_with("file:")),
        "{found:#?}"
    );
    assert_eq!(
        found,
        addresses(&sandbox.run(["history", "--format", "sarif"]).json()["runs"][0]),
        "they are stable"
    );
    let run = sandbox.run([
        "ci", "--base", "HEAD~1", "--head", "HEAD", "--format", "sarif",
    ]);
    assert!(
        run.status > 0 && !addresses(&run.json()["runs"][0]).is_empty(),
        "{}",
        run.stderr
    );
    for (seed, text) in (1..8).map(|seed| (seed, &run.stdout)) {
        assert!(!text.contains(&token(seed)[8..30]), "{seed}");
    }
}

#[test]
fn only_annotations_are_workflow_commands() {
    let run = mixed().run(["scan", "--format", "github"]);
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!((run.status, lines.len()), (1, 6), "{}", run.stdout);
    assert!(
        lines[2].starts_with(
            "::error title=Notion integration token,file=src/app.ts,line=2,col=21,endColumn=71::"
        ),
        "{}",
        lines[2]
    );
    assert!(lines[2].contains("%0A") && !lines[2].contains(&token(1)[..20]));
    assert!(
        lines[3].starts_with("::error title=Not scanned,file=large::"),
        "{}",
        lines[3]
    );
    assert!(
        lines[4].starts_with("::warning title=ntnguard's policy,file=.ntnguard.yaml,line=4::"),
        "{}",
        lines[4]
    );
    assert!(lines[5].contains("INCOMPLETE"), "{}", lines[5]);
}

#[test]
fn the_gitlab_report_has_the_required_fields() {
    let report = mixed().run(["scan", "--format", "gitlab"]).json();
    let scan = &report["scan"];
    assert_eq!(
        (&scan["type"], &scan["status"]),
        (&"secret_detection".into(), &"failure".into())
    );
    for time in ["start_time", "end_time"] {
        let shape: String = scan[time]
            .as_str()
            .unwrap()
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        assert_eq!(shape, "0000-00-00T00:00:00");
    }
    let found = report["vulnerabilities"].as_array().unwrap();
    assert_eq!(found.len(), 3);
    let mut ids: Vec<_> = found
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    ids.dedup();
    assert!(ids.len() == 3 && ids.iter().all(|id| id.len() == 36));
    let location = &found[2]["location"];
    assert_eq!(
        (
            &location["file"],
            &location["start_line"],
            &location["commit"]["sha"]
        ),
        (&"src/app.ts".into(), &2.into(), &"0000000".into())
    );
    assert_eq!(found[2]["identifiers"][0]["value"], "integration-token");
    assert!(
        scan["messages"]
            .as_array()
            .unwrap()
            .iter()
            .any(|message| message["value"].as_str().unwrap().contains("large"))
    );
}

#[test]
fn several_reports_are_written_at_once() {
    let sandbox = mixed();
    let names = ["json", "sarif", "gitlab", "github", "human"];
    let targets: Vec<_> = names
        .iter()
        .flat_map(|name| ["-o".to_owned(), format!("{name}=out/{name}.txt")])
        .collect();
    fs::create_dir(sandbox.path().join("out")).unwrap();
    let run = sandbox.run(["scan".to_owned()].into_iter().chain(targets));
    assert!(run.status == 1 && run.stdout.contains("INCOMPLETE"));
    for name in names {
        let text = fs::read_to_string(sandbox.path().join(format!("out/{name}.txt"))).unwrap();
        assert!(text.contains("src/app.ts"), "{name}");
        assert_eq!(
            serde_json::from_str::<Value>(&text).is_ok(),
            ["json", "sarif", "gitlab"].contains(&name),
            "{name}"
        );
    }
    let run = sandbox.run(["scan", "-o", "sarf=x"]);
    assert!(
        run.status == 2
            && run.stderr.contains("`sarf` is not a format")
            && !sandbox.path().join("sarf=x").exists(),
        "{}",
        run.stderr
    );
}

/// Hostile names that try to break out of each format. git and Linux allow all of them.
#[cfg(unix)]
#[test]
fn hostile_names_inject_nothing_and_can_be_traced() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let names: [&[u8]; 12] = [
        b"new\nline",
        b"\n::error file=x::injected",
        b"::stop-commands::x",
        b"x ::set-output name=a::b",
        b"%0A::error::injected",
        b"\x1b[31mred\x1b[0m",
        b"bad\xff\xfeutf8",
        b"a<script>alert(1)<",
        b"quote\"'`\\",
        "right\u{202e}left".as_bytes(),
        b"##[error]x ##vso[task.setvariable]x",
        b"a,line=7,title=x:y",
    ];
    let sandbox = Sandbox::repository();
    for (seed, name) in names.iter().enumerate() {
        sandbox.write(OsStr::from_bytes(name), token(seed as u64 + 1));
    }
    sandbox.git(["add", "-A"]);
    for command in ["scan", "staged"] {
        for format in ["human", "json", "sarif", "github", "gitlab"] {
            let run = sandbox.run([command, "--format", format, "-v"]);
            let text = &run.stdout;
            assert_eq!(run.status, 1, "{format}");
            assert!(
                !text.contains(['\x1b', '\u{202e}', '\r']),
                "{format}: {text}"
            );
            if ["human", "github"].contains(&format) {
                assert!(
                    !text.contains("##[") && !text.contains("##vso["),
                    "{format}: {text}"
                );
                let commands = text
                    .lines()
                    .filter(|line| line.trim_start().starts_with("::"));
                let ours = commands
                    .clone()
                    .filter(|line| line.starts_with("::error title=Notion integration token,file="))
                    .count();
                assert_eq!(
                    (ours, commands.count()),
                    if format == "github" { (12, 12) } else { (0, 0) },
                    "{text}"
                );
                assert!(format == "human" || text.lines().count() == 13, "{text}");
            }
            for part in [
                "injected",
                "stop-commands",
                "red",
                "quote",
                "script",
                "right",
                "utf8",
                "title",
            ] {
                assert!(
                    text.contains(part),
                    "{format}: {part} cannot be traced in {text}"
                );
            }
        }
        let addresses = sandbox.run([command, "--format", "sarif"]).json();
        let results = addresses["runs"][0]["results"].as_array().unwrap().clone();
        let mut decoded: Vec<Vec<u8>> = results
            .iter()
            .map(|result| {
                undo(&result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
            })
            .collect();
        let mut expected = names.map(<[u8]>::to_vec);
        decoded.sort();
        expected.sort();
        assert_eq!(decoded, expected, "an address is the name, byte by byte");
    }
}

/// Decodes a percent-encoded address.
fn undo(uri: &Value) -> Vec<u8> {
    let uri = uri.as_str().unwrap();
    assert!(
        uri.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)),
        "{uri}"
    );
    let mut parts = uri.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(&part.as_bytes()[2..]);
    }
    bytes
}
