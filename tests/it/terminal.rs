//! A pseudo-terminal, for output that the binary writes only to terminals.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::process::Command;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Runs a command with standard output and error on a pseudo-terminal. Returns the exit status and the output, without the
/// carriage returns that terminals add.
pub fn run(command: &mut Command) -> (i32, String) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
    let theirs = OpenOptions::new()
        .read(true)
        .write(true)
        .open(name)
        .unwrap();
    command.stdout(theirs.try_clone().unwrap()).stderr(theirs);
    let mut child = command.spawn().unwrap();
    // Release the other side of the terminal in `command`. Otherwise reading would never end.
    command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let mut shown = Vec::new();
    let mut buffer = [0; 4096];
    let mut ours = File::from(ours);
    // When the other side is closed, a read fails on Linux, and returns 0 bytes on other systems.
    while let Ok(count @ 1..) = ours.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..count]);
    }
    let status = child.wait().unwrap().code().unwrap();
    (
        status,
        String::from_utf8(shown).unwrap().replace("\r\n", "\n"),
    )
}
