//! The known CI systems, each with the variable by which it is recognised and its setting to fetch
//! all of history.

use std::str::FromStr;

use super::Lookup;
use crate::error::{Error, Result};

/// A CI system, which decides which variables describe the event.
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
    /// No CI system that ntnguard knows. The event is then
    /// [`EventKind::Nothing`](super::EventKind).
    Unknown,
}

/// The variable by which each system is recognised, since it sets the variable in its jobs.
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
    /// The systems, with their names on the command line.
    pub const NAMES: [(&'static str, System); 8] = [
        ("github", System::Github),
        ("gitlab", System::Gitlab),
        ("bitbucket", System::Bitbucket),
        ("azure", System::Azure),
        ("jenkins", System::Jenkins),
        ("buildkite", System::Buildkite),
        ("circleci", System::Circle),
        ("none", System::Unknown),
    ];

    /// Returns the system that runs the job, by its variable in `MARKS`.
    ///
    /// # Errors
    ///
    /// When the variables of several systems are set, since their events may differ.
    pub fn running(lookup: &Lookup<'_>) -> Result<Self> {
        let found: Vec<_> = MARKS
            .iter()
            .filter(|(mark, _)| lookup(mark).is_some())
            .collect();
        match found.as_slice() {
            [] => Ok(System::Unknown),
            [(_, system)] => Ok(*system),
            many => {
                let marks: Vec<&str> = many.iter().map(|(mark, _)| *mark).collect();
                Err(Error::new(format!("variables of several CI systems are set: {}", marks.join(", "))).help(
                    "give --system NAME with the system that runs this job, or unset the variable of the other system",
                ))
            }
        }
    }

    /// Returns the instructions to fetch all of history: the file or step to change, and the lines
    /// to write.
    pub fn deepening(self) -> &'static str {
        match self {
            System::Github => {
                "on the step that uses actions/checkout, write\n\n    with:\n      fetch-depth: 0\n"
            }
            System::Gitlab => {
                "in .gitlab-ci.yml, write\n\n    variables:\n      GIT_DEPTH: \"0\"\n"
            }
            System::Bitbucket => {
                "in bitbucket-pipelines.yml, write\n\n    clone:\n      depth: full\n"
            }
            System::Azure => {
                "in azure-pipelines.yml, write\n\n    steps:\n      - checkout: self\n        fetchDepth: 0\n"
            }
            System::Jenkins => {
                "in the job, switch off the shallow clone (CloneOption, shallow: false)\n"
            }
            System::Buildkite | System::Circle | System::Unknown => {
                "before this step, run\n\n    git fetch --unshallow\n\n(with actions/checkout: fetch-depth: 0)\n"
            }
        }
    }
}

impl FromStr for System {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let names = || Self::NAMES.map(|(name, _)| name).join(", ");
        let named = Self::NAMES.iter().find(|(name, _)| *name == text);
        named
            .map(|(_, system)| *system)
            .ok_or_else(|| format!("expected one of {}", names()))
    }
}
