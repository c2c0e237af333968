//! Checks: code that examines one text at a time, in addition to the detectors of credentials.

use super::blob::{Blob, Origin};
use super::finding::Finding;
use super::rule::Rule;
use super::source_kind::SourceKind;

/// Examines one text at a time and makes findings of its rules. A check does no input or output,
/// cannot fail, and may run on any thread.
///
/// A check receives the first part of each file that it [is about](Check::is_about), and each text
/// that contains one of its [anchors](Check::anchors). It receives only texts of the
/// [sources](Rule::sources) that its rules name.
pub trait Check: Send + Sync {
    /// Returns the rules whose findings the check makes.
    fn rules(&self) -> &'static [&'static Rule];

    /// Returns literals, at least one of which is in every text with a finding of this check. A
    /// single search through the bytes looks for the anchors of all checks, so short or common
    /// anchors slow every scan.
    fn anchors(&self) -> &'static [&'static str];

    /// Returns true if the file at `path` in `source` is checked even if it contains no anchor. In
    /// history, `path` is only the name of the file.
    fn is_about(&self, path: &[u8], source: SourceKind) -> bool;

    /// Returns the largest size, in bytes, of a text of this origin that is checked. A text up to
    /// this size is checked as a whole. A larger text with an anchor of the check is skipped, and
    /// the report says so. `None` if texts of any size are checked, in parts if they are large.
    fn whole(&self, origin: &Origin) -> Option<usize> {
        let _ = origin;
        None
    }

    /// Adds the findings in `blob` to `found`, which already holds the findings of detectors and
    /// other checks in `blob`. A large file comes in parts that overlap: each part reports only
    /// findings that begin in its [core](Blob::core).
    fn check(&self, blob: &Blob<'_>, found: &mut Vec<Finding>);
}

impl dyn Check + '_ {
    /// Returns true if the check examines texts of a source of this kind.
    pub fn looks_into(&self, source: SourceKind) -> bool {
        let mut rules = self.rules().iter();
        rules.any(|rule| rule.sources.contains(&source))
    }
}
