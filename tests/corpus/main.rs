//! Every hiding place: secrets of each kind, in each stack of encodings, between all kinds of
//! neighbours, and texts that only resemble a secret. All are generated from a seed on each run.
#![allow(missing_docs)]

mod code;
mod compressed;
mod encode;
#[path = "../it/fake.rs"]
mod fake;
mod requests;

use encode::{Encoder, OPAQUE, TRANSPARENT};
use fake::Fake;
use ntnguard::detect::scanner::Scanner;
use ntnguard::model::blob::{Blob, Origin};
use ntnguard::model::finding::Finding;
use ntnguard::model::rule::Confidence;
use ntnguard::model::secret::Secret;
use ntnguard::policy::Policy;
use ntnguard::rules::RULES;
use ntnguard::source::Limits;
use ntnguard::source::stdin::Stdin;

/// A secret somewhere in some bytes.
struct Case {
    bytes: Vec<u8>,
    secret: String,
    /// The offset of the first byte that holds some of the secret.
    at: usize,
    layers: Vec<&'static str>,
    story: String,
}

/// What may stand right before and right after a value, at every level.
const BORDERS: &[(&str, &str)] = &[
    ("", ""),
    ("NOTION_TOKEN=", "\n"),
    ("a: 1\nauth: ", "\nb: 2\n"),
    ("{\"token\":\"", "\"}"),
    ("headers = { 'Authorization': 'Bearer ", "' }"),
    ("\u{0}\u{1}", "\u{0}"),
    ("<value>", "</value>"),
    ("é日本 (", "), ok"),
];

fn secret(fake: &mut Fake) -> String {
    match fake.next() % 4 {
        0 => fake::expand("{nrt}", u64::from(fake.next())),
        1 => fake::expand("{v02}", u64::from(fake.next())),
        letters => fake.ntn(letters as usize - 2),
    }
}

/// Two wide encodings in a row are as good as one that is wider, or wider than any that there is.
fn is_wide(id: &str) -> bool {
    id.starts_with("utf")
}

/// How long an encoded secret may be: what is decoded around a place is twelve kilobytes.
const LONGEST: usize = 8 * 1024;

impl Case {
    fn plain(fake: &mut Fake) -> Case {
        // Chance makes what looks like a placeholder, now and then.
        let secret = std::iter::repeat_with(|| secret(fake))
            .find(|secret| !secret.contains("xxx"))
            .unwrap_or_default();
        Case {
            bytes: secret.clone().into_bytes(),
            secret,
            at: 0,
            layers: Vec::new(),
            story: String::new(),
        }
    }

    fn between(mut self, before: &[u8], after: &[u8]) -> Case {
        self.at += before.len();
        self.bytes = [before, &self.bytes, after].concat();
        self
    }

    fn bordered(self, fake: &mut Fake) -> Case {
        let (before, after) = BORDERS[fake.next() as usize % BORDERS.len()];
        let Case {
            bytes,
            secret,
            at,
            layers,
            story,
        } = self.between(before.as_bytes(), after.as_bytes());
        Case {
            bytes,
            secret,
            at,
            layers,
            story: format!("{story} [{}]", before.escape_debug()),
        }
    }

    fn encoded(mut self, encoder: &Encoder) -> Case {
        let encoded = (encoder.encode)(&self.bytes);
        self.at = encoded.at[self.at];
        self.bytes = encoded.bytes;
        self.layers.insert(0, encoder.id);
        self.story += &format!(" {}", encoder.name);
        self
    }

    /// In the midst of other bytes, but for a delimiter on each side.
    fn surrounded(self, fake: &mut Fake) -> Case {
        let mut noise = || {
            let length = fake.next() as usize % 5000;
            match fake.next() % 3 {
                0 => (0..length).map(|_| fake.next() as u8).collect::<Vec<u8>>(),
                1 => fake
                    .of(b"abcdefghijk lmnop\n= {}\"'/-_", length)
                    .into_bytes(),
                _ => fake
                    .of(
                        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
                        length,
                    )
                    .into_bytes(),
            }
        };
        let (before, after) = (noise(), noise());
        let quotes: &[&[u8]] = &[
            b"\"", b"'", b" ", b"\n", b",", b"(", b"<", b"|", b"\t", b"`", b"=", b":", b"]", b"}",
            b"\0", b"\r\n",
        ];
        let quote = quotes[fake.next() as usize % quotes.len()];
        // Behind a line break, base64 without padding would go on.
        let end: &[u8] = if quote.ends_with(b"\n") { b"." } else { b"" };
        self.between(&[&before, quote].concat(), &[quote, end, &after].concat())
    }

    /// What is wrong, unless the secret is found, once, where it is.
    fn fault(&self, scanner: &Scanner, exact_layers: bool) -> Option<String> {
        let found = scan(scanner, &self.bytes);
        let secret = Secret::new(self.secret.clone().into_bytes(), 0);
        let line = 1 + self.bytes[..self.at]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let layers = if exact_layers {
            self.layers.clone()
        } else {
            found.first().map(layers_of).unwrap_or_default()
        };
        let expected = (
            secret.fingerprint(),
            Confidence::High,
            self.at,
            line,
            layers,
        );
        let found: Vec<_> = found
            .iter()
            .map(|finding| {
                let fingerprint = finding
                    .evidence
                    .as_ref()
                    .expect("a credential")
                    .fingerprint
                    .clone();
                let start = finding.location.expect("a place").start;
                (
                    fingerprint,
                    finding.confidence,
                    start.offset,
                    start.line,
                    layers_of(finding),
                )
            })
            .collect();
        let end = self.bytes.len().min(self.at + 400);
        let shown = self.bytes[self.at.saturating_sub(40)..end].escape_ascii();
        (found != [expected.clone()]).then(|| {
            format!(
                "{}\n  found {found:?}\n  not   {expected:?}\n  {shown}",
                self.story
            )
        })
    }
}

/// Panics unless every case is found as it should be.
fn check(cases: impl Iterator<Item = (Case, bool)>) {
    let scanner = Scanner::new(RULES);
    let faults: Vec<String> = cases
        .filter_map(|(case, exact_layers)| case.fault(&scanner, exact_layers))
        .collect();
    assert!(
        faults.is_empty(),
        "{} cases, such as {}",
        faults.len(),
        faults[..faults.len().min(5)].join("\n")
    );
}

fn layers_of(finding: &Finding) -> Vec<&'static str> {
    finding
        .encodings
        .iter()
        .map(|encoding| encoding.id())
        .collect()
}

/// What is found at medium or above.
fn scan(scanner: &Scanner, bytes: &[u8]) -> Vec<Finding> {
    let found = scanner.scan(&Blob::whole(&Origin::Stdin, bytes));
    assert!(
        found.is_empty() || scanner.prefilter().may_hold(bytes),
        "{}",
        bytes.escape_ascii()
    );
    found
        .into_iter()
        .filter(|finding| finding.confidence >= Confidence::Medium)
        .collect()
}

fn pick<'a>(fake: &mut Fake, encoders: &'a [Encoder]) -> &'a Encoder {
    &encoders[fake.next() as usize % encoders.len()]
}

#[test]
fn each_encoding_is_found_between_all_neighbours() {
    check((0..40).flat_map(|seed| {
        let mut fake = Fake::new(seed);
        let mut cases = Vec::new();
        for (before, after) in BORDERS {
            for encoder in OPAQUE {
                let case = Case::plain(&mut fake)
                    .between(before.as_bytes(), after.as_bytes())
                    .encoded(encoder);
                cases.push((case.surrounded(&mut fake), true));
            }
            for encoder in TRANSPARENT {
                let case = Case::plain(&mut fake)
                    .between(before.as_bytes(), after.as_bytes())
                    .encoded(encoder);
                cases.push((case.surrounded(&mut fake), false));
            }
        }
        cases
    }));
}

#[test]
fn every_pair_of_encodings_is_decoded() {
    check((0..3).flat_map(|seed| {
        let mut fake = Fake::new(100 + seed);
        let mut cases = Vec::new();
        for inner in OPAQUE {
            for (outer, exact) in OPAQUE
                .iter()
                .map(|outer| (outer, true))
                .chain(TRANSPARENT.iter().map(|outer| (outer, false)))
            {
                let case = Case::plain(&mut fake)
                    .bordered(&mut fake)
                    .encoded(inner)
                    .bordered(&mut fake)
                    .encoded(outer);
                let torn = is_wide(inner.id) && !exact;
                if !(is_wide(inner.id) && is_wide(outer.id) || torn) {
                    cases.push((case.surrounded(&mut fake), exact));
                }
            }
        }
        cases
    }));
}

#[test]
fn stacks_of_three_encodings_are_decoded() {
    let stacks = (0..3000).map(|seed| {
        let mut fake = Fake::new(1000 + seed);
        let mut case = Case::plain(&mut fake);
        for _ in 0..3 {
            let encoder = pick(&mut fake, OPAQUE);
            case = case.bordered(&mut fake).encoded(encoder);
        }
        (case, fake)
    });
    let usual = stacks.filter(|(case, _)| {
        case.bytes.len() < LONGEST
            && !case
                .layers
                .windows(2)
                .any(|two| is_wide(two[0]) && is_wide(two[1]))
    });
    check(usual.map(|(case, mut fake)| (case.surrounded(&mut fake), true)));
}

/// Many secrets in one text, each in its own encoding. None hides another.
#[test]
fn many_secrets_in_one_text_are_found() {
    let scanner = Scanner::new(RULES);
    for seed in 0..40 {
        let mut fake = Fake::new(9000 + seed);
        let (mut text, mut expected) = (Vec::new(), Vec::new());
        for _ in 0..60 {
            let (inner, outer) = (pick(&mut fake, OPAQUE), pick(&mut fake, OPAQUE));
            let case = Case::plain(&mut fake).bordered(&mut fake).encoded(inner);
            let nested = fake.next().is_multiple_of(2) && !(is_wide(inner.id) && is_wide(outer.id));
            let case = if nested { case.encoded(outer) } else { case };
            expected.push(
                Secret::new(case.secret.into_bytes(), 0)
                    .fingerprint()
                    .to_string(),
            );
            text.extend(b"\nvalue: \"");
            text.extend(case.bytes);
            text.extend(b"\"");
        }
        let found = scan(&scanner, &text);
        let found: Vec<String> = found
            .iter()
            .map(|found| {
                found
                    .evidence
                    .as_ref()
                    .expect("a credential")
                    .fingerprint
                    .to_string()
            })
            .collect();
        assert_eq!(found, expected, "seed {seed}");
    }
}

/// A stream is scanned in parts. The positions of the cuts do not change the result.
#[test]
fn cuts_in_a_stream_change_nothing() {
    let mut fake = Fake::new(12);
    let (mut text, mut expected) = (Vec::new(), Vec::new());
    while text.len() < 6 << 20 {
        let (inner, outer) = (pick(&mut fake, OPAQUE), pick(&mut fake, OPAQUE));
        let case = Case::plain(&mut fake).bordered(&mut fake).encoded(inner);
        let nested = !(is_wide(inner.id) && is_wide(outer.id)) && fake.next().is_multiple_of(2);
        let case = if nested { case.encoded(outer) } else { case };
        let length = 3000 + fake.next() as usize % 3000;
        let line = fake.of(b"abcdefghijk lmnop\n= {}\"'/-_", length);
        text.extend(line.as_bytes());
        text.extend(b"\n\"");
        let fingerprint = Secret::new(case.secret.into_bytes(), 0)
            .fingerprint()
            .to_string();
        expected.push((fingerprint, text.len() + case.at));
        text.extend(case.bytes);
        text.extend(b"\"");
    }
    let policy = Policy::reporting(Confidence::High);
    let source = Stdin::new(std::io::Cursor::new(text), Limits::default());
    let report =
        ntnguard::scan(&source, &Scanner::new(RULES), &policy).expect("reading from memory");
    let found: Vec<_> = report
        .reported()
        .map(|finding| {
            let evidence = finding.evidence.as_ref().expect("a credential");
            (
                evidence.fingerprint.to_string(),
                finding.location.expect("a place").start.offset,
            )
        })
        .collect();
    assert_eq!(found, expected);
}

/// A list of unpadded base64, one value on each line: the line breaks are not part of the encoding.
#[test]
fn each_line_is_a_separate_base64_value() {
    let mut fake = Fake::new(3);
    let secrets: Vec<String> = (0..300).map(|_| fake.ntn(0)).collect();
    let unpadded = OPAQUE
        .iter()
        .find(|encoder| encoder.name == "base64url unpadded")
        .expect("there is one");
    let lines: Vec<Vec<u8>> = secrets
        .iter()
        .map(|secret| (unpadded.encode)(secret.as_bytes()).bytes)
        .collect();
    assert_eq!(
        scan(&Scanner::new(RULES), &lines.join(&b'\n')).len(),
        secrets.len()
    );
    let padded: Vec<Vec<u8>> = secrets
        .iter()
        .map(|secret| (unpadded.encode)(format!("{secret}\"").as_bytes()).bytes)
        .collect();
    assert_eq!(
        scan(&Scanner::new(RULES), &padded.join(&b'\n')).len(),
        secrets.len()
    );
    let hex = OPAQUE
        .iter()
        .find(|encoder| encoder.name == "hex")
        .expect("there is one");
    let whole = OPAQUE
        .iter()
        .find(|encoder| encoder.name == "base64")
        .expect("there is one");
    for (encoder, key) in [(hex, ""), (hex, "a=1 "), (whole, "KEY="), (whole, "abc:")] {
        let line = |secret: &String| (encoder.encode)(format!("{key}{secret}").as_bytes()).bytes;
        let lines: Vec<Vec<u8>> = secrets.iter().map(line).collect();
        let found = scan(&Scanner::new(RULES), &lines.join(&b'\n'));
        assert_eq!(found.len(), secrets.len(), "{} {key}", encoder.name);
        assert!(
            found
                .iter()
                .all(|finding| finding.confidence == Confidence::High),
            "{} {key}",
            encoder.name
        );
    }
}

/// An encoded text ends, and another begins on the next line, without padding between them.
#[test]
fn a_shorter_line_ends_wrapped_base64() {
    let mut fake = Fake::new(21);
    let wrapped = OPAQUE
        .iter()
        .find(|encoder| encoder.name == "base64 in lines of 64")
        .expect("there is one");
    for (before, value, after) in [
        (":", "{nrt}", "Zm9vYmFy"),
        (":", "{v02}", "Zm9vYmFy"),
        ("xxx ", "{v02}", "Zm9vYmFyYmF6"),
    ] {
        let secret = fake::expand(value, u64::from(fake.next()));
        let plain = format!("{before}{secret}");
        let encoded = if before == ":" {
            wrapped.encode
        } else {
            OPAQUE[0].encode
        };
        let text = [
            b"x:\n",
            (encoded)(plain.as_bytes()).bytes.as_slice(),
            b"\n",
            after.as_bytes(),
            b"\n",
        ]
        .concat();
        let case = Case {
            at: 0,
            bytes: text,
            secret,
            layers: Vec::new(),
            story: value.to_owned(),
        };
        let found = scan(&Scanner::new(RULES), &case.bytes);
        let expected = Secret::new(case.secret.into_bytes(), 0).fingerprint();
        assert_eq!(found.len(), 1, "{value}");
        assert_eq!(
            found[0]
                .evidence
                .as_ref()
                .expect("a credential")
                .fingerprint,
            expected,
            "{value}"
        );
    }
}

/// An exported registry: UTF-16 as pairs of hexadecimal digits, in lines of 80 columns that end in
/// a backslash.
#[test]
fn values_of_an_exported_registry_are_found() {
    let scanner = Scanner::new(RULES);
    for seed in 0..20 {
        let token = Fake::new(2300 + seed).ntn(seed as usize % 3);
        for (kind, width) in [("1", 2), ("2", 2), ("7", 2), ("1", 1)] {
            let wide = |byte: u8| [byte, 0][..width].to_vec();
            let bytes: Vec<u8> = format!("Bearer {token}\0").bytes().flat_map(wide).collect();
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let lines: Vec<String> = pairs.chunks(20).map(|line| line.join(",")).collect();
            let value = format!(
                "\"NotionToken\"=hex({kind}):{}\r\n",
                lines.join(",\\\r\n  ")
            );
            let found = scan(&scanner, value.as_bytes());
            assert_eq!(found.len(), 1, "{value}");
            let secret = Secret::new(token.clone().into_bytes(), 0).fingerprint();
            let evidence = found[0].evidence.as_ref().expect("a credential");
            assert_eq!(evidence.fingerprint, secret, "{value}");
            assert_eq!(found[0].confidence, Confidence::High);
        }
    }
}

/// Two values on two lines are not joined, although the second could continue the first.
#[test]
fn two_short_lines_of_base64_are_two_values() {
    for seed in 0..20 {
        let secret = Fake::new(2200 + seed).secret();
        let lines = |at: usize| {
            let (first, second) = secret.split_at(at);
            let line = |text: &str| (OPAQUE[0].encode)(text.as_bytes()).bytes;
            [&line(first)[..], b"\n", &line(second), b"\n"].concat()
        };
        assert_eq!(scan(&Scanner::new(RULES), &lines(30)).len(), 0, "{seed}");
        let wrapped = [b"x:\n", &lines(48)[..]].concat();
        assert_eq!(scan(&Scanner::new(RULES), &wrapped).len(), 1, "{seed}");
    }
}

/// A text that consists only of anchors, in one word of the greatest length, is scanned in a time
/// in proportion to its length.
#[test]
fn a_text_of_anchors_takes_linear_time() {
    let scanner = Scanner::new(RULES);
    for anchor in [
        "ntn_",
        "v02:user_token_or_cookies:",
        "ntn=5F",
        "nrt_ntn_",
        "ntn_1-",
    ] {
        assert_eq!(
            scan(&scanner, anchor.repeat(200_000 / anchor.len()).as_bytes()).len(),
            0,
            "{anchor}"
        );
    }
}

#[test]
fn four_layers_exceed_the_default_depth() {
    let scanner = Scanner::new(RULES);
    let mut case = Case::plain(&mut Fake::new(4));
    for _ in 0..4 {
        case = case.encoded(&OPAQUE[0]);
    }
    assert_eq!(scan(&scanner, &case.bytes).len(), 0);
    assert_eq!(
        scan(&Scanner::with_decode_depth(RULES, 4), &case.bytes).len(),
        1
    );
    assert_eq!(
        scan(&Scanner::with_decode_depth(RULES, 0), &case.bytes).len(),
        0
    );
}

#[test]
fn random_text_gives_no_finding() {
    let scanner = Scanner::new(RULES);
    let mut fake = Fake::new(5);
    let alphabets: &[&[u8]] = &[
        b"0123456789abcdef",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        b"ntsecr_0123456789",
        b"%&#x\\u;=0123456789abcdef",
        b"\0abcdefghijklmnop",
        b"bnRuXSlY3JldF",
    ];
    for alphabet in alphabets {
        for _ in 0..8 {
            let text = fake.of(alphabet, 100_000);
            assert_eq!(
                scan(&scanner, text.as_bytes()).len(),
                0,
                "{}",
                alphabet.escape_ascii()
            );
            let bytes: Vec<u8> = (0..100_000).map(|_| fake.next() as u8).collect();
            assert_eq!(scan(&scanner, &bytes).len(), 0);
        }
    }
}

/// Writes a part of the corpus to `target/corpus`, with a manifest, so that other tools can be tried on the same files:
/// `cargo test --test corpus -- --ignored`.
#[test]
#[ignore = "writes files that look as if they held secrets"]
fn write_the_corpus() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/corpus");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut fake = Fake::new(77);
    let (mut manifest, mut number) = (Vec::new(), 0);
    let mut write = |name: &str, label: &str, bytes: &[u8]| {
        number += 1;
        let path = format!("{number:04}.txt");
        std::fs::write(folder.join(&path), bytes).expect("a file");
        let expected = usize::from(label == "positive");
        manifest.push(
            serde_json::json!({"path": path, "label": label, "kind": name, "expected": expected}),
        );
    };
    for outer in OPAQUE.iter().chain(TRANSPARENT) {
        for (before, after) in BORDERS {
            let case = Case::plain(&mut fake)
                .between(before.as_bytes(), after.as_bytes())
                .encoded(outer);
            write(outer.name, "positive", &case.surrounded(&mut fake).bytes);
        }
        for inner in OPAQUE
            .iter()
            .filter(|inner| !(is_wide(inner.id) && (is_wide(outer.id) || outer.id != "base64")))
        {
            let case = Case::plain(&mut fake)
                .bordered(&mut fake)
                .encoded(inner)
                .bordered(&mut fake)
                .encoded(outer);
            write(
                &format!("{} in {}", inner.name, outer.name),
                "positive",
                &case.surrounded(&mut fake).bytes,
            );
        }
    }
    for _ in 0..100 {
        let noise: Vec<u8> = (0..5000).map(|_| fake.next() as u8).collect();
        write("noise", "negative", &noise);
        write(
            "noise",
            "negative",
            (OPAQUE[0].encode)(&noise).bytes.as_slice(),
        );
    }
    let manifest = serde_json::to_string_pretty(&manifest).expect("JSON");
    std::fs::write(folder.join("manifest.json"), manifest).expect("a manifest");
}
