//! Deltas: building an object from its base.

use std::ops::Range;

/// A delta: the size of its base, the size of the result, and the steps that build the result.
#[derive(Clone, Copy)]
pub struct Delta<'d> {
    /// The number of bytes of the base.
    pub base_size: u64,
    /// The number of bytes of the result.
    pub size: u64,
    steps: &'d [u8],
}

/// The ranges of an object that a delta does not copy from the base in one piece, in ascending
/// order: inserted bytes, and the empty ranges between two copies that are not adjacent in the
/// base. A range of the object that touches none of these also occurs in the base in one piece.
#[derive(Default)]
pub struct Fresh(Vec<Range<usize>>);

/// The largest distance in bytes at which two ranges are joined: searching a few more bytes is
/// faster than a second search.
const NEAR: usize = 64;

impl Fresh {
    /// Returns the ranges, in ascending order.
    pub fn stretches(&self) -> &[Range<usize>] {
        &self.0
    }

    fn add(&mut self, stretch: Range<usize>) {
        match self.0.last_mut() {
            Some(last) if stretch.start <= last.end + NEAR => last.end = stretch.end,
            _ => self.0.push(stretch),
        }
    }
}

impl<'d> Delta<'d> {
    /// Reads the two sizes at the start of `bytes`; `None` if they are truncated or too large.
    pub fn parse(bytes: &'d [u8]) -> Option<Self> {
        let (base_size, rest) = size(bytes)?;
        let (result_size, steps) = size(rest)?;
        Some(Delta {
            base_size,
            size: result_size,
            steps,
        })
    }

    /// Builds the object from `base` into `result`, and lists in `fresh` the ranges that are not
    /// copied in one piece. Returns `None` if a step is invalid, or if `base` or the result does
    /// not have the size that the delta states.
    pub fn build(self, base: &[u8], result: &mut Vec<u8>, fresh: &mut Fresh) -> Option<()> {
        result.clear();
        fresh.0.clear();
        let size = usize::try_from(self.size).ok()?;
        // The offset in the base at which the last copy ended; `None` after an insertion. It begins
        // at 0, because a first copy from the start of the base leaves no seam.
        let mut copied = Some(0);
        let mut rest = self.steps;
        while let Some((&code, tail)) = rest.split_first() {
            let at = result.len();
            if code & 0x80 != 0 {
                let (offset, tail) = sparse(tail, code & 0x0F, 4)?;
                let (length, tail) = sparse(tail, code >> 4 & 0x07, 3)?;
                rest = tail;
                // A length of 0 means 64 KiB, as in git.
                let length = if length == 0 { 0x10000 } else { length };
                result.extend_from_slice(base.get(offset..offset.checked_add(length)?)?);
                if copied != Some(offset) {
                    fresh.add(at..at);
                }
                copied = Some(offset + length);
            } else {
                let (inserted, tail) = tail
                    .split_at_checked(usize::from(code))
                    .filter(|_| code != 0)?;
                rest = tail;
                result.extend_from_slice(inserted);
                fresh.add(at..result.len());
                copied = None;
            }
            if result.len() > size {
                return None;
            }
        }
        // If the last copy does not end at the end of the base, the end of the object is a seam,
        // too.
        if copied != Some(base.len()) {
            fresh.add(size..size);
        }
        (result.len() == size && base.len() as u64 == self.base_size).then_some(())
    }
}

/// Reads a number that is stored in groups of seven bits, the lowest group first. Returns the
/// number and the bytes after it; `None` if it is truncated or too large.
fn size(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (at, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7F).checked_shl(7 * at as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

/// Reads a number of up to `count` bytes, the lowest byte first. Only bytes whose bit is set in
/// `present` are stored; the others are zero. Returns the number and the bytes after it; `None` if
/// it is truncated.
fn sparse(bytes: &[u8], present: u8, count: usize) -> Option<(usize, &[u8])> {
    let (mut value, mut rest) = (0, bytes);
    for at in (0..count).filter(|at| present & 1 << at != 0) {
        let (byte, tail) = rest.split_first()?;
        value |= usize::from(*byte) << (8 * at);
        rest = tail;
    }
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::{Delta, Fresh};
    use crate::fake::Fake;

    /// Returns a random delta for `base`, and the size of its result.
    fn random(base: &[u8], fake: &mut Fake) -> (Vec<u8>, usize) {
        let (mut steps, mut size) = (Vec::new(), 0);
        for _ in 0..1 + fake.next() as usize % 6 {
            if fake.next().is_multiple_of(3) {
                let length = 1 + fake.next() as usize % 12;
                steps.push(length as u8);
                steps.extend(fake.of(b"abcdefghijklmnopqrstuvwxyz", length).into_bytes());
                size += length;
            } else {
                let offset = fake.next() as usize % base.len();
                let length = 1 + fake.next() as usize % (base.len() - offset).min(90);
                steps.extend([0x91, offset as u8, length as u8]);
                size += length;
            }
        }
        let head = [
            base.len() as u8 | 0x80,
            (base.len() >> 7) as u8,
            size as u8 | 0x80,
            (size >> 7) as u8,
        ];
        (head.into_iter().chain(steps).collect(), size)
    }

    /// A range that touches no fresh range occurs in the base in one piece.
    #[test]
    fn bytes_missing_in_the_base_touch_a_fresh_range() {
        for seed in 1..2000 {
            let mut fake = Fake::new(seed);
            let base = fake
                .of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 250)
                .into_bytes();
            let (bytes, size) = random(&base, &mut fake);
            let delta = Delta::parse(&bytes).expect("a good one");
            let (mut result, mut fresh) = (Vec::new(), Fresh::default());
            delta
                .build(&base, &mut result, &mut fresh)
                .expect("good steps");
            for length in 1..40 {
                for start in 0..(size + 1).saturating_sub(length) {
                    let needle = start..start + length;
                    let touches = |stretch: &Range<usize>| {
                        stretch.start < needle.end && stretch.end > needle.start
                    };
                    let is_in_base = memchr::memmem::find(&base, &result[needle.clone()]).is_some();
                    assert!(
                        is_in_base || fresh.stretches().iter().any(touches),
                        "seed {seed}, {needle:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn invalid_delta_steps_build_nothing() {
        let base = [b'x'; 10];
        let build = |bytes: &[u8]| {
            Delta::parse(bytes)?.build(&base, &mut Vec::new(), &mut Fresh::default())
        };
        assert_eq!(build(&[10, 10, 0x90, 10]), Some(()));
        let cases: [&[u8]; 12] = [
            &[10, 10, 0x90, 11],
            &[10, 10, 0x91, 1, 10],
            &[10, 10, 0x90, 9],
            &[10, 9, 0x90, 10],
            &[9, 10, 0x90, 10],
            &[10, 10, 0],
            &[10, 1, 5],
            &[10, 10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            &[10, 10, 0x90],
            &[10],
            &[],
            &[0x80; 40],
        ];
        assert_eq!(cases.map(build), [None; 12]);
    }

    /// A copy without a length copies 64 KiB.
    #[test]
    fn a_copy_without_a_length_copies_64_kib() {
        let base = vec![b'x'; 0x10000];
        let delta = [0x80, 0x80, 4, 0x80, 0x80, 4, 0x80];
        let (mut result, mut fresh) = (Vec::new(), Fresh::default());
        assert_eq!(
            Delta::parse(&delta).and_then(|delta| delta.build(&base, &mut result, &mut fresh)),
            Some(())
        );
        assert_eq!((result.len(), fresh.stretches().len()), (0x10000, 0));
    }
}
