//! Values that are known to be secret, to be looked for exactly.

use std::path::PathBuf;

use super::secret::Secret;

/// A value to look for, exactly.
#[derive(Clone)]
pub struct Known {
    /// The variable's name, fit to be shown.
    pub variable: String,
    /// The value.
    pub value: Secret,
    /// The file that sets it.
    pub file: PathBuf,
    /// True if the value could be found out by trying, because somebody thought it up or it is
    /// short.
    pub is_guessable: bool,
    /// The password in the value, if the value is an address. It must not be shown by itself
    /// either.
    pub password: Option<Secret>,
}
