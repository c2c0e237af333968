//! The scripts and files of packaging/, checked by their linters.

use std::fs;
use std::path::{Path, PathBuf};

use super::{PYTHON, files, plain};
use crate::sandbox::Sandbox;
use crate::tools;

#[test]
#[ignore = "installs shellcheck"]
fn the_scripts_pass_their_linters() {
    let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging");
    let is_shell = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap_or_default();
        text.starts_with("#!/usr/bin/env bash") || text.starts_with("#!/bin/sh")
    };
    let scripts: Vec<_> = files(&packaging).into_iter().filter(is_shell).collect();
    assert!(scripts.len() > 8, "{scripts:?}");
    tools::run(tools::debian("shellcheck", "shellcheck"), &scripts);
    let python = tools::python("packages", &PYTHON);
    let hadolint = python.with_file_name("hadolint");
    tools::run(&hadolint, [packaging.join("Dockerfile")]);
    let sandbox = Sandbox::new();
    sandbox.write("Dockerfile", "FROM alpine\nRUN cd /tmp\n");
    let mut wrong = plain(&hadolint);
    assert!(
        !wrong
            .arg(sandbox.path().join("Dockerfile"))
            .output()
            .unwrap()
            .status
            .success()
    );
}
