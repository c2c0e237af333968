//! The progress line on a terminal, and the handling of Ctrl-C.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::model::progress::{Moment, Progress};
use clap::ValueEnum;

use super::output;

/// The condition under which progress is shown.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum When {
    /// When standard error is a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl When {
    /// Returns true if progress is shown in this run.
    pub fn is_now(self, is_quiet: bool) -> bool {
        match self {
            When::Auto => !is_quiet && io::stderr().is_terminal(),
            When::Always => true,
            When::Never => false,
        }
    }
}

/// The time between two updates of the progress line. A shorter scan shows no line.
const EVERY: Duration = Duration::from_millis(100);

/// The time after which a scan of files shows the progress line, unless `--progress always` is
/// given.
const QUICK: Duration = Duration::from_secs(1);

/// The progress line. Dropping this value removes the line.
pub struct Bar(Option<(Sender<()>, JoinHandle<()>)>);

impl Bar {
    /// Starts a thread that shows `progress`.
    pub fn start(progress: Progress, when: When) -> Self {
        let (end, ended) = mpsc::channel();
        let is_patient = progress.now().is_open && matches!(when, When::Auto);
        let thread = std::thread::Builder::new().spawn(move || {
            let start = Instant::now();
            let mut was_shown = false;
            while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(EVERY) {
                if is_patient && start.elapsed() < QUICK {
                    continue;
                }
                let is_stopped = progress.is_stopped();
                output::eprint(&format!(
                    "\r{}\x1b[K",
                    line(progress.now(), start.elapsed(), is_stopped)
                ));
                was_shown = true;
            }
            if was_shown {
                output::eprint("\r\x1b[K");
            }
        });
        // If the thread cannot be started, the scan runs without a progress line.
        Bar(thread.ok().map(|thread| (end, thread)))
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.0.take() {
            drop(end);
            let _ = thread.join();
        }
    }
}

/// The width of the bar in characters.
const LENGTH: u64 = 20;

/// Formats the progress line in ASCII. The line fits into 80 columns.
fn line(
    Moment {
        is_open,
        all,
        done,
        bytes,
        found,
    }: Moment,
    time: Duration,
    is_stopped: bool,
) -> String {
    let filled = (LENGTH * done.min(all) / all.max(1)) as usize;
    let (full, empty) = ("=".repeat(filled), " ".repeat(LENGTH as usize - filled));
    let rate = bytes as f64 / 1e6 / time.as_secs_f64().max(0.001);
    match (is_stopped, done >= all && all > 0) {
        (true, _) => "stopping; the findings so far follow".to_owned(),
        _ if is_open => format!("{done} files, {rate:.0} MB/s, {found} found"),
        (_, true) => format!("[{full}] {all} objects, {found} found; locating the findings"),
        _ => format!("[{full}{empty}] {done} of {all} objects, {rate:.0} MB/s, {found} found"),
    }
}

/// Makes Ctrl-C end the scan early, with a report of the findings so far. A second Ctrl-C ends the
/// process at once.
pub fn stop_on_interrupt(progress: &Progress) -> Result<()> {
    let (signal, interrupted) = (signal_hook::consts::SIGINT, 130);
    let failed = |error| Error::new(format!("Ctrl-C cannot be handled: {error}"));
    signal_hook::flag::register_conditional_shutdown(signal, interrupted, progress.stop())
        .map_err(failed)?;
    signal_hook::flag::register(signal, progress.stop()).map_err(failed)?;
    Ok(())
}

/// Makes Ctrl-C end the process at once from now on. The steps after a scan do not check for a
/// request to stop.
pub fn exit_on_interrupt() -> Result<()> {
    let (signal, interrupted) = (signal_hook::consts::SIGINT, 130);
    let failed = |error| Error::new(format!("Ctrl-C cannot be handled: {error}"));
    let always = Arc::new(AtomicBool::new(true));
    signal_hook::flag::register_conditional_shutdown(signal, interrupted, always)
        .map_err(failed)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Moment, line};
    use std::time::Duration;

    #[test]
    fn the_line_fits_a_terminal() {
        let moment = Moment {
            is_open: false,
            all: 12_345_678,
            done: 6_172_839,
            bytes: 99_000_000_000,
            found: 1234,
        };
        let half = line(moment, Duration::from_secs(10), false);
        assert_eq!(
            half,
            "[==========          ] 6172839 of 12345678 objects, 9900 MB/s, 1234 found"
        );
        let done = line(
            Moment {
                done: moment.all,
                ..moment
            },
            Duration::ZERO,
            false,
        );
        assert_eq!(
            done,
            "[====================] 12345678 objects, 1234 found; locating the findings"
        );
        assert!(half.len() < 80 && done.len() < 80);
        assert!(
            line(Moment::default(), Duration::ZERO, false)
                .starts_with("[                    ] 0 of 0")
        );
        let files = Moment {
            is_open: true,
            ..moment
        };
        assert_eq!(
            line(files, Duration::from_secs(10), false),
            "6172839 files, 9900 MB/s, 1234 found"
        );
    }
}
