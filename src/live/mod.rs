//! Asking Notion whether a credential works.
//!
//! Nothing that scans comes here: a command that connects says so in its name. [`answer`] says what
//! an answer means and is pure; `client` alone sends anything, to one host.

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

/// Whether a credential works, as far as Notion's answer tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveState {
    /// Notion accepts it, and says whose it is; a client secret is nobody's.
    Live(Option<Identity>),
    /// Notion refuses it now: revoked, regenerated, expired, or switched off by its workspace, and
    /// that can be undone.
    Dead,
    /// Neither is known, and why.
    Unknown(UnknownReason),
}

/// What was found out about a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T> {
    /// The result.
    pub result: T,
    /// What the last answer says about itself.
    pub trace: AnswerTrace,
    /// The number of requests that were sent.
    pub attempts: u32,
}

/// What introspection says about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Introspection {
    /// It works, and was issued at so many seconds since 1970, if that is told.
    Active(Option<i64>),
    /// It does not work, or is no token of this client.
    Inactive,
    /// The client's id and secret are refused.
    Refused,
    /// Nothing is known, and why.
    Unknown(UnknownReason),
}

/// What came of revoking a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Notion says that it is done.
    Revoked,
    /// The client's id and secret are refused.
    Refused,
    /// Nothing is known, and why.
    Unknown(UnknownReason),
}

/// Whether an object can be reached with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It can.
    Shared,
    /// It is in the trash.
    InTrash,
    /// It is not there or not shared; Notion does not say which.
    Missing,
    /// The integration may not read content.
    NotPermitted,
    /// It is another kind of object: a page where a database is asked for.
    OtherKind,
    /// Nothing is known, and why.
    Unknown(UnknownReason),
}

/// The answer to a request.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body, no larger than the request has it.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header; `name` is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}
