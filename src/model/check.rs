//! Checks: code that looks at one text, beside the detectors of credentials.

use super::blob::{Blob, Origin};
use super::finding::Finding;
use super::rule::Rule;
use super::source_kind::SourceKind;

/// Looks at one text at a time and makes findings of its rules. Pure: no input or output, no
/// failure, any thread.
///
/// A check is handed the first part of each file that it [is about](Check::is_about), and each text
/// that contains one of its [anchors](Check::anchors), in the sources that one of its rules is
/// [looked for](Rule::sources) in, and in no others.
pub trait Check: Send + Sync {
    /// Returns the rules that the check makes findings of.
    fn rules(&self) -> &'static [&'static Rule];

    /// Returns literals, one of which is in every text with a finding of this check. All of them
    /// join the one search through the bytes, so short or common ones slow every scan.
    fn anchors(&self) -> &'static [&'static str];

    /// Returns true if the file at `path` in such a source is checked whatever its content. In
    /// history, `path` is the last part of the path alone.
    fn is_about(&self, path: &[u8], source: SourceKind) -> bool;

    /// Returns the size, in bytes, up to which texts of this origin are checked, and only whole
    /// ones; `None` if any part of a text is checked. A larger text with an anchor of the check is
    /// skipped, and the report says so.
    fn whole(&self, origin: &Origin) -> Option<usize> {
        let _ = origin;
        None
    }

    /// Adds the findings in `blob` to `found`, which already holds those of others there. A large
    /// file comes in parts that overlap: each part reports what begins in its [core](Blob::core).
    fn check(&self, blob: &Blob<'_>, found: &mut Vec<Finding>);
}

impl dyn Check + '_ {
    /// Returns true if the check looks at texts of a source of this kind.
    pub fn looks_into(&self, source: SourceKind) -> bool {
        let mut rules = self.rules().iter();
        rules.any(|rule| rule.sources.contains(&source))
    }
}
