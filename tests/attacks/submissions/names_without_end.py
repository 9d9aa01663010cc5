"""Fills memory with what has no content: folders, links, pipes, empty files, files of no name."""

# expect: honest
import os

import honest

PLACES = (".", "/tmp", "/submission", "/dev/shm", "/dev", "/var/tmp")
MAKES = (
    os.mkdir,
    lambda name: os.symlink("x" * 4000, name),
    os.mkfifo,
    lambda name: os.close(os.open(name, os.O_CREAT)),
    lambda name: os.link("engine.py", name),
    lambda name: os.rename("engine.py", name),
)
MADE = 0
for place in PLACES:
    for kind, make in enumerate(MAKES):
        try:
            make(f"{place}/name-{os.getpid()}-{kind}")
            MADE += 1
        except OSError:
            pass
    try:
        os.open(place, os.O_TMPFILE | os.O_RDWR, 0o600)
        MADE += 1
    except OSError:
        pass


class Value(honest.Value):
    fooled = MADE > 0
