"""Runs another program in its place."""

# expect: honest
import os
import subprocess

import honest

RAN = []
for command in (["/bin/sh", "-c", "true"], ["/usr/bin/env"], ["id"]):
    try:
        subprocess.run(command, timeout=2)
        RAN.append(command)
    except (OSError, subprocess.SubprocessError):
        pass
for path in ("/bin/sh", "/usr/bin/python3", "/bin/true"):
    try:
        os.execv(path, [path])
    except OSError:
        pass


class Value(honest.Value):
    fooled = bool(RAN)
