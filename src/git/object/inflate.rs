//! Inflating what git has deflated.

use sirocco::Format;
use sirocco::inflate::Decoder;

/// A decoder that is used again for one object after another.
pub struct Inflater(Decoder);

/// Deflate makes no byte stand for more than this many.
const DENSEST: u64 = 1032;

impl Inflater {
    /// A new one.
    pub fn new() -> Self {
        Inflater(Decoder::new(Format::Zlib))
    }

    /// Inflates all of `packed`, which is one stream, into `bytes`.
    ///
    /// # Errors
    ///
    /// When it is damaged, or is not of `size` bytes: in a few words, why.
    pub fn inflate(&mut self, packed: &[u8], size: u64, bytes: &mut Vec<u8>) -> Result<(), String> {
        // What claims more than it can hold must not get the memory for it.
        if size > packed.len() as u64 * DENSEST {
            return Err(format!("{} bytes cannot inflate to {size}", packed.len()));
        }
        bytes.resize(size as usize, 0);
        self.0.reset();
        let progress = self
            .0
            .decompress(packed, bytes, true)
            .map_err(|error| error.to_string())?;
        match (
            progress.done,
            progress.output.len() as u64 == size,
            progress.consumed == packed.len(),
        ) {
            (true, true, true) => Ok(()),
            (true, true, false) => {
                Err("something follows its data that belongs to no object".into())
            }
            _ => Err(format!(
                "it does not inflate to the {size} bytes that it should have"
            )),
        }
    }
}
