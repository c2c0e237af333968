//! `ntnguard hook run pre-push`

use clap::Args;
use ntnguard::error::Result;
use ntnguard::git::Repository;
use ntnguard::hook::updates::{Lines, Update, parse};
use ntnguard::redact::shown_path;
use ntnguard::source::range::Range;

use super::super::surface::Surface;
use super::super::{Outcome, output};
use super::framework;

/// `ntnguard hook run pre-push [REMOTE [URL]]`
#[derive(Args)]
pub struct PrePush {
    /// The name of the remote, or its address where it has none
    remote: Option<String>,
    /// The address of the remote
    url: Option<String>,
    #[command(flatten)]
    surface: Surface,
}

impl PrePush {
    /// Scans what a push adds to a remote.
    pub fn run(self) -> Outcome {
        if let Some(asked) = framework::asked() {
            return asked.run(self.surface);
        }
        let repository = Repository::with_hooks()?;
        let config = self.surface.config(repository.work_tree().as_deref())?;
        let told = framework::told()?;
        let mut updates = parse(&told, Lines::PrePush)?;
        tell_deletions(&mut updates);
        let mut hidden = Vec::new();
        for known in [&self.remote, &self.url].into_iter().flatten() {
            hidden.extend(repository.known_of_remote(known)?);
        }
        hidden.extend(updates.iter().filter_map(|update| repository.object_id(update.old)));
        let mut tips = updates.iter().map(|update| repository.pushed(update.new)).collect::<Result<Vec<_>>>()?;
        if told.is_empty() && repository.has_head() {
            // Git lists nothing where all is there already. But so does a program that has read the list itself.
            tips.push(repository.revision("HEAD")?);
        }
        let names = updates.iter().map(|update| update.name.to_vec()).collect();
        let range = Range::reached(&repository, &tips, &hidden, Surface::limits(&config))?.naming(names);
        let scanner = self.surface.scanner(&config)?;
        self.surface.report(&range, &scanner, config)
    }
}

/// Says what is deleted, of which there is nothing to scan, and leaves the rest.
pub fn tell_deletions(updates: &mut Vec<Update<'_>>) {
    let (deleted, kept): (Vec<_>, Vec<_>) = updates.drain(..).partition(Update::deletes);
    *updates = kept;
    match deleted.as_slice() {
        [] => {}
        [one] => output::eprint(&format!("{} is deleted: nothing to scan\n", shown_path(one.name))),
        many => output::eprint(&format!("{} refs are deleted: nothing to scan\n", many.len())),
    }
}
