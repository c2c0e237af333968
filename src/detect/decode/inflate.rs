//! Inflating compressed data: zlib, the members of gzip one after the other, and gzip within gzip.

use sirocco::Format;
use sirocco::inflate::Decoder;

/// The largest number of bytes to which one compressed text is inflated: 8 MiB.
const LARGEST: usize = 8 << 20;

/// The initial size of the buffer for inflated bytes: 4 KiB.
const FIRST: usize = 4 << 10;

/// The largest number of gzip layers that are inflated, the outermost included.
const MOST_NESTED: usize = 3;

/// The first three bytes of gzip data.
pub const GZIP: &[u8] = &[0x1f, 0x8b, 8];

/// The reason why inflating ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The compressed text is whole, and something else follows.
    Text,
    /// A member of gzip is whole, and the source ended with it: another member may follow there.
    Member,
    /// The source ended within the compressed text.
    Source,
    /// The inflated text reached its limit of 8 MiB.
    Limit,
    /// The bytes are damaged, or were never compressed.
    Damage,
}

/// Inflates `packed` up to the first damaged byte. Returns the text, and the reason why it ends
/// there. `None` if no member is complete and no byte can be inflated.
pub fn inflate(packed: &[u8], format: Format) -> Option<(Vec<u8>, End)> {
    let inflated = members(packed, format, MOST_NESTED, LARGEST);
    let is_something = !inflated.text.is_empty() || inflated.whole > 0;
    is_something.then_some((inflated.text, inflated.end))
}

/// The inflated text of all members, the reason for its end, and the number of complete members.
struct Inflated {
    text: Vec<u8>,
    end: End,
    /// The number of members that were inflated to their end.
    whole: usize,
}

/// Inflates `packed` to at most `room` bytes. Of gzip, all members are inflated, each up to
/// `nested` times.
fn members(packed: &[u8], format: Format, nested: usize, room: usize) -> Inflated {
    let (mut text, mut whole, mut at) = (Vec::new(), 0, 0);
    // The first of the inner texts that was not inflated to its end decides how all ended.
    let mut inner_end = None;
    let end = loop {
        let left = room - text.len();
        let (mut member, mut end, length) = inflate_one(&packed[at..], format, left);
        at += length;
        if nested > 1 && member.starts_with(GZIP) {
            let inner = members(&member, Format::Gzip, nested - 1, left);
            let is_cut = matches!(inner.end, End::Source | End::Limit);
            inner_end = inner_end.or(is_cut.then_some(inner.end));
            let is_something = inner.whole > 0 || !inner.text.is_empty();
            // Bytes after the inner text, or after an error in it, may be text themselves.
            let has_more = matches!(inner.end, End::Text | End::Damage);
            member = match (is_something, has_more) {
                (false, _) => member,
                (true, false) => inner.text,
                (true, true) => [inner.text, member].concat(),
            };
            if member.len() > left {
                member.truncate(left);
                end = End::Limit;
            }
        }
        text.append(&mut member);
        if end != End::Text {
            break end;
        }
        whole += 1;
        let rest = &packed[at..];
        match format == Format::Gzip && GZIP.starts_with(&rest[..rest.len().min(GZIP.len())]) {
            false => break End::Text,
            true if rest.is_empty() => break End::Member,
            true if rest.len() < GZIP.len() => break End::Source,
            true if text.len() == room => break End::Limit,
            true => {}
        }
    };
    let end = match end {
        End::Text | End::Member => inner_end.unwrap_or(end),
        _ => end,
    };
    Inflated { text, end, whole }
}

/// Inflates one member to at most `room` bytes. Returns the text, the reason for its end, and the
/// number of packed bytes that were read.
fn inflate_one(packed: &[u8], format: Format, room: usize) -> (Vec<u8>, End, usize) {
    /// The size of the pieces in the second attempt, in bytes.
    const PIECE: usize = 64;
    let inflated = inflate_by(packed, packed.len(), format, room);
    // The decoder returns no output for an input piece with an error in it. A second attempt with
    // small pieces returns the text before the error.
    match inflated.1 == End::Damage && inflated.0.is_empty() {
        true => inflate_by(packed, PIECE, format, room),
        false => inflated,
    }
}

/// Inflates one member and gives the decoder `piece` bytes at a time.
fn inflate_by(packed: &[u8], piece: usize, format: Format, room: usize) -> (Vec<u8>, End, usize) {
    let mut decoder = Decoder::new(format);
    let (mut buffer, mut length, mut at) = (vec![0; FIRST.min(room)], 0, 0);
    let end = loop {
        let next = &packed[at..packed.len().min(at + piece)];
        if next.is_empty() {
            break End::Source;
        }
        let Ok(made) = decoder.decompress(next, &mut buffer, false) else {
            break End::Damage;
        };
        at += made.consumed;
        length += made.output.len();
        match (made.done, made.full) {
            (true, _) => break End::Text,
            (false, true) if buffer.len() >= room => break End::Limit,
            (false, true) => buffer.resize((buffer.len() * 2).min(room), 0),
            (false, false) => {}
        }
    };
    buffer.truncate(length);
    (buffer, end, at)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use sirocco::Format;

    use super::{End, inflate};
    use crate::fake::Fake;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).expect("into memory");
        encoder.finish().expect("into memory")
    }

    /// Cuts a source at each length. A text is reported as whole only if the cut is at the end of a
    /// member.
    #[test]
    fn a_source_cut_within_a_member_is_not_whole() {
        let mut fake = Fake::new(1);
        let first = fake.of(b"abcdefgh \n", 300).into_bytes();
        let members = [
            gzip(&first),
            gzip(b""),
            gzip(b"second"),
            gzip(&gzip(b"third")),
        ];
        let packed = members.concat();
        let text = [&first[..], b"second", b"third"].concat();
        let ends: Vec<usize> = (1..=members.len())
            .map(|count| members[..count].iter().map(Vec::len).sum())
            .collect();
        for at in 0..=packed.len() {
            let inflated = inflate(&packed[..at], Format::Gzip);
            let expected = if ends.contains(&at) {
                End::Member
            } else {
                End::Source
            };
            match inflated {
                Some((begun, end)) => {
                    assert_eq!(end, expected, "{at}");
                    // Of gzip within gzip, a part too short to inflate stays as it is.
                    assert!(text.starts_with(&begun) || at > ends[2], "{at}");
                }
                None => assert!(at < members[0].len(), "{at}"),
            }
        }
        assert_eq!(inflate(&packed, Format::Gzip), Some((text, End::Member)));
    }

    #[test]
    fn text_after_gzip_within_gzip_is_kept() {
        for inner in [
            [&gzip(b"inner")[..], b"after"].concat(),
            [&gzip(b"inner")[..], b"\x1f\x8b\x08\0\0\0\0\0\0\0\xff after"].concat(),
        ] {
            let (text, _) = inflate(&gzip(&inner), Format::Gzip).expect("it is sound");
            let has = |part: &[u8]| text.windows(part.len()).any(|at| at == part);
            assert!(has(b"inner") && has(b"after"), "{text:?}");
        }
    }

    #[test]
    fn bytes_after_the_last_gzip_member_are_text() {
        let packed = [&gzip(b"text")[..], b"more"].concat();
        let inflated = inflate(&packed, Format::Gzip);
        assert_eq!(inflated, Some((b"text".to_vec(), End::Text)));
        assert_eq!(inflate(b"\x1f\x8b\x08 never", Format::Gzip), None);
    }
}
