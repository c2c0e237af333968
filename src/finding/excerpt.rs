//! The line of a finding, fit to be shown.

use std::ops::Range;

use crate::blob::Blob;
use crate::redact::{printable, redact_bytes, without_neighbours};

/// The finding's line, shortened to what surrounds it, with every secret in it already masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The masked text: one line, free of control characters.
    pub text: String,
    /// Where in `text` the finding's own masked secret stands, in bytes.
    pub mark: Range<usize>,
}

impl Excerpt {
    /// How many characters are shown on either side of the secret.
    const MARGIN: usize = 36;
    /// How many bytes on either side are looked at; a line may be fifty megabytes long.
    const WINDOW: usize = 1024;

    pub(super) fn new(
        bytes: &[u8],
        span: Range<usize>,
        mask: &str,
        secrets: &[Range<usize>],
    ) -> Self {
        let before = line_start(bytes, span.start.saturating_sub(Self::WINDOW), span.start);
        let after = line_end(bytes, span.end, (span.end + Self::WINDOW).min(bytes.len()));
        let left = printable(&without_secrets(bytes, before..span.start, secrets));
        let right = printable(&without_secrets(bytes, span.end..after, secrets));
        let left = left.trim_start();
        let skipped = left.chars().count().saturating_sub(Self::MARGIN);
        let left: String = left.chars().skip(skipped).collect();
        let left = if skipped > 0 {
            format!("…{left}")
        } else {
            left
        };
        let clipped = right.chars().count() > Self::MARGIN;
        let right: String = right.chars().take(Self::MARGIN).collect();
        let right = if clipped {
            format!("{right}…")
        } else {
            right.trim_end().to_owned()
        };
        let mark = left.len()..left.len() + mask.len();
        Excerpt {
            text: format!("{left}{mask}{right}"),
            mark,
        }
    }
}

fn line_start(bytes: &[u8], from: usize, to: usize) -> usize {
    memchr::memrchr(b'\n', &bytes[from..to]).map_or(from, |newline| from + newline + 1)
}

fn line_end(bytes: &[u8], from: usize, to: usize) -> usize {
    memchr::memchr(b'\n', &bytes[from..to]).map_or(to, |newline| from + newline)
}

/// `bytes[part]` with everything known to be secret, and everything that could be one, masked.
fn without_secrets(bytes: &[u8], part: Range<usize>, secrets: &[Range<usize>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = part.start;
    // Secrets are sorted and do not overlap by much, so the few before the part that could reach into it are near it.
    let first = secrets.partition_point(|secret| secret.start + Blob::CONTEXT < part.start);
    let near = secrets[first..]
        .iter()
        .take_while(|secret| secret.start < part.end);
    for secret in near.filter(|secret| secret.end > part.start) {
        out.extend_from_slice(&bytes[at..secret.start.max(at)]);
        out.extend_from_slice(b"****");
        at = at.max(secret.end.min(part.end));
    }
    out.extend_from_slice(&bytes[at..part.end]);
    // Between the characters of UTF-16 there are zeros, which have no width.
    out.retain(|byte| *byte != 0);
    without_neighbours(&redact_bytes(&out))
}
