"""Forces what was rewritten to the remotes: what each of them has there, and nothing that it never had."""

import os
import re
import subprocess
import sys

from purge_git import PLAN, REWRITTEN, git, works
from purge_texts import NAMES, without

# Refs that are the host's own: nobody can push there.
HOSTS = (b"refs/pull/", b"refs/merge-requests/", b"refs/pull-requests/", b"refs/changes/", b"refs/pipelines/",
         b"refs/keep-around/", b"refs/environments/")

# Where refspecs and addresses stand for git, since they may hold secrets.
SETTINGS = os.path.join(PLAN, "push.txt")

# What a remote is called there: nobody has settings for that.
NAME = "ntnguard-purge"


def rewritten():
    """What each object that was rewritten became."""
    if not os.path.exists(REWRITTEN):
        return {}
    with open(REWRITTEN, "rb") as file:
        return dict(line.split() for line in file.read().splitlines())


def now(object_id, became):
    """What an object that a remote has became here, which may be itself; nothing, if it was never here."""
    while object_id in became:
        object_id = became[object_id]
    return object_id if works("cat-file", "-e", os.fsdecode(object_id)) else None


def compared(there, became):
    """What to push, each as a source and a name, what to delete, and what is left alone."""
    push, drop, left = [], [], []
    for name, object_id in there.items():
        if name == b"HEAD" or name.endswith(b"^{}"):
            continue
        new_name = without(name, NAMES)
        if masked(new_name) != new_name:
            left.append(new_name + b": its name holds what the plan does not know. Clone anew, and make a plan there")
            continue
        if name.startswith(HOSTS):
            left.append(new_name + b": the host's own, which its support can remove")
            continue
        new = now(object_id, became)
        if not new:
            left.append(new_name + b": it has what was never here. Clone anew, and make a plan there")
        elif (new, new_name) != (object_id, name):
            push.append((new, new_name))
            drop += [name] if new_name != name else []
    return push, drop, left


def run(address, push, drop, there):
    """Pushes by force, as long as the remote still has what was listed; whether all of it was accepted. What git prints is
    shown without secrets."""
    lines = [f'[remote "{NAME}"]', f"\turl = {quoted(address)}"]
    lines += [f"\tpush = {quoted(b'%s:%s' % one)}" for one in push] + [f"\tpush = {quoted(b':' + name)}" for name in drop]
    descriptor = os.open(SETTINGS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("\n".join(lines) + "\n")
    # Nothing behind a colon stands for what must not be there yet.
    leases = [b"--force-with-lease=%s:%s" % (name, there.get(name, b"")) for _, name in push]
    command = ["push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", *leases, NAME]
    done = subprocess.run(["git", "-c", "include.path=" + SETTINGS, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.remove(SETTINGS)
    say(without(done.stdout, NAMES))
    return done.returncode == 0


def quoted(value):
    """A value as git's configuration writes it."""
    return '"' + os.fsdecode(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def masked(text):
    """The text without what could be a secret that the plan does not know: long, and of both cases and digits."""
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
    """Pushes to one remote, if whoever runs this says yes; whether nothing is left to do there."""
    address = git("remote", "get-url", "--push", os.fsdecode(remote)).rstrip(b"\n")
    listed = subprocess.run(["git", "ls-remote", os.fsdecode(remote)], capture_output=True)
    say(b"%s: remote %s" % (os.fsencode(os.getcwd()), remote))
    if listed.returncode != 0:
        say(b"  it cannot be read, so nothing was pushed there:\n" + listed.stderr)
        return False
    there = {name: object_id for object_id, name in (line.split(b"\t", 1) for line in listed.stdout.splitlines())}
    push, drop, left = compared(there, rewritten())
    for new, name in push:
        say(b"  overwrite %s with %.10s" % (name, new))
    for name in drop:
        say(b"  delete what is now " + without(name, NAMES))
    for line in left:
        say(b"  leave " + line)
    if not push:
        say(b"  nothing that was rewritten is there")
        return not left
    sys.stdout.write('Type "yes" to do that: ')
    sys.stdout.flush()
    if sys.stdin.readline().strip() != "yes":
        say(b"  nothing was pushed there")
        return False
    return run(address, push, drop, there) and not left


if __name__ == "__main__":
    sys.exit(0 if all([to(remote) for remote in git("remote").splitlines()]) else 1)
