//! `--debug`: a log on standard error of the files that a run opens and skips and of its decisions,
//! with times and without secrets.

use std::env;
use std::sync::OnceLock;
use std::time::Instant;

use crate::detect::redact::{Hidden, printable, redact_bytes};
use log::{LevelFilter, Log, Metadata, Record};

use super::{hidden, output};

/// The environment variable that turns the log on without the flag.
const VARIABLE: &str = "NTNGUARD_LOG";

/// Prints the log records of the library.
struct Sink {
    start: Instant,
    hidden: OnceLock<Hidden>,
}

static SINK: OnceLock<Sink> = OnceLock::new();

/// Turns the log on if `is_asked` is true or the environment variable asks for it. Without this, a
/// log record costs one comparison.
pub fn start(is_asked: bool) {
    if !is_asked && !is_in_environment() {
        return;
    }
    let sink = SINK.get_or_init(|| Sink {
        start: Instant::now(),
        hidden: OnceLock::new(),
    });
    if log::set_logger(sink).is_ok() {
        log::set_max_level(LevelFilter::Debug);
    }
    let (os, processor) = (env::consts::OS, env::consts::ARCH);
    log::debug!("ntnguard {}, {os}, {processor}", env!("CARGO_PKG_VERSION"));
}

/// Returns true if the log is on.
pub fn is_on() -> bool {
    SINK.get().is_some()
}

/// Returns true if the environment variable turns the log on. An unknown value is reported and
/// ignored, since a mistake in it must not stop a commit.
fn is_in_environment() -> bool {
    match env::var_os(VARIABLE) {
        None => false,
        Some(value) if value.is_empty() || value == "off" => false,
        Some(value) if value == "debug" => true,
        Some(_) => {
            output::note(&format!(
                "{VARIABLE} is set to an unknown value, which is ignored: write `debug` or `off`"
            ));
            false
        }
    }
}

impl Log for Sink {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Records of other libraries are dropped, since they might quote secrets.
        let target = metadata.target();
        target == "ntnguard" || target.starts_with("ntnguard::")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let text = record.args().to_string();
        let text = self.hidden.get_or_init(hidden).mask(text.as_bytes());
        let text = printable(&redact_bytes(&text));
        let time = self.start.elapsed().as_secs_f64() * 1e3;
        output::note(&format!("debug {time:9.1} ms  {text}"));
    }

    fn flush(&self) {}
}
