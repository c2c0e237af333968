//! Connections to Notion: TLS and proxies.

use std::process::Command;

use super::{assert_silent, value, workspace};
use crate::notion::StandIn;
use crate::notion::proxy::Proxy;
use crate::notion::tls::Authority;
use crate::sandbox::{Run, Sandbox};

/// A stand-in that speaks TLS as `host`, and the file with the certificate of the authority that signed its certificate.
struct World {
    sandbox: Sandbox,
    notion: StandIn,
}

impl World {
    fn new(host: &str, is_expired: bool) -> Self {
        let (sandbox, authority) = (Sandbox::new(), Authority::new());
        sandbox.write("ca.pem", authority.pem());
        let notion = StandIn::start_tls(workspace(), &authority.sign(host, is_expired));
        World { sandbox, notion }
    }

    /// Runs `verify T` with a live token, through `proxy`.
    fn verify(&self, proxy: &str, and: impl FnOnce(&mut Command)) -> Run {
        let mut command = self.sandbox.ntnguard();
        command
            .args(["verify", "T", "--timeout=5s"])
            .env("T", value(1));
        command
            .env("HTTPS_PROXY", proxy)
            .args(["--ca-file", "ca.pem"]);
        and(&mut command);
        let run = Run::of(command.output().unwrap());
        assert_silent(&run);
        run
    }
}

const CONNECT: &str = "CONNECT api.notion.com:443 HTTP/1.1";

#[test]
fn verify_makes_one_connection_to_one_host() {
    let world = World::new("api.notion.com", false);
    let proxy = Proxy::start(Some(world.notion.address()), None);
    let run = world.verify(&proxy.url(), |_| ());
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout
            .ends_with("1 as expected; 1 request to api.notion.com\n")
    );
    assert_eq!(proxy.asked(), [CONNECT]);
    assert_eq!(world.notion.requests(), ["GET /v1/users/me"]);
    // The requests for two tokens use one connection.
    let run = world.verify(&proxy.url(), |command| {
        command.args(["--dead", "U"]).env("U", value(2));
    });
    assert_eq!((run.status, proxy.asked().len()), (0, 2), "{}", run.stdout);
}

#[test]
fn a_certificate_must_be_valid_and_trusted_for_the_host() {
    for (host, is_expired, reason) in [
        ("other.example", false, "the certificate is another host's"),
        ("api.notion.com", true, "the certificate is expired"),
    ] {
        let world = World::new(host, is_expired);
        let proxy = Proxy::start(Some(world.notion.address()), None);
        let run = world.verify(&proxy.url(), |_| ());
        assert_eq!((run.status, proxy.asked().len()), (2, 1), "{}", run.stdout);
        assert!(run.stdout.contains(reason), "{}", run.stdout);
        assert!(world.notion.requests().is_empty());
    }
    let world = World::new("api.notion.com", false);
    world.sandbox.write("ca.pem", Authority::new().pem());
    let proxy = Proxy::start(Some(world.notion.address()), None);
    let run = world.verify(&proxy.url(), |_| ());
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(
        run.stdout.contains("not signed by an authority"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_environment_may_name_the_certificate_authority() {
    let world = World::new("api.notion.com", false);
    let proxy = Proxy::start(Some(world.notion.address()), None);
    let run = |variable: &str, file: &str| {
        let mut command = world.sandbox.ntnguard();
        command
            .args(["verify", "T", "--timeout=5s"])
            .env("T", value(1));
        command.env("HTTPS_PROXY", proxy.url()).env(variable, file);
        Run::of(command.output().unwrap())
    };
    assert_eq!(run("SSL_CERT_FILE", "ca.pem").status, 0);
    let system = run("NONE", "");
    assert_eq!(system.status, 2, "{}", system.stdout);
    world.sandbox.write("empty.pem", "");
    for file in ["none.pem", "empty.pem"] {
        let run = run("SSL_CERT_FILE", file);
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains(file), "{}", run.stderr);
    }
}

/// On Linux only: on other systems the system itself checks certificates, and a test must not empty its store.
#[cfg(target_os = "linux")]
#[test]
fn missing_system_certificates_are_reported() {
    let world = World::new("api.notion.com", false);
    let proxy = Proxy::start(Some(world.notion.address()), None);
    world.sandbox.write("certificates/.keep", "");
    let mut command = world.sandbox.ntnguard();
    command.args(["verify", "T", "--timeout=5s"]);
    command
        .env("T", value(1))
        .env("HTTPS_PROXY", proxy.url())
        .env("SSL_CERT_DIR", "certificates");
    let run = Run::of(command.output().unwrap());
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    for said in [
        "this system has no trusted certificates",
        "install ca-certificates, or name a file with --ca-file",
    ] {
        assert!(run.stdout.contains(said), "{}", run.stdout);
    }
    assert!(world.notion.requests().is_empty());
}

#[test]
fn a_proxy_password_is_sent_and_never_shown() {
    let world = World::new("api.notion.com", false);
    // user:p@ss
    let proxy = Proxy::start(Some(world.notion.address()), Some("dXNlcjpwQHNz"));
    let with = |login: &str| format!("http://{login}{}", proxy.address());
    let run = world.verify(&with("user:p%40ss@"), |_| ());
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    for login in ["", "user:word-of-mine@"] {
        let run = world.verify(&with(login), |command| {
            command.arg("--debug");
        });
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(
            run.stdout.contains("asks for a user and a password"),
            "{}",
            run.stdout
        );
        assert!(!(run.stdout + &run.stderr).contains("word-of-mine"));
    }
    assert_eq!(proxy.asked(), [CONNECT; 3]);
}

#[test]
fn a_failing_proxy_is_unknown_and_never_bypassed() {
    let world = World::new("api.notion.com", false);
    let proxy = Proxy::start(None, None);
    let run = world.verify(&proxy.url(), |_| ());
    assert_eq!(run.status, 2);
    assert!(
        run.stdout.contains("did not let the connection through"),
        "{}",
        run.stdout
    );
    let run = world.verify("http://127.0.0.1:1", |_| ());
    assert_eq!(run.status, 2);
    assert!(
        run.stdout.contains("the proxy could not be reached"),
        "{}",
        run.stdout
    );
    let run = world.verify("socks5://user:word-of-mine@127.0.0.1:1", |_| ());
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr
            .contains("HTTPS_PROXY does not name an HTTP proxy"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("word-of-mine"));
    assert!(world.notion.requests().is_empty());
}

#[test]
fn no_proxy_for_other_hosts_keeps_the_proxy() {
    let world = World::new("api.notion.com", false);
    let proxy = Proxy::start(Some(world.notion.address()), None);
    for list in [
        "example.com, other.example",
        "notion.example",
        "*.notion.com",
    ] {
        let run = world.verify(&proxy.url(), |command| {
            command.env("NO_PROXY", list);
        });
        assert_eq!(run.status, 0, "{list}: {}", run.stdout);
    }
    // No test names Notion in NO_PROXY, because the run would then connect to Notion. Unit tests cover that case.
    assert_eq!(proxy.asked(), [CONNECT; 3]);
}
