//! A repository on a host, the author of its changes, and the workspace that actions/checkout makes
//! of it.

use std::fs;

use serde_json::{Value, json};

use super::runner::{Outcome, Runner};
use crate::fake::Fake;
use crate::sandbox::Sandbox;

/// What an event calls a commit that is not there.
pub const NONE: &str = "0000000000000000000000000000000000000000";

/// A repository at a host. Its paths have spaces in them.
pub struct Hosted {
    sandbox: Sandbox,
}

impl Hosted {
    /// One with a clean `main` branch, except for a leak that was removed long ago.
    pub fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.git(["init", "-q", "--bare", "-b", "main", "up stream.git"]);
        // GitHub gives commits that no ref names, too.
        sandbox.git([
            "-C",
            "up stream.git",
            "config",
            "uploadpack.allowAnySHA1InWant",
            "true",
        ]);
        sandbox.git(["init", "-q", "-b", "main", "author"]);
        sandbox.git([
            "-C",
            "author",
            "remote",
            "add",
            "origin",
            "../up stream.git",
        ]);
        let hosted = Hosted { sandbox };
        hosted.commit("README.md", "a project\n");
        assert_eq!(hosted.sandbox.run_in("author", ["env", "--fix"]).status, 0);
        hosted.commit("old.txt", &token(1));
        hosted.commit("old.txt", "removed");
        hosted.git(&["push", "-q", "origin", "main"]);
        hosted
    }

    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Runs git as the author does.
    pub fn git(&self, arguments: &[&str]) -> String {
        self.sandbox
            .git(["-C", "author"].iter().chain(arguments))
            .trim()
            .to_owned()
    }

    /// Commits a file with this content; the commit's id.
    pub fn commit(&self, name: &str, content: &str) -> String {
        self.sandbox.write(format!("author/{name}"), content);
        self.git(&["add", "-A", "-f"]);
        self.git(&["commit", "-q", "-m", &format!("Write {name}")]);
        self.head()
    }

    /// The commit that the author is at.
    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Opens a pull request of what the author is at: pushes what GitHub makes for it. The event, and the merge commit.
    pub fn pull_request(&self) -> (Value, String) {
        let (head, base) = (self.head(), self.git(&["rev-parse", "origin/main"]));
        self.git(&["switch", "-q", "--detach", "origin/main"]);
        self.git(&[
            "merge",
            "-q",
            "--no-ff",
            "-m",
            "Merge the pull request",
            &head,
        ]);
        let merge = self.head();
        self.git(&[
            "push",
            "-q",
            "origin",
            &format!("{head}:refs/pull/7/head"),
            &format!("{merge}:refs/pull/7/merge"),
        ]);
        let side = |sha: &str, name: &str, fork: bool| json!({"sha": sha, "ref": name, "repo": {"fork": fork}});
        let request = json!({"number": 7, "base": side(&base, "main", false), "head": side(&head, "topic", true)});
        (
            json!({"number": 7, "pull_request": request, "repository": {"default_branch": "main"}}),
            merge,
        )
    }

    /// Does what actions/checkout does: `reference` at `commit`, with so many commits (0 for everything).
    pub fn check_out(&self, runner: &mut Runner, reference: &str, commit: &str, depth: u32) {
        let folder = runner.workspace.to_str().unwrap().to_owned();
        let _ = fs::remove_dir_all(&folder);
        let git = |arguments: &[&str]| self.sandbox.git(["-C", &folder].iter().chain(arguments));
        self.sandbox.git(["init", "-q", "-b", "unborn", &folder]);
        let upstream = self.sandbox.path().join("up stream.git");
        git(&[
            "remote",
            "add",
            "origin",
            &format!("file://{}", upstream.display()),
        ]);
        let local = reference.replacen("refs/heads/", "refs/remotes/origin/", 1);
        let local = local.replacen("refs/pull/", "refs/remotes/pull/", 1);
        // A tag is fetched by its name, so that it stays what it is.
        let wanted = if reference.starts_with("refs/tags/") {
            reference
        } else {
            commit
        };
        let wanted = format!("+{wanted}:{local}");
        if depth > 0 {
            git(&[
                "fetch",
                "-q",
                "--no-tags",
                &format!("--depth={depth}"),
                "origin",
                &wanted,
            ]);
        } else {
            git(&[
                "fetch",
                "-q",
                "origin",
                "+refs/heads/*:refs/remotes/origin/*",
                "+refs/tags/*:refs/tags/*",
            ]);
            git(&["fetch", "-q", "--no-tags", "origin", &wanted]);
        }
        match reference.strip_prefix("refs/heads/") {
            Some(branch) => git(&["checkout", "-q", "-B", branch, &local]),
            None => git(&["checkout", "-q", "--detach", &local]),
        };
        runner
            .variables
            .insert("GITHUB_SHA".to_owned(), commit.to_owned());
    }
}

/// A made-up credential.
pub fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

/// No made-up credential is in anything that was printed or written.
pub fn tells_no_secret(outcome: &Outcome) {
    for seed in 1..20 {
        let token = token(seed);
        for text in [
            &outcome.log,
            &outcome.summary,
            &format!("{:?}", outcome.outputs),
        ] {
            assert!(!text.contains(&token[4..30]), "secret {seed} is in {text}");
        }
    }
}
