//! Gives random access to the outermost container.

use std::cell::RefCell;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

use rawzip::ReaderAt;

use super::content::Meter;

/// The outermost container, which can be read at any offset.
pub struct Disk<'m, S> {
    inner: RefCell<S>,
    length: u64,
    meter: &'m Meter,
}

impl<'m, S: Read + Seek> Disk<'m, S> {
    pub fn new(inner: S, length: u64, meter: &'m Meter) -> Self {
        Disk {
            inner: RefCell::new(inner),
            length,
            meter,
        }
    }
}

impl<S: Read + Seek> ReaderAt for Disk<'_, S> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        // A damaged zip may contain any offset. Operating systems return an error for very large
        // offsets. This error must not be reported as a failure of the disk.
        if offset >= self.length {
            return Ok(0);
        }
        let mut inner = self.inner.borrow_mut();
        let read = inner
            .seek(SeekFrom::Start(offset))
            .and_then(|_| inner.read(buffer));
        read.inspect_err(|error| {
            if error.kind() != ErrorKind::Interrupted {
                self.meter.note_broken();
            }
        })
    }
}
