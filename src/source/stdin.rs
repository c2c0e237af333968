//! Standard input, or any other stream.

use std::io::Read;
use std::sync::Mutex;

use crate::blob::Origin;
use crate::error::{Error, Result};

use super::reader::Reader;
use super::{Source, Visit};

/// One stream.
pub struct Stdin<R> {
    stream: Mutex<R>,
}

impl<R: Read + Send> Stdin<R> {
    /// A source that reads `stream` to its end.
    pub fn new(stream: R) -> Self {
        Stdin { stream: Mutex::new(stream) }
    }
}

impl<R: Read + Send> Source for Stdin<R> {
    fn name(&self) -> &'static str {
        "stdin"
    }

    fn visit(&self, visit: &Visit<'_>) -> Result<()> {
        let mut stream = self.stream.lock().unwrap_or_else(|broken| broken.into_inner());
        Reader::new()
            .visit(&Origin::Stdin, &mut *stream, None, visit)
            .map_err(|error| Error::new(format!("standard input cannot be read: {error}")))
    }
}
