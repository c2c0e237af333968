//! Any text taken for a hook file of an assistant: what is installed is there, a second time
//! changes nothing, and uninstalling brings back every byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ntnguard::hook::agent::{Assistant, edit, entries};

fuzz_target!(|input: (u8, &str)| {
    let (number, text) = input;
    let assistant = Assistant::ALL[usize::from(number) % Assistant::ALL.len()];
    let entries = entries(assistant, None).expect("no path that is not UTF-8");
    // A file that has an entry of ours already loses that one, too.
    if edit::installed(text).map_or(true, |there| !there.is_empty()) {
        return;
    }
    let Ok(with) = edit::with(Some(text), &entries) else {
        return;
    };
    assert!(!edit::installed(&with).expect("our own file").is_empty());
    assert_eq!(edit::with(Some(&with), &entries).as_deref(), Ok(with.as_str()));
    let without = edit::without(&with, &entries).expect("our own file");
    assert_eq!(without.as_deref().unwrap_or(text), text);
});
