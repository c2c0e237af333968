//! The GitHub Action: its own steps, run with a runner's variables and event files against local clones.

mod events;
mod expression;
mod hosted;
mod hostile;
mod install;
pub mod lint;
mod monorepo;
mod runner;
