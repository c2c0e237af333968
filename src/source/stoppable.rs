//! A reader that fails once the scan is stopped, so that the user does not wait for the end of a
//! large file.

use std::io::{self, Read, Seek, SeekFrom};

use crate::model::progress::Progress;

/// A reader, and the progress that can stop it.
pub struct Stoppable<'p, R> {
    stream: R,
    progress: Option<&'p Progress>,
}

impl<'p, R> Stoppable<'p, R> {
    /// Wraps `stream`, which fails once `progress` is stopped.
    pub fn new(stream: R, progress: Option<&'p Progress>) -> Self {
        Stoppable { stream, progress }
    }
}

impl<R: Read> Read for Stoppable<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.progress {
            // Not `ErrorKind::Interrupted`: callers retry after that error.
            Some(progress) if progress.is_stopped() => Err(io::Error::other("interrupted")),
            _ => self.stream.read(buffer),
        }
    }
}

impl<R: Seek> Seek for Stoppable<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.stream.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::atomic::Ordering;

    use super::Stoppable;
    use crate::model::progress::Progress;

    #[test]
    fn nothing_is_read_after_the_scan_is_stopped() {
        let progress = Progress::default();
        let mut text = Vec::new();
        let mut stream = Stoppable::new(&b"abc"[..], Some(&progress));
        stream.by_ref().take(2).read_to_end(&mut text).unwrap();
        progress.stop().store(true, Ordering::Relaxed);
        assert!(stream.read_to_end(&mut text).is_err());
        assert_eq!(text, b"ab");
        let mut deaf = Stoppable::new(&b"abc"[..], None);
        assert_eq!(deaf.read_to_end(&mut text).unwrap(), 3);
    }
}
