"""Refs: their names, and what git-filter-repo does not look at."""

import os

from purge_git import NOBODY, common, git, head_of, links_between_refs, refs, renamed_commits, update, work_trees, works
from purge_texts import NAMES, without

# Refs that keep, while history is rewritten, what git-filter-repo does not look at.
KEPT = b"refs/ntnguard/"


def rename():
    """Gives refs names without secrets."""
    links = links_between_refs()
    heads = [(tree, head_of(tree)) for tree, _ in work_trees()]
    for name, object_id in refs():
        if without(name, NAMES) != name:
            update([b"delete %s %s" % (name, object_id), b"create %s %s" % (without(name, NAMES), object_id)])
    for name, target in links:
        if without(name, NAMES) != name:
            update([b"delete %s" % name])
        if without(name + target, NAMES) != name + target:
            git("symbolic-ref", without(name, NAMES), without(target, NAMES))
    for tree, head in heads:
        if without(head, NAMES) != head:
            git("symbolic-ref", "HEAD", without(head, NAMES), cwd=tree)


def has_nested_tag():
    """Whether a ref leads to a tag of a tag of a commit."""
    listed = [ref.split(b" ") for ref in git("for-each-ref", "--format=%(objectname) %(objecttype)").splitlines()]
    tags = [object_id for object_id, kind in listed if kind == b"tag"]
    nested = [tag for tag in tags if git("cat-file", "tag", tag).splitlines()[1] == b"type tag"]
    return any(peeled(tag)[1] == b"commit" for tag in nested)


def keep_stash():
    """Turns stashes into refs."""
    if not works("rev-parse", "--verify", "--quiet", "refs/stash"):
        return
    stashed = git("reflog", "show", "--format=%H", "refs/stash").split()
    update([b"create %sstash/%06d %s" % (KEPT, number, commit) for number, commit in enumerate(stashed)])
    update([b"delete refs/stash"])


def head_name(own):
    """The ref that keeps the head of the work tree that git's folder is for."""
    return b"%shead/%s" % (KEPT, b"".join(b"%02x" % byte for byte in os.fsencode(own)))


def keep_heads():
    """Turns heads that are on no branch into refs."""
    for tree, own in work_trees():
        if not head_of(tree):
            update([b"update %s %s" % (head_name(own), git("rev-parse", "HEAD", cwd=tree).strip())])


def restore_heads():
    """Lets heads be at the rewritten commits."""
    heads = dict(kept(b"head"))
    for tree, own in work_trees():
        commit = heads.get(head_name(own)[len(KEPT + b"head/"):])
        if commit:
            git("update-ref", "--no-deref", "HEAD", commit, cwd=tree)
    delete(b"head/")


def keep_odd():
    """Makes commits of the files and folders that refs lead to, so that they are filtered like any other."""
    listed = git("for-each-ref", "--format=%(refname) %(objectname) %(objecttype) %(*objecttype) %(symref)")
    for name, object_id, kind, is_of, link in (ref.split(b" ") for ref in listed.splitlines()):
        if link or b"commit" in (kind, is_of):
            continue
        # Of a tag of a tag, older versions of git tell no more than that.
        target, kind = peeled(object_id)
        if kind == b"commit":
            continue
        tree = target if kind == b"tree" else git("mktree", data=b"100644 blob %s\tfile\n" % target).strip()
        commit = git(*NOBODY, "commit-tree", tree, "-m", kind).strip()
        update([b"create %sodd/%s/%s %s" % (KEPT, object_id, name, commit), b"delete %s" % name])


def peeled(object_id):
    """The id and the kind of an object or, if it is a tag, of what it is of."""
    target = git("rev-parse", "--verify", object_id + b"^{}").strip()
    return target, git("cat-file", "-t", target).strip()


def kept(kind):
    """The kept refs of a kind: what their names end in, and their commits now."""
    prefix = KEPT + kind + b"/"
    return [(name[len(prefix):], commit) for name, commit in refs() if name.startswith(prefix)]


def restore_odd():
    """Lets refs lead to the rewritten files and folders; one whose file was dropped goes with it."""
    for name, commit in kept(b"odd"):
        old, name = name.split(b"/", 1)
        target, kind = peeled(old)
        spec = commit + (b":file" if kind == b"blob" else b"^{tree}")
        if works("rev-parse", "--verify", "--quiet", spec):
            new = git("rev-parse", spec).strip()
            if git("cat-file", "-t", old).strip() == b"tag":
                tag = git("cat-file", "tag", old)
                new = old if new == target and clear(tag) else retagged(tag, new, kind)
            update([b"create %s %s" % (name, new)])
    delete(b"odd/")


def clear(tag):
    """Whether nothing in a tag is to be removed."""
    return without(without(tag), NAMES) == tag


def retagged(tag, target, kind):
    """The id of a tag like this one, of something else, without secrets or signature."""
    header, message = without(tag).split(b"\n\n", 1)
    header = header.splitlines()
    header[:3] = [b"object " + target, b"type " + kind, b"tag " + without(header[2][4:], NAMES)]
    message = message.split(b"-----BEGIN ")[0]
    return git("hash-object", "-t", "tag", "-w", "--stdin", data=b"\n".join(header) + b"\n\n" + message).strip()


def delete(kind):
    """Deletes the kept refs of a kind."""
    update([b"delete %s" % name for name, _ in refs() if name.startswith(KEPT + kind)])


def move_notes():
    """Attaches notes to the rewritten commits."""
    pairs = b"".join(b"%s %s\n" % (old, new) for old, new in renamed_commits(common()) if old != new)
    for name, _ in refs():
        if pairs and name.startswith(b"refs/notes/"):
            git(*NOBODY, "notes", b"--ref=" + name, "copy", "--force", "--stdin", data=pairs)


def move_replacements():
    """Lets what replaced a commit replace the rewritten one."""
    moved = dict(renamed_commits(common()))
    for name, object_id in refs():
        old = name[len(b"refs/replace/"):]
        if name.startswith(b"refs/replace/") and moved.get(old, old) != old:
            update([b"delete %s" % name, b"create refs/replace/%s %s" % (moved[old], object_id)])


def restore_stash():
    """Turns refs back into stashes, the oldest first."""
    for _, commit in reversed(kept(b"stash")):
        message = git("cat-file", "commit", commit).split(b"\n\n", 1)[1].strip()
        git("stash", "store", "--quiet", "--message", message, commit)
    delete(b"stash/")
