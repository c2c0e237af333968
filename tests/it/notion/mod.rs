//! A stand-in for Notion on this machine: a workspace with tokens, an OAuth client, objects and faults, and a log of the
//! requests. It speaks HTTP/1.1 with one thread for each connection, and TLS with its own certificate authority.

mod answers;
mod content;
mod http;
pub mod proxy;
pub mod tls;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Instant;

pub use content::Thing;
pub use http::Request;

/// The state of the stand-in.
#[derive(Default)]
pub struct Workspace {
    /// The tokens, by their values.
    pub tokens: BTreeMap<String, Token>,
    /// The OAuth client's id and secret.
    pub client: Option<(String, String)>,
    /// Pages, databases and data sources by the end of their paths (`pages/ID`). The value is true for objects in the
    /// trash.
    pub objects: BTreeMap<String, bool>,
    /// Pages, data sources and their parents. The one that was edited longest ago is first.
    pub content: Vec<Thing>,
    /// The names and the e-mail addresses of members.
    pub people: Vec<(String, String)>,
    /// The number of searches that each find one more page than the search before.
    pub added_meanwhile: usize,
    /// True if a search says that its list is incomplete.
    pub is_cut: bool,
    /// True if each answer to a search says that there are more results.
    pub is_endless: bool,
    /// Requests with a special answer: the beginning of the request line, the status and the error code.
    pub odd: Vec<(&'static str, u16, &'static str)>,
    /// The fault of the stand-in.
    pub fault: Fault,
    /// The number of further requests for which a revoked token still works.
    pub refused_after: Option<usize>,
}

/// A token.
#[derive(Clone)]
pub struct Token {
    /// The integration's name.
    pub name: String,
    /// True if the token works.
    pub is_live: bool,
    /// True if the token may read content.
    pub can_read: bool,
    pub can_update: bool,
    pub can_insert: bool,
    pub can_read_comments: bool,
    pub can_comment: bool,
    /// The data about members that the token may see: 0 none, 1 names, 2 names and e-mail addresses.
    pub users: u8,
    /// `workspace` or `user`.
    pub owner: &'static str,
    /// The time at which the client issued the token, in seconds since 1970.
    pub issued: Option<i64>,
}

/// A fault, of all answers or of the first ones.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// No answer.
    Hang,
    /// A body without end.
    Flood,
    /// Headers without end.
    FloodOfHeaders,
    /// A redirect to another address.
    Redirect,
    /// An HTML page from a proxy or firewall, with this status.
    Html(u16),
    /// A connection that is closed in the middle of the body.
    CutOff,
    /// Text that is not HTTP.
    Noise,
    /// A status, the number of answers with it, and the seconds to wait (Retry-After). Later answers are normal.
    Refusals(u16, usize, u64),
    /// An answer that says that the workspace blocks the request.
    Blocked,
    /// An answer as if a proxy had removed the Authorization header.
    Stripped,
    /// The token in the message, the name and the headers of the answer.
    Echo,
}

/// The stand-in, which answers until the test ends.
pub struct StandIn {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    workspace: Mutex<Workspace>,
    log: Mutex<Vec<Logged>>,
}

/// A request that was answered.
pub struct Logged {
    pub request: Request,
    pub at: Instant,
}

impl Token {
    /// A live token of an internal integration.
    pub fn live(name: &str) -> Self {
        Token {
            name: name.to_owned(),
            is_live: true,
            can_read: true,
            can_update: false,
            can_insert: false,
            can_read_comments: false,
            can_comment: false,
            users: 0,
            owner: "workspace",
            issued: None,
        }
    }

    /// A personal token, which may do everything, such as create pages at the top of the workspace.
    pub fn personal(name: &str) -> Self {
        Token {
            can_update: true,
            can_insert: true,
            can_read_comments: true,
            can_comment: true,
            owner: "user",
            ..Token::live(name)
        }
    }

    /// A token that is refused.
    pub fn dead() -> Self {
        Token {
            is_live: false,
            ..Token::live("gone")
        }
    }
}

impl StandIn {
    /// Starts a stand-in that speaks plain HTTP.
    pub fn start(workspace: Workspace) -> Self {
        Self::serve(workspace, Some)
    }

    /// Starts a stand-in that speaks TLS with `certificate`.
    pub fn start_tls(workspace: Workspace, certificate: &tls::Leaf) -> Self {
        let config = certificate.config();
        Self::serve(workspace, move |stream| tls::accept(&config, stream))
    }

    fn serve<S: Read + Write>(
        workspace: Workspace,
        accept: impl Fn(std::net::TcpStream) -> Option<S> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            workspace: Mutex::new(workspace),
            log: Mutex::new(Vec::new()),
        });
        let (own, accept) = (shared.clone(), Arc::new(accept));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (shared, accept) = (own.clone(), accept.clone());
                thread::spawn(move || {
                    if let Some(mut stream) = accept(stream) {
                        while talk(&shared, &mut stream).is_some() {}
                    }
                });
            }
        });
        StandIn { address, shared }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for `--api-url`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn log(&self) -> MutexGuard<'_, Vec<Logged>> {
        self.shared.log.lock().unwrap()
    }

    /// The objects of the workspace, to compare them with an earlier state.
    pub fn content(&self) -> Vec<Thing> {
        self.shared.workspace.lock().unwrap().content.clone()
    }

    /// Changes the workspace.
    pub fn change(&self, change: impl FnOnce(&mut Workspace)) {
        change(&mut self.shared.workspace.lock().unwrap());
    }

    /// Each request as `METHOD path`.
    pub fn requests(&self) -> Vec<String> {
        let log = self.log();
        let line = |logged: &Logged| format!("{} {}", logged.request.method, logged.request.path);
        log.iter().map(line).collect()
    }
}

/// Answers one request; `None` if the connection is closed.
fn talk(shared: &Shared, stream: &mut (impl Read + Write)) -> Option<()> {
    let request = http::read(stream)?;
    let answer = {
        let mut workspace = shared.workspace.lock().unwrap();
        let mut log = shared.log.lock().unwrap();
        log.push(Logged {
            request: request.clone(),
            at: Instant::now(),
        });
        answers::answer(&mut workspace, &request, log.len())
    };
    answer.write(stream)
}
