//! The `ntnguard` command: parse, run, exit.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::silence_panics();
    std::panic::catch_unwind(|| match cli::parse() {
        Ok(command) => cli::run(command),
        Err(status) => status,
    })
    .unwrap_or(cli::ExitStatus::Failed)
    .into()
}
