//! The source of files that AI assistants and shells store in a user's home: transcripts,
//! histories, MCP configurations, and the state of editors.
//!
//! Git's ignore rules do not apply to these files. Content that cannot be scanned is reported as a
//! skip: conversations that an assistant encrypts, and an assistant's git repositories, which
//! `ntnguard history` can scan.

mod files;
mod message;
pub mod places;
mod sqlite;

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use rayon::prelude::*;

use super::reader::Reader;
use super::{Limits, Source, Visit};
use crate::error::Result;
use crate::files::open::open;
use crate::model::blob::Origin;
use crate::model::progress::Progress;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use files::{AgentEntry, AgentFiles};
use places::AgentPlace;

/// A source of the files in the places of assistants and shells.
pub struct AgentPlaces {
    places: Vec<AgentPlace>,
    limits: Limits,
    progress: Progress,
}

impl AgentPlaces {
    /// Returns a source that scans `places`.
    pub fn new(places: Vec<AgentPlace>, limits: Limits) -> Self {
        AgentPlaces {
            places,
            limits,
            progress: Progress::through_files(),
        }
    }

    fn file(&self, path: &Path, reader: &mut Reader, visit: &Visit<'_>) {
        if self.progress.is_stopped() {
            return;
        }
        let origin = Origin::File(path.to_owned());
        match self.read(path, &origin, reader, visit) {
            Ok(()) => self.progress.finish(1),
            // A file that was deleted meanwhile is not an error. An interruption is reported once,
            // at the end.
            Err(error) if error.kind() == ErrorKind::NotFound || self.progress.is_stopped() => {}
            Err(error) => visit(Err(Skip::new(origin, SkipReason::Unreadable, error))),
        }
    }

    fn read(
        &self,
        path: &Path,
        origin: &Origin,
        reader: &mut Reader,
        visit: &Visit<'_>,
    ) -> io::Result<()> {
        let file = open(path)?;
        let length = file.metadata()?.len();
        if let Some(limit) = self.limits.file_size.filter(|limit| length > *limit) {
            let detail = format!("{length} bytes; the limit is {limit}");
            visit(Err(Skip::new(origin.clone(), SkipReason::TooLarge, detail)));
            return Ok(());
        }
        if sqlite::visit(path, origin, &file, reader, &self.progress, visit)? {
            return Ok(());
        }
        if message::is_unreadable(path, &file)? {
            let detail = "a conversation that the assistant has encrypted";
            let skip = Skip::new(origin.clone(), SkipReason::Encrypted, detail);
            visit(Err(skip.advising(
                "read the conversation in the assistant, or delete it",
            )));
        }
        reader.visit_container(origin, rewound(&file)?, length, visit)
    }
}

/// Returns true if an error says that the file does not exist.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Moves the file's position to its beginning.
fn rewound(mut file: &File) -> io::Result<&File> {
    use std::io::Seek;
    file.rewind()?;
    Ok(file)
}

impl Source for AgentPlaces {
    fn kind(&self) -> SourceKind {
        SourceKind::Agents
    }

    fn progress(&self) -> Option<&Progress> {
        Some(&self.progress)
    }

    fn visit(&self, visit: &Visit<'_>) -> Result<()> {
        let listed = AgentFiles::of(&self.places);
        self.progress.expect(listed.all.len() as u64);
        let reader = || Reader::new(&self.limits.archive).until_stopped(&self.progress);
        listed
            .all
            .par_iter()
            .for_each_init(reader, |reader, listed| match listed {
                AgentEntry::File(path) => self.file(path, reader, visit),
                AgentEntry::Link(path, target) => visit(Ok(crate::model::blob::Blob::whole(
                    &Origin::LinkTarget(path.clone()),
                    target,
                ))),
                AgentEntry::Unread(skip) => visit(Err(skip.clone())),
            });
        if self.progress.is_stopped() {
            let origin = Origin::File(".".into());
            let detail = "the scan was interrupted before it had read all files";
            visit(Err(Skip::new(origin, SkipReason::Interrupted, detail)));
        }
        Ok(())
    }
}
