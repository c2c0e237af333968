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
    for seed in 0..72 {
        let sandbox = with_rules(seed);
        let run = audit(&sandbox);
        let (env, templates) = tried(&PLACES);
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
        let (env, templates) = tried(&["", "apps/api/", "apps/web/", "libs/a b/", "src/", "apps/new/"]);
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
