//! Any bytes taken for a database of SQLite: reading ends, visits no more than a multiple of the
//! file's bytes, and does not fail.
#![no_main]

use std::sync::atomic::{AtomicUsize, Ordering};

use libfuzzer_sys::fuzz_target;
use ntnguard::source::agents::AgentPlaces;
use ntnguard::source::agents::places::AgentPlace;
use ntnguard::source::{Limits, Source};

/// The most bytes that are visited for each byte of the file: rows are put together up to four
/// times, and all pages are looked at once more.
const MOST: usize = 6;

fuzz_target!(|input: (&[u8], u8)| {
    let (bytes, size) = input;
    let mut file = bytes.to_vec();
    file.resize(file.len().max(100), 0);
    file[..16].copy_from_slice(b"SQLite format 3\0");
    // Pages of 512 to 4096 bytes: larger ones find little in files of this size.
    let page = 512u16 << (size % 4);
    file[16..18].copy_from_slice(&page.to_be_bytes());
    file[20] = 0;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.vscdb");
    std::fs::write(&path, &file).expect("written");
    let place = AgentPlace { path, except: &[] };
    let places = AgentPlaces::new(vec![place], Limits::default());
    let visited = AtomicUsize::new(0);
    let visit = |blob: Result<ntnguard::model::blob::Blob<'_>, _>| {
        if let Ok(blob) = blob {
            visited.fetch_add(blob.bytes.len(), Ordering::Relaxed);
        }
    };
    places.visit(&visit).expect("a visit fails only where the folder does");
    assert!(visited.into_inner() <= MOST * (file.len() + usize::from(page)));
});
