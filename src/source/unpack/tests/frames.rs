//! Tests of frames, which are the text of containers outside their members, at any depth.

use super::super::{ArchiveKind, ArchiveLimits};
use super::make::{compressed, gzip, member, tar, tar_member, zip};
use super::{Seen, visit, visit_named};

const COMPRESSED: [ArchiveKind; 4] = [
    ArchiveKind::Gzip,
    ArchiveKind::Bzip2,
    ArchiveKind::Xz,
    ArchiveKind::Zstd,
];

/// A text that occurs nowhere else.
const MARK: &str = "what is only said";

/// Returns the places of the frames that hold `MARK`.
fn saying(seen: &Seen) -> Vec<&str> {
    let says = |text: &[u8]| {
        text.windows(MARK.len())
            .any(|window| window == MARK.as_bytes())
    };
    seen.frames
        .iter()
        .filter(|(_, text)| says(text))
        .map(|(path, _)| path.as_str())
        .collect()
}

fn pax(key: &str) -> Vec<u8> {
    let rest = format!(" {key}={MARK}\n");
    let length = (1..)
        .find(|length: &usize| length.to_string().len() + rest.len() == *length)
        .unwrap();
    format!("{length}{rest}").into_bytes()
}

/// Returns a header with `MARK` at offset `at`.
fn with(flag: u8, at: usize) -> Vec<u8> {
    let mut block = tar_member(flag, b"a", b"");
    block[at..at + MARK.len()].copy_from_slice(MARK.as_bytes());
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// Returns tars with `MARK` in each part that a frame holds.
fn tars() -> Vec<(&'static str, Vec<u8>)> {
    let mut padded = tar_member(b'0', b"a", b"a");
    padded[600..600 + MARK.len()].copy_from_slice(MARK.as_bytes());
    vec![
        ("symbolic link", with(b'2', 157)),
        ("hard link", with(b'1', 157)),
        ("user", with(b'0', 265)),
        ("group", with(b'5', 297)),
        ("nowhere", with(b'0', 480)),
        (
            "long link",
            [
                tar_member(b'K', b"././@LongLink", MARK.as_bytes()),
                with(b'2', 400),
            ]
            .concat(),
        ),
        ("name of a folder", tar_member(b'5', MARK.as_bytes(), b"")),
        ("name of a link", tar_member(b'2', MARK.as_bytes(), b"")),
        (
            "comment",
            [
                tar_member(b'x', b"pax", &pax("comment")),
                tar_member(b'0', b"a", b"a"),
            ]
            .concat(),
        ),
        (
            "attribute",
            [
                tar_member(b'x', b"pax", &pax("SCHILY.xattr.user.x")),
                tar_member(b'0', b"a", b""),
            ]
            .concat(),
        ),
        (
            "link path",
            [
                tar_member(b'x', b"pax", &pax("linkpath")),
                tar_member(b'2', b"a", b""),
            ]
            .concat(),
        ),
        (
            "for all",
            [
                tar_member(b'g', b"pax", &pax("comment")),
                tar_member(b'0', b"a", b"a"),
            ]
            .concat(),
        ),
        ("for none", tar_member(b'g', b"pax", &pax("path"))),
        ("padding", padded),
    ]
}

#[test]
fn frames_of_a_compressed_tar_are_passed_on() {
    for (what, parts) in tars() {
        let bytes = [parts, vec![0; 1024]].concat();
        assert_eq!(visit(&bytes).frames, [], "the caller has searched it");
        for kind in COMPRESSED {
            let seen = visit_named(
                "x.tar.z",
                &compressed(kind, &bytes),
                &ArchiveLimits::default(),
            );
            assert_eq!(
                (saying(&seen), &*seen.skips),
                (vec!["x.tar"], &[][..]),
                "{what} in {kind:?}"
            );
        }
        let seen = visit(&zip(&[
            member("d/y.tar", &bytes, 8),
            member("z.tgz", &gzip(&bytes, None), 8),
        ]));
        assert_eq!(saying(&seen), ["d/y.tar", "z.tgz!z"], "{what}");
    }
}

#[test]
fn frames_of_a_zip_are_passed_on_without_its_members() {
    let plain = zip(&[
        member("stored", b"the content", 0),
        member("deflated", b"the content", 8),
        member("d/", b"", 0),
    ]);
    let end = plain.len();
    let with_comment = [
        &plain[..end - 2],
        &(MARK.len() as u16).to_le_bytes(),
        MARK.as_bytes(),
    ]
    .concat();
    let seen = visit_named(
        "x.zip.gz",
        &gzip(&with_comment, None),
        &ArchiveLimits::default(),
    );
    assert_eq!((saying(&seen), &*seen.skips), (vec!["x.zip"], &[][..]));
    let said = String::from_utf8_lossy(&seen.frames[0].1);
    assert!(
        ["stored", "deflated", "the content"]
            .iter()
            .all(|known| !said.contains(known))
            && said.contains("d/")
    );
    assert_eq!(visit(&with_comment).frames, []);
}

#[test]
fn frames_of_compressed_files_are_passed_on() {
    let named = gzip(b"x", Some(MARK));
    let comment = [
        &b"\x1f\x8b\x08\x10\0\0\0\0\0\0"[..],
        MARK.as_bytes(),
        &[0],
        &gzip(b"x", None)[10..],
    ]
    .concat();
    let length = (MARK.len() as u16).to_le_bytes();
    let extra = [
        &b"\x1f\x8b\x08\x04\0\0\0\0\0\0"[..],
        &length,
        MARK.as_bytes(),
        &gzip(b"x", None)[10..],
    ]
    .concat();
    let second = [gzip(b"x", None), comment.clone()].concat();
    let frame = [
        &b"\x5a\x2a\x4d\x18"[..],
        &(MARK.len() as u32).to_le_bytes(),
        MARK.as_bytes(),
    ]
    .concat();
    let zstd = compressed(ArchiveKind::Zstd, b"x");
    let (before, after) = ([&frame[..], &zstd].concat(), [&zstd[..], &frame].concat());
    for (what, bytes) in [named, comment, extra, second, before, after]
        .iter()
        .enumerate()
    {
        assert_eq!(visit(bytes).frames, [], "the caller has searched it");
        for seen in [
            visit(&tar(&[("d/y.z", bytes)])),
            visit(&zip(&[member("d/y.z", bytes, 8)])),
        ] {
            assert_eq!(
                (saying(&seen), seen.skips.len()),
                (vec!["d/y.z"], 0),
                "case {what}"
            );
        }
        for kind in COMPRESSED {
            let seen = visit_named("y.z.z", &compressed(kind, bytes), &ArchiveLimits::default());
            assert_eq!(
                (saying(&seen), seen.skips.len()),
                (vec!["y.z"], 0),
                "case {what} in {kind:?}"
            );
        }
    }
}

#[test]
fn small_frames_are_omitted_and_large_ones_skipped() {
    assert_eq!(
        visit(&zip(&[member("a.gz", &gzip(b"x", None), 8)])).frames,
        []
    );
    let bytes = vec![7; 2 << 20];
    let frame = [
        &b"\x5a\x2a\x4d\x18"[..],
        &(bytes.len() as u32).to_le_bytes(),
        &bytes,
    ]
    .concat();
    let zstd = [compressed(ArchiveKind::Zstd, b"x"), frame].concat();
    assert_eq!(visit(&zstd).skips, []);
    assert_eq!(
        visit(&gzip(&zstd, None)).reasons(),
        [crate::model::skip::SkipReason::Limit],
        "never kept without end"
    );
}

/// Programs differ on whether content follows a link with a size.
#[test]
fn blocks_after_a_link_are_content_unless_a_header() {
    for flag in *b"123456V" {
        let bytes = [
            tar_member(flag, b"a", b"the data of a"),
            tar_member(b'0', b"b", b"b"),
            vec![0; 1024],
        ]
        .concat();
        let seen = visit(&bytes);
        assert_eq!(
            (seen.paths(), seen.skips.len()),
            (vec!["a", "b"], 0),
            "{}",
            char::from(flag)
        );
        assert_eq!(seen.bytes(), b"the data of ab");
        let bare = [
            &tar_member(flag, b"a", b"the data of a")[..512],
            &tar(&[("b", b"b")]),
        ]
        .concat();
        assert_eq!(
            (visit(&bare).paths(), visit(&bare).skips.len()),
            (vec!["b"], 0)
        );
        let last = [&tar_member(flag, b"a", b"the data of a")[..512], &[0; 1024]].concat();
        assert_eq!(
            (visit(&last).paths(), visit(&last).skips.len()),
            (vec![], 0)
        );
    }
}
