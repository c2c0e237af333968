//! Values that are known to be secret and are searched for exactly.

use std::path::PathBuf;

use super::secret::Secret;

/// A secret value of a variable. The scan searches for exactly this value.
#[derive(Clone)]
pub struct Known {
    /// The variable's name, safe to show.
    pub variable: String,
    /// The value to search for.
    pub value: Secret,
    /// The file that sets the variable.
    pub file: PathBuf,
    /// True if the value could be guessed, because a person made it up or it is short.
    pub is_guessable: bool,
    /// The password in the value, if the value is a URL with a password. Reports hide the password
    /// on its own too.
    pub password: Option<Secret>,
}
