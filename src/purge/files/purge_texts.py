"""Removes secrets from texts, as the files of the plan say."""

import os
import re
import shutil

from purge_git import PLAN, common


def lines(name):
    """Returns the lines of a file of the plan."""
    with open(os.path.join(PLAN, name), "rb") as file:
        return file.read().splitlines()


def expressions(name):
    """Returns the patterns in a file of the plan, each with its replacement."""
    read = []
    for line in lines(name):
        kind, rest = line.split(b":", 1)
        old, new = rest.rsplit(b"==>", 1)
        read.append((re.compile(old if kind == b"regex" else re.escape(old)), new))
    return read


TEXTS = expressions("replace-text.txt")
MESSAGES = expressions("replace-message.txt")
RECORDS = expressions("replace-record.txt")
NAMES = expressions("rename.txt")


def without(data, of=MESSAGES):
    """Returns the data with all expressions in `of` replaced."""
    for old, new in of:
        data = old.sub(new, data)
    return data


def clean_records():
    """Removes secrets from git's own files, including those of submodules, and deletes git-lfs objects with secrets."""
    large = {os.fsdecode(oid) for oid in lines("lfs-objects.txt")}
    for folder, below, files in os.walk(common()):
        if "HEAD" in files and "objects" in below:
            below.remove("objects")
        for name in files:
            path = os.path.join(folder, name)
            if name in large:
                os.remove(path)
            elif os.path.isfile(path) and not os.path.islink(path) and name not in ("gitdir", "commondir"):
                clean(path)


def clean(path):
    """Removes secrets from one file. Everything else in it stays unchanged."""
    with open(path, "rb") as file:
        data = file.read(8192)
        # Like git-filter-repo, leave binary files alone. The index is one of them.
        if b"\0" in data:
            return
        data += file.read()
    # Names are replaced, too, so that the section of a branch in the configuration keeps the name of the branch.
    new = without(without(without(without(data, NAMES), RECORDS), MESSAGES), TEXTS)
    if new != data:
        beside = path + ".purged"
        with open(beside, "wb") as file:
            file.write(new)
        shutil.copymode(path, beside)
        os.replace(beside, path)
