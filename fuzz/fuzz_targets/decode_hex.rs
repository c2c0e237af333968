#![no_main]

mod decoding;

use libfuzzer_sys::fuzz_target;
use ntnguard::model::encoding::Encoding;

fuzz_target!(|input: (usize, usize, usize, &[u8])| decoding::check(&[Encoding::Hex], input));
