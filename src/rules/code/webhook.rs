//! Patterns of files that receive Notion's webhooks.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::compile;
use super::file::CodeFile;

/// Literals, at least one of which is in every file that reads the signature header.
pub const ANCHORS: &[&str] = &[
    "notion-signature",
    "Notion-Signature",
    "X_NOTION_SIGNATURE",
    "Notion-signature",
];

/// Matches the name of the header with the signature of a webhook request.
static HEADER: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?i)\bx-notion-signature\b|HTTP_X_NOTION_SIGNATURE"));

/// The text before the header's name if the code sets the header.
static SETS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?:\.set|\.append|setHeader|\.Set|\.Add|\.add|addHeader|withHeader"#,
        r#"|header_set)\(\s*['"]$"#,
    ))
});
/// The text after the header's name if the name is a key of an object.
static IS_KEY: LazyLock<Regex> = LazyLock::new(|| compile(r#"^['"]\]?\s*(?::|=>)\s*(.{0,80})"#));

/// Returns the range where a file reads the signature header; `None` if the file does not read the
/// header or only sends it.
pub fn reads_signature(file: &CodeFile<'_>) -> Option<Range<usize>> {
    let found = HEADER.find_iter(&file.code).find(|found| {
        let before = &file.code[found.start().saturating_sub(40)..found.start()];
        let behind = &file.code[found.end()..];
        let line = &behind[..memchr::memchr(b'\n', behind).unwrap_or(behind.len())];
        // A header that is destructured by its name has a colon after the name too.
        let is_sent = IS_KEY.captures(line).is_some_and(|key| {
            let rest = key.get(1).map_or(&b""[..], |rest| rest.as_bytes());
            memchr::memmem::find(rest, b"headers").is_none()
        });
        !SETS.is_match(before) && !is_sent
    });
    found.map(|found| found.range())
}
