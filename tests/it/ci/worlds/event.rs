//! Random worlds (see [`world`](super::world)), and random events in them.

use serde_json::json;

use super::SECRETS;
use super::world::{Commit, FILES, Repository, World};
use crate::ci::{ZEROS, ci, github, pushed};
use crate::fake::Fake;
use crate::sandbox::Run;

/// An event, and who caused it.
#[derive(Clone, Debug)]
pub struct Event {
    pub system: &'static str,
    pub what: What,
    pub is_strangers: bool,
    /// True if `origin` is the repository that the pull request goes into.
    pub origin_is_base: bool,
}

/// The kind of event. Commits are numbers.
#[derive(Clone, Debug)]
pub enum What {
    /// A push. `before` is the previous commit of the branch: `None` if the commit is gone, `Some(None)` if the branch is
    /// new.
    Push {
        branch: &'static str,
        before: Option<Option<usize>>,
        head: usize,
    },
    /// A push, on a system that does not say which commit the branch was at before.
    Untold {
        branch: &'static str,
        head: usize,
    },
    Tag {
        head: usize,
    },
    Proposal {
        head: usize,
        named: usize,
        merge_is_told: bool,
    },
    Everything,
    Unclear,
}

/// A world and an event that depend on `seed` alone.
pub fn generate(seed: u64) -> (World, Event) {
    let mut fake = Fake::new(seed + 1);
    let mut world = World {
        commits: commits(&mut fake),
        ..World::default()
    };
    let count = world.commits.len();
    let any = |fake: &mut Fake| fake.next() as usize % count;
    let (main, other) = (any(&mut fake), any(&mut fake));
    let kind = fake.next() % 10;
    // The commit of the remote's default branch, or none if the branch was not fetched.
    if !fake.one_in(8) {
        world
            .refs
            .push(("refs/remotes/origin/main".to_owned(), main));
    }
    if fake.one_in(2) {
        world
            .refs
            .push(("refs/remotes/origin/unscanned".to_owned(), any(&mut fake)));
        world.refs.push(("refs/tags/v0".to_owned(), any(&mut fake)));
    }
    let mut event = Event {
        system: "github",
        what: What::Everything,
        is_strangers: false,
        origin_is_base: fake.one_in(2),
    };
    world.head = other;
    match kind {
        0..=3 => {
            let branch = if fake.one_in(2) { "main" } else { "feature" };
            let before = match fake.next() % 5 {
                0 => None,
                _ => Some(any(&mut fake)),
            };
            if branch == "main" {
                world
                    .refs
                    .retain(|(name, _)| name != "refs/remotes/origin/main");
                world
                    .refs
                    .push(("refs/remotes/origin/main".to_owned(), other));
            }
            event.system = ["github", "gitlab", "jenkins"][fake.next() as usize % 3];
            event.what = What::Push {
                branch,
                before: Some(before),
                head: other,
            };
        }
        4 => {
            let branch = if fake.one_in(2) { "main" } else { "feature" };
            if branch == "main" {
                world
                    .refs
                    .retain(|(name, _)| name != "refs/remotes/origin/main");
                world
                    .refs
                    .push(("refs/remotes/origin/main".to_owned(), other));
            }
            event.system =
                ["circleci", "bitbucket", "azure", "buildkite"][fake.next() as usize % 4];
            event.what = What::Untold {
                branch,
                head: other,
            };
        }
        5 => {
            world.refs.retain(|(name, _)| name != "refs/tags/v1");
            world.refs.push(("refs/tags/v1".to_owned(), other));
            event.what = What::Tag { head: other };
        }
        6 | 7 => proposal(&mut fake, &mut world, &mut event, other),
        8 => {}
        _ => (event.what, event.is_strangers) = (What::Unclear, true),
    }
    if fake.one_in(6) && !matches!(event.what, What::Everything | What::Unclear) {
        shallow(&mut fake, &mut world, &event);
    }
    (world, event)
}

/// Sometimes checks out a merge commit of the head: one made by the host, or one made by a stranger.
fn proposal(fake: &mut Fake, world: &mut World, event: &mut Event, head: usize) {
    let named = fake.next() as usize % world.commits.len();
    event.is_strangers = fake.one_in(2);
    event.origin_is_base |= !event.is_strangers;
    let mut merge_is_told = false;
    if fake.one_in(2) {
        let first = fake.next() as usize % world.commits.len();
        let (one, other) = (world.commits[first].clone(), world.commits[head].clone());
        if first != head {
            let files = std::array::from_fn(|at| {
                if fake.one_in(2) {
                    one.files[at]
                } else {
                    other.files[at]
                }
            });
            let baseline = if fake.one_in(2) {
                one.baseline
            } else {
                other.baseline
            };
            world.commits.push(Commit {
                parents: vec![first, head],
                files,
                baseline,
            });
            world.head = world.commits.len() - 1;
            merge_is_told = fake.one_in(2);
        }
    }
    event.what = What::Proposal {
        head,
        named,
        merge_is_told,
    };
}

fn commits(fake: &mut Fake) -> Vec<Commit> {
    let count = 3 + fake.next() as usize % 8;
    let mut commits: Vec<Commit> = Vec::new();
    for number in 0..count {
        let mut parents = Vec::new();
        if number > 0 {
            parents.push(number - 1 - fake.next() as usize % number.min(3));
            if number > 2 && fake.one_in(4) {
                let other = fake.next() as usize % number;
                parents.extend((!parents.contains(&other)).then_some(other));
            }
        }
        let before = parents.first().map(|parent| commits[*parent].clone());
        let mut commit = before.unwrap_or(Commit {
            parents: Vec::new(),
            files: [None; FILES],
            baseline: 0,
        });
        commit.parents = parents;
        let at = fake.next() as usize % FILES;
        match fake.next() % 6 {
            0 | 1 => commit.files[at] = Some(fake.next() as usize % SECRETS),
            2 | 3 => commit.files[at] = None,
            4 => commit.baseline ^= 1 << (fake.next() as usize % SECRETS),
            _ => {}
        }
        commits.push(commit);
    }
    commits
}

/// Makes the clone shallow: leaves out the ancestors of some commit, but keeps the commits that refs and the event name.
fn shallow(fake: &mut Fake, world: &mut World, event: &Event) {
    let cut = fake.next() as usize % world.commits.len();
    let absent = world.reach(cut);
    let mut needed: Vec<usize> = world.refs.iter().map(|(_, commit)| *commit).collect();
    needed.push(world.head);
    match &event.what {
        What::Push { head, .. } | What::Untold { head, .. } | What::Tag { head } => {
            needed.push(*head)
        }
        What::Proposal { head, named, .. } => needed.extend([*head, *named]),
        What::Everything | What::Unclear => {}
    }
    if needed.iter().all(|commit| absent >> commit & 1 == 0) {
        world.absent = absent;
    }
}

impl Event {
    /// The name of the kind of event, for counting.
    pub fn kind(&self) -> &'static str {
        match (&self.what, self.system) {
            (
                What::Push {
                    before: Some(None), ..
                },
                _,
            ) => "new branch",
            (What::Push { .. }, "github") => "github push",
            (What::Push { .. }, "gitlab") => "gitlab push",
            (What::Push { .. }, _) => "jenkins push",
            (What::Untold { branch: "main", .. }, _) => "untold main",
            (What::Untold { .. }, "circleci") => "circleci",
            (What::Untold { .. }, "bitbucket") => "bitbucket",
            (What::Untold { .. }, "azure") => "azure",
            (What::Untold { .. }, _) => "buildkite",
            (What::Tag { .. }, _) => "tag",
            (
                What::Proposal {
                    merge_is_told: true,
                    ..
                },
                _,
            ) => "host's merge",
            (What::Proposal { .. }, _) if self.is_strangers => "stranger's pull request",
            (What::Proposal { .. }, _) => "own pull request",
            (What::Everything, _) => "everything",
            (What::Unclear, _) => "unclear",
        }
    }

    /// Runs `ntnguard ci` with the variables that the CI system would set.
    pub fn run(&self, world: &World, repository: &Repository) -> Run {
        let Repository { sandbox, ids } = repository;
        let json = ["--format", "json"];
        let name = |branch: &str| format!("refs/heads/{branch}");
        match &self.what {
            What::Push {
                branch,
                before,
                head,
            } => {
                let before = before.flatten().map_or(ZEROS, |before| &ids[before]);
                let after = ids[*head].as_str();
                match self.system {
                    "github" => github(
                        sandbox,
                        "push",
                        &pushed(&name(branch), before, after),
                        &json,
                    ),
                    "gitlab" => {
                        let variables = [
                            ("GITLAB_CI", "true"),
                            ("CI_PIPELINE_SOURCE", "push"),
                            ("CI_COMMIT_SHA", after),
                            ("CI_COMMIT_BRANCH", *branch),
                            ("CI_DEFAULT_BRANCH", "main"),
                            ("CI_COMMIT_BEFORE_SHA", before),
                        ];
                        ci(sandbox, &variables, &json)
                    }
                    _ => {
                        let variables = [
                            ("JENKINS_URL", "x"),
                            ("GIT_COMMIT", after),
                            ("BRANCH_NAME", *branch),
                            ("GIT_PREVIOUS_COMMIT", before),
                        ];
                        ci(sandbox, &variables, &json)
                    }
                }
            }
            What::Untold { branch, head } => {
                let (after, full) = (ids[*head].as_str(), name(branch));
                let variables: Vec<(&str, &str)> = match self.system {
                    "circleci" => vec![
                        ("CIRCLECI", "true"),
                        ("CIRCLE_SHA1", after),
                        ("CIRCLE_BRANCH", branch),
                    ],
                    "bitbucket" => {
                        vec![
                            ("BITBUCKET_BUILD_NUMBER", "1"),
                            ("BITBUCKET_COMMIT", after),
                            ("BITBUCKET_BRANCH", branch),
                        ]
                    }
                    "azure" => vec![
                        ("TF_BUILD", "True"),
                        ("BUILD_REASON", "IndividualCI"),
                        ("BUILD_SOURCEVERSION", after),
                        ("BUILD_SOURCEBRANCH", &full),
                    ],
                    _ => vec![
                        ("BUILDKITE", "true"),
                        ("BUILDKITE_COMMIT", after),
                        ("BUILDKITE_BRANCH", branch),
                        ("BUILDKITE_PULL_REQUEST", "false"),
                        ("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "main"),
                    ],
                };
                ci(sandbox, &variables, &json)
            }
            What::Tag { head } => github(
                sandbox,
                "push",
                &pushed("refs/tags/v1", ZEROS, &ids[*head]),
                &json,
            ),
            What::Proposal {
                head,
                named,
                merge_is_told,
            } => {
                let named_as = if self.origin_is_base {
                    "o/r"
                } else {
                    "elsewhere/r"
                };
                let base = json!({"id": 1, "full_name": named_as});
                let from = if self.is_strangers {
                    json!({"id": 2, "full_name": "them/r"})
                } else {
                    base.clone()
                };
                let payload = json!({"pull_request": {
                    "number": 7,
                    "base": {"ref": "main", "sha": ids[*named], "repo": base},
                    "head": {"ref": "feature", "sha": ids[*head], "repo": from},
                }});
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("event.json");
                std::fs::write(&file, payload.to_string()).unwrap();
                let mut variables = vec![
                    ("GITHUB_ACTIONS", "true"),
                    ("GITHUB_EVENT_NAME", "pull_request"),
                    ("GITHUB_EVENT_PATH", file.to_str().unwrap()),
                ];
                if *merge_is_told {
                    variables.push(("GITHUB_SHA", &ids[world.head]));
                }
                ci(sandbox, &variables, &json)
            }
            What::Everything | What::Unclear => {
                let event = if matches!(self.what, What::Everything) {
                    "schedule"
                } else {
                    "issue_comment"
                };
                ci(
                    sandbox,
                    &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", event)],
                    &json,
                )
            }
        }
    }
}
