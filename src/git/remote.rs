//! The address of a repository's remote, which names the repository in reports.

use super::Repository;

impl Repository {
    /// Returns the address of the remote `origin`, or of the only remote, in the form that
    /// [`repository_name`] returns; `None` if there is no such remote.
    pub fn remote_name(&self) -> Option<String> {
        let names = self.inner.remote_names();
        let only = || names.iter().next().filter(|_| names.len() == 1);
        let address = |name: &str| self.setting(&format!("remote.{name}.url"));
        let address = address("origin").or_else(|| address(&only()?.to_string()));
        Some(repository_name(&address?)).filter(|name| !name.is_empty())
    }
}

/// Returns the name of the repository at `address` in reports: its host and path, without scheme,
/// user, password, query and `.git`. So `https://me:key@host/a/b.git` and `git@host:a/b` are both
/// `host/a/b`. A port stays unless it is the scheme's default. A local path loses only `.git` or
/// slashes at its end.
pub fn repository_name(address: &str) -> String {
    let address = address.trim();
    let name = match address.split_once("://") {
        Some((scheme, path)) if scheme.eq_ignore_ascii_case("file") => path.to_owned(),
        Some((scheme, rest)) => of_url(scheme, rest),
        None if is_scp(address) => of_scp(address),
        None => address.to_owned(),
    };
    let name = name.trim_end_matches('/');
    name.strip_suffix(".git").unwrap_or(name).to_owned()
}

/// The default port of each scheme, with the colon before it.
const USUAL_PORTS: [(&str, &str); 4] = [
    ("https", ":443"),
    ("http", ":80"),
    ("ssh", ":22"),
    ("git", ":9418"),
];

/// Returns the name for `user:password@host:port/path?query#fragment`.
fn of_url(scheme: &str, rest: &str) -> String {
    let rest = without_user(rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let usual = USUAL_PORTS
        .iter()
        .find(|(name, _)| scheme.eq_ignore_ascii_case(name));
    let host = usual
        .and_then(|(_, port)| host.strip_suffix(port))
        .unwrap_or(host);
    named(host, path)
}

/// Returns the rest of a URL without the user and the password. A password may contain `/`, `?` or
/// `#`, although they should be percent-encoded.
fn without_user(rest: &str) -> &str {
    let authority = &rest[..rest.find('/').unwrap_or(rest.len())];
    let Some(at) = authority.rfind('@').or_else(|| rest.rfind('@')) else {
        return rest;
    };
    // Colons within brackets are those of an IPv6 address.
    let behind = authority.rsplit(']').next().unwrap_or_default();
    let is_user = match behind.rsplit_once(':') {
        _ if at < authority.len() => true,
        None => false,
        // A path may begin with `@`; a password after digits and a slash may not.
        Some((_, port)) if is_number(port) => !rest[..at].ends_with('/'),
        Some(_) => true,
    };
    if is_user { &rest[at + 1..] } else { rest }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns true if an address has the form `[user@]host:path` and is not a local path.
fn is_scp(address: &str) -> bool {
    let before = address.split('/').next().unwrap_or_default();
    let has_user = before.contains('@') && !before.contains('\\');
    // One letter before the colon is a drive of Windows.
    before.find(':').is_some_and(|at| at > 1 || has_user)
}

/// Returns the name for `[user@]host:path`, where the host may be an IPv6 address in brackets.
fn of_scp(address: &str) -> String {
    let slash = address.find('/').unwrap_or(address.len());
    let user = address[..slash].rfind('@').map_or(0, |at| at + 1);
    let rest = &address[user..];
    let host = match rest.starts_with('[') {
        true => rest.find(']').map_or(rest.len(), |at| at + 1),
        false => rest.find([':', '/']).unwrap_or(rest.len()),
    };
    let (host, path) = rest.split_at(host);
    named(host, path.strip_prefix(':').unwrap_or(path))
}

fn named(host: &str, path: &str) -> String {
    format!(
        "{}/{}",
        host.to_ascii_lowercase(),
        path.trim_start_matches('/')
    )
}

#[cfg(test)]
mod tests {
    use super::repository_name;

    #[test]
    fn repository_names_are_normalised_without_credentials() {
        for address in [
            "https://github.com/acme/api",
            "https://GitHub.com/acme/api.git/",
            "https://me:se/cr@et@github.com:443/acme/api.git?token=1#x",
            "https://token@github.com/acme/api",
            "ssh://git@github.com:22/acme/api.git",
            "git@github.com:acme/api.git",
            "github.com:acme/api",
            " git@github.com:/acme/api ",
        ] {
            assert_eq!(repository_name(address), "github.com/acme/api", "{address}");
        }
        for (address, name) in [
            ("/srv/git/x.git", "/srv/git/x"),
            ("file:///srv/git/x.git", "/srv/git/x"),
            ("../x", "../x"),
            ("C:\\git\\x", "C:\\git\\x"),
            ("", ""),
            ("/srv/c#.git", "/srv/c#"),
            ("file:///srv/c#1?.git", "/srv/c#1?"),
            ("https://h:8443/a", "h:8443/a"),
            ("https://h:8443/@team/api", "h:8443/@team/api"),
            ("http://h:80/a", "h/a"),
            ("ssh://git@[fd00::1]/acme/api", "[fd00::1]/acme/api"),
            (
                "ssh://git@[fd00::2]:2222/acme/api",
                "[fd00::2]:2222/acme/api",
            ),
            ("git@[fd00::1]:acme/api", "[fd00::1]/acme/api"),
            ("https://oauth2:abc/key#x@h/a", "h/a"),
            ("https://oauth2:abc/key?x@h/a", "h/a"),
            ("https://oauth2:123/key@h/a", "h/a"),
            ("https://h/a?from=me@b", "h/a"),
            ("https://me:key@h/@team/api", "h/@team/api"),
            ("o:key@h/a", "h/a"),
        ] {
            assert_eq!(repository_name(address), name, "{address}");
        }
    }
}
