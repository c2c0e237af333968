"""Git: how it is run, and what of it the other modules ask."""

import os
import subprocess
import sys

PLAN = os.path.dirname(os.path.abspath(__file__))

# What objects became that refs had or led to, a pair of ids a line, over all runs.
REWRITTEN = os.path.join(PLAN, "rewritten.txt")

# Which ref had which id before.
BEFORE = os.path.join(PLAN, "refs.txt")

# For commits that are of no person's making.
NOBODY = ["-c", "user.name=ntnguard", "-c", "user.email=ntnguard@localhost"]


def git(*arguments, data=None, cwd=None):
    """Runs git, which must succeed, and returns what it printed."""
    return subprocess.run(["git", *arguments], input=data, cwd=cwd, check=True, stdout=subprocess.PIPE).stdout


def works(*arguments, cwd=None):
    """Whether git succeeds."""
    return subprocess.run(["git", *arguments], cwd=cwd, capture_output=True).returncode == 0


def refuse(why):
    """Says why nothing was changed, and ends."""
    sys.exit(f"{os.getcwd()}: {why}. Nothing was changed.")


def common():
    """Git's own folder, as all work trees share it."""
    return os.path.abspath(os.fsdecode(git("rev-parse", "--git-common-dir").rstrip(b"\n")))


def refs():
    """The name of every ref and the id that it has; those that lead to others are left out."""
    listed = git("for-each-ref", "--format=%(refname) %(objectname) %(symref)").splitlines()
    return [ref.split(b" ")[:2] for ref in listed if ref.endswith(b" ")]


def links_between_refs():
    """Refs that lead to others, and those."""
    listed = git("for-each-ref", "--format=%(refname) %(symref)").splitlines()
    return [ref.split(b" ") for ref in listed if not ref.endswith(b" ")]


def update(commands):
    """Updates refs, all or none. What leads to another ref is not followed."""
    git("update-ref", "--no-deref", "--stdin", data=b"".join(b"%s\n" % command for command in commands))


def work_trees():
    """The folder of every work tree, and git's own folder for it."""
    for entry in git("worktree", "list", "--porcelain", "-z").split(b"\0\0"):
        fields = entry.split(b"\0")
        folder = os.fsdecode(fields[0][len(b"worktree "):])
        if fields[0] and b"bare" not in fields:
            # For a submodule, git lists its own folder; we stand in the work tree.
            folder = os.getcwd() if folder == common() else folder
            if not os.path.isdir(folder):
                refuse(f"the work tree {folder} is gone: run `git worktree prune`, or bring it back")
            yield folder, os.fsdecode(git("rev-parse", "--absolute-git-dir", cwd=folder).rstrip(b"\n"))


def head_of(tree):
    """The branch that a work tree is on; empty for one that is on none."""
    done = subprocess.run(["git", "symbolic-ref", "--quiet", "HEAD"], cwd=tree, stdout=subprocess.PIPE)
    return done.stdout.rstrip(b"\n")


def note_refs():
    """Writes down which ref has which id."""
    with open(BEFORE, "wb") as file:
        file.writelines(b"%s %s\n" % (name, object_id) for name, object_id in refs())


def note_rewritten():
    """Writes down what became of commits, which the next run of git-filter-repo forgets, and of what else refs had."""
    pairs, here = dict(renamed_commits(common())), dict(refs())
    with open(BEFORE, "rb") as file:
        for name, object_id in (line.split(b" ") for line in file.read().splitlines()):
            pairs.setdefault(object_id, here.get(name, object_id))
    with open(REWRITTEN, "ab") as file:
        file.writelines(b"%s %s\n" % pair for pair in pairs.items() if pair[0] != pair[1])


def renamed_commits(folder):
    """The pairs of old and new ids of commits that git-filter-repo left in git's own folder."""
    path = os.path.join(folder, "filter-repo", "commit-map")
    if not os.path.exists(path):
        return []
    with open(path, "rb") as file:
        return [tuple(line.split()) for line in file.read().splitlines()[1:]]
