//! Masks JSON piece by piece while it is written, so that a long report is never in memory as a
//! whole.

use std::io::{self, Write};

use super::inert;
use crate::detect::redact::{Hidden, redact_bytes};

/// The size of a piece in bytes. A shorter report is masked as a whole.
const PIECE: usize = 1 << 20;

/// A writer that masks and escapes JSON, and passes it on to another writer. Each piece ends with a
/// line break, and a JSON string never contains one, so no string is split.
pub struct MaskedJson<'o> {
    hidden: &'o Hidden,
    out: &'o mut dyn Write,
    pending: Vec<u8>,
    /// The number of pending bytes at which a piece is passed on.
    full: usize,
}

impl<'o> MaskedJson<'o> {
    pub fn new(hidden: &'o Hidden, out: &'o mut dyn Write) -> Self {
        MaskedJson {
            hidden,
            out,
            pending: Vec::new(),
            full: PIECE,
        }
    }

    /// Passes on the pending bytes.
    pub fn finish(mut self) -> io::Result<()> {
        self.pass(self.pending.len())
    }

    /// Masks the first `end` pending bytes, and passes them on.
    fn pass(&mut self, end: usize) -> io::Result<()> {
        // Each part of the report is already masked. Mask again in case a part was forgotten.
        let text = self.hidden.mask(&self.pending[..end]);
        let text = redact_bytes(&text);
        let text = String::from_utf8_lossy(&text);
        self.out.write_all(inert::json(&text).as_bytes())?;
        self.pending.drain(..end);
        Ok(())
    }
}

impl Write for MaskedJson<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= self.full {
            if let Some(end) = memchr::memrchr(b'\n', &self.pending) {
                self.pass(end + 1)?;
            }
            self.full = PIECE + self.pending.len();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{MaskedJson, PIECE};
    use crate::detect::redact::Hidden;
    use crate::fake::Fake;

    /// Returns text in pieces of JSON's lines, as it comes out.
    fn written(lines: &[String]) -> String {
        let (hidden, mut out) = (Hidden::default(), Vec::new());
        let mut json = MaskedJson::new(&hidden, &mut out);
        for line in lines {
            writeln!(json, "{line}").expect("memory can be written to");
        }
        json.finish().expect("memory can be written to");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn secrets_around_the_end_of_a_piece_are_masked() {
        let token = Fake::new(1).ntn(0);
        for before in [0, 10, 30, 60] {
            let long = "x ".repeat((PIECE - before) / 2);
            let lines = [long, token.clone(), "end".to_owned()];
            let text = written(&lines);
            assert!(!text.contains(&token) && text.ends_with("*\nend\n"));
            assert_eq!(text.len(), lines.join("\n").len() + 1);
        }
    }

    #[test]
    fn a_line_longer_than_a_piece_is_masked_as_a_whole() {
        let token = Fake::new(2).ntn(0);
        let long = "x ".repeat(PIECE) + &token;
        let text = written(&["{".to_owned(), long, "}".to_owned()]);
        assert!(!text.contains(&token) && text.ends_with("*\n}\n"));
    }
}
