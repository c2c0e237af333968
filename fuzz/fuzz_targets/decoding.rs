//! What every decoder is held to.

use ntnguard::detect::decode::{Encoding, Place, Text};

/// Decodes `bytes` at any place: what is decoded comes from where it is said to come from.
pub fn check(encodings: &[Encoding], (at, phase, encoding, bytes): (usize, usize, usize, &[u8])) {
    if bytes.is_empty() {
        return;
    }
    let encoding = encodings[encoding % encodings.len()];
    let place = Place {
        at: at % bytes.len(),
        encoding,
        phase: phase % 4,
        reading: 0,
    };
    for place in place.readings() {
        let Some(text) = Text::decode(bytes, place) else {
            continue;
        };
        assert!(text.decoded.end <= text.bytes.len() && text.run.end <= bytes.len());
        let trace = Text::trace(bytes, place).expect("what is decoded can be traced");
        for at in text.decoded.clone() {
            let source = trace
                .source(at..text.decoded.end)
                .expect("what is decoded has a source");
            assert!(source.start < source.end && source.end <= bytes.len());
        }
    }
}
