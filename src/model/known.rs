//! Values that are known to be secret, to be looked for exactly.

use std::path::PathBuf;

use super::secret::Secret;

/// A value to look for, exactly.
#[derive(Clone)]
pub struct Known {
    /// The variable's name, fit to be shown.
    pub variable: String,
    /// Its value.
    pub value: Secret,
    /// The file that sets it.
    pub file: PathBuf,
    /// Whether the value could be found out by trying: it was thought up, or is short.
    pub is_guessable: bool,
    /// The password in it, if it is an address: that must be shown by itself as little as the whole.
    pub password: Option<Secret>,
}
