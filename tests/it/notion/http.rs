//! The part of HTTP/1.1 that the stand-in needs.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

/// A request.
#[derive(Clone, Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// The headers. Names are in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// An answer to a request.
pub enum Answer {
    /// A status, headers and a body.
    Whole(u16, Vec<(&'static str, String)>, String),
    /// Raw bytes, after which the connection is closed.
    Raw(Vec<u8>),
    /// A body or headers without end: the first bytes, and the bytes that are repeated.
    Endless(&'static [u8], &'static [u8]),
    /// No answer, for longer than any test waits.
    Silence,
}

/// Reads a request; `None` if the connection is closed.
pub fn read(stream: &mut impl Read) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let mut request = Request {
        method: first.next()?.to_owned(),
        path: first.next()?.to_owned(),
        headers: lines.filter_map(header).collect(),
        body: String::new(),
    };
    let length = request
        .header("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).ok()?;
    Some(request)
}

impl Answer {
    /// Writes the answer; `None` if the connection is closed afterwards.
    pub fn write(self, stream: &mut impl Write) -> Option<()> {
        match self {
            Answer::Whole(status, headers, body) => {
                let mut text = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    text += &format!("{name}: {value}\r\n");
                }
                let written = stream.write_all((text + "\r\n" + &body).as_bytes());
                written.and_then(|()| stream.flush()).ok()
            }
            Answer::Raw(bytes) => {
                let _ = stream.write_all(&bytes).and_then(|()| stream.flush());
                None
            }
            Answer::Endless(first, again) => {
                stream.write_all(first).ok()?;
                while stream.write_all(again).is_ok() {}
                None
            }
            Answer::Silence => {
                thread::sleep(Duration::from_secs(30));
                None
            }
        }
    }
}
