//! Encodings, archives, names and known values, through the real binary.

use crate::fake::{Fake, expand};
use crate::make::{base64, compressed, gzip, pax, tar_member, zip};
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

fn scan(sandbox: &Sandbox) -> Run {
    sandbox.run(["scan", "--format", "json"])
}

#[test]
fn an_encoded_secret_is_reported_with_position_and_layers() {
    let sandbox = Sandbox::new();
    let wide: Vec<u8> = format!("$t = '{}'", token(1))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    sandbox.write(
        "run.ps1",
        format!("# one\npowershell -EncodedCommand {}\n", base64(&wide)),
    );
    let auth = format!(
        "{{\"auth\": \"{}\"}}",
        base64(expand("{client-id}:{secret}", 2).as_bytes())
    );
    sandbox.write(
        "secret.yaml",
        format!(
            "kind: Secret\ndata:\n  .dockerconfigjson: {}\n",
            base64(auth.as_bytes())
        ),
    );
    let run = scan(&sandbox);
    let found: Vec<String> = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            format!(
                "{} {}:{} {} {}",
                f["rule"], f["path"], f["line"], f["encoding"], f["confidence"]
            )
        })
        .collect();
    let expected = [
        "integration-token run.ps1:2 [base64,utf-16] high",
        "oauth-client-secret secret.yaml:3 [base64,base64] medium",
    ];
    assert_eq!(
        found
            .iter()
            .map(|line| line.replace('"', ""))
            .collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn an_archive_is_opened_on_disk_in_the_index_and_in_a_stream() {
    let sandbox = Sandbox::repository();
    let inner = zip("b/c.txt", format!("x\n y={}\n", token(1)).as_bytes());
    let outer = gzip(&zip("lib/in.jar", &inner));
    sandbox.write("a.bin", &outer);
    let check = |run: &Run, path: &str| {
        let json = run.json();
        assert_eq!(
            json["findings"].as_array().unwrap().len(),
            1,
            "{}",
            run.stdout
        );
        let finding = &json["findings"][0];
        assert_eq!(finding["path"].as_str().unwrap_or("-"), path);
        assert_eq!(finding["member"], "lib/in.jar!b/c.txt");
        assert_eq!(
            (&finding["line"], &finding["column"], run.status),
            (&2.into(), &4.into(), 1)
        );
    };
    check(&scan(&sandbox), "a.bin");
    sandbox.git(["add", "a.bin"]);
    check(&sandbox.run(["staged", "--format", "json"]), "a.bin");
    check(
        &sandbox.run_with_input(["stdin", "--format", "json"], &outer),
        "-",
    );
    let shown = sandbox.run(["scan"]).stdout;
    assert!(shown.contains("a.bin!lib/in.jar!b/c.txt:2:4"), "{shown}");
}

#[test]
fn unreadable_archive_members_are_never_clean() {
    let sandbox = Sandbox::new();
    let whole = zip(
        "a.txt",
        b"nothing in here, but who knows that before it was read",
    );
    sandbox.write("cut.zip", &whole[..whole.len() - 30]);
    let mut encrypted = whole.clone();
    let central = whole
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    (encrypted[6], encrypted[central + 8]) = (1, 1);
    sandbox.write("encrypted.zip", encrypted);
    let mut unknown = whole.clone();
    (unknown[8], unknown[central + 10]) = (98, 98);
    sandbox.write("unknown.zip", unknown);
    sandbox.write("fine.zip", whole);
    let run = scan(&sandbox);
    let json = run.json();
    let skipped: Vec<String> = json["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| format!("{} {}", s["path"], s["reason"]))
        .collect();
    let expected = [
        "cut.zip corrupt",
        "encrypted.zip encrypted",
        "unknown.zip unsupported",
    ];
    assert_eq!(
        skipped
            .iter()
            .map(|line| line.replace('"', ""))
            .collect::<Vec<_>>(),
        expected
    );
    assert_eq!((run.status, &json["complete"]), (2, &false.into()));
    sandbox.write(".ntnguard.yaml", "version: 1\nlimits: {archive-depth: 0}\n");
    sandbox.git(["init", "-q", "."]);
    assert_eq!(
        scan(&sandbox).status,
        0,
        "who asks for no archives gets none"
    );
}

#[test]
fn a_name_is_reported_once_and_masked() {
    let sandbox = Sandbox::repository();
    let secret = token(1);
    for name in ["a", "b/c"] {
        sandbox.write(format!("x/{secret}/{name}"), "nothing");
    }
    sandbox
        .write(format!("{}.txt", token(2)), "nothing")
        .git(["add", "-A"]);
    for command in ["scan", "staged"] {
        let run = sandbox.run([command, "--format", "json"]);
        let json = run.json();
        let places: Vec<_> = json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| (f["where"].clone(), f["path"].clone()))
            .collect();
        let stars = "*".repeat(46);
        let expected = [format!("ntn_{stars}.txt"), format!("x/ntn_{stars}")];
        assert_eq!(
            places,
            expected.map(|path| ("path-name".into(), path.into())),
            "{command}"
        );
        assert!(!run.stdout.contains(&secret[20..]));
    }
}

#[test]
fn known_values_in_any_form_are_reported_by_variable() {
    let sandbox = Sandbox::repository();
    let password = expand("p&ss\"w/rd {a:10}", 7);
    sandbox.write(".gitignore", ".env\n").write(
        ".env",
        format!("DB_PASSWORD='{password}'\nPORT=1234\nAPI_KEY=short\n"),
    );
    sandbox.write(
        "a.json",
        format!(
            "{{\"p\": \"{}\"}}",
            password.replace('"', "\\\"").replace('/', "\\/")
        ),
    );
    let percent: String = password
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect();
    sandbox
        .write("b.url", format!("x\n?p={percent}&q"))
        .write("c.yaml", format!("data: {}\n", base64(password.as_bytes())));
    sandbox.write("d.txt", &password[..password.len() - 1]);
    let run = sandbox.run(["scan", "--format", "json", "--known", ".env"]);
    let json = run.json();
    let found: Vec<_> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["path"].as_str().unwrap())
        .collect();
    assert_eq!(found, ["a.json", "b.url", "c.yaml"]);
    assert!(
        json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|f| f["variable"] == "DB_PASSWORD" && f["rule"] == "known-secret")
    );
    assert!(
        run.stderr.contains("PORT (not secret by name)")
            && run.stderr.contains("API_KEY (under 12 bytes)"),
        "{}",
        run.stderr
    );
    assert!(
        ![&run.stdout, &run.stderr]
            .iter()
            .any(|text| text.contains(&password[8..]) || text.contains("short\""))
    );
    // The env file itself is reported as soon as git tracks it.
    let named = ["scan", ".env", "--format", "json", "--known", ".env"];
    assert_eq!(sandbox.run(named).status, 0);
    sandbox.git(["add", "-f", ".env"]);
    assert_eq!(sandbox.run(named).status, 1);
    assert!(
        sandbox
            .run(["staged", "--format", "json", "--known", ".env"])
            .stdout
            .contains("known-secret")
    );
}

#[test]
fn known_values_in_names_are_masked_in_any_encoding() {
    let sandbox = Sandbox::new();
    let password = expand("{a:20}", 9);
    let hex: String = password.bytes().map(|byte| format!("{byte:02x}")).collect();
    let forms = [password.clone(), hex, base64(password.as_bytes())];
    sandbox.write("known.env", format!("PASSWORD={password}\n"));
    for form in &forms {
        sandbox.write(format!("dir-{form}/file"), "x");
    }
    sandbox.write("a.zip", zip(&forms[1], b"x"));
    for format in ["human", "json"] {
        let run = sandbox.run(["scan", "--format", format, "--known", "known.env"]);
        assert_eq!(run.status, 1);
        assert!(
            !forms
                .iter()
                .any(|form| run.stdout.contains(&form[4..]) || run.stderr.contains(&form[4..])),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn an_env_file_without_usable_values_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write("empty.env", "PORT=1\nTOKEN=changeme-changeme\n");
    let run = sandbox.run(["scan", "--known", "empty.env"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("no value that could be looked for") && run.stderr.contains("TOKEN"),
        "{}",
        run.stderr
    );
    assert_eq!(sandbox.run(["scan", "--known", "none.env"]).status, 2);
}

#[test]
fn the_notes_about_an_env_file_show_no_value_in_place_of_a_name() {
    let sandbox = Sandbox::new();
    let value = expand("hZ7q{a:20}", 4);
    for line in [
        format!("{value}.x=1"),
        format!("KEY_{value}=1"),
        format!("my-{value}="),
        format!("{}_{}=", &value[..12], &value[12..]),
    ] {
        sandbox.write(
            "odd.env",
            format!("{line}\nAPI_KEY={}\n", expand("{a:24}", 5)),
        );
        let run = sandbox.run(["scan", "--known", "odd.env", "--exit-zero"]);
        assert!(
            !run.stderr.contains(&value[..10]) && !run.stderr.contains(&value[14..]),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn unicode_and_punctuated_known_values_are_found() {
    let json = |value: &str| {
        let unit = |unit: u16| {
            if unit < 128 {
                char::from(unit as u8).to_string()
            } else {
                format!("\\u{unit:04x}")
            }
        };
        value.encode_utf16().map(unit).collect::<String>()
    };
    let percent = |value: &str| {
        let written = |byte: u8| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        value.bytes().map(written).collect::<String>()
    };
    let wide = |value: &str| {
        value
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    for value in [
        "Z\u{fc}rich-stra\u{df}e-99-k\u{e4}se",
        "correct\u{1f434}horse7battery",
        "a:b:c:d:e:9:8:7",
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("k/known.env", format!("DB_PASSWORD='{value}'\n"));
        for n in 0..30 {
            sandbox.write(
                format!("f/p{n}"),
                format!("{} p={} ", "x".repeat(n), percent(value)),
            );
        }
        sandbox
            .write("f/json", format!("{{\"p\": \"{}\"}}", json(value)))
            .write("f/wide", wide(value));
        let run = sandbox.run(["scan", "f", "--format", "json", "--known", "k/known.env"]);
        assert_eq!(run.paths().len(), 32, "{value} {:?}", run.paths());
    }
}

#[test]
fn a_known_value_does_not_hide_one_with_the_same_start() {
    let sandbox = Sandbox::new();
    let start = expand("{a:12}", 6);
    sandbox.write(
        "k/known.env",
        format!(
            "A_PASSWORD={start}\nB_PASSWORD={start}7-{}\n",
            expand("{a:8}", 7)
        ),
    );
    let second = expand("{a:8}", 7);
    sandbox
        .write("f/both", format!("{start} {start}7-{second}"))
        .write(
            "f/hex",
            format!("{start}7-{second}")
                .bytes()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>(),
        );
    let run = sandbox.run(["scan", "f", "--format", "json", "--known", "k/known.env"]);
    let json = run.json();
    let found: Vec<_> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["variable"].as_str().unwrap())
        .collect();
    assert_eq!(found, ["A_PASSWORD", "B_PASSWORD", "B_PASSWORD"]);
}

#[test]
fn a_placeholder_in_a_member_does_not_hide_a_token_outside() {
    let sandbox = Sandbox::new();
    let mut archive = zip("a.txt", expand("T=ntn_{x:46}", 1).as_bytes());
    let comment = format!(" {} ", token(8));
    let length = archive.len();
    archive[length - 2..].copy_from_slice(&(comment.len() as u16).to_le_bytes());
    archive.extend(comment.as_bytes());
    sandbox.write("a.zip", archive);
    assert_eq!(scan(&sandbox).status, 1);
}

/// Archives with a token outside of their members: one archive for each possible position.
fn containers(token: &str) -> Vec<(&'static str, Vec<u8>)> {
    let tar = |parts: &[Vec<u8>]| {
        [
            parts.concat(),
            tar_member(b'0', "b", "", b"b"),
            vec![0; 1024],
        ]
        .concat()
    };
    let said = format!("x {token}");
    let with_pax = |flag: u8, key: &str| tar(&[tar_member(flag, "pax", "", &pax(key, &said))]);
    let mut commented = zip("a.txt", b"nothing");
    let length = commented.len();
    commented[length - 2..].copy_from_slice(&(said.len() as u16).to_le_bytes());
    commented.extend(said.bytes());
    let gzip_with = |flag: u8, text: &[u8]| {
        [
            &[0x1f, 0x8b, 8, flag, 0, 0, 0, 0, 0, 3],
            text,
            &gzip(b"x")[10..],
        ]
        .concat()
    };
    let extra = [&(said.len() as u16).to_le_bytes()[..], said.as_bytes()].concat();
    let frame = [
        &b"\x50\x2a\x4d\x18"[..],
        &(said.len() as u32).to_le_bytes(),
        said.as_bytes(),
    ]
    .concat();
    let zstd = compressed(b"x").pop().map(|(_, zstd)| zstd).unwrap();
    vec![
        ("a link's target", tar(&[tar_member(b'2', "a", &said, b"")])),
        (
            "a hard link's target",
            tar(&[tar_member(b'1', "a", &said, b"")]),
        ),
        (
            "a long target",
            tar(&[
                tar_member(b'K', "././@LongLink", "", said.as_bytes()),
                tar_member(b'2', "a", "", b""),
            ]),
        ),
        ("a pax record", with_pax(b'x', "comment")),
        ("an attribute", with_pax(b'x', "SCHILY.xattr.user.note")),
        ("a pax record for all", with_pax(b'g', "comment")),
        (
            "a folder's data",
            tar(&[tar_member(b'5', "a", "", said.as_bytes())]),
        ),
        ("a zip's comment", commented),
        (
            "a gzip's comment",
            gzip_with(16, &[said.as_bytes(), &[0]].concat()),
        ),
        ("a gzip's attributes", gzip_with(4, &extra)),
        ("a frame without content", [frame, zstd].concat()),
    ]
}

#[test]
fn tokens_outside_of_members_are_found_in_any_container() {
    let token = token(9);
    for (what, container) in containers(&token) {
        let sandbox = Sandbox::new();
        let mut expected = vec!["plain".to_owned(), "tar.gz".to_owned(), "zip".to_owned()];
        sandbox
            .write("plain", &container)
            .write("zip", zip("in", &container));
        let tar = [tar_member(b'0', "in", "", &container), vec![0; 1024]].concat();
        sandbox.write("tar.gz", &compressed(&tar)[0].1);
        for (extension, bytes) in compressed(&container) {
            sandbox.write(extension, bytes);
            expected.push(extension.to_owned());
        }
        expected.sort();
        let run = scan(&sandbox);
        assert_eq!(
            (run.paths(), run.status),
            (expected, 1),
            "{what}: {}",
            run.stdout
        );
        assert_eq!(
            (&run.json()["complete"], run.stdout.contains(&token[20..])),
            (&true.into(), false),
            "{what}"
        );
    }
}

#[test]
fn a_repeated_name_in_an_archive_is_reported_once() {
    let (sandbox, name) = (Sandbox::new(), format!("{}.txt", token(3)));
    let tar = [
        tar_member(b'x', "pax", "", &pax("path", &name)),
        tar_member(b'0', &name, "", b"x"),
        vec![0; 1024],
    ];
    sandbox
        .write("tar.gz", &compressed(&tar.concat())[0].1)
        .write("zip.gz", &compressed(&zip(&name, b"x"))[0].1);
    let run = scan(&sandbox);
    let places: Vec<_> = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["where"].clone())
        .collect();
    assert_eq!(
        (places, run.paths()),
        (
            vec!["path-name".into(); 2],
            vec!["tar.gz".to_owned(), "zip.gz".to_owned()]
        )
    );
}

/// An allowed token in a member does not hide another token elsewhere in the archive.
#[test]
fn a_token_in_a_member_does_not_hide_another_beside_the_members() {
    let sandbox = Sandbox::new();
    let (inside, beside) = (token(1), format!("x {} ", token(8)));
    let mut archive = zip("a.txt", format!("t = {inside}\n").as_bytes());
    let length = archive.len();
    archive[length - 2..].copy_from_slice(&(beside.len() as u16).to_le_bytes());
    archive.extend(beside.as_bytes());
    sandbox.write("a.zip", archive);
    let run = scan(&sandbox);
    assert_eq!(run.paths(), ["a.zip", "a.zip"], "{}", run.stdout);
    // A token at the end of a stored member is followed by bytes of the archive. It is still one finding.
    sandbox.write("a.zip", zip("a.txt", inside.as_bytes()));
    assert_eq!(scan(&sandbox).paths(), ["a.zip"]);
}
