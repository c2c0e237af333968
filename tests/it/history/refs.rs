//! Tokens that only one ref, reflog or index keeps from being pruned, and tokens that nothing keeps.

use super::planted::{Place, Planted};
use crate::sandbox::Sandbox;

/// Plants tokens in merge commits that add lines which no parent has.
pub fn merges(planted: &mut Planted) {
    let [evil, octopus] = ["evil merge", "octopus merge"].map(|name| planted.place(name));
    let sides = ["one", "two", "three"].map(|name| planted.aside(name, name));
    let sandbox = &planted.sandbox;
    let merge = |place: Place, path: &str, sides: &[String]| {
        sandbox.git(
            [
                &["merge", "-q", "--no-ff", "--no-commit"][..],
                &sides.iter().map(String::as_str).collect::<Vec<_>>(),
            ]
            .concat(),
        );
        sandbox.write(path, &place.token);
        (sandbox.commit_all("merge"), place)
    };
    let merged = [
        merge(evil, "evil.txt", &sides[..1]),
        merge(octopus, "octopus.txt", &sides[1..]),
    ];
    for ((commit, place), path) in merged.into_iter().zip(["evil.txt", "octopus.txt"]) {
        let parents = planted
            .sandbox
            .git(["rev-list", "--parents", "-n1", &commit])
            .split(' ')
            .count()
            - 1;
        assert_eq!(parents, if path == "evil.txt" { 2 } else { 3 });
        planted.expect(place.path(path).since(&commit));
    }
}

/// Plants tokens in commits to which only one ref leads.
pub fn named(planted: &mut Planted) {
    let refs = [
        "refs/heads/feature",
        "refs/heads/packed",
        "refs/tags/light",
        "refs/pull/7/head",
        "refs/remotes/origin/topic",
        "refs/original/refs/heads/main",
    ];
    for name in refs {
        let place = planted.place(name);
        let commit = planted.aside("aside.txt", &place.token);
        planted.sandbox.git(["update-ref", name, &commit]);
        if name == "refs/heads/packed" {
            planted.sandbox.git(["pack-refs", "--all"]);
        }
        planted.expect(place.path("aside.txt").since(commit).kept_by(&[name]));
    }
    let orphan = planted.place("orphan branch");
    let sandbox = &planted.sandbox;
    sandbox.git(["checkout", "-q", "--orphan", "orphan"]);
    sandbox.git(["rm", "-q", "-r", "-f", "."]);
    sandbox.write("orphan.txt", &orphan.token);
    let commit = sandbox.commit_all("orphan");
    sandbox.git(["checkout", "-q", "main"]);
    planted.expect(
        orphan
            .path("orphan.txt")
            .since(commit)
            .kept_by(&["refs/heads/orphan"]),
    );
}

/// Plants tokens that tags of commits, blobs and trees lead to.
pub fn tags(planted: &mut Planted) {
    let names = [
        "annotated tag",
        "tag message",
        "tag of a blob",
        "light tag of a blob",
        "tag of a tree",
        "tag of a tag",
    ];
    let [commit, message, blob, light, tree, twice] = names.map(|name| planted.place(name));
    let annotated = planted.aside("tagged.txt", &commit.token);
    let nested = planted.aside("twice.txt", &twice.token);
    let sandbox = &planted.sandbox;
    sandbox.git([
        "tag",
        "-a",
        "-m",
        &format!("release\n\nwith {}", message.token),
        "annotated",
        &annotated,
    ]);
    sandbox.git(["tag", "-a", "-m", "inner", "inner", &nested]);
    sandbox.git(["tag", "-a", "-m", "outer", "outer", "inner"]);
    sandbox.git(["tag", "-d", "inner"]);
    let write = |content: &str| {
        sandbox.git_with_input(["hash-object", "-w", "--stdin"], content.as_bytes())
    };
    sandbox.git(["tag", "-a", "-m", "a blob", "blob", &write(&blob.token)]);
    sandbox.git(["tag", "light-blob", &write(&light.token)]);
    let in_tree = sandbox.git_with_input(
        ["mktree"],
        format!("100644 blob {}\tin-tree\n", write(&tree.token)).as_bytes(),
    );
    sandbox.git(["tag", "-a", "-m", "a tree", "tree", &in_tree]);
    planted.expect(
        commit
            .path("tagged.txt")
            .since(annotated)
            .kept_by(&["refs/tags/annotated"]),
    );
    planted.expect(
        message
            .part("tag-message")
            .kept_by(&["refs/tags/annotated"]),
    );
    planted.expect(blob.kept_by(&["refs/tags/blob"]));
    planted.expect(light.kept_by(&["refs/tags/light-blob"]));
    planted.expect(tree.path("in-tree").kept_by(&["refs/tags/tree"]));
    planted.expect(
        twice
            .path("twice.txt")
            .since(nested)
            .kept_by(&["refs/tags/outer"]),
    );
}

/// Plants tokens in stashes and in amended commits.
pub fn stashes(planted: &mut Planted) {
    let names = ["stash", "untracked stash", "older stash", "amended"];
    let [tracked, untracked, older, amended] = names.map(|name| planted.place(name));
    let sandbox = &planted.sandbox;
    sandbox.write("base.txt", &older.token).git(["stash", "-q"]);
    let first = sandbox.id("stash");
    sandbox
        .write("base.txt", &tracked.token)
        .write("untracked.txt", &untracked.token)
        .git(["stash", "-q", "-u"]);
    let (second, third) = (sandbox.id("stash"), sandbox.id("stash^3"));
    sandbox.write("amended.txt", &amended.token);
    let before = sandbox.commit_all("amend me");
    sandbox.git(["rm", "-q", "amended.txt"]);
    sandbox.git(["commit", "-q", "--amend", "--allow-empty", "-m", "amended"]);
    planted.expect(older.path("base.txt").since(first).kept_by(&["stash"]));
    planted.expect(tracked.path("base.txt").since(second).kept_by(&["stash"]));
    planted.expect(
        untracked
            .path("untracked.txt")
            .since(third)
            .kept_by(&["stash"]),
    );
    planted.expect(
        amended
            .path("amended.txt")
            .since(before)
            .kept_by(&["reflog:HEAD", "reflog:refs/heads/main"]),
    );
}

/// Plants tokens in unreachable objects.
pub fn unreachable(planted: &mut Planted) {
    let names = [
        "dangling blob",
        "dangling tree",
        "unreachable commit",
        "unreachable removal",
        "staged and unstaged",
    ];
    let [blob, tree, commit, removed, unstaged] = names.map(|name| planted.place(name));
    let sandbox = &planted.sandbox;
    let write = |content: &str| {
        sandbox.git_with_input(["hash-object", "-w", "--stdin"], content.as_bytes())
    };
    let tree_of = |name: &str, content: &str| {
        sandbox.git_with_input(
            ["mktree"],
            format!("100644 blob {}\t{name}\n", write(content)).as_bytes(),
        )
    };
    let commit_of = |tree: &str, parent: &str| {
        sandbox
            .git(["commit-tree", "-m", "lost", "-p", parent, tree])
            .trim()
            .to_owned()
    };
    write(&blob.token);
    tree_of("dangling.txt", &tree.token);
    let lost = commit_of(&tree_of("lost.txt", &commit.token), &planted.root);
    let first = commit_of(&tree_of("again.txt", &removed.token), &planted.root);
    let second = commit_of(&tree_of("again.txt", "clean"), &first);
    sandbox
        .write("unstaged.txt", &unstaged.token)
        .git(["add", "unstaged.txt"]);
    sandbox.git(["rm", "-q", "-f", "unstaged.txt"]);
    let nothing = ["unreachable"];
    planted.expect(blob.kept_by(&nothing));
    planted.expect(tree.path("dangling.txt").kept_by(&nothing));
    planted.expect(commit.path("lost.txt").since(lost).kept_by(&nothing));
    planted.expect(
        removed
            .path("again.txt")
            .since(first)
            .removed(second)
            .kept_by(&nothing),
    );
    planted.expect(unstaged.kept_by(&nothing));
}

/// Plants tokens that only work trees keep: their heads, their own refs, their indexes. The commits on a detached head are
/// made last.
pub fn work_trees(planted: &mut Planted) {
    let names = [
        "linked HEAD",
        "linked index",
        "linked ref",
        "detached HEAD",
        "staged",
        "name of an empty staged file",
        "conflict",
    ];
    let [head, index, own, detached, staged, empty, conflict] =
        names.map(|name| planted.place(name));
    let (sandbox, other) = (&planted.sandbox, Sandbox::new());
    let linked = other.path().join("linked");
    let linked = linked.to_str().unwrap();
    sandbox.git(["worktree", "add", "-q", "--detach", linked, &planted.root]);
    let commit = |file: &str, content: &str| {
        other.write(format!("linked/{file}"), content);
        other.git(["-C", linked, "add", "."]);
        other.git(["-C", linked, "commit", "-q", "-m", "linked"]);
        other
            .git(["-C", linked, "rev-parse", "HEAD"])
            .trim()
            .to_owned()
    };
    let bisected = commit("own.txt", &own.token);
    other.git(["-C", linked, "update-ref", "refs/worktree/own", "HEAD"]);
    other.git(["-C", linked, "reset", "-q", "--hard", &planted.root]);
    let linked_head = commit("head.txt", &head.token);
    other
        .write("linked/index.txt", &index.token)
        .git(["-C", linked, "add", "index.txt"]);

    sandbox.git(["checkout", "-q", "--detach"]);
    sandbox.write("detached.txt", &detached.token);
    let here = sandbox.commit_all("detached");
    let empty_path = format!("{}.env.txt", empty.token);
    sandbox
        .write("staged.txt", &staged.token)
        .write(&empty_path, "");
    sandbox.git(["add", "staged.txt", &empty_path]);
    let ours = sandbox.git_with_input(["hash-object", "-w", "--stdin"], conflict.token.as_bytes());
    sandbox.git_with_input(
        ["update-index", "--index-info"],
        format!("100644 {ours} 2\tconflict.txt\n").as_bytes(),
    );
    planted.others.push(other);
    planted.expect(
        head.path("head.txt")
            .since(linked_head)
            .kept_by(&["worktrees/linked/HEAD"]),
    );
    planted.expect(
        own.path("own.txt")
            .since(bisected)
            .kept_by(&["worktrees/linked/refs/worktree/own"]),
    );
    planted.expect(index.kept_by(&["worktrees/linked/index"]));
    planted.expect(detached.path("detached.txt").since(here).kept_by(&["HEAD"]));
    planted.expect(staged.kept_by(&["index"]));
    planted.expect(empty.path(empty_path).record(Some("path-name")));
    planted.expect(conflict.kept_by(&["index"]));
}
