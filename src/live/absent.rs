//! The replacement for the client in a build without the feature `live`. It refuses every request.

use std::time::Duration;

use super::notion::{LiveOptions, NotionCall};
use super::{Answer, UnknownReason};
use crate::error::{Error, Result};

/// A client that cannot be made.
pub struct AbsentClient(std::convert::Infallible);

impl AbsentClient {
    /// Returns an error, because a build without the feature `live` cannot connect.
    ///
    /// # Errors
    ///
    /// Returns an error always.
    pub fn new(_: &LiveOptions) -> Result<Self> {
        let message = "this ntnguard was built without the feature `live`, so it cannot ask Notion";
        Err(Error::new(message)
            .help("no request was sent: install ntnguard with its default features to ask Notion"))
    }

    /// Cannot be called, because no client can be made.
    pub fn send(
        &self,
        _: &str,
        _: &NotionCall<'_>,
        _: Duration,
    ) -> std::result::Result<Answer, UnknownReason> {
        match self.0 {}
    }
}
