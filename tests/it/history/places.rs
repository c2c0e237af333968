//! A token in each place in which git stores data: each is found once with the right placement, in all storage formats of
//! git.

use std::collections::{BTreeMap, BTreeSet};

use ntnguard::detect::scanner::Scanner;
use ntnguard::model::blob::{Blob, Origin};
use ntnguard::rules::RULES;

use super::planted::Planted;
use super::{contents, history, pack_file, records, refs, token};
use crate::fake::Fake;
use crate::sandbox::Sandbox;

#[test]
fn every_place_is_found_once_in_each_storage_format() {
    let mut planted = Planted::new();
    contents::changes(&mut planted);
    contents::forms(&mut planted);
    let seams = contents::seams(&mut planted);
    refs::merges(&mut planted);
    refs::named(&mut planted);
    refs::tags(&mut planted);
    refs::stashes(&mut planted);
    refs::unreachable(&mut planted);
    records::messages(&mut planted);
    refs::work_trees(&mut planted);
    records::submodules(&mut planted);
    records::borrowed(&mut planted);
    records::records(&mut planted);
    assert!(planted.len() >= 45, "{}", planted.len());
    planted.check("loose");
    planted.sandbox.git(["repack", "-q", "-adf", "--depth=50"]);
    contents::assert_deltas(&planted, &seams);
    planted.check("packed");
    planted.sandbox.git(["gc", "-q"]);
    planted.check("cruft pack");
    planted.sandbox.git(["multi-pack-index", "write"]);
    planted.check("multi-pack index");
}

/// The scan finds the token in a message first. The report must also name the file and the other messages with the token.
#[test]
fn a_secret_in_a_message_and_a_file_is_reported_for_both() {
    let sandbox = Sandbox::repository();
    let secret = token(1);
    sandbox
        .write("cfg.ini", &secret)
        .commit_all(&format!("set {secret}"));
    sandbox.git(["tag", "-a", "-m", &secret, "v1"]);
    let report = sandbox.run(["history"]).stdout;
    for told in [
        "commit ",
        "cfg.ini",
        "still in branch main",
        "tag object ",
        "kept by  branch main, tag v1",
    ] {
        assert!(report.contains(told), "{told}: {report}");
    }
}

/// If the token is removed at one path and stays at another, the report says both.
#[test]
fn the_report_names_the_refs_that_still_have_a_secret() {
    let sandbox = Sandbox::repository();
    let told = |what: &str, expected: &[&str]| {
        let report = sandbox.run(["history"]).stdout;
        expected
            .iter()
            .for_each(|line| assert!(report.contains(line), "{what}: {line}\n{report}"));
    };
    sandbox.write("a", token(1)).commit_all("leak");
    sandbox.git(["branch", "feature"]);
    sandbox.write("a", "clean").commit_all("clean");
    told(
        "on a branch",
        &[
            "in       1 commit; still in branch feature",
            "remote   no remote branch",
        ],
    );
    sandbox.git(["branch", "-D", "-q", "feature"]);
    told(
        "gone",
        &["removed  from the files on 2", "still readable in history"],
    );
    sandbox.git(["notes", "add", "-m", &token(1)]);
    told("in a note", &["still in refs/notes/commits"]);
    sandbox.git(["update-ref", "-d", "refs/notes/commits"]);
    let mut amend = sandbox.git_command();
    amend
        .args(["commit", "-q", "--amend", "--no-edit"])
        .env("GIT_COMMITTER_DATE", "2001-01-01T00:00:00Z");
    assert!(amend.status().unwrap().success());
    sandbox.git(["reflog", "expire", "--expire=now", "--all"]);
    sandbox.git(["gc", "-q", "--prune=now"]);
    let report = sandbox.run(["history"]).stdout;
    assert!(
        report.contains("removed  from the files on 2001-01-01") && !report.contains("exposed"),
        "a clock was wrong: {report}"
    );
}

#[test]
fn published_secrets_come_first_and_unreachable_ones_last() {
    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q", "-b", "main", "first"]);
    sandbox
        .write("first/z", token(1))
        .git(["-C", "first", "add", "."]);
    sandbox.git(["-C", "first", "commit", "-q", "-m", "published"]);
    sandbox.git(["clone", "-q", "first", "repo"]);
    sandbox
        .write("repo/m", token(2))
        .git(["-C", "repo", "add", "."]);
    sandbox.git(["-C", "repo", "commit", "-q", "-m", "not yet"]);
    // A branch with the name `unreachable` is still a branch.
    sandbox.git(["-C", "repo", "branch", "unreachable"]);
    sandbox
        .write("repo/p", token(4))
        .git(["-C", "repo", "add", "."]);
    sandbox.git(["-C", "repo", "commit", "-q", "-m", "nor this"]);
    sandbox
        .write("a", token(3))
        .git(["-C", "repo", "hash-object", "-w", "../a"]);
    let report = sandbox.run(["history", "repo"]).stdout;
    let at = |text: &str| {
        report
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {report}"))
    };
    let order = [" in z:1:1", " in m:1:1", " in p:1:1", " in object "].map(at);
    assert!(order.is_sorted(), "{report}");
    assert!(
        report.contains("4 findings · 1 secret on a remote · "),
        "{report}"
    );
}

/// A mirror has the remote's refs under their own names.
#[test]
fn secrets_in_a_mirror_are_published() {
    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q", "-b", "main", "first"]);
    sandbox
        .write("first/z", token(1))
        .git(["-C", "first", "add", "."]);
    sandbox.git(["-C", "first", "commit", "-q", "-m", "pushed"]);
    for (kind, folder, published) in [("--mirror", "mirror", true), ("--bare", "bare", false)] {
        sandbox.git(["clone", "-q", kind, "first", folder]);
        let run = sandbox.run(["history", "--format", "json", folder]);
        let placement = &run.json()["findings"][0]["placement"];
        assert_eq!(placement["published"], published, "{kind}: {placement}");
    }
}

#[test]
fn in_a_shallow_clone_a_secret_may_be_older() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", token(1)).commit_all("leak");
    sandbox.write("b", "x").commit_all("later");
    let from = format!("file://{}", sandbox.path().display());
    sandbox.git(["clone", "-q", "--depth=1", &from, "cut"]);
    let run = sandbox.run(["history", "cut"]);
    assert!(
        run.stdout.contains(", or earlier (the history of this"),
        "{}",
        run.stdout
    );
    let [whole, cut] =
        [".", "cut"].map(|path| sandbox.run(["history", path, "--format", "json"]).json());
    let or_before =
        |report: &serde_json::Value| report["findings"][0]["placement"]["or_before"].clone();
    assert_eq!(
        (or_before(&whole), or_before(&cut)),
        (false.into(), true.into())
    );
}

const FOLDERS: [&str; 6] = ["", "a/", "a/b/", "a/b/c/", "d/", "d/e/"];

/// Makes commits on two branches that add, move and remove files in nested directories. Some files contain one of the
/// `secrets`, the names of others contain one of the `names`.
fn commits(secrets: &[String], names: &[String], fake: &mut Fake) -> String {
    let mut stream = String::new();
    let any = |fake: &mut Fake, count: usize| fake.next() as usize % count;
    for commit in 1..=80 {
        let (branch, from) = match commit {
            1..=50 => ("main", commit - 1),
            51 => ("side", 1 + any(fake, 49)),
            _ => ("side", commit - 1),
        };
        let committer = format!(
            "committer A <a@example.com> {} +0000",
            1_700_000_000 + commit
        );
        stream += &format!("commit refs/heads/{branch}\nmark :{commit}\n{committer}\ndata 0\n");
        if commit > 1 {
            stream += &format!("from :{from}\n");
        }
        for _ in 0..1 + any(fake, 3) {
            let path = format!("{}{}", FOLDERS[any(fake, FOLDERS.len())], any(fake, 6));
            let lines: String = (0..5)
                .map(|_| fake.of(b"abcdefgh ijklm", 40) + "\n")
                .collect();
            let secret = &secrets[any(fake, secrets.len())];
            stream += &match any(fake, 6) {
                0 => format!("D {path}\n"),
                1 => format!(
                    "M 644 inline {path}\ndata {}\n{lines}{secret}\n",
                    lines.len() + secret.len()
                ),
                2 => {
                    let name = &names[any(fake, names.len())];
                    format!(
                        "M 644 inline {}{name}\ndata 0\n",
                        FOLDERS[any(fake, FOLDERS.len())]
                    )
                }
                _ => format!("M 644 inline {path}\ndata {}\n{lines}", lines.len()),
            };
        }
        stream.push('\n');
    }
    stream
}

fn fingerprint(secret: &str) -> String {
    let findings = Scanner::new(RULES).scan(&Blob::whole(&Origin::Stdin, secret.as_bytes()));
    findings[0]
        .evidence
        .as_ref()
        .unwrap()
        .fingerprint
        .to_string()
}

/// For each secret, the number of commits that have it and its paths, in files and in names, computed with git.
fn by_git(
    sandbox: &Sandbox,
    secrets: &[String],
    names: &[String],
) -> BTreeMap<String, (u64, BTreeSet<String>)> {
    let commits = sandbox.git(["rev-list", "--all"]);
    let mut all: BTreeMap<String, Vec<(&str, String)>> = BTreeMap::new();
    for secret in secrets {
        let arguments = ["grep", "-lF", secret].into_iter().chain(commits.lines());
        for line in String::from_utf8(sandbox.try_git(arguments).stdout)
            .unwrap()
            .lines()
        {
            let at = commits
                .lines()
                .find(|commit| line.starts_with(*commit))
                .unwrap();
            all.entry(fingerprint(secret))
                .or_default()
                .push((at, line[at.len() + 1..].to_owned()));
        }
    }
    for commit in commits.lines() {
        for path in sandbox
            .git(["ls-tree", "-r", "--name-only", commit])
            .lines()
        {
            // For a secret in a name, the report has the path of the directory.
            if let Some((name, folder)) = names
                .iter()
                .find_map(|name| Some((name, path.strip_suffix(name.as_str())?)))
            {
                let folder = folder.trim_end_matches('/').to_owned();
                all.entry(fingerprint(name))
                    .or_default()
                    .push((commit, folder));
            }
        }
    }
    let told = |places: Vec<(&str, String)>| {
        let commits: BTreeSet<&str> = places.iter().map(|(commit, _)| *commit).collect();
        let paths = places
            .into_iter()
            .map(|(_, path)| path)
            .filter(|path| !path.is_empty());
        (commits.len() as u64, paths.collect())
    };
    all.into_iter()
        .map(|(secret, places)| (secret, told(places)))
        .collect()
}

fn by_us(sandbox: &Sandbox) -> BTreeMap<String, (u64, BTreeSet<String>)> {
    let json = history(sandbox).json();
    let told = |finding: &serde_json::Value| {
        let placement = &finding["placement"];
        let paths = placement["paths"]
            .as_array()
            .unwrap()
            .iter()
            .map(|path| path.as_str().unwrap().to_owned());
        let fingerprint = finding["fingerprint"].as_str().unwrap().to_owned();
        (
            fingerprint,
            (placement["commits"].as_u64().unwrap(), paths.collect()),
        )
    };
    json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(told)
        .collect()
}

#[test]
fn commits_and_paths_of_a_secret_match_those_of_git() {
    for seed in 1..=3 {
        let sandbox = Sandbox::repository();
        let secrets: Vec<String> = (0..6).map(|number| token(100 * seed + number)).collect();
        let names: Vec<String> = (6..9).map(|number| token(100 * seed + number)).collect();
        let stream = commits(&secrets, &names, &mut Fake::new(seed));
        sandbox.git_with_input(["fast-import", "--quiet"], stream.as_bytes());
        let expected = by_git(&sandbox, &secrets, &names);
        assert!(expected.len() >= 6, "seed {seed}: {}", expected.len());
        sandbox.git(["repack", "-q", "-adf", "--depth=50"]);
        assert_eq!(by_us(&sandbox), expected, "seed {seed}, packed");
        let pack = std::fs::read(pack_file(&sandbox, "pack")).unwrap();
        std::fs::remove_dir_all(sandbox.path().join(".git/objects/pack")).unwrap();
        sandbox.git_with_input(["unpack-objects", "-q"], &pack);
        assert_eq!(by_us(&sandbox), expected, "seed {seed}, loose");
    }
}
