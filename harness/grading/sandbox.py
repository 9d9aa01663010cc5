"""Where submissions run: a process of their own, behind every wall that the machine offers.

A :class:`Sandbox` starts one trusted worker (``python -I -S``, in bubblewrap where there is one),
which forks a confined child for each submission; a :class:`Child` is asked for one trace at a time.
The judge keeps the clock, caps what is read, and kills.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Final, Protocol

import numpy as np

from harness.bundled import PACKAGE
from harness.grading import canaries, wire

FIRST_USER, USERS = 61_000, 4_000
"""Started as root, each sandbox runs as a user of its own among these."""
START_SECONDS: Final = 20.0
PATIENCE: Final = 4.0
"""On a machine that is busy with other things the clock stands while a submission waits for a
processor, for at most so many times its seconds."""
LEAST_STALL: Final = 0.01
"""Less is not worth waiting for."""
SECRET: Final = "HARNESS_CANARY"
OWN: Final = frozenset({"dev", "etc", "ld.so.cache", "lib", "lib64", "proc", "tmp", "usr"})
"""What bubblewrap puts where a machine has it, too: in ``/`` and in ``/etc``."""

_START: Final = (
    "import sys; sys.path[:0] = [{path!r}]; from harness.grading.worker import main; main()"
)


class SandboxError(Exception):
    """The sandbox itself does not work: no fault of any submission's."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds by the judge's clock, bytes of memory, bytes of a reply, and how often a submission
    that has ended or hung is started anew."""

    case: float = 2.0
    submission: float = 30.0
    memory: int = 1 << 30
    reply: int = 1 << 20
    restarts: int = 3


@dataclass(frozen=True, slots=True)
class Walls:
    """Which walls to put up: ``bubblewrap``, a child's own ``namespaces``, another ``user``, a
    ``keeper`` that forks (without one each child is a Python of its own)."""

    bubblewrap: bool
    namespaces: bool
    user: bool
    keeper: bool


class Gone(Exception):
    """The child has ended without an answer."""


class Late(Exception):
    """The child has not answered in time."""


class TooLong(Exception):
    """The child's answer is longer than any that it could rightly give."""


class Child(Protocol):
    """A confined process with one submission in it. ``spent`` are the seconds that it has taken to
    answer, those in which it had no processor to run on left out."""

    spent: float

    def ask(self, line: bytes, seconds: float, most: int) -> bytes:
        """The line that the child answers with; raises Gone, Late or TooLong."""

    def close(self) -> None:
        """Ends it, and all that it has started."""


class _Clocked:
    """Asking with a clock, which stands while the child has no processor to run on."""

    def __init__(self) -> None:
        self.spent = self.stood = self.deadline = self.patience = 0.0

    def ask(self, line: bytes, seconds: float, most: int) -> bytes:
        begin, stood = time.monotonic(), self.stood
        self.deadline, self.patience = begin + seconds, PATIENCE * seconds
        try:
            return self._ask(line, most)
        finally:
            self.spent += time.monotonic() - begin - (self.stood - stood)

    def _ask(self, line: bytes, most: int) -> bytes:
        raise NotImplementedError

    def stalled(self) -> float:
        """The seconds that the process has waited for a processor in all its life."""
        return 0.0

    def left(self) -> float:
        """The seconds that the child has left, more than none. Raises Late."""
        while (left := self.deadline - time.monotonic()) <= 0:
            more = min(self.stalled() - self.stood, self.patience)
            if more < LEAST_STALL:
                raise Late
            self.stood, self.patience = self.stood + more, self.patience - more
            self.deadline += more
        return left


def _stalled(pid: str) -> float:
    """The seconds that a process has waited for a processor, as Linux counts them."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


class _Pipes(_Clocked):
    """Asking over two descriptors with a clock and a cap."""

    def __init__(self, requests: int, replies: int) -> None:
        super().__init__()
        self.requests, self.replies = requests, replies
        os.set_blocking(requests, False)
        os.set_blocking(replies, False)
        self.rest = b""

    def _ask(self, line: bytes, most: int) -> bytes:
        waiting = memoryview(line)
        found = bytearray()
        if self.rest:
            raise TooLong  # it has said something without being asked
        while True:
            left = self.left()
            writing = [self.requests] if waiting else []
            readable, writable, _ = select.select([self.replies], writing, [], left)
            if writable:
                try:
                    waiting = waiting[os.write(self.requests, waiting) :]
                except BrokenPipeError:
                    waiting = memoryview(b"")
            if readable:
                part = os.read(self.replies, 1 << 16)
                if not part:
                    raise Gone
                found += part
                end = part.find(b"\n")
                if end >= 0:
                    self.rest = part[end + 1 :]
                    return bytes(found[: len(found) - len(self.rest)])
                if len(found) > most:
                    raise TooLong

    def shut(self) -> None:
        os.close(self.requests)
        os.close(self.replies)


class _Kept(_Pipes):
    """A child of the keeper."""

    def __init__(self, sandbox: Sandbox, requests: int, replies: int) -> None:
        super().__init__(requests, replies)
        self.sandbox = sandbox

    def stalled(self) -> float:
        """That of the youngest process below the keeper's, which is the child."""
        assert self.sandbox.process is not None
        pid = str(self.sandbox.process.pid)
        try:
            while below := Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                pid = below[-1]
        except OSError:
            return 0.0
        return _stalled(pid)

    def close(self) -> None:
        self.shut()
        self.sandbox.say(b"end")


class _Single(_Clocked):
    """A Python of its own, where there is no keeper. Asked through threads: not every system can
    wait for a pipe."""

    def __init__(self, process: subprocess.Popen[bytes], folder: str) -> None:
        super().__init__()
        self.process, self.folder = process, folder
        self.parts: Queue[bytes] = Queue(maxsize=64)
        self.closed = False
        threading.Thread(target=self._read, daemon=True).start()

    def stalled(self) -> float:
        return _stalled(str(self.process.pid))

    def _ask(self, line: bytes, most: int) -> bytes:
        threading.Thread(target=self._write, args=(line,), daemon=True).start()
        found = bytearray()
        while True:
            try:
                part = self.parts.get(timeout=self.left())
            except Empty:
                continue
            if not part:
                raise Gone
            found += part
            if b"\n" in part:
                if not found.endswith(b"\n") or found.count(b"\n") > 1:
                    raise TooLong  # more than the one line that it was asked for
                return bytes(found)
            if len(found) > most:
                raise TooLong

    def close(self) -> None:
        self.closed = True
        self.process.kill()
        self.process.wait()
        while not self.parts.empty():
            self.parts.get()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            while not self.closed:
                part = os.read(pipe.fileno(), 1 << 16)
                self.parts.put(part)
                if not part:
                    return

    def _write(self, line: bytes) -> None:
        assert self.process.stdin is not None
        with suppress(OSError, ValueError):
            self.process.stdin.write(line)
            self.process.stdin.flush()


class Sandbox:
    """Starts children one at a time; for each process that grades there is one."""

    def __init__(self, walls: Walls, limits: Limits) -> None:
        self.walls, self.limits = walls, limits
        self.user = FIRST_USER + os.getpid() % USERS
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        self.folder: str | None = None
        self.child: Child | None = None

    def start(self) -> Child:
        """A child that waits for a submission; the one before it is ended."""
        self.stop()
        if self.folder is not None:
            self._empty(self.folder)
        self.child = self._kept() if self.walls.keeper else self._single()
        return self.child

    def stop(self) -> None:
        """Ends the child."""
        if self.child is not None:
            self.child.close()
            self.child = None

    @staticmethod
    def pack(files: Mapping[str, bytes]) -> dict[str, str]:
        """Files as they are sent to a child."""
        return {name: base64.b64encode(content).decode() for name, content in files.items()}

    def _empty(self, folder: str) -> None:
        for place in Path(folder).iterdir():
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink()

    def observed(self, seconds: float = START_SECONDS) -> dict[str, bool]:
        """What the canaries found blocked, tried in a child as a submission would."""
        child = self.start()
        with socket.create_server(("127.0.0.1", 0)) as server:
            places = _places(self.limits, server.getsockname()[1])
            text = Path(canaries.__file__).read_text(encoding="utf-8")
            line = wire.to_line({"files": {}, "canaries": text, "places": places})
            try:
                reply = wire.from_line(child.ask(line, seconds, self.limits.reply))
            except (Gone, Late, TooLong, wire.Unreadable) as error:
                raise SandboxError(
                    f"the canaries did not answer ({type(error).__name__})"
                ) from None
        if "canaries" not in reply:
            raise SandboxError(str(reply.get("grader error", reply)))
        return {name: bool(reply["canaries"].get(name)) for name in canaries.CANARIES}

    def close(self) -> None:
        """Ends everything."""
        self.stop()
        self._end()
        if "scratch" in self.__dict__:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def scratch(self) -> str:
        """A folder for what lies outside bubblewrap; there is none where there is bubblewrap."""
        folder = tempfile.mkdtemp(prefix="harness-")
        os.chmod(folder, 0o711)
        return folder

    # -- the keeper --------------------------------------------------------------------------------

    def say(self, message: bytes, descriptors: tuple[int, ...] = ()) -> None:
        """Tells the keeper, and waits until it has done so; starts it anew if it is gone."""
        for _ in range(2):
            try:
                if self.control is None:
                    self._begin()
                assert self.control is not None
                socket.send_fds(self.control, [message], list(descriptors))
                if self.control.recv(16) == b"done":
                    return
            except (OSError, TimeoutError):
                pass
            told = self._complaint()
            self._end()
            if message == b"end":
                return  # with the keeper, its child has gone
        raise SandboxError(f"the worker does not start: {told}")

    def _begin(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        ours.settimeout(START_SECONDS)
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115, closed with us
        descriptor = theirs.fileno()
        self.process = subprocess.Popen(
            self._command(str(descriptor)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.errors,
            env=_environment(),
            pass_fds=[descriptor],
            start_new_session=True,
            cwd="/",
        )
        theirs.close()
        self.control = ours

    def _complaint(self) -> str:
        if self.process is None:
            return "it has ended"
        self.errors.seek(0)
        text = self.errors.read().decode(errors="replace").strip()
        return text[-300:] or "it says nothing"

    def _end(self) -> None:
        if self.control is not None:
            self.control.close()
            self.control = None
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.errors.close()

    def _kept(self) -> Child:
        inner, requests = os.pipe()
        replies, outer = os.pipe()
        try:
            self.say(b"spawn", (inner, outer))
        except SandboxError:
            os.close(requests)
            os.close(replies)
            raise
        finally:
            os.close(inner)
            os.close(outer)
        return _Kept(self, requests, replies)

    def _single(self) -> Child:
        folder = tempfile.mkdtemp(dir=self.scratch)
        if self.walls.user:
            os.chown(folder, self.user, -1)
        process = subprocess.Popen(
            self._command("once", folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
            cwd=folder,
        )
        return _Single(process, folder)

    def _command(self, mode: str, folder: str | None = None) -> list[str]:
        inside = self.walls.bubblewrap
        if not inside and folder is None and self.walls.keeper:
            folder = None if self.walls.namespaces else self._shared_folder()
        settings = {
            "namespaces": self.walls.namespaces,
            "folder": folder,
            "place": "/submission" if inside else "/mnt",
            "memory": self.limits.memory,
            "seconds": 2 * int(self.limits.submission) + 1,  # with what the judge asks again
            "user": self.user if self.walls.user else None,
        }
        path = "/deps" if inside else self._dependencies()
        python = os.path.realpath(sys.executable)
        code = _START.format(path=path)
        command = [
            _inside(python) if inside else python,
            "-I",
            "-S",
            "-c",
            code,
            mode,
            json.dumps(settings),
        ]
        return [*_bubblewrap(python, self.walls.user), *command] if inside else command

    def _shared_folder(self) -> str:
        self.folder = self.folder or tempfile.mkdtemp(dir=self.scratch)
        if self.walls.user:
            os.chown(self.folder, self.user, -1)
        return self.folder

    def _dependencies(self) -> str:
        """A folder with links to what the worker imports, and nothing else."""
        folder = Path(self.scratch, "deps")
        if not folder.is_dir():
            for name, place in _packages().items():
                link = folder / name
                link.parent.mkdir(parents=True, exist_ok=True)
                try:
                    link.symlink_to(place)
                except OSError:  # Windows gives links to few
                    (shutil.copytree if place.is_dir() else shutil.copy)(place, link)
        return str(folder)


WORKER: Final = ("__init__.py", "bundled.py", "language", "engines", "grading")
"""What the worker needs of the harness: neither the suite with its answers, nor the model engine,
nor what judges."""


def _packages() -> dict[str, Path]:
    """What the worker imports beside the standard library, by its path below the folder of all
    that: numpy, with its libraries, and a part of the harness."""
    numpy = Path(np.__file__).resolve().parent
    libraries = numpy.parent / "numpy.libs"
    found = {"numpy": numpy} | ({libraries.name: libraries} if libraries.is_dir() else {})
    return found | {f"{PACKAGE.name}/{name}": PACKAGE / name for name in WORKER}


def _bubblewrap(python: str, root: bool) -> list[str]:
    """bubblewrap's own command line: everything unshared, and nothing there but Python, its
    libraries, numpy and the harness, to be read only."""
    library = Path(sysconfig.get_path("stdlib")).resolve()
    command = [
        *(
            shutil.which("bwrap") or "bwrap",
            "--die-with-parent",
            "--new-session",
            "--unshare-pid",
            "--unshare-net",
        ),
        *("--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--as-pid-1"),
        *(
            "--clearenv",
            "--ro-bind",
            "/usr/lib",
            "/usr/lib",
            "--ro-bind-try",
            "/usr/lib64",
            "/usr/lib64",
        ),
        *("--ro-bind-try", "/lib", "/lib", "--ro-bind-try", "/lib64", "/lib64"),
        *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
    ]
    for folder in (
        "/python",
        "/python/bin",
        "/python/lib",
        "/deps",
        f"/deps/{PACKAGE.name}",
        "/submission",
    ):  # open to another user
        command += ["--perms", "0755", "--dir", folder]
    command += ["--ro-bind", str(library), f"/python/lib/{library.name}"]
    if (library / "site-packages").is_dir():
        command += ["--tmpfs", f"/python/lib/{library.name}/site-packages"]
    command += ["--ro-bind", python, _inside(python)]
    shared = Path(
        str(sysconfig.get_config_var("LIBDIR")), str(sysconfig.get_config_var("INSTSONAME"))
    )
    if shared.suffix != ".a" and shared.is_file():
        command += ["--ro-bind", str(shared), f"/python/lib/{shared.name}"]
        command += ["--setenv", "LD_LIBRARY_PATH", "/python/lib"]
    if Path("/usr/lib/python3/dist-packages").is_dir():
        command += ["--tmpfs", "/usr/lib/python3/dist-packages"]
    for name, place in _packages().items():
        command += ["--ro-bind", str(place), f"/deps/{name}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/"]
    command += ["--remount-ro", "/"]
    for name, value in _environment().items():
        command += ["--setenv", name, value]
    if root:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user"]
    return [*command, "--"]


def _inside(python: str) -> str:
    """Where Python lies in bubblewrap, beside its library as ever."""
    return f"/python/bin/{Path(python).name}"


def _environment() -> dict[str, str]:
    return {"OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8", "PATH": "/nowhere"}


def _places(limits: Limits, port: int) -> dict[str, Any]:
    """Places that a submission should not get at."""
    found = find_spec("torch") or find_spec("pytest")
    origin = Path(found.origin if found is not None and found.origin else __file__)
    folders = {str(Path.cwd()), str(Path.home()), "/etc"}
    folders = {place for place in folders if os.access(place, os.R_OK)}
    return {
        "files": ["/etc/passwd", str(PACKAGE / "engines" / "local.py")],
        "folders": {place: sorted({*os.listdir(place)} - OWN) for place in folders},
        "port": port,
        "judge": os.getpid(),
        "memory": limits.memory + (1 << 28),
        "packages": str(origin.parent.parent),
        "package": origin.parent.name,
        "secret": SECRET,
    }


# -- what the machine offers -----------------------------------------------------------------------


def walls() -> list[Walls]:
    """What to try here, the strongest first."""
    linux = sys.platform == "linux"
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    found = []
    for bubblewrap in (True, False) if linux and shutil.which("bwrap") else (False,):
        for namespaces in (True, False) if linux else (False,):
            user = root and (bubblewrap or _open_to_all(Path(sysconfig.get_path("stdlib"))))
            found.append(Walls(bubblewrap, namespaces, user, linux))
    return found


def _open_to_all(place: Path) -> bool:
    """Whether another user can read a folder: Python's own may lie in somebody's home."""
    place = place.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (place, *place.parents))


def strongest(
    limits: Limits, candidates: list[Walls] | None = None
) -> tuple[Walls, dict[str, bool]]:
    """The strongest walls that stand here, and what the canaries found behind them."""
    best: tuple[Walls, dict[str, bool]] | None = None
    complaints = []
    for candidate in walls() if candidates is None else candidates:
        try:
            with Sandbox(candidate, limits) as sandbox:
                observed = sandbox.observed()
        except SandboxError as error:
            complaints.append(str(error))
            continue
        if best is None or sum(observed.values()) > sum(best[1].values()):
            best = candidate, observed
        if all(observed.values()):
            break
    if best is None:
        raise SandboxError("; ".join(complaints) or "no worker starts here")
    return best
