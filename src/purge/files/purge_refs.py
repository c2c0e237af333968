"""Renames refs, and prepares and restores refs that git-filter-repo does not rewrite."""

import os

from purge_git import NOBODY, common, git, head_of, links_between_refs, refs, renamed_commits, update, work_trees, works
from purge_texts import NAMES, without

# Temporary refs for stashes, detached heads, and refs to files and trees, so that git-filter-repo rewrites these, too.
KEPT = b"refs/ntnguard/"


def rename():
    """Removes secrets from the names of refs."""
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
    """Returns true if a ref points to a tag of a tag of a commit."""
    listed = [ref.split(b" ") for ref in git("for-each-ref", "--format=%(objectname) %(objecttype)").splitlines()]
    tags = [object_id for object_id, kind in listed if kind == b"tag"]
    nested = [tag for tag in tags if git("cat-file", "tag", tag).splitlines()[1] == b"type tag"]
    return any(peeled(tag)[1] == b"commit" for tag in nested)


def keep_stash():
    """Makes a temporary ref for each stash, and deletes the stash."""
    if not works("rev-parse", "--verify", "--quiet", "refs/stash"):
        return
    stashed = git("reflog", "show", "--format=%H", "refs/stash").split()
    update([b"create %sstash/%06d %s" % (KEPT, number, commit) for number, commit in enumerate(stashed)])
    update([b"delete refs/stash"])


def head_name(own):
    """Returns the name of the temporary ref for the head of the work tree with the .git directory `own`."""
    return b"%shead/%s" % (KEPT, b"".join(b"%02x" % byte for byte in os.fsencode(own)))


def keep_heads():
    """Makes a temporary ref for each detached head."""
    for tree, own in work_trees():
        if not head_of(tree):
            update([b"update %s %s" % (head_name(own), git("rev-parse", "HEAD", cwd=tree).strip())])


def restore_heads():
    """Points detached heads to their rewritten commits."""
    heads = dict(kept(b"head"))
    for tree, own in work_trees():
        commit = heads.get(head_name(own)[len(KEPT + b"head/"):])
        if commit:
            git("update-ref", "--no-deref", "HEAD", commit, cwd=tree)
    delete(b"head/")


def keep_odd():
    """Makes a commit for each file or tree that a ref points to, so that git-filter-repo rewrites it."""
    listed = git("for-each-ref", "--format=%(refname) %(objectname) %(objecttype) %(*objecttype) %(symref)")
    for name, object_id, kind, is_of, link in (ref.split(b" ") for ref in listed.splitlines()):
        if link or b"commit" in (kind, is_of):
            continue
        # For a tag of a tag, older versions of git print only the type of the inner tag.
        target, kind = peeled(object_id)
        if kind == b"commit":
            continue
        tree = target if kind == b"tree" else git("mktree", data=b"100644 blob %s\tfile\n" % target).strip()
        commit = git(*NOBODY, "commit-tree", tree, "-m", kind).strip()
        update([b"create %sodd/%s/%s %s" % (KEPT, object_id, name, commit), b"delete %s" % name])


def peeled(object_id):
    """Returns the id and the type of an object or, for a tag, of its final target."""
    target = git("rev-parse", "--verify", object_id + b"^{}").strip()
    return target, git("cat-file", "-t", target).strip()


def kept(kind):
    """Returns the temporary refs of a kind: the rest of each name, and the present commit."""
    prefix = KEPT + kind + b"/"
    return [(name[len(prefix):], commit) for name, commit in refs() if name.startswith(prefix)]


def restore_odd():
    """Restores refs to files and trees with their rewritten targets. A ref whose file was dropped is not restored."""
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
    """Returns true if a tag contains nothing to remove."""
    return without(without(tag), NAMES) == tag


def retagged(tag, target, kind):
    """Writes a copy of a tag with another target, without secrets and signature. Returns its id."""
    header, message = without(tag).split(b"\n\n", 1)
    header = header.splitlines()
    header[:3] = [b"object " + target, b"type " + kind, b"tag " + without(header[2][4:], NAMES)]
    message = message.split(b"-----BEGIN ")[0]
    return git("hash-object", "-t", "tag", "-w", "--stdin", data=b"\n".join(header) + b"\n\n" + message).strip()


def delete(kind):
    """Deletes the temporary refs of a kind."""
    update([b"delete %s" % name for name, _ in refs() if name.startswith(KEPT + kind)])


def move_notes():
    """Copies notes to the rewritten commits."""
    pairs = b"".join(b"%s %s\n" % (old, new) for old, new in renamed_commits(common()) if old != new)
    for name, _ in refs():
        if pairs and name.startswith(b"refs/notes/"):
            git(*NOBODY, "notes", b"--ref=" + name, "copy", "--force", "--stdin", data=pairs)


def move_replacements():
    """Renames replacement refs so that they replace the rewritten commits."""
    moved = dict(renamed_commits(common()))
    for name, object_id in refs():
        old = name[len(b"refs/replace/"):]
        if name.startswith(b"refs/replace/") and moved.get(old, old) != old:
            update([b"delete %s" % name, b"create refs/replace/%s %s" % (moved[old], object_id)])


def restore_stash():
    """Restores stashes from their temporary refs, the oldest first."""
    for _, commit in reversed(kept(b"stash")):
        message = git("cat-file", "commit", commit).split(b"\n\n", 1)[1].strip()
        git("stash", "store", "--quiet", "--message", message, commit)
    delete(b"stash/")
