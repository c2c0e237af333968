//! Reasons why the state of a credential is unknown.

use std::fmt;
use std::time::Duration;

use super::proxy::ProxyFault;

/// The reason why the state of a credential is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    /// No answer came within this time.
    Timeout(Duration),
    /// The host's name could not be looked up.
    Lookup,
    /// No connection could be made.
    Connection,
    /// The connection ended in the middle of an answer.
    CutOff,
    /// The certificate of the server was not accepted.
    Tls(TlsFault),
    /// The system has no store of certificates.
    NoStore,
    /// The proxy could not be used, for this reason.
    Proxy(ProxyFault),
    /// The answer is larger than the limit.
    TooLarge,
    /// The answer is not HTTP.
    NotHttp,
    /// The answer is a redirect.
    Redirect,
    /// The answer is not from Notion, but from a server in between.
    NotNotion,
    /// The header with the token did not reach Notion.
    Stripped,
    /// Notion refuses because of too many requests.
    Limited,
    /// Notion blocks all requests of this workspace.
    Blocked,
    /// Notion cannot answer now.
    Overloaded,
    /// The answer is from Notion, but its meaning is not known.
    Unexpected,
    /// Notion refuses the token, but the token does not have the length of a Notion token: a part
    /// may be missing.
    OddLength,
    /// The time limit of the run passed before the request was sent.
    NotAsked,
}

/// The fault of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFault {
    /// The certificate is not signed by a trusted authority.
    Untrusted,
    /// The certificate is for another host.
    WrongName,
    /// The certificate is expired, or not valid yet.
    Expired,
    /// Another failure of TLS.
    Other,
}

impl UnknownReason {
    /// Returns the name of the reason in JSON.
    pub fn id(&self) -> &'static str {
        match self {
            UnknownReason::Timeout(_) => "timeout",
            UnknownReason::Lookup => "dns",
            UnknownReason::Connection => "connection",
            UnknownReason::CutOff => "cut-off",
            UnknownReason::Tls(TlsFault::Untrusted) => "tls-untrusted",
            UnknownReason::Tls(TlsFault::WrongName) => "tls-wrong-name",
            UnknownReason::Tls(TlsFault::Expired) => "tls-expired",
            UnknownReason::Tls(TlsFault::Other) => "tls",
            UnknownReason::NoStore => "tls-no-store",
            UnknownReason::Proxy(_) => "proxy",
            UnknownReason::TooLarge => "too-large",
            UnknownReason::NotHttp => "not-http",
            UnknownReason::Redirect => "redirect",
            UnknownReason::NotNotion => "not-notion",
            UnknownReason::Stripped => "header-stripped",
            UnknownReason::Limited => "rate-limited",
            UnknownReason::Blocked => "blocked",
            UnknownReason::Overloaded => "overloaded",
            UnknownReason::Unexpected => "unexpected",
            UnknownReason::OddLength => "odd-length",
            UnknownReason::NotAsked => "not-asked",
        }
    }

    /// Returns true if the failure is temporary: the same request may succeed when it is sent
    /// again.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            UnknownReason::Timeout(_)
                | UnknownReason::Lookup
                | UnknownReason::Connection
                | UnknownReason::CutOff
        )
    }

    /// Returns the advice to the user; `None` if the only advice is to ask again later.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            UnknownReason::Lookup | UnknownReason::Connection | UnknownReason::Timeout(_) => {
                "a firewall may block it: allow HTTPS to api.notion.com, or set HTTPS_PROXY"
            }
            UnknownReason::Tls(TlsFault::Untrusted) => {
                "a proxy may inspect the connection: give --ca-file FILE with the certificate of its CA"
            }
            UnknownReason::Tls(TlsFault::Expired) => "check the clock of this machine",
            UnknownReason::NoStore => "install ca-certificates, or name a file with --ca-file",
            UnknownReason::Redirect
            | UnknownReason::NotNotion
            | UnknownReason::Tls(_)
            | UnknownReason::NotHttp => {
                "another server answered instead of Notion: a proxy, a firewall or a login page"
            }
            UnknownReason::Stripped => {
                "a proxy may remove the header Authorization: check its settings"
            }
            UnknownReason::Blocked => "waiting does not help: write to Notion's support",
            UnknownReason::Proxy(fault) => return fault.help(),
            UnknownReason::OddLength => {
                "compare the end of the token with the original: Notion refuses an incomplete token even if the whole token works"
            }
            UnknownReason::NotAsked => "check fewer secrets at once, or raise --timeout",
            _ => return None,
        })
    }
}

impl fmt::Display for UnknownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            UnknownReason::Timeout(limit) => {
                return write!(f, "no answer within {}", seconds(*limit));
            }
            UnknownReason::Proxy(fault) => return fault.fmt(f),
            UnknownReason::Lookup => "the name of the host could not be looked up",
            UnknownReason::Connection => "no connection could be made",
            UnknownReason::CutOff => "the connection ended in the middle of the answer",
            UnknownReason::Tls(TlsFault::Untrusted) => {
                "the certificate is not signed by an authority that this system trusts"
            }
            UnknownReason::Tls(TlsFault::WrongName) => "the certificate is another host's",
            UnknownReason::Tls(TlsFault::Expired) => "the certificate is expired, or not valid yet",
            UnknownReason::Tls(TlsFault::Other) => "no secure connection could be made",
            UnknownReason::NoStore => "this system has no trusted certificates",
            UnknownReason::TooLarge => "the answer is too large to be Notion's",
            UnknownReason::NotHttp => "the answer is not HTTP",
            UnknownReason::Redirect => {
                "the answer is a redirect to another address, which is not followed"
            }
            UnknownReason::NotNotion => "the answer is not Notion's",
            UnknownReason::Stripped => "the token did not reach Notion",
            UnknownReason::Limited => "Notion was asked too often (rate limit)",
            UnknownReason::Blocked => "Notion blocks requests of this workspace",
            UnknownReason::Overloaded => "Notion cannot answer now",
            UnknownReason::Unexpected => "the answer does not show if the secret is live or dead",
            UnknownReason::OddLength => {
                "Notion refuses it, but it does not have the length of a token: a part may be missing"
            }
            UnknownReason::NotAsked => "the time limit passed before the secret was checked",
        })
    }
}

/// Formats a time in whole seconds, or in milliseconds if it is shorter than one second.
fn seconds(time: Duration) -> String {
    match time.as_millis() {
        short @ ..1000 => format!("{short} ms"),
        long => format!("{} s", long.div_ceil(1000)),
    }
}
