//! A run of digits: characters that each stand for a few bits, on one line or on several with or without indentation.

use std::ops::Range;

use super::Place;

/// A digit, and how far into the window it is written.
#[derive(Clone, Copy)]
pub struct Digit {
    pub value: u8,
    pub at: u32,
}

/// What an encoding's digits are.
pub struct Digits {
    /// How many of them make a group.
    pub group: usize,
    /// The value of each character; [`NONE`] of those that are no digits.
    pub values: &'static [u8; 256],
}

/// The value of what is no digit.
pub const NONE: u8 = 64;

impl Digits {
    /// The run around `place`, and its digits from the first whole group on: those on its line, those from its line on, or
    /// those of all lines, by the place's reading. Nothing, when a reading gives the same as the one before it.
    pub fn around(&self, bytes: &[u8], window: &Range<usize>, place: Place) -> Option<(Range<usize>, Vec<Digit>)> {
        let (before, behind) = (&bytes[window.start..place.at], &bytes[place.at..window.end]);
        let start = place.at - self.before(before, place.reading > 1);
        let end = place.at + self.behind(behind, place.reading > 0);
        // A line that was broken by an encoder ends with a whole group.
        let line = self.behind(behind, false);
        let broken = |span: Range<usize>| bytes[span].contains(&b'\n');
        let is_new = match place.reading {
            0 => true,
            _ if !(place.phase + line).is_multiple_of(self.group) => false,
            1 => broken(place.at..end),
            _ => broken(start..place.at),
        };
        if !is_new {
            return None;
        }
        let mut digits = Vec::with_capacity(end - start);
        for (at, byte) in (start..end).zip(&bytes[start..end]) {
            let value = self.values[usize::from(*byte)];
            if value != NONE {
                digits.push(Digit { value, at: (at - window.start) as u32 });
            }
        }
        let here = digits.partition_point(|digit| window.start + (digit.at as usize) < place.at);
        let whole = digits.split_off(((here + self.group - place.phase) % self.group).min(digits.len()));
        Some((start..end, whole))
    }

    fn is_digit(&self, byte: u8) -> bool {
        self.values[usize::from(byte)] != NONE
    }

    /// Whether a digit with one phase and, behind the bytes `between` from it on, one with another are of one count.
    pub fn are_in_step(&self, between: &[u8], first: usize, second: usize) -> bool {
        let digits = between.iter().filter(|byte| self.is_digit(**byte)).count();
        (first + digits) % self.group == second % self.group
    }

    /// How many bytes at the end of `bytes` belong to the run.
    fn before(&self, bytes: &[u8], wrapped: bool) -> usize {
        let mut rest = bytes;
        loop {
            let line = rest.iter().rev().take_while(|byte| self.is_digit(**byte)).count();
            rest = &rest[..rest.len() - line];
            let indent = rest.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            match rest[..rest.len() - indent].strip_suffix(b"\n") {
                Some(above) if wrapped => rest = above.strip_suffix(b"\r").unwrap_or(above),
                _ => return bytes.len() - rest.len(),
            }
        }
    }

    /// How many bytes at the beginning of `bytes` belong to the run.
    fn behind(&self, bytes: &[u8], wrapped: bool) -> usize {
        let mut rest = bytes;
        loop {
            let line = rest.iter().take_while(|byte| self.is_digit(**byte)).count();
            rest = &rest[line..];
            match rest.strip_prefix(b"\r").unwrap_or(rest).strip_prefix(b"\n") {
                Some(below) if wrapped => {
                    let indent = below.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                    rest = &below[indent..];
                }
                _ => return bytes.len() - rest.len(),
            }
        }
    }
}
