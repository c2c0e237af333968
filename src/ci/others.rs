//! Events of the CI systems that report everything in variables, with the source for each system.
//!
//! - GitLab: "Predefined CI/CD variables reference" (docs.gitlab.com). `CI_COMMIT_BEFORE_SHA` is
//!   zeros in pipelines of merge requests and for the first commit of a branch;
//!   `CI_MERGE_REQUEST_SOURCE_BRANCH_SHA` is empty except for merged results, where `CI_COMMIT_SHA`
//!   is a merge commit made by GitLab. A child pipeline has the variables of its parent's merge
//!   request.
//! - Bitbucket: "Variables and secrets" (support.atlassian.com). No variable has the commit before
//!   a push. The commit of a pull request's destination may be abbreviated, and the destination
//!   branch may not be fetched.
//! - Azure: "Use predefined variables" (learn.microsoft.com); `Build.Reason` is in the variable
//!   `BUILD_REASON`. For a pull request, a merge commit is checked out, and
//!   `SYSTEM_PULLREQUEST_SOURCECOMMITID` is the head of the source branch. The target is a full ref
//!   for repositories at Azure, and a short name for repositories at GitHub.
//! - Jenkins: the variables of multibranch projects (`CHANGE_TARGET`, `TAG_NAME`, `BRANCH_NAME`)
//!   and of its git plugin. `GIT_PREVIOUS_COMMIT` is the commit of the last build on this branch.
//! - Buildkite: "Environment variables" (buildkite.com/docs). `BUILDKITE_COMMIT` may be `HEAD`;
//!   `BUILDKITE_PULL_REQUEST` is `false` if there is no pull request.
//! - CircleCI: "Project values and variables" (circleci.com/docs). No variable has the target of a
//!   pull request.

use super::{
    BranchBefore, CommitRef, Event, EventKind, Id, Lookup, Proposal, Remote, System, Target,
};
use crate::policy::Author;

/// Reads the event from the variables of `system`.
pub fn read(system: System, lookup: &Lookup<'_>) -> Event {
    let (what, author) = match system {
        System::Gitlab => gitlab(lookup),
        System::Bitbucket => (bitbucket(lookup), Author::Collaborator),
        System::Azure => azure(lookup),
        System::Jenkins => jenkins(lookup),
        System::Buildkite => buildkite(lookup),
        System::Circle => circle(lookup),
        System::Github | System::Unknown => (EventKind::Nothing, Author::Collaborator),
    };
    let default_branch = lookup("CI_DEFAULT_BRANCH").filter(|_| system == System::Gitlab);
    let default_branch = default_branch.or_else(|| {
        lookup("BUILDKITE_PIPELINE_DEFAULT_BRANCH").filter(|_| system == System::Buildkite)
    });
    Event {
        system,
        default_branch,
        author,
        origin: Remote::OfBase,
        what,
    }
}

/// Returns [`Author::Stranger`] if `is_so` is true, and [`Author::Collaborator`] otherwise.
fn stranger_if(is_so: bool) -> Author {
    if is_so {
        Author::Stranger
    } else {
        Author::Collaborator
    }
}

/// Reads an event of GitLab: the commits to scan, and the author of the change. Pipelines run for a
/// merge request, an external pull request, a push, a schedule, a person, or another cause. For
/// another cause, the commit before the push is known only if GitLab reports it.
fn gitlab(lookup: &Lookup<'_>) -> (EventKind, Author) {
    let head = point(lookup, "CI_COMMIT_SHA");
    if let (Some(target), Some(_)) = (
        lookup("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
        lookup("CI_MERGE_REQUEST_IID"),
    ) {
        return merge_request(lookup, target, head);
    }
    if let Some(target) = lookup("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME") {
        let base = id(lookup, "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA");
        let own = lookup("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME");
        let [from, to] = ["SOURCE", "TARGET"]
            .map(|end| lookup(&format!("CI_EXTERNAL_PULL_REQUEST_{end}_REPOSITORY")));
        return (
            pull_request(base, target, own, head),
            stranger_if(from.is_none() || from != to),
        );
    }
    let before = BranchBefore::parse(lookup("CI_COMMIT_BEFORE_SHA").as_deref());
    let what = match lookup("CI_PIPELINE_SOURCE").as_deref() {
        Some(
            source @ ("schedule"
            | "web"
            | "chat"
            | "ondemand_dast_scan"
            | "ondemand_dast_validation"),
        ) => EventKind::Everything(source.to_owned()),
        Some("push") | None => branch(
            lookup("CI_COMMIT_BRANCH"),
            lookup("CI_COMMIT_TAG"),
            before,
            head,
        ),
        // In these pipelines, zeros do not mean that the branch is new.
        Some(_) => {
            let before = if before == BranchBefore::Nowhere {
                BranchBefore::Unknown
            } else {
                before
            };
            branch(
                lookup("CI_COMMIT_BRANCH"),
                lookup("CI_COMMIT_TAG"),
                before,
                head,
            )
        }
    };
    (what, Author::Collaborator)
}

fn merge_request(lookup: &Lookup<'_>, target: String, head: CommitRef) -> (EventKind, Author) {
    let own = lookup("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME").unwrap_or_else(|| "HEAD".to_owned());
    let project = lookup("CI_MERGE_REQUEST_PROJECT_ID");
    let is_of_base = project.is_some() && lookup("CI_PROJECT_ID") == project;
    let origin = if is_of_base {
        Remote::OfBase
    } else {
        Remote::Foreign
    };
    let proposal = Proposal {
        kind: "merge request",
        merge: None,
        base: id(lookup, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA"),
        parted: id(lookup, "CI_MERGE_REQUEST_DIFF_BASE_SHA"),
        head: id(lookup, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA").map_or(head, CommitRef::Id),
        names: (target.clone(), own),
        fetch: lookup("CI_MERGE_REQUEST_REF_PATH"),
        target: Some(Target {
            branch: target,
            origin,
        }),
    };
    let source = lookup("CI_MERGE_REQUEST_SOURCE_PROJECT_ID");
    (
        EventKind::Proposal(proposal),
        stranger_if(source.is_none() || source != project),
    )
}

/// Reads an event of Bitbucket. Its pipelines never run for pull requests from forks.
fn bitbucket(lookup: &Lookup<'_>) -> EventKind {
    let head = point(lookup, "BITBUCKET_COMMIT");
    match lookup("BITBUCKET_PR_DESTINATION_BRANCH") {
        Some(target) => {
            let base = lookup("BITBUCKET_PR_DESTINATION_COMMIT").and_then(|id| Id::beginning(&id));
            pull_request(base, target, lookup("BITBUCKET_BRANCH"), head)
        }
        None => branch(
            lookup("BITBUCKET_BRANCH"),
            lookup("BITBUCKET_TAG"),
            BranchBefore::Unknown,
            head,
        ),
    }
}

fn azure(lookup: &Lookup<'_>) -> (EventKind, Author) {
    let checked_out = id(lookup, "BUILD_SOURCEVERSION");
    let head = checked_out.clone().map_or(CommitRef::Head, CommitRef::Id);
    let name = lookup("BUILD_SOURCEBRANCH").unwrap_or_default();
    let short = |name: String| name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned();
    match (
        lookup("BUILD_REASON").as_deref(),
        lookup("SYSTEM_PULLREQUEST_TARGETBRANCH"),
    ) {
        (_, Some(target)) => {
            let head = id(lookup, "SYSTEM_PULLREQUEST_SOURCECOMMITID").map_or(head, CommitRef::Id);
            let own = lookup("SYSTEM_PULLREQUEST_SOURCEBRANCH").map(short);
            let what = merged(checked_out, pull_request(None, short(target), own, head));
            let is_inside = lookup("SYSTEM_PULLREQUEST_ISFORK")
                .is_some_and(|fork| fork.eq_ignore_ascii_case("false"));
            (what, stranger_if(!is_inside))
        }
        // A collaborator runs the pipeline by hand, but a stranger may have proposed the commits.
        (_, None) if name.starts_with("refs/pull/") => (undirected(head), Author::Stranger),
        (Some("IndividualCI" | "BatchedCI" | "CheckInShelveset") | None, None) => {
            let tag = name.strip_prefix("refs/tags/").map(str::to_owned);
            let own = name.strip_prefix("refs/heads/").map(str::to_owned);
            (
                branch(own, tag, BranchBefore::Unknown, head),
                Author::Collaborator,
            )
        }
        (Some(reason @ ("Schedule" | "Manual")), None) => (
            EventKind::Everything(reason.to_owned()),
            Author::Collaborator,
        ),
        (Some(reason), None) => (EventKind::Unclear(reason.to_owned()), Author::Stranger),
    }
}

fn jenkins(lookup: &Lookup<'_>) -> (EventKind, Author) {
    let head = point(lookup, "GIT_COMMIT");
    match lookup("CHANGE_TARGET") {
        Some(target) => {
            let own = lookup("CHANGE_BRANCH");
            let author = stranger_if(lookup("CHANGE_FORK").is_some() || own.is_none());
            (
                merged(
                    id(lookup, "GIT_COMMIT"),
                    pull_request(None, target, own, head),
                ),
                author,
            )
        }
        None => {
            let before = BranchBefore::parse(lookup("GIT_PREVIOUS_COMMIT").as_deref());
            (
                branch(lookup("BRANCH_NAME"), lookup("TAG_NAME"), before, head),
                Author::Collaborator,
            )
        }
    }
}

fn buildkite(lookup: &Lookup<'_>) -> (EventKind, Author) {
    let head = point(lookup, "BUILDKITE_COMMIT");
    if lookup("BUILDKITE_PULL_REQUEST").is_some_and(|number| number != "false") {
        let base = id(lookup, "BUILDKITE_MERGE_QUEUE_BASE_COMMIT");
        let what = match lookup("BUILDKITE_PULL_REQUEST_BASE_BRANCH") {
            Some(target) => pull_request(base, target, lookup("BUILDKITE_BRANCH"), head),
            None => undirected(head),
        };
        let [from, to] = ["BUILDKITE_PULL_REQUEST_REPO", "BUILDKITE_REPO"].map(lookup);
        let same = from
            .as_deref()
            .zip(to.as_deref())
            .is_some_and(|(from, to)| repository(from) == repository(to));
        return (what, stranger_if(!same));
    }
    let what = match lookup("BUILDKITE_SOURCE").as_deref() {
        Some("schedule") => EventKind::Everything("schedule".to_owned()),
        _ => branch(
            lookup("BUILDKITE_BRANCH"),
            lookup("BUILDKITE_TAG"),
            BranchBefore::Unknown,
            head,
        ),
    };
    (what, Author::Collaborator)
}

/// Returns `host/owner/name` of a repository in lower case, for any way to write its URL.
fn repository(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest
        .rsplit_once('@')
        .map_or(rest, |(_, rest)| rest)
        .replacen(':', "/", 1);
    let rest = rest.trim_end_matches('/');
    rest.strip_suffix(".git")
        .unwrap_or(rest)
        .to_ascii_lowercase()
}

fn circle(lookup: &Lookup<'_>) -> (EventKind, Author) {
    let own = lookup("CIRCLE_BRANCH");
    let is_proposed = own.as_deref().is_some_and(|name| name.starts_with("pull/"));
    let author = stranger_if(is_proposed || lookup("CIRCLE_PR_USERNAME").is_some());
    // A fork may give its branch the name of the default branch, so this name is not used.
    let own = own.filter(|_| is_proposed || author == Author::Collaborator);
    (
        branch(
            own,
            lookup("CIRCLE_TAG"),
            BranchBefore::Unknown,
            point(lookup, "CIRCLE_SHA1"),
        ),
        author,
    )
}

/// Returns a pull request. The remote `origin` is the repository that it is to be merged into.
fn pull_request(
    base: Option<Id>,
    target: String,
    own: Option<String>,
    head: CommitRef,
) -> EventKind {
    let names = (target.clone(), own.unwrap_or_else(|| "HEAD".to_owned()));
    let target = Some(Target {
        branch: target,
        origin: Remote::OfBase,
    });
    EventKind::Proposal(Proposal {
        kind: "pull request",
        base,
        target,
        head,
        names,
        ..Proposal::default()
    })
}

/// Returns a proposal with an unknown target branch as a push, so that it is compared with the
/// default branch. The name of the source branch is left out: a fork may call it like the default
/// branch.
fn undirected(head: CommitRef) -> EventKind {
    EventKind::Push {
        branch: None,
        before: BranchBefore::Nowhere,
        head,
    }
}

/// Returns the same proposal with the merge commit that the system reports.
fn merged(merge: Option<Id>, what: EventKind) -> EventKind {
    match what {
        EventKind::Proposal(proposal) => EventKind::Proposal(Proposal { merge, ..proposal }),
        other => other,
    }
}

/// Returns the event for a tag if there is a tag, and for a push to a branch otherwise.
fn branch(
    branch: Option<String>,
    tag: Option<String>,
    before: BranchBefore,
    head: CommitRef,
) -> EventKind {
    match tag {
        Some(name) => EventKind::Tag { name, head },
        None => EventKind::Push {
            branch,
            before,
            head,
        },
    }
}

/// Returns the commit whose id is in a variable or, if the variable has no id, the commit that is
/// checked out.
fn point(lookup: &Lookup<'_>, name: &str) -> CommitRef {
    id(lookup, name).map_or(CommitRef::Head, CommitRef::Id)
}

fn id(lookup: &Lookup<'_>, name: &str) -> Option<Id> {
    Id::new(&lookup(name)?)
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn all_addresses_of_one_repository_are_equal() {
        for address in [
            "git@host.example:o/r.git",
            "https://host.example/o/r",
            "ssh://git@host.example/o/r.git/",
            "https://u:p@Host.example/O/r",
        ] {
            assert_eq!(repository(address), "host.example/o/r", "{address}");
        }
        assert_ne!(
            repository("git@host.example:fork/r.git"),
            repository("git@host.example:o/r.git")
        );
    }
}
