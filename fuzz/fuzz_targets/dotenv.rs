//! Any bytes taken for an env file: values lie in it, one behind the other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ntnguard::env::dotenv::parse;

fuzz_target!(|bytes: &[u8]| {
    let mut end = 0;
    for variable in parse(bytes).variables {
        assert!(
            variable.span.start >= end && variable.span.end <= bytes.len(),
            "{:?}",
            variable.span
        );
        assert!(variable.line >= 1 && variable.column >= 1);
        end = variable.span.end;
    }
});
