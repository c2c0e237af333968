//! Requests to Notion about credentials.
//!
//! A scan connects to Notion only if a flag says so. Only `client` sends requests, to one host.
//! [`answer`] interprets the answers and does no input or output.

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
    /// Notion accepts the credential. The identity describes the owner of the credential; `None`
    /// for a client secret.
    Live(Option<Identity>),
    /// Notion refuses the credential now: it is revoked, regenerated, expired, or switched off by
    /// its workspace. The workspace may switch it on again.
    Dead,
    /// The state is unknown, for this reason.
    Unknown(UnknownReason),
}

/// The result of a question about a credential, with facts about the requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T> {
    /// The answer to the question.
    pub result: T,
    /// The facts by which Notion's support can find the last answer.
    pub trace: AnswerTrace,
    /// The number of requests that were sent.
    pub attempts: u32,
}

/// The state of a token, as Notion reports it to an OAuth client (OAuth introspection).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Introspection {
    /// The token works. It was issued at this time, in seconds since 1970-01-01 00:00 UTC; `None`
    /// if the answer does not say.
    Active(Option<i64>),
    /// The token does not work, or does not belong to this client.
    Inactive,
    /// Notion refuses the client's id and secret.
    Refused,
    /// The state is unknown, for this reason.
    Unknown(UnknownReason),
}

/// Notion's answer to an OAuth client that revokes a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Notion says that the token is revoked.
    Revoked,
    /// Notion refuses the client's id and secret.
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
    /// The object is of another kind: a page where a database was requested.
    OtherKind,
    /// The presence is unknown, for this reason.
    Unknown(UnknownReason),
}

/// The answer to a request.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The HTTP status of the answer, such as 200.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, at most as large as the request allows.
    pub body: Vec<u8>,
}

impl Answer {
    /// Returns the value of the header `name`, which is in lower case; `None` if the answer has no
    /// such header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}
