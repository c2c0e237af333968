//! Reports and configurations, checked with the schemas that other programs use for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fake::{Fake, expand};
use crate::sandbox::Sandbox;
use crate::tools;

/// Whether `document` is valid under `schema`, and what is wrong with it.
fn validate(schema: &Path, document: &Path) -> Result<(), String> {
    let python = tools::python(
        "schemas",
        &["jsonschema[format-nongpl]==4.23.0", "PyYAML==6.0.2"],
    );
    let script = "
import json, sys, yaml, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.validators.validator_for(schema).check_schema(schema)
kind = jsonschema.validators.validator_for(schema)
document = yaml.load(open(sys.argv[2]), yaml.BaseLoader) if sys.argv[2].endswith('.yaml') else json.load(open(sys.argv[2]))
if sys.argv[2].endswith('.yaml'): document['version'] = int(document['version'])
errors = list(kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(document))
for error in errors[:5]: print('/'.join(map(str, error.absolute_path)), error.message[:300])
sys.exit(bool(errors))
";
    let output = Command::new(python)
        .args(["-c", script])
        .args([schema, document])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(())
    } else {
        Err(said)
    }
}

/// Everything that a report may hold: each verdict, skips, warnings, members, names, a link, odd paths.
fn everything() -> Sandbox {
    let token = |seed| Fake::new(seed).ntn(0);
    let sandbox = Sandbox::repository();
    sandbox.git([
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        &format!("use {}", token(6)),
    ]);
    sandbox.git(["tag", "-a", "v1", "-m", &format!("see {}", token(7))]);
    sandbox.git(["branch", &format!("try-{}", token(8))]);
    sandbox.write("src/\u{1f511} a.ts", format!("const t = '{}'\n", token(1)));
    sandbox
        .write("medium", expand("{secret}", 1))
        .write("low", expand("ntn_{x:46}", 1));
    sandbox.write(
        "allowed.py",
        format!("t = '{}' # ntnguard: allow made up\n", token(2)),
    );
    sandbox
        .write("large", "x".repeat(3000))
        .write(format!("name-{}", token(3)), "x");
    sandbox
        .write(".env", "A=1\n")
        .write("cut.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03cut");
    #[cfg(unix)]
    {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        std::os::unix::fs::symlink(token(4), sandbox.path().join("link")).unwrap();
        for name in [
            &b"a:b c%41\n\xff"[..],
            b"::error::x",
            "\u{202e}</script>".as_bytes(),
        ] {
            let name = name
                .iter()
                .map(|byte| if *byte == b'/' { b'|' } else { *byte })
                .collect::<Vec<_>>();
            sandbox.write(OsStr::from_bytes(&name), token(5));
        }
    }
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nlimits: {max-file-size: 1k}\nallow:\n- {paths: [gone], reason: y}\n- {paths: [a], reason: z, expires: 2020-01-01}\n",
    );
    sandbox.git(["add", "-A", "-f"]);
    sandbox
}

/// The report of each command in a format, in files.
fn reports(sandbox: &Sandbox, format: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for command in ["scan", "staged", "history"] {
        let file = sandbox
            .path()
            .join(".git")
            .join(format!("{command}-{format}.json"));
        let run = sandbox.run([command, "--format", format, "-o", file.to_str().unwrap()]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        files.push(file);
    }
    files
}

#[test]
#[ignore = "installs packages"]
fn sarif_is_valid_under_the_official_schema() {
    let schema =
        tools::npm("@microsoft/jest-sarif@1.0.0-beta.0").join("lib/schemas/sarif-2.1.0-rtm.5.json");
    let sandbox = everything();
    for file in reports(&sandbox, "sarif") {
        validate(&schema, &file).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let results = report["runs"][0]["results"].as_array().unwrap();
        let place = |result: &serde_json::Value| result["locations"][0]["physicalLocation"].clone();
        let is_placed = |place: serde_json::Value| {
            place["artifactLocation"]["uri"].is_string() && place["region"]["startLine"].is_u64()
        };
        assert!(
            !results.is_empty() && results.iter().all(|result| is_placed(place(result))),
            "{results:#?}"
        );
    }
    let broken = sandbox.path().join(".git/broken.json");
    fs::write(
        &broken,
        fs::read_to_string(&reports(&sandbox, "sarif")[0])
            .unwrap()
            .replace("\"ruleId\"", "\"rule\""),
    )
    .unwrap();
    assert!(validate(&schema, &broken).is_err(), "the check can fail");
}

#[test]
#[ignore = "installs packages"]
fn gitlab_reports_are_valid_under_the_schema() {
    let schema =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ecosystem/gitlab-15.schema.json");
    for file in reports(&everything(), "gitlab") {
        validate(&schema, &file).unwrap();
    }
}

/// The configuration in docs/configuration.md, and those that ntnguard prints, are valid under the
/// schema for editors. Invalid ones are refused.
#[test]
#[ignore = "installs packages"]
fn configurations_are_valid_under_the_schema_for_editors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = root.join("docs/ntnguard.schema.json");
    let sandbox = Sandbox::repository();
    let page = fs::read_to_string(root.join("docs/configuration.md")).unwrap();
    let mut blocks = page.split("```yaml\n");
    let example = blocks
        .find(|block| block.starts_with("# yaml-language-server"))
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let example = example.replace("v1:3f9a…", &format!("v1:{}", "3f".repeat(16)));
    let file = sandbox.path().join(".ntnguard.yaml");
    fs::write(&file, &example).unwrap();
    assert_eq!(
        sandbox.run(["scan", "--allow-incomplete"]).status,
        0,
        "ntnguard reads it"
    );
    for wrong in [
        "version: 2",
        "versoin: 1",
        "version: 1\nallow: [{reason: x}]",
        "version: 1\nrules: {no-rule: {}}",
    ] {
        fs::write(&file, wrong).unwrap();
        assert!(validate(&schema, &file).is_err(), "{wrong}");
        assert_eq!(
            sandbox.run(["scan"]).status,
            2,
            "ntnguard refuses it too: {wrong}"
        );
    }
    // The validator's YAML takes all values for texts, so what is a number or a boolean is left out.
    let is_text = |line: &&str| {
        let others = ["depth:", "trust-changes:", "agents:", "allow-env-read:"];
        !others.iter().any(|name| line.contains(name))
    };
    let texts: Vec<_> = example.lines().filter(is_text).collect();
    fs::write(&file, texts.join("\n")).unwrap();
    validate(&schema, &file).unwrap();
}
