//! The command `ntnguard staged`, which scans the changes staged for the next commit.

use crate::git::Repository;
use crate::run::Subject;

use super::Outcome;
use super::surface::Surface;

/// Scans the changes that are staged for the next commit.
pub fn run(mut surface: Surface) -> Outcome {
    let repository = Repository::of_hook()?;
    let top = repository.work_tree();
    surface.count_from(top.as_deref());
    let policy = surface.settings.policy(top.as_deref())?;
    surface.run(policy, Subject::Staged(repository))
}
