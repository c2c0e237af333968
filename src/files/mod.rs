//! Files as the operating system has them: opened without being led astray, and written whole.

pub mod open;
pub mod write;
