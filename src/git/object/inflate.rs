//! Decompression of git's zlib data.

use sirocco::Format;
use sirocco::inflate::Decoder;

/// A decoder that is reused for one object after another.
pub struct Inflater(Decoder);

/// The largest number of bytes that one byte of deflate data can expand to (zlib's technical
/// details give 1032:1).
const DENSEST: u64 = 1032;

impl Inflater {
    /// Creates an inflater.
    pub fn new() -> Self {
        Inflater(Decoder::new(Format::Zlib))
    }

    /// Decompresses `packed`, a single zlib stream, into `bytes`.
    ///
    /// # Errors
    ///
    /// When the stream is damaged, or does not expand to `size` bytes. The error is a short
    /// description.
    pub fn inflate(&mut self, packed: &[u8], size: u64, bytes: &mut Vec<u8>) -> Result<(), String> {
        // Refuse an impossible size before memory is allocated for it.
        if size > packed.len() as u64 * DENSEST {
            return Err(format!(
                "{} bytes cannot decompress to {size}",
                packed.len()
            ));
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
            (true, true, false) => Err("extra bytes follow the data of the object".into()),
            _ => Err(format!(
                "it does not decompress to the expected {size} bytes"
            )),
        }
    }
}
