//! A terminal of our own, for what the binary tells on terminals alone.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::process::Command;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Runs a command on a terminal, where its standard output and error are; the status it exits with
/// and what the terminal got, without the carriage returns that terminals add.
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
    // The command holds the other side open, which would never end then.
    command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let mut shown = Vec::new();
    let mut buffer = [0; 4096];
    let mut ours = File::from(ours);
    // Once nobody has the other side open, reading is an error on Linux, and the end elsewhere.
    while let Ok(count @ 1..) = ours.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..count]);
    }
    let status = child.wait().unwrap().code().unwrap();
    (
        status,
        String::from_utf8(shown).unwrap().replace("\r\n", "\n"),
    )
}
