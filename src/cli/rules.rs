//! The command `ntnguard rules`, which lists rules and prints their pages.

use crate::error::Error;
use crate::rules::{RULES, by_id};
use clap::Args;

use super::pager::{self, Paging};
use super::{ExitStatus, Outcome, choice};

/// The arguments of `ntnguard rules [ID]`.
#[derive(Args)]
pub struct RulesCommand {
    /// The rule whose page to print
    #[arg(value_parser = choice::rule(), hide_possible_values = true)]
    id: Option<String>,
    /// Print without a pager; on a terminal the default is $NTNGUARD_PAGER, $PAGER or less
    #[arg(long)]
    no_pager: bool,
}

impl RulesCommand {
    /// Lists the rules, or prints the page of one rule.
    pub fn run(self) -> Outcome {
        let paging = |paging| if self.no_pager { Paging::Never } else { paging };
        match self.id {
            None => pager::show(&list(), paging(Paging::Long))?,
            Some(id) => {
                let rule = by_id(&id).ok_or_else(|| {
                    Error::new(format!("there is no rule `{id}`"))
                        .help("`ntnguard rules` lists the rules")
                })?;
                pager::show(rule.page, paging(Paging::Always))?;
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
