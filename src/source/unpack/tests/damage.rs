//! Tests with damaged archives: the code must not panic, and must report everything that it did not
//! read.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use super::super::{ArchiveEvent, ArchiveKind, ArchiveLimits, open};
use super::make::{compressed, finish, gzip, logs, member, tar, tar_header, tar_member, zip};
use super::{Numbers, Seen, visit, visit_as};
use crate::model::blob::Origin;
use crate::model::skip::SkipReason;

const KINDS: [ArchiveKind; 6] = [
    ArchiveKind::Zip,
    ArchiveKind::Gzip,
    ArchiveKind::Tar,
    ArchiveKind::Bzip2,
    ArchiveKind::Xz,
    ArchiveKind::Zstd,
];

fn samples() -> Vec<(ArchiveKind, Vec<u8>)> {
    let content = logs(9_000);
    let mut samples: Vec<_> = KINDS
        .iter()
        .map(|kind| (*kind, compressed(*kind, &content)))
        .collect();
    let several = tar(&[
        ("a", &content),
        ("b.gz", &gzip(&content, Some("b"))),
        ("c", b"c"),
    ]);
    samples.push((ArchiveKind::Bzip2, compressed(ArchiveKind::Bzip2, &several)));
    samples.push((ArchiveKind::Zstd, compressed(ArchiveKind::Zstd, &several)));
    samples.push((
        ArchiveKind::Zip,
        zip(&[8, 12, 14, 93, 95, 0].map(|method| member("m", &content, method))),
    ));
    samples.push((
        ArchiveKind::Zip,
        zip(&[
            member("t.tar", &several, 8),
            member("z", &zip(&[member("m", b"m", 0)]), 0),
        ]),
    ));
    samples.push((ArchiveKind::Tar, several));
    samples
}

fn seen_as(kind: ArchiveKind, bytes: &[u8]) -> Seen {
    visit_as(kind, "x", bytes, &ArchiveLimits::default())
}

#[test]
fn a_truncated_archive_is_read_fully_or_reported() {
    for (kind, bytes) in samples() {
        let whole = seen_as(kind, &bytes);
        assert_eq!(whole.skips, [], "{kind:?}");
        for cut in (0..bytes.len())
            .step_by(37)
            .chain((0..bytes.len()).step_by(512))
        {
            let seen = seen_as(kind, &bytes[..cut]);
            assert!(
                !seen.skips.is_empty() || seen.bytes() == whole.bytes(),
                "{kind:?} cut at {cut}: {seen:?}"
            );
            let all = whole.bytes();
            assert!(
                kind == ArchiveKind::Zip || all.starts_with(&seen.bytes()),
                "{kind:?} cut at {cut}"
            );
        }
    }
}

#[test]
fn flipped_bits_do_no_harm() {
    let mut numbers = Numbers(99);
    for (kind, bytes) in samples() {
        for _ in 0..300 {
            let mut bytes = bytes.clone();
            for _ in 0..=numbers.below(4) {
                let at = numbers.below(bytes.len());
                bytes[at] ^= 1 << numbers.below(8);
            }
            seen_as(kind, &bytes);
        }
        // Positions near the beginning and the end, where the headers are.
        for at in (0..bytes.len().min(120)).chain(bytes.len().saturating_sub(120)..bytes.len()) {
            let mut bytes = bytes.clone();
            bytes[at] = !bytes[at];
            seen_as(kind, &bytes);
        }
    }
}

#[test]
fn content_of_the_wrong_kind_is_a_skip() {
    for kind in KINDS {
        for bytes in [&b""[..], b"x", &[0xff; 4000], &logs(4000)] {
            let seen = seen_as(kind, bytes);
            assert!(
                seen.reasons().contains(&SkipReason::Corrupt),
                "{kind:?} {seen:?}"
            );
        }
    }
}

#[test]
fn a_wrong_checksum_is_a_skip_and_the_content_was_seen() {
    for kind in [ArchiveKind::Zip, ArchiveKind::Gzip, ArchiveKind::Zstd] {
        let mut bytes = compressed(kind, b"content");
        let at = match kind {
            ArchiveKind::Zip => {
                bytes
                    .windows(4)
                    .position(|four| four == b"PK\x01\x02")
                    .unwrap()
                    + 16
            }
            ArchiveKind::Gzip => bytes.len() - 8,
            _ => bytes.len() - 1,
        };
        bytes[at] ^= 1;
        let seen = visit(&bytes);
        assert_eq!(
            (seen.bytes(), seen.reasons()),
            (b"content".to_vec(), vec![SkipReason::Corrupt]),
            "{kind:?}"
        );
    }
}

#[test]
fn a_damaged_member_does_not_hide_the_next() {
    let mut bytes = zip(&[member("a", &logs(5000), 8), member("b", b"b", 8)]);
    bytes[300] ^= 0x55;
    let seen = visit(&bytes);
    assert_eq!(
        (seen.paths(), &*seen.members[1].1),
        (vec!["a", "b"], &b"b"[..])
    );
    assert_eq!(seen.skips, [("a".to_owned(), SkipReason::Corrupt)]);

    let bytes = [
        tar_member(b'0', b"a", b"a"),
        vec![b'?'; 1536],
        tar_member(b'0', b"b", b"b"),
        vec![0; 512],
    ]
    .concat();
    let seen = visit(&bytes);
    assert_eq!(
        (seen.paths(), seen.reasons()),
        (vec!["a", "b"], vec![SkipReason::Corrupt])
    );
}

#[test]
fn an_absurd_size_in_a_tar_is_reported_as_damage() {
    for size in [
        &b"77777777777\0"[..],
        &[0x80, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255],
    ] {
        let bytes = [tar_header(b'0', b"a", size), vec![b'a'; 700]].concat();
        let seen = visit(&bytes);
        assert_eq!(
            (seen.bytes(), seen.reasons()),
            (vec![b'a'; 700], vec![SkipReason::Corrupt])
        );
        for flag in *b"LxKg" {
            let seen = visit(&[tar_header(flag, b"a", size), vec![b'a'; 700]].concat());
            assert!(seen.members.is_empty() && !seen.skips.is_empty(), "{flag}");
        }
    }
    for size in [[0xff; 12], *b"not a number"] {
        let seen = visit_as(
            ArchiveKind::Tar,
            "x",
            &tar_header(b'0', b"a", &size),
            &ArchiveLimits::default(),
        );
        assert_eq!(seen.reasons(), [SkipReason::Corrupt]);
    }
}

/// A reader that returns an error after a number of bytes, like a failing disk.
struct Failing(Cursor<Vec<u8>>, u64);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.position() >= self.1 {
            Err(io::Error::other("bad sector"))
        } else {
            self.0.read(buffer)
        }
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_disk_error_is_reported_as_unreadable() {
    for kind in KINDS {
        let disk = Failing(Cursor::new(compressed(kind, &logs(900_000))), 1);
        let mut reasons = Vec::new();
        open(
            kind,
            disk,
            &Origin::Stdin,
            &ArchiveLimits::default(),
            &mut |event| {
                if let ArchiveEvent::Skip(skip) = event {
                    reasons.push(skip.reason);
                }
            },
        );
        assert!(
            reasons.contains(&SkipReason::Unreadable),
            "{kind:?} {reasons:?}"
        );
    }
}

#[test]
fn unlisted_members_of_a_zip_are_reported() {
    let one = zip(&[member("a", b"a", 0)]);
    assert_eq!(visit(&[&one[..], b"\0\n"].concat()).skips, []);
    for unlisted in [[&one[..], &one].concat(), [&one[..], b"more"].concat()] {
        let seen = visit(&unlisted);
        assert_eq!(
            (seen.paths(), seen.reasons()),
            (vec!["a"], vec![SkipReason::Corrupt])
        );
    }
    // A member in the middle or at the end that the directory does not list.
    for (hidden, left) in [(1, vec!["a", "c"]), (2, vec!["a", "b"])] {
        let whole = zip(&[
            member("a", b"a", 0),
            member("b", b"b", 8),
            member("c", b"c", 0),
        ]);
        let begin = memchr::memmem::find(&whole, b"PK\x01\x02").unwrap();
        let end = memchr::memmem::rfind(&whole, b"PK\x05\x06").unwrap();
        let entry = (end - begin) / 3;
        let (before, after) = (begin + hidden * entry, begin + (hidden + 1) * entry);
        let directory = [&whole[begin..before], &whole[after..end]].concat();
        let seen = visit(&finish(whole[..begin].to_vec(), &directory, 2));
        assert_eq!(
            (seen.paths(), seen.reasons()),
            (left, vec![SkipReason::Corrupt])
        );
    }
    // Padding that some programs write must not be taken for a member.
    let padding = [&b"PK\x03\x04"[..], &[0; 24], &[4, 0], &[0; 4]].concat();
    let first = zip(&[member("a", b"a", 0)]);
    let begin = memchr::memmem::find(&first, b"PK\x01\x02").unwrap();
    let end = memchr::memmem::rfind(&first, b"PK\x05\x06").unwrap();
    let padded = finish([&first[..begin], &padding].concat(), &first[begin..end], 1);
    assert_eq!(visit(&padded).skips, []);
}
