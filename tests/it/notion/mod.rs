//! A stand-in for Notion on this machine: a workspace with tokens, an OAuth client, objects and
//! faults, and a log of what it was asked. It speaks HTTP/1.1, one thread a connection, and TLS by a
//! certificate authority of its own.

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

/// What the stand-in knows.
#[derive(Default)]
pub struct Workspace {
    /// Tokens by their values.
    pub tokens: BTreeMap<String, Token>,
    /// The OAuth client's id and secret.
    pub client: Option<(String, String)>,
    /// Pages, databases and data sources by the end of their paths (`pages/ID`); whether each is in
    /// the trash.
    pub objects: BTreeMap<String, bool>,
    /// Pages, data sources and what they lie in, the longest untouched first.
    pub content: Vec<Thing>,
    /// The names and the e-mail addresses of members.
    pub people: Vec<(String, String)>,
    /// So many searches find a page more than the one before.
    pub added_meanwhile: usize,
    /// Whether a search says that it left something out.
    pub is_cut: bool,
    /// Whether a search always says that there is more.
    pub is_endless: bool,
    /// Requests that are answered otherwise: how the line begins, the status and the code.
    pub odd: Vec<(&'static str, u16, &'static str)>,
    /// What goes wrong.
    pub fault: Fault,
    /// A token that must be dead is refused after so many requests more.
    pub refused_after: Option<usize>,
}

/// A token.
#[derive(Clone)]
pub struct Token {
    /// The integration's name.
    pub name: String,
    /// Whether it works.
    pub is_live: bool,
    /// Whether it may read content.
    pub can_read: bool,
    pub can_update: bool,
    pub can_insert: bool,
    pub can_read_comments: bool,
    pub can_comment: bool,
    /// What it may see of members: 0 nothing, 1 names, 2 e-mail addresses too.
    pub users: u8,
    /// `workspace` or `user`.
    pub owner: &'static str,
    /// The day it was issued by the client, in seconds since 1970.
    pub issued: Option<i64>,
}

/// What goes wrong, with every request or with the first ones.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// Nothing is answered.
    Hang,
    /// A body without end.
    Flood,
    /// Headers without end.
    FloodOfHeaders,
    /// Another address.
    Redirect,
    /// A page of something in between, with this status.
    Html(u16),
    /// The connection ends in the middle of the body.
    CutOff,
    /// Words that are no HTTP.
    Noise,
    /// So many answers of this status, with the seconds to wait, then well.
    Refusals(u16, usize, u64),
    /// Requests of the workspace are blocked.
    Blocked,
    /// Something in between takes the header away.
    Stripped,
    /// The token is echoed in message, name and headers.
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
    /// A live one of an internal integration.
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

    /// A personal one, which may do everything, and put pages at the top of the workspace.
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

    /// One that is refused.
    pub fn dead() -> Self {
        Token {
            is_live: false,
            ..Token::live("gone")
        }
    }
}

impl StandIn {
    /// One that speaks plain HTTP.
    pub fn start(workspace: Workspace) -> Self {
        Self::serve(workspace, Some)
    }

    /// One that speaks TLS by `certificate`.
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

    /// What is in the workspace, to be compared with what was in it.
    pub fn content(&self) -> Vec<Thing> {
        self.shared.workspace.lock().unwrap().content.clone()
    }

    /// Changes the workspace.
    pub fn change(&self, change: impl FnOnce(&mut Workspace)) {
        change(&mut self.shared.workspace.lock().unwrap());
    }

    /// `METHOD path` of each request.
    pub fn requests(&self) -> Vec<String> {
        let log = self.log();
        let line = |logged: &Logged| format!("{} {}", logged.request.method, logged.request.path);
        log.iter().map(line).collect()
    }
}

/// Answers one request; nothing when the connection is over.
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
