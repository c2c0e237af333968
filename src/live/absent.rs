//! A stand-in for the client in a build without the feature `live`.

use std::time::Duration;

use super::notion::{LiveOptions, NotionCall};
use super::{Answer, UnknownReason};
use crate::error::{Error, Result};

/// A client that cannot be made.
pub struct AbsentClient(std::convert::Infallible);

impl AbsentClient {
    /// Refuses: this ntnguard connects to nothing.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn new(_: &LiveOptions) -> Result<Self> {
        let message = "this ntnguard was built without what asks Notion (the feature `live`)";
        Err(Error::new(message)
            .help("nothing was asked: install it with its default features to ask Notion"))
    }

    /// Cannot be called, as there is no client.
    pub fn send(
        &self,
        _: &str,
        _: &NotionCall<'_>,
        _: Duration,
    ) -> std::result::Result<Answer, UnknownReason> {
        match self.0 {}
    }
}
