//! Golden files, which fix the layout of reports: each report for people at 40, 80 and 120 columns, in ASCII and Unicode,
//! with colour and without; each report for programs once.
//!
//! `GOLDEN=write cargo test --test it golden` writes the files again. Read the difference before you commit it.

mod cases;

use std::fs;
use std::path::Path;

use regex::Regex;

use crate::sandbox::Sandbox;
use crate::terminal;

/// The looks of a report for people: a name, the locale, and the value of `--color`.
const LOOKS: [(&str, &str, &str); 4] = [
    ("ASCII", "C", "never"),
    ("ASCII, colour", "C", "always"),
    ("Unicode", "C.UTF-8", "never"),
    ("Unicode, colour", "C.UTF-8", "always"),
];

/// Runs `arguments` in `sandbox` in every look, and compares the output with the golden file `name`.
fn holds(name: &str, sandbox: &Sandbox, arguments: &[&str]) {
    let mut text = format!("ntnguard {}\n", arguments.join(" "));
    for width in [40, 80, 120] {
        for (look, locale, color) in LOOKS {
            let mut command = sandbox.ntnguard();
            command
                .env("COLUMNS", width.to_string())
                .env("LC_ALL", locale);
            command.args(arguments).args(["--color", color]);
            command.args(["--progress", "never"]);
            let (status, printed) = terminal::run(&mut command);
            let printed = steady(&printed);
            text += &format!("\n=== {width} columns, {look}: exit {status}\n{printed}");
        }
    }
    compare(name, &text);
}

/// Runs `arguments` in `sandbox`, and compares the report, or the part of its JSON at `pointer`, with the golden file
/// `name`.
fn holds_format(name: &str, sandbox: &Sandbox, arguments: &[&str], pointer: Option<&str>) {
    let run = sandbox.run(arguments);
    let text = pointer.map_or(run.stdout.clone(), |pointer| {
        serde_json::to_string_pretty(run.json().pointer(pointer).unwrap()).unwrap() + "\n"
    });
    compare(name, &steady(&text));
}

/// `text` with the parts replaced that differ from run to run, such as times.
fn steady(text: &str) -> String {
    let changes = [
        (r"in([ \n]+)[0-9]+[.][0-9][0-9]([ \n]+)s", "in${1}0.00${2}s"),
        (r#""seconds": [0-9.e-]+"#, r#""seconds": 0.0"#),
        (r#"("(?:start|end)(?:_time|TimeUtc)": )"[^"]*""#, r#"$1"""#),
        (r#"(?m)^(  "time": )"[^"]*""#, r#"$1"""#),
        (r#"("version": )"0\.[0-9.]+""#, r#"$1"""#),
        ("\u{1b}", "\u{241b}"),
    ];
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        Regex::new(from)
            .unwrap()
            .replace_all(&text, *to)
            .into_owned()
    })
}

/// Compares a text with the golden file `name`, or writes the file if `GOLDEN=write` is set.
pub fn compare(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/golden")
        .join(name);
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "write") {
        fs::write(&file, text).unwrap();
    }
    let golden = fs::read_to_string(&file).unwrap_or_default();
    let differs = golden
        .lines()
        .zip(text.lines())
        .position(|(was, is)| was != is);
    assert!(
        golden == text,
        "{name} differs from line {} on; `GOLDEN=write` accepts it. It is now:\n{text}",
        differs.map_or(golden.lines().count(), |line| line) + 1
    );
}
