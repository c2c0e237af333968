//! Measures the time of `ntnguard`, and compares it with the floor: a well-known command that does about the least work that
//! the same task needs.
//!
//! ```text
//! cargo bench --bench floor [-- scan|staged|hook|commit|range|history|memory|decoding|env|agent|merge] [--repo PATH …]
//! ```
//!
//! `env` compares an audit of 10,000 files with git's walk over them, in a repository of a hundred packages. Each package has
//! a template and programs. A fifth of the programs may call dotenv, so the audit reads them.
//!
//! `decoding` compares a scan with the same scan of plain text only, both without archives. The difference is the cost of the
//! search for encoded text. It can run in any folder.
//!
//! `commit` compares `git commit` with and without the installed hook, and with the hooks of other tools that are on PATH.
//!
//! `history` compares a scan of history with only inflating all packs, with git's own walk over all objects, and with scans
//! for only Notion's tokens by other tools that are on PATH.
//!
//! `agent` compares the hook of an AI assistant, for small and large events, with the start of the process.
//!
//! `memory` measures the peak of memory of a scan of history for two repositories, one with four times the commits of the
//! other.
//!
//! `merge` compares `ntnguard report` for 10,000 and for 40,000 saved reports with only parsing their JSON.
//!
//! Runs alternate, and the result is the ratio within each pair, because a busy machine slows both runs of a pair. Ripgrep
//! is searched for on PATH, unless the variable RG has its path. Generated repositories are kept in `target/bench/`.

#![allow(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "floor/agent.rs"]
mod agent;
#[path = "floor/commit.rs"]
mod commit;
#[path = "floor/history.rs"]
mod history;
#[path = "floor/inflate.rs"]
mod inflate;
#[path = "floor/memory.rs"]
mod memory;
#[path = "floor/merge.rs"]
mod merge;

use std::error::Error;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs};

use clap::Parser;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const NTNGUARD: &str = env!("CARGO_BIN_EXE_ntnguard");
const WARM_UPS: usize = 3;

/// Measures `ntnguard` and compares it with the floor.
#[derive(Parser)]
struct Arguments {
    /// The measurements to run; by default all of them
    #[arg(value_parser = names())]
    subject: Option<String>,
    /// A repository of your own to measure in (repeatable); a relative path starts at the package's folder
    #[arg(long, value_name = "PATH")]
    repo: Vec<PathBuf>,
    /// Run only the floor of `history`, with a .git directory
    #[arg(long, value_name = "GIT_DIR", hide = true)]
    inflate: Option<PathBuf>,
    /// Run only the floor of `merge`, with a folder of reports
    #[arg(long, value_name = "DIR", hide = true)]
    parse: Option<PathBuf>,
    /// Given by `cargo bench`, but not by `cargo test`, which must not measure anything
    #[arg(long, hide = true)]
    bench: bool,
}

/// A command of ours and its floor.
struct Subject {
    name: &'static str,
    ours: &'static [&'static str],
    floor: &'static [&'static str],
    /// The highest exit statuses with which our command and the floor count as successful.
    statuses: [i32; 2],
    /// The number of timed pairs of runs. It is odd, so that one pair is the median.
    pairs: usize,
}

const SUBJECTS: [Subject; 6] = [
    // Ripgrep exits with 1 if nothing matches.
    Subject {
        name: "scan",
        ours: &[NTNGUARD, "scan"],
        floor: &["rg", "--hidden", "(ntn_|secret_)[a-zA-Z0-9]{30,}"],
        statuses: [0, 1],
        pairs: 15,
    },
    Subject {
        name: "staged",
        ours: &[NTNGUARD, "staged"],
        floor: &["git", "diff", "--cached", "--name-only"],
        statuses: [0, 0],
        pairs: 101,
    },
    Subject {
        name: "hook",
        ours: &[NTNGUARD, "hook", "run", "pre-commit"],
        floor: &["git", "diff", "--cached", "--name-only"],
        statuses: [0, 0],
        pairs: 101,
    },
    // In a repository with many merges, this range has about a thousand commits.
    Subject {
        name: "range",
        ours: &[NTNGUARD, "range", "--no-config", COMMITS],
        floor: &["git", "log", "-p", "-m", COMMITS],
        statuses: [1, 0],
        pairs: 7,
    },
    // The repository may contain example tokens and unreadable parts.
    Subject {
        name: "decoding",
        ours: &[NTNGUARD, "scan", "--config", SHUT],
        floor: &[NTNGUARD, "scan", "--config", PLAIN],
        statuses: [2, 2],
        pairs: 15,
    },
    Subject {
        name: "env",
        ours: &[NTNGUARD, "env"],
        floor: &["git", "ls-files", "--others"],
        statuses: [1, 0],
        pairs: 51,
    },
];

/// The number of commits of a generated repository, unless a measurement needs many.
const FEW: usize = 302;
/// The range of commits that `range` scans.
const COMMITS: &str = "HEAD~301..HEAD";
/// The number of packages in the repository of `env`, and the number of files of each.
const PACKAGES: [usize; 2] = [100, 100];

/// A configuration with which archives are not opened.
const SHUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/shut.yaml");
/// A configuration with which archives are not opened and nothing is decoded.
const PLAIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/plain.yaml");

impl Subject {
    /// The repositories to measure in. If there is none, and always for `staged`, a generated repository is used.
    fn folders(&self, own: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let mut folders = match self.name {
            "staged" | "hook" => vec![generated(10, 10, 1024)?, generated(1000, 100, 1024)?],
            "range" if own.is_empty() => vec![with_history(FEW)?],
            "range" => Vec::new(),
            "env" => vec![packages()?],
            _ if own.is_empty() => vec![generated(50, 100, 64 * 1024)?],
            _ => Vec::new(),
        };
        folders.extend_from_slice(own);
        Ok(folders)
    }

    /// Times pairs of runs in `folder`. Returns their cells of the table, or an error if one of the commands fails.
    fn measure(&self, folder: &Path) -> Result<String> {
        let mut ours = command(self.ours, folder);
        let mut floor = command(self.floor, folder);
        let mut pair = || {
            Ok::<_, Box<dyn Error>>((
                time(&mut ours, self.statuses[0])?,
                time(&mut floor, self.statuses[1])?,
            ))
        };
        for _ in 0..WARM_UPS {
            pair()?;
        }
        let pairs = (0..self.pairs)
            .map(|_| pair())
            .collect::<Result<Vec<_>>>()?;
        let [_, ours, _] = spread(pairs.iter().map(|(ours, _)| *ours));
        let [_, floor, _] = spread(pairs.iter().map(|(_, floor)| *floor));
        let [least, ratio, most] = spread(pairs.iter().map(|(ours, floor)| ours / floor));
        let ratio = format!("{ratio:.2} ({least:.2}–{most:.2})");
        let memory = peak_memory(self.ours, folder)
            .map_or("-".to_owned(), |mebibytes| format!("{mebibytes:.1} MiB"));
        Ok(format!(
            "{ours:>9.2} ms {floor:>9.2} ms {ratio:>18} {memory:>12}"
        ))
    }
}

/// Runs `command` once. Returns the time of the whole process in milliseconds, or an error if the command fails.
fn time(command: &mut Command, highest_status: i32) -> Result<f64> {
    let program = command.get_program().display().to_string();
    let start = Instant::now();
    let status = command
        .status()
        .map_err(|error| format!("{program} cannot be run: {error}"))?;
    let time = start.elapsed();
    match status.code() {
        Some(code) if code <= highest_status => Ok(time.as_secs_f64() * 1000.0),
        _ => Err(format!("{program} ended with {status}").into()),
    }
}

/// Returns a command in `folder` without output and without the user's settings.
fn command(words: &[&str], folder: &Path) -> Command {
    let program = if words[0] == "rg" {
        env::var_os("RG")
    } else {
        None
    };
    let mut command = Command::new(program.unwrap_or(words[0].into()));
    command.args(&words[1..]).current_dir(folder);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for (name, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GIT_"))
    {
        command.env_remove(name);
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("RIPGREP_CONFIG_PATH");
    command
}

/// Returns the peak of memory of one of our commands in MiB; `None` if GNU time is not installed.
fn peak_memory(ours: &[&str], folder: &Path) -> Option<f64> {
    let output = command(&[&["/usr/bin/time", "-v"], ours].concat(), folder)
        .stderr(Stdio::piped())
        .output()
        .ok()?;
    let report = String::from_utf8(output.stderr).ok()?;
    let line = report
        .lines()
        .find(|line| line.contains("Maximum resident set size (kbytes)"))?;
    Some(line.rsplit(' ').next()?.parse::<f64>().ok()? / 1024.0)
}

/// Returns the minimum, the median and the maximum of `values`.
fn spread(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    [
        values[0],
        values[values.len() / 2],
        values[values.len() - 1],
    ]
}

/// Makes a repository with this number of commits. Each commit changes a line in three of a hundred files.
fn with_history(commits: usize) -> Result<PathBuf> {
    made(&format!("{commits} commits"), |top| {
        git(top, &["init", "-q", "-b", "main"])?;
        let mut import = command(&["git", "fast-import", "--quiet"], top)
            .stdin(Stdio::piped())
            .spawn()?;
        write_commits(
            BufWriter::new(import.stdin.take().ok_or("no standard input")?),
            commits,
        )?;
        if !import.wait()?.success() {
            return Err("git fast-import failed".into());
        }
        git(top, &["repack", "-a", "-d", "-q"])
    })
}

/// Writes commits in the format of `git fast-import`. The first commit has all files.
fn write_commits(mut out: impl Write, commits: usize) -> Result<()> {
    let mut random = Random(2);
    let lines = |random: &mut Random| (0..40).map(|_| random.text(60) + "\n").collect::<Vec<_>>();
    let mut files: Vec<Vec<String>> = (0..100).map(|_| lines(&mut random)).collect();
    for commit in 0..commits {
        let message = format!("commit {commit}");
        writeln!(out, "commit refs/heads/main")?;
        writeln!(
            out,
            "committer bench <bench@example.com> {} +0000",
            1_700_000_000 + commit * 3600
        )?;
        writeln!(out, "data {}\n{message}", message.len())?;
        let changed: Vec<usize> = if commit == 0 {
            (0..100).collect()
        } else {
            (0..3).map(|_| random.below(100)).collect()
        };
        for file in changed {
            let line = random.below(40);
            files[file][line] = random.text(60) + "\n";
            let text = files[file].concat();
            writeln!(
                out,
                "M 100644 inline folder{}/file{file}.txt\ndata {}\n{text}",
                file % 10,
                text.len()
            )?;
        }
    }
    Ok(())
}

/// Makes a repository of packages, or uses the one from an earlier run. A fifth of the packages use dotenv, and seven of ten
/// files are programs.
fn packages() -> Result<PathBuf> {
    made("packages", |top| {
        let [packages, files] = PACKAGES;
        let mut random = Random(2);
        for number in 0..packages {
            let package = top.join(format!("packages/p{number}"));
            fs::create_dir_all(package.join("src"))?;
            let dependency = if number % 5 == 0 { "dotenv" } else { "react" };
            fs::write(
                package.join("package.json"),
                format!("{{\"dependencies\": {{\"{dependency}\": \"16\"}}}}\n"),
            )?;
            fs::write(package.join(".env.example"), "NOTION_TOKEN=\nPORT=3000\n")?;
            for file in 0..files - 2 {
                let ending = if file % 10 < 7 { "ts" } else { "md" };
                let most = (16 * 1024) >> random.below(6);
                fs::write(
                    package.join(format!("src/file{file}.{ending}")),
                    random.text(most),
                )?;
            }
        }
        fs::write(
            top.join(".gitignore"),
            "node_modules/\ndist/\n*.log\n.env\n.env.*\n!.env.example\n",
        )?;
        commit_all(top)
    })
}

/// Makes a repository with `folders` × `files` committed files of up to `largest` bytes. Three of them have staged changes.
fn generated(folders: usize, files: usize, largest: usize) -> Result<PathBuf> {
    made(&format!("{} files", folders * files), |top| {
        generate(top, folders, files, largest)
    })
}

/// Makes a repository of this name, unless there is one from an earlier run.
fn made(name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let top = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench");
    let folder = top.join(name);
    if !folder.exists() {
        println!("making {}", folder.display());
        fs::create_dir_all(&top)?;
        // It gets its name only when it is complete.
        let unfinished = tempfile::tempdir_in(&top)?;
        make(unfinished.path())?;
        fs::rename(unfinished.keep(), &folder)?;
    }
    Ok(folder)
}

fn generate(top: &Path, folders: usize, files: usize, largest: usize) -> Result<()> {
    let mut random = Random(1);
    for folder in (0..folders).map(|number| top.join(format!("folder{number}"))) {
        fs::create_dir_all(&folder)?;
        for number in 0..files {
            // Most files are small, as in most projects.
            let most = largest >> random.below(8);
            fs::write(folder.join(format!("file{number}.txt")), random.text(most))?;
        }
    }
    commit_all(top)?;
    for folder in [0, folders / 2, folders - 1] {
        fs::write(
            top.join(format!("folder{folder}/file0.txt")),
            random.text(largest),
        )?;
    }
    git(top, &["add", "."])
}

/// Makes a repository of the files in `top`.
fn commit_all(top: &Path) -> Result<()> {
    git(top, &["init", "-q"])?;
    git(top, &["add", "."])?;
    git(top, &["commit", "-q", "-m", "everything"])?;
    git(top, &["repack", "-a", "-d", "-q"])
}

/// Runs git in `top`, without garbage collection, which could still run in the background during the measurements.
fn git(top: &Path, words: &[&str]) -> Result<()> {
    let settings = [
        "-c",
        "gc.auto=0",
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@example.com",
    ];
    time(
        &mut command(&[&["git"], settings.as_slice(), words].concat(), top),
        0,
    )
    .map(drop)
}

/// Runs git in `top` and returns its output.
fn git_says(top: &Path, words: &[&str]) -> Result<String> {
    let output = command(&[&["git"], words].concat(), top)
        .stdout(Stdio::piped())
        .output()?;
    Ok(String::from_utf8(output.stdout)?)
}

/// Pseudo-random numbers that are the same in every run (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % limit
    }

    /// Returns up to about `most` bytes of words that do not look like a token to any rule.
    fn text(&mut self, most: usize) -> String {
        let words = [
            "let",
            "name",
            "= value(",
            "&self",
            "return",
            "// what follows",
            "index",
            "{",
            "}",
            "\n   ",
        ];
        let length = self.below(most);
        let mut text = String::new();
        while text.len() < length {
            text.push_str(words[self.below(words.len())]);
            text.push(' ');
        }
        text
    }
}

/// Returns the repositories with a history: those of the user, or a generated one.
fn with_commits(own: &[PathBuf]) -> Result<Vec<PathBuf>> {
    if own.is_empty() {
        Ok(vec![with_history(FEW)?])
    } else {
        Ok(own.to_vec())
    }
}

/// The measurements.
fn names() -> Vec<&'static str> {
    SUBJECTS
        .iter()
        .map(|subject| subject.name)
        .chain(["commit", "history", "memory", "agent", "merge"])
        .collect()
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(git) = &arguments.inflate {
        return inflate::all(git);
    }
    if let Some(folder) = &arguments.parse {
        return merge::parse(folder);
    }
    if !arguments.bench {
        return Ok(());
    }
    let asked = |name| arguments.subject.as_ref().is_none_or(|asked| asked == name);
    let mut rows = Vec::new();
    for subject in SUBJECTS.iter().filter(|subject| asked(subject.name)) {
        println!(
            "`{}` beside `{}`",
            subject.ours.join(" "),
            subject.floor.join(" ")
        );
        if command(&[subject.floor[0], "--version"], Path::new("."))
            .status()
            .is_ok()
        {
            rows.extend(
                subject
                    .folders(&arguments.repo)?
                    .into_iter()
                    .map(|folder| (subject, folder)),
            );
        } else {
            println!(
                "left out: cannot run {} (ripgrep: `cargo install ripgrep`, or RG=/full/path)",
                subject.floor[0]
            );
        }
    }
    println!(
        "\n{:<26} {:>12} {:>12} {:>18} {:>12}",
        "case", "ours", "floor", "ratio (min–max)", "peak memory"
    );
    for (subject, folder) in rows {
        let cells = subject
            .measure(&folder)
            .unwrap_or_else(|error| format!("left out: {error}"));
        let place = folder.file_name().unwrap_or(folder.as_os_str()).display();
        println!("{:<26} {cells}", format!("{} {place}", subject.name));
    }
    if asked("commit") {
        println!("\n{:<26} {:>12} {:>12}", "case", "commit", "hook adds");
        for folder in with_commits(&arguments.repo)? {
            commit::rows(&folder)?
                .iter()
                .for_each(|row| println!("{row}"));
        }
    }
    if asked("history") {
        println!(
            "\n{:<40} {:>12} {:>7} {:>10} {:>12}",
            "case", "time", "ratio", "CPU", "peak memory"
        );
        for folder in with_commits(&arguments.repo)? {
            history::rows(&folder)?
                .iter()
                .for_each(|row| println!("{row}"));
        }
    }
    if asked("merge") {
        println!(
            "\n{:<34} {:>12} {:>12} {:>7} {:>12}",
            "case", "ours", "parsing", "ratio", "peak memory"
        );
        merge::rows()?.iter().for_each(|row| println!("{row}"));
    }
    if asked("agent") {
        println!(
            "\n{:<34} {:>12} {:>12} {:>12}",
            "case", "median", "beyond start", "most"
        );
        agent::rows()?.iter().for_each(|row| println!("{row}"));
    }
    if asked("memory") {
        println!("\n{:<40} {:>12}", "case", "peak memory");
        memory::rows()?.iter().for_each(|row| println!("{row}"));
    }
    Ok(())
}
