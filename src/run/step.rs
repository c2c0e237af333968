//! What is done with a report once it is made.

use crate::error::Result;
use crate::model::vault::Vault;
use crate::report::Report;

/// Adds to a report what only the found secrets themselves tell, such as whether one is still live.
pub trait Step {
    /// Works on the report; `vault` has the secrets that scans of this job found.
    ///
    /// # Errors
    ///
    /// When the run cannot go on. What could not be found out about one finding is said in the report.
    fn apply(&self, report: &mut Report, vault: &Vault) -> Result<()>;
}
