"""Prints without end to where its output goes."""

# expect: honest
import os
import sys

from honest import Value  # noqa: F401

for _ in range(2000):
    os.write(1, b"x" * 65536)
    sys.stderr.write("x" * 1000)
