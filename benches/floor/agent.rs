//! How long an AI assistant waits for its hook: each event beside the start of the process, in turn.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use crate::{NTNGUARD, Random, Result, command, git, made, spread, time};

/// How many runs of each are timed; odd, so that one of them is the median.
const RUNS: usize = 51;

/// How much text the large event has.
const LARGE: usize = 10 << 20;

/// The rows of the table: what each event takes, and how much of that is more than the start.
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

/// Writes the events as Claude Code tells them; none of them holds a credential.
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
