//! Encoders and writers of archives, written as simply as possible.

use std::io::Write;

/// Base64: six bits for each character.
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = three
            .iter()
            .fold(0, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - three.len()));
        let character = |place: usize| char::from(ALPHABET[bits >> (18 - 6 * place) & 63]);
        (0..4)
            .map(|place| {
                if place <= three.len() {
                    character(place)
                } else {
                    '='
                }
            })
            .collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// A zip with one member that its flags declare as encrypted.
pub fn encrypted_zip(content: &[u8]) -> Vec<u8> {
    let mut zip = zip("a.txt", content);
    let central = zip.len() - 22 - 46 - "a.txt".len();
    (zip[6], zip[central + 8]) = (1, 1);
    zip
}

/// A zip with one stored member.
pub fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let (length, name_length) = (
        (content.len() as u32).to_le_bytes(),
        (name.len() as u16).to_le_bytes(),
    );
    let sum = crc32(content).to_le_bytes();
    let common = [
        &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
        &sum,
        &length,
        &length,
        &name_length,
        &[0, 0],
    ]
    .concat();
    let local = [b"PK\x03\x04", &common[..], name.as_bytes(), content].concat();
    let central = [
        b"PK\x01\x02\x14\x00",
        &common[..],
        &[0; 14],
        name.as_bytes(),
    ]
    .concat();
    let (size, offset) = (
        (central.len() as u32).to_le_bytes(),
        (local.len() as u32).to_le_bytes(),
    );
    let end = [
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0",
        &size[..],
        &offset,
        &[0, 0],
    ]
    .concat();
    [local, central, end].concat()
}

/// The CRC-32 checksum, as in zip and gzip.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                sum >> 1 ^ 0xEDB8_8320
            } else {
                sum >> 1
            }
        })
    })
}

/// A gzip file with uncompressed content.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    // A stored block of deflate, which has its data uncompressed.
    let length = (bytes.len() as u16).to_le_bytes();
    let inverse = (!(bytes.len() as u16)).to_le_bytes();
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    [
        &head[..],
        &length,
        &inverse,
        bytes,
        &crc32(bytes).to_le_bytes(),
        &(bytes.len() as u32).to_le_bytes(),
    ]
    .concat()
}

/// A zlib stream with uncompressed content. git stores loose objects as zlib streams.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u16).to_le_bytes();
    let inverse = (!(bytes.len() as u16)).to_le_bytes();
    let add = |(a, b): (u32, u32), byte: &u8| {
        (
            (a + u32::from(*byte)) % 65_521,
            (b + a + u32::from(*byte)) % 65_521,
        )
    };
    let (a, b) = bytes.iter().fold((1, 0), add);
    [
        &[0x78, 1, 1][..],
        &length,
        &inverse,
        bytes,
        &(b << 16 | a).to_be_bytes(),
    ]
    .concat()
}

/// `bytes` in each compression format, with the format's file extension.
pub fn compressed(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(bytes).unwrap();
    let mut xz =
        lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    xz.write_all(bytes).unwrap();
    let zstd =
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest);
    let (gzip, bzip2, xz) = (
        gzip.finish().unwrap(),
        bzip2.finish().unwrap(),
        xz.finish().unwrap(),
    );
    vec![("gz", gzip), ("bz2", bzip2), ("xz", xz), ("zst", zstd)]
}

/// A member of a tar archive, from its type flag, name, link target and content.
pub fn tar_member(flag: u8, name: &str, link: &str, content: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    block[148..156].fill(b' ');
    block[156] = flag;
    block[157..157 + link.len()].copy_from_slice(link.as_bytes());
    block[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let padding = content.len().next_multiple_of(512) - content.len();
    [&block[..], content, &vec![0; padding]].concat()
}

/// The content of a pax header with one record.
pub fn pax(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n");
    let length = (1..)
        .find(|length: &usize| length.to_string().len() + rest.len() == *length)
        .unwrap();
    format!("{length}{rest}").into_bytes()
}
