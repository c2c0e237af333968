//! The part of Notion's API that ntnguard uses. Requests are sent one at a time, within Notion's
//! rate limit and the time limit of the run.

use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::Client;
use super::proxy::ProxyVariables;
use super::{
    Answer, AnswerTrace, ApiOrigin, Introspection, LiveState, Presence, Revocation, UnknownReason,
    Verified,
};
use super::{answer, retry};
use crate::error::Result;
use crate::model::secret::Secret;

/// The options of a connection to Notion.
#[derive(Default)]
pub struct LiveOptions {
    /// The server that requests are sent to.
    pub origin: ApiOrigin,
    /// The environment variables with the address of a proxy.
    pub proxy: ProxyVariables,
    /// The certificates to trust instead of the system's; `None` to trust the system's.
    pub certificates: Option<CertificateFile>,
    /// The time limit for all requests of the run together.
    pub time: Duration,
    /// The time limit for one request; `None` for the default of ten seconds.
    pub time_each: Option<Duration>,
    /// The shortest time between the starts of two requests; `None` for the default.
    pub pace: Option<Duration>,
}

/// A file of certificates in PEM.
pub struct CertificateFile {
    /// The path of the file, as errors show it.
    pub name: String,
    /// The content of the file.
    pub bytes: Vec<u8>,
}

/// A request to Notion.
pub struct NotionCall<'a> {
    /// The credentials of the request.
    pub login: Credentials<'a>,
    /// The body; `None` for a GET.
    pub asks_about: Option<Vec<SentPart<'a>>>,
    /// True if the body is sent by PATCH instead of POST. Only probes do this, with an id that
    /// matches no object.
    pub is_patch: bool,
    /// The largest accepted body of the answer, in bytes.
    pub max_answer: u64,
}

/// The largest accepted body of an answer about a single object, in bytes.
const MAX_ANSWER: u64 = 1024 * 1024;

impl<'a> NotionCall<'a> {
    /// Returns a request without a body.
    pub(super) fn get(login: Credentials<'a>) -> Self {
        NotionCall {
            login,
            asks_about: None,
            is_patch: false,
            max_answer: MAX_ANSWER,
        }
    }

    /// Returns a request of an OAuth client about a token.
    fn about(token: SentPart<'a>, login: Credentials<'a>) -> Self {
        let parts = vec![
            SentPart::Text("{\"token\":\""),
            token,
            SentPart::Text("\"}"),
        ];
        NotionCall {
            asks_about: Some(parts),
            ..NotionCall::get(login)
        }
    }
}

/// The credentials of a request.
pub enum Credentials<'a> {
    /// A token, sent as `Authorization: Bearer`.
    Token(&'a Secret),
    /// The id and secret of an OAuth client, sent as `Authorization: Basic`.
    Client {
        /// The id, which is not secret.
        id: &'a str,
        /// The secret of the client.
        secret: &'a Secret,
    },
}

/// A part of a request's body.
pub enum SentPart<'a> {
    /// Text that is not secret.
    Text(&'a str),
    /// Text that is secret, such as a token.
    Secret(&'a Secret),
}

/// The kind of an object in a workspace. It decides the path of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotionObject {
    /// A page.
    Page,
    /// A database.
    Database,
    /// A data source. A database has one or more data sources.
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

/// The default time limit for one attempt of a request.
const TRY: Duration = Duration::from_secs(10);

/// The text that is sent in place of a token to check only the client's id and secret.
const NO_TOKEN: &str = "ntnguard-asks-about-the-client";

/// The connection to Notion of one run.
pub struct Notion {
    client: Client,
    origin: ApiOrigin,
    end: Instant,
    /// The time limit for all requests together.
    time: Duration,
    /// The time limit for one request.
    time_each: Duration,
    pace: Duration,
    last: Option<Instant>,
    requests: u32,
    /// True once Notion has blocked all requests of the workspace, so that waiting does not help.
    is_blocked: bool,
}

impl Notion {
    /// Returns a connection without sending a request.
    ///
    /// # Errors
    ///
    /// Returns an error if the proxy or the certificates cannot be used, or if this build has no
    /// HTTP client (the feature `live`).
    pub fn new(options: &LiveOptions) -> Result<Self> {
        Ok(Notion {
            client: Client::new(options)?,
            origin: options.origin.clone(),
            end: Instant::now() + options.time,
            time: options.time,
            time_each: options.time_each.unwrap_or(TRY),
            pace: options.pace.unwrap_or(retry::PACE),
            last: None,
            requests: 0,
            is_blocked: false,
        })
    }

    /// Restarts the time limit of the run now, so that earlier work without requests is not
    /// included.
    pub fn begin(&mut self) {
        self.end = Instant::now() + self.time;
    }

    /// Returns the number of requests that were sent.
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// Returns the host that requests are sent to.
    pub fn host(&self) -> &str {
        self.origin.host()
    }

    /// Waits for `time` and returns true. Returns false without waiting if the run has less time
    /// left.
    pub fn wait(&self, time: Duration) -> bool {
        let is_left = self.left() > time;
        if is_left {
            thread::sleep(time);
        }
        is_left
    }

    /// Requests the owner of a token. This request needs no capability and changes nothing.
    pub fn me(&mut self, token: &Secret) -> Verified<LiveState> {
        let call = NotionCall::get(Credentials::Token(token));
        let of = |response: &Answer| match answer::of_me(response) {
            // Notion also refuses an incomplete copy of a token that works.
            LiveState::Dead if !is_whole(token) => LiveState::Unknown(UnknownReason::OddLength),
            state => state,
        };
        self.ask("/v1/users/me", &call, of, LiveState::Unknown)
    }

    /// Requests, as an OAuth client, the state of one of its tokens. Without a token, the request
    /// shows only if Notion accepts the client's id and secret.
    pub fn introspect(
        &mut self,
        login: Credentials<'_>,
        token: Option<&Secret>,
    ) -> Verified<Introspection> {
        let token = token.map_or(SentPart::Text(NO_TOKEN), SentPart::Secret);
        let call = NotionCall::about(token, login);
        let of = answer::of_introspection;
        self.ask("/v1/oauth/introspect", &call, of, Introspection::Unknown)
    }

    /// Revokes a token of an OAuth client. No other request changes anything. The request may be
    /// sent again without further effect.
    pub fn revoke(&mut self, login: Credentials<'_>, token: &Secret) -> Verified<Revocation> {
        let call = NotionCall::about(SentPart::Secret(token), login);
        let of = answer::of_revocation;
        self.ask("/v1/oauth/revoke", &call, of, Revocation::Unknown)
    }

    /// Requests an object, to find out if the token reaches it. `id` is a UUID.
    pub fn object(&mut self, token: &Secret, kind: NotionObject, id: &str) -> Verified<Presence> {
        let call = NotionCall::get(Credentials::Token(token));
        let path = format!("{}/{id}", kind.path());
        let of = |response: &Answer| match answer::of_object(response) {
            Presence::Shared | Presence::InTrash if !answer::is_about(response, id) => {
                Presence::Unknown(UnknownReason::NotNotion)
            }
            presence => presence,
        };
        self.ask(&path, &call, of, Presence::Unknown)
    }

    /// Sends a request and interprets the answer with `of`. Without an answer, the result is
    /// `unknown` with the reason.
    pub(super) fn ask<T>(
        &mut self,
        path: &str,
        call: &NotionCall<'_>,
        of: impl Fn(&Answer) -> T,
        unknown: impl Fn(UnknownReason) -> T,
    ) -> Verified<T> {
        let before = self.requests;
        let (result, trace) = match self.send(path, call) {
            Ok(response) => (of(&response), traced(&response, call)),
            Err(reason) => (unknown(reason), AnswerTrace::default()),
        };
        Verified {
            result,
            trace,
            attempts: self.requests - before,
        }
    }

    /// Sends a request, repeats it after a temporary failure, and returns the last outcome.
    fn send(
        &mut self,
        path: &str,
        call: &NotionCall<'_>,
    ) -> std::result::Result<Answer, UnknownReason> {
        let address = self.origin.address(path);
        let mut attempts = 0;
        loop {
            self.keep_pace();
            let limit = self.left().min(self.time_each);
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
            thread::sleep(self.pace.saturating_sub(last.elapsed()));
        }
    }

    fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }
}

/// Returns true if a token has the length of Notion's tokens.
fn is_whole(token: &Secret) -> bool {
    let is_long = |(prefix, length): &(&str, usize)| {
        token.begins_with(prefix) && token.len() == prefix.len() + length
    };
    [("ntn_", 46), ("secret_", 43)].iter().any(is_long)
}

/// Returns the trace of an answer. Values that contain a piece of a sent secret are left out.
fn traced(response: &Answer, call: &NotionCall<'_>) -> AnswerTrace {
    let trace = answer::trace(response);
    let login = match &call.login {
        Credentials::Token(token) => token,
        Credentials::Client { secret, .. } => secret,
    };
    let sent = call
        .asks_about
        .iter()
        .flatten()
        .filter_map(|part| match part {
            SentPart::Secret(secret) => Some(*secret),
            SentPart::Text(_) => None,
        });
    let secrets: Vec<&Secret> = sent.chain([*login]).collect();
    let is_clean = |text: &String| !secrets.iter().any(|secret| secret.has_piece_in(text));
    AnswerTrace {
        status: trace.status,
        code: trace.code.filter(is_clean),
        request: trace.request.filter(is_clean),
    }
}

/// Returns a pause of less than 250 ms that differs between jobs, so that jobs that were refused
/// together retry at different times.
fn jitter() -> Duration {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Duration::from_millis(now.map_or(0, |now| u64::from(now.subsec_nanos()) % 250))
}
