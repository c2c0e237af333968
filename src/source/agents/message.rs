//! Recognises encrypted conversations. Some assistants store conversations as protocol buffers in
//! `.pb` files, and some of these files are encrypted: then they do not parse as protocol buffers.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The number of bytes of a file that are parsed. Random bytes stop being valid long before that.
const HEAD: u64 = 64 << 10;

/// Returns true if a file's name ends in `.pb` but its content is not a protocol buffer.
pub fn is_unreadable(path: &Path, file: &File) -> io::Result<bool> {
    let is_called = path.extension().is_some_and(|ending| ending == "pb");
    if !is_called {
        return Ok(false);
    }
    let mut head = Vec::new();
    super::rewound(file)?.take(HEAD).read_to_end(&mut head)?;
    let is_cut = head.len() as u64 == HEAD;
    Ok(!is_message(&head, is_cut))
}

/// Returns true if the bytes are a sequence of protocol buffer fields. With `is_cut`, the last
/// field may be longer than the bytes.
fn is_message(mut rest: &[u8], is_cut: bool) -> bool {
    while !rest.is_empty() {
        let Some(key) = varint(&mut rest) else {
            return is_cut && rest.len() < 10;
        };
        let length = match key & 7 {
            _ if key >> 3 == 0 || key >> 3 >= 1 << 29 => return false,
            0 => match varint(&mut rest) {
                Some(_) => 0,
                None => return is_cut && rest.len() < 10,
            },
            1 => 8,
            2 => match varint(&mut rest) {
                Some(length) => length,
                None => return is_cut && rest.len() < 10,
            },
            5 => 4,
            _ => return false,
        };
        match usize::try_from(length)
            .ok()
            .and_then(|length| rest.get(length..))
        {
            Some(behind) => rest = behind,
            None => return is_cut && length < 1 << 31,
        }
    }
    true
}

/// Removes a variable-length number from the front of `bytes` and returns it; `None` if `bytes` do
/// not begin with a number.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for (at, byte) in bytes.iter().take(10).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            *bytes = &bytes[at + 1..];
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::is_message;
    use crate::fake::Fake;

    #[test]
    fn messages_are_distinguished_from_random_bytes() {
        let text = b"a conversation";
        let message = [&[0x08, 0x96, 0x01, 0x12, text.len() as u8][..], text].concat();
        assert!(is_message(&message, false) && is_message(b"", false));
        assert!(is_message(&message[..8], true) && !is_message(&message[..8], false));
        for seed in 1..200 {
            let mut fake = Fake::new(seed);
            let random: Vec<u8> = (0..4096).map(|_| fake.next() as u8).collect();
            assert!(!is_message(&random, false), "{seed}");
        }
    }
}
