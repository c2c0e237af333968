//! No command connects to a server, except for the commands and flags that exist for it.

use super::value;
use crate::notion::proxy::Proxy;
use crate::sandbox::{Run, Sandbox};

#[test]
fn no_other_command_makes_a_connection() {
    let proxy = Proxy::start(None, None);
    let sandbox = Sandbox::repository();
    sandbox.write(".env", format!("NOTION_TOKEN={}\n", value(1)));
    sandbox.write("a.ts", format!("const token = '{}'\n", value(2)));
    sandbox.commit_all("first");
    for arguments in [
        "scan",
        "staged",
        "range HEAD",
        "history",
        "stdin",
        "env",
        "ci",
        "hook install",
        "hook status",
        "hook run pre-commit",
        "hook uninstall",
        "rules",
        "rules integration-token",
        "baseline",
        "config",
        "completions bash",
        "man",
        "--version",
        "--help",
        "verify",
        "verify --help",
        "verify NO_SUCH_TOKEN",
        "preflight",
        "preflight --help",
        "rotation",
        "rotation --record",
        "webhook --help",
        "access NO_SUCH_TOKEN",
        "access --help",
    ] {
        let mut command = sandbox.ntnguard();
        command
            .args(arguments.split(' '))
            .env("NOTION_TOKEN", value(1));
        for name in [
            "HTTPS_PROXY",
            "HTTP_PROXY",
            "ALL_PROXY",
            "https_proxy",
            "all_proxy",
        ] {
            command.env(name, proxy.url());
        }
        let run = Run::of(command.output().unwrap());
        assert!(proxy.asked().is_empty(), "{arguments}: {}", run.stderr);
    }
}
