//! The steps that work on a finished report.

use crate::error::Result;
use crate::model::vault::Vault;
use crate::report::Report;

/// Adds to a report facts that only the found secrets themselves give, such as whether one is still
/// live.
pub trait Step {
    /// Works on the report; `vault` has the secrets that scans of this job found.
    ///
    /// # Errors
    ///
    /// When the run cannot go on. Facts about one finding that could not be found out are noted in
    /// the report.
    fn apply(&self, report: &mut Report, vault: &Vault) -> Result<()>;
}
