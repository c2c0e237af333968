//! The CI systems that say everything in variables.
//!
//! - GitLab: "Predefined CI/CD variables reference" (docs.gitlab.com). `CI_COMMIT_BEFORE_SHA` is zeros in pipelines of merge
//!   requests and for the first commit of a branch; `CI_MERGE_REQUEST_SOURCE_BRANCH_SHA` is empty but for merged results,
//!   where `CI_COMMIT_SHA` is a commit that GitLab made. A child pipeline has its parent's merge request.
//! - Bitbucket: "Variables and secrets" (support.atlassian.com). Nothing says where a branch was before. The destination of a
//!   pull request may be told by the first digits of its commit, and its branch need not be fetched.
//! - Azure: "Use predefined variables" (learn.microsoft.com), `Build.Reason` as `BUILD_REASON`. A pull request has a merge
//!   checked out; `SYSTEM_PULLREQUEST_SOURCECOMMITID` is what is merged. The target is a full ref for Azure's own
//!   repositories, and a short name for GitHub's.
//! - Jenkins: the variables of multibranch projects (`CHANGE_TARGET`, `TAG_NAME`, `BRANCH_NAME`) and of its git plugin:
//!   `GIT_PREVIOUS_COMMIT` is what was built last on this branch.
//! - Buildkite: "Environment variables" (buildkite.com/docs). `BUILDKITE_COMMIT` may be `HEAD`; `BUILDKITE_PULL_REQUEST` is
//!   `false` where there is none.
//! - CircleCI: "Project values and variables" (circleci.com/docs). Nothing says what a pull request goes into.

use super::{Before, Event, Id, Lookup, Point, Proposal, System, What};

/// What the variables say has happened.
pub fn read(system: System, lookup: &Lookup<'_>) -> Event {
    let what = match system {
        System::Gitlab => gitlab(lookup),
        System::Bitbucket => bitbucket(lookup),
        System::Azure => azure(lookup),
        System::Jenkins => jenkins(lookup),
        System::Buildkite => buildkite(lookup),
        System::Circle => {
            branch(lookup("CIRCLE_BRANCH"), lookup("CIRCLE_TAG"), Before::Untold, point(lookup, "CIRCLE_SHA1"))
        }
        System::Github | System::Unknown => branch(None, None, Before::Untold, Point::Head),
    };
    let default_branch = lookup("CI_DEFAULT_BRANCH").filter(|_| system == System::Gitlab);
    let default_branch =
        default_branch.or_else(|| lookup("BUILDKITE_PIPELINE_DEFAULT_BRANCH").filter(|_| system == System::Buildkite));
    Event { system, default_branch, what }
}

fn gitlab(lookup: &Lookup<'_>) -> What {
    let head = point(lookup, "CI_COMMIT_SHA");
    let target = lookup("CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
    if let (Some(target), Some(_)) = (&target, lookup("CI_MERGE_REQUEST_IID")) {
        let base = id(lookup, "CI_MERGE_REQUEST_DIFF_BASE_SHA").map(Point::Id);
        let own = lookup("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME").unwrap_or_else(|| "HEAD".to_owned());
        let head = id(lookup, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA").map_or(head, Point::Id);
        let fetch = lookup("CI_MERGE_REQUEST_REF_PATH");
        let bases = base.into_iter().chain([Point::Branch(target.clone())]).collect();
        return What::Proposal(Proposal { kind: "merge request", bases, head, names: (target.clone(), own), fetch });
    }
    if let Some(target) = lookup("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME") {
        let base = id(lookup, "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA").map(Point::Id);
        return pull_request(base, target, lookup("CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME"), head);
    }
    match lookup("CI_PIPELINE_SOURCE").as_deref() {
        Some("push") | None => branch(
            lookup("CI_COMMIT_BRANCH"),
            lookup("CI_COMMIT_TAG"),
            Before::told(lookup("CI_COMMIT_BEFORE_SHA").as_deref()),
            head,
        ),
        Some(source) => What::Other(source.to_owned()),
    }
}

fn bitbucket(lookup: &Lookup<'_>) -> What {
    let head = point(lookup, "BITBUCKET_COMMIT");
    match lookup("BITBUCKET_PR_DESTINATION_BRANCH") {
        Some(target) => {
            let base = lookup("BITBUCKET_PR_DESTINATION_COMMIT").and_then(|id| Id::beginning(&id)).map(Point::Id);
            pull_request(base, target, lookup("BITBUCKET_BRANCH"), head)
        }
        None => branch(lookup("BITBUCKET_BRANCH"), lookup("BITBUCKET_TAG"), Before::Untold, head),
    }
}

fn azure(lookup: &Lookup<'_>) -> What {
    let head = point(lookup, "BUILD_SOURCEVERSION");
    let short = |name: String| name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned();
    match (lookup("BUILD_REASON").as_deref(), lookup("SYSTEM_PULLREQUEST_TARGETBRANCH")) {
        (_, Some(target)) => {
            let head = id(lookup, "SYSTEM_PULLREQUEST_SOURCECOMMITID").map_or(head, Point::Id);
            pull_request(None, short(target), lookup("SYSTEM_PULLREQUEST_SOURCEBRANCH").map(short), head)
        }
        (Some("IndividualCI" | "BatchedCI" | "CheckInShelveset") | None, None) => {
            let name = lookup("BUILD_SOURCEBRANCH").unwrap_or_default();
            let tag = name.strip_prefix("refs/tags/").map(str::to_owned);
            branch(name.strip_prefix("refs/heads/").map(str::to_owned), tag, Before::Untold, head)
        }
        (Some(reason), None) => What::Other(reason.to_owned()),
    }
}

fn jenkins(lookup: &Lookup<'_>) -> What {
    let head = point(lookup, "GIT_COMMIT");
    match lookup("CHANGE_TARGET") {
        Some(target) => pull_request(None, target, lookup("CHANGE_BRANCH"), head),
        None => {
            let before = Before::told(lookup("GIT_PREVIOUS_COMMIT").as_deref());
            branch(lookup("BRANCH_NAME"), lookup("TAG_NAME"), before, head)
        }
    }
}

fn buildkite(lookup: &Lookup<'_>) -> What {
    let head = point(lookup, "BUILDKITE_COMMIT");
    let is_proposal = lookup("BUILDKITE_PULL_REQUEST").is_some_and(|number| number != "false");
    match lookup("BUILDKITE_PULL_REQUEST_BASE_BRANCH").filter(|_| is_proposal) {
        Some(target) => pull_request(None, target, lookup("BUILDKITE_BRANCH"), head),
        None if lookup("BUILDKITE_SOURCE").as_deref() == Some("schedule") => What::Other("schedule".to_owned()),
        None => branch(lookup("BUILDKITE_BRANCH"), lookup("BUILDKITE_TAG"), Before::Untold, head),
    }
}

fn pull_request(base: Option<Point>, target: String, own: Option<String>, head: Point) -> What {
    let bases = base.into_iter().chain([Point::Branch(target.clone())]).collect();
    let names = (target, own.unwrap_or_else(|| "HEAD".to_owned()));
    What::Proposal(Proposal { kind: "pull request", bases, head, names, fetch: None })
}

/// A tag, if there is one, or else a branch.
fn branch(branch: Option<String>, tag: Option<String>, before: Before, head: Point) -> What {
    match tag {
        Some(name) => What::Tag { name, head },
        None => What::Push { branch, before, head },
    }
}

/// The commit that a variable has the id of; what is checked out where it has none.
fn point(lookup: &Lookup<'_>, name: &str) -> Point {
    id(lookup, name).map_or(Point::Head, Point::Id)
}

fn id(lookup: &Lookup<'_>, name: &str) -> Option<Id> {
    Id::new(&lookup(name)?)
}
