//! No output contains a secret: the tests put a secret into every channel of input, and search all output for it.

mod places;
mod sweep;

use std::fs;

use crate::fake::expand;
use crate::sandbox::{Run, Sandbox};

/// Asserts that no eight consecutive characters of the secret are in the output, apart from its prefix and its last four
/// characters.
fn assert_hidden(run: &Run, secret: &str, channel: &str) {
    let prefix = secret
        .rfind(':')
        .or(secret.find('_'))
        .map_or(0, |at| at + 1);
    let body = &secret[prefix..secret.len() - 4];
    for output in [&run.stdout, &run.stderr] {
        let shown = body
            .as_bytes()
            .windows(8)
            .map(String::from_utf8_lossy)
            .find(|part| output.contains(part.as_ref()));
        assert_eq!(shown, None, "{channel} shows part of the secret: {output}");
    }
}

fn secrets() -> Vec<String> {
    ["{ntn}", "{ntn:2}", "{secret}", "{nrt}", "{v02}", "{v03}"]
        .iter()
        .map(|kind| expand(kind, 9))
        .collect()
}

#[test]
fn content_is_masked_in_every_format() {
    for secret in secrets() {
        let sandbox = Sandbox::new();
        let half = secret.len() / 2;
        sandbox.write(
            "a",
            format!("x = '{secret}', twice '{secret}', 'x{secret}'\n"),
        );
        sandbox.write(
            "b",
            format!("'{}' +\n '{}'", &secret[..half], &secret[half..]),
        );
        sandbox.write(
            "c",
            format!("{}{secret}{}", "é".repeat(3000), "x".repeat(3000)),
        );
        // Each command with the text by which its report names the location. The location must be there, the secret must
        // not.
        for (arguments, place) in [
            (&["scan", "--format", "json"][..], "\"line\": 1,"),
            (&["scan"], "a:1:6"),
            (&["scan", "-v", "--min-confidence", "high"], "a:1:6"),
            (&["scan", "-q"], "a:1:6"),
            (&["scan", "--color", "always"], "a:1:6"),
            (&["scan", "--format", "concise"], "a:1:6"),
            (&["scan", "--format", "sarif"], "\"startLine\": 1"),
            (&["scan", "--format", "github"], "file=a,line=1,"),
            (&["scan", "--format", "gitlab"], "\"start_line\": 1"),
        ] {
            let run = sandbox.run(arguments);
            assert!(run.stdout.contains(place), "{arguments:?} {}", run.stdout);
            assert_hidden(&run, &secret, &format!("{arguments:?}"));
        }
        sandbox.run(["scan", "-o", "json=report.json", "-o", "human=report.txt"]);
        for file in ["report.json", "report.txt"] {
            let text = fs::read_to_string(sandbox.path().join(file)).unwrap();
            assert_hidden(
                &Run {
                    status: 1,
                    stdout: text,
                    stderr: String::new(),
                },
                &secret,
                file,
            );
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
        // The secret in the path of a tracked env file, in the path of a template, and in an ignore file that `--fix`
        // changes.
        sandbox
            .write(format!("dir-{secret}/.env"), "A=1")
            .write(format!("x-{secret}/.env.example"), "A=");
        sandbox.git(["add", "-f", &format!("dir-{secret}/.env")]);
        sandbox.write(".gitignore", format!("# {secret}\n!.env.{secret}\n"));
        for arguments in [
            &["scan"][..],
            &["scan", "--format", "json"],
            &["staged"],
            &["staged", "--format", "json"],
            &["scan", "--format", "sarif"],
            &["scan", "--format", "github"],
            &["scan", "--format", "gitlab"],
            &["env"],
            &["env", "--format", "json"],
            &["env", "--fix"],
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
            &["env", &secret],
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
            format!("version: 1\nenv: {{names: [\"{secret}*\"]}}\n"),
        ] {
            sandbox.write(".ntnguard.yaml", text);
            for command in ["scan", "staged", "env"] {
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
            for command in ["scan", "staged", "env"] {
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
fn secrets_in_env_files_are_masked() {
    for secret in secrets() {
        let sandbox = Sandbox::repository();
        let half = &secret[..secret.len() / 2];
        let text = format!(
            "NOTION_TOKEN={secret}\nNEXT_PUBLIC_NOTION_TOKEN='{secret}\nNOTION_KEY={half}\n{secret}=x\n{secret}\nexport {secret}\n\
             PASSWORD=\"{secret}\n{secret}\"\nVITE_{secret}=$NOTION_TOKEN\nNOTION_{secret}_TOKEN=y\n# {secret}\n"
        );
        sandbox
            .write(".env.example", &text)
            .write("a/.env.example", &text)
            .write("a/.env", "X=1");
        sandbox
            .write(".env", &text)
            .write("b/.env.production", &text)
            .write("c/.env.development", &text);
        sandbox.write(
            "compose.yml",
            format!("services:\n a:\n  env_file: {secret}\n"),
        );
        sandbox
            .write(".envrc", &text)
            .write(".gitignore", format!("{secret}\n!.env # {secret}\n"));
        sandbox.write(
            ".ntnguard.yaml",
            format!("version: 1\nenv: {{require: ['{secret}'], names: ['{secret}']}}\n"),
        );
        for arguments in [
            &["env"][..],
            &["env", "-v"],
            &["env", "--format", "json"],
            &["env", "--fix", "--dry-run"],
        ] {
            let run = sandbox.run(arguments);
            assert_eq!(run.status, 1, "{}", run.stderr);
            assert_hidden(&run, &secret, &format!("{arguments:?}"));
        }
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
