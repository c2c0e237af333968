//! A repository with tokens in many places, and the expected report on each token.

use serde_json::Value;

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

/// A repository with tokens in it.
pub struct Planted {
    pub sandbox: Sandbox,
    /// Further repositories: those it borrows objects from, its submodules, its linked work trees.
    pub others: Vec<Sandbox>,
    /// The first commit. Commits that are on no branch are built on it.
    pub root: String,
    places: Vec<Place>,
    fake: Fake,
}

/// A token, and the expected report on it.
#[derive(Default)]
pub struct Place {
    name: &'static str,
    pub token: String,
    path: Option<String>,
    part: Option<&'static str>,
    since: Option<String>,
    removed: Option<String>,
    kept_by: Vec<String>,
    is_record: bool,
}

impl Place {
    /// Expects the token at this path.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Expects the token in this part of git's data.
    pub fn part(mut self, part: &'static str) -> Self {
        self.part = Some(part);
        self
    }

    /// Expects the token outside of git's objects, without a placement.
    pub fn record(mut self, part: Option<&'static str>) -> Self {
        (self.part, self.is_record) = (part, true);
        self
    }

    /// Expects this commit to have introduced the token.
    pub fn since(mut self, commit: impl Into<String>) -> Self {
        self.since = Some(commit.into());
        self
    }

    /// Expects this commit to have removed the token.
    pub fn removed(mut self, commit: impl Into<String>) -> Self {
        self.removed = Some(commit.into());
        self
    }

    /// Expects this ref or record to keep the token. Without a call, the refs that contain the introducing commit are
    /// expected.
    pub fn kept_by(mut self, names: &[&str]) -> Self {
        self.kept_by = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }
}

impl Planted {
    /// A repository with one commit and no token.
    pub fn new() -> Self {
        let sandbox = Sandbox::repository();
        sandbox.write("base.txt", "base\n");
        let root = sandbox.commit_all("base");
        Planted {
            sandbox,
            others: Vec::new(),
            root,
            places: Vec::new(),
            fake: Fake::new(2026),
        }
    }

    /// Creates a token for a place with this name, and returns the token.
    pub fn place(&mut self, name: &'static str) -> Place {
        Place {
            name,
            token: self.fake.ntn(0),
            ..Place::default()
        }
    }

    /// Adds an expected place.
    pub fn expect(&mut self, place: Place) {
        self.places.push(place);
    }

    /// The number of places.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Makes a commit that adds a file, built on the root and on no branch. Afterwards `main` is checked out.
    pub fn aside(&self, path: &str, content: &str) -> String {
        self.sandbox.git(["checkout", "-q", "--detach", &self.root]);
        self.sandbox.write(path, content);
        let commit = self.sandbox.commit_all("aside");
        self.sandbox.git(["checkout", "-q", "main"]);
        commit
    }

    /// Runs ntnguard, and compares the whole report with the expectations.
    pub fn check(&self, state: &str) {
        let run = self.sandbox.run(["history", "--format", "json"]);
        let json = run.json();
        assert_eq!(json["skipped"], Value::Array(Vec::new()), "{state}");
        assert_eq!(
            (run.status, &json["complete"], &json["source"]),
            (1, &true.into(), &"history".into()),
            "{state}"
        );
        let findings = json["findings"].as_array().unwrap();
        let mut faults: Vec<String> = self
            .places
            .iter()
            .flat_map(|place| self.faults(place, findings))
            .collect();
        if findings.len() != self.places.len() {
            faults.push(format!(
                "{} findings of {} places",
                findings.len(),
                self.places.len()
            ));
        }
        assert!(faults.is_empty(), "{state}:\n{}", faults.join("\n"));
        self.assert_hidden(&run, state);
        self.assert_hidden(&self.sandbox.run(["history"]), state);
    }

    /// Asserts that no eight consecutive characters of a token are in the output, apart from its last four.
    fn assert_hidden(&self, run: &Run, state: &str) {
        for Place { name, token, .. } in &self.places {
            let body = &token[4..token.len() - 4];
            for part in body
                .as_bytes()
                .windows(8)
                .map(|part| std::str::from_utf8(part).unwrap())
            {
                let shows = run.stdout.contains(part) || run.stderr.contains(part);
                assert!(!shows, "{state}: {part} of {name} is shown");
            }
        }
    }

    /// The differences between the report and the expectation for a place.
    fn faults(&self, place: &Place, findings: &[Value]) -> Vec<String> {
        let tail = &place.token[place.token.len() - 4..];
        let is_it = |finding: &&Value| {
            finding["secret"]
                .as_str()
                .is_some_and(|mask| mask.ends_with(tail))
        };
        let found: Vec<&Value> = findings.iter().filter(is_it).collect();
        let [found] = found[..] else {
            return vec![format!("{}: found {} times", place.name, found.len())];
        };
        let mut faults = Vec::new();
        let mut compare = |what: &str, is: &Value, expected: Value| {
            if *is != expected {
                faults.push(format!("{}: {what} is {is}, not {expected}", place.name));
            }
        };
        let occurrences = found["occurrences"].as_array().unwrap();
        let lies = |is: &&Value| {
            is["path"] == place.shown_path() && is["where"] == Value::from(place.part)
        };
        if !occurrences.iter().any(|is| lies(&is)) {
            compare(
                "no place",
                &found["occurrences"],
                format!("{:?} {:?}", place.path, place.part).into(),
            );
        }
        let placement = &found["placement"];
        compare(
            "introduced",
            &placement["introduced"]["commit"],
            place.since.clone().into(),
        );
        compare(
            "removed",
            &placement["removed"]["commit"],
            place.removed.clone().into(),
        );
        if !place.is_record {
            let kept_by = self.kept_by(place);
            compare("kept_by", &placement["kept_by"], kept_by.clone().into());
            let is_published = kept_by.iter().any(|name| name.contains("refs/remotes/"));
            compare("published", &placement["published"], is_published.into());
            let has_path = placement["paths"]
                .as_array()
                .unwrap()
                .contains(&place.shown_path());
            compare(
                "has path",
                &has_path.into(),
                (place.path.is_some() && place.part != Some("path-name")).into(),
            );
        }
        faults
    }

    fn kept_by(&self, place: &Place) -> Vec<String> {
        if let Some(commit) = place.since.as_ref().filter(|_| place.kept_by.is_empty()) {
            return self.holding(commit);
        }
        place.kept_by.clone()
    }

    /// The refs and heads that lead to a commit, according to git.
    fn holding(&self, commit: &str) -> Vec<String> {
        let refs = self
            .sandbox
            .git(["for-each-ref", "--contains", commit, "--format=%(refname)"]);
        let mut names: Vec<String> = refs
            .lines()
            .map(|name| name.replace("refs/stash", "stash"))
            .collect();
        for (name, file) in [
            ("HEAD", "HEAD"),
            ("worktrees/linked/HEAD", "worktrees/linked/HEAD"),
        ] {
            let head = std::fs::read_to_string(self.sandbox.path().join(".git").join(file))
                .unwrap_or_default();
            let is_below = || {
                self.sandbox
                    .try_git(["merge-base", "--is-ancestor", commit, head.trim()])
            };
            if head.len() == 41 && is_below().status.success() {
                names.push(name.to_owned());
            }
        }
        names.sort();
        names
    }
}

impl Place {
    /// The path as a report shows it: a token in the path is masked.
    fn shown_path(&self) -> Value {
        let mask = format!("ntn_{}", "*".repeat(self.token.len() - 4));
        self.path
            .as_ref()
            .map(|path| path.replace(&self.token, &mask))
            .into()
    }
}
