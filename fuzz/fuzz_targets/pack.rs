//! A pack of any entries, deltas of any steps: whatever is not told to be damaged was gone through, and it ends.
#![no_main]

#[path = "../../tests/it/history/packs.rs"]
mod packs;

use std::fs;
use std::path::{Path, PathBuf};

use libfuzzer_sys::fuzz_target;
use ntnguard::git::Repository;
use ntnguard::policy::Policy;
use ntnguard::rule::Confidence;
use ntnguard::rules::RULES;
use ntnguard::scanner::Scanner;
use ntnguard::source::Limits;
use ntnguard::source::history::History;

use packs::{Base, Entry, Made, blob, copy, delta, insert, steps};

/// What an entry is, which its base is, what it lies about its size, and its data.
type Input = (u8, u8, Option<u64>, Vec<u8>);

fuzz_target!(|input: (Vec<Input>, Vec<(u8, u64)>)| {
    let (entries, changes) = input;
    let entries =
        entries.into_iter().take(40).scan(Vec::new(), |sizes, input| Some(entry(input, sizes))).collect::<Vec<_>>();
    let mut made = Made::new(&entries);
    for (at, change) in changes {
        match (at % 4, made.offsets.len()) {
            (_, 0) => {}
            (0, count) => made.offsets[usize::from(at) % count] = change,
            (1, count) => made.checksums[usize::from(at) % count] ^= change as u32,
            _ => {
                let length = made.pack.len();
                made.pack[change as usize % length] ^= at;
            }
        }
    }
    FOLDER.with(|folder| check(folder, &made));
});

/// An entry, and the size of what it makes if it tells the truth.
fn entry((kind, base, lie, data): Input, sizes: &mut Vec<u64>) -> Entry {
    let number = sizes.len();
    let made = match kind % 8 {
        1..=4 => Entry { kind: kind % 8, ..blob(&data) },
        0 | 5 => delta(Base::Back(u64::from(base)), data.clone()),
        _ if number == 0 => blob(&data),
        kind => {
            let of = usize::from(base) % number;
            let instructions = instructions(&data, sizes[of]);
            sizes.push(instructions.1);
            let base = if kind == 6 { Base::Entry(of) } else { Base::Object(usize::from(base) % (number + 2)) };
            delta(base, instructions.0)
        }
    };
    sizes.resize(number + 1, data.len() as u64);
    Entry { size: lie.unwrap_or(made.size), ..made }
}

/// Steps upon a base of this size, each of three bytes that are copies or insertions, and the size of the result.
fn instructions(data: &[u8], base: u64) -> (Vec<u8>, u64) {
    let (mut all, mut size) = (Vec::new(), 0);
    for step in data.chunks(3) {
        if step[0] % 2 == 0 && base > 0 && step.len() == 3 {
            let offset = u64::from(step[1]) * base / 256;
            let length = (u64::from(step[2]) + 1).min(base - offset);
            all.extend(copy(offset as u32, length as u32));
            size += length;
        } else {
            all.extend(insert(step));
            size += step.len() as u64;
        }
    }
    (steps(base, size, &[&all]), size)
}

/// Goes through a repository with this pack.
fn check(folder: &Path, made: &Made) {
    made.write(&folder.join("objects/pack"));
    let limits = Limits { file_size: Some(1 << 20), ..Limits::default() };
    let repository = Repository::find(folder).expect("a repository").expect("one that is there");
    let scanner = Scanner::new(RULES);
    let history = History::new(repository, scanner.prefilter(), limits);
    let policy = Policy { min_confidence: Confidence::Low, committed: Default::default() };
    let report = ntnguard::scan(&history, &scanner, &policy).expect("a report");
    let objects = report.objects.expect("they are counted");
    let count = objects.commits + objects.trees + objects.blobs + objects.tags;
    assert!(!report.is_complete() || count == made.ids.len() as u64, "{count} of {}", made.ids.len());
}

thread_local! {
    /// A repository without objects, for as long as the process runs.
    static FOLDER: PathBuf = {
        let folder = tempfile::tempdir().expect("a folder").keep();
        ["objects/pack", "refs/heads"].iter().for_each(|name| fs::create_dir_all(folder.join(name)).expect("a folder"));
        fs::write(folder.join("HEAD"), "ref: refs/heads/main\n").expect("a file");
        fs::write(folder.join("config"), "[core]\nrepositoryformatversion = 0\nbare = true\n").expect("a file");
        folder
    };
}
