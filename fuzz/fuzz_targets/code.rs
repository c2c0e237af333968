//! Any bytes taken for source text, in each language: what is read keeps its places, and each rule comes to an end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ntnguard::rules::exercise;

const ENDINGS: [&str; 11] = [
    "ts", "vue", "py", "go", "php", "rb", "java", "kt", "cs", "rs", "swift",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    exercise(&format!("a.{}", ENDINGS[usize::from(*first) % ENDINGS.len()]), rest);
});
