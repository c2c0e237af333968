//! The command `ntnguard verify`, which asks Notion if tokens are live or dead.

use std::time::{Duration, Instant, SystemTime};

use crate::error::{Error, Result};
use crate::live::{Kind, LiveState, Notion};
use crate::model::secret::Secret;
use crate::report::{Expected, LiveReport, TokenRow};
use clap::Args;

use super::ask::{
    self, Answered, Answers, AskFlags, ClientFlags, OauthClient, ValueFault, Values, duration,
};
use super::{Outcome, access, output};

/// The arguments of `ntnguard verify NAME…`.
#[derive(Args)]
pub struct VerifyCommand {
    /// Variables whose tokens must be live; `-` is the token on standard input
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// A variable whose token must be live: the same as NAME (repeatable)
    #[arg(long, value_name = "NAME")]
    live: Vec<String>,
    /// A variable whose token must be dead, which means that Notion refuses it (repeatable)
    #[arg(long, value_name = "NAME")]
    dead: Vec<String>,
    /// Ask again for up to TIME while a token that must be dead is still live
    #[arg(long, value_name = "TIME", value_parser = duration)]
    wait: Option<Duration>,
    #[command(flatten)]
    client: ClientFlags,
    #[command(flatten)]
    ask: AskFlags,
}

/// A token, and its expected state.
struct WantedToken {
    variable: String,
    value: Secret,
    expected: Expected,
}

/// The time to wait before asking about a token again.
const AGAIN: Duration = Duration::from_secs(2);

impl VerifyCommand {
    /// Asks Notion about each token and about the OAuth client, and writes the report.
    pub fn run(self) -> Outcome {
        let values = self.ask.values()?;
        let client = self.client.client(&values)?;
        let client = self.client.secret_name().zip(client);
        let tokens = self.tokens(&values)?;
        refuse_contradictions(&tokens)?;
        if tokens.is_empty() && client.is_none() {
            return Err(Error::new("no variable is named").help(
                "give the names of variables whose tokens must be live, as in \
                 `ntnguard verify NOTION_TOKEN`",
            ));
        }
        let mut notion = self.ask.notion(self.wait.unwrap_or_default())?;
        let mut rows = self.ask_all(&mut notion, &tokens);
        if let Some((name, client)) = &client {
            introspect(&mut notion, client, &tokens, &mut rows);
            rows.push(self.client_row(&mut notion, name, client));
        }
        let secrets = tokens.iter().map(|token| &token.value);
        let secrets = secrets.chain(client.iter().map(|(_, client)| &client.secret));
        self.ask.finish(&LiveReport {
            source: "verify",
            checks: access::identity_checks(&rows)?,
            tokens: rows,
            requests: notion.requests(),
            host: notion.host().to_owned(),
            hidden: ask::hidden(secrets),
        })
    }

    /// Reads the tokens of the named variables. The variable of the client's secret is left out.
    fn tokens(&self, values: &Values) -> Result<Vec<WantedToken>> {
        let live = self
            .names
            .iter()
            .chain(&self.live)
            .map(|name| (name, Expected::Live));
        let dead = self.dead.iter().map(|name| (name, Expected::Dead));
        let mut input = None;
        let mut tokens = Vec::new();
        for (name, expected) in live.chain(dead) {
            if self.client.secret_name() == Some(name) {
                continue;
            }
            let value = match name.as_str() {
                "-" => ask::from_input(&mut input)?,
                name => ask::of_variable(values, name)?,
            };
            if let Some(fault) = ask::named_token_fault(name, &value) {
                return Err(unfit(name, fault));
            }
            tokens.push(WantedToken {
                variable: name.clone(),
                value,
                expected,
            });
        }
        Ok(tokens)
    }

    /// Asks about each token. Then asks again about tokens that should be dead and are live, until
    /// they are dead or the time of `--wait` is over.
    fn ask_all(&self, notion: &mut Notion, tokens: &[WantedToken]) -> Vec<TokenRow> {
        let end = Instant::now() + self.wait.unwrap_or_default();
        let mut asked = Answers::default();
        let mut rows: Vec<TokenRow> = Vec::new();
        for token in tokens {
            rows.push(row(token, asked.token(notion, &token.value)));
        }
        let mut is_announced = self.ask.is_quiet();
        loop {
            let late = |(_, row): &(&WantedToken, &mut TokenRow)| {
                row.expected == Expected::Dead && matches!(row.verified.result, LiveState::Live(_))
            };
            let mut late = tokens.iter().zip(&mut rows).filter(late).peekable();
            let left = end.saturating_duration_since(Instant::now());
            if late.peek().is_none() || left.is_zero() || !notion.wait(left.min(AGAIN)) {
                return rows;
            }
            asked.forget();
            for (token, old) in late {
                if !std::mem::replace(&mut is_announced, true) {
                    let name = &token.variable;
                    output::note(&format!(
                        "{name} is still live; asking again until it is dead\n"
                    ));
                }
                *old = row(token, asked.token(notion, &token.value));
            }
        }
    }

    fn client_row(&self, notion: &mut Notion, name: &str, client: &OauthClient) -> TokenRow {
        let is_dead = self.dead.iter().any(|dead| dead == name);
        let token = WantedToken {
            variable: name.to_owned(),
            value: client.secret.clone(),
            expected: if is_dead {
                Expected::Dead
            } else {
                Expected::Live
            },
        };
        TokenRow {
            is_client: true,
            ..row(&token, (client.state(notion), SystemTime::now()))
        }
    }
}

fn row(token: &WantedToken, (verified, checked): Answered) -> TokenRow {
    TokenRow {
        variable: token.variable.clone(),
        fingerprint: token.value.fingerprint(),
        expected: token.expected,
        verified,
        introspection: None,
        is_client: false,
        checked,
    }
}

/// Asks Notion, as the client, about each live token that may belong to the client. The token of an
/// internal integration never belongs to a client.
fn introspect(
    notion: &mut Notion,
    client: &OauthClient,
    tokens: &[WantedToken],
    rows: &mut [TokenRow],
) {
    for (token, row) in tokens.iter().zip(rows) {
        let is_other = match &row.verified.result {
            LiveState::Live(Some(identity)) => identity.kind == Some(Kind::Internal),
            _ => true,
        };
        if !is_other {
            row.introspection = Some(client.introspect(notion, &token.value));
        }
    }
}

fn unfit(name: &str, fault: ValueFault) -> Error {
    let error = ask::unfit(name, fault);
    match fault {
        ValueFault::Client => error.help(
            "give the variables of the client: --client-id-env NAME --client-secret-env NAME (and \
             --dead NAME, if Notion must refuse the secret)",
        ),
        _ => error,
    }
}

/// Returns an error if a value is expected to be both live and dead: one of the two variables has
/// the wrong value.
fn refuse_contradictions(tokens: &[WantedToken]) -> Result<()> {
    for live in tokens
        .iter()
        .filter(|token| token.expected == Expected::Live)
    {
        let is_same =
            |dead: &&WantedToken| dead.expected == Expected::Dead && dead.value == live.value;
        if let Some(dead) = tokens.iter().find(is_same) {
            let (live, dead) = (&live.variable, &dead.variable);
            if live == dead {
                let message = format!("{live} cannot be both live and dead");
                return Err(
                    Error::new(message).help("give --dead NAME with the variable of the old token")
                );
            }
            let message = format!("{live} and {dead} have the same value");
            return Err(Error::new(message).help(format!(
                "one token cannot be both live and dead: put the new token into {live}, and the \
                 old one into {dead}"
            )));
        }
    }
    Ok(())
}
