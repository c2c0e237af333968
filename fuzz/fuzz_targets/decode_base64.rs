//! Decoding any bytes at any place: what is decoded comes from where it is said to come from.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ntnguard::decode::{Encoding, Place, Text};

fuzz_target!(|input: (usize, usize, usize, &[u8])| {
    let (at, phase, encoding, bytes) = input;
    if bytes.is_empty() {
        return;
    }
    let encodings = [Encoding::Base64];
    let encoding = encodings[encoding % encodings.len()];
    let place = Place { at: at % bytes.len(), encoding, phase: phase % 4, reading: 0 };
    for place in place.readings() {
        let Some(text) = Text::decode(bytes, place) else { continue };
        assert!(text.decoded.end <= text.bytes.len() && text.run.end <= bytes.len());
        let trace = Text::trace(bytes, place).expect("what is decoded can be traced");
        for at in text.decoded.clone() {
            let source = trace.source(at..text.decoded.end).expect("what is decoded has a source");
            assert!(source.start < source.end && source.end <= bytes.len());
        }
    }
});
