//! The flags for the connection to Notion.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::live::{ApiOrigin, CertificateFile, LiveOptions, Notion, ProxyVariables};
use clap::{Args, ValueHint};

use super::duration;

/// The default time for all requests of a run together.
const TIME: Duration = Duration::from_secs(60);

/// The default time for each request, in a run whose number of requests is not known beforehand.
const TIME_EACH: Duration = Duration::from_secs(15);

/// The total time for a run that limits only each request: so long that it never matters.
const A_WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The flags for the connection to Notion.
#[derive(Args)]
pub struct ConnectFlags {
    /// The time limit for all requests together [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,
    /// The certificates to trust instead of the system's, in PEM [default: $SSL_CERT_FILE]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    ca_file: Option<PathBuf>,
    /// The URL of a test server on this machine, which receives the requests instead of Notion
    #[arg(long, value_name = "URL", hide = true)]
    api_url: Option<String>,
    /// The shortest time between two requests to a test server
    #[arg(long, value_name = "TIME", value_parser = duration, hide = true, requires = "api_url")]
    pace: Option<Duration>,
}

impl ConnectFlags {
    /// Returns true if no flag is given.
    pub fn is_empty(&self) -> bool {
        self.timeout.is_none()
            && self.ca_file.is_none()
            && self.api_url.is_none()
            && self.pace.is_none()
    }

    /// Returns a connection whose requests together may take the time of `--timeout` plus `longer`.
    /// Nothing is sent yet.
    pub fn notion(&self, longer: Duration) -> Result<Notion> {
        let time = self.timeout.unwrap_or(TIME).saturating_add(longer);
        self.made(time, None)
    }

    /// Returns a connection for any number of requests, each of which may take the time of
    /// `--timeout`. Nothing is sent yet.
    pub fn notion_for_lists(&self) -> Result<Notion> {
        self.made(A_WEEK, Some(self.timeout.unwrap_or(TIME_EACH)))
    }

    fn made(&self, time: Duration, time_each: Option<Duration>) -> Result<Notion> {
        let origin = self.api_url.as_deref().map(ApiOrigin::local).transpose()?;
        let variable = |name: &str| std::env::var(name).ok();
        Notion::new(&LiveOptions {
            origin: origin.unwrap_or_default(),
            proxy: ProxyVariables::read(variable),
            certificates: self.certificates()?,
            time,
            time_each,
            pace: self.pace,
        })
    }

    fn certificates(&self) -> Result<Option<CertificateFile>> {
        let set = || std::env::var_os("SSL_CERT_FILE").filter(|file| !file.is_empty());
        let (file, by) = match (&self.ca_file, set()) {
            (Some(file), _) => (file.clone(), "--ca-file"),
            (None, Some(file)) => (PathBuf::from(file), "SSL_CERT_FILE"),
            (None, None) => return Ok(None),
        };
        let name = format!("the file {} of {by}", file.display());
        let bytes = fs::read(&file).map_err(|error| {
            Error::new(format!("{name} cannot be read: {error}"))
                .help("set --ca-file or SSL_CERT_FILE to the path of a file with certificates in PEM format")
        })?;
        Ok(Some(CertificateFile { name, bytes }))
    }
}
