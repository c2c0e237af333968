//! Environment variables that set flags. A variable is ignored if the user types the same flag, or
//! a flag that contradicts it.
//!
//! The author of a change may be able to set variables, by a build step or by a file that a shell
//! or a runner reads. Such a variable must not decide how the change is judged. So for hooks and
//! `ci`, variables set only the appearance of reports.

use std::ffi::{OsStr, OsString};

use crate::report::Format;
use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, Error};

use super::output;

/// An environment variable and the flag that it sets.
struct FlagVariable {
    name: &'static str,
    flag: &'static str,
    /// The ids of the flags that make the variable ignored.
    beaten_by: &'static [&'static str],
    /// True if the variable changes how findings are judged, false if it changes only the
    /// appearance of reports.
    judges: bool,
}

const fn looks(name: &'static str, flag: &'static str) -> FlagVariable {
    FlagVariable {
        name,
        flag,
        beaten_by: &[],
        judges: false,
    }
}

const fn judges(
    name: &'static str,
    flag: &'static str,
    beaten_by: &'static [&'static str],
) -> FlagVariable {
    FlagVariable {
        name,
        flag,
        beaten_by,
        judges: true,
    }
}

const VARIABLES: [FlagVariable; 8] = [
    looks("NTNGUARD_FORMAT", "format"),
    looks("NTNGUARD_JOBS", "jobs"),
    looks("NTNGUARD_COLOR", "color"),
    looks("NTNGUARD_PROGRESS", "progress"),
    judges("NTNGUARD_MIN_CONFIDENCE", "min-confidence", &[]),
    judges("NTNGUARD_FAIL_ON", "fail-on", &["exit_zero"]),
    judges("NTNGUARD_CONFIG", "config", &["no_config", "config_from"]),
    judges(
        "NTNGUARD_BASELINE",
        "baseline",
        &["no_config", "config_from"],
    ),
];

/// Returns true if variables may change how a command judges findings. `first` is its first name:
/// `hook` for `hook run`.
fn is_trusted(first: &str) -> bool {
    !["hook", "ci"].contains(&first)
}

/// Returns the same interface, with the name of its variable added to the help of each flag.
pub fn in_help(interface: Command) -> Command {
    interface.mut_subcommands(|command| {
        let trusts = is_trusted(command.get_name());
        named(command, trusts)
    })
}

fn named(command: Command, trusts: bool) -> Command {
    let command = command.mut_args(|argument| {
        let flag = argument.get_long();
        let mut known = VARIABLES.iter().filter(|known| trusts || !known.judges);
        let Some(known) = known.find(|known| flag == Some(known.flag)) else {
            return argument;
        };
        let help = argument.get_help().map(ToString::to_string);
        argument.help(format!(
            "{} [env: {}]",
            help.unwrap_or_default(),
            known.name
        ))
    });
    command.mut_subcommands(|below| named(below, trusts))
}

/// Returns the arguments with the flags that variables set, inserted after the name of the command.
/// `matches` are the arguments as `interface` parsed them. `variable` returns the value of a
/// variable.
pub fn with_flags(
    arguments: &[OsString],
    interface: &Command,
    matches: &ArgMatches,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Vec<OsString> {
    let asked = AskedCommand::new(interface, matches);
    let is_trusted = is_trusted(asked.first);
    let set = VARIABLES.iter().filter_map(|known| {
        let value = variable(known.name).filter(|value| !value.is_empty());
        Some((known, value.filter(|_| asked.takes(known))?))
    });
    // A job may set the format for several commands, and not all of them have each format.
    let set = set.filter(|(known, value)| known.flag != "format" || !asked.lacks_format(value));
    let (ignored, set): (Vec<_>, Vec<_>) = set.partition(|(known, _)| known.judges && !is_trusted);
    if !asked.is_quiet() {
        for (FlagVariable { name, flag, .. }, _) in ignored {
            output::note(&format!(
                "{name} is ignored here, because the author of a change could set it: use the flag --{flag}"
            ));
        }
    }
    let flags = set.iter().map(|(known, value)| flag(known, value));
    let (command, rest) = arguments.split_at(asked.depth + 1);
    command
        .iter()
        .cloned()
        .chain(flags)
        .chain(rest.iter().cloned())
        .collect()
}

fn flag(known: &FlagVariable, value: &OsStr) -> OsString {
    let mut flag = OsString::from(format!("--{}=", known.flag));
    flag.push(value);
    flag
}

/// Replaces the name of a flag in an error by the variable that set it, since the user did not type
/// the flag.
pub fn name(mut error: Error) -> Error {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let typed = argument.trim_start_matches('-').split(' ').next();
    if let Some(known) = VARIABLES.iter().find(|known| typed == Some(known.flag)) {
        let name = ContextValue::String(known.name.to_owned());
        error.insert(ContextKind::InvalidArg, name);
    }
    error
}

/// The command that is run, and its flags.
struct AskedCommand<'a> {
    command: &'a Command,
    matches: &'a ArgMatches,
    /// The name of the command without the names of its subcommands: `hook` for `hook run`.
    first: &'a str,
    /// The number of names that lead to the command: 2 for `hook run`.
    depth: usize,
}

impl<'a> AskedCommand<'a> {
    fn new(interface: &'a Command, matches: &'a ArgMatches) -> Self {
        let mut asked = AskedCommand {
            command: interface,
            matches,
            first: "",
            depth: 0,
        };
        while let Some((name, matches)) = asked.matches.subcommand() {
            let Some(command) = asked.command.find_subcommand(name) else {
                break;
            };
            let first = if asked.depth == 0 { name } else { asked.first };
            asked = AskedCommand {
                command,
                matches,
                first,
                depth: asked.depth + 1,
            };
        }
        asked
    }

    /// Returns true if the command has the flag of the variable, and the user typed neither that
    /// flag nor one that contradicts it.
    fn takes(&self, known: &FlagVariable) -> bool {
        let own = self
            .command
            .get_arguments()
            .find(|argument| argument.get_long() == Some(known.flag));
        let others = known.beaten_by.iter().copied();
        own.is_some_and(|own| {
            let mut ids = others.chain([own.get_id().as_str()]);
            !ids.any(|id| self.is_typed(id))
        })
    }

    /// Returns true if `value` is the name of a format that this command does not have.
    fn lacks_format(&self, value: &OsStr) -> bool {
        let mut own = self.command.get_arguments();
        let own = own.find(|argument| argument.get_long() == Some("format"));
        let known = own.map(|own| own.get_possible_values()).unwrap_or_default();
        let has = known.iter().any(|known| value == known.get_name());
        let is_format = value
            .to_str()
            .is_some_and(|value| value.parse::<Format>().is_ok());
        !has && is_format
    }

    fn is_typed(&self, id: &str) -> bool {
        let is_known = self.matches.ids().any(|known| known.as_str() == id);
        is_known && self.matches.value_source(id) == Some(ValueSource::CommandLine)
    }

    fn is_quiet(&self) -> bool {
        self.is_typed("quiet")
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{VARIABLES, with_flags};
    use crate::cli::interface;

    /// Returns the command line with the flags added that these variables set.
    fn added(arguments: &str, variables: &[(&str, &str)]) -> String {
        let arguments: Vec<OsString> = arguments.split(' ').map(OsString::from).collect();
        let mut interface = interface();
        let matches = interface.try_get_matches_from_mut(&arguments).unwrap();
        let variable = |name: &str| {
            let set = variables.iter().find(|(known, _)| *known == name);
            set.map(|(_, value)| OsString::from(value))
        };
        let all = with_flags(&arguments, &interface, &matches, &variable);
        let all: Vec<_> = all.iter().map(|one| one.to_str().unwrap()).collect();
        all.join(" ")
    }

    #[test]
    fn a_variable_adds_a_flag_that_was_not_typed() {
        let format = [("NTNGUARD_FORMAT", "json")];
        assert_eq!(
            added("ntnguard scan x", &format),
            "ntnguard scan --format=json x"
        );
        let typed = "ntnguard scan --format human";
        assert_eq!(added(typed, &format), typed);
        assert_eq!(added("ntnguard man", &format), "ntnguard man");
        let other = [("NTNGUARD_FORMAT", "github")];
        assert_eq!(added("ntnguard verify T", &other), "ntnguard verify T");
        assert_eq!(
            added("ntnguard scan", &[("NTNGUARD_FORMAT", "")]),
            "ntnguard scan"
        );
        let both = [("NTNGUARD_COLOR", "never"), ("NTNGUARD_JOBS", "2")];
        assert_eq!(
            added("ntnguard hook run pre-merge-commit -q -- -x", &both),
            "ntnguard hook run pre-merge-commit --jobs=2 --color=never -q -- -x"
        );
    }

    #[test]
    fn a_conflicting_flag_overrides_a_variable() {
        for (typed, name) in [
            ("ntnguard scan --exit-zero", "NTNGUARD_FAIL_ON"),
            ("ntnguard scan --no-config", "NTNGUARD_CONFIG"),
            ("ntnguard scan --no-config", "NTNGUARD_BASELINE"),
            ("ntnguard range HEAD --config-from HEAD", "NTNGUARD_CONFIG"),
            ("ntnguard config --config x", "NTNGUARD_CONFIG"),
        ] {
            assert_eq!(added(typed, &[(name, "x")]), typed);
        }
    }

    #[test]
    fn hooks_and_ci_ignore_variables_that_affect_the_verdict() {
        for typed in [
            "ntnguard ci -q",
            "ntnguard hook run pre-commit -q",
            "ntnguard hook run pre-receive -q",
        ] {
            for known in VARIABLES.iter().filter(|known| known.judges) {
                assert_eq!(added(typed, &[(known.name, "never")]), typed);
            }
        }
    }
}
