//! The origin of the API: Notion, or a test server on this machine.

use crate::error::{Error, Result};

/// The only host of the internet that requests are sent to.
const HOST: &str = "api.notion.com";

/// The server that requests are sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiOrigin {
    base: String,
    host: String,
    is_local: bool,
}

impl Default for ApiOrigin {
    fn default() -> Self {
        ApiOrigin {
            base: format!("https://{HOST}"),
            host: HOST.to_owned(),
            is_local: false,
        }
    }
}

impl ApiOrigin {
    /// Returns the test server at `url`, which must be on this machine.
    ///
    /// # Errors
    ///
    /// Returns an error if the address is not on this machine, because tokens would be sent there.
    pub fn local(url: &str) -> Result<Self> {
        let refused = || {
            let message = "--api-url accepts only an address on this machine";
            Error::new(message)
                .help("give http://127.0.0.1:PORT, or leave out --api-url to ask Notion")
        };
        let base = url.strip_suffix('/').unwrap_or(url);
        let authority = base
            .strip_prefix("http://")
            .or(base.strip_prefix("https://"));
        let authority = authority.ok_or_else(refused)?;
        let (host, port) = match authority
            .rfind(':')
            .filter(|at| !authority[*at..].contains(']'))
        {
            Some(at) => (&authority[..at], Some(&authority[at + 1..])),
            None => (authority, None),
        };
        let is_port = |port: &str| port.parse::<u16>().is_ok();
        if ["127.0.0.1", "[::1]", "localhost"].contains(&host) && port.is_none_or(is_port) {
            Ok(ApiOrigin {
                base: base.to_owned(),
                host: authority.to_owned(),
                is_local: true,
            })
        } else {
            Err(refused())
        }
    }

    /// Returns the URL of `path`, which begins with a slash.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Returns the host, as reports show it.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns true if the origin is a test server on this machine. Requests to it do not use a
    /// proxy.
    pub fn is_local(&self) -> bool {
        self.is_local
    }
}

#[cfg(test)]
mod tests {
    use super::ApiOrigin;

    #[test]
    fn only_local_addresses_may_replace_notion() {
        let notion = ApiOrigin::default();
        assert_eq!(
            notion.address("/v1/users/me"),
            "https://api.notion.com/v1/users/me"
        );
        for url in [
            "http://127.0.0.1:8080",
            "https://localhost:1/",
            "http://[::1]:65535",
            "http://[::1]",
            "http://localhost",
        ] {
            let origin = ApiOrigin::local(url).unwrap();
            assert!(
                origin.is_local() && !origin.address("/v1").contains("//v1"),
                "{url}"
            );
        }
        for url in [
            "",
            "127.0.0.1:1",
            "ftp://127.0.0.1",
            "http://127.0.0.1.evil.example",
            "http://localhost@evil.example",
            "http://evil.example@localhost",
            "http://localhost:80@evil.example",
            "http://localhost:80/path",
            "http://localhost:99999",
            "http://localhost:",
            "http://localhost#.evil.example",
            "http://127.0.0.1\\.evil.example",
            "http://10.0.0.1:80",
            "https://api.notion.com",
            "http://[::2]:80",
        ] {
            assert!(ApiOrigin::local(url).is_err(), "{url}");
        }
    }
}
