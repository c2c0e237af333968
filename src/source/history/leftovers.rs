//! Files that git leaves behind among its objects when it is stopped: packs without an index,
//! objects without a name, folders that a push was received in. Also the notes that lie beside
//! packs.

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
use super::ROUNDS;
use super::store::{A_MOMENT, damaged};

/// The extensions of files that are read elsewhere: packs, and files made of them.
const OF_PACKS: [&str; 5] = ["pack", "idx", "rev", "bitmap", "mtimes"];

/// An incomplete file, as it was when it was read.
struct Unfinished {
    path: PathBuf,
    stamp: Stamp,
    skips: Vec<Skip>,
}

/// The size of a file, and the time when it was written.
type Stamp = (u64, Option<SystemTime>);

fn stamp(metadata: &Metadata) -> Stamp {
    (metadata.len(), metadata.modified().ok())
}

/// Visits the files left behind in the folder of objects `objects`. Names are reported relative to
/// `base`. An incomplete file may be about to be completed: it is reported only if it stays as it
/// is.
pub fn visit(
    objects: &Path,
    base: &Path,
    limits: &unpack::ArchiveLimits,
    progress: &Progress,
    visit: &Visit<'_>,
) {
    // Objects are always opened, and so are the files that they are left in.
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
                // The process that wrote it has finished, and the result is listed later.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Ok(now) if stamp(&now) != before && round < ROUNDS => pending.push(path),
                _ => skips.into_iter().for_each(|skip| visit(Err(skip))),
            }
        }
    }
}

/// The files among the objects that are not read elsewhere.
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
            // Git removes a folder with the last object in it.
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

/// Returns true if the file is read elsewhere: an object, a pack, or a file made of them.
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

/// Returns true if a file is named like a loose object.
fn is_object(folder: &str, file: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    folder.len() == 2 && matches!(file.len(), 38 | 62) && is_hex(folder) && is_hex(file)
}

/// Visits a file. Returns the file and its skips; `None` if there are no skips.
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

/// Visits the bytes of a file, and the objects that it must hold by its name.
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
    skip.detail += "; git has left it behind, and `git prune` removes it when no git is at work";
    skip
}
