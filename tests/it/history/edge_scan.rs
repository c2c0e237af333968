//! The edge scan finds the same secrets as building and scanning each object as a whole. The tests compare both on chains
//! of deltas that git makes.

use std::collections::BTreeSet;

use ntnguard::detect::scanner::Scanner;
use ntnguard::model::blob::{Blob, Origin};
use ntnguard::rules::RULES;

use super::history;
use crate::fake::{Fake, expand};
use crate::make::base64;
use crate::sandbox::Sandbox;

/// The fingerprint, object id, line and column of a finding.
type Place = (String, String, u64, u64);

/// A secret, in plain or encoded.
fn secret(fake: &mut Fake) -> Vec<u8> {
    let kinds = [
        "{ntn}",
        "{secret}",
        "{nrt}",
        "NOTION_TOKEN={secret}",
        "{v02}",
        "client_secret={secret}",
    ];
    let secret = expand(
        kinds[fake.next() as usize % kinds.len()],
        u64::from(fake.next()),
    );
    match fake.next() % 8 {
        0 => base64(format!("x: {secret}").as_bytes()).into_bytes(),
        1 => base64(base64(secret.as_bytes()).as_bytes()).into_bytes(),
        2 => secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        3 => secret
            .bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
            .into_bytes(),
        4 => secret.replacen('_', "\\u005f", 1).into_bytes(),
        _ => secret.into_bytes(),
    }
}

/// A file that is edited.
struct File {
    text: Vec<u8>,
    /// The change that completes a secret: its position, and the bytes to insert or the number of bytes to remove.
    rest: Option<(usize, Result<Vec<u8>, usize>)>,
}

impl File {
    /// Changes the file a little: inserts a secret or a part of one, completes a secret, or removes or moves bytes.
    fn edit(&mut self, fake: &mut Fake) {
        let upto = |fake: &mut Fake, length: usize| fake.next() as usize % (length + 1);
        let at = upto(fake, self.text.len());
        let end = (at + upto(fake, 300)).min(self.text.len());
        match (fake.next() % 8, self.rest.take()) {
            (0..6, Some((at, Ok(rest)))) => {
                drop(self.text.splice(at..at, rest));
                // git stores a smaller version as a delta of a larger one.
                self.text.truncate(self.text.len().saturating_sub(200));
            }
            (0..6, Some((at, Err(length)))) => drop(self.text.drain(at..at + length)),
            (0..4, None) => {
                let mut secret = secret(fake);
                let cut = if !fake.next().is_multiple_of(4) {
                    1 + upto(fake, 2)
                } else {
                    upto(fake, secret.len() - 1)
                };
                let rest = secret.split_off(cut);
                if fake.next().is_multiple_of(2) {
                    self.rest = Some((at + cut, Ok(rest)));
                } else {
                    let gap = 100 + upto(fake, 100);
                    secret.extend(fake.of(b"abc \n", gap).into_bytes());
                    secret.extend(rest);
                    self.rest = Some((at + cut, Err(gap)));
                }
                self.text.splice(at..at, secret);
            }
            (4, None) => drop(self.text.splice(at..at, secret(fake))),
            (5 | 6, _) => drop(self.text.drain(at..end)),
            _ => {
                let moved: Vec<u8> = self.text.drain(at..end).collect();
                let to = upto(fake, self.text.len());
                self.text.splice(to..to, moved);
            }
        }
    }
}

/// Commits `versions` versions of a file. Each differs from the one before by a few edits.
fn grow(sandbox: &Sandbox, versions: usize, fake: &mut Fake) {
    let scanner = Scanner::new(RULES);
    let words = (0..600)
        .flat_map(|_| (fake.of(b"abcdefgh ijklm", 40) + "\n").into_bytes())
        .collect();
    let mut file = File {
        text: words,
        rest: None,
    };
    let (mut cold, mut stream) = (file.text.clone(), Vec::new());
    for version in 0..versions {
        // The edge scan is used only for deltas whose base may not contain a secret, so most edits start from such a
        // version.
        if !scanner.prefilter().may_hold(&file.text) {
            cold.clone_from(&file.text);
        } else if !fake.next().is_multiple_of(4) {
            file = File {
                text: cold.clone(),
                rest: None,
            };
        }
        for _ in 0..1 + fake.next() % 2 {
            file.edit(fake);
        }
        // If versions only grew, git would store the older ones as deltas, so the file sometimes shrinks.
        if version % 40 == 20 {
            file = File {
                text: file.text[..file.text.len() * 2 / 3].to_vec(),
                rest: None,
            };
        }
        let committer = format!(
            "committer A <a@example.com> {} +0000",
            1_700_000_000 + version
        );
        let length = file.text.len();
        let head = format!(
            "commit refs/heads/main\n{committer}\ndata 0\nM 644 inline file\ndata {length}\n"
        );
        stream.extend_from_slice(head.as_bytes());
        stream.extend_from_slice(&file.text);
        stream.push(b'\n');
    }
    sandbox.git_with_input(["fast-import", "--quiet"], &stream);
}

/// The findings of the scanner in each whole object, as `git cat-file` prints it.
fn scanned_whole(sandbox: &Sandbox) -> BTreeSet<Place> {
    let output = sandbox
        .try_git(["cat-file", "--batch-all-objects", "--batch"])
        .stdout;
    let (scanner, mut places, mut rest) = (Scanner::new(RULES), BTreeSet::new(), &output[..]);
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let head: Vec<&str> = std::str::from_utf8(&rest[..end])
            .unwrap()
            .split(' ')
            .collect();
        let size: usize = head[2].parse().unwrap();
        let content = &rest[end + 1..end + 1 + size];
        if head[1] != "tree" {
            for finding in scanner.scan(&Blob::whole(&Origin::Stdin, content)) {
                let start = finding.location.unwrap().start;
                let fingerprint = finding.evidence.unwrap().fingerprint.to_string();
                places.insert((
                    fingerprint,
                    head[0].to_owned(),
                    start.line as u64,
                    start.column as u64,
                ));
            }
        }
        rest = &rest[end + size + 2..];
    }
    places
}

fn found(sandbox: &Sandbox) -> BTreeSet<Place> {
    let json = history(sandbox).json();
    let mut places = BTreeSet::new();
    for finding in json["findings"].as_array().unwrap() {
        for place in finding["occurrences"].as_array().unwrap() {
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            let at = (
                place["line"].as_u64().unwrap(),
                place["column"].as_u64().unwrap(),
            );
            assert!(places.insert((
                text(&finding["fingerprint"]),
                text(&place["object"]),
                at.0,
                at.1
            )));
        }
    }
    places
}

#[test]
fn the_edge_scan_agrees_with_scanning_whole_objects() {
    for seed in 1..21 {
        let sandbox = Sandbox::repository();
        grow(&sandbox, 250, &mut Fake::new(seed));
        sandbox.git(["repack", "-q", "-adf", "--window=50", "--depth=50"]);
        let depths = sandbox.git([
            "cat-file",
            "--batch-all-objects",
            "--batch-check=%(deltabase)",
        ]);
        let deltas = depths
            .lines()
            .filter(|base| base.bytes().any(|byte| byte != b'0'))
            .count();
        assert!(deltas > 100, "{deltas} deltas");
        let (expected, found) = (scanned_whole(&sandbox), found(&sandbox));
        assert!(expected.len() > 40, "{} places", expected.len());
        let differing: Vec<&Place> = expected.symmetric_difference(&found).take(5).collect();
        assert!(differing.is_empty(), "seed {seed}: {differing:?}");
    }
}
