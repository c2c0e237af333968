//! Runs of base64 or hexadecimal digits, on one line or on several, with or without indentation.

use std::ops::Range;

use super::{Place, Text};

/// The digits of an encoding: base64 or hexadecimal.
pub struct Digits {
    /// The number of bits in a digit.
    pub bits: u32,
    /// The number of digits in a group, which stands for whole bytes.
    pub group: usize,
    /// The value of each byte as a digit; [`NONE`] for bytes that are not digits.
    pub values: &'static [u8; 256],
}

/// The value of bytes that are not digits.
pub const NONE: u8 = 64;

impl Digits {
    /// Decodes the run of digits around `place`, from its first complete group on. `None` if the
    /// run decodes to nothing, or if the previous reading gives the same run.
    pub fn decode(
        &self,
        bytes: &[u8],
        window: Range<usize>,
        place: Place,
        traced: bool,
    ) -> Option<Text> {
        let run = self.around(bytes, &window, place)?;
        let before = bytes[run.start..place.at]
            .iter()
            .filter(|byte| self.is_digit(**byte))
            .count();
        let skipped = (before + self.group - place.phase % self.group) % self.group;
        Text::between(bytes, window, run.clone(), traced, |text| {
            self.read(text, bytes, run, skipped)
        })
    }

    /// Decodes the digits in `run`, without the first `skipped` digits, and adds the bytes to
    /// `text`. A digit has four or six bits, so each byte comes from two neighbouring digits.
    fn read(&self, text: &mut Text, bytes: &[u8], run: Range<usize>, skipped: usize) {
        let value = |at: usize| Some((self.value(bytes[at])?, at));
        let (mut bits, mut count, mut last) = (0u32, 0, run.start);
        for (value, at) in run.filter_map(value).skip(skipped) {
            bits = bits << self.bits | u32::from(value);
            count += self.bits;
            if count >= 8 {
                count -= 8;
                text.push((bits >> count) as u8, last, at + 1);
            }
            last = at;
        }
    }

    /// Returns the run around `place`. There are three readings of a place: the run ends with its
    /// line, continues on the lines below, or covers the lines above, too. `None` if the previous
    /// reading gives the same run, or if the lines are separate values.
    fn around(&self, bytes: &[u8], window: &Range<usize>, place: Place) -> Option<Range<usize>> {
        let (before, behind) = (&bytes[window.start..place.at], &bytes[place.at..window.end]);
        let (own_before, own_behind) = (self.ends(before), self.begins(behind));
        let width = own_before + own_behind;
        let whole = begins_line(&before[..before.len() - own_before]);
        // An encoder breaks a line only after a complete group, and writes no longer line than
        // `WIDEST`.
        let breaks =
            (place.phase + own_behind).is_multiple_of(self.group) && !(whole && width > WIDEST);
        let (start, end) = match place.reading {
            0 => (own_before, own_behind),
            1 if breaks => (
                own_before,
                self.lines_behind(behind, if whole { Some(width) } else { None }),
            ),
            2 => (
                self.lines_before(before, width),
                self.lines_behind(behind, if whole { Some(width) } else { None }),
            ),
            _ => return None,
        };
        let is_same =
            place.reading == 1 && end == own_behind || place.reading == 2 && start == own_before;
        let run = place.at - start..place.at + end;
        let is_list = whole && self.are_two_values(&bytes[run.clone()], width);
        Some(run).filter(|_| !(is_same || place.reading > 0 && is_list))
    }

    /// Returns true if the run is two short lines that are separate values: no encoder breaks lines
    /// so early. More than two short lines may be one value that a person broke.
    fn are_two_values(&self, run: &[u8], width: usize) -> bool {
        let lines = memchr::memchr_iter(b'\n', run).count() + 1;
        lines == 2 && width.max(self.begins(run)) < NARROWEST
    }

    /// Returns the value of a digit. `None` if `byte` is not a digit.
    pub fn value(&self, byte: u8) -> Option<u8> {
        Some(self.values[usize::from(byte)]).filter(|value| *value != NONE)
    }

    fn is_digit(&self, byte: u8) -> bool {
        self.value(byte).is_some()
    }

    /// Returns true if a digit with phase `first` and a later one with phase `second` agree on
    /// where groups begin. `between` are the bytes from the first digit up to the second.
    pub fn are_in_step(&self, between: &[u8], first: usize, second: usize) -> bool {
        let digits = between.iter().filter(|byte| self.is_digit(**byte)).count();
        (first + digits) % self.group == second % self.group
    }

    /// Returns the number of digits that `bytes` end with.
    fn ends(&self, bytes: &[u8]) -> usize {
        bytes
            .iter()
            .rev()
            .take_while(|byte| self.is_digit(**byte))
            .count()
    }

    /// Returns the number of digits that `bytes` begin with.
    fn begins(&self, bytes: &[u8]) -> usize {
        bytes
            .iter()
            .take_while(|byte| self.is_digit(**byte))
            .count()
    }

    /// Returns the number of bytes at the end of `bytes` that belong to a run of several lines. The
    /// last of these lines continues after `bytes` and has `width` digits in all. The others have
    /// one common width, but the first may begin in the middle of a line.
    fn lines_before(&self, bytes: &[u8], width: usize) -> usize {
        let mut rest = &bytes[..bytes.len() - self.ends(bytes)];
        let mut widths = width..=WIDEST;
        while let Some(above) = without_indent(rest).strip_suffix(b"\n") {
            let above = above.strip_suffix(b"\r").unwrap_or(above);
            let line = self.ends(above);
            let whole = begins_line(&above[..above.len() - line]);
            if line == 0 || line > WIDEST || whole && !widths.contains(&line) {
                break;
            }
            rest = &above[..above.len() - line];
            widths = line..=line;
            if !whole {
                break;
            }
        }
        bytes.len() - rest.len()
    }

    /// Returns the number of bytes at the beginning of `bytes` that belong to a run of several
    /// lines. All lines have `width` digits, but the last may have fewer. `None` if the width is
    /// not known yet: the second line sets it.
    fn lines_behind(&self, bytes: &[u8], mut width: Option<usize>) -> usize {
        let mut rest = &bytes[self.begins(bytes)..];
        while let Some(below) = rest.strip_prefix(b"\r").unwrap_or(rest).strip_prefix(b"\n") {
            let indent = below
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count();
            let below = &below[indent..];
            let line = self.begins(below);
            if line == 0 || line > width.unwrap_or(WIDEST) {
                break;
            }
            rest = &below[line..];
            if width.replace(line).is_some_and(|width| line < width) {
                break;
            }
        }
        bytes.len() - rest.len()
    }
}

/// The smallest width of the lines that encoders write, in digits; the last line may be shorter.
const NARROWEST: usize = 60;

/// The largest width of the lines that encoders write, in digits.
const WIDEST: usize = 160;

fn without_indent(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len()
        - bytes
            .iter()
            .rev()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count()]
}

/// Returns true if the last line of `bytes` is empty or contains only indentation.
fn begins_line(bytes: &[u8]) -> bool {
    matches!(without_indent(bytes).last(), None | Some(b'\n'))
}

#[cfg(test)]
mod tests {
    use crate::detect::decode::{Encoding, Place, Text};

    /// No code makes a place with such a phase, but decoding one must not fail.
    #[test]
    fn a_phase_beyond_the_group_wraps_around() {
        let decode = |phase| {
            let text = Text::decode(
                b"6e746e5f",
                Place {
                    at: 0,
                    encoding: Encoding::Hex,
                    phase,
                    reading: 0,
                },
            );
            text.map(|text| text.bytes)
        };
        assert!(decode(0).is_some());
        assert_eq!((decode(3), decode(2)), (decode(1), decode(0)));
    }
}
