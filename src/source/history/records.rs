//! Reads the files of the `.git` directory other than objects: ref names, reflogs, configuration,
//! messages of unfinished commits, and git-lfs objects.

use std::fs::File;
use std::path::Path;

use ignore::{WalkBuilder, WalkState};

use crate::model::blob::{Blob, Origin, Part, path_bytes};
use crate::model::progress::Progress;
use crate::model::skip::{Skip, SkipReason};
use crate::source::unpack;

use super::super::Visit;
use super::super::reader::Reader;
use super::store::damaged;

/// The subdirectory of a git directory that has the repositories of submodules.
pub const MODULES: &str = "modules";

/// The subdirectory of a git directory that git-lfs uses.
const LARGE: &str = "lfs";

/// Visits every file in the git directory `folder`, except objects and submodules. Git-lfs objects
/// are visited only if `with_large` is true. Paths are reported relative to `base`.
pub fn visit(
    folder: &Path,
    base: &Path,
    with_large: bool,
    limits: &unpack::ArchiveLimits,
    progress: &Progress,
    visit: &Visit<'_>,
) {
    let mut walk = WalkBuilder::new(folder);
    let own = folder.to_owned();
    walk.standard_filters(false).filter_entry(move |entry| {
        let below = in_work_tree(entry.path().strip_prefix(&own).unwrap_or(entry.path()));
        let is_left_out = !with_large && below == Path::new(LARGE);
        below != Path::new("objects") && below != Path::new(MODULES) && !is_left_out
    });
    walk.build_parallel().run(|| {
        let mut reader = Reader::new(limits);
        Box::new(move |entry| {
            if progress.is_stopped() {
                return WalkState::Quit;
            }
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    record(entry.path(), folder, base, &mut reader, visit);
                }
                Ok(_) => {}
                Err(error) => visit(Err(damaged(folder, SkipReason::Unreadable, error))),
            }
            WalkState::Continue
        })
    });
}

fn record(path: &Path, folder: &Path, base: &Path, reader: &mut Reader, visit: &Visit<'_>) {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let name = path.strip_prefix(base).unwrap_or(path);
    let origin = match part(below) {
        None => return,
        Some(Part::RefName) if below.starts_with("refs") => {
            let origin = Origin::Record {
                part: Part::RefName,
                name: path_bytes(below).to_vec(),
            };
            return visit(Ok(Blob::whole(&origin, b"")));
        }
        Some(Part::Content) => Origin::File(name.to_owned()),
        Some(part) => Origin::Record {
            part,
            name: path_bytes(name).to_vec(),
        },
    };
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    let read =
        opened.and_then(|(length, file)| reader.visit_container(&origin, file, length, visit));
    match read {
        // Git deletes temporary files, so one may no longer exist.
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            visit(Err(Skip::new(origin, SkipReason::Unreadable, error)));
        }
        _ => {}
    }
}

/// Removes `worktrees/NAME/` from the front of a path in the git directory. Below that, each linked
/// work tree has files with the same names as the main work tree.
fn in_work_tree(below: &Path) -> &Path {
    let Ok(linked) = below.strip_prefix("worktrees") else {
        return below;
    };
    let mut parts = linked.components();
    parts.next();
    parts.as_path()
}

/// Returns the kind of content of a file in the git directory; `None` if other code reads the file.
fn part(below: &Path) -> Option<Part> {
    let first = in_work_tree(below)
        .components()
        .next()?
        .as_os_str()
        .to_str()
        .unwrap_or_default();
    Some(match first {
        "refs" | "packed-refs" => Part::RefName,
        "logs" => Part::Reflog,
        LARGE => Part::Content,
        // The index is binary; `staged_names` reads the paths in it.
        "index" => return None,
        "COMMIT_EDITMSG" | "MERGE_MSG" | "SQUASH_MSG" => Part::CommitMessage,
        _ => Part::GitConfig,
    })
}
