//! Parses git-lfs pointers: the small text files that git stores in place of the real content.

/// The versions of the pointer format that git-lfs reads: the current version and two older
/// versions.
const VERSIONS: [&str; 3] = [
    "https://git-lfs.github.com/spec/v1",
    "https://hawser.github.com/spec/v1",
    "http://git-media.io/v/2",
];

/// A git-lfs pointer: the id and size of the object with a file's real content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// The SHA-256 of the content in lower-case hexadecimal, which is also the file name of the
    /// object.
    pub oid: String,
    /// The size of the content in bytes.
    pub size: u64,
    /// True if the pointer has extension lines. Their text is chosen by the pointer's author, so it
    /// is scanned.
    pub is_extended: bool,
}

impl Pointer {
    /// The limit on the size of a pointer in bytes: every pointer is smaller.
    pub const LIMIT: u64 = 1024;

    /// Parses `bytes` as a pointer, with the same tolerance as git-lfs. A pointer has the lines
    /// `version`, `oid` and `size` in this order, and may have extension lines before `size`.
    /// Ignores empty lines, whitespace around the whole text, and carriage returns at line ends.
    /// Returns `None` if `bytes` is not a pointer.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes = if bytes.len() as u64 >= Self::LIMIT {
            &[]
        } else {
            bytes.trim_ascii()
        };
        // A quick test: almost no other content begins like this.
        if !bytes.starts_with(b"version ") && !bytes.starts_with(b"ext-") {
            return None;
        }
        let mut lines = std::str::from_utf8(bytes)
            .ok()?
            .lines()
            .filter(|line| !line.is_empty());
        let mut is_extended = false;
        let mut value = |key: &str| {
            let mut entries = lines.by_ref().map(|line| line.split_once(' '));
            let entry = entries.find(|entry| {
                let passes = entry.is_some_and(is_extension);
                is_extended |= passes;
                !passes
            });
            entry
                .flatten()
                .filter(|(name, _)| *name == key)
                .map(|(_, value)| value)
        };
        let version = value("version").filter(|version| VERSIONS.contains(version));
        let oid = value("oid").and_then(hash);
        let size = value("size").filter(|size| size.bytes().all(|byte| byte.is_ascii_digit()));
        let (oid, size) = (version.and(oid)?.to_owned(), size?.parse().ok()?);
        lines.next().is_none().then_some(Pointer {
            oid,
            size,
            is_extended,
        })
    }
}

/// Returns true if a line is about an extension that the content was filtered through: `ext-0-name
/// sha256:…`.
fn is_extension((key, value): (&str, &str)) -> bool {
    let name = key
        .strip_prefix("ext-")
        .and_then(|rest| rest.strip_prefix(|digit: char| digit.is_ascii_digit()));
    let is_named = name
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|name| !name.is_empty());
    is_named && hash(value).is_some()
}

/// Returns the 64 hexadecimal digits of a value written as `sha256:…`; `None` for any other value.
fn hash(value: &str) -> Option<&str> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    value
        .strip_prefix("sha256:")
        .filter(|digits| digits.len() == 64 && digits.bytes().all(is_digit))
}

#[cfg(test)]
mod tests {
    use super::{Pointer, VERSIONS};

    const LATEST: &str = "version https://git-lfs.github.com/spec/v1";

    fn oid() -> String {
        format!("oid sha256:{}", "0a".repeat(32))
    }

    fn parse(text: &str) -> Option<(u64, bool)> {
        let pointer = Pointer::parse(text.as_bytes())?;
        assert_eq!(pointer.oid, "0a".repeat(32));
        Some((pointer.size, pointer.is_extended))
    }

    #[test]
    fn valid_pointers_are_recognised() {
        let (oid, hash) = (oid(), "b".repeat(64));
        for version in VERSIONS {
            assert_eq!(
                parse(&format!("version {version}\n{oid}\nsize 12345\n")),
                Some((12345, false))
            );
        }
        assert_eq!(parse(&format!("{LATEST}\n{oid}\nsize 0")), Some((0, false)));
        assert_eq!(
            parse(&format!("\n{LATEST}\r\n\n{oid}\r\nsize 7\r\n\n  ")),
            Some((7, false))
        );
        let extended =
            format!("{LATEST}\next-0-foo sha256:{hash}\next-1-bar sha256:{hash}\n{oid}\nsize 7\n");
        assert_eq!(parse(&extended), Some((7, true)));
        assert_eq!(
            parse(&format!(
                "ext-0-foo sha256:{hash}\n{LATEST}\n{oid}\nsize 7\n"
            )),
            Some((7, true))
        );
        let filled = format!("{LATEST}\n{oid}\nsize 7\n");
        assert_eq!(
            parse(&format!("{filled}{}", " ".repeat(1023 - filled.len()))),
            Some((7, false))
        );
        assert_eq!(
            parse(&format!("{filled}{}", " ".repeat(1024 - filled.len()))),
            None,
            "as long as none may be"
        );
    }

    #[test]
    fn invalid_pointers_are_rejected() {
        let (oid, hash) = (oid(), "b".repeat(64));
        let wrong = [
            String::new(),
            LATEST.to_owned(),
            format!("version https://git-lfs.github.com/spec/v2\n{oid}\nsize 1\n"),
            format!("Version https://git-lfs.github.com/spec/v1\n{oid}\nsize 1\n"),
            format!("{LATEST}\nsize 1\n{oid}\n"),
            format!("{LATEST}\n{oid}\n"),
            format!("{LATEST}\n{oid}\nsize -1\n"),
            format!("{LATEST}\n{oid}\nsize 1x\n"),
            format!("{LATEST}\n{oid}\nsize \n"),
            format!("{LATEST}\n{oid}\nsize 99999999999999999999\n"),
            format!("{LATEST}\n{oid}\nsize 1\nmore 1\n"),
            format!("{LATEST}\n{oid}\nsize 1\next-0-foo sha256:{hash}\n"),
            format!("{LATEST}\next-0-foo\n{oid}\nsize 1\n"),
            format!("{LATEST}\next-x-foo sha256:{hash}\n{oid}\nsize 1\n"),
            format!("{LATEST}\n{}\nsize 1\n", oid.to_uppercase()),
            format!("{LATEST}\noid sha256:{}\nsize 1\n", "0A".repeat(32)),
            format!("{LATEST}\noid sha256:{}\nsize 1\n", "0a".repeat(31)),
            format!("{LATEST}\noid sha1:{}\nsize 1\n", "0a".repeat(32)),
            format!("{LATEST}\noid sha256:../{}\nsize 1\n", "0a".repeat(32)),
            format!("# an example\n{LATEST}\n{oid}\nsize 1\n"),
        ];
        wrong
            .iter()
            .for_each(|text| assert_eq!(parse(text), None, "{text}"));
        assert_eq!(
            Pointer::parse(&[LATEST.as_bytes(), b"\n\xff"].concat()),
            None
        );
    }
}
