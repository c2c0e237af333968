//! The command `ntnguard revoke`, the only command that changes something at Notion.

use std::io::{self, BufRead, IsTerminal};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::live::{Introspection, Kind, LiveState, Notion, Revocation, UnknownReason};
use crate::model::secret::Secret;
use crate::report::{CheckOutcome, CheckRow, CheckSubject, LiveReport};
use clap::Args;

use super::ask::{self, AskFlags, ClientFlags, OauthClient, ValueFault, Values};
use super::{Outcome, output};

/// The arguments of `ntnguard revoke NAME`.
#[derive(Args)]
pub struct RevokeCommand {
    /// The variable with the OAuth token, an access or a refresh token; `-` is the token on
    /// standard input
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    client: ClientFlags,
    /// Revoke without asking for consent
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    ask: AskFlags,
}

/// The token to revoke, and the OAuth client that issued it.
struct Revoking<'a> {
    notion: &'a mut Notion,
    client: &'a OauthClient,
    token: &'a Secret,
    /// The name of the token in messages.
    name: &'a str,
}

/// The result of a check: its outcome, a message, and advice.
type CheckResult = (CheckOutcome, String, Option<String>);

impl RevokeCommand {
    /// Revokes a token, and checks that it is dead afterwards.
    pub fn run(self) -> Outcome {
        let values = self.ask.values()?;
        let client = self.client.client(&values)?.ok_or_else(|| {
            Error::new("only the OAuth client that issued a token can revoke it").help(
                "give the variables of the client: --client-id-env NAME --client-secret-env NAME. The \
                 token of an internal integration is revoked at https://www.notion.so/profile/integrations",
            )
        })?;
        let token = self.token(&values)?;
        let mut notion = self.ask.notion(Duration::ZERO)?;
        let revoking = Revoking {
            notion: &mut notion,
            client: &client,
            token: &token,
            name: &self.name,
        };
        let (outcome, message, help) = revoking.run(self.yes)?;
        self.ask.finish(&LiveReport {
            source: "revoke",
            tokens: Vec::new(),
            checks: vec![CheckRow {
                variable: self.name.clone(),
                subject: CheckSubject::Token,
                outcome,
                message,
                help,
            }],
            requests: notion.requests(),
            host: notion.host().to_owned(),
            hidden: ask::hidden([&token, &client.secret].into_iter()),
        })
    }

    /// Reads the token. Unlike other commands, this one accepts refresh tokens.
    fn token(&self, values: &Values) -> Result<Secret> {
        let token = match self.name.as_str() {
            "-" => ask::from_input(&mut None)?,
            name => ask::of_variable(values, name)?,
        };
        match ask::named_token_fault(&self.name, &token) {
            None | Some(ValueFault::Refresh) => Ok(token),
            Some(fault) => Err(ask::unfit(&self.name, fault)),
        }
    }
}

impl Revoking<'_> {
    fn run(mut self, is_agreed: bool) -> Result<CheckResult> {
        if let Some(why) = self.known_before()? {
            return Ok((CheckOutcome::AsExpected, why.to_owned(), None));
        }
        if !is_agreed {
            agree(self.name)?;
        }
        match self.client.revoke(self.notion, self.token).result {
            Revocation::Revoked => Ok(self.proof()),
            Revocation::Refused => Err(self.refused()),
            Revocation::Unknown(reason) => Ok((
                CheckOutcome::Unknown,
                format!("it is unknown whether the token was revoked: {reason}"),
                Some("run the same command again: revoking a token twice does no harm".to_owned()),
            )),
        }
    }

    /// Returns a message if the token is dead already; `None` if it is to be revoked.
    ///
    /// # Errors
    ///
    /// When the token cannot be revoked by this client, or Notion does not answer.
    fn known_before(&mut self) -> Result<Option<&'static str>> {
        let is_refresh = self.is_refresh();
        if !is_refresh {
            match self.notion.me(self.token).result {
                LiveState::Dead => return Ok(Some("was dead already: Notion refused it just now")),
                LiveState::Unknown(reason) => return Err(self.unknown(&reason)),
                LiveState::Live(Some(identity)) if identity.kind == Some(Kind::Internal) => {
                    let message = format!("{} is the token of an internal integration", self.name);
                    return Err(Error::new(message).help(
                        "no OAuth client can revoke the token: refresh or delete it at \
                         https://www.notion.so/profile/integrations",
                    ));
                }
                LiveState::Live(_) => {}
            }
        }
        match self.client.introspect(self.notion, self.token) {
            Introspection::Active(_) => Ok(None),
            Introspection::Inactive if is_refresh => {
                Ok(Some("was dead already: Notion reports it as inactive"))
            }
            Introspection::Inactive => {
                let message = format!("{} is not a token of this client", self.name);
                Err(Error::new(message).help(
                    "use the id and secret of the client that issued the token; a personal token is \
                     revoked in Notion, under Settings",
                ))
            }
            Introspection::Refused => Err(self.refused()),
            Introspection::Unknown(reason) => Err(self.unknown(&reason)),
        }
    }

    /// Asks Notion if the token is dead now. The request about a refresh token uses the client's id
    /// and secret, since a request with the token itself would use it up.
    fn proof(&mut self) -> CheckResult {
        let unknown = |reason: UnknownReason| {
            let message = format!("revoked, but it is unknown whether the token is dead: {reason}");
            (CheckOutcome::Unknown, message, None)
        };
        let is_dead = match self.is_refresh() {
            true => match self.client.introspect(self.notion, self.token) {
                Introspection::Inactive => true,
                Introspection::Unknown(reason) => return unknown(reason),
                Introspection::Active(_) | Introspection::Refused => false,
            },
            false => match self.notion.me(self.token).result {
                LiveState::Dead => true,
                LiveState::Unknown(reason) => return unknown(reason),
                LiveState::Live(_) => false,
            },
        };
        match is_dead {
            true => (
                CheckOutcome::AsExpected,
                "revoked, and dead: Notion refuses it now".to_owned(),
                None,
            ),
            false => (
                CheckOutcome::NotAsExpected,
                "Notion reports it as revoked, but it still works".to_owned(),
                Some("ask again in a minute: `ntnguard verify --dead NAME --wait 60s`".to_owned()),
            ),
        }
    }

    fn is_refresh(&self) -> bool {
        ask::token_fault(self.token) == Some(ValueFault::Refresh)
    }

    fn unknown(&self, reason: &UnknownReason) -> Error {
        let message = format!(
            "nothing was revoked, because it is unknown if Notion accepts {}: {reason}",
            self.name
        );
        Error::new(message).help(reason.help().unwrap_or("run the command again later"))
    }

    fn refused(&self) -> Error {
        Error::new("nothing was revoked: Notion refuses this client's id and secret")
            .help("check the variables of --client-id-env and --client-secret-env: both must belong to the client that issued the token")
    }
}

/// Asks the user for consent on a terminal.
///
/// # Errors
///
/// When the user does not consent, or standard input or standard error is not a terminal.
fn agree(name: &str) -> Result<()> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Error::new(
            "nothing was revoked: there is no terminal, so ntnguard cannot ask for consent",
        )
        .help("a revoked token cannot be restored: to revoke it all the same, give --yes"));
    }
    output::note(&format!(
        "Revoke the token of {name}? It stops working immediately and permanently. [y/N]"
    ));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    match read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes") {
        true => Ok(()),
        false => Err(Error::new("nothing was revoked").help("answer y to revoke the token")),
    }
}
