//! Configurations in pages are valid exactly as they are written there.

use super::{pages, parts};
use crate::sandbox::Sandbox;

#[test]
fn every_configuration_is_valid() {
    let mut seen = 0;
    for page in pages() {
        for block in parts(&page).0 {
            let text = block
                .code
                .replace("v1:3f9a…", &format!("v1:{}", "3f".repeat(16)));
            let begins = text.lines().any(|line| line == "version: 1");
            // The file about access has its own schema.
            if block.info != "yaml" || !begins || text.contains("\ntokens:") {
                continue;
            }
            let sandbox = Sandbox::repository();
            sandbox.write(".ntnguard.yaml", &text);
            let run = sandbox.run(["config"]);
            assert_eq!(run.status, 0, "{page}:{}\n{}", block.line, run.stderr);
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen}");
}
