//! Questions to Notion about credentials.
//!
//! No scan connects unless a flag says so. [`answer`] reads answers and is pure; `client` alone
//! sends requests, to one host.

#[cfg(not(feature = "live"))]
mod absent;
pub mod access;
pub mod answer;
#[cfg(feature = "live")]
mod base64;
#[cfg(feature = "live")]
mod client;
pub mod expect;
pub mod listing;
mod look;
mod notion;
mod origin;
pub mod probe;
mod proxy;
pub mod reach;
mod reason;
mod retry;

#[cfg(not(feature = "live"))]
use absent::AbsentClient as Client;
#[cfg(feature = "live")]
use client::Client;

pub use crate::model::liveness::{AnswerTrace, Identity, Kind};
pub use crate::model::notion_id::object_id;
pub use notion::{CertificateFile, Credentials, LiveOptions, Notion, NotionObject};
pub use origin::ApiOrigin;
pub use proxy::ProxyVariables;
pub use reason::{TlsFault, UnknownReason};

/// The state of a credential, by Notion's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveState {
    /// Notion accepts the credential. The identity is its owner; a client secret has none.
    Live(Option<Identity>),
    /// Notion refuses the credential now: it is revoked, regenerated, expired, or switched off by
    /// its workspace, which can be undone.
    Dead,
    /// The state is unknown, for this reason.
    Unknown(UnknownReason),
}

/// The result of a question about a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T> {
    /// The result.
    pub result: T,
    /// The trace of the last answer.
    pub trace: AnswerTrace,
    /// The number of requests that were sent.
    pub attempts: u32,
}

/// The answer of introspection about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Introspection {
    /// The token works. It was issued at this time, in seconds since 1970; `None` if the answer
    /// does not say.
    Active(Option<i64>),
    /// The token does not work, or does not belong to this client.
    Inactive,
    /// The client's id and secret are refused.
    Refused,
    /// The state is unknown, for this reason.
    Unknown(UnknownReason),
}

/// The result of revoking a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Notion says that the token is revoked.
    Revoked,
    /// The client's id and secret are refused.
    Refused,
    /// The result is unknown, for this reason.
    Unknown(UnknownReason),
}

/// The presence of an object, as a token sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The object can be reached.
    Shared,
    /// The object is in the trash.
    InTrash,
    /// The object does not exist or is not shared; Notion does not say which.
    Missing,
    /// The integration may not read content.
    NotPermitted,
    /// The object is of another kind: a page where a database is asked for.
    OtherKind,
    /// The presence is unknown, for this reason.
    Unknown(UnknownReason),
}

/// The answer to a request.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, at most as large as the request allows.
    pub body: Vec<u8>,
}

impl Answer {
    /// Returns the value of a header, `None` if there is none of this name; `name` is in lower
    /// case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}
