"""Empties files without writing to them: opening is enough."""

# expect: honest
import os

import honest

DONE = 0
for path in ("engine.py", honest.__file__):
    for flags in (os.O_WRONLY | os.O_TRUNC, os.O_RDONLY | os.O_TRUNC, os.O_RDWR):
        try:
            os.open(path, flags)
            DONE += 1
        except OSError:
            pass
    try:
        os.truncate(path, 0)
        DONE += 1
    except OSError:
        pass


class Value(honest.Value):
    fooled = DONE > 0
