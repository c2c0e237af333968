//! Tests with git packs, bundles and loose objects as ordinary files.

use std::io::Write;

use super::super::{ArchiveKind, ArchiveLimits, kind};
use super::make::{compressed, gzip, tar, zip};
use super::{Numbers, Seen, visit, visit_named};
use crate::git::object::{self, Hash, Kind as ObjectKind, ObjectId};
use crate::model::skip::SkipReason;

const LIMITS: fn() -> ArchiveLimits = ArchiveLimits::default;

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

/// Makes an entry: its type and size, the reference to its base, and its data.
fn entry(kind: u8, base: &[u8], data: &[u8]) -> Vec<u8> {
    let mut size = data.len();
    let mut head = vec![kind << 4 | (size & 15) as u8];
    size >>= 4;
    while size > 0 {
        *head.last_mut().unwrap() |= 0x80;
        head.push((size & 127) as u8);
        size >>= 7;
    }
    [&head, base, &zlib(data)].concat()
}

fn pack_as(hash: Hash, count: u32, entries: &[Vec<u8>]) -> Vec<u8> {
    let bytes = [
        &b"PACK\0\0\0\x02"[..],
        &count.to_be_bytes(),
        &entries.concat(),
    ]
    .concat();
    let checksum = object::checksum(hash, &bytes).unwrap();
    [&bytes, checksum.as_slice()].concat()
}

fn pack(entries: &[Vec<u8>]) -> Vec<u8> {
    pack_as(Hash::Sha1, entries.len() as u32, entries)
}

fn id(content: &[u8]) -> ObjectId {
    object::id(Hash::Sha1, ObjectKind::Blob, content).unwrap()
}

/// Makes a delta that copies all of a base and adds `more`.
fn delta(base: &[u8], more: &[u8]) -> Vec<u8> {
    let sizes = [base.len() as u8, (base.len() + more.len()) as u8];
    [
        &sizes[..],
        &[0x90, base.len() as u8, more.len() as u8],
        more,
    ]
    .concat()
}

/// Makes a pack with a delta by id, a whole object, and a delta by offset against the whole object.
/// The delta by id comes first, and its base is the delta by offset.
fn chain() -> Vec<Vec<u8>> {
    let last = entry(7, id(b"one two").as_slice(), &delta(b"one two", b" three"));
    let first = entry(3, b"", b"one");
    let second = entry(6, &[first.len() as u8], &delta(b"one", b" two"));
    vec![last, first, second]
}

fn contents(seen: &Seen) -> Vec<String> {
    let mut contents: Vec<String> = seen
        .members
        .iter()
        .map(|(_, content)| String::from_utf8_lossy(content).into_owned())
        .collect();
    contents.sort();
    contents
}

#[test]
fn deltas_are_built_from_bases_at_any_position() {
    let bytes = pack(&chain());
    let seen = visit(&bytes);
    assert_eq!(
        (contents(&seen), &*seen.skips),
        (
            vec!["one".into(), "one two".into(), "one two three".into()],
            &[][..]
        )
    );
    let ids = [&b"one"[..], b"one two", b"one two three"].map(|content| id(content).to_string());
    assert!(
        ids.iter().all(|id| seen.paths().contains(&id.as_str())),
        "{ids:?} {:?}",
        seen.paths()
    );
    for seen in [visit(&gzip(&bytes, None)), visit(&tar(&[("p", &bytes)]))] {
        assert_eq!((seen.members.len(), seen.skips.len()), (3, 0));
    }
}

#[test]
fn a_sha256_pack_is_read() {
    let base = object::id(Hash::Sha256, ObjectKind::Blob, b"one").unwrap();
    let entries = [
        entry(7, base.as_slice(), &delta(b"one", b" two")),
        entry(3, b"", b"one"),
    ];
    let seen = visit(&pack_as(Hash::Sha256, 2, &entries));
    assert_eq!(
        (contents(&seen), seen.skips.len()),
        (vec!["one".into(), "one two".into()], 0)
    );
}

#[test]
fn a_missing_base_is_reported_and_its_delta_scanned() {
    let seen = visit(&pack(&chain()[..1]));
    assert_eq!(
        (seen.members.len(), seen.reasons()),
        (0, vec![SkipReason::Unsupported])
    );
    assert!(
        seen.frames
            .iter()
            .any(|(_, text)| text.ends_with(b" three"))
    );
    // A base given by its offset must come before its delta.
    let seen = visit(&pack(&[
        entry(3, b"", b"one"),
        entry(6, &[1], &delta(b"x", b"y")),
    ]));
    assert_eq!(
        (contents(&seen), seen.reasons()),
        (vec!["one".into()], vec![SkipReason::Unsupported])
    );
    let wrong = entry(
        6,
        &[entry(3, b"", b"one").len() as u8],
        &delta(b"longer", b"y"),
    );
    let seen = visit(&pack(&[entry(3, b"", b"one"), wrong]));
    assert_eq!(
        (contents(&seen), seen.reasons()),
        (vec!["one".into()], vec![SkipReason::Corrupt])
    );
}

#[test]
fn a_truncated_or_changed_pack_is_reported() {
    let bytes = pack(&chain());
    let whole = contents(&visit(&bytes));
    for cut in 60..bytes.len() {
        let seen = visit(&bytes[..cut]);
        assert!(seen.reasons().contains(&SkipReason::Corrupt), "{cut}");
        assert!(
            contents(&seen)
                .iter()
                .all(|content| whole.contains(content))
        );
    }
    for at in 8..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        // A file without the beginning of a pack is not recognised as a pack.
        if kind(&changed[..changed.len().min(512)]).is_some() {
            assert!(!visit(&changed).skips.is_empty(), "{at}");
        }
    }
    let mut numbers = Numbers(5);
    for _ in 0..2000 {
        let mut changed = bytes.clone();
        for _ in 0..3 {
            let at = 36 + numbers.below(bytes.len() - 36);
            changed[at] = numbers.below(256) as u8;
        }
        assert!(changed == bytes || !visit(&changed).skips.is_empty());
    }
    let followed = visit(&[&bytes[..], b"more"].concat());
    assert_eq!(followed.reasons(), [SkipReason::Corrupt]);
    // The count that an interrupted program leaves in the header, because it did not know the
    // number of objects yet.
    let seen = visit(&pack_as(Hash::Sha1, 0, &chain()[1..]));
    assert_eq!(
        (contents(&seen).len(), seen.reasons()),
        (2, vec![SkipReason::Corrupt])
    );
}

#[test]
fn text_that_resembles_a_pack_or_bundle_is_not_one() {
    let cases: [&[u8]; 7] = [
        b"PACK",
        b"PACK your things",
        b"PACK\0\0\0\x02\0\0\0\x05text that is no object at all",
        b"PACK\0\0\0\x04\0\0\0\0",
        b"# v2 git bundle\n\nis what one begins with",
        b"# v2 git bundle\nabc",
        b"# v9 git bundle\n@x",
    ];
    for case in cases {
        assert_eq!(kind(case), None, "{}", String::from_utf8_lossy(case));
    }
    assert_eq!(kind(&zlib(b"blob of text, compressed")), None);
    for hash in [Hash::Sha1, Hash::Sha256] {
        let empty = pack_as(hash, 0, &[]);
        assert_eq!(
            (kind(&empty), visit(&empty)),
            (Some(ArchiveKind::Pack), Seen::default())
        );
    }
}

#[test]
fn a_bundle_is_read_as_its_header_and_its_pack() {
    let refs = format!("{} refs/heads/main\n", "1".repeat(40));
    for head in [
        "# v2 git bundle\n".to_owned(),
        format!("# v3 git bundle\n@object-format=sha1\n-{refs}"),
    ] {
        let bytes = [head.as_bytes(), refs.as_bytes(), b"\n", &pack(&chain())].concat();
        let seen = visit(&bytes);
        assert_eq!(
            (seen.members.len(), seen.frames.len(), seen.skips.len()),
            (3, 0, 0)
        );
        let seen = visit_named("x.bundle.gz", &gzip(&bytes, None), &LIMITS());
        assert_eq!((seen.members.len(), seen.skips.len()), (3, 0));
        assert!(
            seen.frames[0].0 == "x.bundle" && seen.frames[0].1.ends_with(b"refs/heads/main\n\n")
        );
        let cut = visit(&bytes[..head.len() + 60]);
        assert_eq!(
            (cut.members.len(), cut.reasons()),
            (0, vec![SkipReason::Corrupt])
        );
    }
}

#[test]
fn a_loose_object_is_its_content() {
    let bytes = zlib(b"blob 7\0content");
    let seen = visit_named("d/ab", &bytes, &LIMITS());
    assert_eq!(
        (seen.paths(), seen.bytes(), seen.skips.len()),
        (vec!["ab"], b"content".to_vec(), 0)
    );
    let archive = gzip(b"inside", None);
    let holding = zlib(&[format!("blob {}\0", archive.len()).as_bytes(), &archive].concat());
    assert_eq!(visit(&holding).bytes(), b"inside");
    for wrong in [
        zlib(b"blob 9\0content"),
        zlib(b"blob 2\0content"),
        [&bytes[..], b"x"].concat(),
        bytes[..16].to_vec(),
    ] {
        assert_eq!(visit(&wrong).reasons(), [SkipReason::Corrupt]);
    }
}

#[test]
fn containers_in_packs_are_read_within_limits() {
    let archive = gzip(b"inside", None);
    let within = pack(&[entry(3, b"", &archive), entry(3, b"", &pack(&chain()))]);
    assert_eq!(
        contents(&visit(&within)).last().map(String::as_str),
        Some("one two three")
    );
    assert!(contents(&visit(&within)).contains(&"inside".to_owned()));
    let small = ArchiveLimits {
        held: 10,
        ..ArchiveLimits::default()
    };
    assert_eq!(
        visit_named("p", &within, &small).reasons(),
        [SkipReason::Limit]
    );
    let few = ArchiveLimits {
        bytes: 1000,
        ..ArchiveLimits::default()
    };
    assert_eq!(
        visit_named("p", &pack(&chain()), &few).reasons(),
        [SkipReason::Limit]
    );
    // Objects that are really larger than the limit, not only according to their headers.
    let bomb = pack(&vec![entry(3, b"", &vec![0; 5 << 20]); 30]);
    let limits = ArchiveLimits {
        held: 4 << 20,
        ..ArchiveLimits::default()
    };
    let seen = visit_named("p", &bomb, &limits);
    assert!(
        seen.reasons().contains(&SkipReason::Limit),
        "{} {:?}",
        bomb.len(),
        seen.skips
    );
    assert_eq!(visit(&zip(&[])), Seen::default());
    assert_eq!(
        visit(&compressed(ArchiveKind::Xz, &pack(&chain())))
            .members
            .len(),
        3
    );
}
