//! Paths in JSON reports.

use serde::Serialize;

use crate::detect::redact::redact_bytes;
use crate::model::blob::Origin;

/// A path as text with `/` between its parts. If the path is not UTF-8, also the base64 of its
/// bytes. For a member of an archive, also the member's path in the archive.
#[derive(Serialize)]
pub struct WirePath {
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member_base64: Option<String>,
}

impl WirePath {
    /// Returns the path of an origin and, for a member of an archive, the member's path.
    pub fn new(origin: &Origin) -> Self {
        let (path, path_base64) = origin.path().map(wire).unzip();
        let (member, member_base64) = origin.member().map(wire).unzip();
        let slashes = |path: String| {
            if cfg!(windows) {
                path.replace('\\', "/")
            } else {
                path
            }
        };
        let (path_base64, member_base64) = (path_base64.flatten(), member_base64.flatten());
        WirePath {
            path: path.map(slashes),
            path_base64,
            member,
            member_base64,
        }
    }
}

/// Returns bytes as text with secrets masked. If the bytes are not UTF-8, also returns their
/// base64.
pub fn wire(bytes: &[u8]) -> (String, Option<String>) {
    let bytes = redact_bytes(bytes);
    let base64 = std::str::from_utf8(&bytes).is_err().then(|| base64(&bytes));
    (String::from_utf8_lossy(&bytes).into_owned(), base64)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Decodes `text` from standard base64 with padding; `None` if `text` is not valid.
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for four in text.trim_end_matches('=').as_bytes().chunks(4) {
        let mut bits = 0;
        for byte in four {
            let six = ALPHABET.iter().position(|known| known == byte)?;
            bits = bits << 6 | u32::try_from(six).ok()?;
        }
        let bytes = (bits << (6 * (4 - four.len()))).to_be_bytes();
        out.extend_from_slice(&bytes[1..four.len()]);
    }
    (base64(&out) == text).then_some(out)
}

/// Returns the standard base64 of `bytes`, with padding.
fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let six = bits >> (18 - 6 * place) & 63;
            out.push(if place <= three.len() {
                char::from(ALPHABET[six as usize])
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{WirePath, base64, unbase64};
    use crate::fake::Fake;
    use crate::model::blob::Origin;

    #[test]
    fn a_masked_member_is_listed_beside_its_container() {
        let path = [b"b/", Fake::new(1).ntn(0).as_bytes(), b"\xff"].concat();
        let container = std::sync::Arc::new(Origin::File("a.zip".into()));
        let wire = WirePath::new(&Origin::Member {
            container,
            path,
            is_frame: false,
        });
        let masked = format!("b/ntn_{}\u{fffd}", "*".repeat(46));
        assert_eq!(
            (wire.path.as_deref(), wire.member),
            (Some("a.zip"), Some(masked))
        );
        assert!(wire.path_base64.is_none() && wire.member_base64.is_some());
    }

    #[test]
    fn base64_is_the_standard_one() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
            ("\u{ff}", "w78="),
        ];
        for (plain, encoded) in cases {
            assert_eq!(base64(plain.as_bytes()), encoded);
            assert_eq!(unbase64(encoded).as_deref(), Some(plain.as_bytes()));
        }
        for wrong in ["Zg", "Zg=", "Zh==", "Z===", "Zm 8=", "\u{ff}"] {
            assert_eq!(unbase64(wrong), None, "{wrong}");
        }
    }
}
