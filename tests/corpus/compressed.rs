//! Compressed text in base64: releases of Helm, states in addresses, archives in scripts.

use std::io::Write as _;

use crate::encode::OPAQUE;
use crate::fake::Fake;
use crate::{layers_of, scan};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use ntnguard::detect::scanner::Scanner;
use ntnguard::model::blob::{Blob, Origin};
use ntnguard::model::secret::Secret;
use ntnguard::model::source_kind::SourceKind;
use ntnguard::model::vault::Vault;
use ntnguard::rules::RULES;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).expect("into memory");
    encoder.finish().expect("into memory")
}

/// A member of gzip with so many random bytes, which do not get shorter.
fn stored(length: usize) -> Vec<u8> {
    let mut fake = Fake::new(3);
    let bytes: Vec<u8> = (0..length).map(|_| fake.next() as u8).collect();
    gzip(&bytes)
}

fn zlib(text: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(text).expect("into memory");
    encoder.finish().expect("into memory")
}

fn encode(name: &str, bytes: &[u8]) -> Vec<u8> {
    let encoder = OPAQUE.iter().find(|encoder| encoder.name == name);
    (encoder.expect("there is one").encode)(bytes).bytes
}

/// A text of some length with a token in it.
fn text(fake: &mut Fake, token: &str) -> Vec<u8> {
    let length = 40 + fake.next() as usize % 60_000;
    let filler = fake.of(b"abcdefgh \n\"{}", length);
    let (before, after) = filler.split_at(length / 3);
    format!("{before} NOTION_TOKEN={token}\n{after}").into_bytes()
}

fn fingerprint(token: &str) -> String {
    let secret = Secret::new(token.as_bytes().to_vec(), 0);
    secret.fingerprint().to_string()
}

#[test]
fn compressed_text_in_base64_is_inflated() {
    let scanner = Scanner::new(RULES);
    for seed in 0..60 {
        let mut fake = Fake::new(500 + seed);
        let token = fake.ntn(seed as usize % 3);
        let text = text(&mut fake, &token);
        let packed = gzip(&text);
        for name in [
            "base64",
            "base64url unpadded",
            "base64 in lines of 76, CRLF",
            "base64 in indented lines",
        ] {
            let once = encode(name, &packed);
            for (before, after) in [
                ("state=", "&x"),
                ("data: ", "\n"),
                ("{\"a\":\"", "\"}"),
                ("\n", ""),
            ] {
                let file = [before.as_bytes(), &once, after.as_bytes()].concat();
                let found = scan(&scanner, &file);
                assert_eq!(found.len(), 1, "seed {seed} {name} {before}");
                let evidence = found[0].evidence.as_ref().expect("a credential");
                assert_eq!(
                    evidence.fingerprint.to_string(),
                    fingerprint(&token),
                    "seed {seed}"
                );
                assert_eq!(layers_of(&found[0]), ["deflate"]);
                let start = found[0].location.expect("a place").start.offset;
                assert_eq!(start, before.len(), "seed {seed} {name}");
            }
        }
    }
}

/// Some base64 digits are escaped in URLs, and others in JSON.
#[test]
fn escaped_digits_are_digits() {
    let scanner = Scanner::new(RULES);
    for seed in 0..40 {
        let mut fake = Fake::new(600 + seed);
        let token = fake.ntn(0);
        let text = text(&mut fake, &token);
        let digits = String::from_utf8(encode("base64", &gzip(&text))).expect("ASCII");
        let address = digits
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        let json = digits.replace('/', "\\/");
        for file in [
            format!("a%3D{address}%26b"),
            format!("{{\"a\": \"{json}\"}}"),
        ] {
            let found = scan(&scanner, file.as_bytes());
            assert_eq!(found.len(), 1, "seed {seed}");
            let evidence = found[0].evidence.as_ref().expect("a credential");
            assert_eq!(
                evidence.fingerprint.to_string(),
                fingerprint(&token),
                "seed {seed}"
            );
        }
    }
}

/// All members of a gzip stream are read, also gzip within gzip and the encodings in it.
#[test]
fn all_members_and_layers_of_compressed_text_are_read() {
    let scanner = Scanner::new(RULES);
    for seed in 0..20 {
        let mut fake = Fake::new(650 + seed);
        let token = fake.ntn(seed as usize % 3);
        let text = text(&mut fake, &token);
        let other = gzip(fake.of(b"abcdefgh \n", 3000).as_bytes());
        let escaped = format!(
            "{{\"a\": \"{}\\u{:04x}{}\"}}",
            &token[..20],
            token.as_bytes()[20],
            &token[21..]
        );
        for (number, packed) in [
            [&other[..], &gzip(&text)].concat(),
            [&other[..], &other, &gzip(&text)].concat(),
            gzip(&gzip(&text)),
            gzip(&gzip(&gzip(&text))),
            [gzip(b""), gzip(&text)].concat(),
            [gzip(b"hello\n"), gzip(b""), gzip(&gzip(&text))].concat(),
            [stored(740 + seed as usize), gzip(&text)].concat(),
            [stored(3_040 + seed as usize), gzip(&text)].concat(),
            gzip(escaped.as_bytes()),
        ]
        .into_iter()
        .enumerate()
        {
            let file = [b"state=", &encode("base64", &packed)[..], b"&x"].concat();
            let found = scan(&scanner, &file);
            assert_eq!(found.len(), 1, "seed {seed} {number}");
            let evidence = found[0].evidence.as_ref().expect("a credential");
            assert_eq!(
                evidence.fingerprint.to_string(),
                fingerprint(&token),
                "seed {seed}"
            );
        }
    }
}

/// A release that Helm stores in a Secret: JSON, compressed, and encoded twice in base64. The
/// manifests in it contain base64 again.
#[test]
fn a_release_of_helm_is_read() {
    let scanner = Scanner::new(RULES);
    for seed in 0..20 {
        let mut fake = Fake::new(700 + seed);
        let token = fake.ntn(1);
        let value = String::from_utf8(encode("base64", token.as_bytes())).expect("ASCII");
        let length = fake.next() as usize % 90_000;
        let json = format!(
            "{{\"name\":\"app\",\"manifest\":\"{}---\\napiVersion: v1\\nkind: Secret\\ndata:\\n  token: {value}\\n\"}}",
            fake.of(b"abcdefghijklmnop: ", length)
        );
        let release = encode("base64", &encode("base64", &gzip(json.as_bytes())));
        let file = [
            b"apiVersion: v1\ndata:\n  release: ",
            &release[..],
            b"\nkind: Secret\n",
        ]
        .concat();
        let found = scan(&scanner, &file);
        assert_eq!(found.len(), 1, "seed {seed}");
        let evidence = found[0].evidence.as_ref().expect("a credential");
        assert_eq!(
            evidence.fingerprint.to_string(),
            fingerprint(&token),
            "seed {seed}"
        );
    }
}

/// Text beyond a limit, or beyond the available part of a file, is reported. Damaged text is read
/// up to the damage.
#[test]
fn text_that_was_not_inflated_is_reported() {
    let scanner = Scanner::new(RULES);
    let mut fake = Fake::new(31);
    let token = fake.ntn(0);
    let filler = fake.of(b"abcdefgh \n", 20_000);
    let text = format!("{token}\n{filler}");
    let packed = encode("base64", &gzip(text.as_bytes()));
    let look = |bytes: &[u8]| {
        let blob = Blob::whole(&Origin::Stdin, bytes);
        let looked = scanner.look(&blob, SourceKind::Stdin, &Vault::default());
        (looked.findings.len(), looked.is_cut)
    };
    assert_eq!(look(&packed), (1, false));
    assert_eq!(look(&packed[..packed.len() / 2]), (1, true));
    let mut damaged = packed.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 8].fill(b'A');
    damaged.push(b'"');
    assert_eq!(look(&damaged).0, 1);
    let mut deep = gzip(text.as_bytes());
    for _ in 0..2 {
        deep = gzip(&encode("base64", &deep));
    }
    assert_eq!(look(&encode("base64", &deep)), (0, true));
    let bomb = [vec![b'a'; 100 << 20], token.into_bytes()].concat();
    assert_eq!(look(&encode("base64", &gzip(&bomb))), (0, true));
    let small = encode("base64", &gzip(&vec![b'a'; 1 << 20]));
    let many = [&small[..], b"\"\n"].concat().repeat(200);
    assert_eq!(look(&many), (0, true));
}

/// Text that only begins like compressed text gives no finding and is not reported.
#[test]
fn text_that_only_begins_like_gzip_is_ignored() {
    let scanner = Scanner::new(RULES);
    let mut fake = Fake::new(32);
    for opening in ["H4sI", "SDRzSU"] {
        for _ in 0..200 {
            let length = 50 + fake.next() as usize % 5000;
            let digits = fake.of(
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                length,
            );
            let text = format!("x = \"{opening}{digits}\"\n");
            let blob = Blob::whole(&Origin::Stdin, text.as_bytes());
            let looked = scanner.look(&blob, SourceKind::Stdin, &Vault::default());
            assert!(!looked.is_cut && looked.findings.is_empty(), "{opening}");
        }
    }
}

/// A stream of a PDF, whose strings may have spaces of a given width within a word. Pictures are
/// passed over.
#[test]
fn streams_of_a_pdf_are_read() {
    let scanner = Scanner::new(RULES);
    for seed in 0..20 {
        let mut fake = Fake::new(900 + seed);
        let token = fake.ntn(seed as usize % 3);
        let (first, second) = token.split_at(20);
        for shown in [
            format!("({token}) Tj"),
            format!("[({first})-12.5({second})] TJ"),
        ] {
            let content = format!(
                "BT /F1 12 Tf 72 720 Td (Notion) Tj {shown} ET\n{}",
                fake.of(b"0123456789 lm\n", 900)
            );
            let packed = zlib(content.as_bytes(), 6);
            let file = |about: &str| {
                let head = format!(
                    "%PDF-1.7\n4 0 obj\n<< {about}/Length {} /Filter /FlateDecode >>\nstream\r\n",
                    packed.len()
                );
                [head.as_bytes(), &packed, b"\nendstream\nendobj\n"].concat()
            };
            let found = scan(&scanner, &file(""));
            assert_eq!(found.len(), 1, "seed {seed}: {shown}");
            let evidence = found[0].evidence.as_ref().expect("a credential");
            assert_eq!(
                evidence.fingerprint.to_string(),
                fingerprint(&token),
                "seed {seed}"
            );
            assert_eq!(
                scan(&scanner, &file("/Subtype /Image ")).len(),
                0,
                "seed {seed}"
            );
        }
    }
}
