//! No secret reaches any output: one is fed through every channel, and everything that comes out is searched.

use std::fs;

use crate::fake::expand;
use crate::sandbox::{Run, Sandbox};

/// Any eight characters of a secret's body, but for the last four of it, give it away.
fn assert_hidden(run: &Run, secret: &str, channel: &str) {
    let prefix = secret.rfind(':').or(secret.find('_')).map_or(0, |at| at + 1);
    let body = &secret[prefix..secret.len() - 4];
    for output in [&run.stdout, &run.stderr] {
        let shown = body.as_bytes().windows(8).map(String::from_utf8_lossy).find(|part| output.contains(part.as_ref()));
        assert_eq!(shown, None, "{channel} shows part of the secret: {output}");
    }
}

fn secrets() -> Vec<String> {
    ["{ntn}", "{ntn:2}", "{secret}", "{nrt}", "{v02}", "{v03}"].iter().map(|kind| expand(kind, 9)).collect()
}

#[test]
fn content_is_masked_in_every_format() {
    for secret in secrets() {
        let sandbox = Sandbox::new();
        let half = secret.len() / 2;
        sandbox.write("a", format!("x = '{secret}', twice '{secret}', 'x{secret}'\n"));
        sandbox.write("b", format!("'{}' +\n '{}'", &secret[..half], &secret[half..]));
        sandbox.write("c", format!("{}{secret}{}", "é".repeat(3000), "x".repeat(3000)));
        for arguments in [
            &["scan", "--format", "json"][..],
            &["scan"],
            &["scan", "-v", "--min-confidence", "high"],
            &["scan", "-q"],
            &["scan", "--color", "always"],
            &["scan", "--format", "sarif"],
            &["scan", "--format", "github"],
            &["scan", "--format", "gitlab"],
        ] {
            let run = sandbox.run(arguments);
            assert!(run.stdout.contains("a:1:6") || arguments.len() > 2, "{}", run.stdout);
            assert_hidden(&run, &secret, &format!("{arguments:?}"));
        }
        sandbox.run(["scan", "-o", "json=report.json", "-o", "human=report.txt"]);
        for file in ["report.json", "report.txt"] {
            let text = fs::read_to_string(sandbox.path().join(file)).unwrap();
            assert_hidden(&Run { status: 1, stdout: text, stderr: String::new() }, &secret, file);
        }
    }
}

#[cfg(unix)]
#[test]
fn names_and_link_targets_are_masked() {
    // A file name has at most 255 bytes.
    for secret in secrets().into_iter().filter(|secret| secret.len() < 240) {
        let sandbox = Sandbox::repository();
        sandbox.write(format!("dir-{secret}/file-{secret}"), format!("x {secret}"));
        std::os::unix::fs::symlink(&secret, sandbox.path().join(format!("link-{secret}"))).unwrap();
        sandbox.git(["add", "-A"]);
        for arguments in [
            &["scan"][..],
            &["scan", "--format", "json"],
            &["staged"],
            &["staged", "--format", "json"],
            &["scan", "--format", "sarif"],
            &["scan", "--format", "github"],
            &["scan", "--format", "gitlab"],
        ] {
            let run = sandbox.run(arguments);
            assert_eq!(run.status, 1);
            assert_hidden(&run, &secret, &format!("{arguments:?}"));
        }
    }
}

#[test]
fn arguments_are_masked_in_errors() {
    for secret in secrets() {
        let sandbox = Sandbox::repository();
        let flag = format!("--{secret}");
        let file = format!("{secret}/x");
        for arguments in [
            &[secret.as_str()][..],
            &["scan", &secret],
            &["scan", &flag],
            &["scan", "--format", &secret],
            &["rules", &secret],
            &["scan", "--config", &secret],
            &["scan", "-o", &file],
            &["scan", "--min-confidence", &secret],
            &["staged", &secret],
            &["completions", &secret],
            &["scan", "-j", &secret],
            &["scan", "--color", &secret],
        ] {
            let run = sandbox.run(arguments);
            assert_eq!(run.status, 2, "{arguments:?} {}", run.stdout);
            assert_hidden(&run, &secret, &format!("{arguments:?}"));
        }
    }
}

#[test]
fn configuration_and_repository_errors_are_masked() {
    for secret in secrets() {
        let sandbox = Sandbox::repository();
        for text in [
            format!("version: 1\n\"{secret}\": x\n"),
            format!("version: \"{secret}\"\n"),
            format!("- [\"{secret}\"\n"),
            format!("version: 1\nlimits: {{max-file-size: \"{secret}\"}}\n"),
            format!("version: 1\nenv: {{committed: [{{path: \"{secret}{{\", reason: x}}]}}\n"),
            format!("version: 1\nallow: [{{fingerprint: \"{secret}\", reason: x}}]\n"),
            format!("version: 1\nrules: {{\"{secret}\": {{}}}}\n"),
        ] {
            sandbox.write(".ntnguard.yaml", text);
            for command in ["scan", "staged"] {
                let run = sandbox.run([command]);
                assert_eq!(run.status, 2);
                assert_hidden(&run, &secret, "configuration");
            }
        }
        fs::remove_file(sandbox.path().join(".ntnguard.yaml")).unwrap();
        let git_config = fs::read_to_string(sandbox.path().join(".git/config")).unwrap();
        for (file, text) in [
            (".git/HEAD", format!("ref: refs/heads/{secret}..\n")),
            (".git/HEAD", format!("{secret}\n")),
            (".git/config", format!("[core\n {secret}")),
            (".git/index", secret.clone()),
        ] {
            let before = fs::read(sandbox.path().join(file)).ok();
            sandbox.write(file, text);
            for command in ["scan", "staged"] {
                assert_hidden(&sandbox.run([command]), &secret, file);
            }
            match before {
                Some(text) => _ = sandbox.write(file, text),
                None => fs::remove_file(sandbox.path().join(file)).unwrap(),
            }
        }
        sandbox.write(".git/config", git_config);
    }
}

#[test]
fn the_reasons_of_suppressions_are_masked() {
    for secret in secrets() {
        let sandbox = Sandbox::repository();
        sandbox.write(".env", "A=1");
        sandbox.git(["add", ".env"]);
        sandbox.write(
            ".ntnguard.yaml",
            format!("version: 1\nenv: {{committed: [{{path: .env, reason: 'was {secret}'}}]}}\n"),
        );
        for arguments in [&["staged", "-v"][..], &["staged", "--format", "json"]] {
            let run = sandbox.run(arguments);
            assert_eq!(run.status, 0);
            assert_hidden(&run, &secret, "a reason");
        }
    }
}
