"""What files a submission gets at: it reads Python, numpy and its own, and writes none (Landlock).

Holds for the process that puts it on until it ends, needs no rights, and stands in a container as
well. What is allowed is found by where modules are searched for, so that it is the same in
bubblewrap and without it. Imports the standard library alone.

(The calls: https://docs.kernel.org/userspace-api/landlock.html)
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import sysconfig
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Final

from harness.grading.sandbox.kernel import LIBC

CREATE_RULES, ADD_RULE, RESTRICT, BENEATH = 444, 445, 446, 1
"""Landlock's calls, the same on all processors, and LANDLOCK_RULE_PATH_BENEATH."""
RUN, WRITE, READ, LIST, MAKE_AND_REMOVE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 0x1FF0
"""What Landlock can refuse: LANDLOCK_ACCESS_FS_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, all of
_REMOVE_ and _MAKE_."""

PACKAGES: Final = ("site-packages", "dist-packages")
"""Where others' modules lie, beside or below Python's own."""
LIBRARIES: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
"""What Python's modules are linked with lies there."""


def close(folder: str, harness: str) -> bool:
    """Whether Landlock refuses now to write, make and remove files, to run programs, and to read
    what is neither in ``folder`` nor one of the :func:`places`. What is written to nowhere may go
    there."""
    refused = struct.pack("=Q", RUN | WRITE | READ | LIST | MAKE_AND_REMOVE)
    if LIBC is None or (rules := LIBC.syscall(CREATE_RULES, refused, len(refused), 0)) < 0:
        return False
    try:
        for place, access in ((folder, READ | LIST), *places(harness)):
            _allow(LIBC, rules, place, access)
        return bool(LIBC.syscall(RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, place: str, access: int) -> None:
    with suppress(OSError):  # it is not there, or not for this user
        descriptor = os.open(place, os.O_PATH)
        libc.syscall(ADD_RULE, rules, BENEATH, struct.pack("=Qi", access, descriptor), 0)
        os.close(descriptor)


@cache
def places(harness: str) -> tuple[tuple[str, int], ...]:
    """What may be done at which places, and below them: Python and its libraries, and the packages
    beside ``harness`` where modules are searched for, but not that."""
    allowed = [(os.devnull, READ | WRITE), ("/etc/ld.so.cache", READ)]
    for place in dict.fromkeys(map(os.path.realpath, LIBRARIES)):
        allowed += _within(place, lambda name: not name.startswith("python"))
    library = os.path.dirname(sysconfig.get_path("stdlib"))
    allowed += _within(library, lambda name: ".so" in name)
    closed = (*PACKAGES, os.path.basename(harness))
    for place in sys.path:
        if os.path.dirname(place) not in sys.path:
            allowed.append((place, LIST))
            allowed += _within(place, lambda name: name not in closed)
    return tuple(allowed)


def _within(folder: str, wanted: Callable[[str], bool]) -> list[tuple[str, int]]:
    """The wanted in a folder, to be read, and where it is a folder to be listed."""
    try:
        inner = [os.path.join(folder, name) for name in os.listdir(folder) if wanted(name)]
    except OSError:
        return []
    return [(place, READ | LIST * os.path.isdir(place)) for place in inner]
