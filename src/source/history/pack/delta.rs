//! Deltas: how an object is built from its base.

use std::ops::Range;

/// A delta: the size of its base, the size of what it builds, and the steps that build it.
#[derive(Clone, Copy)]
pub struct Delta<'d> {
    /// How many bytes the base has.
    pub base_size: u64,
    /// How many bytes the result has.
    pub size: u64,
    steps: &'d [u8],
}

/// The stretches of an object that are not simply copied from its base, in order: what a delta inserts, and, with no bytes of
/// their own, the seams between what it copies from different places. Whatever touches none of them lies in one piece in the
/// base too.
#[derive(Default)]
pub struct Fresh(Vec<Range<usize>>);

/// Stretches so close to each other are one: to look at a few bytes more takes less time than to look twice.
const NEAR: usize = 64;

impl Fresh {
    /// The stretches.
    pub fn stretches(&self) -> &[Range<usize>] {
        &self.0
    }

    /// From the first to the last; nothing, when the object is its base.
    pub fn span(&self) -> Range<usize> {
        match (self.0.first(), self.0.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    fn add(&mut self, stretch: Range<usize>) {
        match self.0.last_mut() {
            Some(last) if stretch.start <= last.end + NEAR => last.end = stretch.end,
            _ => self.0.push(stretch),
        }
    }
}

impl<'d> Delta<'d> {
    /// Reads the sizes that `bytes` begin with.
    pub fn parse(bytes: &'d [u8]) -> Option<Self> {
        let (base_size, rest) = size(bytes)?;
        let (result_size, steps) = size(rest)?;
        Some(Delta { base_size, size: result_size, steps })
    }

    /// Builds the object from `base` into `result`, and lists what of it is `fresh`. `None` when a step makes no sense, or the
    /// base or the result is not of the size that the delta says.
    pub fn build(self, base: &[u8], result: &mut Vec<u8>, fresh: &mut Fresh) -> Option<()> {
        result.clear();
        fresh.0.clear();
        let size = usize::try_from(self.size).ok()?;
        // Where in the base the last copy ended: as if what precedes the base had been copied, up to its beginning.
        let mut copied = Some(0);
        let mut rest = self.steps;
        while let Some((&code, tail)) = rest.split_first() {
            let at = result.len();
            if code & 0x80 != 0 {
                let (offset, tail) = sparse(tail, code & 0x0F, 4)?;
                let (length, tail) = sparse(tail, code >> 4 & 0x07, 3)?;
                rest = tail;
                // No length means the most that two bytes cannot say.
                let length = if length == 0 { 0x10000 } else { length };
                result.extend_from_slice(base.get(offset..offset.checked_add(length)?)?);
                if copied != Some(offset) {
                    fresh.add(at..at);
                }
                copied = Some(offset + length);
            } else {
                let (inserted, tail) = tail.split_at_checked(usize::from(code)).filter(|_| code != 0)?;
                rest = tail;
                result.extend_from_slice(inserted);
                fresh.add(at..result.len());
                copied = None;
            }
            if result.len() > size {
                return None;
            }
        }
        // The end of the base is at the end, or there is a seam there too.
        if copied != Some(base.len()) {
            fresh.add(size..size);
        }
        (result.len() == size && base.len() as u64 == self.base_size).then_some(())
    }
}

/// A number in groups of seven bits, the lowest first, and what follows it.
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

/// A number of up to `count` bytes, the lowest first, of which only those are there that `present` has a bit for; and what
/// follows it.
fn sparse(bytes: &[u8], present: u8, count: usize) -> Option<(usize, &[u8])> {
    let (mut value, mut rest) = (0, bytes);
    for at in (0..count).filter(|at| present & 1 << at != 0) {
        let (byte, tail) = rest.split_first()?;
        value |= usize::from(*byte) << (8 * at);
        rest = tail;
    }
    Some((value, rest))
}
