"""Functions that run git, for the other modules."""

import os
import subprocess
import sys

PLAN = os.path.dirname(os.path.abspath(__file__))

# A line for each rewritten object: its old id and its new id. It grows with each run.
REWRITTEN = os.path.join(PLAN, "rewritten.txt")

# A line for each ref before the rewrite: its name and its id.
BEFORE = os.path.join(PLAN, "refs.txt")

# The author of commits that this script makes.
NOBODY = ["-c", "user.name=ntnguard", "-c", "user.email=ntnguard@localhost"]


def git(*arguments, data=None, cwd=None):
    """Runs git and returns its standard output. Raises an error if git fails."""
    return subprocess.run(["git", *arguments], input=data, cwd=cwd, check=True, stdout=subprocess.PIPE).stdout


def works(*arguments, cwd=None):
    """Returns true if git succeeds."""
    return subprocess.run(["git", *arguments], cwd=cwd, capture_output=True).returncode == 0


def refuse(why):
    """Prints the reason why nothing was changed, and ends the script."""
    sys.exit(f"{os.getcwd()}: {why}. Nothing was changed.")


def common():
    """Returns the .git directory that all work trees share."""
    return os.path.abspath(os.fsdecode(git("rev-parse", "--git-common-dir").rstrip(b"\n")))


def refs():
    """Returns the name and the id of every ref, without symbolic refs."""
    listed = git("for-each-ref", "--format=%(refname) %(objectname) %(symref)").splitlines()
    return [ref.split(b" ")[:2] for ref in listed if ref.endswith(b" ")]


def links_between_refs():
    """Returns the name and the target of every symbolic ref."""
    listed = git("for-each-ref", "--format=%(refname) %(symref)").splitlines()
    return [ref.split(b" ") for ref in listed if not ref.endswith(b" ")]


def update(commands):
    """Updates all refs of the commands, or none. A symbolic ref is changed itself, not its target."""
    git("update-ref", "--no-deref", "--stdin", data=b"".join(b"%s\n" % command for command in commands))


def work_trees():
    """Yields the directory of every work tree, with its .git directory."""
    for entry in git("worktree", "list", "--porcelain", "-z").split(b"\0\0"):
        fields = entry.split(b"\0")
        folder = os.fsdecode(fields[0][len(b"worktree "):])
        if fields[0] and b"bare" not in fields:
            # For a submodule, git lists the .git directory. The current directory is the work tree.
            folder = os.getcwd() if folder == common() else folder
            if not os.path.isdir(folder):
                refuse(f"the work tree {folder} is gone: run `git worktree prune`, or restore the folder")
            yield folder, os.fsdecode(git("rev-parse", "--absolute-git-dir", cwd=folder).rstrip(b"\n"))


def head_of(tree):
    """Returns the full name of the branch that a work tree is on; empty for a detached head."""
    done = subprocess.run(["git", "symbolic-ref", "--quiet", "HEAD"], cwd=tree, stdout=subprocess.PIPE)
    return done.stdout.rstrip(b"\n")


def note_refs():
    """Saves the name and the id of every ref."""
    with open(BEFORE, "wb") as file:
        file.writelines(b"%s %s\n" % (name, object_id) for name, object_id in refs())


def note_rewritten():
    """Saves the new ids of commits and other targets of refs. The next run of git-filter-repo overwrites its list."""
    pairs, here = dict(renamed_commits(common())), dict(refs())
    with open(BEFORE, "rb") as file:
        for name, object_id in (line.split(b" ") for line in file.read().splitlines()):
            pairs.setdefault(object_id, here.get(name, object_id))
    with open(REWRITTEN, "ab") as file:
        file.writelines(b"%s %s\n" % pair for pair in pairs.items() if pair[0] != pair[1])


def renamed_commits(folder):
    """Returns the pairs of old and new ids of commits that git-filter-repo wrote to the .git directory."""
    path = os.path.join(folder, "filter-repo", "commit-map")
    if not os.path.exists(path):
        return []
    with open(path, "rb") as file:
        return [tuple(line.split()) for line in file.read().splitlines()[1:]]
