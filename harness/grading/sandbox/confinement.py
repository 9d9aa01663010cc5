"""What a process that runs an engine puts on itself, and on all that it may start.

Each layer stands where the machine offers it; what really holds is found out by
:mod:`harness.grading.sandbox.canaries`. Imports the standard library alone; Linux' own calls are
made through ctypes.
"""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from harness.grading.sandbox import kernel, landlock
from harness.grading.sandbox.kernel import LIBC, prctl

NEW_NAMESPACES: Final = 0x10000000 | 0x00020000 | 0x20000000 | 0x08000000 | 0x40000000 | 0x04000000
"""CLONE_NEWUSER, NEWNS, NEWPID, NEWIPC, NEWNET and NEWUTS."""
READ_ONLY, REMOUNT, PRIVATE, NO_SUID, NO_DEV, NO_EXEC = 1, 32, 1 << 18 | 1 << 14, 2, 4, 8
EMPTY: Final = NO_SUID | NO_DEV | NO_EXEC
"""How a file system is mounted that holds nothing to be run."""
SET_MOUNTS, RECURSIVE, HERE = 442, 0x8000, -100
"""mount_setattr, which has the same number on all processors, AT_RECURSIVE, and AT_FDCWD."""
NO_NEW_PRIVILEGES, DEATH_SIGNAL, DROP_BOUND, DUMPABLE, ORPHANS = 38, 1, 24, 4, 36
"""Options of prctl, the last of them PR_SET_CHILD_SUBREAPER."""
POWERS: Final = 64
"""So many capabilities there are at most; and the header of capset (version 3)."""
CAPABILITIES: Final = 0x20080522
FIRST_TO_DIE: Final = "1000"
"""Where the machine has no memory left, it ends a submission before all else (oom_score_adj)."""

HARNESS: Final = str(Path(__file__).resolve().parents[2])
"""Where the harness lies: closed to submissions."""

REQUESTS, REPLIES = 10, 11
"""The descriptors of the pipes in a child."""


def become(user: int | None) -> None:
    """Another user, if root asks for one."""
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        prctl(DUMPABLE, 1)  # or its own /proc would not be its own any more


def confine(settings: dict[str, Any]) -> None:
    """What holds from before the engine's files are there."""
    _redirect(settings)
    with suppress(OSError):
        _write("/proc/self/oom_score_adj", FIRST_TO_DIE)
    if hasattr(os, "setsid"):
        with suppress(OSError):  # it may lead a session already
            os.setsid()
    prctl(DEATH_SIGNAL, signal.SIGKILL)
    if not settings["home"]:
        if settings["namespaces"]:
            _unshare(settings)
        prctl(NO_NEW_PRIVILEGES, 1)
        prctl(DUMPABLE, 0)


def _redirect(settings: dict[str, Any]) -> None:
    """Nothing to read, and nobody who reads; what is to be shown goes to stderr."""
    null = os.open(os.devnull, os.O_RDWR)
    shown = settings["home"] and settings["shows_output"]
    os.dup2(null, 0)
    os.dup2(2 if shown else null, 1)
    os.dup2(2 if shown else null, 2)
    os.close(null)


def _unshare(settings: dict[str, Any]) -> None:
    """Namespaces of the child's own: it sees no other process, no network and no /proc."""
    assert LIBC is not None
    user, group = os.getuid(), os.getgid()
    _done(LIBC.unshare(NEW_NAMESPACES), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")
    child = os.fork()  # the first in its own process namespace
    if child:
        os.closerange(REQUESTS, REPLIES + 1)
        os.waitpid(child, 0)
        os._exit(0)
    os.setsid()  # no signal to its group reaches the one that waits for it
    prctl(DEATH_SIGNAL, signal.SIGKILL)
    _mount("/", None, PRIVATE)
    everywhere = (ctypes.c_uint64 * 4)(READ_ONLY | NO_SUID, 0, 0, 0)
    LIBC.syscall(SET_MOUNTS, HERE, b"/", RECURSIVE, everywhere, 32)  # Linux 5.12, else no harm
    _mount("/proc", "tmpfs", EMPTY | READ_ONLY)
    _mount(settings["place"], "tmpfs", EMPTY)


def lock(settings: dict[str, Any]) -> None:
    """The last doors, once the submission's files are there: no writing, no powers, limits."""
    if settings["namespaces"]:
        _mount(settings["place"], None, EMPTY | READ_ONLY | REMOUNT)
        _mount(HARNESS, "tmpfs", EMPTY | READ_ONLY)
    if LIBC is not None:  # root's, too, where it can be nobody else
        for number in range(POWERS):
            prctl(DROP_BOUND, number)
        header = (ctypes.c_uint32 * 2)(CAPABILITIES, 0)
        _done(LIBC.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    _limit(settings["memory"], settings["seconds"])
    if LIBC is not None:
        kernel.close(landlock.close(settings["place"], HARNESS))


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:
        return
    limits = {"RLIMIT_CPU": seconds, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 64}
    limits |= {"RLIMIT_AS": memory, "RLIMIT_NPROC": 1, "RLIMIT_MSGQUEUE": 0, "RLIMIT_MEMLOCK": 0}
    for name, limit in limits.items():
        with suppress(AttributeError, OSError, ValueError):  # not on this system; canaries tell
            resource.setrlimit(getattr(resource, name), (limit, limit))


def _mount(target: str, kind: str | None, flags: int) -> None:
    assert LIBC is not None
    given = kind.encode() if kind else None
    _done(LIBC.mount(b"none", target.encode(), given, flags, None), f"mount {target}")


def _done(failed: int, what: str) -> None:
    if failed:
        raise OSError(ctypes.get_errno(), what)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
