//! Tests with databases that are built byte by byte, as the documentation of the SQLite file format
//! describes.

use std::fs;
use std::sync::Mutex;

use crate::fake::{Fake, expand};
use crate::model::blob::Origin;
use crate::model::skip::Skip;
use crate::source::agents::AgentPlaces;
use crate::source::agents::places::AgentPlace;
use crate::source::{Limits, Source};

const PAGE: usize = 512;

/// Makes a database with one row, which begins on the second page and continues on overflow pages.
/// `order` are the positions of the overflow pages in the file.
fn database(row: &[u8], order: &[usize]) -> Vec<u8> {
    let mut pages = vec![vec![0u8; PAGE]; 2 + order.len()];
    pages[0][..16].copy_from_slice(b"SQLite format 3\0");
    pages[0][16..18].copy_from_slice(&(PAGE as u16).to_be_bytes());
    pages[0][100] = 13;
    let least = (PAGE - 12) * 32 / 255 - 23;
    let local = least + (row.len() - least) % (PAGE - 4);
    let local = if local <= PAGE - 35 { local } else { least };
    let mut cell = varint(row.len());
    cell.push(1);
    cell.extend(&row[..local]);
    let number = |at: usize| (3 + order[at]) as u32;
    cell.extend(number(0).to_be_bytes());
    let start = PAGE - cell.len();
    pages[1][0] = 13;
    pages[1][4] = 1;
    pages[1][8..10].copy_from_slice(&(start as u16).to_be_bytes());
    pages[1][start..].copy_from_slice(&cell);
    for (at, chunk) in row[local..].chunks(PAGE - 4).enumerate() {
        let page = &mut pages[2 + order[at]];
        let next = if at + 1 < order.len() {
            number(at + 1)
        } else {
            0
        };
        page[..4].copy_from_slice(&next.to_be_bytes());
        page[4..4 + chunk.len()].copy_from_slice(chunk);
    }
    pages.concat()
}

fn varint(number: usize) -> Vec<u8> {
    vec![0x80 | (number >> 7) as u8, (number & 0x7f) as u8]
}

/// Makes a write-ahead log. Each frame has a page number, a page, and the first byte of its salt.
fn log(frames: &[(u32, &[u8], u8)]) -> Vec<u8> {
    let mut log = vec![0; 32];
    log[..4].copy_from_slice(b"\x37\x7f\x06\x82");
    log[8..12].copy_from_slice(&(PAGE as u32).to_be_bytes());
    for (number, page, salt) in frames {
        let mut frame = vec![0; 24];
        frame[..4].copy_from_slice(&number.to_be_bytes());
        frame[8] = *salt;
        log.extend(frame);
        log.extend(*page);
    }
    log
}

/// Scans `files`. Returns the name of the file, or of the row, for each occurrence of `token`, and
/// the skips.
fn found(files: &[(&str, &[u8])], token: &str) -> (Vec<String>, Vec<Skip>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let place = AgentPlace {
        path: folder.path().to_owned(),
        except: &[],
    };
    let (seen, skips) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let source = AgentPlaces::new(vec![place], Limits::default());
    source
        .visit(&|blob| match blob {
            Ok(blob) => {
                let times = blob.bytes[blob.core.clone()]
                    .windows(token.len())
                    .filter(|window| *window == token.as_bytes())
                    .count();
                let is_row = matches!(blob.origin, Origin::Member { .. });
                let name = blob
                    .origin
                    .path()
                    .unwrap()
                    .rsplit(|byte| *byte == b'/')
                    .next();
                let name = String::from_utf8_lossy(name.unwrap()).into_owned();
                let name = if is_row { format!("{name} row") } else { name };
                seen.lock()
                    .unwrap()
                    .extend(std::iter::repeat_n(name, times));
            }
            Err(skip) => skips.lock().unwrap().push(skip),
        })
        .unwrap();
    let mut seen = seen.into_inner().unwrap();
    seen.sort();
    (seen, skips.into_inner().unwrap())
}

/// Makes a row with a token at offset `at`.
fn row(token: &str, at: usize) -> Vec<u8> {
    let mut row = vec![b'.'; 2300];
    row[at..at + token.len()].copy_from_slice(token.as_bytes());
    row
}

#[test]
fn a_row_is_assembled_from_scattered_pages() {
    let token = Fake::new(1).ntn(0);
    for order in [&[0, 1, 2, 3][..], &[3, 1, 0, 2]] {
        for at in (0..2250).step_by(13) {
            let bytes = database(&row(&token, at), order);
            let (seen, skips) = found(&[("state.vscdb", &bytes)], &token);
            assert_eq!(seen, ["state.vscdb row"], "{at}: once, and nowhere cut");
            assert!(skips.is_empty());
        }
    }
}

#[test]
fn bytes_outside_of_rows_are_searched() {
    let token = Fake::new(2).ntn(0);
    let other = expand("{ntn}", 3);
    // After the end of a row, on its last page: the rest of a deleted row.
    let mut bytes = database(&row(&other, 5), &[0, 1, 2, 3]);
    let end = bytes.len();
    bytes[end - token.len()..].copy_from_slice(token.as_bytes());
    assert_eq!(found(&[("a.db", &bytes)], &token).0, ["a.db row"]);
    // On a separate page, and in the free space of a page with rows.
    let mut free = database(&row(&other, 5), &[0, 1, 2, 3]);
    free.extend([vec![0; 100], token.clone().into_bytes(), vec![0; PAGE]].concat());
    free.resize(7 * PAGE, 0);
    free[PAGE + 20..PAGE + 20 + token.len()].copy_from_slice(token.as_bytes());
    assert_eq!(found(&[("a.db", &free)], &token).0, ["a.db", "a.db"]);
}

#[test]
fn a_write_ahead_log_overrides_its_database() {
    let token = Fake::new(4).ntn(0);
    let old = database(&row("nothing", 5), &[0, 1, 2, 3]);
    // The token spans two pages.
    let new = database(&row(&token, 750), &[0, 1, 2, 3]);
    let page = |number: usize| &new[(number - 1) * PAGE..number * PAGE];
    let pages: Vec<_> = (1..=6)
        .map(|number| (number as u32, page(number), 0))
        .collect();
    let (seen, skips) = found(&[("a.db", &old), ("a.db-wal", &log(&pages))], &token);
    assert_eq!((seen, skips), (vec!["a.db-wal row".to_owned()], Vec::new()));
    // Frames left over from an earlier log have other salts: they are searched page by page,
    // without rows.
    let mut stale = new[PAGE..2 * PAGE].to_vec();
    stale[100..100 + token.len()].copy_from_slice(token.as_bytes());
    let (seen, _) = found(
        &[("a.db", &old), ("a.db-wal", &log(&[(2, &stale, 9)]))],
        &token,
    );
    assert_eq!(seen, ["a.db-wal"]);
    // A log without its database is searched as an ordinary file.
    assert_eq!(
        found(&[("b-wal", &log(&[(2, &stale, 0)]))], &token).0,
        ["b-wal"]
    );
}

#[test]
fn a_damaged_database_is_reported_and_partly_read() {
    let token = Fake::new(5).ntn(0);
    let bytes = database(&row(&token, 100), &[0, 1, 2, 3]);
    let cut = &bytes[..bytes.len() - 100];
    let (_, skips) = found(&[("a.db", cut)], &token);
    assert_eq!(skips.len(), 1, "{skips:?}");
    // Any byte of the headers and pointers may be damaged: a token that lies in one piece is still
    // found.
    let leads = (16..PAGE)
        .chain(PAGE..PAGE + 10)
        .chain([2 * PAGE, 2 * PAGE + 3]);
    let cell = 2 * PAGE - 275;
    for at in leads.chain(cell..cell + 8) {
        for byte in [0, 1, 2, 0x7f, 0xff] {
            let mut broken = bytes.clone();
            broken[at] = byte;
            let (seen, _) = found(&[("a.db", &broken)], &token);
            assert!(!seen.is_empty(), "{at} {byte}");
        }
    }
    let random: Vec<u8> = {
        let mut fake = Fake::new(6);
        (0..20 * PAGE).map(|_| fake.next() as u8 % 16).collect()
    };
    let mut random = [&bytes[..PAGE], &random].concat();
    random[100..]
        .iter_mut()
        .step_by(PAGE)
        .for_each(|byte| *byte = 13);
    found(&[("a.db", &random)], &token);
}
