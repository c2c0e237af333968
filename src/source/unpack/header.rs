//! The header of a tar member: one block of 512 bytes.

/// The size of a block: a header is one, and content is padded to whole ones.
pub const BLOCK: usize = 512;

/// One header.
pub struct TarHeader<'a>(&'a [u8; BLOCK]);

/// Returns true if a file begins with a tar header. Those before POSIX have no magic number, but nothing at all behind the fields
/// that they know, and a checksum.
pub fn is_tar(start: &[u8]) -> bool {
    let Some(block) = start.first_chunk::<BLOCK>() else {
        return false;
    };
    // GNU's program writes the numbers of a device there all the same.
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

/// Returns true for a field with octal digits in it, as programs have always written them.
fn is_octal(field: &[u8]) -> bool {
    let digits = until_nul(field).trim_ascii();
    !digits.is_empty() && digits.iter().all(|digit| matches!(digit, b'0'..=b'7'))
}

impl<'a> TarHeader<'a> {
    /// The header in a block, when its checksum is correct.
    pub fn parse(block: &'a [u8; BLOCK]) -> Option<Self> {
        let claimed = i64::try_from(number(&block[148..156])?).ok()?;
        // Old programs added up signed bytes.
        let is_sum =
            claimed == sum(block, i64::from) || claimed == sum(block, |byte| i64::from(byte as i8));
        is_sum.then_some(TarHeader(block))
    }

    /// What kind of member it is.
    pub fn flag(&self) -> u8 {
        self.0[156]
    }

    /// The size of what follows; `None` when it is no number.
    pub fn size(&self) -> Option<u64> {
        number(&self.0[124..136])
    }

    /// The name, of which POSIX stores a long one in two parts.
    pub fn name(&self) -> Vec<u8> {
        let name = until_nul(&self.0[..100]);
        let prefix = until_nul(&self.0[345..500]);
        // In GNU's format, other things are where POSIX has the prefix.
        if &self.0[257..263] == b"ustar\0" && !prefix.is_empty() {
            [prefix, b"/", name].concat()
        } else {
            name.to_vec()
        }
    }

    /// Whether the map of a sparse file goes on in the next block: GNU's old format.
    pub fn sparse_continues(&self) -> bool {
        self.flag() == b'S' && self.0[482] != 0
    }
}

/// What stands before the first NUL.
pub fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A number in octal digits or, when the first bit is set, in binary.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        // 0xff begins a negative number, which none of ours may be.
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

/// The sum of all bytes, with blanks for those that the sum is written in.
fn sum(block: &[u8; BLOCK], value: impl Fn(u8) -> i64) -> i64 {
    let all = |bytes: &[u8]| bytes.iter().map(|byte| value(*byte)).sum::<i64>();
    all(&block[..148]) + 8 * i64::from(b' ') + all(&block[156..])
}

/// What a pax header says about the member that follows it.
#[derive(Default)]
pub struct Pax {
    pub path: Option<Vec<u8>>,
    pub size: Option<u64>,
    /// Whether the content of a sparse file begins with a map of it.
    pub has_map: bool,
}

impl Pax {
    /// Reads records of `<length> <key>=<value>\n`, as far as they are well-formed.
    pub fn parse(mut records: &[u8]) -> Self {
        let mut pax = Pax::default();
        while let Some((key, value, rest)) = record(records) {
            match key {
                // A sparse file's own name: `path` is then an invented one.
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

/// The first record: its key, its value, and what follows it.
fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = records.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&records[..blank]).ok()?.parse().ok()?;
    let text = records.get(blank + 1..length)?.strip_suffix(b"\n")?;
    let equals = text.iter().position(|byte| *byte == b'=')?;
    Some((&text[..equals], &text[equals + 1..], &records[length..]))
}
