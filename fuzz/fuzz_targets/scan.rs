//! The scanner on any bytes: it ends, and its findings lie in the bytes, one behind the other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ntnguard::model::blob::{Blob, Origin};
use ntnguard::rules::RULES;
use ntnguard::detect::scanner::Scanner;

fuzz_target!(|bytes: &[u8]| {
    SCANNER.with(|scanner| {
        let findings = scanner.scan(&Blob::whole(&Origin::Stdin, bytes));
        let mut end = 0;
        for finding in &findings {
            let at = finding.location.expect("a credential has a place");
            assert!(
                at.start.offset >= end
                    && at.end.offset > at.start.offset
                    && at.end.offset <= bytes.len()
            );
            let excerpt = finding
                .excerpt
                .as_ref()
                .expect("a credential has an excerpt");
            assert!(excerpt.text.get(excerpt.mark.clone()).is_some());
            end = at.end.offset;
        }
    });
});

thread_local! {
    static SCANNER: Scanner = Scanner::new(RULES);
}
