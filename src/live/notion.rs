//! Notion's API, as far as it is asked: one request at a time, at its pace, within the run's time.

use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::Client;
use super::proxy::ProxyVariables;
use super::{
    Answer, AnswerTrace, ApiOrigin, Introspection, LiveState, Presence, UnknownReason, Verified,
};
use super::{answer, retry};
use crate::error::Result;
use crate::model::secret::Secret;

/// How Notion is reached.
#[derive(Default)]
pub struct LiveOptions {
    /// Where requests go.
    pub origin: ApiOrigin,
    /// The variables that name a proxy.
    pub proxy: ProxyVariables,
    /// The certificates that count instead of the system's.
    pub certificates: Option<CertificateFile>,
    /// The time for all requests of the run.
    pub time: Duration,
}

/// A file of certificates in PEM.
pub struct CertificateFile {
    /// What errors call it.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A request.
pub struct NotionCall<'a> {
    /// Who asks.
    pub login: Credentials<'a>,
    /// The body of a POST; without one it is a GET.
    pub asks_about: Option<Vec<SentPart<'a>>>,
}

/// Who asks.
pub enum Credentials<'a> {
    /// Who holds a token.
    Token(&'a Secret),
    /// An OAuth client.
    Client {
        /// Its id, which is no secret.
        id: &'a str,
        /// Its secret.
        secret: &'a Secret,
    },
}

/// A part of what is sent.
pub enum SentPart<'a> {
    /// A text of ours.
    Text(&'a str),
    /// A secret.
    Secret(&'a Secret),
}

/// An object of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotionObject {
    /// A page.
    Page,
    /// A database.
    Database,
    /// A data source, of which a database has one or more.
    DataSource,
}

impl NotionObject {
    fn path(self) -> &'static str {
        match self {
            NotionObject::Page => "/v1/pages",
            NotionObject::Database => "/v1/databases",
            NotionObject::DataSource => "/v1/data_sources",
        }
    }
}

/// One try waits for its answer no longer than this.
const TRY: Duration = Duration::from_secs(10);

/// What stands for a token when only the client is asked about. It is none.
const NO_TOKEN: &str = "ntnguard-asks-about-the-client";

/// Notion, as a run asks it.
pub struct Notion {
    client: Client,
    origin: ApiOrigin,
    end: Instant,
    /// How long all requests together may take.
    time: Duration,
    last: Option<Instant>,
    requests: u32,
    /// Returns true once Notion has said that waiting does not help.
    is_blocked: bool,
}

impl Notion {
    /// Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the proxy or the certificates cannot be used, or the client is not built in.
    pub fn new(options: &LiveOptions) -> Result<Self> {
        Ok(Notion {
            client: Client::new(options)?,
            origin: options.origin.clone(),
            end: Instant::now() + options.time,
            time: options.time,
            last: None,
            requests: 0,
            is_blocked: false,
        })
    }

    /// Begins to count the time now: what came before was no request.
    pub fn begin(&mut self) {
        self.end = Instant::now() + self.time;
    }

    /// The number of requests that were sent.
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// The host that is asked.
    pub fn host(&self) -> &str {
        self.origin.host()
    }

    /// Waits for `time`; false when the run has no such time left.
    pub fn wait(&self, time: Duration) -> bool {
        let is_left = self.left() > time;
        if is_left {
            thread::sleep(time);
        }
        is_left
    }

    /// Asks who holds a token: the one request that needs no capability and changes nothing.
    pub fn me(&mut self, token: &Secret) -> Verified<LiveState> {
        let call = NotionCall {
            login: Credentials::Token(token),
            asks_about: None,
        };
        self.ask("/v1/users/me", &call, answer::of_me, LiveState::Unknown)
    }

    /// Asks a client about a token of its own, or, without one, only whether it is accepted.
    pub fn introspect(
        &mut self,
        login: Credentials<'_>,
        token: Option<&Secret>,
    ) -> Verified<Introspection> {
        let token = token.map_or(SentPart::Text(NO_TOKEN), SentPart::Secret);
        let call = NotionCall {
            login,
            asks_about: Some(vec![
                SentPart::Text("{\"token\":\""),
                token,
                SentPart::Text("\"}"),
            ]),
        };
        let of = answer::of_introspection;
        self.ask("/v1/oauth/introspect", &call, of, Introspection::Unknown)
    }

    /// Asks whether an object can be reached; `id` is a UUID.
    pub fn object(&mut self, token: &Secret, kind: NotionObject, id: &str) -> Verified<Presence> {
        let call = NotionCall {
            login: Credentials::Token(token),
            asks_about: None,
        };
        let path = format!("{}/{id}", kind.path());
        self.ask(&path, &call, answer::of_object, Presence::Unknown)
    }

    fn ask<T>(
        &mut self,
        path: &str,
        call: &NotionCall<'_>,
        of: impl Fn(&Answer) -> T,
        unknown: impl Fn(UnknownReason) -> T,
    ) -> Verified<T> {
        let before = self.requests;
        let (result, trace) = match self.send(path, call) {
            Ok(response) => (of(&response), answer::trace(&response)),
            Err(reason) => (unknown(reason), AnswerTrace::default()),
        };
        Verified {
            result,
            trace,
            attempts: self.requests - before,
        }
    }

    /// Sends a request until an outcome stands.
    fn send(
        &mut self,
        path: &str,
        call: &NotionCall<'_>,
    ) -> std::result::Result<Answer, UnknownReason> {
        let address = self.origin.address(path);
        let mut attempts = 0;
        loop {
            self.keep_pace();
            let limit = self.left().min(TRY);
            if self.is_blocked || limit.is_zero() {
                return Err(if self.is_blocked {
                    UnknownReason::Blocked
                } else {
                    UnknownReason::NotAsked
                });
            }
            (self.last, self.requests) = (Some(Instant::now()), self.requests + 1);
            attempts += 1;
            let outcome = self.client.send(&address, call, limit);
            self.is_blocked = outcome.as_ref().is_ok_and(answer::is_blocked);
            log::debug!("request {} to {}{path}", self.requests, self.host());
            match retry::pause(&outcome, attempts) {
                Some(time) if self.wait(time + jitter()) => {}
                _ => return outcome,
            }
        }
    }

    fn keep_pace(&self) {
        if let Some(last) = self.last {
            thread::sleep(retry::PACE.saturating_sub(last.elapsed()));
        }
    }

    fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }
}

/// Up to a quarter of a second more, so that jobs refused together do not come back together.
fn jitter() -> Duration {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Duration::from_millis(now.map_or(0, |now| u64::from(now.subsec_nanos()) % 250))
}
