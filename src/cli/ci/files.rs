//! The files to which a step of a GitHub Actions job writes its outputs and its summary.
//!
//! Text is appended to both files. An output is a line `name=value` ("Workflow commands for GitHub
//! Actions", docs.github.com). No value here has a line break, so a value cannot set another
//! output.

use std::path::{Path, PathBuf, absolute};

use crate::error::{Error, Result};
use crate::model::rule::Severity;
use crate::report::{Format, Pages, Report};

use crate::cli::surface::Surface;
use crate::cli::{ExitStatus, output};

/// The files for the result of a CI run, by the variables of the job.
pub struct JobFiles {
    /// True in a job of GitHub Actions, which reads annotations from standard output.
    pub annotates: bool,
    /// The address of the pages about rules; `None` if the variables of the job do not give it.
    pub pages: Option<Pages>,
    summary: Option<PathBuf>,
    outputs: Option<PathBuf>,
    sarif: Option<String>,
}

impl JobFiles {
    /// Returns the files whose paths are in the variables of the job. `surface` has the path of the
    /// SARIF file.
    pub fn of_job(surface: &Surface) -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let annotates = variable("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let file = |name: &str| variable(name).filter(|_| annotates).map(PathBuf::from);
        let workspace = variable("GITHUB_WORKSPACE").map(PathBuf::from);
        let sarif = surface
            .files_of(Format::Sarif)
            .last()
            .map(|file| from_workspace(file, workspace.as_deref()));
        let text = |name: &str| {
            variable(name)
                .and_then(|value| value.into_string().ok())
                .unwrap_or_default()
        };
        // GITHUB_ACTION_REPOSITORY and GITHUB_ACTION_REF are empty in the steps of a composite
        // action, so our action sets variables of its own.
        let [server, repository, revision] = [
            "GITHUB_SERVER_URL",
            "NTNGUARD_ACTION_REPOSITORY",
            "NTNGUARD_ACTION_REF",
        ]
        .map(text);
        JobFiles {
            annotates,
            pages: Pages::new(&server, &repository, &revision),
            summary: file("GITHUB_STEP_SUMMARY"),
            outputs: file("GITHUB_OUTPUT"),
            sarif: sarif.filter(|file| !file.contains(['\n', '\r'])),
        }
    }

    /// Writes the summary and the outputs of a scan.
    pub fn write(&self, report: &Report, status: ExitStatus) -> Result<()> {
        if let Some(file) = &self.summary {
            let mut text = Vec::new();
            let cannot = |error: std::io::Error| {
                Error::new(format!("the job summary cannot be written: {error}"))
            };
            report.summarize(&mut text).map_err(cannot)?;
            output::append(file, &text)?;
        }
        self.put(
            report.reported_as(Severity::Error),
            report.is_complete(),
            status,
            self.sarif.as_deref(),
        )
    }

    /// Writes the summary and the outputs of a run that failed with `error`.
    pub fn write_failure(&self, error: &Error) -> Result<()> {
        if let Some(file) = &self.summary {
            output::append(file, crate::report::failure(error).as_bytes())?;
        }
        self.put(0, false, ExitStatus::Failed, None)
    }

    fn put(
        &self,
        findings: usize,
        complete: bool,
        status: ExitStatus,
        sarif: Option<&str>,
    ) -> Result<()> {
        let Some(file) = &self.outputs else {
            return Ok(());
        };
        let sarif = sarif.map_or_else(String::new, |sarif| format!("sarif-file={sarif}\n"));
        let text = format!(
            "findings={findings}\ncomplete={complete}\nexit-code={}\n{sarif}",
            status.number()
        );
        output::append(file, text.as_bytes())
    }
}

/// Returns the path of a file for later steps of the job: relative to the workspace, in which steps
/// start, or absolute if the file is outside of the workspace.
fn from_workspace(file: &Path, workspace: Option<&Path>) -> String {
    let Some(workspace) = workspace.and_then(|workspace| workspace.canonicalize().ok()) else {
        return file.display().to_string();
    };
    let whole = absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder = whole.parent().and_then(|folder| folder.canonicalize().ok());
    let real = folder
        .zip(whole.file_name())
        .map(|(folder, name)| folder.join(name));
    match real
        .as_deref()
        .and_then(|real| real.strip_prefix(&workspace).ok())
    {
        Some(inside) => inside
            .iter()
            .map(|part| part.to_string_lossy())
            .collect::<Vec<_>>()
            .join("/"),
        None => whole.display().to_string(),
    }
}
