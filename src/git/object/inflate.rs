//! Inflating git's deflated data.

use sirocco::Format;
use sirocco::inflate::Decoder;

/// A decoder that is reused for one object after another.
pub struct Inflater(Decoder);

/// The largest number of bytes that one byte can inflate to in deflate.
const DENSEST: u64 = 1032;

impl Inflater {
    /// Creates an inflater.
    pub fn new() -> Self {
        Inflater(Decoder::new(Format::Zlib))
    }

    /// Inflates all of `packed`, a single stream, into `bytes`.
    ///
    /// # Errors
    ///
    /// When the stream is damaged, or does not have `size` bytes; the text says in a few words why.
    pub fn inflate(&mut self, packed: &[u8], size: u64, bytes: &mut Vec<u8>) -> Result<(), String> {
        // A stream that claims more than it can hold must not get the memory for it.
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
