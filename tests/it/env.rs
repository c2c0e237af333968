//! `ntnguard env`: what it says is what git says, and what `--fix` writes is enough and no more.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::fake::{Fake, expand};
use crate::sandbox::{Run, Sandbox};

fn audit(sandbox: &Sandbox) -> Run {
    sandbox.run(["env", "--format", "json"])
}

/// `rule path` of each finding whose verdict is one of `verdicts`.
fn told(run: &Run, verdicts: &[&str]) -> Vec<String> {
    let json = run.json();
    let findings = json["findings"].as_array().unwrap().iter();
    let wanted = findings.filter(|finding| verdicts.contains(&finding["verdict"].as_str().unwrap()));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    wanted.map(|finding| format!("{} {}", text(&finding["rule"]), text(&finding["path"]))).collect()
}

/// The paths of all findings of one rule, likely or not.
fn paths(run: &Run, rule: &str) -> BTreeSet<String> {
    let all = told(run, &["reported", "below-confidence", "suppressed"]);
    all.iter().filter_map(|line| line.strip_prefix(rule)?.strip_prefix(' ').map(str::to_owned)).collect()
}

/// Which of `paths` git ignores.
fn ignored(sandbox: &Sandbox, paths: &BTreeSet<String>) -> BTreeSet<String> {
    let command = ["check-ignore", "--no-index", "--stdin", "-z"];
    let mut git = sandbox.git_command().args(command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let input: String = paths.iter().map(|path| format!("{path}\0")).collect();
    let mut stdin = git.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = git.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap().split_terminator('\0').map(str::to_owned).collect()
}

/// A repository of packages: two apps, one of which has rules of its own, and a folder of plain sources.
fn packages() -> Sandbox {
    let sandbox = Sandbox::repository();
    for folder in ["apps/api", "apps/web", "libs/a b"] {
        sandbox.write(format!("{folder}/package.json"), "{}");
    }
    sandbox.write("src/main.ts", "x").write("dist/package.json", "{}");
    sandbox
}

/// All env files, and all templates, that are tried in these places.
fn tried(places: &[&str]) -> (BTreeSet<String>, BTreeSet<String>) {
    let names = Sandbox::repository();
    names.write("wrangler.toml", "").write(".envrc", "");
    let templates = Sandbox::repository();
    templates.write(".gitignore", "*\n");
    let everywhere = |names: BTreeSet<String>| {
        places.iter().flat_map(|place| names.iter().map(move |name| format!("{place}{name}"))).collect()
    };
    (
        everywhere(paths(&audit(&names), "env-not-ignored")),
        everywhere(paths(&audit(&templates), "env-template-ignored")),
    )
}

const PLACES: [&str; 4] = ["", "apps/api/", "apps/web/", "libs/a b/"];

/// What templates of ignore files look like: of frameworks and languages, by people, and by mistake.
const RULES: [&str; 24] = [
    "",
    "node_modules/\ndist\n.env\n.env.*\n!.env.example\n",
    "# local env files\n.env*.local\n",
    ".env*\n",
    ".env*\n!.env.example\n",
    "/.env.local\n/.env.local.php\n/.env.*.local\n",
    ".env\n.env.backup\n.env.production\nauth.json\n",
    "__pycache__/\n*.py[cod]\n.env\n.venv\nenv/\n.env.bak/\n",
    "/.env*\n!/.env*.erb\n",
    "**/.env\n**/.env.*\n",
    "/*\n!/.gitignore\n!/apps/\n!/libs\n",
    "*\n!*/\n!*.json\n!.gitignore\n",
    ".env.local\r\n.env.production\r\n.env\r\n",
    "\u{feff}.env\n.env.*",
    ".env/\n.env.*/\n",
    "*.local\n*.env\n*.bak\n*~\n",
    "apps/*/.env\napps/*/.env.*\n!apps/web/.env.test\n",
    ".ENV\n.Env.*\n",
    ".env.[!e]*\n",
    "!.env\n.env\n!.env.local\n",
    ".env.\\*\n\\.env \n.env\\ \n",
    "dist/\n*.log\n.DS_Store\n.dev.vars\n.dev.vars.*\n.wrangler\n",
    "apps\n!apps/web\n",
    "# nothing\n\n   \n!\n/\n",
];

/// What `seed` makes of a repository of packages.
fn with_rules(seed: u64) -> Sandbox {
    let mut fake = Fake::new(seed);
    let sandbox = packages();
    let mut rules = || RULES[fake.next() as usize % RULES.len()];
    sandbox.write(".gitignore", RULES[seed as usize % RULES.len()]);
    for (number, folder) in ["apps", "apps/api", "apps/web", "libs/a b"].iter().enumerate() {
        if (seed >> number) % 3 == 1 {
            sandbox.write(format!("{folder}/.gitignore"), rules());
        }
    }
    if seed % 4 == 3 {
        sandbox.git(["config", "core.ignoreCase", "true"]);
    }
    sandbox
}

#[test]
fn what_is_reported_is_what_git_does_not_ignore() {
    let (env, templates) = tried(&PLACES);
    for seed in 0..72 {
        let sandbox = with_rules(seed);
        let run = audit(&sandbox);
        // Packages in an ignored folder are no places: what is in them is ignored.
        let not_ignored: BTreeSet<String> = env.difference(&ignored(&sandbox, &env)).cloned().collect();
        let reported: BTreeSet<String> =
            paths(&run, "env-not-ignored").into_iter().filter(|path| !path.starts_with("dist/")).collect();
        let worker = |path: &String| path.contains(".dev.vars") || path.contains(".envrc");
        assert_eq!(reported, not_ignored, "seed {seed}");
        assert!(not_ignored.iter().any(worker) || seed % 24 != 1, "seed {seed}: all names are tried");
        let place = |path: &String| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        let lost: BTreeSet<String> = PLACES.iter().map(|place| place.trim_end_matches('/').to_owned()).collect();
        let lost = ignored(&sandbox, &lost.into_iter().filter(|folder| !folder.is_empty()).collect());
        let expected: BTreeSet<String> =
            ignored(&sandbox, &templates).into_iter().filter(|path| !lost.contains(&place(path))).collect();
        let reported: BTreeSet<String> =
            paths(&run, "env-template-ignored").into_iter().filter(|path| !path.starts_with("dist/")).collect();
        assert_eq!(reported, expected, "seed {seed}: templates");
    }
}

/// All files of a work tree but ignore files, with their content.
fn files(sandbox: &Sandbox) -> BTreeSet<(String, Vec<u8>)> {
    let listed = sandbox.git(["ls-files", "-c", "-o", "-z"]);
    let read = |name: &str| (name.to_owned(), fs::read(sandbox.path().join(name)).unwrap());
    listed.split_terminator('\0').map(read).collect()
}

#[test]
fn a_fix_ignores_every_variant_everywhere_and_keeps_every_template_and_touches_nothing_else() {
    let (env, templates) = tried(&["", "apps/api/", "apps/web/", "libs/a b/", "src/", "apps/new/"]);
    for seed in 0..72 {
        let sandbox = with_rules(seed);
        let others = [".env.ts", "apps/web/app.env.d/x", "apps/api/.env.vault", "src/.env.md", ".flaskenv", "a.envx"];
        for file in others {
            sandbox.write(file, "x");
        }
        let others: BTreeSet<String> = others.map(str::to_owned).into();
        let ignored_before = ignored(&sandbox, &others);
        let without_rules = |files: BTreeSet<(String, Vec<u8>)>| {
            files.into_iter().filter(|(name, _)| !name.ends_with(".gitignore")).collect()
        };
        let before: Vec<_> = without_rules(files(&sandbox));
        let dry = sandbox.run(["env", "--fix", "--dry-run", "-q"]);
        assert_eq!(without_rules(files(&sandbox)), before, "seed {seed}");
        let run = sandbox.run(["env", "--fix"]);
        assert_eq!(run.status, 0, "seed {seed}: {}{}", run.stdout, run.stderr);
        assert!(
            dry.stdout.lines().filter(|line| line.starts_with('+')).all(|line| run.stdout.contains(line)),
            "{seed}"
        );
        let rules = fs::read_to_string(sandbox.path().join(".gitignore")).unwrap();
        assert_eq!(env.difference(&ignored(&sandbox, &env)).count(), 0, "seed {seed}: {rules}");
        let lost = ["apps/", "libs/", "src/", "apps/api/", "apps/web/", "libs/a b/"].map(|folder| folder.to_owned());
        let lost = ignored(&sandbox, &lost.into());
        let caught: Vec<String> = ignored(&sandbox, &templates)
            .into_iter()
            .filter(|path| {
                !lost.iter().any(|folder| path.starts_with(folder.as_str()))
                    && !path.starts_with("apps/new/")
                    && !path.starts_with("src/")
            })
            .collect();
        assert!(caught.is_empty(), "seed {seed}: {caught:?}\n{rules}");
        assert_eq!(ignored(&sandbox, &others), ignored_before, "seed {seed}: {rules}");
        assert_eq!(without_rules(files(&sandbox)), before, "seed {seed}");
        let after = files(&sandbox);
        let again = sandbox.run(["env", "--fix"]);
        assert_eq!((again.status, files(&sandbox) == after), (0, true), "seed {seed}: a second run changes something");
        assert!(!again.stdout.contains("+++"), "{}", again.stdout);
    }
}

/// `rule path` of what fails the run.
fn reported(sandbox: &Sandbox) -> Vec<String> {
    told(&audit(sandbox), &["reported"])
}

/// A repository whose ignore file covers everything.
fn covered() -> Sandbox {
    let sandbox = Sandbox::repository();
    assert_eq!(sandbox.run(["env", "--fix"]).status, 0);
    sandbox
}

#[test]
fn rules_that_no_clone_has_do_not_count() {
    let by_git_dir = |sandbox: &Sandbox| _ = sandbox.write(".git/info/exclude", "*.env\n.env*\n!.env.example\n");
    let by_user = |sandbox: &Sandbox| {
        sandbox.write("mine", "*.env\n.env*\n!.env.example\n");
        sandbox.git(["config", "core.excludesFile", "mine"]);
    };
    let by_hidden_file = |sandbox: &Sandbox| {
        sandbox.write(".gitignore", "*.env\n.env*\n!.env.example\n").write(".git/info/exclude", ".gitignore\n");
    };
    let by_case = |sandbox: &Sandbox| {
        sandbox.write(".gitignore", "*.ENV\n.ENV*\n!.env.example\n");
        sandbox.git(["config", "core.ignoreCase", "true"]);
    };
    for ignore in [&by_git_dir as &dyn Fn(&Sandbox), &by_user, &by_hidden_file, &by_case] {
        let sandbox = Sandbox::repository();
        ignore(&sandbox);
        let reported = reported(&sandbox);
        assert!(reported.contains(&"env-ignored-only-locally .env".to_owned()), "{reported:?}");
        assert!(reported.iter().all(|line| line.starts_with("env-ignored-only-locally ")), "{reported:?}");
        let human = sandbox.run(["env"]).stdout;
        assert!(human.contains("but only on this machine") && human.to_lowercase().contains(".env*"), "{human}");
        sandbox.run(["env", "--fix"]);
        sandbox.git(["add", "-f", ".gitignore"]);
        assert_eq!(audit(&sandbox).status, 0, "{}", sandbox.run(["env"]).stdout);
    }
}

#[test]
fn what_is_in_the_index_is_tracked_whatever_else_is_so() {
    let sandbox = covered();
    sandbox.write(".env", "A=1").write("a/.env.local", "A=1").write("a/gone.env", "A=1").write(".env.vault", "x");
    sandbox.git(["add", "-f", "."]);
    fs::remove_file(sandbox.path().join("a/gone.env")).unwrap();
    let expected = ["env-tracked .env", "env-tracked a/.env.local", "env-tracked a/gone.env"];
    assert_eq!(reported(&sandbox), expected, "tracked although ignored, and staged then deleted on disk");
    sandbox.git(["commit", "-q", "-m", "x"]);
    assert_eq!(reported(&sandbox), expected, "committed");
    let human = sandbox.run(["env"]).stdout;
    assert!(human.contains("git rm --cached -- a/gone.env"), "{human}");
    sandbox.git(["rm", "-q", "--cached", ".env", "a/.env.local", "a/gone.env"]);
    assert_eq!(reported(&sandbox), [""; 0]);
    sandbox.write(".env.production", "DOTENV_PUBLIC_KEY=\"03\"\nA=\"encrypted:BE\"\n").write("b/.env", "A=1");
    sandbox.git(["add", "-f", ".env.production"]);
    sandbox.git(["add", "-N", "-f", "b/.env"]);
    assert_eq!(reported(&sandbox), ["env-tracked b/.env"], "encrypted; meant to be added");
}

#[test]
fn a_repository_within_has_rules_of_its_own() {
    let inner = Sandbox::repository();
    inner.write("a", "x").commit_all("x");
    let sandbox = covered();
    let path = inner.path().display().to_string();
    sandbox.git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &path, "sub"]);
    assert_eq!(reported(&sandbox), [""; 0], "what is not there is its own audit's");
    sandbox.write("sub/deep/.env", "A=1").write("sub/package.json", "{}");
    assert_eq!(reported(&sandbox), ["env-not-ignored sub/deep/.env"], "the rules around it are not its own");
    let before = fs::read(sandbox.path().join(".gitignore")).unwrap();
    assert_eq!(sandbox.run(["env", "--fix"]).status, 1, "it is mended from within");
    assert_eq!(fs::read(sandbox.path().join(".gitignore")).unwrap(), before);
    assert!(!sandbox.path().join("sub/.gitignore").exists());
    let within = told(&sandbox.run(["env", "sub", "--format", "json"]), &["reported"]);
    assert!(
        within.contains(&"env-not-ignored deep/.env".to_owned())
            && within.contains(&"env-not-ignored .env.local".to_owned())
    );
    assert_eq!(sandbox.run(["env", "--fix", "sub"]).status, 0);
    assert_eq!(reported(&sandbox), [""; 0]);
    sandbox.git(["-C", "sub", "add", "-f", "deep/.env"]);
    assert_eq!(reported(&sandbox), ["env-tracked sub/deep/.env"]);
}

#[test]
fn in_an_ignored_folder_nothing_can_be_committed() {
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", "build/\n.env\n.env.*\n!.env.example\n");
    sandbox.write("build/.gitignore", "!.env\n").write("build/package.json", "{}").write("build/x/.env.local", "A=1");
    assert_eq!(reported(&sandbox), [""; 0]);
    sandbox.write(".gitignore", "build/*\n!build/x/\n");
    assert!(reported(&sandbox).contains(&"env-not-ignored build/x/.env.local".to_owned()), "taken back");
    sandbox.write(".gitignore", "/.env\n/.env.*\n!.env.example\n").write(".git/info/exclude", "build/\n");
    assert_eq!(
        reported(&sandbox),
        ["env-ignored-only-locally build/x/.env.local"],
        "in a folder that a clone may have"
    );
}

#[cfg(unix)]
#[test]
fn folders_links_and_pipes_are_no_files() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", ".env/\n.env.*\n!.env.example\n").write(".env/bin/activate", "x").write("a/x", "x");
    assert_eq!(reported(&sandbox), ["env-not-ignored .env"], "a rule for folders covers no file");
    sandbox.write(".gitignore", ".env\n.env.*\n!.env.example\n");
    assert_eq!(reported(&sandbox), [""; 0]);
    fs::remove_dir_all(sandbox.path().join(".env")).unwrap();
    // What the links lead to is not read, be it a secret or without end.
    symlink("/dev/zero", sandbox.path().join(".env")).unwrap();
    symlink("nowhere", sandbox.path().join("a/.env.local")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(sandbox.path().join(".env.test")).status().unwrap();
    assert!(made.success());
    assert_eq!((audit(&sandbox).status, reported(&sandbox)), (0, Vec::new()));
    sandbox.git(["add", "-f", ".env", "a/.env.local"]);
    assert_eq!(reported(&sandbox), ["env-tracked .env", "env-tracked a/.env.local"]);
    sandbox.git(["rm", "-q", "--cached", ".env", "a/.env.local"]);
    sandbox.write(".gitignore", ".env/\n.env.*/\n!.env.example\n");
    assert!(
        reported(&sandbox).contains(&"env-not-ignored a/.env.local".to_owned()),
        "a rule for folders covers no link"
    );
}

/// Everything that a variable can be told about, and nothing of any value.
#[test]
fn variables_are_told_and_values_are_not() {
    let sandbox = covered();
    let (one, other, old) = (expand("{ntn}", 1), expand("{ntn}", 2), expand("{secret}", 3));
    let password = expand("{a:24}", 4);
    sandbox.write(
        ".env.example",
        format!("NOTION_TOKEN={one}\nDB_PASSWORD='{password}'\nMISSING=\nAPI_KEY=your-key-here\n# was {old}\nPORT=1\n"),
    );
    sandbox.write(
        ".env",
        format!(
            "NOTION_TOKEN={one}\nVITE_NOTION_TOKEN={other}\nNEXT_PUBLIC_X=$NOTION_TOKEN\nNOTION_API_KEY={password}\n\
             NOTION_WRITER_TOKEN={one}\nDB_PASSWORD={password}\nAPI_KEY=x\nPORT=1\nNOTION_SECRET=${{X}}\nNOTION_KEY=\n"
        ),
    );
    sandbox.write("a/.env.development", format!("NOTION_TOKEN={old}\n"));
    sandbox.write("b/.env.production", format!("NOTION_TOKEN={old}\n"));
    let run = audit(&sandbox);
    let lines: Vec<String> = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| !finding["variable"].is_null() || finding["rule"] == "env-template-secret")
        .map(|f| {
            format!("{} {} {} {} {}", f["rule"], f["path"], f["line"], f["variable"], f["verdict"]).replace('"', "")
        })
        .collect();
    let expected = [
        "env-public-prefix .env 2 VITE_NOTION_TOKEN reported",
        "env-public-prefix .env 3 NEXT_PUBLIC_X reported",
        "env-token-format .env 4 NOTION_API_KEY below-confidence",
        "env-token-reused .env 5 NOTION_WRITER_TOKEN below-confidence",
        "env-key-missing .env null MISSING below-confidence",
        "env-template-secret .env.example 1 NOTION_TOKEN reported",
        "env-template-secret .env.example 2 DB_PASSWORD reported",
        "env-template-secret .env.example 5 null reported",
        "env-token-reused b/.env.production 1 NOTION_TOKEN below-confidence",
    ];
    let sorted = |lines: &[String]| lines.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(sorted(&lines), sorted(&expected.map(str::to_owned)));
    assert_eq!(run.status, 1);
    for arguments in [&["env"][..], &["env", "-v"], &["env", "--format", "json"], &["env", "--fix", "--dry-run"]] {
        let run = sandbox.run(arguments);
        for secret in [&one, &other, &old, &password] {
            for part in secret.as_bytes()[8..secret.len() - 4].windows(6).map(String::from_utf8_lossy) {
                assert!(!run.stdout.contains(part.as_ref()) && !run.stderr.contains(part.as_ref()), "{arguments:?}");
            }
        }
    }
    let human = sandbox.run(["env"]).stdout;
    for part in
        ["VITE_NOTION_TOKEN=****…", ".env.example:3 names it", "NOTION_TOKEN in .env:1 holds the same", "4 warnings"]
    {
        assert!(human.contains(part), "{part} is not in {human}");
    }
}

#[test]
fn warnings_are_shown_and_fail_nothing_unless_all_does() {
    let sandbox = covered();
    sandbox.write(".env.example", "A=\nB=\n").write(".env", "A=1\n");
    let run = sandbox.run(["env"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.contains("Variable that is missing") && run.stdout.contains("1 warning"), "{}", run.stdout);
    assert!(run.stdout.contains("No findings"), "{}", run.stdout);
    assert_eq!(sandbox.run(["env", "--min-confidence", "low"]).status, 1);
}

#[test]
fn strange_env_files_are_told_and_bounded() {
    let sandbox = covered();
    sandbox.write(".env.local", [b"A=\xff\xfe\n\xc3=b\n".as_slice(), &[0xff; 300], b"\n"].concat());
    assert_eq!(audit(&sandbox).status, 0, "bad UTF-8: {}", sandbox.run(["env"]).stdout);
    sandbox.write(".env.local", b"\0\x01\x02A=1\n");
    let run = audit(&sandbox);
    assert_eq!((run.status, &run.json()["skipped"][0]["path"]), (2, &".env.local".into()), "binary");
    sandbox.write(".env.local", b"\0GITCRYPT\0\x01\x02");
    assert_eq!(audit(&sandbox).status, 0, "encrypted by git-crypt");
    let many: String = (0..400_000).map(|number| format!("VARIABLE_{number:06}={number:06}\n")).collect();
    assert!(many.len() > 9_000_000);
    sandbox
        .write(".env.local", &many)
        .write(".env.example", many.replace("VARIABLE", "OTHER"))
        .write("big.env", vec![b'A'; 11 << 20]);
    let run = audit(&sandbox);
    let json = run.json();
    assert_eq!((run.status, &json["skipped"][0]["reason"]), (2, &"too-large".into()));
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.iter().filter(|finding| finding["rule"] == "env-key-missing").count(), 50);
    assert!(run.stdout.contains("399950 more like it"), "{}", &run.stdout[..2000]);
    assert!(sandbox.run(["env"]).stdout.len() < 20_000);
}

#[test]
fn the_report_for_people_is_grouped_by_the_file_to_change() {
    let sandbox = packages();
    sandbox
        .write(".gitignore", "# x\n.env\n.env.*\n!.env.example\n")
        .write("apps/api/.gitignore", "log\n!.env.production\n");
    sandbox.write("apps/web/.gitignore", "!.env*\n");
    let run = sandbox.run(["env"]);
    assert_eq!(run.status, 1);
    for part in [
        "change apps/api/.gitignore",
        "apps/api/.gitignore:2:1",
        "2 │ !.env.production",
        "this rule takes them back",
        "change apps/web/.gitignore",
        "ntnguard env --fix",
    ] {
        assert!(run.stdout.contains(part), "{part} is not in {}", run.stdout);
    }
    assert_eq!(run.stdout.matches("× Env file that git would not ignore").count(), 2, "{}", run.stdout);
    let json = audit(&sandbox).json();
    let finding =
        json["findings"].as_array().unwrap().iter().find(|f| f["path"] == "apps/api/.env.production").unwrap();
    assert_eq!(finding["ignore_file"], "apps/api/.gitignore");
    assert_eq!(finding["decided_by"]["line"], 2);
    assert_eq!(finding["decided_by"]["text"], "!.env.production");
    assert_eq!(json["source"], "env");
}

#[test]
fn a_fix_is_the_smallest_addition_and_keeps_the_file_as_it_is() {
    let fixed = |before: &[u8]| {
        let sandbox = Sandbox::repository();
        sandbox.write(".gitignore", before);
        let dry = sandbox.run(["env", "--fix", "--dry-run"]);
        assert_eq!(fs::read(sandbox.path().join(".gitignore")).unwrap(), before, "a dry run writes nothing");
        let run = sandbox.run(["env", "--fix"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let diff = dry.stdout.split("\nenv-").next().unwrap();
        assert!(run.stdout.starts_with(diff.trim_end()), "{diff}\n{}", run.stdout);
        fs::read(sandbox.path().join(".gitignore")).unwrap()
    };
    let all = ".env\n.env.*\n.env~\n.envrc.local\n.dev.vars\n.dev.vars.*\n*.env\n!.env.example\n!.env.*.example\n!.env.sample\n\
               !.env.template\n!.env.dist\n!.env.defaults\n!.env.schema\n!example.env\n!.dev.vars.example\n!.env.vault\n\
               !.env.encrypted\n!.env.x\n!.env.project\n";
    let block = |text: &str, lines: &str| {
        format!(
            "{text}# ntnguard env: files that hold secrets, and templates that do not\n{lines}# end of ntnguard env\n"
        )
    };
    assert_eq!(fixed(b""), block("", all).as_bytes());
    assert_eq!(fixed(b"x"), block("x\n\n", all).as_bytes());
    assert_eq!(fixed(b"x\r\ny\r\n"), block("x\ny\n\n", all).replace('\n', "\r\n").as_bytes());
    let but_one = all.replace(".env.*\n", ".env.*\n!.env.staging\n");
    assert_eq!(fixed(but_one.as_bytes()), block(&format!("{but_one}\n"), ".env.staging\n").as_bytes());
    let no_local = all.replace(".env.*\n", ".env.*\n!.env.*.local\n").replace("!.env.sample\n", "");
    let lines = ".env.*.local\n!.env.sample\n";
    assert_eq!(fixed(no_local.as_bytes()), block(&format!("{no_local}\n"), lines).as_bytes());
}

#[test]
fn a_fix_says_what_it_cannot_change() {
    let refused = |sandbox: &Sandbox, says: &str| {
        for arguments in [&["env", "--fix"][..], &["env", "--fix", "--dry-run"]] {
            let run = sandbox.run(arguments);
            assert_eq!(run.status, 2, "{says}: {}", run.stdout);
            assert!(run.stderr.contains(says), "{says}: {}", run.stderr);
        }
    };
    let sandbox = Sandbox::new();
    refused(&sandbox, "no git repository");
    sandbox.git(["init", "-q", "--bare", "."]);
    refused(&sandbox, "bare");
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", [b"\xff\xfe".as_slice(), b".\0e\0n\0v\0\n\0"].concat());
    refused(&sandbox, "UTF-16");
    assert!(sandbox.run(["env"]).stdout.contains("UTF-16, which git cannot read"));
    sandbox.write(".gitignore", "x\n");
    let path = sandbox.path().join(".gitignore");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    refused(&sandbox, "read-only");
    assert_eq!(fs::read(&path).unwrap(), b"x\n");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused(&sandbox, "folder");
    assert_eq!(sandbox.run(["env", "--dry-run"]).status, 2, "nothing to be dry about");
    assert_eq!(sandbox.run(["env", "missing"]).status, 2);
    assert_eq!(sandbox.run(["env", ".git/HEAD"]).status, 2);
}

#[test]
fn an_ignore_file_that_a_sparse_checkout_left_out_counts_and_is_not_written_over() {
    let sandbox = covered();
    sandbox.write("a/package.json", "{}").write("b/x", "x").commit_all("x");
    sandbox.git(["sparse-checkout", "set", "--no-cone", "/a/"]);
    assert!(!sandbox.path().join(".gitignore").exists());
    assert_eq!(audit(&sandbox).status, 0);
    sandbox.write("a/.gitignore", "!.env\n").write("compose.yml", "services:\n a:\n  env_file: x.conf\n");
    let run = sandbox.run(["env", "--fix"]);
    assert!(run.status == 2 && run.stderr.contains("sparse checkout"), "{}{}", run.stdout, run.stderr);
    assert!(!sandbox.path().join(".gitignore").exists());
}

#[test]
fn a_folder_with_a_git_that_is_none_is_a_folder_like_any_other() {
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", "/.env\n/.env.*\n!.env.example\n").write("a/.git/x", "x").write("a/.env", "A=1");
    sandbox.write("b/.git", "no\n").write("b/.env", "A=1");
    let reported = reported(&sandbox);
    let untracked = sandbox.git(["ls-files", "-o", "--exclude-standard"]);
    for file in ["a/.env", "b/.env"] {
        assert!(untracked.contains(file) && reported.contains(&format!("env-not-ignored {file}")), "{reported:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_linked_ignore_file_is_what_it_is_to_git() {
    let sandbox = Sandbox::repository();
    sandbox.write("rules", ".env\n.env.*\n!.env.example\n");
    std::os::unix::fs::symlink("rules", sandbox.path().join(".gitignore")).unwrap();
    let run = sandbox.run(["env"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("symbolic link, which git does not follow"), "{}", run.stdout);
    let run = sandbox.run(["env", "--fix"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("symbolic link"), "{}", run.stderr);
    assert!(fs::symlink_metadata(sandbox.path().join(".gitignore")).unwrap().is_symlink());
    assert_eq!(fs::read(sandbox.path().join("rules")).unwrap(), b".env\n.env.*\n!.env.example\n");
}

#[test]
fn the_configuration_says_what_is_committed_required_and_sensitive() {
    let sandbox = Sandbox::repository();
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nenv:\n  committed: [{path: .env.test, reason: fixed values}]\n  require: [NOTION_TOKEN]\n  names: [secrets.ini]\n",
    );
    sandbox.write(".env.test", "A=1\n").write("a/secrets.ini", "A=1\n").write(".env.example", "A=\n");
    let run = audit(&sandbox);
    assert!(told(&run, &["suppressed"]).contains(&"env-not-ignored .env.test".to_owned()));
    assert!(told(&run, &["reported"]).contains(&"env-not-ignored a/secrets.ini".to_owned()));
    assert_eq!(told(&run, &["below-confidence"]).iter().filter(|line| line.starts_with("env-key-missing")).count(), 2);
    assert_eq!(sandbox.run(["env", "--fix"]).status, 0, "{}", sandbox.run(["env"]).stdout);
    let paths = [".env.test", "a/secrets.ini", "new/secrets.ini", "a/.env.test"].map(str::to_owned);
    assert_eq!(
        ignored(&sandbox, &paths.into()),
        ["a/.env.test", "a/secrets.ini", "new/secrets.ini"].map(str::to_owned).into()
    );
    sandbox.git(["add", "-f", "."]);
    assert_eq!(sandbox.run(["staged", "--format", "json"]).findings(), ["env-tracked a/secrets.ini:null:null high"]);
    assert_eq!(reported(&sandbox), ["env-tracked a/secrets.ini"]);
    sandbox.write(".ntnguard.yaml", "version: 1\nenv: {names: ['*.ini']}\n");
    let run = sandbox.run(["env"]);
    assert!(run.status == 2 && run.stderr.contains("is no file name"), "{}", run.stderr);
}

#[test]
fn what_other_files_point_at_is_an_env_file() {
    let sandbox = covered();
    sandbox
        .write("deploy/compose.yml", "services:\n  a:\n    env_file:\n      - ../conf/live.conf\n      - plain.conf\n");
    sandbox.write(
        "package.json",
        r#"{"scripts": {"x": "node --env-file=./run.vars x"}, "dependencies": {"dotenv": "1"}}"#,
    );
    sandbox
        .write("src/a.js", "require('dotenv').config({ path: 'other.env.txt' })\n")
        .write("deploy/plain.conf", "A=1\n");
    sandbox.git(["add", "deploy"]);
    let expected = ["env-not-ignored conf/live.conf", "env-not-ignored run.vars", "env-not-ignored src/other.env.txt"];
    assert_eq!(reported(&sandbox), expected);
    assert!(sandbox.run(["env"]).stdout.contains("deploy/compose.yml:4 names it"));
    assert_eq!(sandbox.run(["env", "--fix"]).status, 0);
    let rules = fs::read_to_string(sandbox.path().join(".gitignore")).unwrap();
    assert!(rules.contains("/conf/live.conf\n") && rules.contains("/run.vars\n"), "{rules}");
}

#[test]
fn a_credential_makes_an_envrc_sensitive() {
    let sandbox = covered();
    sandbox.write(".envrc", "use flake\n");
    assert_eq!(reported(&sandbox), [""; 0]);
    sandbox.write(".envrc", format!("export NOTION_TOKEN={}\n", Fake::new(1).ntn(0)));
    assert_eq!(reported(&sandbox), ["env-not-ignored .envrc"]);
}

#[test]
fn a_folder_may_be_named() {
    let sandbox = packages();
    let run = sandbox.run(["env", "apps/api", "--format", "json"]);
    let paths = told(&run, &["reported"]);
    assert!(paths.iter().all(|path| path.starts_with("env-not-ignored apps/api/")) && !paths.is_empty(), "{paths:?}");
    assert_eq!(
        audit(&sandbox).json()["findings"],
        sandbox.run_in("apps", ["env", "--format", "json"]).json()["findings"]
    );
}
