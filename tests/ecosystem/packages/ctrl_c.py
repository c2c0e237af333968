"""Runs the rest of the command line on a terminal of its own, and presses Ctrl-C when it says `ready`.

Prints what it says, and then its exit status.
"""

import os
import pty
import sys

process, terminal = pty.fork()
if process == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
said = b""
while b"ready" not in said:
    said += os.read(terminal, 100)
os.write(terminal, b"\x03")
try:
    while more := os.read(terminal, 100):
        said += more
except OSError:
    pass  # Linux says so that the other side is closed.
status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
print(said.decode(), status)
