use serde_json::{Value, json};

use super::{merged, report, repository, saved, timeless, token};
use crate::sandbox::Sandbox;

/// A repository with findings of every sort: secrets, suppressed ones, env files, an archive, a skip.
fn mixed() -> Sandbox {
    let sandbox = repository("https://me:key@git.example.com/acme/api.git", &[1]);
    sandbox
        .write("copy.ts", format!("'{}'", token(1)))
        .write(
            "allowed.py",
            format!("t = '{}' # ntnguard: allow made up\n", token(2)),
        )
        .write(".env.production", format!("NOTION_TOKEN={}\n", token(3)))
        .write(
            "code.ts",
            format!("console.log(process.env.NOTION_TOKEN, '{}')\n", token(4)),
        )
        .write("large", "x".repeat(3000))
        .write(
            ".ntnguard.yaml",
            "version: 1\nlimits: {max-file-size: 2k}\n",
        );
    sandbox.commit_all("more");
    sandbox.git(["rm", "-q", "copy.ts"]);
    sandbox.commit_all(&format!("remove {}", token(5)));
    sandbox
}

#[test]
fn a_saved_report_is_read_back_unchanged() {
    let sandbox = mixed();
    for command in [
        &["scan"][..],
        &["scan", "-v", "--exclude", "*.md"],
        &["history"],
        &["env"],
        &["review"],
        &["range", "HEAD~2..HEAD"],
        &["staged"],
    ] {
        let run = sandbox.run(command.iter().chain(&["--format", "json"]));
        let back = report(&[&run.stdout], &["--format", "json"]);
        let (was, is) = (timeless(&run.stdout), timeless(&back.stdout));
        for (name, value) in was.as_object().unwrap() {
            assert_eq!(&is[name], value, "{command:?} {name}");
        }
        assert_eq!(is, was, "{command:?}");
        assert_eq!(back.status, run.status, "{command:?}");
    }
}

#[test]
fn a_saved_report_can_be_written_in_every_format() {
    let sandbox = mixed();
    for format in ["concise", "gitlab", "github", "markdown", "html"] {
        let now = sandbox.run(["history", "--format", format]);
        let later = report(&[&saved_whatever(&sandbox)], &["--format", format]);
        assert_eq!(steady(&later.stdout), steady(&now.stdout), "{format}");
        assert_eq!(later.status, now.status);
    }
}

fn saved_whatever(sandbox: &Sandbox) -> String {
    sandbox.run(["history", "--format", "json"]).stdout
}

/// A text without times of the run.
fn steady(text: &str) -> String {
    let times =
        regex::Regex::new(r"[0-9]+[.][0-9]{2}(&#32;| )s|20[0-9-]{8}[T ][0-9:]{5,8}Z?( UTC)?")
            .unwrap();
    times.replace_all(text, "").into_owned()
}

#[test]
fn a_report_describes_its_run_without_credentials() {
    let sandbox = mixed();
    let report = sandbox.run(["history", "--format", "json", "--min-confidence", "high"]);
    let json = report.json();
    assert_eq!(json["repository"], "git.example.com/acme/api");
    assert_eq!(json["head"], sandbox.id("HEAD"));
    assert_eq!(json["command"], "history --min-confidence high");
    assert_eq!(json["fail_on"], "error");
    assert!(json["time"].as_str().unwrap().ends_with('Z'));
    let named = sandbox
        .run(["scan", "--format", "json", "--name", "acme/web"])
        .json();
    assert_eq!(named["repository"], "acme/web");
    let outside = Sandbox::new();
    let none = outside
        .run_with_input(["stdin", "--format", "json"], b"x")
        .json();
    assert!(none["repository"].is_null() && none["head"].is_null());
}

#[test]
fn a_secret_in_several_repositories_is_one_finding() {
    let api = repository("git@git.example.com:acme/api.git", &[1, 2]);
    let web = repository("https://git.example.com/acme/web", &[2, 3]);
    let (api, web) = (saved(&api, &["history"]), saved(&web, &["history"]));
    let json = merged(&[&api, &web]);
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 3);
    let both = findings
        .iter()
        .find(|one| one["repositories"].as_array().unwrap().len() == 2)
        .unwrap();
    let paths: Vec<&str> = places(both);
    assert_eq!(
        paths,
        [
            "git.example.com/acme/api/src/file2.ts",
            "git.example.com/acme/web/src/file2.ts"
        ]
    );
    let kept: Vec<&Value> = both["placement"]["kept_by"]
        .as_array()
        .unwrap()
        .iter()
        .collect();
    assert_eq!(
        kept,
        [
            "git.example.com/acme/api:refs/heads/main",
            "git.example.com/acme/web:refs/heads/main"
        ]
    );
    assert_eq!(json["runs"].as_array().unwrap().len(), 2);
    assert_eq!(json["source"], "reports");
    assert_eq!(report(&[&api, &web], &[]).status, 1);
    // The order of the files and another merge change nothing.
    assert_eq!(merged(&[&web, &api])["findings"], json["findings"]);
    let again = merged(&[&json.to_string(), &api]);
    assert_eq!(again["findings"].as_array().unwrap().len(), 3);
    assert_eq!(merged(&[&json.to_string()])["findings"], json["findings"]);
}

#[test]
fn skips_name_their_repository() {
    let of = |name: &str| {
        let sandbox = repository(&format!("https://git.example.com/acme/{name}"), &[]);
        sandbox.write("large", "x".repeat(3000)).write(
            ".ntnguard.yaml",
            "version: 1\nlimits: {max-file-size: 2k}\n",
        );
        sandbox.commit_all("a large file");
        sandbox.run(["history", "--format", "json"]).stdout
    };
    let json = merged(&[&of("api"), &of("web")]);
    let skipped = json["skipped"].as_array().unwrap();
    let path = |skip: &Value| skip["path"].as_str().unwrap().to_owned();
    let paths: Vec<String> = skipped.iter().map(path).collect();
    let sandbox = Sandbox::repository();
    let id = sandbox.git_with_input(["hash-object", "--stdin"], "x".repeat(3000).as_bytes());
    let expected = ["api", "web"].map(|name| format!("git.example.com/acme/{name}:{id}"));
    assert_eq!(paths, expected);
}

fn places(finding: &Value) -> Vec<&str> {
    let places = finding["occurrences"].as_array().unwrap().iter();
    places
        .map(|place| place["path"].as_str().unwrap())
        .collect()
}

#[test]
fn urgent_secrets_come_first() {
    let old = repository("https://git.example.com/acme/old", &[1, 2, 3]);
    old.git(["rm", "-q", "src/file2.ts"]);
    old.commit_all("remove it");
    let old = saved(&old, &["history"]);
    let mut edited: Value = serde_json::from_str(&old).unwrap();
    for finding in edited["findings"].as_array_mut().unwrap() {
        if finding["path"] == "src/file3.ts" {
            finding["placement"]["published"] = true.into();
        }
    }
    let other = saved(
        &repository("https://git.example.com/acme/new", &[]),
        &["history"],
    );
    let json = merged(&[&edited.to_string(), &other]);
    let paths: Vec<&str> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["path"].as_str().unwrap())
        .collect();
    let ends: Vec<&str> = paths
        .iter()
        .map(|path| path.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(ends, ["file3.ts", "file1.ts", "file2.ts"]);
}

#[test]
fn the_newer_of_two_reports_of_one_head_wins() {
    let sandbox = repository("https://git.example.com/acme/api", &[1]);
    let with_time = |text: &str, time: &str| {
        let mut json: Value = serde_json::from_str(text).unwrap();
        json["time"] = time.into();
        json
    };
    let first = saved(&sandbox, &["scan"]);
    sandbox.write("src/file1.ts", "");
    let second = saved(&sandbox, &["scan"]);
    let old = with_time(&first, "2026-01-01T00:00:00Z").to_string();
    let new = with_time(&second, "2026-01-02T00:00:00Z");
    let run = report(&[&old, &new.to_string()], &["--format", "json"]);
    assert_eq!(
        (run.status, run.json()["findings"].as_array().unwrap().len()),
        (0, 0)
    );
    assert_eq!(run.json()["runs"][0]["superseded"], true);
    for format in ["human", "markdown", "github", "html"] {
        let run = report(&[&old, &new.to_string()], &["--format", format]);
        let told = "older reports of the same commit are left out for git.example.com/acme/api";
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(told), "{format}: {text}");
    }
    // A newer one that is not complete, of another head, or that looked at less, replaces nothing.
    for change in [
        ("complete", Value::from(false)),
        ("head", "c0ffee".into()),
        ("command", "scan src".into()),
    ] {
        let mut other = new.clone();
        other[change.0] = change.1;
        let run = report(&[&old, &other.to_string()], &[]);
        assert_eq!(run.status, 1, "{}: {}", change.0, run.stdout);
    }
}

/// Reports on one head may cover different objects, staged files or folders.
#[test]
fn a_newer_report_of_another_scope_replaces_nothing() {
    let sandbox = repository("https://git.example.com/acme/api", &[1]);
    let later = |text: &str| {
        let mut json: Value = serde_json::from_str(text).unwrap();
        json["time"] = "2099-11-01T00:00:00Z".into();
        (json["findings"], json["summary"]["findings"]) = (json!([]), 0.into());
        json
    };
    let earlier = |text: &str| {
        let mut json: Value = serde_json::from_str(text).unwrap();
        json["time"] = "2020-01-01T00:00:00Z".into();
        json.to_string()
    };
    let now = |mut json: Value| {
        json["time"] = "2021-01-01T00:00:00Z".into();
        json.to_string()
    };
    let text = saved(&sandbox, &["history"]);
    let mut other = later(&text);
    other["summary"]["objects"]["blobs"] = 1000.into();
    assert_eq!(report(&[&earlier(&text), &now(other)], &[]).status, 1);
    let whole = earlier(&saved(&sandbox, &["scan", "."]));
    let inner = sandbox.run_in("src", ["scan", ".", "--format", "json"]);
    let mut other = later(&inner.stdout);
    assert_eq!(other["folder"], "src");
    assert_eq!(report(&[&whole, &now(other.clone())], &[]).status, 1);
    other["folder"] = Value::Null;
    let of_the_same = report(&[&whole, &now(other)], &[]);
    assert_eq!(of_the_same.status, 0, "{}", of_the_same.stdout);
}

#[test]
fn only_a_full_scan_covers_an_expected_repository() {
    let sandbox = repository("https://git.example.com/acme/api", &[]);
    sandbox.write("list", "https://git.example.com/acme/api\n");
    for (arguments, status) in [
        (&["history"][..], 0),
        (&["scan"], 0),
        (&["scan", "--fail-on", "warning"], 0),
        (&["scan", "README.md"], 2),
        (&["scan", "--exclude", "x*", "README.md"], 2),
        (&["scan", "--exit-zero", "README.md"], 2),
        (&["staged"], 2),
    ] {
        sandbox.write("r.json", saved(&sandbox, arguments));
        let run = sandbox.run(["report", "r.json", "--expect", "list"]);
        assert_eq!(run.status, status, "{arguments:?}: {}", run.stdout);
    }
    sandbox.write("src/a.ts", "x");
    let inner = sandbox.run_in("src", ["scan", "--format", "json"]);
    sandbox.write("r.json", inner.stdout);
    let run = sandbox.run(["report", "r.json", "--expect", "list"]);
    assert_eq!(run.status, 2, "of a folder: {}", run.stdout);
}

#[test]
fn one_repository_in_two_reports_is_counted_once() {
    let sandbox = repository("https://git.example.com/acme/api", &[1]);
    let first = saved(&sandbox, &["history"]);
    sandbox.write("other", "x").commit_all("another head");
    let second = saved(&sandbox, &["history"]);
    let of = |json: &Value| {
        json["findings"][0]["placement"]["commits"]
            .as_u64()
            .unwrap()
    };
    let alone: Value = serde_json::from_str(&second).unwrap();
    let both = merged(&[&first, &second]);
    assert_eq!(of(&both), of(&alone));
    // A merged report, and what it was made from, have the same runs.
    let again = merged(&[&both.to_string(), &first, &second]);
    let runs = again["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2, "{runs:?}");
}

/// The more severe verdict on a place counts, whichever report has it.
#[test]
fn a_place_that_is_suppressed_in_one_report_alone_is_reported() {
    let sandbox = repository("https://git.example.com/acme/api", &[1]);
    let reported = saved(&sandbox, &["history"]);
    let json: Value = serde_json::from_str(&reported).unwrap();
    let print = json["findings"][0]["fingerprint"].as_str().unwrap();
    let allow = format!("version: 1\nallow:\n- {{fingerprint: '{print}', reason: x}}\n");
    sandbox.write(".ntnguard.yaml", allow);
    sandbox.write("more", "x").commit_all("more");
    let suppressed = saved(&sandbox, &["history"]);
    for reports in [[&suppressed, &reported], [&reported, &suppressed]] {
        let json = merged(&reports.map(String::as_str));
        let finding = &json["findings"][0];
        assert_eq!(finding["verdict"], "reported");
        assert_eq!(finding["occurrences"][0]["verdict"], "reported");
    }
}

#[test]
fn repeated_merging_keeps_the_exit_status() {
    let of = |name: &str| {
        let sandbox = repository(&format!("https://git.example.com/acme/{name}"), &[1]);
        saved(&sandbox, &["history", "--fail-on", "never"])
    };
    let first = report(&[&of("api"), &of("web")], &["--format", "json"]);
    let second = report(&[&first.stdout], &["--format", "json"]);
    assert_eq!((first.status, second.status), (0, 0));
}

#[test]
fn excludes_are_summed_and_warnings_name_their_repository() {
    let of = |name: &str| {
        let sandbox = repository(&format!("https://git.example.com/acme/{name}"), &[]);
        sandbox.write("vendor/a", "x").write(
            ".ntnguard.yaml",
            "version: 1\nallow:\n- {paths: [nothing/**], reason: x, expires: 2020-01-01}\n",
        );
        sandbox.commit_all("vendor");
        saved(&sandbox, &["scan", "--exclude", "vendor/**"])
    };
    let json = merged(&[&of("api"), &of("web")]);
    assert_eq!(
        json["excluded"],
        json!([{"pattern": "vendor/**", "paths": 2}])
    );
    let warnings = json["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 2);
    for warning in warnings {
        let file = warning["file"].as_str().unwrap();
        assert!(file.starts_with("git.example.com/acme/"), "{file}");
    }
}

#[test]
fn a_repository_without_a_report_is_missing() {
    let api = saved(
        &repository("git@git.example.com:acme/api.git", &[]),
        &["history"],
    );
    let sandbox = Sandbox::new();
    sandbox.write("reports/api.json", &api);
    let expected = |list: &str| {
        sandbox.write("list.txt", list);
        sandbox.run(["report", "reports", "--expect", "list.txt"])
    };
    let all = expected("# all\nhttps://token@git.example.com/acme/api.git\n\n");
    assert_eq!(all.status, 0, "{}", all.stdout);
    let run =
        expected("https://git.example.com/acme/api\nhttps://me:key@git.example.com/acme/web.git\n");
    assert_eq!(run.status, 2);
    assert!(
        run.stdout.contains("git.example.com/acme/web") && !run.stdout.contains("me:key"),
        "{}",
        run.stdout
    );
}

#[test]
fn reports_are_read_from_standard_input_and_folders() {
    let api = saved(
        &repository("https://git.example.com/acme/api", &[1]),
        &["history"],
    );
    let web = saved(
        &repository("https://git.example.com/acme/web", &[2]),
        &["history"],
    );
    let sandbox = Sandbox::new();
    let both = format!("{api}{web}");
    let piped = sandbox.run_with_input(["report", "-", "--format", "json"], both.as_bytes());
    sandbox
        .write("all/a.json", &api)
        .write("all/b.JSON", &web)
        .write("all/notes.txt", "x");
    let folder = sandbox.run(["report", "all", "--format", "json"]);
    for run in [&piped, &folder] {
        assert_eq!(run.status, 1);
        assert_eq!(run.json()["findings"].as_array().unwrap().len(), 2);
    }
    sandbox.write("none/notes.txt", "x");
    assert_eq!(sandbox.run(["report", "none"]).status, 2);
    let own = sandbox.run(["report", "all", "-o", "all/merged.json"]);
    assert_eq!(own.status, 2);
    assert!(own.stderr.contains("next merge"), "{}", own.stderr);
    assert_eq!(
        sandbox.run(["report", "all", "-o", "merged.json"]).status,
        1
    );
    let own = sandbox.run(["report", "all/a.json", "merged.json", "-o", "merged.json"]);
    assert!(own.stderr.contains("next merge"), "{}", own.stderr);
}

#[test]
fn a_report_of_an_older_version_is_read() {
    let api = saved(
        &repository("https://git.example.com/acme/api", &[1]),
        &["history"],
    );
    let mut old: Value = serde_json::from_str(&api).unwrap();
    for field in ["time", "command", "repository", "head", "fail_on"] {
        old.as_object_mut().unwrap().remove(field);
    }
    old["tool"]["version"] = "0.0.1".into();
    old["later"] = serde_json::json!({"unknown": ["field", 1]});
    let run = report(&[&old.to_string(), &old.to_string()], &["--format", "json"]);
    assert_eq!(
        (run.status, run.json()["findings"].as_array().unwrap().len()),
        (1, 1)
    );
    assert_eq!(
        run.json()["findings"][0]["repositories"],
        serde_json::json!(["r0", "r1"])
    );
}

#[test]
fn authors_are_left_out_where_asked() {
    let api = repository("https://git.example.com/acme/api", &[1]);
    let text =
        saved(&api, &["history"]).replace("\"author\": \"A\"", "\"author\": \"Grace Hopper\"");
    let mut json: Value = serde_json::from_str(&text).unwrap();
    json["findings"][0]["live"] = json!({"state": "live", "checked": "2026-01-01T00:00:00Z", "identity":
        {"bot": "b", "name": "Grace's bot", "workspace": "w", "workspace_name": "Grace and Co"}});
    let text = json.to_string();
    for format in ["human", "json", "html", "gitlab", "markdown"] {
        let with = report(&[&text], &["--format", format]).stdout;
        let without = report(&[&text], &["--format", format, "--redact-names"]).stdout;
        assert!(with.contains("Grace") || format == "markdown", "{format}");
        assert!(!without.contains("Grace"), "{format}");
    }
    let scan = api
        .run(["history", "--redact-names", "--format", "json"])
        .json();
    assert_eq!(
        scan["findings"][0]["placement"]["introduced"]["author"],
        "(name left out)"
    );
}

#[test]
fn a_merged_report_fails_as_its_runs_did_and_keeps_their_limits() {
    let sandbox = repository("https://git.example.com/acme/api", &[]);
    sandbox.write(".env", "NOTION_TOKEN=\n");
    let env = sandbox.run(["env", "--format", "json"]);
    assert_eq!(env.status, 1, "{}", env.stdout);
    let other = repository("https://git.example.com/acme/web", &[1]);
    let limited = saved(&other, &["history", "--rule", "env-tracked"]);
    let merged = report(&[&env.stdout, &limited], &["--format", "json"]);
    assert_eq!(merged.status, 1);
    assert_eq!(
        merged.json()["limited"]["rules"],
        serde_json::json!(["env-tracked"])
    );
    assert_eq!(report(&[&merged.stdout], &[]).status, 1);
    assert_eq!(report(&[&merged.stdout, &limited], &[]).status, 1);
}
