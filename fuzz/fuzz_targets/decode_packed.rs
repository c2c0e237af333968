//! Compressed text in base64 and lists of digits: what is decoded comes from where it is said to
//! come from; and what was compressed, and then damaged or cut, is read in bounded memory.
#![no_main]

mod decoding;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use libfuzzer_sys::fuzz_target;
use ntnguard::detect::decode::{Encoding, Place, Text};

fuzz_target!(|input: (usize, usize, usize, &[u8])| {
    decoding::check(&[Encoding::Deflate, Encoding::HexList], input);
    let (at, level, kind, bytes) = input;
    let mut packed = compressed(bytes, Compression::new((level % 10) as u32), kind);
    if kind & 2 == 0 && !packed.is_empty() {
        let at = at % packed.len();
        packed[at] ^= 1 << (level % 8);
    }
    let mut text = base64(&packed);
    if kind & 4 == 0 {
        text.truncate(at % (text.len() + 1));
    }
    let place = Place {
        at: 0,
        encoding: Encoding::Deflate,
        phase: 1,
        reading: 0,
    };
    let found = (!text.is_empty()).then(|| Text::decode(&text, place)).flatten();
    // Gzip within gzip is inflated too.
    let is_plain = !bytes.is_empty() && !bytes.starts_with(&[0x1f, 0x8b, 8]);
    let is_sound = kind & 6 == 6 && text.len() >= 60 && is_plain && level % 10 > 1;
    if is_sound && (kind & 1 == 1 || matches!(level % 10, 6..)) {
        assert_eq!(found.expect("it is sound").bytes, bytes);
    }
});

fn compressed(bytes: &[u8], level: Compression, kind: usize) -> Vec<u8> {
    if kind & 1 == 1 {
        let mut encoder = GzEncoder::new(Vec::new(), level);
        encoder.write_all(bytes).expect("into memory");
        encoder.finish().expect("into memory")
    } else {
        let mut encoder = ZlibEncoder::new(Vec::new(), level);
        encoder.write_all(bytes).expect("into memory");
        encoder.finish().expect("into memory")
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = bytes.chunks(3).flat_map(|three| {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        (0..=three.len()).map(move |digit| DIGITS[(bits >> (18 - 6 * digit) & 63) as usize])
    });
    digits.collect()
}
