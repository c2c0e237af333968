//! Hostile packs: objects that cannot be read are reported, all others are scanned, and memory stays limited.

use std::fs;
use std::process::Command;

use super::any_pack;
use super::packs::{Base, Entry, Made, blob, copy, delta, id, insert, steps};
use super::{is, loose, overwrite, state, token};
use crate::fake::Fake;
use crate::make::zlib;
use crate::sandbox::{Run, Sandbox};

/// The address space of a run, in KiB: enough for the program and its threads, and little more.
const MEMORY: u32 = 1_200_000;

/// Runs ntnguard with little memory.
fn history(sandbox: &Sandbox) -> Run {
    let ntnguard = sandbox.ntnguard();
    let mut command = Command::new("sh");
    command
        .current_dir(sandbox.path())
        .env_clear()
        .env("MALLOC_ARENA_MAX", "1");
    command
        .args([
            "-c",
            &format!("ulimit -v {MEMORY}; exec \"$0\" history --format json"),
        ])
        .arg(ntnguard.get_program());
    let run = Run::of(command.output().unwrap());
    assert_eq!(run.stderr, "");
    run
}

/// The exit status and the reasons of skips for a repository with this pack, and the number of tokens found.
fn scanned(made: &Made) -> (i32, Vec<String>, usize) {
    let sandbox = Sandbox::repository();
    made.write(&sandbox.path().join(".git/objects/pack"));
    let run = history(&sandbox);
    let (status, reasons) = state(&run);
    (status, reasons, run.findings().len())
}

/// Adds a valid entry with a token to `entries`.
fn with_token(entries: Vec<Entry>) -> Vec<Entry> {
    entries
        .into_iter()
        .chain([blob(token(1).as_bytes())])
        .collect()
}

/// Asserts that `count` entries are reported as corrupt, and that the token is found.
fn assert_corrupt(made: &Made, count: usize, what: &str) {
    assert_eq!(
        scanned(made),
        (1, vec!["corrupt".to_owned(); count], 1),
        "{what}"
    );
}

#[test]
fn a_good_pack_is_read() {
    let half = &token(1)[..2];
    let base = blob(format!("{}{half}", " ".repeat(300)).as_bytes());
    let whole = steps(
        302,
        350,
        &[&copy(0, 302), &insert(&token(1).as_bytes()[2..])],
    );
    let again = steps(350, 50, &[&copy(300, 50)]);
    let entries = [
        base,
        delta(Base::Entry(0), whole),
        delta(Base::Object(1), again),
    ];
    assert_eq!(scanned(&Made::new(&entries)), (1, vec![], 1));
}

#[test]
fn wrong_sizes_are_reported() {
    for size in [
        0,
        1,
        9,
        11,
        1 << 20,
        1 << 29,
        1 << 32,
        1 << 40,
        u64::MAX >> 1,
    ] {
        let made = Made::new(&with_token(vec![Entry {
            size,
            ..blob(b"0123456789")
        }]));
        let (status, reasons, found) = scanned(&made);
        assert_eq!(
            (status, reasons.len(), found),
            (1, 1, 1),
            "{size}: {reasons:?}"
        );
        let base = || blob(&[b'x'; 1000]);
        for (of_base, of_result) in [(size, 1000), (1000, size)] {
            let lies = steps(of_base, of_result, &[&copy(0, 1000)]);
            let made = Made::new(&with_token(vec![base(), delta(Base::Entry(0), lies)]));
            let (status, reasons, found) = scanned(&made);
            assert_eq!(
                (status, reasons.len(), found),
                (1, 1, 1),
                "{of_base} {of_result}: {reasons:?}"
            );
        }
    }
}

#[test]
fn invalid_delta_steps_are_reported() {
    let outside = u32::MAX;
    let cases: &[&[&[u8]]] = &[
        &[&copy(0, 1001)],
        &[&copy(1000, 1)],
        &[&copy(outside, 1)],
        &[&copy(outside, 0xFF_FFFF)],
        &[&[0]],
        &[&[0xFF]],
        &[&[0x81]],
        &[&[127, 1, 2]],
        &[&copy(0, 500)],
        &[&copy(0, 1000), &copy(0, 1000)],
        &[],
    ];
    for (number, case) in cases.iter().enumerate() {
        // The bad delta alone, as the base of another delta, and built on an object with a token.
        let base = [b" ".repeat(950), token(2).into_bytes()].concat();
        for (first, expected) in [(vec![b' '; 1000], 1), (base, 2)] {
            let bad = || delta(Base::Entry(0), steps(1000, 1000, case));
            let on_it = delta(Base::Entry(1), steps(1000, 1000, &[&copy(0, 1000)]));
            for entries in [vec![blob(&first), bad()], vec![blob(&first), bad(), on_it]] {
                let (status, reasons, found) = scanned(&Made::new(&with_token(entries)));
                assert_eq!(
                    (status, reasons, found),
                    (1, vec!["corrupt".to_owned()], expected),
                    "case {number}"
                );
            }
        }
    }
    for bytes in [&[][..], &[0x80], &[0x80; 20], &[5], &[0xFF; 30]] {
        let made = Made::new(&with_token(vec![
            blob(b"12345"),
            delta(Base::Entry(0), bytes.to_vec()),
        ]));
        assert_corrupt(&made, 1, &format!("{bytes:?}"));
    }
}

#[test]
fn missing_or_circular_bases_are_reported() {
    let whole = || steps(5, 5, &[&copy(0, 5)]);
    let entry = |base| delta(base, whole());
    let cases = [
        vec![entry(Base::Object(0))],
        vec![entry(Base::Object(1)), entry(Base::Object(0))],
        vec![
            entry(Base::Object(2)),
            entry(Base::Entry(0)),
            entry(Base::Object(1)),
        ],
        vec![entry(Base::Back(0))],
        vec![entry(Base::Back(1))],
        vec![entry(Base::Back(12))],
        vec![entry(Base::Back(13))],
        vec![entry(Base::Back(u64::MAX >> 8))],
        vec![entry(Base::Object(1000))],
    ];
    for (number, case) in cases.into_iter().enumerate() {
        let count = case.len();
        assert_corrupt(
            &Made::new(&with_token(case)),
            count,
            &format!("case {number}"),
        );
    }
}

#[test]
fn a_wrong_index_is_reported() {
    let good = || Made::new(&with_token(vec![blob(b"one"), blob(b"two")]));
    for offset in [
        0,
        11,
        13,
        1 << 20,
        1 << 33,
        u64::MAX,
        good().pack.len() as u64 - 20,
        good().offsets[0],
    ] {
        let mut made = good();
        made.offsets[1] = offset;
        let (status, reasons, found) = scanned(&made);
        assert!(
            status == 1 && found == 1 && !reasons.is_empty(),
            "{offset}: {reasons:?}"
        );
    }
    let mut fewer = good();
    let _ = (
        fewer.ids.remove(0),
        fewer.offsets.remove(0),
        fewer.checksums.remove(0),
    );
    let mut more = good();
    more.ids.push(id(99));
    more.offsets.push(12);
    more.checksums.push(0);
    let mut wrong = good();
    wrong.pack[8..12].copy_from_slice(&[0xFF; 4]);
    for made in [fewer, more, wrong] {
        let (status, reasons, _) = scanned(&made);
        assert_eq!((status, reasons), (2, vec!["corrupt".to_owned()]));
    }
    let mut sums = good();
    sums.checksums[0] ^= 1;
    assert_corrupt(&sums, 1, "a checksum");
    let none = Made::new(&[]);
    assert_eq!(scanned(&none), (0, vec![], 0));
}

#[test]
fn entries_of_unknown_kind_are_reported_and_empty_ones_read() {
    for kind in [0, 5] {
        let made = Made::new(&with_token(vec![Entry { kind, ..blob(b"x") }]));
        assert_corrupt(&made, 1, &format!("kind {kind}"));
    }
    assert_eq!(
        scanned(&Made::new(&with_token(vec![blob(b"")]))),
        (1, vec![], 1),
        "nothing is an object, too"
    );
    let nothing = delta(Base::Entry(0), steps(1, 0, &[]));
    let on_nothing = delta(Base::Entry(1), steps(0, 3, &[&insert(b"abc")]));
    assert_eq!(
        scanned(&Made::new(&with_token(vec![
            blob(b"x"),
            nothing,
            on_nothing
        ]))),
        (1, vec![], 1)
    );
}

/// A chain of 5000 deltas, the last of which has the token; then 5000 deltas on one base.
#[test]
fn long_delta_chains_and_wide_trees_are_scanned() {
    const COUNT: usize = 5000;
    let text = vec![b' '; 20_000];
    for is_chain in [true, false] {
        let base = |number: usize| if is_chain { number - 1 } else { 0 };
        let same = |number| {
            delta(
                Base::Entry(base(number)),
                steps(20_000, 20_000, &[&copy(0, 20_000)]),
            )
        };
        let last = steps(
            20_000,
            10_050,
            &[&copy(0, 10_000), &insert(token(1).as_bytes())],
        );
        let mut entries = vec![blob(&text)];
        entries.extend((1..COUNT).map(same));
        entries.push(delta(Base::Entry(base(COUNT)), last));
        assert_eq!(scanned(&Made::new(&entries)), (1, vec![], 1));
    }
}

/// A few bytes of deltas that build large objects. An object over the limit is not built. Of objects under the limit, only
/// one at a time is in memory.
#[test]
fn deltas_with_large_results_are_bounded() {
    let base = blob(&[b'x'; 60_000]);
    let copies = |count: usize| {
        (0..count)
            .map(|_| copy(0, 60_000))
            .collect::<Vec<_>>()
            .concat()
    };
    let large = steps(60_000, 60_000 * 1000, &[&copies(1000)]);
    let twice = |size: u64| {
        steps(
            size,
            size * 40,
            &[&(0..40).flat_map(|_| copy(0, 0xFF_FFFF)).collect::<Vec<_>>()],
        )
    };
    let entries = vec![
        base,
        delta(Base::Entry(0), large),
        delta(Base::Entry(1), twice(60_000_000)),
    ];
    let (status, reasons, found) = scanned(&Made::new(&with_token(entries)));
    assert_eq!((status, found), (1, 1));
    assert!(
        reasons == ["too-large"] || reasons == ["corrupt"],
        "{reasons:?}"
    );
}

#[test]
fn loose_objects_with_wrong_headers_are_reported() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", token(1)).commit_all("x");
    let file = loose(&sandbox, &sandbox.id("HEAD:a"));
    let length = token(1).len();
    for (head, content) in [
        ("blob 900000000\0".to_owned(), "x"),
        ("blob 4294967296\0".to_owned(), "x"),
        ("blob 99999999999999999999999\0".to_owned(), "x"),
        (format!("blob {}\0", length - 1), token(1).as_str()),
        (format!("blob {}\0", length + 1), token(1).as_str()),
        (format!("tree {length}\0"), token(1).as_str()),
        (format!("nonsense {length}\0"), token(1).as_str()),
        ("blob".to_owned(), ""),
    ] {
        overwrite(&file, &zlib(format!("{head}{content}").as_bytes()));
        let (status, reasons) = state(&history(&sandbox));
        assert_eq!(status, 2, "{head}");
        assert!(
            reasons == ["corrupt"] || reasons == ["too-large"],
            "{head}: {reasons:?}"
        );
    }
    overwrite(
        &file,
        &zlib(format!("blob {length}\0{}", token(1)).as_bytes()),
    );
    assert_eq!(state(&history(&sandbox)), is(1, &[]));
    // If each thread allocated the size that its object claims, memory would run out.
    for number in 0..16 {
        let claim = loose(&sandbox, &id(number).to_string());
        fs::create_dir_all(claim.parent().unwrap()).unwrap();
        fs::write(
            claim,
            zlib(&[&b"blob 1000000000\0"[..], &[b'x'; 500]].concat()),
        )
        .unwrap();
    }
    assert_eq!(state(&history(&sandbox)), is(1, &["corrupt"; 16]));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(
        state(&history(&sandbox)),
        is(2, &["corrupt"; 17]),
        "a folder in an object's place"
    );
}

/// A short run of the check that the fuzz target does.
#[test]
fn every_object_is_scanned_or_reported_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    any_pack::repository(folder.path());
    let mut whole = 0;
    for seed in 1..250 {
        let mut fake = Fake::new(seed);
        let entry = |_| {
            let length = fake.next() as usize % 60;
            let data = fake.of(b"\0\x01\x02nt_ abc\x7e", length).into_bytes();
            let lie = (fake.next().is_multiple_of(40))
                .then(|| u64::from(fake.next()) << (fake.next() % 30));
            // Nearly all deltas have a base that exists.
            let kind = if fake.next().is_multiple_of(40) {
                5
            } else {
                [1, 2, 3, 3, 4, 6, 6, 6, 7, 7][fake.next() as usize % 10]
            };
            (kind, fake.next() as u8, lie, data)
        };
        let entries: Vec<any_pack::Input> = (0..1 + seed % 30).map(entry).collect();
        let changes = if seed % 3 == 0 {
            vec![(fake.next() as u8, u64::from(fake.next()))]
        } else {
            Vec::new()
        };
        whole += usize::from(any_pack::check(
            folder.path(),
            &any_pack::pack(entries, changes),
        ));
    }
    assert!((25..225).contains(&whole), "{whole} are whole");
}
