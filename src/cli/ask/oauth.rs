//! OAuth clients: their flags, and the requests to Notion with the id and secret of a client.

use crate::error::Result;
use crate::live::{Credentials, Introspection, LiveState, Notion, Revocation, Verified};
use crate::model::secret::Secret;
use clap::Args;

use super::{Values, client_id_fault, missing, of_variable, secret_fault, typed_name, unfit};

/// The flags for the variables with the id and the secret of an OAuth client.
#[derive(Args)]
pub struct ClientFlags {
    /// The variable with the id of an OAuth client
    #[arg(long, value_name = "NAME", requires = "client_secret_env")]
    client_id_env: Option<String>,
    /// The variable with the secret of the OAuth client
    #[arg(long, value_name = "NAME", requires = "client_id_env")]
    client_secret_env: Option<String>,
}

impl ClientFlags {
    /// Returns the name of the variable with the secret, as the user typed it; `None` if the flags
    /// are not given.
    pub fn secret_name(&self) -> Option<&String> {
        self.client_secret_env.as_ref()
    }

    /// Reads the id and the secret of the client; `None` if the flags are not given.
    ///
    /// # Errors
    ///
    /// When the id or the secret is not set, or is malformed.
    pub fn client(&self, values: &Values) -> Result<Option<OauthClient>> {
        let Some((id_name, name)) = self.client_id_env.as_ref().zip(self.secret_name()) else {
            return Ok(None);
        };
        let variable = typed_name(id_name)?;
        let id = values
            .text(&variable)
            .ok_or_else(|| missing(values, id_name))?;
        if let Some(fault) = client_id_fault(&id) {
            return Err(unfit(id_name, fault).help(
                "an OAuth client's id is a UUID: copy it from the page of the integration at \
                 https://www.notion.so/profile/integrations",
            ));
        }
        let secret = of_variable(values, name)?;
        match secret_fault(&secret) {
            Some(fault) => Err(unfit(name, fault)),
            None => Ok(Some(OauthClient { id, secret })),
        }
    }
}

/// The id and the secret of an OAuth client, with which requests about its tokens are sent.
pub struct OauthClient {
    /// The id of the client, a UUID. It is not a secret.
    pub id: String,
    /// The secret of the client.
    pub secret: Secret,
}

impl OauthClient {
    /// Asks Notion, as this client, if a token belongs to the client and is active.
    pub fn introspect(&self, notion: &mut Notion, token: &Secret) -> Introspection {
        notion.introspect(self.credentials(), Some(token)).result
    }

    /// Checks if Notion accepts the id and secret. The request asks about an invalid token, so it
    /// changes nothing.
    pub fn state(&self, notion: &mut Notion) -> Verified<LiveState> {
        let verified = notion.introspect(self.credentials(), None);
        Verified {
            result: match verified.result {
                Introspection::Active(_) | Introspection::Inactive => LiveState::Live(None),
                Introspection::Refused => LiveState::Dead,
                Introspection::Unknown(reason) => LiveState::Unknown(reason),
            },
            trace: verified.trace,
            attempts: verified.attempts,
        }
    }

    /// Asks Notion to revoke a token of this client.
    pub fn revoke(&self, notion: &mut Notion, token: &Secret) -> Verified<Revocation> {
        notion.revoke(self.credentials(), token)
    }

    fn credentials(&self) -> Credentials<'_> {
        Credentials::Client {
            id: &self.id,
            secret: &self.secret,
        }
    }
}
