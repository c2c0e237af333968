//! Measures a scan of everything that git stores, and compares it with the floor, with git, and with other tools.

use std::env;
use std::path::Path;
use std::process::Stdio;

use crate::{NTNGUARD, Result, command, spread};

/// The number of timed runs of each command. It is odd, so that one run is the median.
const RUNS: usize = 5;

/// Other tools, which search only for Notion's tokens. They run if they are on PATH.
const RIVALS: [&[&str]; 2] = [
    &[
        "betterleaks",
        "git",
        ".",
        "--no-banner",
        "--silent",
        "--isolate-rule=notion-api-token",
    ],
    &[
        "kingfisher",
        "scan",
        ".",
        "--no-validate",
        "--no-update-check",
        "--rule=betterleaks.notion-api-token",
        "--quiet",
    ],
];

/// The cost of one run.
struct Cost {
    /// The time in milliseconds.
    time: f64,
    /// The processor time of all threads, in seconds.
    cpu: f64,
    /// The peak of memory in MiB.
    memory: f64,
}

/// Returns the rows of the table for the repository in `folder`: the cost of each command, and its ratio to the floor.
pub fn rows(folder: &Path) -> Result<Vec<String>> {
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let own = env::current_exe()?;
    let own = own.to_string_lossy();
    let inside = if folder.join(".git").is_dir() {
        ".git"
    } else {
        "."
    };
    let mut commands = vec![
        ("inflate all packs", vec![&*own, "--inflate", inside]),
        (
            "ntnguard",
            vec![
                NTNGUARD,
                "history",
                "--no-config",
                "--quiet",
                "--progress",
                "never",
            ],
        ),
        (
            "git cat-file",
            vec![
                "git",
                "cat-file",
                "--batch-all-objects",
                "--batch",
                "--unordered",
            ],
        ),
    ];
    let on_path = |name: &str| {
        env::split_paths(&env::var_os("PATH").unwrap_or_default())
            .any(|path| path.join(name).is_file())
    };
    commands.extend(
        RIVALS
            .iter()
            .filter(|words| on_path(words[0]))
            .map(|words| (words[0], words.to_vec())),
    );
    // The repository may contain example tokens and unreadable parts. Each tool has its own exit status for them.
    let mut costs: Vec<Vec<Cost>> = commands.iter().map(|_| Vec::new()).collect();
    for round in 0..=RUNS {
        for ((name, words), costs) in commands.iter().zip(&mut costs) {
            let cost = run(words, folder).map_err(|error| format!("{name}: {error}"))?;
            if round > 0 {
                costs.push(cost);
            }
        }
    }
    let middle = |costs: &[Cost], of: fn(&Cost) -> f64| spread(costs.iter().map(of))[1];
    let row = |((command, _), taken): (&(&str, Vec<&str>), &Vec<Cost>)| {
        let ratio = spread(
            taken
                .iter()
                .zip(&costs[0])
                .map(|(one, floor)| one.time / floor.time),
        )[1];
        let [time, cpu, memory] = [
            middle(taken, |cost| cost.time),
            middle(taken, |cost| cost.cpu),
            middle(taken, |cost| cost.memory),
        ];
        format!(
            "{:<40} {time:>9.0} ms {ratio:>7.2} {cpu:>8.2} s {memory:>8.0} MiB",
            format!("{name}, {command}")
        )
    };
    Ok(commands.iter().zip(&costs).map(row).collect())
}

/// Returns the cost of one run, as GNU time reports it.
fn run(words: &[&str], folder: &Path) -> Result<Cost> {
    let timed = [&["/usr/bin/time", "-f", "\nused %e %U %S %M"], words].concat();
    let output = command(&timed, folder).stderr(Stdio::piped()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let used = said
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("used "))
        .ok_or("it did not run")?;
    let numbers: Vec<f64> = used
        .split(' ')
        .map_while(|number| number.parse().ok())
        .collect();
    let [time, user, system, memory] = numbers[..] else {
        return Err(format!("{used}: no figures").into());
    };
    Ok(Cost {
        time: time * 1000.0,
        cpu: user + system,
        memory: memory / 1024.0,
    })
}
