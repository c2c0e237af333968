//! Runs every command in every format and width, in repositories with a secret value in every possible place.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::Digest;

use super::places::{self, World};
use crate::fake::expand;
use crate::make::base64;
use crate::sandbox::Run;

/// A value. `is_known` is true if an env file declares it; a value that no rule finds is masked only then.
struct Value {
    text: String,
    is_known: bool,
}

fn values() -> Vec<Value> {
    let tokens = ["{ntn}", "{ntn:2}", "{secret}", "{nrt}", "{v02}", "{v03}"];
    let passwords = [
        "Summer-{d:4}-rain",
        "{a:6}-{a:6}-{a:6}-{a:6}-{a:6}-{a:6}",
        "correct horse battery {d:3}",
        "{a:32}",
        "db://me:{a:6}-{a:9}@host/x",
        "{ntn}",
    ];
    let value = |is_known| {
        move |(seed, kind): (usize, &&str)| Value {
            text: expand(kind, 40 + seed as u64),
            is_known,
        }
    };
    let tokens = tokens.iter().enumerate().map(value(false));
    tokens
        .chain(passwords.iter().enumerate().map(value(true)))
        .collect()
}

/// The encodings and spellings of a value that are tested.
fn forms(value: &str) -> Vec<String> {
    let each = |write: &dyn Fn(u8) -> String| value.bytes().map(write).collect::<String>();
    vec![
        value.to_owned(),
        base64(value.as_bytes()),
        each(&|byte| format!("{byte:02x}")),
        each(&|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        }),
        format!("x{value}y"),
    ]
}

/// The output of a run, without line breaks, blanks, colours and drawn lines.
fn shown(run: &Run) -> String {
    let text = format!("{}{}", run.stdout, run.stderr);
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            // Skip an escape sequence for a colour, which ends with a letter.
            '\u{1b}' => _ = characters.by_ref().find(char::is_ascii_alphabetic),
            c if c.is_whitespace() || "│|".contains(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Asserts that the output has no eight consecutive characters of the value, apart from its kind's prefix and its last four
/// characters; no sixteen of another spelling; and not the digest of a value that could be guessed.
fn assert_hides(shown: &str, value: &Value, form: &str, what: &str) {
    // In an address, only the password is secret.
    let secret = value
        .text
        .split("://")
        .nth(1)
        .and_then(|rest| rest.split([':', '@']).nth(1))
        .unwrap_or(&value.text);
    let text: String = secret.split_whitespace().collect();
    let form: String = form.split_whitespace().collect();
    let start = text
        .rfind(':')
        .filter(|_| !value.is_known)
        .or(text.find('_'))
        .map_or(0, |at| at + 1);
    let end = if value.is_known {
        text.len()
    } else {
        text.len() - 4
    };
    let start = if value.is_known { 0 } else { start };
    for (text, length) in [(&text[start..end], 8), (form.as_str(), 16)] {
        let leak = text
            .as_bytes()
            .windows(length)
            .map(String::from_utf8_lossy)
            .find(|part| shown.contains(part.as_ref()));
        // The public prefix, and the text around the value, may be shown.
        let leak = leak.filter(|part| length == 8 || !value.text.contains(part.as_ref()));
        assert_eq!(leak, None, "{what} shows part of {form}: {shown}");
    }
    if value.is_known && value.text.len() < 30 {
        let digest = digest(&value.text);
        assert!(
            !shown.contains(&digest[..16]),
            "{what} shows the digest of {}",
            value.text
        );
    }
}

/// The SHA-256 of a text in hexadecimal, as `sha256sum` prints it.
fn digest(text: &str) -> String {
    let id = sha2::Sha256::digest(text);
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs everything in one world. Returns the number of runs.
fn sweep(world: &World, value: &Value, form: &str) -> usize {
    let mut runs = 0;
    let mut check = |arguments: &[String], variables: &BTreeMap<String, String>| {
        let mut command = world.sandbox.ntnguard();
        command
            .current_dir(world.sandbox.path().join("repo"))
            .envs(variables)
            .args(arguments);
        let run = Run::of(command.output().unwrap());
        let mut shown = shown(&run);
        for file in ["summary", "outputs", "report"] {
            let path = world.sandbox.path().join(file);
            shown += &fs::read_to_string(&path)
                .unwrap_or_default()
                .split_whitespace()
                .collect::<String>();
            let _ = fs::remove_file(path);
        }
        runs += 1;
        assert_hides(&shown, value, form, &format!("{arguments:?} {variables:?}"));
    };
    // An error has the same text in all formats, so one format is enough.
    let is_told =
        |command: &[String]| world.is_valid || !command.contains(&"--no-config".to_owned());
    for (command, takes_known) in places::commands(form)
        .into_iter()
        .filter(|(command, _)| is_told(command))
    {
        let known = value.is_known && takes_known;
        let command: Vec<String> = command
            .into_iter()
            .chain(known.then(|| "--known=../known.env".to_owned()))
            .collect();
        // Without `--known`, the command does not know the value, so it need not hide it.
        if value.is_known && !takes_known {
            continue;
        }
        let formats = places::formats(&command);
        for (format, widths) in formats.into_iter().take(if world.is_valid { 9 } else { 1 }) {
            for width in widths {
                let arguments: Vec<String> = command
                    .iter()
                    .cloned()
                    .chain(format.iter().map(|&flag| flag.to_owned()))
                    .collect();
                let variables = world.variables(&command, width);
                check(&arguments, &variables);
            }
        }
    }
    runs
}

/// Runs everything in all worlds with a value in one of these forms. Returns the number of runs.
fn sweep_all(cases: &[(&Value, String)]) -> usize {
    let (next, runs) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        while let Some((value, form)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            for world in places::worlds(form, value.is_known.then_some(value.text.as_str())) {
                runs.fetch_add(sweep(&world, value, form), Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| _ = scope.spawn(work)));
    runs.into_inner()
}

/// Returns a value in all forms.
fn in_all_forms(value: &Value) -> Vec<(&Value, String)> {
    let forms = forms(&value.text).into_iter();
    forms.map(|form| (value, form)).collect()
}

/// Each value as it is and in one of the other forms, so that each of these occurs with three values.
#[test]
fn no_output_shows_a_secret_value() {
    let values = values();
    let mut cases = Vec::new();
    for (number, value) in values.iter().enumerate() {
        let mut forms = in_all_forms(value);
        cases.push(forms.swap_remove(0));
        cases.push(forms.swap_remove(number % 4));
    }
    let runs = sweep_all(&cases);
    assert!(runs >= 2000, "{runs} runs");
}

#[test]
#[ignore = "takes minutes: each value in each form"]
fn no_output_shows_a_secret_value_in_any_form() {
    let values = values();
    let runs = sweep_all(&values.iter().flat_map(in_all_forms).collect::<Vec<_>>());
    assert!(runs >= 5000, "{runs} runs");
}
