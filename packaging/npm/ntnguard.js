#!/usr/bin/env node
// Runs the ntnguard of the package for this machine: with the same arguments, input, output, exit status and signals.
"use strict";
const { spawn } = require("node:child_process");

const machine = `${process.platform}-${process.arch}`;
const name = `@ntnguard/${machine}`;
const { optionalDependencies, version } = require("../package.json");

function program() {
  try {
    return require.resolve(`${name}/bin/ntnguard${process.platform === "win32" ? ".exe" : ""}`);
  } catch {
    return null;
  }
}

/** Ends with status 2, which says that nothing was scanned. */
function fail(message) {
  console.error(`ntnguard: ${message}`);
  process.exit(2);
}

function run(file) {
  const child = spawn(file, process.argv.slice(2), { stdio: "inherit" });
  // A terminal sends Ctrl-C to the child too, and a second one would end it at once.
  const onTerminal = [0, 1, 2].some((stream) => require("node:tty").isatty(stream));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (signal !== "SIGINT" || !onTerminal) child.kill(signal);
    });
  }
  child.on("error", (error) => fail(`${file} cannot be run: ${error.message}`));
  child.on("exit", (status, signal) => {
    if (signal === null) process.exit(status);
    process.exitCode = 128 + require("node:os").constants.signals[signal];
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const file = program();
if (file !== null) {
  run(file);
} else if (name in optionalDependencies) {
  fail(
    `the package ${name} is not installed, so nothing was scanned. npm leaves it out with --omit=optional or ` +
      "--no-optional, or if node_modules was copied from another machine. " +
      `Install it again: npm install ntnguard@${version}`,
  );
} else {
  const known = Object.keys(optionalDependencies).map((dependency) => dependency.split("/")[1]);
  fail(`there is no package for ${machine}, only for ${known.join(", ")}. Install it in another way: see README.md`);
}
