//! Text in UTF-16 that begins with a byte-order mark, as PowerShell and some editors write it.

/// Returns the function that decodes a UTF-16 code unit, by the byte-order mark at the beginning of
/// a text; `None` if the text does not begin with a byte-order mark of UTF-16.
fn order(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    match bytes {
        // The byte-order mark of UTF-32 begins with the same two bytes.
        [0xff, 0xfe, 0, 0, ..] => None,
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        _ => None,
    }
}

/// Returns true if a text begins with a byte-order mark of UTF-16.
pub fn has_mark(bytes: &[u8]) -> bool {
    order(bytes).is_some()
}

/// Converts a UTF-16 text with a byte-order mark to UTF-8, without the mark; `None` for any other
/// text.
pub fn as_utf8(bytes: &[u8]) -> Option<Vec<u8>> {
    let unit = order(bytes)?;
    let pairs = bytes[2..].chunks_exact(2);
    let units: Vec<u16> = pairs.map(|pair| unit([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::as_utf8;

    #[test]
    fn the_byte_order_mark_sets_the_byte_order() {
        let units: Vec<u16> = "\u{feff}aé\u{1f600}".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [little, big] {
            assert_eq!(as_utf8(&bytes).unwrap(), "aé\u{1f600}".as_bytes());
        }
        for bytes in [&b"plain"[..], b"", b"\xff", b"\xff\xfe\0\0a\0\0\0"] {
            assert_eq!(as_utf8(bytes), None);
        }
    }
}
