//! Encodings and archives, made the simplest way.

/// Base64 by the well-known route: six bits a character.
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
        let character = |place: usize| char::from(ALPHABET[bits >> (18 - 6 * place) & 63]);
        (0..4).map(|place| if place <= three.len() { character(place) } else { '=' }).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// A zip with one stored member.
pub fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let (length, name_length) = ((content.len() as u32).to_le_bytes(), (name.len() as u16).to_le_bytes());
    let sum = crc32(content).to_le_bytes();
    let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &sum, &length, &length, &name_length, &[0, 0]].concat();
    let local = [b"PK\x03\x04", &common[..], name.as_bytes(), content].concat();
    let central = [b"PK\x01\x02\x14\x00", &common[..], &[0; 14], name.as_bytes()].concat();
    let (size, offset) = ((central.len() as u32).to_le_bytes(), (local.len() as u32).to_le_bytes());
    let end = [b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &size[..], &offset, &[0, 0]].concat();
    [local, central, end].concat()
}

/// The checksum that zip and gzip have of their content.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

/// A gzip that compresses nothing.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    // Stored blocks: what deflate writes for data that does not get shorter.
    let length = (bytes.len() as u16).to_le_bytes();
    let inverse = (!(bytes.len() as u16)).to_le_bytes();
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    [&head[..], &length, &inverse, bytes, &crc32(bytes).to_le_bytes(), &(bytes.len() as u32).to_le_bytes()].concat()
}

/// A zlib stream that compresses nothing: what git keeps a loose object in.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u16).to_le_bytes();
    let inverse = (!(bytes.len() as u16)).to_le_bytes();
    let add = |(a, b): (u32, u32), byte: &u8| ((a + u32::from(*byte)) % 65_521, (b + a + u32::from(*byte)) % 65_521);
    let (a, b) = bytes.iter().fold((1, 0), add);
    [&[0x78, 1, 1][..], &length, &inverse, bytes, &(b << 16 | a).to_be_bytes()].concat()
}
