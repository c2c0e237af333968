//! A message that is not stored yet, such as the message of a commit in the making.

use crate::error::Result;
use crate::model::blob::{Blob, Origin};
use crate::model::source_kind::SourceKind;

use super::{Earlier, Source, Visit};

/// A source of one message in memory.
pub struct Message {
    origin: Origin,
    text: Vec<u8>,
}

impl Message {
    /// Returns a source of the message `text`. Findings in it are reported at `origin`.
    pub fn new(origin: Origin, text: Vec<u8>) -> Self {
        Message { origin, text }
    }
}

impl Source for Message {
    fn kind(&self) -> SourceKind {
        SourceKind::Message
    }

    fn earlier(&self, _: &Origin) -> Earlier {
        Earlier::Nothing
    }

    fn visit(&self, visit: &Visit<'_>) -> Result<()> {
        visit(Ok(Blob::whole(&self.origin, &self.text)));
        Ok(())
    }
}
