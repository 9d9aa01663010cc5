"""What a submission could try, tried: run in a real worker in a submission's place.

Each canary returns whether it was blocked. ``settings`` names places that the judge knows to
exist: files, folders and what is in them, an open port, a process, a folder with torch in it.
The last one, :func:`stay`, is what the judge itself looks at.
"""

# The source of this file is what runs there: it imports nothing of the harness.

import ctypes
import importlib
import mmap
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from errno import EACCES, ENOSYS, EPERM
from pathlib import Path
from typing import Any

settings: dict[str, Any] = globals().get("settings", {})


def _refused(attempt: Callable[..., Any], *arguments: Any) -> bool:
    try:
        attempt(*arguments)
    except BaseException:
        return True
    return False


def _imported(place: str, name: str) -> None:
    sys.path.append(place)
    importlib.import_module(name)


def reading() -> bool:
    return all(_refused(open, place, "rb") for place in settings["files"])


def listing() -> bool:
    def shows(folder: str, there: list[str]) -> None:
        assert not set(os.listdir(folder)).isdisjoint(there)

    return all(_refused(shows, *place) for place in settings["folders"].items())


def writing() -> bool:
    folders = (".", "/tmp", "/", "/dev/shm")
    return all(_refused(Path(folder, "canary").write_bytes, b"tweet") for folder in folders)


def network() -> bool:
    return _refused(socket.create_connection, ("127.0.0.1", settings["port"]), 0.5)


def processes() -> bool:
    with suppress(OSError):
        if any(name.isdigit() for name in os.listdir("/proc")):
            return False
    others = [settings["judge"], os.getppid() or settings["judge"]]
    return all(_refused(os.kill, pid, 0) for pid in others)


def forking() -> bool:
    return not hasattr(os, "fork") or _refused(lambda: os.fork() or os._exit(0))


def threads() -> bool:
    return _refused(threading.Thread(target=time.sleep, args=(0,)).start)


def programs() -> bool:
    return not any(
        os.access(path, os.X_OK) for path in ("/bin/sh", "/usr/bin/env", "/usr/bin/python3")
    )


def memory() -> bool:
    return _refused(bytearray, settings["memory"])


def answers() -> bool:
    formulas = "harness.vocabulary.formulas"
    return _refused(lambda: Path(str(importlib.import_module(formulas).__file__)).read_bytes())


def suite() -> bool:
    suite, model = settings["suite"], settings["model"]
    hidden = _refused(os.listdir, suite) and _refused(os.listdir, model)
    return hidden and _refused(_imported, os.path.dirname(model), os.path.basename(model))


def torch() -> bool:
    return _refused(_imported, settings["packages"], settings["package"])


def environment() -> bool:
    return os.environ.keys().isdisjoint(settings["variables"])


def sockets() -> bool:
    kinds = [getattr(socket, name, 0) for name in ("AF_UNIX", "AF_INET6", "AF_NETLINK")]
    return all(_refused(socket.socket, kind, socket.SOCK_DGRAM) for kind in kinds if kind) and (
        _refused(socket.socketpair)
    )


def _call(name: str, *arguments: Any) -> bool:
    """Whether a function of the C library is not there, or is refused whatever it is given."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        failed = getattr(libc, name)(*arguments) == -1
    except (AttributeError, TypeError):
        return True
    return failed and ctypes.get_errno() in (EACCES, ENOSYS, EPERM)


def shared() -> bool:
    made = (
        _refused(mmap.mmap, -1, 1 << 20),
        _refused(os.mkdir, "folder"),
        _refused(os.symlink, "nothing", "link"),
        _refused(os.mkfifo, "pipe") if hasattr(os, "mkfifo") else True,
        _refused(os.open, "/tmp", getattr(os, "O_TMPFILE", 0) | os.O_RDWR, 0o600),
    )
    return all(made) and _call("memfd_create", b"canary", 0) and _call("shmget", 1, 0, 0)


def signs() -> bool:
    try:
        import fcntl
    except ImportError:
        return True
    with open(os.__file__, "rb") as file:
        locks = (
            _refused(fcntl.flock, file, fcntl.LOCK_SH | fcntl.LOCK_NB),
            _refused(fcntl.lockf, file, fcntl.LOCK_SH | fcntl.LOCK_NB),
            _woken(file.fileno()),
        )
    calls = (("inotify_init1", 0), ("semget", 1, 0, 0), ("msgget", 1, 0))
    return all(locks) and all(_call(*call) for call in calls)


def _woken(file: int) -> bool:
    """Whether nobody is woken who waits at the same page of a file (FUTEX_WAKE)."""
    number = NUMBERS.get("futex")
    if number is None:
        return sys.platform != "linux"
    with mmap.mmap(file, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE) as page:
        word = ctypes.c_char.from_buffer(page)
        refused = _call("syscall", number, ctypes.byref(word), 1, 1, None, None, 0)
        del word
    return refused


MACHINE = getattr(os, "uname", lambda: None)()
COLUMN = {"x86_64": 0, "aarch64": 1}.get(MACHINE.machine if MACHINE else "")
RARE = {
    "futex": (202, 98),
    "bpf": (321, 280),
    "fanotify_init": (300, 262),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "perf_event_open": (298, 241),
    "pidfd_open": (434, 434),
    "process_vm_readv": (310, 270),
    "ptrace": (101, 117),
    "setns": (308, 268),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
"""Numbers of calls on x86_64 and on aarch64."""
NUMBERS = {name: both[COLUMN] for name, both in RARE.items() if COLUMN is not None}


def rare() -> bool:
    if sys.platform != "linux":
        return True
    return bool(NUMBERS) and all(
        _call("syscall", number, *[-1] * 6) for name, number in NUMBERS.items() if name != "futex"
    )


def stay() -> None:
    """Lives on, if it can, and leaves a child that can write to whom it answers."""
    with suppress(Exception):
        ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # no signal when its parent dies
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    with suppress(Exception):
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
            os._exit(0)


ENDS = "ends when it is judged"

CANARIES = {
    "reads no file of the machine": reading,
    "lists no folder of the machine": listing,
    "writes nowhere": writing,
    "reaches no network": network,
    "sees no other process": processes,
    "starts no process": forking,
    "starts no thread": threads,
    "finds no program": programs,
    "gets no more memory than its limit": memory,
    "finds no derivatives of the harness": answers,
    "finds neither a case nor the model engine": suite,
    "finds no torch": torch,
    "knows nothing of the environment": environment,
    "opens no socket": sockets,
    "takes no memory that is not counted": shared,
    "leaves no sign for another submission": signs,
    "makes no rare call of the kernel": rare,
}

found = {name: canary() for name, canary in CANARIES.items()} if settings else {}
if settings:
    stay()
