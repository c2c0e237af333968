//! An OAuth client, whose id and secret are checked without a change.

use crate::live::{Credentials, Introspection, LiveState, Notion, Verified};
use crate::model::secret::Secret;

/// An OAuth client.
pub struct OauthClient {
    /// Its id, which is no secret.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
}

impl OauthClient {
    /// What the client says about a token.
    pub fn introspect(&self, notion: &mut Notion, token: &Secret) -> Introspection {
        notion.introspect(self.credentials(), Some(token)).result
    }

    /// Whether the client is accepted: it asks about a token that is none.
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

    fn credentials(&self) -> Credentials<'_> {
        Credentials::Client {
            id: &self.id,
            secret: &self.secret,
        }
    }
}
