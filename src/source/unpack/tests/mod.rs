//! Tests with archives that are made at run time.

mod damage;
mod frames;
mod kinds;
mod limits;
mod make;
mod nested;
mod packs;

use std::io::Cursor;
use std::sync::{Mutex, Once};

use super::{ArchiveEvent, ArchiveLimits, kind, open};
use crate::model::blob::Origin;
use crate::model::skip::SkipReason;

/// The results of a visit.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    members: Vec<(String, Vec<u8>)>,
    /// The frames: the text of containers outside their members.
    frames: Vec<(String, Vec<u8>)>,
    skips: Vec<(String, SkipReason)>,
}

impl Seen {
    /// Returns the paths of the members.
    fn paths(&self) -> Vec<&str> {
        self.members.iter().map(|(path, _)| path.as_str()).collect()
    }

    fn reasons(&self) -> Vec<SkipReason> {
        self.skips.iter().map(|(_, reason)| *reason).collect()
    }

    /// Returns the content of all members in one piece.
    fn bytes(&self) -> Vec<u8> {
        self.members
            .iter()
            .flat_map(|(_, content)| content)
            .copied()
            .collect()
    }
}

fn text(origin: &Origin) -> String {
    origin.member().map_or_else(
        || "-".to_owned(),
        |path| String::from_utf8_lossy(path).into_owned(),
    )
}

/// Visits a file called `name`.
fn visit_named(name: &str, bytes: &[u8], limits: &ArchiveLimits) -> Seen {
    visit_as(
        kind(&bytes[..bytes.len().min(512)]).expect("an archive"),
        name,
        bytes,
        limits,
    )
}

/// The locations of panics in this module's own code, including caught ones. The code catches
/// panics of decoders, and must not hide its own.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Installs a panic hook that notes panics in this module's own code.
fn note_panics() {
    static NOTED: Once = Once::new();
    NOTED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map(ToString::to_string);
            let place = place.map(|place| place.replace('\\', "/"));
            let own = place.filter(|place| place.contains("unpack/") && !place.contains("/tests/"));
            PANICS.lock().unwrap().extend(own);
            before(panic);
        }));
    });
}

fn visit_as(kind: super::ArchiveKind, name: &str, bytes: &[u8], limits: &ArchiveLimits) -> Seen {
    note_panics();
    let mut seen = Seen::default();
    let origin = Origin::File(name.into());
    open(
        kind,
        Cursor::new(bytes),
        &origin,
        limits,
        &mut |event| match event {
            ArchiveEvent::Member { origin, content } => {
                let mut all = Vec::new();
                // The error is dropped, because the reader must report it as a skip.
                let _ = content.read_to_end(&mut all);
                assert_eq!(origin.path(), Some(name.as_bytes()));
                let list = if origin.is_frame() {
                    &mut seen.frames
                } else {
                    &mut seen.members
                };
                list.push((text(origin), all));
            }
            ArchiveEvent::Skip(skip) => seen.skips.push((text(&skip.origin), skip.reason)),
        },
    );
    // A copy, since the hook takes the lock when the assertion fails.
    let panics = PANICS.lock().unwrap().clone();
    assert!(panics.is_empty(), "{panics:?}");
    seen
}

fn visit(bytes: &[u8]) -> Seen {
    visit_named("dir/a.b.c", bytes, &ArchiveLimits::default())
}

/// Returns pseudo-random numbers, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
