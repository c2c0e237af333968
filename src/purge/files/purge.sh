#!/bin/sh
# Removes secrets from all history. Read README.md beside this file first: rotate the secrets before anything else.
#
# The secrets themselves are only in the files beside this one, never on a command line.
set -eu
plan=$(cd "$(dirname "$0")" && pwd)
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
# The scan below must use the options of this plan, not those of the environment.
unset NTNGUARD_CONFIG NTNGUARD_BASELINE NTNGUARD_MIN_CONFIDENCE NTNGUARD_FAIL_ON NTNGUARD_FORMAT
# Git reads objects as they are stored, without replacement refs.
export GIT_NO_REPLACE_OBJECTS=1
# No hook runs, git shows no signatures in logs, and Python writes no cache files into the folder of the plan.
export GIT_CONFIG_COUNT=2
export GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null
export GIT_CONFIG_KEY_1=log.showSignature GIT_CONFIG_VALUE_1=false
export PYTHONPATH="$plan" PYTHONDONTWRITEBYTECODE=1
ntnguard=${NTNGUARD:-@NTNGUARD@}

# The step `push` of README.md: pushes the rewritten refs to the remotes by force, after a yes for each remote.
if test "${1-}" = push; then
    test -e "$plan/rewritten.txt" || { echo "Nothing was rewritten yet: run this without push first" >&2; exit 2; }
    for repository in@REPOSITORIES@; do
        (cd "$repository" && python3 "$plan/purge_push.py") || incomplete=1
    done
    test -z "${incomplete-}" || { echo "Some refs or remotes still need work: see the messages above" >&2; exit 1; }
    exit 0
fi

for tool in python3 git-filter-repo "$ntnguard"; do
    command -v "$tool" > /dev/null || {
        case "$tool" in
            git-filter-repo) how='`pipx install git-filter-repo`, or your package manager, installs it' ;;
            python3) how='install Python 3' ;;
            *) how='set NTNGUARD=/path/to/ntnguard if it has moved' ;;
        esac
        echo "$tool is not installed: nothing was changed. $how" >&2
        exit 2
    }
done
# Stops before the first change if a repository cannot be rewritten, for example because of uncommitted changes.
for repository in@REPOSITORIES@; do
    (cd "$repository" && python3 "$plan/purge.py" check) || exit 2
done

under_way=
trap 'test -z "$under_way" || echo "Stopped in the middle of $under_way: restore it from your copy first" >&2' EXIT

purge() {
    cd "$1"
    echo "Rewriting $1"
    under_way=$1
    # Renames refs. Makes temporary refs for what git-filter-repo does not rewrite: stashes, detached heads, refs to files.
    python3 "$plan/purge.py" before
    # A repository without refs has no history.
    test -z "$(git for-each-ref --count=1)" ||
        git filter-repo --force --partial --prune-empty never --prune-degenerate never@FLAGS@
    # Restores these from the rewritten commits, resets work trees, and removes secrets from git's own files.
    python3 "$plan/purge.py" after
    git reflog expire --expire=now --all
    # The stash is a reflog, so it is restored after reflogs are expired.
    python3 "$plan/purge.py" stash
    git gc --quiet --prune=now
    under_way=
}
@PURGE@
echo "The rewrite is done. A scan shows if any secret is left:"
"$ntnguard" history@ARGUMENTS@ @REPOSITORY@
