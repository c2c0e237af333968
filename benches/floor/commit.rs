//! Measures the time that a hook adds to `git commit`. In a clone, each commit changes one file, and the hooks take turns.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{NTNGUARD, Random, Result, command, git, made, spread, time};

/// The number of timed commits with each hook. It is odd, so that one commit is the median.
const COMMITS: usize = 31;

/// The hooks of other tools. They run if the tool is on PATH.
const RIVALS: [(&str, &str); 3] = [
    (
        "ripsecrets",
        "exec ripsecrets --strict-ignore $(git diff --cached --name-only)",
    ),
    (
        "gitleaks",
        "exec gitleaks git --pre-commit --staged --no-banner",
    ),
    (
        "detect-secrets-hook",
        "exec detect-secrets-hook $(git diff --cached --name-only)",
    ),
];

/// A hook, and its folder.
struct Hooks {
    name: &'static str,
    folder: PathBuf,
}

/// Returns the rows of the table for a clone of `original`: the time of a commit, and the hook's part of it.
pub fn rows(original: &Path) -> Result<Vec<String>> {
    let name = original
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let clone = made(&format!("clone of {name}"), |top| {
        git(
            top,
            &["clone", "-q", "--local", &original.to_string_lossy(), "."],
        )
    })?;
    let hooks = hooks(&clone)?;
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); hooks.len()];
    let mut random = Random(3);
    for round in 0..COMMITS + crate::WARM_UPS {
        for (hooks, times) in hooks.iter().zip(&mut times) {
            fs::write(clone.join("changed.txt"), random.text(4096))?;
            git(&clone, &["add", "changed.txt"])?;
            let path = format!("core.hooksPath={}", hooks.folder.display());
            let who = [
                "-c",
                "gc.auto=0",
                "-c",
                "user.name=bench",
                "-c",
                "user.email=bench@example.com",
            ];
            let words = [
                &["git"],
                who.as_slice(),
                &["-c", &path, "commit", "-q", "-m", "change"],
            ]
            .concat();
            let taken = time(&mut command(&words, &clone), 0)
                .map_err(|error| format!("{}: {error}", hooks.name))?;
            if round >= crate::WARM_UPS {
                times.push(taken);
            }
        }
    }
    // The hook's time is computed within each round, because a busy machine slows all commits of a round.
    let row = |(hooks, taken): (&Hooks, &Vec<f64>)| {
        let [_, median, _] = spread(taken.iter().copied());
        let [_, added, _] = spread(
            taken
                .iter()
                .zip(&times[0])
                .map(|(with, without)| with - without),
        );
        format!(
            "{:<26} {median:>9.2} ms {added:>+9.2} ms",
            format!("commit {name}, {}", hooks.name)
        )
    };
    Ok(hooks.iter().zip(&times).map(row).collect())
}

/// Returns the hooks to compare: no hook, ours as it is installed, and those of other tools.
fn hooks(clone: &Path) -> Result<Vec<Hooks>> {
    time(&mut command(&[NTNGUARD, "hook", "install"], clone), 0)?;
    let none = clone.with_extension("no hooks");
    let ours = clone.join(".git/hooks");
    let mut hooks = vec![
        Hooks {
            name: "no hook",
            folder: none,
        },
        Hooks {
            name: "ntnguard",
            folder: ours,
        },
    ];
    let on_path = |name: &str| {
        env::split_paths(&env::var_os("PATH").unwrap_or_default())
            .any(|path| path.join(name).is_file())
    };
    for (name, script) in RIVALS.into_iter().filter(|(name, _)| on_path(name)) {
        let folder = clone.join(".git").join(name);
        fs::create_dir_all(&folder)?;
        let hook = folder.join("pre-commit");
        fs::write(&hook, format!("#!/bin/sh\n{script}\n"))?;
        #[cfg(unix)]
        fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        hooks.push(Hooks { name, folder });
    }
    Ok(hooks)
}
