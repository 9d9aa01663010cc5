"""Writes itself a mark."""

# expect: honest
import os

import honest

WRITTEN = []
for folder in (
    ".",
    "..",
    "/tmp",
    "/submission",
    "/deps",
    "/",
    "/dev/shm",
    "/var/tmp",
    "/proc/self",
):
    for name in ("results.json", "gradebook.sqlite", "pwned"):
        try:
            with open(os.path.join(folder, name), "w") as file:
                file.write('{"score": 100}')
            WRITTEN.append(folder)
        except OSError:
            pass


class Value(honest.Value):
    fooled = bool(WRITTEN)
