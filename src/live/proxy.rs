//! The proxy for a host, from the environment variables that curl reads, with the same meaning.

use std::fmt;

use crate::error::{Error, Result};

/// The environment variables with the address of a proxy. `HTTP_PROXY` is not read: it is for plain
/// HTTP, and a web server may set it from the `Proxy` header of any request.
#[derive(Clone, Default)]
pub struct ProxyVariables {
    /// The name and the value of the first variable that is set: `https_proxy`, `HTTPS_PROXY`,
    /// `all_proxy`, `ALL_PROXY`.
    pub proxy: Option<(&'static str, String)>,
    /// The value of `no_proxy` or, if that is not set, of `NO_PROXY`.
    pub exceptions: Option<String>,
}

impl ProxyVariables {
    /// Reads the variables. `variable` returns the value of a variable by its name. An empty value
    /// is treated as not set.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
        ProxyVariables {
            proxy: names.into_iter().find_map(|name| Some((name, set(name)?))),
            exceptions: ["no_proxy", "NO_PROXY"].into_iter().find_map(set),
        }
    }

    /// Returns the proxy for `host`; `None` if the host is reached without a proxy.
    ///
    /// # Errors
    ///
    /// Returns an error if the value of the variable is not the address of an HTTP proxy. The host
    /// must not be contacted without the proxy then.
    pub fn to(&self, host: &str) -> Result<Option<ProxyAddress>> {
        let is_exempt = self
            .exceptions
            .as_deref()
            .is_some_and(|list| exempts(list, host));
        match &self.proxy {
            Some((name, value)) if !is_exempt => parse(value).map(Some).ok_or_else(|| unfit(name)),
            _ => Ok(None),
        }
    }
}

fn unfit(name: &str) -> Error {
    let message = format!("{name} does not name an HTTP proxy");
    Error::new(message).help("write http://HOST:PORT or https://HOST:PORT; SOCKS is not supported")
}

/// Returns true if the list of exceptions contains `host`. The list is `*`, or names separated by
/// commas and white space; a name is the name of the host or of a domain above it.
fn exempts(list: &str, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let names = list.split([',', ' ', '\t', '\n', '\r']);
    let is_above = |name: &str| {
        let name = name
            .trim_start_matches('.')
            .trim_end_matches('.')
            .to_ascii_lowercase();
        let below = host.strip_suffix(&name);
        !name.is_empty() && below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    };
    list.trim() == "*" || names.into_iter().any(is_above)
}

/// The address of a proxy. It has no `Debug`, because it may have a password.
pub struct ProxyAddress {
    /// True if the connection to the proxy itself uses TLS.
    pub is_secure: bool,
    /// The host name or IP address of the proxy.
    pub host: String,
    /// The TCP port of the proxy.
    pub port: u16,
    /// The user and the password, with `%` escapes decoded; `None` if the address has no user.
    pub login: Option<(String, String)>,
}

/// The default port of an HTTP proxy, as in curl.
const HTTP_PORT: u16 = 1080;

/// Parses the address of a proxy; `None` if the address is malformed, or if the scheme is neither
/// HTTP nor HTTPS.
fn parse(text: &str) -> Option<ProxyAddress> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let is_secure = match scheme.to_ascii_lowercase().as_str() {
        "http" => false,
        "https" => true,
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (login, place) = match authority.rsplit_once('@') {
        Some((login, place)) => (Some(login), place),
        None => (None, authority),
    };
    let (host, port) = match place.rfind(':').filter(|at| !place[*at..].contains(']')) {
        Some(at) => (&place[..at], place[at + 1..].parse().ok()?),
        None => (place, if is_secure { 443 } else { HTTP_PORT }),
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte);
    let fits = !host.is_empty() && host.bytes().all(is_name);
    fits.then_some(ProxyAddress {
        is_secure,
        host: host.to_owned(),
        port,
        login: login.map(login_of),
    })
}

fn login_of(text: &str) -> (String, String) {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    (plain(user), plain(password))
}

/// Decodes the `%`-escapes of a text.
fn plain(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => (out.push(byte), at += 3).1,
            None => (out.push(bytes[at]), at += 1).1,
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The failure of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyFault {
    /// The proxy asked for a user and a password, or refused the given ones.
    NoLogin,
    /// The proxy did not let the connection through.
    Refused,
    /// The proxy could not be reached.
    Unreachable,
}

impl ProxyFault {
    /// Returns the advice to the user.
    pub fn help(self) -> Option<&'static str> {
        Some(match self {
            ProxyFault::NoLogin => "write them into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT",
            ProxyFault::Refused => "the proxy must allow CONNECT api.notion.com:443",
            ProxyFault::Unreachable => "check HTTPS_PROXY and ALL_PROXY",
        })
    }
}

impl fmt::Display for ProxyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProxyFault::NoLogin => "the proxy asks for a user and a password",
            ProxyFault::Refused => "the proxy did not let the connection through",
            ProxyFault::Unreachable => "the proxy could not be reached",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ProxyVariables, exempts};

    /// Returns the proxy that these variables name, as `scheme host port user:password`.
    fn proxy(variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let variable = |name: &str| {
            let set = variables.iter().find(|(known, _)| *known == name);
            set.map(|(_, value)| (*value).to_owned())
        };
        let proxy = ProxyVariables::read(variable).to("api.notion.com");
        let shown = |proxy: super::ProxyAddress| {
            let scheme = if proxy.is_secure { "https" } else { "http" };
            let login = proxy
                .login
                .map(|(user, password)| format!(" {user}:{password}"));
            let (host, port) = (proxy.host, proxy.port);
            format!("{scheme} {host} {port}{}", login.unwrap_or_default())
        };
        proxy
            .map(|proxy| proxy.map(shown))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn proxy_variables_are_read_as_by_curl() {
        let both = [("https_proxy", "small:1"), ("HTTPS_PROXY", "capital:2")];
        let all = [("ALL_PROXY", "all:3"), ("HTTP_PROXY", "never:4")];
        let empty = [("https_proxy", ""), ("HTTPS_PROXY", "capital:2")];
        for (variables, expected) in [
            (&[][..], None),
            (&both[..], Some("http small 1")),
            (&both[1..], Some("http capital 2")),
            (&all[..], Some("http all 3")),
            (&all[1..], None),
            (&empty[..], Some("http capital 2")),
            (
                &[("https_proxy", "p"), ("all_proxy", "q")],
                Some("http p 1080"),
            ),
            (&[("HTTPS_PROXY", "https://p")], Some("https p 443")),
            (&[("HTTPS_PROXY", "HTTP://p:8/x?y")], Some("http p 8")),
            (&[("HTTPS_PROXY", "http://[::1]:8")], Some("http [::1] 8")),
            (
                &[("HTTPS_PROXY", "u:p%40s%zz@p:8")],
                Some("http p 8 u:p@s%zz"),
            ),
            (&[("HTTPS_PROXY", "http://u@p:8")], Some("http p 8 u:")),
            (
                &[("HTTPS_PROXY", "http://a@b:c@p:8")],
                Some("http p 8 a@b:c"),
            ),
            (&[("HTTPS_PROXY", "p:8"), ("NO_PROXY", "notion.com")], None),
            (
                &[("HTTPS_PROXY", "p:8"), ("no_proxy", "x"), ("NO_PROXY", "*")],
                Some("http p 8"),
            ),
        ] {
            let found = proxy(variables);
            assert_eq!(
                found.as_ref().map(|found| found.as_deref()),
                Ok(expected),
                "{variables:?}"
            );
        }
    }

    #[test]
    fn an_invalid_proxy_is_an_error_without_its_password() {
        for value in [
            "socks5://p:1",
            "http://",
            "p:port",
            "http://u:word@/x",
            "http://a b:1",
        ] {
            let error = proxy(&[("ALL_PROXY", value)]).unwrap_err();
            assert!(
                error.contains("ALL_PROXY") && !error.contains("word"),
                "{error}"
            );
        }
    }

    #[test]
    fn no_proxy_accepts_spaces_suffixes_and_a_star() {
        for list in [
            "*",
            " * ",
            "api.notion.com",
            "a, api.notion.com ,b",
            "a b\tnotion.com",
            ".notion.com",
            "NOTION.COM.",
            "com",
        ] {
            assert!(exempts(list, "api.notion.com"), "{list}");
        }
        for list in [
            "",
            ",",
            ".",
            "a,*",
            "otion.com",
            "x.api.notion.com",
            "notion.com:443",
            "*.com",
        ] {
            assert!(!exempts(list, "api.notion.com"), "{list}");
        }
    }
}
