//! Checks for the parts of history that a shallow clone left out.

use gix::ObjectId;

use super::store::{Store, damaged};
use crate::model::skip::{Skip, SkipReason};

/// Returns the commits whose parents a shallow clone left out; none if the repository is not
/// shallow.
pub fn shallow(repository: &gix::Repository, skip: &dyn Fn(Skip)) -> Vec<ObjectId> {
    match repository.shallow_commits() {
        Ok(commits) => commits
            .iter()
            .flat_map(|commits| commits.iter().copied())
            .collect(),
        Err(error) => {
            skip(damaged(
                &repository.common_dir().join("shallow"),
                SkipReason::Corrupt,
                crate::error::chain(&error),
            ));
            Vec::new()
        }
    }
}

/// Reports that history is incomplete if a parent of one of `commits` is missing. `commits` is the
/// result of [`shallow`].
pub fn report_shallow(
    repository: &gix::Repository,
    store: &Store,
    commits: &[ObjectId],
    skip: &dyn Fn(Skip),
) {
    let is_cut = |id: &&ObjectId| {
        let Ok(commit) = repository.find_object(**id) else {
            return true;
        };
        let mut parents =
            gix::objs::CommitRefIter::from_bytes(&commit.data, id.kind()).parent_ids();
        parents.any(|parent| !store.has(&parent))
    };
    let cut = commits.iter().filter(is_cut).count();
    if cut > 0 {
        let commits = if cut == 1 {
            "1 commit"
        } else {
            &format!("{cut} commits")
        };
        let detail =
            format!("the history before {commits} was left out when the repository was cloned");
        skip(damaged(
            &repository.common_dir().join("shallow"),
            SkipReason::Shallow,
            detail,
        ));
    }
}
