"""A kernel that notes which files its chapter opens; `kernel.py` starts it, people do not.

    python -m experiments.book.build.reads -f CONNECTION_FILE

One JSON string a line goes to the file that the environment names: a path that was opened or a
folder that was listed. "*" stands for another process, whose reading cannot be seen from here.
"""

import json
import os
import sys

VARIABLE = "KNOW_OR_BEHAVE_READS"
UNSEEN = "*"
_LISTED = ("os.listdir", "os.scandir")
_STARTED = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "pty.spawn")
# Libraries ask these about the machine; git is asked for the commit. None reads our data.
_HARMLESS = {"git", "uname", "ldconfig", "/sbin/ldconfig", "lscpu", "gcc", "cc", "ld", "objdump"}


def note_reads(path: str) -> None:
    """Write what this process opens from now on to the file `path`."""
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    seen: set[str] = set()

    def note(event: str, arguments: tuple) -> None:
        if event == "open" or event == "sqlite3.connect" or event in _LISTED:
            place = arguments[0] if arguments[0] is not None else os.curdir
            if isinstance(place, int) or (event == "open" and _writes(*arguments[1:3])):
                return
            told = os.path.abspath(os.fsdecode(place)) + (os.sep if event in _LISTED else "")
        elif event in _STARTED and str(arguments[0]) not in _HARMLESS:
            told = UNSEEN
        else:
            return
        if told not in seen:
            seen.add(told)
            os.write(target, json.dumps(told).encode() + b"\n")

    sys.addaudithook(note)


def _writes(mode: str | None, flags: int) -> bool:
    """Return whether a file is opened to be written and not read."""
    if mode is not None:
        return mode[:1] in "wax" and "+" not in mode
    return bool(flags & os.O_WRONLY)


if __name__ == "__main__":
    note_reads(os.environ[VARIABLE])
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
