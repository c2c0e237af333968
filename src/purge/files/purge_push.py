"""Pushes rewritten refs to the remotes by force: only refs that a remote already has."""

import os
import re
import subprocess
import sys

from purge_git import PLAN, REWRITTEN, git, works
from purge_texts import NAMES, without

# Refs that the host manages itself: it accepts no push to them.
HOSTS = (b"refs/pull/", b"refs/merge-requests/", b"refs/pull-requests/", b"refs/changes/", b"refs/pipelines/",
         b"refs/keep-around/", b"refs/environments/")

# The file with refspecs and addresses for git. They may hold secrets, so they are not on a command line.
SETTINGS = os.path.join(PLAN, "push.txt")

# The name of the remote in that file. No configuration has settings for a remote of this name.
NAME = "ntnguard-purge"


def rewritten():
    """Returns the new id of each rewritten object, by its old id."""
    if not os.path.exists(REWRITTEN):
        return {}
    with open(REWRITTEN, "rb") as file:
        return dict(line.split() for line in file.read().splitlines())


def now(object_id, became):
    """Returns the present id of an object of a remote, which may be the same; None if it was never in this repository."""
    while object_id in became:
        object_id = became[object_id]
    return object_id if works("cat-file", "-e", os.fsdecode(object_id)) else None


def compared(there, became):
    """Compares a remote's refs with the rewritten objects. Returns refs to push, to delete, and to leave alone."""
    push, drop, left = [], [], []
    for name, object_id in there.items():
        if name == b"HEAD" or name.endswith(b"^{}"):
            continue
        new_name = without(name, NAMES)
        if masked(new_name) != new_name:
            left.append(new_name + b": its name holds what the plan does not know. Make a fresh clone, and a plan for it")
            continue
        if name.startswith(HOSTS):
            left.append(new_name + b": the host's own ref, which only its support can remove")
            continue
        new = now(object_id, became)
        if not new:
            left.append(new_name + b": it has what was never here. Make a fresh clone, and a plan for it")
        elif (new, new_name) != (object_id, name):
            push.append((new, new_name))
            drop += [name] if new_name != name else []
    return push, drop, left


def run(address, push, drop, there):
    """Pushes by force, but only over refs that did not change since they were listed. Prints git's output without secrets.
    Returns true if the remote accepted everything."""
    lines = [f'[remote "{NAME}"]', f"\turl = {quoted(address)}"]
    lines += [f"\tpush = {quoted(b'%s:%s' % one)}" for one in push] + [f"\tpush = {quoted(b':' + name)}" for name in drop]
    descriptor = os.open(SETTINGS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("\n".join(lines) + "\n")
    # A lease with nothing after its colon means that the remote must not have the ref yet.
    leases = [b"--force-with-lease=%s:%s" % (name, there.get(name, b"")) for _, name in push]
    command = ["push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", *leases, NAME]
    done = subprocess.run(["git", "-c", "include.path=" + SETTINGS, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.remove(SETTINGS)
    say(without(done.stdout, NAMES))
    return done.returncode == 0


def quoted(value):
    """Returns a value in the quotes and escapes of git's configuration."""
    return '"' + os.fsdecode(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def masked(text):
    """Masks runs that could be secrets unknown to the plan: at least 24 letters and digits, with both cases and digits."""
    def mask(found):
        kinds = (rb"[a-z]", rb"[A-Z]", rb"[0-9]")
        return b"*" * len(found[0]) if all(re.search(kind, found[0]) for kind in kinds) else found[0]
    return re.sub(rb"[0-9A-Za-z]{24,}", mask, text)


def say(text):
    """Prints bytes without secrets."""
    sys.stdout.flush()
    sys.stdout.buffer.write(masked(without(text)).rstrip() + b"\n")
    sys.stdout.flush()


def to(remote):
    """Pushes to one remote, after a yes from the user. Returns true if nothing is left to do there."""
    address = git("remote", "get-url", "--push", os.fsdecode(remote)).rstrip(b"\n")
    listed = subprocess.run(["git", "ls-remote", os.fsdecode(remote)], capture_output=True)
    say(b"%s: remote %s" % (os.fsencode(os.getcwd()), remote))
    if listed.returncode != 0:
        say(b"  this remote cannot be read, so nothing was pushed to it:\n" + listed.stderr)
        return False
    there = {name: object_id for object_id, name in (line.split(b"\t", 1) for line in listed.stdout.splitlines())}
    push, drop, left = compared(there, rewritten())
    for new, name in push:
        say(b"  overwrite %s with %.10s" % (name, new))
    for name in drop:
        say(b"  delete the old name of " + without(name, NAMES))
    for line in left:
        say(b"  leave " + line)
    if not push:
        say(b"  nothing that was rewritten is there")
        return not left
    sys.stdout.write('Type "yes" to do that: ')
    sys.stdout.flush()
    if sys.stdin.readline().strip() != "yes":
        say(b"  nothing was pushed to this remote")
        return False
    return run(address, push, drop, there) and not left


if __name__ == "__main__":
    sys.exit(0 if all([to(remote) for remote in git("remote").splitlines()]) else 1)
