//! Deltas: how an object is built from its base.

/// A delta: the size of its base, the size of what it builds, and the steps that build it.
#[derive(Clone, Copy)]
pub struct Delta<'d> {
    /// How many bytes the base has.
    pub base_size: u64,
    /// How many bytes the result has.
    pub size: u64,
    steps: &'d [u8],
}

/// One step of a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'d> {
    /// Bytes of the base.
    Copy(&'d [u8]),
    /// Bytes of the delta's own.
    Insert(&'d [u8]),
}

impl<'d> Delta<'d> {
    /// Reads the sizes that `bytes` begin with.
    pub fn parse(bytes: &'d [u8]) -> Option<Self> {
        let (base_size, rest) = size(bytes)?;
        let (result_size, steps) = size(rest)?;
        Some(Delta { base_size, size: result_size, steps })
    }

    /// Calls `each` for every step upon `base`, in order; `None` when a step makes no sense, or the base or the result is
    /// not of the size that the delta says.
    pub fn run<'b>(self, base: &'b [u8], mut each: impl FnMut(Step<'b>)) -> Option<()>
    where
        'd: 'b,
    {
        let left = self.first(base, |step| {
            each(step);
            true
        });
        (left? == 0).then_some(())
    }

    /// Calls `each` for every step as long as it says so; how many bytes of the result are left then.
    pub fn first<'b>(self, base: &'b [u8], mut each: impl FnMut(Step<'b>) -> bool) -> Option<usize>
    where
        'd: 'b,
    {
        if base.len() as u64 != self.base_size {
            return None;
        }
        let mut rest = self.steps;
        let mut left = usize::try_from(self.size).ok()?;
        while let Some((&code, tail)) = rest.split_first() {
            rest = tail;
            let step = if code & 0x80 != 0 {
                let (offset, tail) = sparse(rest, code & 0x0F, 4)?;
                let (length, tail) = sparse(tail, code >> 4 & 0x07, 3)?;
                rest = tail;
                // No length means the most that two bytes cannot say.
                let length = if length == 0 { 0x10000 } else { length };
                Step::Copy(base.get(offset..offset.checked_add(length)?)?)
            } else {
                let (inserted, tail) = rest.split_at_checked(usize::from(code)).filter(|_| code != 0)?;
                rest = tail;
                Step::Insert(inserted)
            };
            left = left.checked_sub(step.bytes().len())?;
            if !each(step) {
                break;
            }
        }
        Some(left)
    }

    /// Builds the object into `result`, which is empty.
    pub fn build(self, base: &[u8], result: &mut Vec<u8>) -> Option<()> {
        self.run(base, |step| result.extend_from_slice(step.bytes()))
    }
}

impl<'d> Step<'d> {
    /// Appends to `edges` all that an anchor of up to `reach` + 1 bytes could lie in without lying in one piece of the base.
    ///
    /// Such an anchor touches an insertion, or the seam between two steps. So of each copy the first and last `reach` bytes
    /// are taken, next to what precedes and follows them, and all insertions. What lies between is left out; a byte that is
    /// in no anchor stands for it.
    pub fn edges(self, reach: usize, edges: &mut Vec<u8>) {
        match self {
            Step::Copy(bytes) if bytes.len() > 2 * reach => {
                edges.extend_from_slice(&bytes[..reach]);
                edges.push(b'\n');
                edges.extend_from_slice(&bytes[bytes.len() - reach..]);
            }
            Step::Copy(bytes) | Step::Insert(bytes) => edges.extend_from_slice(bytes),
        }
    }

    /// Whether it copies at least `length` bytes that `base` begins with.
    pub fn begins(self, base: &[u8], length: usize) -> bool {
        matches!(self, Step::Copy(bytes) if bytes.len() >= length && std::ptr::eq(bytes.as_ptr(), base.as_ptr()))
    }

    /// The bytes that it adds.
    pub fn bytes(self) -> &'d [u8] {
        match self {
            Step::Copy(bytes) | Step::Insert(bytes) => bytes,
        }
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
