//! A token whose length stands before it, between any bytes, is found; and any seams between its
//! pieces come to an end.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use ntnguard::detect::scanner::Scanner;
use ntnguard::model::blob::{Blob, Origin};
use ntnguard::model::rule::Confidence;
use ntnguard::rules::RULES;

fuzz_target!(|input: (usize, &[u8], &[u8])| {
    let (at, before, after) = input;
    SCANNER.with(|scanner| {
        let start = before.len() + 2;
        let text = [before, &[0, 50], &TOKEN, &[0], after].concat();
        let found = scanner.scan(&Blob::whole(&Origin::Stdin, &text));
        let is_here = found.iter().any(|finding| {
            let at = finding.location.expect("a credential has a place");
            at.start.offset <= start && at.end.offset > start && finding.confidence == Confidence::High
        });
        assert!(is_here, "{}", text.escape_ascii());
        let (first, second) = TOKEN.split_at(4 + at % 46);
        let cut = [b"x = '", first, before, second, after].concat();
        scanner.scan(&Blob::whole(&Origin::Stdin, &cut));
    });
});

/// Made up: the digits of a constant and letters without a meaning.
static TOKEN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    [&b"ntn_31415926535"[..], b"zKfWqTvBxLmRcGhJpYdN", b"sVkZbQwHtXgUePo"].concat()
});

thread_local! {
    static SCANNER: Scanner = Scanner::new(RULES);
}
