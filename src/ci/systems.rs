//! The CI systems that are known: by which variable, and how each is told to fetch all of history.

use super::Lookup;

/// A CI system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Azure Pipelines.
    Azure,
    /// Jenkins.
    Jenkins,
    /// Buildkite.
    Buildkite,
    /// CircleCI.
    Circle,
    /// None that is known.
    Unknown,
}

/// The variable by which each tells that it runs. A job of one system may run inside another (Jenkins starts what it likes),
/// so the more special ones come first.
const MARKS: [(&str, System); 7] = [
    ("GITHUB_ACTIONS", System::Github),
    ("GITLAB_CI", System::Gitlab),
    ("BITBUCKET_BUILD_NUMBER", System::Bitbucket),
    ("TF_BUILD", System::Azure),
    ("BUILDKITE", System::Buildkite),
    ("CIRCLECI", System::Circle),
    ("JENKINS_URL", System::Jenkins),
];

impl System {
    /// The one that the job runs in.
    pub fn running(lookup: &Lookup<'_>) -> Self {
        // A runner that imitates GitHub's may leave out its name; the event it has.
        if lookup("GITHUB_EVENT_NAME").is_some() {
            return System::Github;
        }
        let found = MARKS.iter().find(|(mark, _)| lookup(mark).is_some());
        found.map_or(System::Unknown, |(_, system)| *system)
    }

    /// What to write where so that all of history is fetched.
    pub fn deepening(self) -> &'static str {
        match self {
            System::Github => "on the step that uses actions/checkout, write\n\n    with:\n      fetch-depth: 0\n",
            System::Gitlab => "in .gitlab-ci.yml, write\n\n    variables:\n      GIT_DEPTH: \"0\"\n",
            System::Bitbucket => "in bitbucket-pipelines.yml, write\n\n    clone:\n      depth: full\n",
            System::Azure => {
                "in azure-pipelines.yml, write\n\n    steps:\n      - checkout: self\n        fetchDepth: 0\n"
            }
            System::Jenkins => "in the job, switch off the shallow clone (CloneOption, shallow: false)\n",
            System::Buildkite | System::Circle | System::Unknown => {
                "before this step, run\n\n    git fetch --unshallow\n\n(with actions/checkout: fetch-depth: 0)\n"
            }
        }
    }
}
