//! What looks at one text by code of its own, beside the detectors of credentials.

use super::blob::{Blob, Origin};
use super::finding::Finding;
use super::rule::Rule;
use super::source_kind::SourceKind;

/// Looks at one text at a time and makes findings of its rules. Pure: no input or output, no failure, any thread.
///
/// It is handed the first part of each file that it [is about](Check::is_about), and each text that holds one of its
/// [anchors](Check::anchors), in the sources that one of its rules is [looked for](Rule::sources) in, and in no others.
pub trait Check: Send + Sync {
    /// The rules of which it makes findings.
    fn rules(&self) -> &'static [&'static Rule];

    /// Literals, one of which is in every text that it has something to say of. All of them join the one search through the
    /// bytes, so short or common ones slow every scan.
    fn anchors(&self) -> &'static [&'static str];

    /// Returns true if the file at `path` in such a source is looked at whatever it holds. In history the path is its last part.
    fn is_about(&self, path: &[u8], source: SourceKind) -> bool;

    /// The size up to which it looks at texts of this origin, and only at whole ones; `None` where it looks at any part. What is
    /// larger and has its anchor is not looked at, and that is told.
    fn whole(&self, origin: &Origin) -> Option<usize> {
        let _ = origin;
        None
    }

    /// Adds to `found` what it has to say of `blob`. What others found there before stands in `found` already. A large file comes
    /// in parts that overlap: what begins in the [core](Blob::core) of one is this part's to tell.
    fn check(&self, blob: &Blob<'_>, found: &mut Vec<Finding>);
}

impl dyn Check + '_ {
    /// Returns true if it looks at what a source of this kind hands over.
    pub fn looks_into(&self, source: SourceKind) -> bool {
        let mut rules = self.rules().iter();
        rules.any(|rule| rule.sources.contains(&source))
    }
}
