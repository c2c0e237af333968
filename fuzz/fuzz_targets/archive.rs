//! Any bytes taken for an archive: it ends, within the limits.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use ntnguard::source::unpack::{ArchiveEvent, ArchiveKind, ArchiveLimits, kind, open};
use ntnguard::model::blob::Origin;

fuzz_target!(|bytes: &[u8]| {
    let limits = ArchiveLimits {
        bytes: 1 << 22,
        ratio: 100,
        members: 1000,
        held: 1 << 20,
        ..ArchiveLimits::default()
    };
    let kinds = [
        ArchiveKind::Zip,
        ArchiveKind::Gzip,
        ArchiveKind::Tar,
        ArchiveKind::Bzip2,
        ArchiveKind::Xz,
        ArchiveKind::Zstd,
    ];
    let said = bytes
        .first()
        .map(|first| kinds[usize::from(*first) % kinds.len()]);
    let (kind, content) = match kind(bytes) {
        Some(kind) => (kind, bytes),
        None => (
            said.unwrap_or(ArchiveKind::Zip),
            bytes.get(1..).unwrap_or_default(),
        ),
    };
    let mut inflated = 0;
    open(
        kind,
        Cursor::new(content),
        &Origin::Stdin,
        &limits,
        &mut |event| {
            if let ArchiveEvent::Member { origin, content } = event {
                assert!(origin.member().is_some());
                inflated += std::io::copy(content, &mut std::io::sink()).unwrap_or(0);
            }
        },
    );
    assert!(inflated <= (1 << 24) + (1 << 20), "{inflated}");
});
