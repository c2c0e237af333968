//! Tests of limits, with decompression bombs and with large but harmless archives.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::super::{ArchiveKind, ArchiveLimits};
use super::make::{compressed, finish, gzip, logs, member, tar, zip};
use super::{Seen, visit, visit_named};
use crate::model::skip::SkipReason;

/// Runs a visit, and fails if it takes too long. The limit is generous, for slow machines and
/// unoptimised decoders.
fn quickly(run: impl FnOnce() -> Seen) -> Seen {
    let start = Instant::now();
    let seen = run();
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
    seen
}

fn zeros(length: u64) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::copy(&mut std::io::repeat(0).take(length), &mut out).unwrap();
    out.flush().unwrap();
    out.finish().unwrap()
}

#[test]
fn a_stream_over_the_size_limit_is_a_skip() {
    let limits = ArchiveLimits {
        bytes: 40 << 20,
        ..ArchiveLimits::default()
    };
    let seen = quickly(|| visit_named("x.gz", &zeros(300 << 20), &limits));
    assert_eq!(seen.skips, [("x".to_owned(), SkipReason::Limit)]);
    assert!((40 << 20..41 << 20).contains(&seen.bytes().len()));
}

#[test]
fn nested_bombs_are_stopped_by_their_ratio() {
    // 300 MB, compressed twice: to a thousandth, and then to a fraction of that.
    let bomb = gzip(&zeros(300 << 20), None);
    assert!(bomb.len() < 100 << 10, "{}", bomb.len());
    let seen = quickly(|| visit(&bomb));
    assert_eq!(seen.reasons(), [SkipReason::Limit]);
    // The first of many bombs exceeds the limit. Nothing after it is read, and the limit is
    // reported once.
    let inner = zip(&[0; 50].map(|_| member("b", &bomb, 8)));
    let seen = quickly(|| visit(&zip(&[member("i.zip", &inner, 8), member("after", b"", 0)])));
    assert_eq!(seen.reasons(), [SkipReason::Limit]);
    for kind in [ArchiveKind::Bzip2, ArchiveKind::Xz, ArchiveKind::Zstd] {
        let seen = quickly(|| visit(&compressed(kind, &compressed(kind, &vec![0; 40 << 20]))));
        assert_eq!(seen.reasons(), [SkipReason::Limit], "{kind:?}");
    }
}

#[test]
fn overlapping_members_count_separately_for_the_limit() {
    let one = zip(&[member("bomb", &vec![0; 4 << 20], 8)]);
    let directory = one
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    let record = &one[directory..one.len() - 22];
    let bytes = finish(one[..directory].to_vec(), &record.repeat(5000), 5000);
    let seen = quickly(|| visit(&bytes));
    assert_eq!(seen.reasons(), [SkipReason::Limit]);
    assert!(seen.members.len() < 200);
}

#[test]
fn large_logs_are_not_taken_for_a_bomb() {
    let content = logs(20 << 20);
    let seen = visit(&gzip(&content, None));
    assert!(seen.bytes() == content && seen.skips.is_empty());
}

#[test]
fn too_many_members_are_a_skip() {
    let limits = ArchiveLimits {
        members: 10,
        ..ArchiveLimits::default()
    };
    let files = [("f", &b"f"[..]); 11];
    let zipped = zip(&files.map(|(name, content)| member(name, content, 0)));
    for bytes in [
        tar(&files),
        zipped.clone(),
        gzip(&tar(&files), None),
        gzip(&gzip(&zipped, None), None),
    ] {
        let seen = visit_named("x", &bytes, &limits);
        assert_eq!(
            (seen.members.len(), seen.skips),
            (10, vec![("-".to_owned(), SkipReason::Limit)])
        );
    }
    // A directory that claims billions of entries but has one.
    let mut claims = zip(&[member("f", b"f", 0)]);
    let end = claims.len() - 22;
    claims[end + 8..end + 12].fill(0xff);
    assert_eq!(visit(&claims).paths(), ["f"]);
}

#[test]
fn nested_zips_are_held_up_to_a_limit() {
    let inner = zip(&[member("f", &logs(3000), 0)]);
    let bytes = zip(&[member("a.zip", &inner, 8), member("b", b"b", 0)]);
    let enough = ArchiveLimits {
        held: inner.len() as u64,
        ..ArchiveLimits::default()
    };
    assert_eq!(visit_named("x", &bytes, &enough).paths(), ["a.zip!f", "b"]);
    let less = ArchiveLimits {
        held: inner.len() as u64 - 1,
        ..ArchiveLimits::default()
    };
    let seen = visit_named("x", &bytes, &less);
    assert_eq!(
        (seen.paths(), &*seen.skips),
        (vec!["b"], &[("a.zip".to_owned(), SkipReason::Limit)][..])
    );
    // A member inside two held zips is held twice.
    let twice = zip(&[member("o.zip", &bytes, 0)]);
    assert_eq!(
        visit_named("x", &twice, &enough).reasons(),
        [SkipReason::Limit]
    );
}

#[test]
fn nested_compression_has_a_depth_limit() {
    let mut bytes = b"x".to_vec();
    for _ in 0..100 {
        bytes = gzip(&bytes, None);
    }
    assert_eq!(visit(&bytes).skips, [("-".to_owned(), SkipReason::Limit)]);
}
