//! Packs with arbitrary entries, and the check that each pack must pass. The fuzz target uses this module too.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use ntnguard::detect::scanner::Scanner;
use ntnguard::git::Repository;
use ntnguard::model::rule::Confidence;
use ntnguard::policy::Policy;
use ntnguard::rules::RULES;
use ntnguard::source::Limits;
use ntnguard::source::history::History;

use super::packs::{Base, Entry, Made, blob, copy, delta, insert, steps};

/// An entry: its kind, the number of its base, a false size, and its data.
pub type Input = (u8, u8, Option<u64>, Vec<u8>);

/// A pack with these entries, in which some bytes are changed.
pub fn pack(entries: Vec<Input>, changes: Vec<(u8, u64)>) -> Made {
    let mut sizes = Vec::new();
    let entries: Vec<Entry> = entries
        .into_iter()
        .take(40)
        .map(|input| entry(input, &mut sizes))
        .collect();
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
    made
}

/// Turns an empty directory into a repository without objects.
pub fn repository(folder: &Path) {
    ["objects/pack", "refs/heads"]
        .iter()
        .for_each(|name| fs::create_dir_all(folder.join(name)).expect("a folder"));
    fs::write(folder.join("HEAD"), "ref: refs/heads/main\n").expect("a file");
    fs::write(
        folder.join("config"),
        "[core]\nrepositoryformatversion = 0\nbare = true\n",
    )
    .expect("a file");
}

/// Builds an entry. Adds to `sizes` the size of its object, as it would be without the false size.
fn entry((kind, base, lie, data): Input, sizes: &mut Vec<u64>) -> Entry {
    let number = sizes.len();
    let made = match kind % 8 {
        1..=4 => Entry {
            kind: kind % 8,
            ..blob(&data)
        },
        0 | 5 => delta(Base::Back(u64::from(base)), data.clone()),
        _ if number == 0 => blob(&data),
        kind => {
            let of = usize::from(base) % number;
            let instructions = instructions(&data, sizes[of]);
            sizes.push(instructions.1);
            let base = match (kind, base) {
                (6, _) => Base::Entry(of),
                // The base is the entry itself, or the next entry.
                (_, 254..) => Base::Object(number + usize::from(base) - 254),
                _ => Base::Object(of),
            };
            delta(base, instructions.0)
        }
    };
    sizes.resize(number + 1, data.len() as u64);
    Entry {
        size: lie.unwrap_or(made.size),
        ..made
    }
}

/// The instructions of a delta on a base of this size, and the size of the result. Each three bytes of `data` make one copy
/// or insertion.
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

/// The scanner of all checks: it compiles its regular expressions once.
static SCANNER: LazyLock<Scanner> = LazyLock::new(|| Scanner::new(RULES));

/// Scans a repository with this pack. Asserts that each object is either visited or reported as damaged. Returns true if
/// nothing is damaged.
pub fn check(folder: &Path, made: &Made) -> bool {
    made.write(&folder.join("objects/pack"));
    let limits = Limits {
        file_size: Some(1 << 20),
        ..Limits::default()
    };
    let repository = Repository::find(folder)
        .expect("a repository")
        .expect("one that is there");
    let history = History::new(repository, SCANNER.prefilter(), limits);
    let policy = Policy::reporting(Confidence::Low);
    let report = ntnguard::scan(&history, &SCANNER, &policy).expect("a report");
    let objects = report.objects.expect("they are counted");
    let count = objects.commits + objects.trees + objects.blobs + objects.tags;
    assert!(
        !report.is_complete() || count == made.ids.len() as u64,
        "{count} of {}",
        made.ids.len()
    );
    report.is_complete()
}
