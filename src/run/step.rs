//! The steps that add facts to a report after the scan.

use crate::error::Result;
use crate::model::vault::Vault;
use crate::report::Report;

/// Adds facts to a report that can be found out only with the secrets themselves, such as whether a
/// token is still live.
pub trait Step {
    /// Adds the facts to `report`. `vault` has the secrets that the scans of the job found.
    ///
    /// # Errors
    ///
    /// When the run cannot continue. If only a fact about one finding is unknown, the report says
    /// so instead.
    fn apply(&self, report: &mut Report, vault: &Vault) -> Result<()>;
}
