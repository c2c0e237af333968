//! Reads the files that an interrupted git leaves in its object directory: packs without an index,
//! temporary object files, and quarantine directories of pushes. Also reads small files next to
//! packs, such as `.keep` files.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ignore::WalkBuilder;
use parking_lot::Mutex;

use crate::model::blob::Origin;
use crate::model::progress::Progress;
use crate::model::skip::{Skip, SkipReason};
use crate::source::unpack::{self, ArchiveKind};

use super::super::Visit;
use super::super::reader::Reader;
use super::objects::ROUNDS;
use super::store::{A_MOMENT, damaged};

/// The extensions of packs and of files computed from packs. Other modules read the packs.
const OF_PACKS: [&str; 5] = ["pack", "idx", "rev", "bitmap", "mtimes"];

/// A file that was not read completely, with its size and time at that moment.
struct Unfinished {
    path: PathBuf,
    stamp: Stamp,
    skips: Vec<Skip>,
}

/// The size of a file in bytes, and the time of its last modification.
type Stamp = (u64, Option<SystemTime>);

fn stamp(metadata: &Metadata) -> Stamp {
    (metadata.len(), metadata.modified().ok())
}

/// Visits the leftover files in the object directory `objects`. Paths are reported relative to
/// `base`. A running git may still be writing an incomplete file, so the file is reported only if
/// it does not change for a moment.
pub fn visit(
    objects: &Path,
    base: &Path,
    limits: &unpack::ArchiveLimits,
    progress: &Progress,
    visit: &Visit<'_>,
) {
    // Leftovers are objects and packs, which are opened even if the user has disabled archives.
    let limits = unpack::ArchiveLimits {
        depth: limits.depth.max(1),
        ..limits.clone()
    };
    let mut reader = Reader::new(&limits);
    let mut pending = list(objects, visit);
    for round in 1..=ROUNDS {
        let running = pending.drain(..).take_while(|_| !progress.is_stopped());
        let unfinished: Vec<Unfinished> = running
            .filter_map(|path| file(path, base, &mut reader, visit))
            .collect();
        if unfinished.is_empty() {
            return;
        }
        std::thread::sleep(A_MOMENT);
        for Unfinished {
            path,
            stamp: before,
            skips,
        } in unfinished
        {
            match path.metadata() {
                // The process that wrote the file has finished. The resulting object or pack is
                // listed later.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Ok(now) if stamp(&now) != before && round < ROUNDS => pending.push(path),
                _ => skips.into_iter().for_each(|skip| visit(Err(skip))),
            }
        }
    }
}

/// Returns the files in the object directory that no other module reads, sorted.
fn list(objects: &Path, visit: &Visit<'_>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in WalkBuilder::new(objects).standard_filters(false).build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                let below = entry.path().strip_prefix(objects).unwrap_or(entry.path());
                if !is_known(below) {
                    files.push(entry.into_path());
                }
            }
            Ok(_) => {}
            // Git removes an empty subdirectory when its last object is packed or pruned.
            Err(error)
                if error
                    .io_error()
                    .is_some_and(|error| error.kind() == ErrorKind::NotFound) => {}
            Err(error) => visit(Err(damaged(objects, SkipReason::Unreadable, error))),
        }
    }
    files.sort();
    files
}

/// Returns true if a file is an object, a pack, or computed from these. `below` is its path in the
/// object directory.
fn is_known(below: &Path) -> bool {
    let parts: Vec<&str> = below.iter().filter_map(|part| part.to_str()).collect();
    match parts[..] {
        [folder, file] if is_object(folder, file) => true,
        ["pack", file] => {
            let is_of_pack = Path::new(file)
                .extension()
                .is_some_and(|end| OF_PACKS.iter().any(|known| end == *known));
            is_of_pack || file.starts_with("multi-pack-index")
        }
        ["pack", "multi-pack-index.d", ..] | ["info", "commit-graph" | "commit-graphs", ..] => true,
        _ => false,
    }
}

/// Returns true if a loose object could have this directory and file name: two and 38 (SHA-1) or 62
/// (SHA-256) hexadecimal digits.
fn is_object(folder: &str, file: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    folder.len() == 2 && matches!(file.len(), 38 | 62) && is_hex(folder) && is_hex(file)
}

/// Visits a file. Returns the file with its skips; `None` if it was read completely.
fn file(path: PathBuf, base: &Path, reader: &mut Reader, visit: &Visit<'_>) -> Option<Unfinished> {
    let origin = Origin::File(path.strip_prefix(base).unwrap_or(&path).to_owned());
    let skips = Mutex::new(Vec::new());
    let keep = |skip: Skip| skips.lock().push(with_advice(skip));
    let mut before = (0, None);
    let read = File::open(&path).and_then(|file| {
        before = stamp(&file.metadata()?);
        contents(&path, &file, &origin, reader, &|blob| match blob {
            Ok(blob) => visit(Ok(blob)),
            Err(skip) => keep(skip),
        })
    });
    match read {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            keep(Skip::new(origin, SkipReason::Unreadable, error))
        }
        _ => {}
    }
    let skips = skips.into_inner();
    (!skips.is_empty()).then_some(Unfinished {
        path,
        stamp: before,
        skips,
    })
}

/// Visits the bytes of a file, and the objects in it if its content or its name shows that it is a
/// pack or an object.
fn contents(
    path: &Path,
    file: &File,
    origin: &Origin,
    reader: &mut Reader,
    visit: &Visit<'_>,
) -> io::Result<()> {
    let length = file.metadata()?.len();
    let known = reader.visit(origin, file, Some(length), visit)?;
    if let Some(kind) = known.or_else(|| expected(path)).filter(|_| length > 0) {
        reader.unpack(kind, file, origin, visit);
    }
    Ok(())
}

fn expected(path: &Path) -> Option<ArchiveKind> {
    let name = |path: &Path| {
        path.file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned()
    };
    let (file, folder) = (name(path), path.parent().map(name).unwrap_or_default());
    if file.starts_with("tmp_pack_") || file.ends_with(".pack") {
        Some(ArchiveKind::Pack)
    } else {
        (file.starts_with("tmp_obj_") || is_object(&folder, &file)).then_some(ArchiveKind::Loose)
    }
}

fn with_advice(mut skip: Skip) -> Skip {
    skip.detail += "; an interrupted git left this file, and `git prune` removes it when no git process is running";
    skip
}
