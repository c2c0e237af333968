//! `ntnguard rules`

use clap::Args;
use ntnguard::error::Error;
use ntnguard::rules::{RULES, by_id};

use super::{ExitStatus, Outcome, choice, output};

/// `ntnguard rules [ID]`
#[derive(Args)]
pub struct Rules {
    /// The rule whose page to print
    #[arg(value_parser = choice::rule(), hide_possible_values = true)]
    id: Option<String>,
}

impl Rules {
    /// Lists the rules, or prints one's page.
    pub fn run(self) -> Outcome {
        match self.id {
            None => output::print(&list())?,
            Some(id) => {
                let rule = by_id(&id).ok_or_else(|| {
                    Error::new(format!("there is no rule `{id}`"))
                        .help("`ntnguard rules` lists the rules")
                })?;
                output::print(rule.page)?;
            }
        }
        Ok(ExitStatus::Clean)
    }
}

fn list() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    RULES
        .iter()
        .map(|rule| format!("{:width$}  {}\n", rule.id, rule.title))
        .collect()
}
