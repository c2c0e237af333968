//! Tests that each kind of archive is recognised and its members are read.

use super::super::header::BLOCK;
use super::super::{ArchiveKind, ArchiveLimits, kind};
use super::make::{compressed, gzip, logs, member, tar, tar_header, tar_member, zip};
use super::{Seen, visit, visit_named};
use crate::model::skip::SkipReason;

const COMPRESSED: [ArchiveKind; 4] = [
    ArchiveKind::Gzip,
    ArchiveKind::Bzip2,
    ArchiveKind::Xz,
    ArchiveKind::Zstd,
];

#[test]
fn each_kind_is_recognised_and_read() {
    for expected in [
        ArchiveKind::Zip,
        ArchiveKind::Gzip,
        ArchiveKind::Tar,
        ArchiveKind::Bzip2,
        ArchiveKind::Xz,
        ArchiveKind::Zstd,
    ] {
        for content in [logs(300_000), b"x".to_vec(), Vec::new()] {
            let bytes = compressed(expected, &content);
            assert_eq!(kind(&bytes[..bytes.len().min(512)]), Some(expected));
            let seen = visit(&bytes);
            assert_eq!(seen.bytes(), content, "{expected:?}");
            assert_eq!(
                (seen.members.len(), seen.skips.len()),
                (1, 0),
                "{expected:?} {:?}",
                seen.skips
            );
        }
    }
    assert_eq!(visit(&zip(&[])), Seen::default());
}

#[test]
fn text_that_resembles_an_archive_is_not_one() {
    let mut unsummed = tar(&[("a", b"x")]);
    unsummed[0] = b'b';
    let header = [&vec![b'x'; 257][..], b"ustar\x0000", &[b'x'; 400]].concat();
    let cases: [&[u8]; 11] = [
        b"",
        b"PK",
        b"PK\x03\x04",
        b"PK\x05\x06 and so on",
        b"BZh9 is how a bzip2 begins",
        b"\x1f\x8b\x08\xff",
        b"\xfd7zXZ",
        b"(\xb5/\xfd",
        &unsummed,
        &header,
        &logs(512),
    ];
    for case in cases {
        assert_eq!(
            kind(&case[..case.len().min(512)]),
            None,
            "{}",
            String::from_utf8_lossy(case)
        );
    }
}

#[test]
fn concatenated_streams_are_read_as_one() {
    for kind in COMPRESSED {
        let parts = [logs(70_000), Vec::new(), b"second".to_vec(), logs(100)];
        let bytes: Vec<u8> = parts
            .iter()
            .flat_map(|part| compressed(kind, part))
            .collect();
        let mut seen = visit(&bytes);
        assert_eq!(
            (seen.bytes(), seen.skips.len()),
            (parts.concat(), 0),
            "{kind:?}"
        );
        seen = visit(&[&bytes[..], &[0; 1024]].concat());
        assert_eq!(
            (seen.bytes(), seen.skips.len()),
            (parts.concat(), 0),
            "{kind:?} with padding"
        );
        seen = visit(&[&bytes[..], b"rest"].concat());
        assert_eq!(
            (seen.bytes(), seen.reasons()),
            (parts.concat(), vec![SkipReason::Corrupt]),
            "{kind:?} and more"
        );
    }
}

#[test]
fn skippable_frames_of_zstd_are_skipped() {
    let frame = compressed(ArchiveKind::Zstd, b"abc");
    let skippable = |length: u32| {
        [
            &b"\x52\x2a\x4d\x18"[..],
            &length.to_le_bytes(),
            &vec![7; length as usize],
        ]
        .concat()
    };
    let bytes = [
        skippable(3),
        skippable(0),
        frame.clone(),
        skippable(100_000),
        frame,
    ]
    .concat();
    assert_eq!(visit(&bytes).bytes(), b"abcabc");
    assert_eq!(visit(&bytes).skips, []);
    assert_eq!(kind(&skippable(3)), None);
    assert_eq!(
        visit(&[skippable(600), compressed(ArchiveKind::Zstd, b"abc")].concat()).bytes(),
        b"abc"
    );
}

/// A split zip of one part, as `zip -s` writes it.
#[test]
fn a_split_zip_of_one_part_is_read() {
    let plain = zip(&[member("a", b"abc", 8)]);
    for mark in super::super::kind::MARKS {
        let mut parts = [mark, &plain].concat();
        // The offsets of members and of the directory count the four bytes of the signature.
        let directory = memchr::memmem::rfind(&parts, b"PK\x01\x02").unwrap();
        parts[directory + 42] += 4;
        let end = memchr::memmem::rfind(&parts, b"PK\x05\x06").unwrap();
        parts[end + 16..end + 20].copy_from_slice(&(directory as u32).to_le_bytes());
        let seen = visit(&parts);
        assert_eq!(
            (seen.bytes().as_slice(), seen.skips.len()),
            (&b"abc"[..], 0),
            "{:?}",
            seen.skips
        );
    }
}

#[test]
fn pre_posix_tars_and_sparse_maps_are_read() {
    let inner = gzip(b"inside", None);
    let mut old = tar_member(b'0', b"a.gz", &inner);
    old[257..BLOCK].fill(0);
    old[329..345].copy_from_slice(b"0000000\x000000000\0");
    old[100..108].copy_from_slice(b"0000644\0");
    old[148..156].fill(b' ');
    let sum: u32 = old[..BLOCK].iter().map(|byte| u32::from(*byte)).sum();
    old[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    old.extend([0; 2 * BLOCK]);
    assert_eq!(visit(&old).bytes(), b"inside");
    let mut map = format!("1\n0\n{}\n", inner.len()).into_bytes();
    map.resize(BLOCK, 0);
    let pax = tar_member(b'x', b"p", b"22 GNU.sparse.major=1\n");
    for content in [[&map[..], &inner].concat(), inner.clone()] {
        let sparse = [
            &pax[..],
            &tar_member(b'0', b"s.gz", &content),
            &[0; 2 * BLOCK],
        ]
        .concat();
        let seen = visit(&sparse);
        assert_eq!(
            (seen.bytes().as_slice(), seen.skips.len()),
            (&b"inside"[..], 0),
            "{:?}",
            seen.skips
        );
    }
}

#[test]
fn a_stream_is_named_by_its_header_or_its_file() {
    let limits = ArchiveLimits::default();
    let said = gzip(b"x", Some("said.txt"));
    assert_eq!(
        visit_named("d/logs.txt.gz", &said, &limits).paths(),
        ["said.txt"]
    );
    for (name, expected) in [
        ("d/logs.txt.gz", "logs.txt"),
        ("d/.gz", "data"),
        ("x", "x"),
        ("d.e/x", "x"),
    ] {
        assert_eq!(
            visit_named(name, &gzip(b"x", None), &limits).paths(),
            [expected]
        );
    }
}

#[test]
fn every_known_method_of_a_zip_is_read() {
    let content = logs(200_000);
    for method in [0, 8, 12, 14, 93, 95] {
        for (flags, zip64) in [(0, false), (8, false), (0, true)] {
            let mut entry = member("a.txt", &content, method);
            (entry.flags, entry.zip64) = (flags, zip64);
            let seen = visit(&zip(&[entry, member("b.txt", b"b", 0)]));
            assert_eq!(
                seen.paths(),
                ["a.txt", "b.txt"],
                "{method} {:?}",
                seen.skips
            );
            assert_eq!(
                (&seen.members[0].1, seen.skips.len()),
                (&content, 0),
                "{method}"
            );
        }
    }
}

#[test]
fn an_unreadable_zip_member_is_a_skip_and_others_are_read() {
    let mut locked = member("locked.txt", b"abc", 0);
    locked.flags = 1;
    let aes = member("aes.txt", b"abc", 99);
    let odd = member("odd.txt", b"abc", 98);
    let seen = visit(&zip(&[
        member("d/", b"", 0),
        locked,
        aes,
        odd,
        member("z.txt", b"z", 8),
    ]));
    assert_eq!(seen.paths(), ["z.txt"]);
    let skips = [
        ("locked.txt", SkipReason::Encrypted),
        ("aes.txt", SkipReason::Encrypted),
        ("odd.txt", SkipReason::Unsupported),
    ];
    assert_eq!(
        seen.skips,
        skips.map(|(path, reason)| (path.to_owned(), reason))
    );
}

#[test]
fn names_are_kept_as_they_are() {
    let names = ["../../etc/x", "/abs", "a\nb", "a\0b", "", "d/"];
    let members: Vec<_> = names.iter().map(|name| member(name, b"x", 0)).collect();
    assert_eq!(visit(&zip(&members)).paths(), names);
    assert_eq!(
        visit(&tar(&[("../../x", b"1"), ("/abs", b"2"), ("a\nb", b"3")])).paths(),
        ["../../x", "/abs", "a\nb"]
    );
}

#[test]
fn tar_has_long_names_links_and_sparse_files() {
    let long = "long/".repeat(60) + "name";
    let pax = |records: &str| tar_member(b'x', b"pax", records.as_bytes());
    let mut sparse = tar_header(b'S', b"sparse", b"00000000004\0");
    sparse[482] = 1;
    sparse[148..156].fill(b' ');
    let sum: u32 = sparse.iter().map(|byte| u32::from(*byte)).sum();
    sparse[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let data = |text: &[u8]| [text, &vec![0; 512 - text.len()]].concat();
    let bytes = [
        tar_member(b'g', b"global", b"17 comment=hello\n"),
        [
            tar_member(b'L', b"@LongLink", format!("{long}\0").as_bytes()),
            tar_member(b'0', b"short", b"1"),
        ]
        .concat(),
        [
            pax("17 path=pax/name\n10 size=3\n"),
            tar_header(b'0', b"short", b"0"),
            data(b"222"),
        ]
        .concat(),
        [
            tar_member(b'5', b"dir/", b""),
            tar_header(b'1', b"hard", b"00000000003\0"),
            tar_member(b'2', b"s", b""),
        ]
        .concat(),
        [sparse, vec![0; 512], data(b"3333")].concat(),
        [
            tar_header(b'0', b"binary", &[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            data(b"4"),
        ]
        .concat(),
        // Two concatenated tars, the first with the zeros at its end.
        [vec![0; 1024], tar_member(0, b"old", b"5"), vec![0; 1024]].concat(),
    ];
    let seen = visit(&bytes.concat());
    assert_eq!(seen.skips, []);
    assert_eq!(seen.paths(), [&long, "pax/name", "sparse", "binary", "old"]);
    assert_eq!(seen.bytes(), b"1222333345");
}
