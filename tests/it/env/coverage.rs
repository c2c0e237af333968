//! Names that ignore files should cover: `ntnguard env` reports exactly the names that git would not ignore.

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;

use super::{NEXT, audit, covered, files, ignored, packages, paths, reported, told};
use crate::fake::Fake;
use crate::sandbox::Sandbox;

/// The paths of all env files, and of all templates, that the audit tries in these directories.
fn tried(places: &[&str]) -> (BTreeSet<String>, BTreeSet<String>) {
    let names = Sandbox::repository();
    names.write("package.json", NEXT);
    let everywhere = |names: BTreeSet<String>| {
        places
            .iter()
            .flat_map(|place| names.iter().map(move |name| format!("{place}{name}")))
            .collect()
    };
    (
        everywhere(paths(&audit(&names), "env-not-ignored")),
        everywhere(TEMPLATES.map(str::to_owned).into()),
    )
}

/// Names of templates.
const TEMPLATES: [&str; 9] = [
    ".env.example",
    ".env.production.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    ".env.defaults",
    ".env.schema",
    "example.env",
    ".dev.vars.example",
];

const PLACES: [&str; 4] = ["", "apps/api/", "apps/web/", "libs/a b/"];

/// Contents of ignore files: templates of frameworks and languages, lines by people, and mistakes.
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

/// A repository of packages with random ignore files that depend on `seed`.
fn with_rules(seed: u64) -> Sandbox {
    let mut fake = Fake::new(seed);
    let sandbox = packages();
    let mut rules = || RULES[fake.next() as usize % RULES.len()];
    sandbox.write(".gitignore", RULES[seed as usize % RULES.len()]);
    for (number, folder) in ["apps", "apps/api", "apps/web", "libs/a b"]
        .iter()
        .enumerate()
    {
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
fn exactly_the_names_that_git_does_not_ignore_are_reported() {
    let (env, templates) = tried(&PLACES);
    for seed in 0..72 {
        let sandbox = with_rules(seed);
        templates
            .iter()
            .for_each(|path| _ = sandbox.write(path, "A=\n"));
        let run = audit(&sandbox);
        // The audit does not try directories that are ignored as a whole, because all files in them are ignored.
        let not_ignored: BTreeSet<String> =
            env.difference(&ignored(&sandbox, &env)).cloned().collect();
        let reported: BTreeSet<String> = paths(&run, "env-not-ignored")
            .into_iter()
            .filter(|path| !path.starts_with("dist/"))
            .collect();
        assert_eq!(reported, not_ignored, "seed {seed}");
        let place = |path: &String| {
            path.rsplit_once('/')
                .map_or(String::new(), |(folder, _)| folder.to_owned())
        };
        let lost: BTreeSet<String> = PLACES
            .iter()
            .map(|place| place.trim_end_matches('/').to_owned())
            .collect();
        let lost = ignored(
            &sandbox,
            &lost
                .into_iter()
                .filter(|folder| !folder.is_empty())
                .collect(),
        );
        let expected: BTreeSet<String> = ignored(&sandbox, &templates)
            .into_iter()
            .filter(|path| !lost.contains(&place(path)))
            .collect();
        let reported: BTreeSet<String> = paths(&run, "env-template-ignored")
            .into_iter()
            .filter(|path| !path.starts_with("dist/"))
            .collect();
        assert_eq!(reported, expected, "seed {seed}: templates");
    }
}

#[test]
fn a_fix_ignores_exactly_the_env_files_but_no_template() {
    let (env, templates) = tried(&[
        "",
        "apps/api/",
        "apps/web/",
        "libs/a b/",
        "src/",
        "apps/new/",
    ]);
    for seed in 0..72 {
        let sandbox = with_rules(seed);
        let others = [
            ".env.ts",
            "apps/web/app.env.d/x",
            "apps/api/.env.vault",
            "src/.env.md",
            ".flaskenv",
            "a.envx",
        ];
        for file in others {
            sandbox.write(file, "x");
        }
        let others: BTreeSet<String> = others.map(str::to_owned).into();
        let ignored_before = ignored(&sandbox, &others);
        let without_rules = |files: BTreeSet<(String, Vec<u8>)>| {
            files
                .into_iter()
                .filter(|(name, _)| !name.ends_with(".gitignore"))
                .collect()
        };
        let before: Vec<_> = without_rules(files(&sandbox));
        let dry = sandbox.run(["env", "--fix", "--dry-run", "-q"]);
        assert_eq!(without_rules(files(&sandbox)), before, "seed {seed}");
        let run = sandbox.run(["env", "--fix"]);
        assert_eq!(run.status, 0, "seed {seed}: {}{}", run.stdout, run.stderr);
        assert!(
            dry.stdout
                .lines()
                .filter(|line| line.starts_with('+'))
                .all(|line| run.stdout.contains(line)),
            "{seed}"
        );
        let rules = fs::read_to_string(sandbox.path().join(".gitignore")).unwrap();
        assert_eq!(
            env.difference(&ignored(&sandbox, &env)).count(),
            0,
            "seed {seed}: {rules}"
        );
        let lost = [
            "apps/",
            "libs/",
            "src/",
            "apps/api/",
            "apps/web/",
            "libs/a b/",
        ]
        .map(|folder| folder.to_owned());
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
        assert_eq!(
            ignored(&sandbox, &others),
            ignored_before,
            "seed {seed}: {rules}"
        );
        assert_eq!(without_rules(files(&sandbox)), before, "seed {seed}");
        let after = files(&sandbox);
        let again = sandbox.run(["env", "--fix"]);
        assert_eq!(
            (again.status, files(&sandbox) == after),
            (0, true),
            "seed {seed}: a second run changes something"
        );
        assert!(!again.stdout.contains("+++"), "{}", again.stdout);
    }
}

#[test]
fn local_ignore_rules_do_not_count() {
    let by_git_dir =
        |sandbox: &Sandbox| _ = sandbox.write(".git/info/exclude", "*.env\n.env*\n!.env.example\n");
    let by_user = |sandbox: &Sandbox| {
        sandbox.write("mine", "*.env\n.env*\n!.env.example\n");
        sandbox.git(["config", "core.excludesFile", "mine"]);
    };
    let by_hidden_file = |sandbox: &Sandbox| {
        sandbox
            .write(".gitignore", "*.env\n.env*\n!.env.example\n")
            .write(".git/info/exclude", ".gitignore\n");
    };
    let by_case = |sandbox: &Sandbox| {
        sandbox.write(".gitignore", "*.ENV\n.ENV*\n!.env.example\n");
        sandbox.git(["config", "core.ignoreCase", "true"]);
    };
    for ignore in [
        &by_git_dir as &dyn Fn(&Sandbox),
        &by_user,
        &by_hidden_file,
        &by_case,
    ] {
        let sandbox = Sandbox::repository();
        ignore(&sandbox);
        let reported = reported(&sandbox);
        assert!(
            reported.contains(&"env-ignored-only-locally .env".to_owned()),
            "{reported:?}"
        );
        assert!(
            reported
                .iter()
                .all(|line| line.starts_with("env-ignored-only-locally ")),
            "{reported:?}"
        );
        let human = sandbox.run(["env"]).stdout;
        assert!(
            human.contains("but only on this machine") && human.to_lowercase().contains(".env*"),
            "{human}"
        );
        sandbox.run(["env", "--fix"]);
        sandbox.git(["add", "-f", ".gitignore"]);
        assert_eq!(audit(&sandbox).status, 0, "{}", sandbox.run(["env"]).stdout);
    }
}

#[test]
fn a_nested_repository_has_its_own_rules() {
    let inner = Sandbox::repository();
    inner.write("a", "x").commit_all("x");
    let sandbox = covered();
    let path = inner.path().display().to_string();
    sandbox.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &path,
        "sub",
    ]);
    assert_eq!(
        reported(&sandbox),
        [""; 0],
        "what is not there is its own audit's"
    );
    sandbox
        .write("sub/deep/.env", "A=1")
        .write("sub/package.json", "{}");
    assert_eq!(
        reported(&sandbox),
        ["env-not-ignored sub/deep/.env"],
        "the rules around it are not its own"
    );
    let before = fs::read(sandbox.path().join(".gitignore")).unwrap();
    assert_eq!(
        sandbox.run(["env", "--fix"]).status,
        1,
        "it is mended from within"
    );
    assert_eq!(fs::read(sandbox.path().join(".gitignore")).unwrap(), before);
    assert!(!sandbox.path().join("sub/.gitignore").exists());
    let within = told(
        &sandbox.run(["env", "sub", "--format", "json"]),
        &["reported"],
    );
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
fn files_in_an_ignored_folder_are_not_reported() {
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", "build/\n.env\n.env.*\n!.env.example\n");
    sandbox
        .write("build/.gitignore", "!.env\n")
        .write("build/package.json", "{}")
        .write("build/x/.env.local", "A=1");
    assert_eq!(reported(&sandbox), [""; 0]);
    sandbox.write(".gitignore", "build/*\n!build/x/\n");
    assert!(
        reported(&sandbox).contains(&"env-not-ignored build/x/.env.local".to_owned()),
        "taken back"
    );
    sandbox
        .write(".gitignore", "/.env\n/.env.*\n!.env.example\n")
        .write(".git/info/exclude", "build/\n");
    assert_eq!(
        reported(&sandbox),
        ["env-ignored-only-locally build/x/.env.local"],
        "in a folder that a clone may have"
    );
}

#[cfg(unix)]
#[test]
fn folders_links_and_pipes_are_not_audited_as_files() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::repository();
    sandbox
        .write(".gitignore", ".env/\n.env.*\n!.env.example\n")
        .write(".env/bin/activate", "x")
        .write("a/x", "x");
    assert_eq!(
        reported(&sandbox),
        ["env-not-ignored .env"],
        "a rule for folders covers no file"
    );
    sandbox.write(".gitignore", ".env\n.env.*\n!.env.example\n");
    assert_eq!(reported(&sandbox), [""; 0]);
    fs::remove_dir_all(sandbox.path().join(".env")).unwrap();
    // The targets of links are not read, even if they are secret or endless.
    symlink("/dev/zero", sandbox.path().join(".env")).unwrap();
    symlink("nowhere", sandbox.path().join("a/.env.local")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(sandbox.path().join(".env.test"))
        .status()
        .unwrap();
    assert!(made.success());
    assert_eq!(
        (audit(&sandbox).status, reported(&sandbox)),
        (0, Vec::new())
    );
    sandbox.git(["add", "-f", ".env", "a/.env.local"]);
    assert_eq!(
        reported(&sandbox),
        ["env-tracked .env", "env-tracked a/.env.local"]
    );
    sandbox.git(["rm", "-q", "--cached", ".env", "a/.env.local"]);
    sandbox.write(".gitignore", ".env/\n.env.*/\n!.env.example\n");
    assert!(
        reported(&sandbox).contains(&"env-not-ignored a/.env.local".to_owned()),
        "a rule for folders covers no link"
    );
}

#[test]
fn a_folder_with_an_invalid_dot_git_is_audited() {
    let sandbox = Sandbox::repository();
    sandbox
        .write(".gitignore", "/.env\n/.env.*\n!.env.example\n")
        .write("a/.git/x", "x")
        .write("a/.env", "A=1");
    sandbox.write("b/.git", "no\n").write("b/.env", "A=1");
    let reported = reported(&sandbox);
    let untracked = sandbox.git(["ls-files", "-o", "--exclude-standard"]);
    for file in ["a/.env", "b/.env"] {
        assert!(
            untracked.contains(file) && reported.contains(&format!("env-not-ignored {file}")),
            "{reported:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_linked_ignore_file_is_not_followed() {
    let sandbox = Sandbox::repository();
    sandbox.write("rules", ".env\n.env.*\n!.env.example\n");
    std::os::unix::fs::symlink("rules", sandbox.path().join(".gitignore")).unwrap();
    let run = sandbox.run(["env"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout
            .contains("symbolic link, which git does not follow"),
        "{}",
        run.stdout
    );
    let run = sandbox.run(["env", "--fix"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("symbolic link"), "{}", run.stderr);
    assert!(
        fs::symlink_metadata(sandbox.path().join(".gitignore"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        fs::read(sandbox.path().join("rules")).unwrap(),
        b".env\n.env.*\n!.env.example\n"
    );
}

#[test]
fn files_that_others_refer_to_are_env_files() {
    let sandbox = covered();
    sandbox.write(
        "deploy/compose.yml",
        "services:\n  a:\n    env_file:\n      - ../conf/live.conf\n      - plain.conf\n",
    );
    sandbox.write(
        "package.json",
        r#"{"scripts": {"x": "node --env-file=./run.vars x"}, "dependencies": {"dotenv": "1"}}"#,
    );
    sandbox
        .write(
            "src/a.js",
            "require('dotenv').config({ path: 'other.env.txt' })\n",
        )
        .write("deploy/plain.conf", "A=1\n");
    sandbox.git(["add", "deploy"]);
    let expected = [
        "env-not-ignored conf/live.conf",
        "env-not-ignored run.vars",
        "env-not-ignored src/other.env.txt",
    ];
    assert_eq!(reported(&sandbox), expected);
    assert!(
        sandbox
            .run(["env"])
            .stdout
            .contains("deploy/compose.yml:4 names conf/live.conf as an env file")
    );
    assert_eq!(sandbox.run(["env", "--fix"]).status, 0);
    let rules = fs::read_to_string(sandbox.path().join(".gitignore")).unwrap();
    assert!(
        rules.contains("/conf/live.conf\n") && rules.contains("/run.vars\n"),
        "{rules}"
    );
}

#[test]
fn the_audit_can_be_limited_to_a_folder() {
    let sandbox = packages();
    let run = sandbox.run(["env", "apps/api", "--format", "json"]);
    let paths = told(&run, &["reported"]);
    assert!(
        paths
            .iter()
            .all(|path| path.starts_with("env-not-ignored apps/api/"))
            && !paths.is_empty(),
        "{paths:?}"
    );
    assert_eq!(
        audit(&sandbox).json()["findings"],
        sandbox.run_in("apps", ["env", "--format", "json"]).json()["findings"]
    );
}

#[test]
fn the_human_report_is_grouped_by_ignore_file() {
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
        "this rule re-includes them",
        "change apps/web/.gitignore",
        "ntnguard env --fix",
    ] {
        assert!(run.stdout.contains(part), "{part} is not in {}", run.stdout);
    }
    assert_eq!(
        run.stdout
            .matches("Env file that git would not ignore")
            .count(),
        2,
        "{}",
        run.stdout
    );
    let json = audit(&sandbox).json();
    let finding = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["path"] == "apps/api/.gitignore")
        .unwrap();
    assert_eq!(
        (&finding["names"], &finding["severity"]),
        (&json!(["apps/api/.env.production"]), &"warning".into())
    );
    assert_eq!(finding["ignore_file"], "apps/api/.gitignore");
    assert_eq!(finding["decided_by"]["line"], 2);
    assert_eq!(finding["decided_by"]["text"], "!.env.production");
    assert_eq!(json["source"], "env");
}
