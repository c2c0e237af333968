//! Tokens in messages, in names, in git's files outside of its objects, in submodules, and in borrowed objects.

use super::planted::Planted;
use crate::sandbox::Sandbox;

/// Plants tokens in messages and headers of commits, and in notes.
pub fn messages(planted: &mut Planted) {
    let [message, author, email, note] =
        ["commit message", "author", "committer's address", "note"].map(|name| planted.place(name));
    let sandbox = &planted.sandbox;
    let commit = |arguments: &[&str]| {
        sandbox.git([&["commit", "-q", "--allow-empty"][..], arguments].concat());
        sandbox.id("HEAD")
    };
    let told = commit(&[
        "-m",
        "subject",
        "-m",
        &format!("used {} to test", message.token),
    ]);
    let written = commit(&[
        "-m",
        "x",
        "--author",
        &format!("{} <a@example.com>", author.token),
    ]);
    let raw = format!(
        "tree {}\nparent {}\nauthor A <a@example.com> 1767323045 +0000\ncommitter C <{}@example.com> 1767323045 +0000\n\nx\n",
        sandbox.id("HEAD^{tree}"),
        written,
        email.token
    );
    let sent = sandbox.git_with_input(
        ["hash-object", "-w", "-t", "commit", "--stdin"],
        raw.as_bytes(),
    );
    sandbox.git(["reset", "-q", "--hard", &sent]);
    sandbox.git(["notes", "add", "-m", &note.token, &told]);
    let noted = sandbox.id("refs/notes/commits");
    planted.expect(message.part("commit-message").since(told.clone()));
    planted.expect(author.part("commit-message").since(written));
    planted.expect(email.part("commit-message").since(sent));
    planted.expect(note.path(told).since(noted));
}

/// Plants tokens in names of refs, in reflogs, in the configuration and in other files of the `.git` directory.
pub fn records(planted: &mut Planted) {
    let names = [
        "loose ref name",
        "packed ref name",
        "reflog message",
        "remote address",
        "hook",
        "rerere",
        "large file",
    ];
    let [loose, packed, moved, remote, hook, rerere, lfs] = names.map(|name| planted.place(name));
    let begun = planted.place("message that was begun");
    let (sandbox, root) = (&planted.sandbox, &planted.root);
    sandbox.git([
        "update-ref",
        &format!("refs/heads/p-{}", packed.token),
        root,
    ]);
    sandbox.git(["pack-refs", "--all"]);
    sandbox.git(["update-ref", &format!("refs/tags/l-{}", loose.token), root]);
    sandbox.git([
        "update-ref",
        "--create-reflog",
        "-m",
        &format!("took {}", moved.token),
        "refs/heads/moved",
        root,
    ]);
    sandbox.git([
        "config",
        "remote.x.url",
        &format!("https://u:{}@example.com/x.git", remote.token),
    ]);
    sandbox.write(
        ".git/hooks/pre-push",
        format!("#!/bin/sh\nexport T={}\n", hook.token),
    );
    sandbox.write(".git/rr-cache/ab/preimage", &rerere.token);
    let id = "ab".repeat(32);
    let large = format!(".git/lfs/objects/ab/ab/{id}");
    sandbox
        .write(&large, &lfs.token)
        .write(".git/COMMIT_EDITMSG", &begun.token);
    planted.expect(loose.record(Some("ref-name")));
    planted.expect(packed.record(Some("ref-name")));
    planted.expect(moved.record(Some("reflog")));
    planted.expect(remote.record(Some("git-config")));
    planted.expect(hook.record(Some("git-config")));
    planted.expect(rerere.record(Some("git-config")));
    planted.expect(begun.record(Some("commit-message")));
    planted.expect(lfs.path(large).record(None));
}

/// Plants tokens in the history of a submodule, and of a submodule of a linked work tree.
pub fn submodules(planted: &mut Planted) {
    for (name, top, module) in [
        ("submodule", "", "modules/sub"),
        ("linked submodule", "linked", "worktrees/linked/modules/sub"),
    ] {
        let [gone, kept, config] =
            [name, "submodule's file", "submodule's configuration"].map(|name| planted.place(name));
        let upstream = Sandbox::repository();
        upstream
            .write("gone.txt", &gone.token)
            .write("kept.txt", &kept.token);
        let added = upstream.commit_all("add");
        std::fs::remove_file(upstream.path().join("gone.txt")).unwrap();
        let removed = upstream.commit_all("remove");
        let place = if top.is_empty() {
            planted.sandbox.path()
        } else {
            planted.others[0].path().join(top)
        };
        let (place, from) = (place.to_str().unwrap(), upstream.path());
        let clone = [
            "-C",
            place,
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            from.to_str().unwrap(),
            "sub",
        ];
        planted.sandbox.git(clone);
        let sub = format!("{place}/sub");
        planted
            .sandbox
            .git(["-C", &sub, "config", "x.token", &config.token]);
        let keepers = ["refs/heads/main", "refs/remotes/origin/main"]
            .map(|keeper| format!("{module}:{keeper}"));
        let keepers = keepers.each_ref().map(String::as_str);
        planted.expect(
            gone.path("gone.txt")
                .since(&added)
                .removed(removed)
                .kept_by(&keepers),
        );
        planted.expect(kept.path("kept.txt").since(added).kept_by(&keepers));
        planted.expect(config.record(Some("git-config")));
        planted.others.push(upstream);
    }
}

/// Plants a token in an object of a repository from which this one borrows objects.
pub fn borrowed(planted: &mut Planted) {
    let place = planted.place("borrowed");
    let other = Sandbox::repository();
    other.git_with_input(["hash-object", "-w", "--stdin"], place.token.as_bytes());
    let objects = other.path().join(".git/objects");
    planted.sandbox.write(
        ".git/objects/info/alternates",
        format!("{}\n", objects.display()),
    );
    planted.expect(place.kept_by(&["unreachable"]));
    planted.others.push(other);
}
