//! A credential's bytes, which cannot be printed by accident, and the masks that are shown instead.

use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// The length, in bytes, from which the mask of a secret shows the prefix and the last four
/// characters. Shorter secrets are masked completely.
const SHOWN_FROM: usize = 40;

/// The number of consecutive letters and digits of a secret that count as a piece of the secret.
const PIECE: usize = 8;

/// Returns the letters and digits of `text` in lower case. Full-width characters (U+FF01 to U+FF5E)
/// are replaced by their ASCII equivalents; all other characters are dropped.
fn plain(text: &str) -> Vec<char> {
    let narrow = |c: char| match c {
        // Full-width forms are in the order of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    let known = text.chars().map(narrow).filter(|c| c.is_alphanumeric());
    known.flat_map(char::to_lowercase).collect()
}

/// A credential's bytes, overwritten when they are dropped. `Debug` and `Display` show the mask.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    bytes: Vec<u8>,
    prefix: usize,
}

impl Secret {
    /// Returns a secret whose first `prefix` bytes are common knowledge (`ntn_`).
    pub fn new(bytes: Vec<u8>, prefix: usize) -> Self {
        Secret {
            prefix: prefix.min(bytes.len()),
            bytes,
        }
    }

    /// Returns the bytes. No other method reveals them.
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the secret with everything but its prefix and last four characters starred.
    pub fn mask(&self) -> String {
        self.shortened(|hidden| "*".repeat(hidden))
            .unwrap_or_else(|| "*".repeat(self.bytes.len()))
    }

    /// Returns the mask that does not reveal the secret's length: `ntn_…G9x9`, or `****…` if no
    /// part of the secret may be shown. All reports except JSON show this mask.
    pub fn short_mask(&self) -> String {
        self.shortened(|_| "…".to_owned())
            .unwrap_or_else(|| "****…".to_owned())
    }

    /// Returns the prefix, the stand-in for the hidden bytes, and the last four characters; `None`
    /// for a secret that is too short for any part of it to be shown.
    fn shortened(&self, stand_in: impl Fn(usize) -> String) -> Option<String> {
        if self.bytes.len() < SHOWN_FROM {
            return None;
        }
        let (prefix, rest) = self.bytes.split_at(self.prefix);
        let (hidden, tail) = rest.split_at(rest.len().saturating_sub(4));
        let (prefix, tail) = (prefix.escape_ascii(), tail.escape_ascii());
        Some(format!("{prefix}{}{tail}", stand_in(hidden.len())))
    }

    /// Returns the fingerprint of this value. It depends on the value alone.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(format!("v1:{}", &hex_sha256(&self.bytes)[..32]))
    }

    /// Returns true if the secret is in `bytes` at `start`.
    pub fn is_at(&self, bytes: &[u8], start: usize) -> bool {
        bytes
            .get(start..)
            .is_some_and(|bytes| bytes.starts_with(&self.bytes))
    }

    /// Returns true if the secret is `prefix` followed by letters and digits only.
    pub fn is_word_behind(&self, prefix: &str) -> bool {
        let body = self.bytes.strip_prefix(prefix.as_bytes());
        body.is_some_and(|body| body.iter().all(u8::is_ascii_alphanumeric))
    }

    /// Returns true if the secret begins with `prefix`.
    pub fn begins_with(&self, prefix: &str) -> bool {
        self.bytes.starts_with(prefix.as_bytes())
    }

    /// Returns true if `signature` is the HMAC-SHA256 of `message` by this secret, compared in
    /// constant time.
    pub fn signs(&self, message: &[u8], signature: &[u8; 32]) -> bool {
        // HMAC takes keys of any length.
        Hmac::<Sha256>::new_from_slice(&self.bytes).is_ok_and(|mac| {
            let mac = mac.chain_update(message);
            mac.verify(signature.into()).is_ok()
        })
    }

    /// Returns the same secret without blanks, line breaks and quotes around it.
    pub fn trimmed(&self) -> Self {
        let is_around = |byte: &u8| byte.is_ascii_whitespace() || b"'\"".contains(byte);
        let bytes = &self.bytes;
        let start = bytes.iter().position(|byte| !is_around(byte));
        let end = bytes.iter().rposition(|byte| !is_around(byte));
        let inner = start.zip(end).map(|(start, end)| &bytes[start..=end]);
        Secret::new(inner.unwrap_or_default().to_vec(), self.prefix)
    }

    /// Returns true if `text` contains eight consecutive letters and digits of the secret: in any
    /// letter case, with other characters between them, or in hexadecimal.
    pub fn has_piece_in(&self, text: &str) -> bool {
        let body = plain(&String::from_utf8_lossy(&self.bytes[self.prefix..]));
        let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        let spelled: Vec<u8> = (0..digits.len() / 2)
            .filter_map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok())
            .collect();
        let texts = [plain(text), plain(&String::from_utf8_lossy(&spelled))];
        let mut pieces = body.windows(PIECE);
        pieces.any(|piece| {
            let has = |text: &Vec<char>| text.windows(PIECE).any(|window| window == piece);
            texts.iter().any(has)
        })
    }

    /// Returns the number of bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns true if the secret has no bytes.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns the range of the first 16 bytes of the longest piece of letters and digits, or of
    /// the secret if no piece has four bytes. A search looks for these bytes first, because escapes
    /// do not change letters and digits.
    pub fn piece(&self) -> Range<usize> {
        let bytes = &self.bytes;
        let words = bytes.split(|byte| !byte.is_ascii_alphanumeric());
        let longest = words.max_by_key(|word| word.len()).unwrap_or_default();
        let start = longest.as_ptr() as usize - bytes.as_ptr() as usize;
        if longest.len() < 4 {
            0..bytes.len().min(16)
        } else {
            start..start + longest.len().min(16)
        }
    }

    /// Returns true if the secret is one of `digests`, hexadecimal SHA-256 sums of whole values.
    pub fn is_among(&self, digests: &[&str]) -> bool {
        digests.contains(&hex_sha256(&self.bytes).as_str())
    }
}

fn hex_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({self})")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mask())
    }
}

/// The identity of a finding: `v1:` and the first 128 bits of the value's SHA-256, in hexadecimal.
/// It depends on the value alone, so it survives moves, renames and rewrites. For a finding about a
/// line of code: `c1:` and the first 128 bits of the SHA-256 of its rule, path and line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

/// The prefix of the fingerprints of lines of code.
const OF_CODE: &str = "c1:";

impl Fingerprint {
    /// Returns the fingerprint of a finding of `rule` about a line of code, in the file at `path`
    /// from the root of the repository. The amount of white space in the line does not change the
    /// fingerprint.
    pub fn of_line(rule: &str, path: &[u8], line: &[u8]) -> Self {
        let words: Vec<&[u8]> = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .collect();
        let whole = [rule.as_bytes(), path, &words.join(&b' ')].join(&0);
        Fingerprint(format!("{OF_CODE}{}", &hex_sha256(&whole)[..32]))
    }

    /// Returns true if this is the fingerprint of a line of code.
    pub fn is_of_code(&self) -> bool {
        self.0.starts_with(OF_CODE)
    }

    /// Returns the fingerprint of all remaining bytes of `content`. It reads them in pieces and
    /// does not store them.
    ///
    /// # Errors
    ///
    /// Returns an error if reading fails.
    pub fn of_object(mut content: impl Read) -> io::Result<Self> {
        let (mut digest, mut buffer) = (Sha256::new(), vec![0; 64 * 1024]);
        loop {
            match content.read(&mut buffer) {
                Ok(0) => {
                    return Ok(Fingerprint(format!(
                        "v1:{}",
                        &hex(&digest.finalize())[..32]
                    )));
                }
                Ok(count) => digest.update(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix("v1:").or(text.strip_prefix(OF_CODE));
        let digits = digits.unwrap_or_default();
        let hex = digits
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digits.len() == 32 && hex {
            Ok(Fingerprint(text.to_owned()))
        } else {
            Err("is not a fingerprint: write `v1:` (for a line of code, `c1:`) and 32 hexadecimal digits, as reports show it".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, Secret};

    fn secret(length: usize) -> Secret {
        let body: String = ('a'..='z').cycle().take(length).collect();
        Secret::new(format!("ntn_{body}").into_bytes(), 4)
    }

    #[test]
    fn a_secret_cannot_print_itself() {
        let long = secret(46);
        assert_eq!(format!("{long}"), format!("ntn_{}qrst", "*".repeat(42)));
        assert_eq!(format!("{long:?}"), format!("Secret({long})"));
        assert_eq!(long.short_mask(), "ntn_…qrst");
        assert_eq!(secret(20).short_mask(), "****…");
        assert_eq!(secret(20).mask(), "*".repeat(24));
    }

    #[test]
    fn a_piece_of_a_secret_is_recognised() {
        let own = secret(46);
        for text in [
            "defghijk",
            "x DEFG-HIJK y",
            "d e f g h i j k",
            "\u{ff44}\u{ff45}\u{ff46}\u{ff47}\u{ff48}\u{ff49}\u{ff4a}\u{ff4b}",
            "64656667-6869-6a6b",
        ] {
            assert!(own.has_piece_in(text), "{text}");
        }
        for text in ["defghij", "docs sync", "", "64656667-6869-6a"] {
            assert!(!own.has_piece_in(text), "{text}");
        }
    }

    #[test]
    fn signatures_match_rfc_4231() {
        // RFC 4231, test case 2.
        let key = Secret::new(b"Jefe".to_vec(), 0);
        let mut signature: [u8; 32] = [
            0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95,
            0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9,
            0x64, 0xec, 0x38, 0x43,
        ];
        let message = b"what do ya want for nothing?";
        assert!(key.signs(message, &signature));
        let quoted = Secret::new(b" 'Jefe'\r\n".to_vec(), 0);
        assert!(!quoted.signs(message, &signature));
        assert!(quoted.trimmed().signs(message, &signature));
        signature[31] ^= 1;
        assert!(!key.signs(message, &signature));
    }

    #[test]
    fn the_fingerprint_depends_only_on_the_value() {
        assert_eq!(
            secret(46).fingerprint(),
            Secret::new(secret(46).expose().to_vec(), 0).fingerprint()
        );
        assert_ne!(secret(46).fingerprint(), secret(45).fingerprint());
        let known = Secret::new(b"abc".to_vec(), 0);
        assert_eq!(
            known.fingerprint().to_string(),
            "v1:ba7816bf8f01cfea414140de5dae2223"
        );
        assert_eq!(
            Fingerprint::of_object(&b"abc"[..]).unwrap(),
            known.fingerprint()
        );
    }
}
