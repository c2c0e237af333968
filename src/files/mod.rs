//! Safe access to files: opening without following links or waiting for pipes, and atomic writing.

pub mod open;
pub mod write;
