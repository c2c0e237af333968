//! `ntnguard env --fix`: it adds the missing lines to ignore files, and no more.

use std::fs;

use super::{audit, covered};
use crate::sandbox::Sandbox;

#[test]
fn a_fix_adds_the_fewest_lines_and_keeps_all_others() {
    let fixed = |before: &[u8]| {
        let sandbox = Sandbox::repository();
        sandbox.write(".gitignore", before);
        let dry = sandbox.run(["env", "--fix", "--dry-run"]);
        assert_eq!(
            fs::read(sandbox.path().join(".gitignore")).unwrap(),
            before,
            "a dry run writes nothing"
        );
        let run = sandbox.run(["env", "--fix"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let diff = dry
            .stdout
            .split("\n\u{26a0}")
            .next()
            .unwrap()
            .split("\nenv-")
            .next()
            .unwrap();
        assert!(
            run.stdout.starts_with(diff.trim_end()),
            "{diff}\n{}",
            run.stdout
        );
        fs::read(sandbox.path().join(".gitignore")).unwrap()
    };
    let all = ".env\n.env.*\n!.env.example\n!.env.*.example\n!.env.sample\n!.env.template\n!.env.dist\n\
               !.env.defaults\n!.env.schema\n!.env.vault\n!.env.encrypted\n!.env.x\n!.env.project\n";
    let block = |text: &str, lines: &str| {
        format!(
            "{text}# ntnguard env: files that hold secrets, and templates that do not\n{lines}# end of ntnguard env\n"
        )
    };
    assert_eq!(fixed(b""), block("", all).as_bytes());
    assert_eq!(fixed(b"x"), block("x\n\n", all).as_bytes());
    assert_eq!(
        fixed(b"x\r\ny\r\n"),
        block("x\ny\n\n", all).replace('\n', "\r\n").as_bytes()
    );
    let but_one = all.replace(".env.*\n", ".env.*\n!.env.staging\n");
    assert_eq!(
        fixed(but_one.as_bytes()),
        block(&format!("{but_one}\n"), ".env.staging\n").as_bytes()
    );
    let no_local = all
        .replace(".env.*\n", ".env.*\n!.env.*.local\n")
        .replace("!.env.sample\n", "");
    let lines = ".env.*.local\n!.env.sample\n";
    assert_eq!(
        fixed(no_local.as_bytes()),
        block(&format!("{no_local}\n"), lines).as_bytes()
    );
}

#[test]
fn a_fix_reports_files_that_it_cannot_change() {
    let refused = |sandbox: &Sandbox, says: &str| {
        for arguments in [&["env", "--fix"][..], &["env", "--fix", "--dry-run"]] {
            let run = sandbox.run(arguments);
            assert_eq!(run.status, 2, "{says}: {}", run.stdout);
            assert!(run.stderr.contains(says), "{says}: {}", run.stderr);
        }
    };
    let sandbox = Sandbox::new();
    refused(&sandbox, "no git repository");
    sandbox.git(["init", "-q", "--bare", "."]);
    refused(&sandbox, "bare");
    let sandbox = Sandbox::repository();
    sandbox.write(
        ".gitignore",
        [b"\xff\xfe".as_slice(), b".\0e\0n\0v\0\n\0"].concat(),
    );
    refused(&sandbox, "UTF-16");
    assert!(
        sandbox
            .run(["env"])
            .stdout
            .contains("UTF-16, which git cannot read")
    );
    sandbox.write(".gitignore", "x\n");
    let path = sandbox.path().join(".gitignore");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    refused(&sandbox, "read-only");
    assert_eq!(fs::read(&path).unwrap(), b"x\n");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused(&sandbox, "folder");
    assert_eq!(
        sandbox.run(["env", "--dry-run"]).status,
        2,
        "nothing to be dry about"
    );
    assert_eq!(sandbox.run(["env", "missing"]).status, 2);
    assert_eq!(sandbox.run(["env", ".git/HEAD"]).status, 2);
}

#[test]
fn a_sparse_ignore_file_counts_and_is_not_overwritten() {
    let sandbox = covered();
    sandbox
        .write("a/package.json", "{}")
        .write("b/x", "x")
        .commit_all("x");
    sandbox.git(["sparse-checkout", "set", "--no-cone", "/a/"]);
    assert!(!sandbox.path().join(".gitignore").exists());
    assert_eq!(audit(&sandbox).status, 0);
    sandbox
        .write("a/.gitignore", "!.env\n")
        .write("compose.yml", "services:\n a:\n  env_file: x.conf\n");
    let run = sandbox.run(["env", "--fix"]);
    assert!(
        run.status == 2 && run.stderr.contains("sparse checkout"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    assert!(!sandbox.path().join(".gitignore").exists());
}
