//! A proxy on this machine. It connects every CONNECT request to one address, and logs the requests.

use std::io::{Read, Write, copy};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A proxy, and its log: the lines of each request's head.
pub struct Proxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Proxy {
    /// Starts a proxy that connects to `target`. If `login` is given (in base64), requests must have it. Without a target,
    /// the proxy refuses all requests.
    pub fn start(target: Option<SocketAddr>, login: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let own = heads.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let heads = own.clone();
                thread::spawn(move || serve(stream, target, login, &heads));
            }
        });
        Proxy { address, heads }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first line of each request; empty for a connection without a request.
    pub fn asked(&self) -> Vec<String> {
        let heads = self.heads.lock().unwrap();
        heads
            .iter()
            .map(|head| head.first().cloned().unwrap_or_default())
            .collect()
    }
}

fn serve(
    mut stream: TcpStream,
    target: Option<SocketAddr>,
    login: Option<&str>,
    heads: &Mutex<Vec<Vec<String>>>,
) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    heads
        .lock()
        .unwrap()
        .push(head.lines().map(str::to_owned).collect());
    let proof = login.map(|login| format!("proxy-authorization: basic {login}"));
    let is_known = |proof: String| {
        let mut lines = head.lines();
        lines.any(|line| line.eq_ignore_ascii_case(&proof))
    };
    let answer = match (target, proof.is_none_or(is_known)) {
        (_, false) => "407 Proxy Authentication Required",
        (None, _) => "403 Forbidden",
        (Some(target), true) => return lead(stream, target),
    };
    let _ = write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
}

fn lead(mut stream: TcpStream, target: SocketAddr) {
    let mut other = TcpStream::connect(target).unwrap();
    stream
        .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .unwrap();
    let (mut back_from, mut back_to) = (other.try_clone().unwrap(), stream.try_clone().unwrap());
    thread::spawn(move || copy(&mut back_from, &mut back_to));
    let _ = copy(&mut stream, &mut other);
}
