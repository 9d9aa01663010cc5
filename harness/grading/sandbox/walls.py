"""Which walls stand on this machine, and a sandbox behind them.

A :class:`Sandbox` is a :class:`~harness.grading.sandbox.children.Runner` with one trusted worker
(``python -I -S``, in bubblewrap where there is one), which forks a confined child for each
submission. What really holds there is tried out by :mod:`harness.grading.sandbox.canaries`.
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

from harness import languages
from harness.bundled import PACKAGE, bundled
from harness.grading import wire
from harness.grading.sandbox import bubblewrap, canaries
from harness.grading.sandbox.children import (
    CODE,
    START_SECONDS,
    Child,
    Gone,
    Limits,
    Runner,
    Unanswered,
    WorkerError,
)

FIRST_USER, USERS = 61_000, 4_000
"""Started as root, each sandbox runs as a user of its own among these."""
MOST_FIRST: Final = 60
"""So many first calls, at most, have seconds of the processor beside."""
LINGER_SECONDS: Final = 1.0
"""How long a child that has been ended is watched."""
ENVIRONMENT: Final[Mapping[str, str]] = {
    "OPENBLAS_NUM_THREADS": "1",
    "LC_ALL": "C.UTF-8",
    "PATH": "/nowhere",
}
OWN: Final = frozenset({"dev", "etc", "ld.so.cache", "lib", "lib64", "proc", "tmp", "usr"})
"""What bubblewrap puts where a machine has it, too: in ``/`` and in ``/etc``."""
GIVEN: Final = frozenset({"LD_LIBRARY_PATH", "PWD", *ENVIRONMENT})
"""The variables that a submission has of its own."""

Observed = dict[str, bool]
"""Of each canary, whether it was blocked."""


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

    environment = ENVIRONMENT

    def __init__(self, walls: Walls, limits: Limits, packages: Path | None = None) -> None:
        super().__init__(limits)
        self.walls, self.keeper, self.packages = walls, walls.keeper, packages
        self.user = FIRST_USER + os.getpid() % USERS if walls.user else None

    @staticmethod
    def pack(files: Mapping[str, bytes]) -> dict[str, str]:
        """Files as they are sent to a child."""
        return {name: base64.b64encode(content).decode() for name, content in files.items()}

    def observed(self) -> Observed:
        """What the canaries found blocked, tried in a child as a submission would."""
        child = self.start()
        with socket.create_server(("127.0.0.1", 0)) as server:
            places = _places(self.limits, server.getsockname()[1])
            text = Path(canaries.__file__).read_text(encoding="utf-8")
            child.tell(wire.to_line({"files": {}, "canaries": text, "places": places}))
            try:
                reply = wire.from_line(child.answer(START_SECONDS, self.limits.reply))
            except (Unanswered, wire.Unreadable) as error:
                raise WorkerError(f"the canaries did not answer ({type(error).__name__})") from None
        if "canaries" not in reply:
            raise WorkerError(str(reply.get("grader error", reply)))
        blocked = {name: bool(reply["canaries"].get(name)) for name in canaries.CANARIES}
        return blocked | {canaries.ENDS: _ends(child)}

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

    def _command(self, mode: str) -> list[str]:
        inside = self.walls.bubblewrap
        mounted = bubblewrap.SUBMISSION if inside else "/mnt" if self.walls.namespaces else None
        settings = {
            "namespaces": self.walls.namespaces,
            "home": False,
            "language": languages.spoken(),
            "place": mounted or self.folder,
            "memory": self.limits.memory,
            "first": self.limits.first,
            "seconds": int(2 * self.limits.submission + MOST_FIRST * self.limits.first) + 1,
            "user": self.user,
        }
        code = CODE.format([bubblewrap.DEPENDENCIES if inside else self.dependencies, *self.own])
        python = os.path.realpath(sys.executable)
        worker = ["-I", "-S", "-c", code, mode, json.dumps(settings)]
        if not inside:
            return [python, *worker]
        given = python, ENVIRONMENT, self.walls.user, self.walls.namespaces
        walls = bubblewrap.command(*given, self.packages)
        return [*walls, bubblewrap.inside(python), *worker]

    @cached_property
    def folder(self) -> str:
        """Where one submission's files lie after the other's, if nothing else can be had."""
        folder = tempfile.mkdtemp(dir=self.scratch)
        if self.user is not None:
            os.chown(folder, self.user, -1)
        return folder

    @cached_property
    def own(self) -> list[str]:
        """Where the packages lie that an assignment allows, if it allows some: what another user
        cannot read is copied."""
        place = self.packages
        if place is None:
            return []
        if self.walls.bubblewrap:
            return [bubblewrap.PACKAGES_ALLOWED]
        if not self.walls.user or _open_to_all(place):
            return [str(place)]
        copy = Path(self.scratch, "packages")
        _opened_copy(place, copy)
        return [str(copy)]

    @cached_property
    def dependencies(self) -> str:
        """A folder with links to what the worker imports, and nothing else. Of numpy, which a
        submission imports too, there is a copy where another user cannot read it."""
        folder = Path(self.scratch, "deps")
        for name, place in bubblewrap.packages().items():
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


def _ends(child: Child) -> bool:
    """Whether nothing of a child is left that could write, once it is ended."""
    child.end()
    try:
        child.answer(LINGER_SECONDS, 0)
    except Unanswered as error:
        return isinstance(error, Gone)
    return False


def _places(limits: Limits, port: int) -> dict[str, Any]:
    """Places that a submission should not get at."""
    spec = find_spec("torch") or find_spec("pytest")
    origin = Path(spec.origin if spec is not None and spec.origin else __file__)
    home = os.path.expanduser("~")  # as it stands where there is none: Path.home() would raise
    folders = {place for place in (os.getcwd(), home, "/etc") if os.access(place, os.R_OK)}
    return {
        "files": ["/etc/passwd", str(PACKAGE / "vocabulary" / "formulas.py")],
        "folders": {place: sorted({*os.listdir(place)} - OWN) for place in folders},
        "port": port,
        "judge": os.getpid(),
        "memory": limits.memory + (1 << 28),
        "suite": str(bundled("cases")),
        "model": str(bundled("minigrad")),
        "packages": str(origin.parent.parent),
        "package": origin.parent.name,
        "variables": sorted(os.environ.keys() - GIVEN),
    }


# -- what the machine offers -----------------------------------------------------------------------


def candidates() -> list[Walls]:
    """What to try here, the strongest first."""
    linux = sys.platform == "linux"
    root = hasattr(os, "geteuid") and os.geteuid() == 0 and _others_are_known()
    readable = root and _open_to_all(Path(sysconfig.get_path("stdlib")))
    return [
        Walls(inside, namespaces, root if inside else readable, keeper=linux)
        for inside in ((True, False) if linux and bubblewrap.there_is() else (False,))
        for namespaces in ((True, False) if linux else (False,))
    ]


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


def strongest(limits: Limits) -> tuple[Walls, Observed]:
    """The strongest walls that stand here, and what the canaries found behind them. Raises
    :class:`WorkerError` where none do."""
    best: tuple[Walls, Observed] | None = None
    complaints = []
    for walls in candidates():
        try:
            with Sandbox(walls, limits) as sandbox:
                observed = sandbox.observed()
        except WorkerError as error:
            complaints.append(str(error))
            continue
        if best is None or sum(observed.values()) > sum(best[1].values()):
            best = walls, observed
        if all(observed.values()):
            break
    if best is None:
        raise WorkerError("; ".join(complaints) or "no worker starts here")
    return best
