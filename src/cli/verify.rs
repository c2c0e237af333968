//! `ntnguard verify`

use std::io::{self, Read};
use std::time::{Duration, Instant, SystemTime};

use crate::error::{Error, Result};
use crate::live::{Kind, LiveState, Notion};
use crate::model::secret::Secret;
use crate::report::{Expected, LiveReport, TokenRow};
use clap::Args;

use super::ask::{
    self, Answered, Answers, AskFlags, OauthClient, ValueFault, Values, duration, typed_name,
};
use super::{Outcome, access, output};

/// `ntnguard verify NAME…`
#[derive(Args)]
pub struct VerifyCommand {
    /// Variables whose tokens must be live; `-` is a token on standard input
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// A variable whose token must be live: the same as NAME (repeatable)
    #[arg(long, value_name = "NAME")]
    live: Vec<String>,
    /// A variable whose token must be dead: refused by Notion (repeatable)
    #[arg(long, value_name = "NAME")]
    dead: Vec<String>,
    /// Ask again for so long while a token that must be dead is still live
    #[arg(long, value_name = "TIME", value_parser = duration)]
    wait: Option<Duration>,
    /// The variable with the id of an OAuth client, whose secret is checked, and which is asked too
    #[arg(long, value_name = "NAME", requires = "client_secret_env")]
    client_id_env: Option<String>,
    /// The variable with the secret of that client
    #[arg(long, value_name = "NAME", requires = "client_id_env")]
    client_secret_env: Option<String>,
    #[command(flatten)]
    ask: AskFlags,
}

/// A token, and what it should be.
struct WantedToken {
    variable: String,
    value: Secret,
    expected: Expected,
}

/// What is asked about a second time waits so long.
const AGAIN: Duration = Duration::from_secs(2);

impl VerifyCommand {
    /// Asks about each token, and about the client.
    pub fn run(self) -> Outcome {
        let values = self.ask.values()?;
        let client = self.client(&values)?;
        let tokens = self.tokens(&values)?;
        refuse_contradictions(&tokens)?;
        if tokens.is_empty() && client.is_none() {
            return Err(Error::new("no variable is named").help(
                "write the names of variables whose tokens must be live, as in \
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

    /// The tokens that are named, with their values. The client's secret is none of them.
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
            if self.client_secret_env.as_ref() == Some(name) {
                continue;
            }
            let value = match name.as_str() {
                "-" => from_input(&mut input)?,
                name => of_variable(values, name)?,
            };
            if let Some(fault) = ask::token_fault(&value) {
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

    fn client(&self, values: &Values) -> Result<Option<(String, OauthClient)>> {
        let Some((id_name, name)) = self
            .client_id_env
            .as_ref()
            .zip(self.client_secret_env.as_ref())
        else {
            return Ok(None);
        };
        let variable = typed_name(id_name)?;
        let id = values
            .text(&variable)
            .ok_or_else(|| ask::missing(values, id_name))?;
        if let Some(fault) = ask::client_id_fault(&id) {
            return Err(unfit(id_name, fault).help("an OAuth client's id is a UUID"));
        }
        let secret = of_variable(values, name)?;
        match ask::secret_fault(&secret) {
            Some(fault) => Err(unfit(name, fault)),
            None => Ok(Some((name.clone(), OauthClient { id, secret }))),
        }
    }

    /// What is known about each token; those that should be dead are asked about until they are,
    /// or the time is over.
    fn ask_all(&self, notion: &mut Notion, tokens: &[WantedToken]) -> Vec<TokenRow> {
        let end = Instant::now() + self.wait.unwrap_or_default();
        let mut asked = Answers::default();
        let mut rows: Vec<TokenRow> = Vec::new();
        for token in tokens {
            rows.push(row(token, asked.token(notion, &token.value)));
        }
        let mut is_told = self.ask.is_quiet();
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
                if !std::mem::replace(&mut is_told, true) {
                    let name = &token.variable;
                    output::tell(&format!("{name} is still live; asking until it is dead\n"));
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

/// Asks the client about the tokens that may be its own. An internal integration's is not.
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

pub fn of_variable(values: &Values, name: &str) -> Result<Secret> {
    let variable = typed_name(name)?;
    values
        .secret(&variable)
        .ok_or_else(|| ask::missing(values, name))
}

pub fn unfit(name: &str, fault: ValueFault) -> Error {
    let what = if name == "-" {
        "what came on standard input"
    } else {
        name
    };
    Error::new(format!("{what} {fault}")).help("nothing was asked, and nothing is known about it")
}

/// No token is longer.
const MAX_INPUT: u64 = 64 * 1024;

/// The token on standard input, without the line break that a program writes behind it. It is read
/// once.
pub fn from_input(known: &mut Option<Secret>) -> Result<Secret> {
    if let Some(value) = known {
        return Ok(value.clone());
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MAX_INPUT).read_to_end(&mut bytes);
    read.map_err(|error| Error::new(format!("standard input cannot be read: {error}")))?;
    let end = bytes.iter().rposition(|byte| !b"\r\n".contains(byte));
    bytes.truncate(end.map_or(0, |end| end + 1));
    Ok(known.insert(Secret::new(bytes, 0)).clone())
}

/// Refuses one value that should be both: then one of the variables has the wrong one.
fn refuse_contradictions(tokens: &[WantedToken]) -> Result<()> {
    for live in tokens
        .iter()
        .filter(|token| token.expected == Expected::Live)
    {
        let is_same =
            |dead: &&WantedToken| dead.expected == Expected::Dead && dead.value == live.value;
        if let Some(dead) = tokens.iter().find(is_same) {
            let (live, dead) = (&live.variable, &dead.variable);
            let message = format!("{live} and {dead} have the same value");
            return Err(Error::new(message).help(format!(
                "one token cannot be live and dead: put the new one into {live}, and the one it \
                 replaces into {dead}"
            )));
        }
    }
    Ok(())
}
