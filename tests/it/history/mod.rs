//! `ntnguard history`: everything that git still holds.

mod contents;
mod places;
mod planted;
mod records;
mod refs;
