//! `ntnguard completions` and `ntnguard man`, generated from the definition of the command line.

use crate::error::Error;
use clap::Args;

use super::{ExitStatus, Outcome, interface, output};

/// The arguments of `ntnguard completions SHELL`.
#[derive(Args)]
pub struct Completions {
    /// The shell to print completions for
    shell: clap_complete::Shell,
}

impl Completions {
    /// Prints the completion script of the shell.
    pub fn run(self) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut interface(), "ntnguard", &mut script);
        output::print(&String::from_utf8_lossy(&script))?;
        Ok(ExitStatus::Clean)
    }
}

/// Prints the manual page of `ntnguard`, then the page of each subcommand.
pub fn man() -> Outcome {
    let mut command = interface();
    command.build();
    let mut page = Vec::new();
    for command in with_subcommands(command) {
        let failed = |error| Error::new(format!("the manual page cannot be made: {error}"));
        clap_mangen::Man::new(command)
            .render(&mut page)
            .map_err(failed)?;
    }
    output::print(&String::from_utf8_lossy(&page))?;
    Ok(ExitStatus::Clean)
}

/// Returns a command, followed by its subcommands at all levels, without `help`.
fn with_subcommands(command: clap::Command) -> Vec<clap::Command> {
    let below: Vec<_> = command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
        .cloned()
        .collect();
    std::iter::once(command)
        .chain(below.into_iter().flat_map(with_subcommands))
        .collect()
}
