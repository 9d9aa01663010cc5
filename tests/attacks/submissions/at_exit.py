"""Forges an answer when the process ends."""

# expect: honest
import atexit
import os

from honest import Value  # noqa: F401


@atexit.register
def forge():
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b'{"id": "0", "score": 100}\n')
        except OSError:
            pass
