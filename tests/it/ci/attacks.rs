//! Hostile input that strangers control: names of branches and files, payloads, variables.

use std::fs;

use super::*;

/// Hostile names of branches, which a careless script would execute. git allows most of them.
const NAMES: [&str; 11] = [
    "--upload-pack=touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "x\n::error::pwned",
    "x\r\npwned=1",
    "../../heads/main",
    "main^{/zero}",
    "main:.gitignore",
    "@{-1}",
    "-",
    "\u{202e}\u{1b}[2J##[add-mask]x",
];

fn lines_of(text: &str) -> Vec<&str> {
    text.split(['\n', '\r'])
        .filter(|line| line.trim_start().starts_with("::") || line.starts_with("pwned"))
        .collect()
}

#[test]
fn branch_names_are_never_parsed_as_revisions() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    let head = sandbox.write("a", token(1)).commit_all("leak");
    for name in NAMES {
        let mut request = pull_request(&base, &head);
        request["pull_request"]["base"]["ref"] = name.into();
        request["pull_request"]["head"]["ref"] = name.into();
        let mut push = pushed(&format!("refs/heads/{name}"), ZEROS, &head);
        push["repository"]["default_branch"] = name.into();
        let tag = pushed(&format!("refs/tags/{name}"), ZEROS, &head);
        for (event, payload) in [("pull_request", &request), ("push", &push), ("push", &tag)] {
            let run = github_json(&sandbox, event, payload);
            assert_eq!(
                (run.status, told(&sandbox, &run)),
                (1, vec!["a:1 by leak".to_owned()]),
                "{name}: {}",
                run.stderr
            );
            let human = github(&sandbox, event, payload, &["--format", "human"]);
            assert_eq!(
                lines_of(&human.stdout),
                Vec::<&str>::new(),
                "{}",
                human.stdout
            );
            assert!(
                !human.stdout.contains(['\u{202e}', '\u{1b}']) && !human.stdout.contains("##["),
                "{}",
                human.stdout
            );
        }
        let deleted = github(
            &sandbox,
            "push",
            &pushed(&format!("refs/heads/{name}"), &base, ZEROS),
            &[],
        );
        assert_eq!(
            (deleted.status, lines_of(&deleted.stdout)),
            (0, vec![]),
            "{}",
            deleted.stdout
        );
        for variables in [
            [("JENKINS_URL", "x"), ("CHANGE_TARGET", name)],
            [("GITLAB_CI", "true"), ("CI_COMMIT_SHA", name)],
            [("CIRCLECI", "true"), ("CIRCLE_SHA1", name)],
        ] {
            let run = ci(&sandbox, &variables, &[]);
            assert!(
                run.status == 1 && lines_of(&run.stdout).is_empty(),
                "{}{}",
                run.stdout,
                run.stderr
            );
        }
        let run = ci(
            &sandbox,
            &[],
            &["--base", "HEAD~1", &format!("--head={name}")],
        );
        assert!(lines_of(&(run.stdout + &run.stderr)).is_empty(), "{name}");
    }
    assert!(!sandbox.path().join("pwned").exists());
}

/// The id of an object that is not a commit is an error. It is never ignored.
#[test]
fn ids_of_trees_and_blobs_are_errors() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    let head = sandbox.write("a", "x").commit_all("one");
    let (blob, tree) = (sandbox.id("HEAD:a"), sandbox.id("HEAD^{tree}"));
    for other in [&blob, &tree] {
        let run = github(
            &sandbox,
            "push",
            &pushed("refs/heads/main", &base, other),
            &[],
        );
        assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
        let run = github(&sandbox, "pull_request", &pull_request(&base, other), &[]);
        assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    }
    // As the commit before the push, such an id hides no leak.
    let leak = sandbox.write("a", token(1)).commit_all("leak");
    let run = github_json(&sandbox, "push", &pushed("refs/heads/x", &tree, &leak));
    assert_eq!(told(&sandbox, &run), ["a:1 by leak"]);
    let run = github_json(&sandbox, "pull_request", &pull_request(&head, &leak));
    assert_eq!(told(&sandbox, &run), ["a:1 by leak"]);
}

#[test]
fn invalid_payloads_are_errors() {
    let sandbox = checkout();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("event.json");
    let secret = token(3);
    let texts: [Vec<u8>; 6] = [
        Vec::new(),
        b"\xff\xfe{}".to_vec(),
        "[".repeat(100_000).into_bytes(),
        format!("{{\"ref\": \"{secret}").into_bytes(),
        format!("{{\"ref\": \"refs/heads/x\", \"after\": \"{secret}\"}}").into_bytes(),
        b"null".to_vec(),
    ];
    let with = |path: &str| {
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_EVENT_PATH", path),
        ];
        ci(&sandbox, &variables, &[])
    };
    for text in texts {
        fs::write(&file, &text).unwrap();
        let run = with(file.to_str().unwrap());
        let all = run.stdout + &run.stderr;
        assert!(
            run.status == 2 && all.contains("--base REV --head REV"),
            "{all}"
        );
        assert!(!all.contains(&secret[secret.len() - 12..]), "{all}");
    }
    fs::write(&file, "{}").unwrap();
    let path = file.to_str().unwrap();
    let run = ci(
        &sandbox,
        &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "delete"),
            ("GITHUB_EVENT_PATH", path),
        ],
        &[],
    );
    assert_eq!(run.status, 2, "a deletion of nothing: {}", run.stdout);
    for path in [
        folder.path().to_str().unwrap(),
        "/nowhere/event.json",
        "/dev/null",
        "",
    ] {
        assert_eq!(with(path).status, 2, "{path}");
    }
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_EVENT_PATH", "/nowhere"),
    ];
    let run = ci(&sandbox, &variables, &["--base", "HEAD", "--head", "HEAD"]);
    assert_eq!(
        run.status, 0,
        "who names both needs no event: {}",
        run.stderr
    );
}

/// Hostile names of files and authors, and messages, that try to become a table row, a link, a command, an output or a
/// script.
#[cfg(unix)]
#[test]
fn names_and_messages_inject_nothing_into_reports() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    let names = [
        "a|b`c`[l](http://x.example)<img src=x onerror=y>@user #1",
        "b\nfindings=0\n::error file=x::pwned",
        "c::set-output name=findings::0",
        "d</code></td><script>x</script>",
        "www.x.example",
        "e\r\n| x | y | z | w |",
    ];
    for (number, name) in names.iter().enumerate() {
        sandbox.write(name, token(number as u64 + 1));
    }
    sandbox.git(["add", "-A"]);
    let author = "user.name@example.com";
    sandbox.git([
        "commit",
        "-q",
        "-m",
        "::error::pwned",
        "--author",
        &format!("{author} <other@example.com>"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(
        path("event"),
        pull_request(&base, &sandbox.id("HEAD")).to_string(),
    )
    .unwrap();
    let sarif = format!("sarif={}", path("a\nfindings=0"));
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_EVENT_PATH", &path("event")),
        ("GITHUB_STEP_SUMMARY", &path("summary")),
        ("GITHUB_OUTPUT", &path("outputs")),
    ];
    let run = ci(&sandbox, &variables, &["-o", &sarif]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert_eq!(
        fs::read_to_string(path("outputs")).unwrap(),
        "findings=6\ncomplete=true\nexit-code=1\n"
    );
    let commands: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.trim_start().starts_with("::"))
        .collect();
    assert!(
        commands.len() == 6
            && commands
                .iter()
                .all(|line| line.starts_with("::error title=Notion")),
        "{commands:?}"
    );
    let summary = fs::read_to_string(path("summary")).unwrap();
    let rows: Vec<&str> = summary
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect();
    assert_eq!(rows.len(), 2 + 6, "{summary}");
    assert!(
        rows.iter().all(|row| row.matches('|').count() == 5),
        "{summary}"
    );
    for mark in ["<img", "<script", "](", "www.", "http:", "@", "::"] {
        assert!(!summary.contains(mark), "{mark} in {summary}");
    }
    let all = run.stdout + &run.stderr + &summary;
    for address in ["@example.com", "other@"] {
        assert!(!all.contains(address), "{all}");
    }
    for seed in 1..=6 {
        assert!(!all.contains(&token(seed)[20..40]), "a secret is shown");
    }
}
