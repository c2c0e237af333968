//! Reads saved JSON reports. A saved report is not trusted, because anybody may have edited it: its
//! size and its texts are limited, every text is masked and escaped again, and the advice comes
//! from the rules of this version. A value that is not understood makes the report incomplete.

mod document;
mod facts;
mod finding;
mod live;
mod mask;
mod origin;
mod placed;
mod scalar;
#[cfg(test)]
mod tests;
mod text;
mod whole;

use serde::Deserialize;

use super::Report;
use crate::model::skip::SkipReason;
use document::SavedDocument;
use scalar::SavedScalar;
use text::TOO_LONG;

/// The size in bytes of the largest file of reports that is read. A report of 10,000 findings has
/// about 20 MB.
pub const MOST_BYTES: u64 = 256 << 20;

/// The largest number of entries that are read from one list of a report.
pub const MOST_ENTRIES: usize = 100_000;

/// The largest number of entries that are read from all lists of a report together. An entry of 20
/// bytes in the file may take 300 bytes of memory.
const MOST_IN_ALL: usize = 1_000_000;

/// The reason why a saved report, or a part of it, was not read.
#[derive(Debug, PartialEq, Eq)]
pub struct Misread {
    /// The kind of reason.
    pub reason: SkipReason,
    /// The fault, in a few words.
    pub detail: String,
    /// The advice for the user.
    pub advice: &'static str,
}

impl Misread {
    fn new(reason: SkipReason, detail: impl Into<String>, advice: &'static str) -> Self {
        let detail = detail.into();
        Misread {
            reason,
            detail,
            advice,
        }
    }

    /// Returns the fault of a damaged report.
    fn corrupt(detail: impl Into<String>) -> Self {
        Misread::new(SkipReason::Corrupt, detail, WRITE_AGAIN)
    }

    /// Returns the fault of a report with something that this version does not know.
    fn unsupported(detail: impl Into<String>) -> Self {
        Misread::new(SkipReason::Unsupported, detail, OTHER_VERSION)
    }
}

const WRITE_AGAIN: &str =
    "run the scan again with `-o report.json`, and keep the whole file that it writes";
const OTHER_VERSION: &str =
    "read it with the version of ntnguard that wrote it, or write it again with this one";

/// The fields that every version of a report has.
#[derive(Deserialize)]
struct Envelope {
    version: Option<SavedScalar>,
    tool: Option<EnvelopeTool>,
}

#[derive(Deserialize)]
struct EnvelopeTool {
    name: Option<SavedScalar>,
}

/// Reads the reports in `bytes`, one after another, and calls `visit` with each of them. The flag
/// is true if the whole report was understood. Returns the faults of the reports and parts of
/// reports that were not read.
pub fn reports(bytes: &[u8], visit: &mut dyn FnMut(Report, bool)) -> Vec<Misread> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (mut faults, mut start) = (Vec::new(), 0);
    let mut documents = serde_json::Deserializer::from_slice(bytes).into_iter::<Envelope>();
    let mut number = 0;
    while let Some(envelope) = documents.next() {
        number += 1;
        let end = documents.byte_offset();
        let read = match envelope {
            Ok(envelope) => report(&envelope, &bytes[start..end]),
            Err(error) => Err(broken(&error, bytes)),
        };
        start = end;
        match read {
            Ok((report, missed)) => {
                visit(report, missed.is_empty());
                faults.extend(missed);
            }
            Err(fault) => faults.push(fault),
        }
    }
    if number == 0 {
        faults.push(Misread::corrupt("the report is empty"));
    }
    faults
}

/// Reads one report of a known version. Returns it with the faults of its parts.
fn report(envelope: &Envelope, bytes: &[u8]) -> Result<(Report, Vec<Misread>), Misread> {
    let tool = envelope.tool.as_ref().and_then(|tool| tool.name.as_ref());
    if tool.and_then(SavedScalar::text) != Some(env!("CARGO_PKG_NAME")) {
        return Err(Misread::corrupt("not a JSON report of ntnguard"));
    }
    match &envelope.version {
        Some(SavedScalar::Number(1)) => {}
        Some(version) => {
            let detail = format!("a report of version {version}; this ntnguard reads version 1");
            return Err(Misread::unsupported(detail));
        }
        None => return Err(Misread::corrupt("the report has no `version`")),
    }
    text::begin_report();
    let document: SavedDocument =
        serde_json::from_slice(bytes).map_err(|error| broken(&error, bytes))?;
    whole::report(document)
}

/// Converts the parser's error to a fault, without the text of the error.
fn broken(error: &serde_json::Error, bytes: &[u8]) -> Misread {
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.is_eof() {
        return Misread::corrupt(format!("cut off after {} bytes", bytes.len()));
    }
    if error.to_string().contains(TOO_LONG) {
        return Misread::new(
            SkipReason::TooLarge,
            format!("{place}: {TOO_LONG}"),
            WRITE_AGAIN,
        );
    }
    if error.is_data() {
        let detail = format!("{place}: not in the format of a report of version 1");
        return Misread::corrupt(detail);
    }
    Misread::corrupt(format!("{place}: not JSON"))
}
