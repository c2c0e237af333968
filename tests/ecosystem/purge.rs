//! The purge plan with the real git-filter-repo: a secret in each place, and none after it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};
use crate::tools;

/// A repository with secrets, and all that a run of the plan needs.
struct Leaky {
    sandbox: Sandbox,
    /// The seed of the next secret.
    seed: u64,
}

impl Leaky {
    /// A repository in `repo`, with a clean history of a few commits.
    fn new() -> Self {
        Self::of_format("sha1")
    }

    /// The same with objects that are named in this way.
    fn of_format(format: &str) -> Self {
        let sandbox = Sandbox::new();
        sandbox.git([
            "init",
            "-q",
            "-b",
            "main",
            &format!("--object-format={format}"),
            "repo",
        ]);
        let mut leaky = Leaky { sandbox, seed: 0 };
        for number in 0..3 {
            leaky.write(&format!("clean/{number}.txt"), format!("clean {number}\n"));
            leaky.commit(&format!("clean {number}"));
        }
        leaky
    }

    fn token(&mut self) -> String {
        self.seed += 1;
        Fake::new(self.seed).ntn(0)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        self.sandbox.write(format!("repo/{name}"), content);
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.sandbox
            .git(
                ["-C", "repo", "-c", "protocol.file.allow=always"]
                    .iter()
                    .chain(arguments),
            )
            .trim()
            .to_owned()
    }

    fn commit(&mut self, message: &str) -> String {
        self.git(&["add", "-A", "-f"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// The id of an object of this kind and content, which is written.
    fn object(&self, kind: &str, content: impl AsRef<[u8]>) -> String {
        self.sandbox.write("object", content);
        self.git(&["hash-object", "-w", "-t", kind, "../object"])
    }

    /// A commit of a file with a secret that no branch has.
    fn aside(&mut self, name: &str) -> String {
        let content = self.token();
        self.git(&["switch", "-q", "--detach"]);
        self.write(name, content);
        let commit = self.commit(name);
        self.git(&["switch", "-q", "main"]);
        commit
    }

    fn history(&self) -> Run {
        self.sandbox.run(["history", "repo", "--format", "json"])
    }

    /// Each secret is found, so the test is about all of them.
    fn finds_all(&self) {
        let report = self.history().json();
        let masks: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|f| f["secret"].as_str())
            .collect();
        for seed in 1..=self.seed {
            let token = Fake::new(seed).ntn(0);
            let tail = &token[token.len() - 4..];
            assert!(
                masks.iter().any(|mask| mask.ends_with(tail)),
                "secret {seed} is not found"
            );
        }
    }

    fn plan(&self) {
        let run = self
            .sandbox
            .run(["history", "repo", "--purge-plan", "plan"]);
        assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
        self.prints_no_secret(&(run.stdout + &run.stderr));
    }

    /// Puts a git in the way that notes what it is called with, where others could read it.
    fn spy(&self) -> PathBuf {
        let (folder, log) = (
            self.sandbox.path().join("spy"),
            self.sandbox.path().join("called"),
        );
        let find = |folder: PathBuf| Some(folder.join("git")).filter(|git| git.is_file());
        let git = std::env::split_paths(&std::env::var_os("PATH").unwrap())
            .find_map(find)
            .unwrap();
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$*\" >> '{}'\nexec '{}' \"$@\"\n",
            log.display(),
            git.display()
        );
        self.sandbox.write("spy/git", script);
        fs::set_permissions(folder.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
        folder
    }

    /// Runs the plan's script, which ends with a scan.
    fn purge(&self) -> Run {
        Run::of(self.script().output().unwrap())
    }

    /// Pushes what was rewritten, and says yes after `meanwhile`.
    fn push(&self, meanwhile: impl FnOnce()) -> Run {
        let mut script = self.script();
        let script = script
            .arg("push")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut script = script.spawn().unwrap();
        let mut listed = Vec::new();
        let asks = |said: &[u8]| said.ends_with(b"Type \"yes\" to do that: ");
        let mut byte = [0];
        while !asks(&listed) && script.stdout.as_mut().unwrap().read(&mut byte).unwrap() > 0 {
            listed.extend(byte);
        }
        meanwhile();
        // Nobody reads it where nothing was asked.
        let _ = script.stdin.take().unwrap().write_all(b"yes\n");
        let mut output = script.wait_with_output().unwrap();
        output.stdout.splice(0..0, listed);
        let run = Run::of(output);
        self.prints_no_secret(&(run.stdout.clone() + &run.stderr));
        self.prints_no_secret(
            &fs::read_to_string(self.sandbox.path().join("called")).unwrap_or_default(),
        );
        run
    }

    /// The plan's script, to be run.
    fn script(&self) -> Command {
        let python = tools::python("filter-repo", &["git-filter-repo==2.47.0"]);
        let mut path = vec![self.spy(), python.parent().unwrap().to_owned()];
        path.push(
            PathBuf::from(env!("CARGO_BIN_EXE_ntnguard"))
                .parent()
                .unwrap()
                .to_owned(),
        );
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let mut script = self.sandbox.command("sh");
        script
            .arg("plan/purge.sh")
            .env("PATH", std::env::join_paths(path).unwrap());
        script
    }

    /// Runs the script, after which nothing is found, and nothing was printed on the way.
    fn purge_to_clean(&self) {
        let run = self.purge();
        self.prints_no_secret(&(run.stdout.clone() + &run.stderr));
        let called = fs::read_to_string(self.sandbox.path().join("called")).unwrap();
        assert!(called.contains("for-each-ref"), "the spy is called");
        self.prints_no_secret(&called);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        assert_eq!(self.history().json()["complete"], true);
        self.git(&["fsck", "--full", "--strict", "--no-dangling"]);
    }

    fn prints_no_secret(&self, text: &str) {
        for seed in 1..=self.seed {
            let token = Fake::new(seed).ntn(0);
            assert!(!text.contains(&token[4..30]), "secret {seed} is in {text}");
        }
    }

    /// What must be the same afterwards: how many commits each ref has, by the name that it then has, and who wrote when; the
    /// clean files of the main branch.
    fn shape(&self) -> (BTreeMap<String, String>, String) {
        let refs = self.git(&["for-each-ref", "--format=%(refname)"]);
        let commits = refs
            .lines()
            .filter(|name| {
                !name.contains("odd") && *name != "refs/stash" && !name.starts_with("refs/notes/")
            })
            .map(|name| {
                let log = self.git(&["log", "--format=%at %ct %P", name]);
                let log: Vec<String> = log
                    .lines()
                    .map(|line| format!("{}", line.split(' ').count()))
                    .collect();
                let masked = name
                    .split(['-', '/'])
                    .map(|part| if part.len() > 30 { "removed" } else { part });
                let masked = masked.filter(|part| {
                    part.len() != 8 || !part.bytes().all(|byte| byte.is_ascii_hexdigit())
                });
                (masked.collect::<Vec<_>>().join("/"), log.join(","))
            });
        (
            commits.collect(),
            self.git(&["ls-tree", "-r", "main", "clean"]),
        )
    }
}

fn base64(text: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let character = ALPHABET[(bits >> (18 - 6 * at)) as usize & 63];
            out.push(if at <= chunk.len() {
                char::from(character)
            } else {
                '='
            });
        }
    }
    out
}

fn gzip(text: &str) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}

/// In contents of files of the main branch, as text and in disguise.
fn contents(leaky: &mut Leaky) {
    let [deleted, replaced, renamed, typed, linked] = [(); 5].map(|()| leaky.token());
    leaky.write("deleted", format!("key: {deleted}\n"));
    leaky.write("replaced", format!("key: {replaced}\n"));
    leaky.write(
        "renamed",
        format!("key: {renamed}\n{}", "line\n".repeat(50)),
    );
    leaky.write("typed", typed);
    std::os::unix::fs::symlink(
        format!("{linked}.txt"),
        leaky.sandbox.path().join("repo/link"),
    )
    .unwrap();
    leaky.commit("leaks");
    fs::remove_file(leaky.sandbox.path().join("repo/typed")).unwrap();
    std::os::unix::fs::symlink("clean", leaky.sandbox.path().join("repo/typed")).unwrap();
    leaky.git(&["rm", "-q", "deleted"]);
    leaky.write("replaced", "key: none\n");
    leaky.git(&["mv", "renamed", "moved"]);
    leaky.write(
        "moved",
        format!("key: {renamed}\nedited\n{}", "line\n".repeat(50)),
    );
    leaky.commit("no leaks");

    let [binary, wide, encoded, packed, escaped, joined, hex] = [(); 7].map(|()| leaky.token());
    leaky.write("binary", [b"\0\x01", binary.as_bytes(), b"\xff"].concat());
    leaky.write(
        "wide",
        wide.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>(),
    );
    leaky.write(
        "encoded.yaml",
        format!("kept: yes\ntoken: {}\n", base64(&format!("t={encoded};"))),
    );
    leaky.write("packed.gz", gzip(&packed));
    leaky.write(
        "escaped",
        format!("url?t={}&kept=1", escaped.replace('_', "%5F")),
    );
    leaky.write(
        "joined.js",
        format!(
            "kept\nconst t = \"{}\" +\n  \"{}\";\n",
            &joined[..20],
            &joined[20..]
        ),
    );
    leaky.write(
        "hex",
        hex.bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>(),
    );
    leaky.commit("disguised");
    let [file, folder] = [(); 2].map(|()| leaky.token());
    leaky.write(&format!("names/{file}.txt"), "kept in a file");
    leaky.write(&format!("names/x-{folder}/deep/er"), "kept in a folder");
    leaky.commit("names");
}

/// In merges, and under refs of all kinds.
fn branches(leaky: &mut Leaky) {
    let [evil, branch, other] = [(); 3].map(|()| leaky.token());
    for side in ["one", "two", "three"] {
        leaky.git(&["switch", "-q", "-c", side, "main~2"]);
        leaky.write(side, side);
        leaky.commit(side);
    }
    leaky.write("other", other);
    leaky.commit("on another branch");
    leaky.git(&["switch", "-q", "main"]);
    leaky.git(&["merge", "-q", "--no-commit", "one"]);
    leaky.write("evil", evil);
    leaky.commit("evil merge");
    leaky.git(&["merge", "-q", "-m", "octopus", "two", "three"]);
    for (name, reference) in [
        ("tagged", "refs/tags/only"),
        ("pulled", "refs/pull/1/head"),
        ("remote", "refs/remotes/origin/main"),
    ] {
        let commit = leaky.aside(name);
        leaky.git(&["update-ref", reference, &commit]);
    }
    leaky.git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
    ]);
    leaky.git(&["branch", &format!("feature/{branch}")]);
    leaky.git(&[
        "config",
        &format!("branch.feature/{branch}.description"),
        "kept",
    ]);
    let tag = leaky.token();
    leaky.git(&["tag", "-a", "-m", "a tag", &format!("v-{tag}")]);
}

/// In what people write about commits.
fn messages(leaky: &mut Leaky) {
    let [message, tag, note, name, mail, tagger] = [(); 6].map(|()| leaky.token());
    leaky.commit(&format!("use {message}\n\nand that"));
    leaky.git(&["tag", "-a", "-m", &format!("release with {tag}"), "v1"]);
    leaky.git(&["notes", "add", "-m", &format!("noted {note}"), "HEAD~1"]);
    leaky.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "by",
        "--author",
        &format!("{name} <{mail}@example.com>"),
    ]);
    let head = leaky.git(&["rev-parse", "HEAD"]);
    let tag = leaky.object(
        "tag",
        format!("object {head}\ntype commit\ntag signed\ntagger {tagger} <t@example.com> 1700000000 +0000\n\nsigned\n"),
    );
    leaky.git(&["update-ref", "refs/tags/signed", &tag]);
}

/// In objects that git makes seldom, or not any more.
fn rarities(leaky: &mut Leaky) {
    let [
        header,
        merged,
        inner,
        twice,
        replaced,
        percent,
        latin,
        encoded,
    ] = [(); 8].map(|()| leaky.token());
    let (head, tree) = (
        leaky.git(&["rev-parse", "HEAD"]),
        leaky.git(&["rev-parse", "HEAD^{tree}"]),
    );
    let who = "A <a@example.com> 1700000000 +0000";
    let commit = |extra: &str, message: &[u8]| {
        let head = format!("tree {tree}\nparent {head}\nauthor {who}\ncommitter {who}\n{extra}\n");
        [head.as_bytes(), message].concat()
    };
    let mergetag =
        format!("mergetag object {head}\n type commit\n tag x\n tagger {who}\n \n {merged}\n");
    for (name, extra, message) in [
        ("header", format!("x-note {header}\n"), b"more\n".to_vec()),
        ("mergetag", mergetag, b"merged\n".to_vec()),
        (
            "latin",
            "encoding ISO-8859-1\n".to_owned(),
            [b"\xe4 ", latin.as_bytes(), b"\n"].concat(),
        ),
        (
            "encoded",
            String::new(),
            base64(&format!("t={encoded};")).into_bytes(),
        ),
    ] {
        let id = leaky.object("commit", commit(&extra, &message));
        leaky.git(&["update-ref", &format!("refs/heads/rare-{name}"), &id]);
    }
    let tag = |of: &str, kind: &str, message: &str| {
        format!("object {of}\ntype {kind}\ntag t\ntagger {who}\n\n{message}\n")
    };
    let first = leaky.object("tag", tag(&head, "commit", &format!("inner {inner}")));
    let second = leaky.object("tag", tag(&first, "tag", "outer"));
    leaky.git(&["update-ref", "refs/tags/of-tag", &second]);
    if head.len() > 40 {
        // Of what is named by SHA-256, git-filter-repo cannot read these.
        leaky.plan();
        let run = leaky.purge();
        assert!(
            run.status == 2 && run.stderr.contains("a tag of a tag"),
            "{}",
            run.stderr
        );
        leaky.git(&["update-ref", "-d", "refs/tags/of-tag"]);
    }
    let first = leaky.object("tag", tag(&tree, "tree", &format!("kept {twice}")));
    let second = leaky.object("tag", tag(&first, "tag", "kept"));
    leaky.git(&["update-ref", "refs/tags/odd-tree", &second]);
    let blob = leaky.object("blob", replaced);
    leaky.git(&[
        "replace",
        &leaky.git(&["rev-parse", "HEAD:clean/2.txt"]),
        &blob,
    ]);
    leaky.write(
        &format!("names/{} \u{e9}", percent.replace('_', "%5F")),
        "kept in a folder",
    );
    leaky.commit("an escaped name");
}

/// In stashes, and where no ref leads to.
fn leftovers(leaky: &mut Leaky) {
    for untracked in [false, true] {
        let token = leaky.token();
        leaky.write(
            if untracked {
                "untracked"
            } else {
                "clean/0.txt"
            },
            token,
        );
        leaky.git(&[
            "stash",
            "push",
            "-q",
            "-u",
            "-m",
            &format!("stash {untracked}"),
        ]);
    }
    let token = leaky.token();
    leaky.write("amended", token);
    leaky.commit("to be amended");
    leaky.write("amended", "better");
    leaky.git(&["add", "-A"]);
    leaky.git(&["commit", "-q", "--amend", "-m", "amended"]);
    let token = leaky.token();
    leaky.write("dropped", token);
    leaky.commit("to be dropped");
    leaky.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let token = leaky.token();
    leaky.object("blob", token);
}

/// Under refs that lead to no commit.
fn odd_refs(leaky: &mut Leaky) {
    let [plain, binary, in_tree, tagged, said] = [(); 5].map(|()| leaky.token());
    let blob = leaky.object("blob", format!("kept {plain}"));
    leaky.git(&["update-ref", "refs/odd/blob", &blob]);
    let blob = leaky.object("blob", format!("\0{binary}"));
    leaky.git(&["update-ref", "refs/odd/binary", &blob]);
    let blob = leaky.object("blob", format!("kept {tagged}"));
    leaky.git(&["tag", "-a", "-m", &format!("odd {said}"), "odd-tag", &blob]);
    leaky.write("odd/tree", format!("kept {in_tree}"));
    leaky.git(&["add", "odd"]);
    let tree = leaky.git(&["write-tree"]);
    leaky.git(&["rm", "-q", "--cached", "odd/tree"]);
    fs::remove_dir_all(leaky.sandbox.path().join("repo/odd")).unwrap();
    leaky.git(&["update-ref", "refs/odd/tree", &tree]);
}

/// In git's own files.
fn records(leaky: &mut Leaky) {
    let [reflog, url, hook, begun, large, description] = [(); 6].map(|()| leaky.token());
    leaky.git(&[
        "update-ref",
        "-m",
        &format!("moved by {reflog}"),
        "refs/heads/two",
        "main",
    ]);
    leaky.git(&[
        "config",
        "remote.origin.url",
        &format!("https://x:{url}@example.com/x.git"),
    ]);
    leaky.write(
        ".git/hooks/pre-push",
        format!("#!/bin/sh\nexport T={hook}\n"),
    );
    leaky.write(".git/description", description);
    let oid = "ab".repeat(32);
    leaky.write(
        &format!(".git/lfs/objects/ab/ab/{oid}"),
        format!("large {large}"),
    );
    let size = "large ".len() + large.len();
    leaky.write(
        "large",
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n"),
    );
    leaky.commit("a large file");
    leaky.write(".git/COMMIT_EDITMSG", begun);
}

#[test]
#[ignore = "installs git-filter-repo"]
fn a_purge_removes_all_secrets_and_changes_nothing_else() {
    for format in ["sha1", "sha256"] {
        purged_everywhere(Leaky::of_format(format));
    }
}

fn purged_everywhere(mut leaky: Leaky) {
    contents(&mut leaky);
    branches(&mut leaky);
    messages(&mut leaky);
    rarities(&mut leaky);
    leftovers(&mut leaky);
    odd_refs(&mut leaky);
    records(&mut leaky);
    let before = leaky.shape();
    let commits = leaky.git(&["rev-list", "--count", "--branches", "--tags", "--remotes"]);
    leaky.finds_all();

    leaky.plan();
    leaky.purge_to_clean();

    assert_eq!(leaky.shape(), before);
    assert_eq!(
        leaky.git(&["rev-list", "--count", "--branches", "--tags", "--remotes"]),
        commits
    );
    let show = |what: &str| leaky.git(&["show", what]);
    assert_eq!(
        show("main:encoded.yaml").lines().next(),
        Some("kept: yes"),
        "a text file is kept but for the secret"
    );
    assert!(
        show("main:joined.js").starts_with("kept\n") && show("main:escaped").ends_with("&kept=1")
    );
    assert_eq!(show("refs/odd/blob"), "kept ***REMOVED***");
    assert_eq!(show("refs/odd/tree:odd/tree"), "kept ***REMOVED***");
    assert_eq!(show("odd-tag^{}"), "kept ***REMOVED***");
    assert!(
        !leaky
            .sandbox
            .try_git([
                "-C",
                "repo",
                "rev-parse",
                "-q",
                "--verify",
                "refs/odd/binary"
            ])
            .status
            .success()
    );
    let branch = leaky.git(&[
        "for-each-ref",
        "--format=%(refname:short)",
        "refs/heads/feature",
    ]);
    assert!(branch.starts_with("feature/removed-"), "{branch}");
    assert_eq!(
        leaky.git(&["config", &format!("branch.{branch}.description")]),
        "kept"
    );
    assert_eq!(
        leaky.git(&["stash", "list", "--format=%gs"]),
        "On main: stash true\nOn main: stash false"
    );
    assert!(
        leaky
            .git(&["log", "--notes", "-1", "--format=%N", "v1~1"])
            .contains("noted ***REMOVED***")
    );
    assert_eq!(leaky.git(&["status", "--porcelain"]), "");
    assert_eq!(leaky.git(&["symbolic-ref", "HEAD"]), "refs/heads/main");
    let files = leaky.git(&["ls-tree", "-r", "--name-only", "main"]);
    assert!(
        ["binary", "wide", "packed.gz", "large"]
            .iter()
            .all(|name| !files.lines().any(|file| file == *name)),
        "{files}"
    );
    assert_eq!(leaky.purge().status, 0, "a second run changes nothing");
    leaky.git(&["stash", "pop", "-q"]);
    assert_eq!(
        fs::read_to_string(leaky.sandbox.path().join("repo/untracked")).unwrap(),
        "***REMOVED***"
    );
}

#[test]
#[ignore = "installs git-filter-repo"]
fn submodules_are_rewritten_first_and_their_links_updated() {
    let mut leaky = Leaky::new();
    let token = leaky.token();
    leaky.sandbox.git(["clone", "-q", "repo", "inner"]);
    leaky.sandbox.write("inner/leak", token);
    leaky.sandbox.git(["-C", "inner", "add", "-A"]);
    leaky
        .sandbox
        .git(["-C", "inner", "commit", "-q", "-m", "leak"]);
    leaky.git(&["submodule", "--quiet", "add", "../inner", "sub"]);
    leaky.commit("with a submodule");
    leaky.sandbox.write("repo/sub/more", "more");
    leaky.sandbox.git(["-C", "repo/sub", "add", "-A"]);
    leaky
        .sandbox
        .git(["-C", "repo/sub", "commit", "-q", "-m", "more"]);
    leaky.commit("submodule moved");
    leaky
        .sandbox
        .git(["-C", "repo/sub", "switch", "-q", "--detach"]);
    leaky
        .sandbox
        .git(["clone", "-q", "--bare", "inner", "clean"]);
    leaky
        .sandbox
        .git(["-C", "clean", "update-ref", "refs/heads/main", "main~1"]);
    leaky
        .sandbox
        .git(["-C", "clean", "gc", "-q", "--prune=now"]);
    leaky.git(&[
        "submodule",
        "--quiet",
        "add",
        "../clean",
        "clean-but-for-its-url",
    ]);
    leaky.commit("with another submodule");
    let url = format!("https://x:{}@example.com/x.git", leaky.token());
    leaky.git(&[
        "-C",
        "clean-but-for-its-url",
        "config",
        "remote.origin.url",
        &url,
    ]);
    leaky.finds_all();

    leaky.plan();
    leaky.purge_to_clean();

    let link = leaky.git(&["rev-parse", "HEAD:sub"]);
    assert_eq!(link, leaky.git(&["-C", "sub", "rev-parse", "HEAD"]));
    assert_eq!(
        leaky.git(&["-C", "sub", "show", "HEAD:leak"]),
        "***REMOVED***"
    );
    let earlier = leaky.git(&["rev-parse", "HEAD~2:sub"]);
    assert_eq!(
        leaky.git(&["-C", "sub", "rev-parse", "HEAD~1"]),
        earlier,
        "older links follow, too"
    );
    assert_eq!(leaky.git(&["status", "--porcelain"]), "");
}

#[test]
#[ignore = "installs git-filter-repo"]
fn linked_work_trees_kept_packs_and_detached_heads_are_purged() {
    let mut leaky = Leaky::new();
    let [branch, detached, own, name] = [(); 4].map(|()| leaky.token());
    leaky.git(&[
        "worktree",
        "add",
        "-q",
        "-b",
        &format!("b-{name}"),
        "../on-branch",
    ]);
    leaky.git(&["worktree", "add", "-q", "--detach", "../detached"]);
    for (folder, token) in [("on-branch", branch), ("detached", detached), ("repo", own)] {
        if folder == "repo" {
            leaky.git(&["switch", "-q", "--detach"]);
        }
        leaky
            .sandbox
            .write(format!("{folder}/leak"), format!("kept {token}"));
        leaky.sandbox.git(["-C", folder, "add", "-A"]);
        leaky
            .sandbox
            .git(["-C", folder, "commit", "-q", "-m", folder]);
    }
    leaky.git(&["repack", "-q", "-a", "-d"]);
    let packs = fs::read_dir(leaky.sandbox.path().join("repo/.git/objects/pack")).unwrap();
    for pack in packs
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "pack"))
    {
        fs::write(pack.with_extension("keep"), "").unwrap();
    }
    leaky.finds_all();

    leaky.plan();
    leaky.purge_to_clean();

    for folder in ["on-branch", "detached", "repo"] {
        assert_eq!(
            leaky
                .sandbox
                .git(["-C", folder, "log", "-1", "--format=%s"])
                .trim(),
            folder
        );
        assert_eq!(
            leaky.sandbox.git(["-C", folder, "status", "--porcelain"]),
            ""
        );
        assert_eq!(
            fs::read_to_string(leaky.sandbox.path().join(folder).join("leak")).unwrap(),
            "kept ***REMOVED***"
        );
    }
    assert!(
        leaky
            .sandbox
            .git(["-C", "on-branch", "symbolic-ref", "HEAD"])
            .starts_with("refs/heads/b-removed-")
    );
}

#[test]
#[ignore = "installs git-filter-repo"]
fn bare_repositories_and_those_without_a_commit_are_purged_too() {
    let mut leaky = Leaky::new();
    let token = leaky.token();
    leaky.write("leak", token);
    leaky.commit("leak");
    leaky.sandbox.git(["clone", "-q", "--bare", "repo", "bare"]);
    fs::rename(
        leaky.sandbox.path().join("repo"),
        leaky.sandbox.path().join("first"),
    )
    .unwrap();
    fs::rename(
        leaky.sandbox.path().join("bare"),
        leaky.sandbox.path().join("repo"),
    )
    .unwrap();
    leaky.plan();
    leaky.purge_to_clean();
    assert_eq!(leaky.git(&["show", "main:leak"]), "***REMOVED***");

    fs::rename(
        leaky.sandbox.path().join("repo"),
        leaky.sandbox.path().join("second"),
    )
    .unwrap();
    leaky.sandbox.git(["init", "-q", "repo"]);
    let token = leaky.token();
    leaky.object("blob", token);
    leaky.plan();
    leaky.purge_to_clean();
}

/// From a fresh clone, everything that the remote has is overwritten, and nothing else is pushed.
#[test]
#[ignore = "installs git-filter-repo"]
fn a_push_updates_only_rewritten_refs_of_the_remote() {
    let mut leaky = Leaky::new();
    let [main, wip, tag, note, name] = [(); 5].map(|()| leaky.token());
    leaky.write("leak", main);
    leaky.commit("leak");
    leaky.git(&["tag", "light"]);
    leaky.git(&["tag", "-a", "-m", &tag, "v1"]);
    leaky.git(&["notes", "add", "-m", &note]);
    leaky.git(&["branch", "moved"]);
    leaky.git(&["branch", "raced"]);
    leaky.git(&["branch", "clean", "main~1"]);
    leaky.git(&["switch", "-q", "-c", &format!("wip/{name}")]);
    leaky.write("more", wip);
    leaky.commit("more");
    leaky.git(&["switch", "-q", "main"]);
    leaky
        .sandbox
        .git(["clone", "-q", "--mirror", "repo", "remote.git"]);
    leaky
        .sandbox
        .git(["-C", "remote.git", "update-ref", "refs/pull/1/head", "main"]);
    // It is fetched by nobody, so that no plan knows it.
    let unknown = leaky.token();
    leaky.sandbox.git([
        "-C",
        "remote.git",
        "update-ref",
        &format!("refs/odd/{unknown}"),
        "main",
    ]);
    let clean = leaky.git(&["rev-parse", "clean"]);
    fs::rename(
        leaky.sandbox.path().join("repo"),
        leaky.sandbox.path().join("first"),
    )
    .unwrap();
    leaky
        .sandbox
        .git(["clone", "-q", "--no-local", "remote.git", "repo"]);
    leaky.git(&["fetch", "-q", "origin", "refs/notes/*:refs/notes/*"]);
    leaky.git(&["switch", "-q", "-c", "mine"]);
    leaky.commit("not pushed yet");
    // Somebody goes on.
    leaky.sandbox.git(["-C", "first", "switch", "-q", "moved"]);
    leaky.sandbox.git([
        "-C",
        "first",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "more work",
    ]);
    leaky
        .sandbox
        .git(["-C", "first", "push", "-q", "../remote.git", "moved"]);
    let moved = leaky
        .sandbox
        .git(["-C", "remote.git", "rev-parse", "moved"]);

    leaky.plan();
    assert_eq!(leaky.push(|| {}).status, 2, "nothing was rewritten yet");
    leaky.purge_to_clean();
    // These would add to what is pushed.
    leaky.git(&["config", "push.followTags", "true"]);
    leaky.git(&["config", "remote.origin.push", "refs/heads/mine"]);
    leaky.git(&["tag", "-a", "-m", "not pushed", "own-tag", "main"]);
    // What a connection says besides is no ref.
    leaky.git(&[
        "config",
        "remote.origin.uploadpack",
        "echo 'be warned' >&2; git-upload-pack",
    ]);
    // Somebody goes on even while it asks.
    let run = leaky.push(|| {
        leaky.sandbox.git(["-C", "first", "switch", "-q", "raced"]);
        leaky.sandbox.git([
            "-C",
            "first",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "even more work",
        ]);
        leaky
            .sandbox
            .git(["-C", "first", "push", "-q", "../remote.git", "raced"]);
    });
    assert!(
        run.stdout
            .contains("refs/heads/raced\t[rejected] (stale info)"),
        "{}",
        run.stdout
    );
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout
            .contains("leave refs/heads/moved: it has what was never here"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("leave refs/pull/1/head: the host's own"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains(": its name holds what the plan does not know"),
        "{}",
        run.stdout
    );
    leaky.sandbox.git([
        "-C",
        "remote.git",
        "update-ref",
        "-d",
        &format!("refs/odd/{unknown}"),
    ]);
    assert_eq!(
        leaky
            .sandbox
            .git(["-C", "remote.git", "rev-parse", "moved"]),
        moved,
        "their work is not lost"
    );
    assert!(
        leaky
            .push(|| {})
            .stdout
            .contains("nothing that was rewritten is there"),
        "once is enough"
    );

    let there = leaky
        .sandbox
        .git(["-C", "remote.git", "for-each-ref", "--format=%(refname)"]);
    let names: Vec<&str> = there
        .lines()
        .filter(|name| !name.starts_with("refs/heads/wip/removed-"))
        .collect();
    let expected = ["clean", "main", "moved", "raced"].map(|name| format!("refs/heads/{name}"));
    let others = [
        "refs/notes/commits",
        "refs/pull/1/head",
        "refs/tags/light",
        "refs/tags/v1",
    ];
    assert_eq!(
        names,
        expected
            .iter()
            .map(String::as_str)
            .chain(others)
            .collect::<Vec<_>>(),
        "{there}"
    );
    assert_eq!(
        leaky
            .sandbox
            .git(["-C", "remote.git", "rev-parse", "clean"])
            .trim(),
        clean,
        "what was clean stays"
    );
    leaky
        .sandbox
        .git(["-C", "remote.git", "branch", "-D", "moved", "raced"]);
    leaky
        .sandbox
        .git(["-C", "remote.git", "update-ref", "-d", "refs/pull/1/head"]);
    leaky.sandbox.git([
        "clone",
        "-q",
        "--mirror",
        "--no-local",
        "remote.git",
        "check.git",
    ]);
    let check = leaky.sandbox.run(["history", "check.git"]);
    assert_eq!(check.status, 0, "{}{}", check.stdout, check.stderr);
    let noted = leaky.sandbox.git([
        "-C",
        "check.git",
        "log",
        "-1",
        "--format=%N",
        "--notes",
        "main",
    ]);
    assert_eq!(noted.trim(), "***REMOVED***");
}

/// A repository that cannot be rewritten is refused before anything is changed.
#[test]
#[ignore = "installs git-filter-repo"]
fn an_unsuitable_repository_is_refused_and_unchanged() {
    type Change = fn(&Leaky);
    let cases: [(&str, Change); 4] = [
        ("uncommitted changes", |leaky| {
            leaky.write("clean/0.txt", "changed")
        }),
        ("something is under way", |leaky| {
            leaky.write(".git/MERGE_HEAD", leaky.git(&["rev-parse", "HEAD~1"]))
        }),
        ("it borrows objects", |leaky| {
            leaky.write(".git/objects/info/alternates", "../../other/objects\n")
        }),
        ("cut off", |leaky| {
            leaky.write(".git/shallow", leaky.git(&["rev-parse", "HEAD"]) + "\n")
        }),
    ];
    for (why, change) in cases {
        let mut leaky = Leaky::new();
        let token = leaky.token();
        leaky.write("leak", token);
        let before = leaky.commit("leak");
        leaky.plan();
        change(&leaky);
        let run = leaky.purge();
        assert!(
            run.status == 2
                && run.stderr.contains(why)
                && run.stderr.contains("Nothing was changed"),
            "{}",
            run.stderr
        );
        assert_eq!(leaky.git(&["rev-parse", "HEAD"]), before);
    }
}
