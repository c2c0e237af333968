//! A small random history, and the repository that a CI job would have of it.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use super::SECRETS;
use crate::ci::token;
use crate::sandbox::Sandbox;

/// The number of files.
pub const FILES: usize = 3;

/// A commit.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The numbers of the parents, all smaller than the commit's own number.
    pub parents: Vec<usize>,
    /// The secret in each file.
    pub files: [Option<usize>; FILES],
    /// The secrets in the baseline, one bit for each.
    pub baseline: u8,
}

/// The history, refs and checkout of a job's repository.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The commits, parents first.
    pub commits: Vec<Commit>,
    /// The full names of refs, and their commits.
    pub refs: Vec<(String, usize)>,
    /// The checked out commit.
    pub head: usize,
    /// The commits that a shallow clone did not fetch, one bit for each.
    pub absent: u64,
}

/// A repository and the ids of its commits.
pub struct Repository {
    pub sandbox: Sandbox,
    pub ids: Vec<String>,
}

impl World {
    /// A commit and its ancestors, one bit for each.
    pub fn reach(&self, commit: usize) -> u64 {
        let parents = self.commits[commit].parents.iter();
        parents.fold(1 << commit, |all, parent| all | self.reach(*parent))
    }

    /// Returns true if a commit was fetched.
    pub fn has(&self, commit: usize) -> bool {
        self.absent >> commit & 1 == 0
    }

    pub fn is_shallow(&self) -> bool {
        self.absent != 0
    }

    /// The commit of a ref.
    pub fn at(&self, name: &str) -> Option<usize> {
        self.refs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, commit)| *commit)
    }

    /// The secrets in the files of a commit.
    pub fn held(&self, commit: usize) -> Vec<usize> {
        self.commits[commit]
            .files
            .iter()
            .flatten()
            .copied()
            .collect()
    }

    /// The secrets that a commit adds: at the same path, no parent has them.
    pub fn brought(&self, commit: usize) -> Vec<usize> {
        let Commit { parents, files, .. } = &self.commits[commit];
        let is_new = |at: usize, secret: usize| {
            parents
                .iter()
                .all(|parent| self.commits[*parent].files[at] != Some(secret))
        };
        let held = files
            .iter()
            .enumerate()
            .filter_map(|(at, secret)| Some((at, (*secret)?)));
        held.filter(|(at, secret)| is_new(*at, *secret))
            .map(|(_, secret)| secret)
            .collect()
    }

    /// Builds the repository with one call of git.
    pub fn build(&self, prints: &[String]) -> Repository {
        let sandbox = Sandbox::new();
        let git = sandbox.path().join(".git");
        for folder in ["objects", "refs"] {
            fs::create_dir_all(git.join(folder)).unwrap();
        }
        let config = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n[remote \"origin\"]\n\turl = https://host.example/o/r.git\n";
        fs::write(git.join("config"), config).unwrap();
        fs::write(git.join("HEAD"), "ref: refs/heads/unborn\n").unwrap();
        let marks = git.join("marks");
        let mut import = sandbox.git_command();
        import
            .args(["fast-import", "--quiet", "--force"])
            .arg(format!("--export-marks={}", marks.display()));
        let mut child = import.stdin(Stdio::piped()).spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(self.stream(prints).as_bytes())
            .unwrap();
        assert!(child.wait().unwrap().success());
        let text = fs::read_to_string(&marks).unwrap();
        let mut ids = vec![String::new(); self.commits.len()];
        for (mark, id) in text
            .lines()
            .filter_map(|line| line.strip_prefix(':')?.split_once(' '))
        {
            ids[mark.parse::<usize>().unwrap() - 1] = id.to_owned();
        }
        fs::remove_file(marks).unwrap();
        self.cut(&sandbox, &ids);
        fs::write(git.join("HEAD"), format!("{}\n", ids[self.head])).unwrap();
        for (name, text) in self.texts(self.head, prints) {
            sandbox.write(name, text);
        }
        Repository { sandbox, ids }
    }

    fn stream(&self, prints: &[String]) -> String {
        let mut stream = String::new();
        for (number, commit) in self.commits.iter().enumerate() {
            let _ = write!(
                stream,
                "commit refs/made\nmark :{}\ncommitter a <a@example.com> {} +0000\n",
                number + 1,
                1_700_000_000 + number
            );
            let _ = write!(stream, "data 1\nx");
            for (at, parent) in commit.parents.iter().enumerate() {
                let _ = write!(
                    stream,
                    "\n{} :{}",
                    if at == 0 { "from" } else { "merge" },
                    parent + 1
                );
            }
            let _ = write!(stream, "\ndeleteall\n");
            for (name, text) in self.texts(number, prints) {
                let _ = write!(
                    stream,
                    "M 100644 inline {name}\ndata {}\n{text}\n",
                    text.len()
                );
            }
            // The next commit has no parent unless a parent is given.
            let _ = write!(stream, "\nreset refs/made\n\n");
        }
        for (name, commit) in &self.refs {
            let _ = write!(stream, "reset {name}\nfrom :{}\n\n", commit + 1);
        }
        stream
    }

    /// The files of a commit. Each file in each commit has a different clean text, so that no file looks moved.
    fn texts(&self, number: usize, prints: &[String]) -> Vec<(String, String)> {
        let commit = &self.commits[number];
        let text = |at: usize, secret: &Option<usize>| match secret {
            Some(secret) => format!("file {at} = '{}'\n", token(*secret as u64 + 1)),
            None => format!("file {at}, clean in {number}\n"),
        };
        let mut texts: Vec<(String, String)> = commit
            .files
            .iter()
            .enumerate()
            .map(|(at, secret)| (format!("f{at}"), text(at, secret)))
            .collect();
        let lines: Vec<String> = (0..SECRETS)
            .filter(|secret| commit.baseline >> secret & 1 == 1)
            .map(|secret| format!("{} integration-token\n", prints[secret]))
            .collect();
        let mut lines = lines;
        lines.sort();
        if !lines.is_empty() {
            texts.push((".ntnguard-baseline".to_owned(), lines.concat()));
        }
        texts
    }

    /// Removes the commits that were not fetched: replaces the repository by a shallow fetch of the others.
    fn cut(&self, sandbox: &Sandbox, ids: &[String]) {
        if !self.is_shallow() {
            return;
        }
        let git = sandbox.path().join(".git");
        let edges: Vec<usize> = (0..self.commits.len())
            .filter(|commit| {
                self.has(*commit)
                    && self.commits[*commit]
                        .parents
                        .iter()
                        .any(|parent| !self.has(*parent))
            })
            .collect();
        let text: String = edges
            .iter()
            .map(|edge| format!("{}\n", ids[*edge]))
            .collect();
        fs::write(git.join("shallow"), text).unwrap();
        let kept: Vec<String> = (0..self.commits.len())
            .filter(|commit| self.has(*commit))
            .map(|commit| ids[commit].clone())
            .collect();
        let pack = sandbox.git_with_input(
            ["pack-objects", "--revs", "-q", "--stdout"],
            kept.join("\n").as_bytes(),
        );
        drop(pack);
        let made = sandbox
            .git_command()
            .args(["pack-objects", "--revs", "-q", "made"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        let mut made = made.unwrap();
        made.stdin
            .take()
            .unwrap()
            .write_all((kept.join("\n") + "\n").as_bytes())
            .unwrap();
        assert!(made.wait().unwrap().success());
        fs::remove_dir_all(git.join("objects")).unwrap();
        fs::create_dir_all(git.join("objects/pack")).unwrap();
        for entry in fs::read_dir(sandbox.path()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if let Some(rest) = name.strip_prefix("made-") {
                fs::rename(&path, git.join("objects/pack").join(format!("pack-{rest}"))).unwrap();
            }
        }
    }
}
