//! Parses the header of a tar member, which is one block of 512 bytes, and pax headers.

/// The size of a block in bytes. A header is one block, and content is padded to whole blocks.
pub const BLOCK: usize = 512;

/// The header of a tar member.
pub struct TarHeader<'a>(&'a [u8; BLOCK]);

/// Returns true if a file begins with a tar header. Headers from before POSIX have no magic number.
/// They are recognised by their checksum and by zeros after their fields.
pub fn is_tar(start: &[u8]) -> bool {
    let Some(block) = start.first_chunk::<BLOCK>() else {
        return false;
    };
    // The bytes from 329 to 345 may be set: GNU tar writes device numbers there.
    let is_bare = || {
        block[257..329]
            .iter()
            .chain(&block[345..])
            .all(|byte| *byte == 0)
    };
    let is_old =
        || block[0] != 0 && is_bare() && is_octal(&block[100..108]) && is_octal(&block[124..136]);
    (&block[257..262] == b"ustar" || is_old())
        && TarHeader::parse(block).is_some_and(|header| header.size().is_some())
}

/// Returns true if a field is a number in octal digits, as in all old tar headers.
fn is_octal(field: &[u8]) -> bool {
    let digits = until_nul(field).trim_ascii();
    !digits.is_empty() && digits.iter().all(|digit| matches!(digit, b'0'..=b'7'))
}

impl<'a> TarHeader<'a> {
    /// Reads the header in a block; `None` if its checksum is wrong.
    pub fn parse(block: &'a [u8; BLOCK]) -> Option<Self> {
        let claimed = i64::try_from(number(&block[148..156])?).ok()?;
        // Some old programs computed the sum of signed bytes.
        let is_sum =
            claimed == sum(block, i64::from) || claimed == sum(block, |byte| i64::from(byte as i8));
        is_sum.then_some(TarHeader(block))
    }

    /// Returns the type flag of the member.
    pub fn flag(&self) -> u8 {
        self.0[156]
    }

    /// Returns the number of bytes of content after the header; `None` if the field is invalid.
    pub fn size(&self) -> Option<u64> {
        number(&self.0[124..136])
    }

    /// Returns the name. POSIX stores a long name in two fields.
    pub fn name(&self) -> Vec<u8> {
        let name = until_nul(&self.0[..100]);
        let prefix = until_nul(&self.0[345..500]);
        // GNU's format has other fields where POSIX has the first part of a long name.
        if &self.0[257..263] == b"ustar\0" && !prefix.is_empty() {
            [prefix, b"/", name].concat()
        } else {
            name.to_vec()
        }
    }

    /// Returns true if the map of a sparse file continues in the next block, in GNU's old format.
    pub fn sparse_continues(&self) -> bool {
        self.flag() == b'S' && self.0[482] != 0
    }
}

/// Returns the bytes before the first NUL byte, or all bytes if there is no NUL byte.
pub fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Parses a number in octal digits or, if the first bit is set, in big-endian binary. `None` if the
/// number is invalid or too large.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        // 0xff begins a negative number, which is not valid in any field that is read here. It is
        // read as a very large number instead.
        let first = u64::from(field[0] & 0x7f);
        return field[1..].iter().try_fold(first, |sum, byte| {
            Some(sum.checked_mul(256)? + u64::from(*byte))
        });
    }
    let digits = until_nul(field).trim_ascii();
    digits.iter().try_fold(0u64, |sum, digit| match digit {
        b'0'..=b'7' => Some(sum.checked_mul(8)? + u64::from(digit - b'0')),
        _ => None,
    })
}

/// Returns the sum of all bytes of a header. The field of the checksum itself is replaced by eight
/// spaces.
fn sum(block: &[u8; BLOCK], value: impl Fn(u8) -> i64) -> i64 {
    let all = |bytes: &[u8]| bytes.iter().map(|byte| value(*byte)).sum::<i64>();
    all(&block[..148]) + 8 * i64::from(b' ') + all(&block[156..])
}

/// The attributes in a pax header that apply to the next member.
#[derive(Default)]
pub struct Pax {
    pub path: Option<Vec<u8>>,
    pub size: Option<u64>,
    /// True if the member is a sparse file whose content begins with its map.
    pub has_map: bool,
}

impl Pax {
    /// Parses records of the form `<length> <key>=<value>\n`, up to the first malformed one.
    pub fn parse(mut records: &[u8]) -> Self {
        let mut pax = Pax::default();
        while let Some((key, value, rest)) = record(records) {
            match key {
                // The real name of a sparse file, for which `path` is a made-up name.
                b"GNU.sparse.name" => pax.path = Some(value.to_vec()),
                b"path" if pax.path.is_none() => pax.path = Some(value.to_vec()),
                b"GNU.sparse.major" => pax.has_map = value == b"1",
                b"size" => {
                    pax.size = std::str::from_utf8(value)
                        .ok()
                        .and_then(|size| size.parse().ok())
                }
                _ => {}
            }
            records = rest;
        }
        pax
    }
}

/// Returns the key and value of the first record, and the bytes after it; `None` if it is
/// malformed.
fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = records.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&records[..blank]).ok()?.parse().ok()?;
    let text = records.get(blank + 1..length)?.strip_suffix(b"\n")?;
    let equals = text.iter().position(|byte| *byte == b'=')?;
    Some((&text[..equals], &text[equals + 1..], &records[length..]))
}
