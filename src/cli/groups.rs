//! The list of commands in `ntnguard --help`, grouped by purpose.

use clap::Command;

use super::output;

/// The titles of the groups, each with its commands in the order in which they are shown.
const GROUPS: [(&str, &[&str]); 7] = [
    (
        "Find",
        &[
            "scan", "staged", "range", "history", "stdin", "review", "env",
        ],
    ),
    ("Run", &["hook", "ci"]),
    ("Ask Notion", &["verify", "preflight", "access", "revoke"]),
    ("Keep safe", &["rotation", "webhook"]),
    ("Report", &["report", "shard"]),
    ("Decide", &["allow", "baseline", "config", "rules"]),
    ("Shell", &["completions", "man", "help"]),
];

/// The largest width of the help, in columns.
const WIDEST: usize = 100;

/// Returns the same command, with a help that lists its subcommands in groups.
pub fn group(command: Command) -> Command {
    let width = output::columns().min(WIDEST);
    let list: String = GROUPS
        .iter()
        .map(|(title, names)| listed(&command, title, names, width))
        .collect();
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n{list}\n\
         Options:\n{{options}}{{after-help}}"
    ))
}

/// Formats a group: a title, and one or more lines for each command.
fn listed(command: &Command, title: &str, names: &[&str], width: usize) -> String {
    let names = names.iter().map(|name| {
        let about = command.find_subcommand(name).and_then(Command::get_about);
        // clap adds the command `help` only when it parses arguments, so its description is not
        // known here.
        let own = || "Print this message or the help of a command".to_owned();
        line(name, &about.map_or_else(own, ToString::to_string), width)
    });
    format!("\n{title}:\n{}", names.collect::<String>())
}

/// The column at which descriptions begin, counted from 0.
const INDENT: usize = 15;

/// Formats a command and its description, wrapped at `width` columns.
fn line(name: &str, about: &str, width: usize) -> String {
    let mut text = format!("  {name:<0$}", INDENT - 2);
    let mut column = INDENT;
    for (at, word) in about.split_whitespace().enumerate() {
        let length = word.chars().count();
        if at > 0 && column + 1 + length > width {
            text += &format!("\n{}", " ".repeat(INDENT));
            column = INDENT;
        } else if at > 0 {
            text.push(' ');
            column += 1;
        }
        text += word;
        column += length;
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{GROUPS, line};
    use crate::cli::Cli;

    #[test]
    fn each_command_is_in_one_group() {
        let interface = Cli::command();
        let all: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        for command in interface.get_subcommands() {
            let name = command.get_name();
            let times = all.iter().filter(|known| **known == name).count();
            assert_eq!(times, 1, "{name}");
            let about = command.get_about().unwrap().to_string();
            assert!(!about.contains(['{', '}']), "{name}: a template has these");
        }
        assert_eq!(
            all.len(),
            interface.get_subcommands().count() + 1,
            "and help"
        );
    }

    #[test]
    fn a_description_is_wrapped_beside_the_name() {
        let text = line("scan", "one two three four", 24);
        assert_eq!(
            text,
            "  scan         one two\n               three\n               four\n"
        );
    }
}
