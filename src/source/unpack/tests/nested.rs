//! Tests with archives inside other archives.

use std::io::Cursor;

use super::super::{ArchiveEvent, ArchiveKind, ArchiveLimits, open};
use super::make::{compressed, gzip, member, tar, zip};
use super::{text, visit, visit_named};
use crate::model::blob::Origin;
use crate::model::skip::SkipReason;

#[test]
fn paths_of_nested_archives_are_joined() {
    let compressed_tar = gzip(
        &tar(&[("d.txt", b"d"), ("e/f.gz", &gzip(b"f", None))]),
        None,
    );
    let inner = zip(&[
        member("lib/c.tar.gz", &compressed_tar, 8),
        member("x.txt", b"x", 8),
    ]);
    let outer = zip(&[member("b.zip", &inner, 0), member("y.txt", b"y", 8)]);
    let seen = visit(&outer);
    let paths = [
        "b.zip!lib/c.tar.gz!d.txt",
        "b.zip!lib/c.tar.gz!e/f.gz!f",
        "b.zip!x.txt",
        "y.txt",
    ];
    assert_eq!(
        (seen.paths(), seen.bytes(), &*seen.skips),
        (paths.to_vec(), b"dfxy".to_vec(), &[][..])
    );
}

#[test]
fn a_compressor_that_merely_wraps_adds_no_name() {
    let limits = ArchiveLimits::default();
    for kind in [
        ArchiveKind::Gzip,
        ArchiveKind::Bzip2,
        ArchiveKind::Xz,
        ArchiveKind::Zstd,
    ] {
        let of = |content: &[u8]| compressed(kind, content);
        assert_eq!(
            visit_named("x.tgz", &of(&tar(&[("a", b"")])), &limits).paths(),
            ["a"]
        );
        assert_eq!(
            visit_named("x.zip.gz", &of(&zip(&[member("a", b"", 0)])), &limits).paths(),
            ["a"]
        );
        assert_eq!(
            visit_named("x.txt.gz.gz", &of(&of(b"a")), &limits).paths(),
            ["x.txt"]
        );
    }
    let inside = zip(&[
        member("l.txt.gz", &gzip(b"a", None), 0),
        member("m", &gzip(b"a", Some("n")), 0),
    ]);
    assert_eq!(visit(&inside).paths(), ["l.txt.gz!l.txt", "m!n"]);
}

#[test]
fn depth_counts_a_compressed_tar_once() {
    let limits = ArchiveLimits {
        depth: 2,
        ..ArchiveLimits::default()
    };
    let compressed_tar = |content: &[u8]| gzip(&tar(&[("in", content)]), None);
    let two = compressed_tar(&compressed_tar(b"x"));
    let seen = visit_named("x", &two, &limits);
    assert_eq!((seen.paths(), seen.reasons()), (vec!["in!in"], vec![]));
    let seen = visit_named("x", &compressed_tar(&two), &limits);
    assert_eq!(seen.skips, [("in!in".to_owned(), SkipReason::Limit)]);
    assert_eq!(seen.members, []);
}

#[test]
fn a_nested_container_never_hides_the_next_member() {
    let deep = gzip(&gzip(&gzip(&gzip(b"x", None), None), None), None);
    let broken = &zip(&[member("m", b"m", 0)])[..40];
    for pack in [
        |files: &[(&str, &[u8])]| tar(files),
        |files: &[(&str, &[u8])]| {
            zip(&files
                .iter()
                .map(|(name, content)| member(name, content, 8))
                .collect::<Vec<_>>())
        },
    ] {
        let seen = visit(&pack(&[
            ("deep", &deep),
            ("broken", broken),
            ("last", b"z"),
        ]));
        assert_eq!(seen.paths(), ["last"]);
        assert_eq!(
            seen.skips,
            [
                ("deep".to_owned(), SkipReason::Limit),
                ("broken".to_owned(), SkipReason::Corrupt)
            ]
        );
    }
}

#[test]
fn unread_content_hides_no_later_member_and_no_damage() {
    let mut bytes = zip(&[member("a", b"aaaa", 0), member("b", b"bbbb", 0)]);
    // The first byte of the first member's content.
    bytes[31] ^= 1;
    let (mut starts, mut skips) = (Vec::new(), Vec::new());
    let origin = Origin::Index {
        path: b"x.zip".to_vec(),
        object: "id".to_owned(),
    };
    open(
        ArchiveKind::Zip,
        Cursor::new(bytes),
        &origin,
        &ArchiveLimits::default(),
        &mut |event| match event {
            ArchiveEvent::Member { origin, content } => {
                let mut byte = [0];
                content.read_exact(&mut byte).unwrap();
                assert_eq!(
                    (origin.path(), origin.object()),
                    (Some(&b"x.zip"[..]), Some("id"))
                );
                starts.push((text(origin), byte[0]));
            }
            ArchiveEvent::Skip(skip) => skips.push((text(&skip.origin), skip.reason)),
        },
    );
    assert_eq!(starts, [("a".to_owned(), b'`'), ("b".to_owned(), b'b')]);
    assert_eq!(skips, [("a".to_owned(), SkipReason::Corrupt)]);
}
