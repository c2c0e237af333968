//! Base64 encoding, for the `Authorization` header with a client's id and secret.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes `bytes` in base64, with padding.
pub fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |place: usize| chunk.get(place).copied().map_or(0, u32::from);
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        let digit = |shift: u32| DIGITS[(bits >> shift & 63) as usize];
        let digits = [18, 12, 6, 0].map(digit);
        out.extend_from_slice(&digits[..=chunk.len()]);
        out.resize(out.len().next_multiple_of(4), b'=');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn each_length_has_its_padding() {
        let cases: [(&[u8], &[u8]); 5] = [
            (b"", b""),
            (b"f", b"Zg=="),
            (b"fo", b"Zm8="),
            (b"foo", b"Zm9v"),
            (b"\xff\xfe\xfd~", b"//79fg=="),
        ];
        for (plain, encoded) in cases {
            assert_eq!(encode(plain), encoded);
        }
    }
}
