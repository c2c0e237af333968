"""What is removed from texts, as the files of the plan say."""

import os
import re
import shutil

from purge_git import PLAN, common


def lines(name):
    """The lines of a file of the plan."""
    with open(os.path.join(PLAN, name), "rb") as file:
        return file.read().splitlines()


def expressions(name):
    """What a file of the plan says to look for, and what to put in its place."""
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
    """The data without what is to be removed."""
    for old, new in of:
        data = old.sub(new, data)
    return data


def clean_records():
    """Removes what is in git's own files, those of submodules with them, and large files."""
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
    """Removes what is in one file, which stays what it is otherwise."""
    with open(path, "rb") as file:
        data = file.read(8192)
        # As git-filter-repo does, binary files are left alone: indexes are of that kind.
        if b"\0" in data:
            return
        data += file.read()
    # A branch's section in the configuration follows the branch.
    new = without(without(without(without(data, NAMES), RECORDS), MESSAGES), TEXTS)
    if new != data:
        beside = path + ".purged"
        with open(beside, "wb") as file:
            file.write(new)
        shutil.copymode(path, beside)
        os.replace(beside, path)
