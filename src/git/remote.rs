//! The name of a repository among others: the address of its remote.

use super::Repository;

impl Repository {
    /// Returns the address of the remote `origin`, or of the only remote, without credentials, as
    /// [`repository_name`] writes it; `None` if there is none.
    pub fn remote_name(&self) -> Option<String> {
        let names = self.inner.remote_names();
        let only = || names.iter().next().filter(|_| names.len() == 1);
        let address = |name: &str| self.setting(&format!("remote.{name}.url"));
        let address = address("origin").or_else(|| address(&only()?.to_string()));
        Some(repository_name(&address?)).filter(|name| !name.is_empty())
    }
}

/// Returns the name by which reports know the repository at an address: its host and path, however
/// it is reached, without user, password, query and `.git`. So `https://me:key@host/a/b.git` and
/// `git@host:a/b` are both `host/a/b`. A path on this machine stays one.
pub fn repository_name(address: &str) -> String {
    let address = address.trim();
    let (is_remote, rest) = match address.split_once("://") {
        Some(("file", path)) => (false, path),
        Some((_, rest)) => (true, rest),
        None => (is_scp(address), address),
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let name = match is_remote {
        true => remote(rest, !address.contains("://")),
        false => rest.to_owned(),
    };
    let name = name.trim_end_matches('/');
    name.strip_suffix(".git").unwrap_or(name).to_owned()
}

/// Returns true if an address is written as `user@host:path`, and is not a path.
fn is_scp(address: &str) -> bool {
    let before = address.split('/').next().unwrap_or_default();
    // One letter before the colon is a drive of Windows.
    before.find(':').is_some_and(|at| at > 1)
}

/// Returns the host and the path of `user:password@host:port/path`, or of `user@host:path`.
fn remote(rest: &str, is_scp: bool) -> String {
    let slash = rest.find('/').unwrap_or(rest.len());
    // A password may have a slash that nobody encoded.
    let after_user = match rest
        .rfind('@')
        .filter(|at| *at < slash || rest[..*at].contains(':'))
    {
        Some(at) => &rest[at + 1..],
        None => rest,
    };
    let end = after_user.find(['/', ':']).unwrap_or(after_user.len());
    let (host, path) = after_user.split_at(end);
    let path = match path.strip_prefix(':') {
        Some(path) if is_scp => path,
        // What follows the colon is the port.
        Some(port) => port.split_once('/').map_or("", |(_, path)| path),
        None => path,
    };
    let path = path.trim_start_matches('/');
    format!("{}/{path}", host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::repository_name;

    #[test]
    fn one_repository_has_one_name_and_no_credential() {
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
        ] {
            assert_eq!(repository_name(address), name, "{address}");
        }
    }
}
