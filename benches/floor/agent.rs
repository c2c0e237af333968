//! Measures how long an AI assistant waits for its hook, for each event, and compares it with the start of the process.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use crate::{NTNGUARD, Random, Result, command, git, made, spread, time};

/// The number of timed runs of each event. It is odd, so that one run is the median.
const RUNS: usize = 51;

/// The size of the text in the large event, in bytes.
const LARGE: usize = 10 << 20;

/// Returns the rows of the table: the time of each event, and the part of it after the start of the process.
pub fn rows() -> Result<Vec<String>> {
    let top = made("agent", |top| {
        git(top, &["init", "-q", "-b", "main"])?;
        fs::write(top.join(".gitignore"), ".env\n")?;
        fs::write(top.join("a.txt"), Random(5).text(4096))?;
        write_events(top)
    })?;
    let events = [
        "prompt",
        "tool",
        "read",
        "answer of 10 MB",
        "prompt of 10 MB",
    ];
    let mut times = vec![Vec::new(); events.len() + 1];
    for round in 0..RUNS + crate::WARM_UPS {
        let mut start = command(&[NTNGUARD, "--version"], &top);
        let mut taken = vec![time(&mut start, 0)?];
        for event in events {
            let mut hook = command(&[NTNGUARD, "hook", "run", "agent"], &top);
            hook.stdin(Stdio::from(File::open(top.join(file(event)))?));
            taken.push(time(&mut hook, 0)?);
        }
        if round >= crate::WARM_UPS {
            times
                .iter_mut()
                .zip(taken)
                .for_each(|(times, taken)| times.push(taken));
        }
    }
    let names = ["start of the process"].into_iter().chain(events);
    let row = |(name, taken): (&str, &Vec<f64>)| {
        let [_, median, most] = spread(taken.iter().copied());
        let more = taken
            .iter()
            .zip(&times[0])
            .map(|(event, start)| event - start);
        let [_, more, _] = spread(more);
        let name = format!("agent, {name}");
        format!("{name:<34} {median:>9.2} ms {more:>+9.2} ms {most:>9.2} ms")
    };
    Ok(names.zip(&times).map(row).collect())
}

fn file(event: &str) -> String {
    format!("{}.json", event.replace(' ', "-"))
}

/// Writes events in the format of Claude Code. None of them contains a credential.
fn write_events(top: &Path) -> Result<()> {
    let (mut random, mut long) = (Random(7), String::new());
    while long.len() < LARGE {
        long += &random.text(64 << 10).replace('\n', "\\n");
    }
    let event = |name: &str, fields: &str| {
        format!(
            "{{\"session_id\":\"a\",\"transcript_path\":\"/t\",\"cwd\":\".\",\"hook_event_name\":\"{name}\",{fields}}}"
        )
    };
    let tool = |name: &str, input: &str| {
        format!("\"tool_name\":\"{name}\",\"tool_use_id\":\"t\",\"tool_input\":{{{input}}}")
    };
    let bash = tool("Bash", "\"command\":\"cargo test --lib && git status\"");
    let events = [
        (
            "prompt",
            event("UserPromptSubmit", "\"prompt\":\"why does the test fail?\""),
        ),
        ("tool", event("PreToolUse", &bash)),
        (
            "read",
            event("PreToolUse", &tool("Read", "\"file_path\":\"a.txt\"")),
        ),
        (
            "answer of 10 MB",
            event(
                "PostToolUse",
                &format!("{bash},\"tool_response\":{{\"stdout\":\"{long}\"}}"),
            ),
        ),
        (
            "prompt of 10 MB",
            event("UserPromptSubmit", &format!("\"prompt\":\"{long}\"")),
        ),
    ];
    for (name, text) in events {
        fs::write(top.join(file(name)), text)?;
    }
    Ok(())
}
