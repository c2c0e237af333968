//! The `ntnguard` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ntnguard::main()
}
