//! One HTTP request and its answer. Only this file uses the HTTP library, and only this file sends
//! secrets from this machine.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ureq::config::Config;
use ureq::http::request::Builder;
use ureq::http::{HeaderMap, HeaderValue, Request as HttpRequest};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, AsSendBody, Proxy, ProxyProtocol};
use zeroize::Zeroizing;

use super::base64;
use super::notion::{Credentials, LiveOptions, NotionCall, SentPart};
use super::proxy::{ProxyAddress, ProxyFault};
use super::{Answer, TlsFault, UnknownReason};
use crate::error::{Error, Result};

/// The version of the API that this client reads.
const VERSION: &str = "2026-03-11";

/// The largest size of an answer's headers in bytes; Notion's are smaller.
const MAX_HEADERS: usize = 64 * 1024;

/// An HTTP client for one host.
pub struct Client {
    agent: Agent,
    has_proxy: bool,
}

impl Client {
    /// Returns a client for the host in `options`, with their proxy and certificates.
    ///
    /// # Errors
    ///
    /// Returns an error if the proxy or the certificates cannot be used.
    pub fn new(options: &LiveOptions) -> Result<Self> {
        let origin = &options.origin;
        let proxy = match origin.is_local() {
            true => None,
            false => options.proxy.to(origin.host())?,
        };
        let has_proxy = proxy.is_some();
        let config = Agent::config_builder()
            .proxy(proxy.map(|address| connected(&address)).transpose()?)
            .tls_config(tls(options)?)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(MAX_HEADERS)
            .max_idle_connections(1)
            .max_idle_connections_per_host(1)
            .user_agent(concat!("ntnguard/", env!("CARGO_PKG_VERSION")));
        let config: Config = config.build();
        let agent = config.new_agent();
        Ok(Client { agent, has_proxy })
    }

    /// Sends a request to `address` and waits at most `limit` for the answer.
    pub fn send(
        &self,
        address: &str,
        call: &NotionCall<'_>,
        limit: Duration,
    ) -> std::result::Result<Answer, UnknownReason> {
        let request = request(address, &call.login).ok_or(UnknownReason::Unexpected)?;
        let outcome = match &call.asks_about {
            None => self.run(request.method("GET").body(()), call, limit),
            Some(parts) => {
                let method = if call.is_patch { "PATCH" } else { "POST" };
                let request = request
                    .method(method)
                    .header("Content-Type", "application/json");
                self.run(request.body(&joined(parts)[..]), call, limit)
            }
        };
        outcome.map_err(|error| self.reason(&error, limit))
    }

    fn run(
        &self,
        request: std::result::Result<HttpRequest<impl AsSendBody>, ureq::http::Error>,
        call: &NotionCall<'_>,
        limit: Duration,
    ) -> std::result::Result<Answer, ureq::Error> {
        let request = self.agent.configure_request(request?);
        let request = request.timeout_global(Some(limit)).build();
        let mut answer = self.agent.run(request)?;
        let (status, headers) = (answer.status().as_u16(), texts(answer.headers()));
        let body = answer.body_mut().with_config().limit(call.max_answer);
        Ok(Answer {
            status,
            headers,
            body: body.read_to_vec()?,
        })
    }

    /// Translates an error of the HTTP library into a reason, without the library's text.
    fn reason(&self, error: &ureq::Error, limit: Duration) -> UnknownReason {
        match error {
            ureq::Error::Timeout(_) => UnknownReason::Timeout(limit),
            ureq::Error::HostNotFound if self.has_proxy => {
                UnknownReason::Proxy(ProxyFault::Unreachable)
            }
            ureq::Error::HostNotFound => UnknownReason::Lookup,
            ureq::Error::ConnectProxyFailed(text) if text.contains(" 407/") => {
                UnknownReason::Proxy(ProxyFault::NoLogin)
            }
            ureq::Error::ConnectProxyFailed(_) => UnknownReason::Proxy(ProxyFault::Refused),
            ureq::Error::ConnectionFailed => self.unconnected(),
            ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => {
                UnknownReason::TooLarge
            }
            ureq::Error::Rustls(error) => tls_reason(error),
            ureq::Error::Tls(_) => UnknownReason::Tls(TlsFault::Other),
            ureq::Error::Io(error) => self.io_reason(error),
            ureq::Error::Protocol(error) if error.to_string().contains("too many headers") => {
                UnknownReason::TooLarge
            }
            ureq::Error::Protocol(_) | ureq::Error::Http(_) => UnknownReason::NotHttp,
            _ => UnknownReason::Unexpected,
        }
    }

    fn unconnected(&self) -> UnknownReason {
        match self.has_proxy {
            true => UnknownReason::Proxy(ProxyFault::Unreachable),
            false => UnknownReason::Connection,
        }
    }

    fn io_reason(&self, error: &std::io::Error) -> UnknownReason {
        let inner = error.get_ref();
        if let Some(error) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return tls_reason(error);
        }
        match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
                UnknownReason::CutOff
            }
            _ => self.unconnected(),
        }
    }
}

/// Returns the headers whose values are text, with their names.
fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&ureq::http::HeaderName, &HeaderValue)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    };
    headers.iter().filter_map(text).collect()
}

/// Returns a request with its headers; `None` if the credentials have characters that a header
/// cannot have.
fn request(address: &str, login: &Credentials<'_>) -> Option<Builder> {
    let request = HttpRequest::builder().uri(address);
    let request = request.header("Notion-Version", VERSION);
    let request = request.header("Accept", "application/json");
    Some(request.header("Authorization", authorization(login)?))
}

/// Returns the `Authorization` header with the credentials. The HTTP library does not log its
/// value.
fn authorization(login: &Credentials<'_>) -> Option<HeaderValue> {
    let text = match login {
        Credentials::Token(token) => joined(&[SentPart::Text("Bearer "), SentPart::Secret(token)]),
        Credentials::Client { id, secret } => {
            let pair = joined(&[
                SentPart::Text(id),
                SentPart::Text(":"),
                SentPart::Secret(secret),
            ]);
            let pair = Zeroizing::new(base64::encode(&pair));
            Zeroizing::new([b"Basic ".as_slice(), &pair].concat())
        }
    };
    // The header shares the bytes of `text`, so they are overwritten when the request is dropped.
    let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// Joins the parts of a request. Only here are the bytes of a secret read to be sent.
fn joined(parts: &[SentPart<'_>]) -> Zeroizing<Vec<u8>> {
    let bytes = parts.iter().map(|part| match part {
        SentPart::Text(text) => text.as_bytes(),
        SentPart::Secret(secret) => secret.expose(),
    });
    Zeroizing::new(bytes.collect::<Vec<_>>().concat())
}

fn connected(address: &ProxyAddress) -> Result<Proxy> {
    let protocol = match address.is_secure {
        true => ProxyProtocol::Https,
        false => ProxyProtocol::Http,
    };
    let proxy = Proxy::builder(protocol)
        .host(&address.host)
        .port(address.port);
    let proxy = match &address.login {
        Some((user, password)) => proxy.username(user).password(password),
        None => proxy,
    };
    let message = format!("the proxy {} cannot be used", address.host);
    let unfit = |_| Error::new(message).help("check HTTPS_PROXY and ALL_PROXY");
    proxy.build().map_err(unfit)
}

/// Returns the TLS configuration: the provider ring, with the certificates in `options` or else the
/// system's.
fn tls(options: &LiveOptions) -> Result<TlsConfig> {
    let roots = match &options.certificates {
        Some(file) => RootCerts::new_with_certs(&certificates(&file.bytes, &file.name)?),
        None => RootCerts::PlatformVerifier,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = TlsConfig::builder().root_certs(roots);
    Ok(config.unversioned_rustls_crypto_provider(provider).build())
}

/// Reads the certificates of a PEM file.
fn certificates(bytes: &[u8], name: &str) -> Result<Vec<Certificate<'static>>> {
    let found: std::result::Result<Vec<_>, _> = parse_pem(bytes).collect();
    let certificate = |item| match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    };
    let found = found.map(|items| items.into_iter().filter_map(certificate));
    match found.map(Iterator::collect::<Vec<_>>) {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => {
            let message = format!("{name} has no certificate in PEM format");
            Err(Error::new(message).help(
                "set --ca-file or SSL_CERT_FILE to the path of a file that contains \
                                          -----BEGIN CERTIFICATE-----",
            ))
        }
    }
}

fn tls_reason(error: &rustls::Error) -> UnknownReason {
    use rustls::CertificateError as Fault;
    let fault = match error {
        // The platform's verifier returns this error if it finds no root certificates.
        rustls::Error::General(text) if text.contains("No CA certificates") => {
            return UnknownReason::NoStore;
        }
        rustls::Error::InvalidCertificate(fault) => fault,
        _ => return UnknownReason::Tls(TlsFault::Other),
    };
    UnknownReason::Tls(match fault {
        // The signature is wrong if another authority has the same name as the trusted authority.
        Fault::UnknownIssuer | Fault::BadSignature => TlsFault::Untrusted,
        Fault::NotValidForName | Fault::NotValidForNameContext { .. } => TlsFault::WrongName,
        Fault::Expired | Fault::ExpiredContext { .. } => TlsFault::Expired,
        Fault::NotValidYet | Fault::NotValidYetContext { .. } => TlsFault::Expired,
        _ => TlsFault::Other,
    })
}
