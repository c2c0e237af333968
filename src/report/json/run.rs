//! The runs of a merged report as JSON.

use serde::{Serialize, Serializer};

use crate::detect::redact::shown_path;
use crate::model::time::moment;
use crate::report::MergedRun;

/// The runs of a merged report. Each is converted only when it is written, to save memory.
pub struct JsonRuns<'a>(pub &'a [MergedRun]);

impl JsonRuns<'_> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for JsonRuns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(JsonRun::new))
    }
}

/// One of the runs whose reports were merged.
#[derive(Serialize)]
struct JsonRun<'a> {
    repository: String,
    head: Option<&'a str>,
    time: Option<String>,
    command: Option<String>,
    source: &'a str,
    version: &'a str,
    complete: bool,
    findings: u64,
    fails: bool,
    seconds: f64,
    superseded: bool,
}

impl<'a> JsonRun<'a> {
    fn new(run: &'a MergedRun) -> Self {
        let shown = |text: &str| shown_path(text.as_bytes());
        JsonRun {
            repository: shown(&run.repository),
            head: run.head.as_deref(),
            time: run.time.map(|at| format!("{}Z", moment(at))),
            command: run.command.as_deref().map(shown),
            source: &run.source,
            version: &run.version,
            complete: run.complete,
            findings: run.findings,
            fails: run.fails,
            seconds: run.seconds,
            superseded: run.superseded,
        }
    }
}
