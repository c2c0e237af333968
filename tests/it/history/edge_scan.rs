//! The edge scan finds what building and scanning every object finds: compared on chains of deltas that git makes.

use std::collections::BTreeSet;

use ntnguard::blob::{Blob, Origin};
use ntnguard::rules::RULES;
use ntnguard::scanner::Scanner;

use super::history;
use crate::fake::{Fake, expand};
use crate::make::base64;
use crate::sandbox::Sandbox;

/// Fingerprint, object, line, column.
type Place = (String, String, u64, u64);

/// What is put into a file: secrets, in plain and encoded, and parts of them that an edit may complete.
fn piece(fake: &mut Fake) -> Vec<u8> {
    let kinds = ["{ntn}", "{secret}", "{nrt}", "NOTION_TOKEN={secret}", "{v02}", "client_secret={secret}"];
    let secret = expand(kinds[fake.next() as usize % kinds.len()], u64::from(fake.next()));
    let cut = |fake: &mut Fake| fake.next() as usize % secret.len();
    match fake.next() % 10 {
        0 | 1 => secret.into_bytes(),
        2 => secret.as_bytes()[..cut(fake)].to_vec(),
        3 => secret.as_bytes()[cut(fake)..].to_vec(),
        4 => secret.as_bytes()[..1 + fake.next() as usize % 6].to_vec(),
        5 => base64(format!("x: {secret}").as_bytes()).into_bytes(),
        6 => base64(base64(secret.as_bytes()).as_bytes()).into_bytes(),
        7 => secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        8 => secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes(),
        _ => secret.replacen('_', "\\u005f", 1).into_bytes(),
    }
}

/// Changes a file a little: something is put in, taken out, moved, or put into the midst of what was put in before.
fn edit(text: &mut Vec<u8>, last: &mut usize, fake: &mut Fake) {
    let anywhere = |fake: &mut Fake, length: usize| fake.next() as usize % (length + 1);
    let near = (*last + fake.next() as usize % 60).min(text.len());
    let at = if fake.next() % 2 == 0 { near } else { anywhere(fake, text.len()) };
    match fake.next() % 6 {
        0 | 1 => {
            let piece = piece(fake);
            text.splice(at..at, piece);
        }
        2 | 3 => {
            let end = (at + fake.next() as usize % 40).min(text.len());
            text.drain(at..end);
        }
        4 => {
            let end = (at + fake.next() as usize % 300).min(text.len());
            let moved: Vec<u8> = text.drain(at..end).collect();
            let to = anywhere(fake, text.len());
            text.splice(to..to, moved);
        }
        _ => {
            let length = 1 + fake.next() as usize % 3;
            text.splice(at..at, fake.of(b"nt_ \n", length).into_bytes());
        }
    }
    *last = at;
}

/// Commits `versions` of a file, each an edit or three of the one before.
fn grow(sandbox: &Sandbox, versions: usize, fake: &mut Fake) {
    let words = |fake: &mut Fake| (0..300).flat_map(|_| (fake.of(b"abcdefgh ijklm", 40) + "\n").into_bytes()).collect();
    let (mut text, mut last): (Vec<u8>, usize) = (words(fake), 0);
    let mut stream = Vec::new();
    for version in 0..versions {
        for _ in 0..1 + fake.next() % 3 {
            edit(&mut text, &mut last, fake);
        }
        // What grows from one version to the next git stores the other way round.
        if version % 40 == 20 {
            text.truncate(text.len() * 2 / 3);
        }
        let committer = format!("committer A <a@example.com> {} +0000", 1_700_000_000 + version);
        let head = format!("commit refs/heads/main\n{committer}\ndata 0\nM 644 inline file\ndata {}\n", text.len());
        stream.extend_from_slice(head.as_bytes());
        stream.extend_from_slice(&text);
        stream.push(b'\n');
    }
    sandbox.git_with_input(["fast-import", "--quiet"], &stream);
}

/// What the scanner says of each object whole, as git hands it over.
fn scanned_whole(sandbox: &Sandbox) -> BTreeSet<Place> {
    let output = sandbox.try_git(["cat-file", "--batch-all-objects", "--batch"]).stdout;
    let (scanner, mut places, mut rest) = (Scanner::new(RULES), BTreeSet::new(), &output[..]);
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let head: Vec<&str> = std::str::from_utf8(&rest[..end]).unwrap().split(' ').collect();
        let size: usize = head[2].parse().unwrap();
        let content = &rest[end + 1..end + 1 + size];
        if head[1] != "tree" {
            for finding in scanner.scan(&Blob::whole(&Origin::Stdin, content)) {
                let start = finding.location.unwrap().start;
                let fingerprint = finding.evidence.unwrap().fingerprint.to_string();
                places.insert((fingerprint, head[0].to_owned(), start.line as u64, start.column as u64));
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
            let at = (place["line"].as_u64().unwrap(), place["column"].as_u64().unwrap());
            assert!(places.insert((text(&finding["fingerprint"]), text(&place["object"]), at.0, at.1)));
        }
    }
    places
}

#[test]
fn it_finds_what_a_scan_of_every_whole_object_finds() {
    for seed in 1..7 {
        let sandbox = Sandbox::repository();
        grow(&sandbox, 250, &mut Fake::new(seed));
        sandbox.git(["repack", "-q", "-adf", "--window=50", "--depth=50"]);
        let depths = sandbox.git(["cat-file", "--batch-all-objects", "--batch-check=%(deltabase)"]);
        let deltas = depths.lines().filter(|base| base.bytes().any(|byte| byte != b'0')).count();
        assert!(deltas > 150, "{deltas} deltas");
        let (expected, found) = (scanned_whole(&sandbox), found(&sandbox));
        assert!(expected.len() > 500, "{} places", expected.len());
        let differing: Vec<&Place> = expected.symmetric_difference(&found).take(5).collect();
        assert!(differing.is_empty(), "seed {seed}: {differing:?}");
    }
}
