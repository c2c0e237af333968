"""The steps of purge.sh that git-filter-repo does not do. Secrets are read from the files beside this one."""

import functools
import os
import shutil
import sys

import purge_refs
from purge_git import common, git, note_refs, note_rewritten, refs, refuse, renamed_commits, work_trees, works
from purge_texts import clean_records, without

# Files in a .git directory that exist while git has an unfinished operation.
BUSY = ["rebase-merge", "rebase-apply", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG"]


def check():
    """Ends with an error if the repository cannot be rewritten safely."""
    folder = common()
    if git("rev-parse", "--is-shallow-repository").strip() == b"true":
        refuse("its history was cut off by a shallow clone: run `git fetch --unshallow`, then make a new plan")
    if works("config", "--get-regexp", r"promisor$|^extensions\.partialclone$"):
        refuse("it is a partial clone: clone it in full, and make a plan there")
    if os.path.exists(os.path.join(folder, "objects", "info", "alternates")):
        refuse("it borrows objects: run `git repack -a -d`, remove .git/objects/info/alternates, then make a new plan")
    if git("rev-parse", "--is-inside-git-dir").strip() == b"true" and works("config", "core.worktree"):
        refuse("this submodule is not checked out: run `git submodule update --init`, then make a new plan")
    if git("rev-parse", "--show-object-format").strip() != b"sha1" and purge_refs.has_nested_tag():
        refuse("git-filter-repo cannot read a tag of a tag in a SHA-256 repository: replace it with a tag of the commit")
    for tree, own in work_trees():
        busy = [name for name in BUSY if os.path.exists(os.path.join(own, name))]
        if busy:
            refuse(f"something is under way in {tree} ({busy[0]}): finish or abort it, then make a new plan")
        if git("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=untracked", cwd=tree):
            refuse(f"there are uncommitted changes in {tree}: commit or discard them, then make a new plan")
        if refs() and not works("rev-parse", "--verify", "--quiet", "HEAD", cwd=tree):
            refuse(f"no commit is checked out in {tree}: switch to a branch that has one")


def before():
    """Prepares refs for git-filter-repo, and deletes files that would keep old objects: .keep, FETCH_HEAD, ORIG_HEAD."""
    folder = common()
    shutil.rmtree(os.path.join(folder, "filter-repo"), ignore_errors=True)
    packs = os.path.join(folder, "objects", "pack")
    for keep in os.listdir(packs) if os.path.isdir(packs) else []:
        # Git never repacks a pack with a .keep file, so the secrets in it would stay.
        if keep.endswith(".keep"):
            os.remove(os.path.join(packs, keep))
    for tree, own in work_trees():
        for name in ["FETCH_HEAD", "ORIG_HEAD"]:
            if os.path.exists(os.path.join(own, name)):
                os.remove(os.path.join(own, name))
    purge_refs.rename()
    note_refs()
    purge_refs.keep_stash()
    purge_refs.keep_heads()
    purge_refs.keep_odd()


def after():
    """Restores heads, odd refs, notes and replacements from their rewritten commits. The stash follows in its own step."""
    purge_refs.restore_heads()
    for tree, _ in work_trees():
        if works("rev-parse", "--verify", "--quiet", "HEAD", cwd=tree):
            git("reset", "--quiet", "--hard", cwd=tree)
    purge_refs.restore_odd()
    purge_refs.move_notes()
    purge_refs.move_replacements()
    note_rewritten()
    clean_records()


def relink(commit):
    """Points the submodules of a commit to their rewritten commits."""
    for change in commit.file_changes:
        if change.type == b"M" and change.mode == b"160000":
            change.blob_id = relinked().get(change.blob_id, change.blob_id)


@functools.lru_cache(maxsize=None)
def relinked():
    """Returns the new id of each rewritten commit of all submodules, by its old id."""
    pairs = {}
    for folder, below, _ in os.walk(common()):
        if "objects" in below:
            below.remove("objects")
        if "filter-repo" in below:
            pairs.update(renamed_commits(folder))
    return pairs


if __name__ == "__main__":
    {"check": check, "before": before, "after": after, "stash": purge_refs.restore_stash}[sys.argv[1]]()
