//! A repository that another process changes during the scan.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{history, is, state, token};
use crate::sandbox::Sandbox;

/// A repack moves objects to new packs, and removes the old packs file by file.
#[test]
fn no_secret_is_missed_during_a_repack() {
    let sandbox = Sandbox::repository();
    for file in 0..30 {
        sandbox
            .write(format!("f{file}"), token(file))
            .commit_all("x");
    }
    let introduced = sandbox.git(["rev-list", "--reverse", "HEAD"]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0;
            while !done.load(Ordering::Relaxed) {
                round += 1;
                sandbox.git_with_input(
                    ["hash-object", "-w", "--stdin"],
                    format!("{round}").as_bytes(),
                );
                sandbox.git(["commit", "-q", "--allow-empty", "-m", &format!("{round}")]);
                sandbox.git(["repack", "-q", if round % 3 == 0 { "-d" } else { "-ad" }]);
                if round % 3 == 1 {
                    sandbox.git(["multi-pack-index", "write"]);
                }
            }
        });
        for round in 0..25 {
            let run = history(&sandbox);
            let findings = run.findings().len();
            if findings != 30 || state(&run) != is(1, &[]) {
                done.store(true, Ordering::Relaxed);
                panic!(
                    "round {round}: {findings} findings; {:?}",
                    run.json()["skipped"]
                );
            }
            for finding in run.json()["findings"].as_array().unwrap() {
                let commit = finding["placement"]["introduced"]["commit"]
                    .as_str()
                    .unwrap_or_default();
                if commit.is_empty() || !introduced.contains(commit) {
                    done.store(true, Ordering::Relaxed);
                    panic!("round {round}: {}", finding["placement"]);
                }
            }
        }
        done.store(true, Ordering::Relaxed);
    });
}
