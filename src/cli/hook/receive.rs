//! The command `ntnguard hook run pre-receive`, which scans a push on the server.

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::hook::updates::{HookLines, parse};
use crate::run::{Reached, Subject};

use super::super::surface::Surface;
use super::super::{ExitStatus, Outcome, output};
use super::{framework, push};

/// Scans the commits that a push adds to this repository. The report and errors are printed without
/// box drawings, since the client shows each line after `remote: `.
pub fn run(mut surface: Surface) -> Outcome {
    surface.plain = true;
    received(surface).or_else(|error| {
        output::explain_plainly(&error);
        Ok(ExitStatus::Failed)
    })
}

fn received(surface: Surface) -> Outcome {
    let repository = Repository::with_hooks()?.without_pipes()?;
    // The configuration comes from HEAD, since a pushed commit must not allow its own findings.
    let policy = match surface
        .settings
        .trusted_policy(&repository, repository.has_head().then_some("HEAD"))
    {
        // If an invalid configuration were an error, the push that repairs it would be refused.
        Err(error) if !surface.settings.names_files() => {
            output::explain_plainly(&error);
            output::eprint("The configuration is ignored, and the defaults are used.\n");
            surface.settings.trusted_policy(&repository, None)?
        }
        policy => policy?,
    };
    let input = framework::read_input()?;
    let mut updates = parse(&input, HookLines::PreReceive)?;
    if updates.is_empty() {
        return Err(Error::new("standard input is empty, so there is no pushed ref to scan")
            .help("git runs the pre-receive hook with the pushed refs on standard input; the hook must hand them to ntnguard unchanged"));
    }
    push::report_deletions(&mut updates);
    let tips = updates
        .iter()
        .map(|update| repository.pushed(update.new))
        .collect::<Result<Vec<_>>>()?;
    let hidden = repository
        .references("refs/")?
        .into_iter()
        .map(|(_, id)| id)
        .collect();
    let commits = Reached {
        refs: updates.iter().map(|update| update.name.to_vec()).collect(),
        ..Reached::new(&repository, tips, hidden)
    };
    surface.run(policy, Subject::Reached(commits))
}
