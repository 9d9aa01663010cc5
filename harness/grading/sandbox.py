"""Where submissions run: a process of their own, behind every wall that the machine offers.

A :class:`Sandbox` is a :class:`~harness.grading.processes.Runner` with one trusted worker
(``python -I -S``, in bubblewrap where there is one), which forks a confined child for each
submission.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.bundled import PACKAGE, bundled
from harness.grading import canaries, wire
from harness.grading.processes import (
    START_SECONDS,
    Child,
    Gone,
    Late,
    Limits,
    Runner,
    TooLong,
    WorkerError,
)

FIRST_USER, USERS = 61_000, 4_000
"""Started as root, each sandbox runs as a user of its own among these."""
LINGERS: Final = 1.0
"""Seconds for which a child that has been ended is watched."""
SECRET: Final = "HARNESS_CANARY"
OWN: Final = frozenset({"dev", "etc", "ld.so.cache", "lib", "lib64", "proc", "tmp", "usr"})
"""What bubblewrap puts where a machine has it, too: in ``/`` and in ``/etc``."""

_START: Final = (
    "import sys; sys.path[:0] = [{path!r}]; from harness.grading.worker import main; main()"
)


@dataclass(frozen=True, slots=True)
class Walls:
    """Which walls to put up: ``bubblewrap``, a child's own ``namespaces``, another ``user``, a
    ``keeper`` that forks (without one each child is a Python of its own)."""

    bubblewrap: bool
    namespaces: bool
    user: bool
    keeper: bool


class Sandbox(Runner):
    """Runs submissions behind ``walls``."""

    def __init__(self, walls: Walls, limits: Limits) -> None:
        super().__init__(limits)
        self.walls, self.keeper = walls, walls.keeper
        self.user = FIRST_USER + os.getpid() % USERS
        self.folder: str | None = None

    def start(self) -> Child:
        """A child that waits for a submission; the one before it is ended."""
        self.stop()
        if self.folder is not None:
            self._empty(self.folder)
        return super().start()

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
                raise WorkerError(f"the canaries did not answer ({type(error).__name__})") from None
        if "canaries" not in reply:
            raise WorkerError(str(reply.get("grader error", reply)))
        found = {name: bool(reply["canaries"].get(name)) for name in canaries.CANARIES}
        return found | {canaries.ENDS: _ends(child)}

    def close(self) -> None:
        """Ends everything."""
        super().close()
        if "scratch" in self.__dict__:
            shutil.rmtree(self.scratch, ignore_errors=True)

    @cached_property
    def scratch(self) -> str:
        """A folder for what lies outside bubblewrap; there is none where there is bubblewrap."""
        folder = tempfile.mkdtemp(prefix="harness-")
        os.chmod(folder, 0o711)
        return folder

    def _command(self, mode: str, folder: str | None = None) -> list[str]:
        inside = self.walls.bubblewrap
        if not inside and folder is None and self.walls.keeper:
            folder = None if self.walls.namespaces else self._shared_folder()
        settings = {
            "namespaces": self.walls.namespaces,
            "folder": folder,
            "home": False,
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
        return [*_bubblewrap(python, self.walls), *command] if inside else command

    def _environment(self) -> dict[str, str]:
        return _environment()

    def _own_folder(self) -> str:
        folder = tempfile.mkdtemp(dir=self.scratch)
        if self.walls.user:
            os.chown(folder, self.user, -1)
        return folder

    def _shared_folder(self) -> str:
        self.folder = self.folder or self._own_folder()
        return self.folder

    def _dependencies(self) -> str:
        """A folder with links to what the worker imports, and nothing else. Of numpy, which a
        submission imports too, there is a copy where another user cannot read it."""
        folder = Path(self.scratch, "deps")
        if not folder.is_dir():
            for name, place in _packages().items():
                link = folder / name
                link.parent.mkdir(parents=True, exist_ok=True)
                if self.walls.user and link.parent == folder and not _open_to_all(place):
                    _opened_copy(place, link)
                    continue
                try:
                    link.symlink_to(place)
                except OSError:  # Windows gives links to few
                    (shutil.copytree if place.is_dir() else shutil.copy)(place, link)
            folder.chmod(0o755)
        return str(folder)


def _opened_copy(place: Path, copy: Path) -> None:
    """A copy of a folder that everybody can read, whatever the mode of what is copied."""
    shutil.copytree(place, copy, copy_function=shutil.copyfile)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


SIGNATURES: Final = ("__init__", "aliases", "program", "shapes", "signatures")
WORKER: Final = (
    *("__init__.py", "bundled.py", "engines", "grading"),
    *(f"vocabulary/{name}.py" for name in SIGNATURES),
)
"""What the worker needs of the harness: neither a formula, nor the suite with its answers, nor the
model engine, nor what judges."""
OPENED: Final = (
    *("/etc", "/usr", "/python", "/python/bin", "/python/lib"),
    *("/deps", f"/deps/{PACKAGE.name}", f"/deps/{PACKAGE.name}/vocabulary", "/submission"),
)
"""The folders that bubblewrap makes, open to another user."""


def _packages() -> dict[str, Path]:
    """What the worker imports beside the standard library, by its path below the folder of all
    that: numpy, with its libraries, and a part of the harness."""
    numpy = Path(np.__file__).resolve().parent
    libraries = numpy.parent / "numpy.libs"
    found = {"numpy": numpy} | ({libraries.name: libraries} if libraries.is_dir() else {})
    return found | {f"{PACKAGE.name}/{name}": PACKAGE / name for name in WORKER}


def _bubblewrap(python: str, walls: Walls) -> list[str]:
    """bubblewrap's own command line: everything unshared, and nothing there but Python, its
    libraries, numpy and the harness, to be read only."""
    library = Path(sysconfig.get_path("stdlib")).resolve()
    opened = [word for folder in OPENED for word in ("--perms", "0755", "--dir", folder)]
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
            *opened,
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
    if not walls.namespaces:  # else each submission puts a file system of its own there
        command += ["--perms", "0777", "--tmpfs", "/submission"]
    for name, value in _environment().items():
        command += ["--setenv", name, value]
    if walls.user:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user"]
    return [*command, "--"]


def _inside(python: str) -> str:
    """Where Python lies in bubblewrap, beside its library as ever."""
    return f"/python/bin/{Path(python).name}"


def _environment() -> dict[str, str]:
    return {"OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8", "PATH": "/nowhere"}


def _ends(child: Child) -> bool:
    """Whether nothing of a child is left that could write, once it is ended."""
    child.end()
    try:
        child.answer(LINGERS, 0)
    except Gone:
        return True
    except (Late, TooLong):
        pass
    return False


def _places(limits: Limits, port: int) -> dict[str, Any]:
    """Places that a submission should not get at."""
    found = find_spec("torch") or find_spec("pytest")
    origin = Path(found.origin if found is not None and found.origin else __file__)
    home = os.path.expanduser("~")  # as it stands where there is none: Path.home() would raise
    folders = {str(Path.cwd()), home, "/etc"}
    folders = {place for place in folders if os.access(place, os.R_OK)}
    return {
        "files": ["/etc/passwd", str(PACKAGE / "engines" / "local.py")],
        "folders": {place: sorted({*os.listdir(place)} - OWN) for place in folders},
        "port": port,
        "judge": os.getpid(),
        "memory": limits.memory + (1 << 28),
        "suite": str(bundled("cases")),
        "model": str(bundled("minigrad")),
        "packages": str(origin.parent.parent),
        "package": origin.parent.name,
        "secret": SECRET,
    }


# -- what the machine offers -----------------------------------------------------------------------


def walls() -> list[Walls]:
    """What to try here, the strongest first."""
    linux = sys.platform == "linux"
    root = hasattr(os, "geteuid") and os.geteuid() == 0 and _others_are_known()
    found = []
    for bubblewrap in (True, False) if linux and shutil.which("bwrap") else (False,):
        for namespaces in (True, False) if linux else (False,):
            user = root and (bubblewrap or _open_to_all(Path(sysconfig.get_path("stdlib"))))
            found.append(Walls(bubblewrap, namespaces, user, linux))
    return found


def _others_are_known() -> bool:
    """Whether there are other users for root to be: a container may have none but root."""
    try:
        lines = Path("/proc/self/uid_map").read_text().splitlines()
    except OSError:
        return True
    ranges = [tuple(map(int, line.split())) for line in lines]
    return any(begin <= FIRST_USER < begin + count - USERS for begin, _, count in ranges)


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
        except WorkerError as error:
            complaints.append(str(error))
            continue
        if best is None or sum(observed.values()) > sum(best[1].values()):
            best = candidate, observed
        if all(observed.values()):
            break
    if best is None:
        raise WorkerError("; ".join(complaints) or "no worker starts here")
    return best
