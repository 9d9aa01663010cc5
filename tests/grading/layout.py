"""A container as course platforms start one, for a test alone: a root file system of its own, with
the Python that runs the tests in it and a folder bound where the platform has its files.

It is made by bubblewrap, so that nothing of the machine changes. What Docker refuses by default is
refused there: capabilities, and the calls that make namespaces
(https://docs.docker.com/engine/security/seccomp/).
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from errno import ENOSYS, EPERM
from pathlib import Path
from typing import Final

from harness.grading.sandbox import kernel

DOCKER: Final = tuple(
    f"CAP_{name}"
    for name in (
        *("CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID"),
        *("SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"),
    )
)
"""What root may do in Docker's containers."""

REFUSED: Final = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "bpf": (321, 280),
}
"""Calls that Docker refuses root, by their numbers on x86_64 and on aarch64."""
CLONE: Final = (56, 220)
NAMESPACES: Final = 0x7E020000
"""The flags of clone that make namespaces."""
LANDLOCK: Final = 444


def filter_of_docker(landlock: bool = True) -> bytes:
    """The filter for the kernel: no namespaces and no mounts; without ``landlock`` as on a kernel
    before 5.13."""
    column = kernel.MACHINES[os.uname().machine][0] - 1
    refuse = (kernel.RETURN, 0, 0, kernel.REFUSE | EPERM)
    unknown = (kernel.RETURN, 0, 0, kernel.REFUSE | ENOSYS)
    steps: kernel.Filter = [(kernel.LOAD, 0, 0, kernel.NUMBER)]
    for numbers in REFUSED.values():
        steps += kernel._when(numbers[column], [refuse])
    for number in (kernel.CLONE3, *([] if landlock else [LANDLOCK])):
        steps += kernel._when(number, [unknown])
    namespaces = kernel._test(kernel.FIRST, NAMESPACES, (0,))
    steps += kernel._when(CLONE[column], [*namespaces, (kernel.RETURN, 0, 0, kernel.ALLOW)])
    steps += [(kernel.RETURN, 0, 0, kernel.ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


@dataclass(frozen=True)
class Container:
    """A container with ``folders`` of the machine and, to be read only, ``shown`` ones, by the
    places at which they are there. With a ``filter`` it is Docker's; ``user`` is who runs in it,
    root if none."""

    folders: Mapping[str, Path]
    shown: Mapping[str, Path]
    filter: bytes | None = None
    user: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *command: str, cwd: str = "/") -> subprocess.CompletedProcess[str]:
        """What a command does there."""
        with tempfile.TemporaryFile() as file:
            file.write(self.filter or b"")
            file.seek(0)
            descriptor = file.fileno()
            called = [*self._bubblewrap(descriptor), "--chdir", cwd, "--", *command]
            return subprocess.run(called, capture_output=True, text=True, pass_fds=[descriptor])

    def _bubblewrap(self, filter: int) -> list[str]:
        found = ["bwrap", "--die-with-parent", "--unshare-ipc", "--clearenv"]
        for link in (Path("/", name) for name in ("bin", "sbin", "lib", "lib64")):
            if link.is_symlink():
                found += ["--symlink", os.readlink(link), str(link)]
            elif link.is_dir():
                found += ["--ro-bind", str(link), str(link)]
        for place in (Path("/usr"), Path("/etc"), Path(sys.base_prefix).resolve()):
            for parent in reversed(place.parents[:-1]):  # open to another user, as in an image
                found += ["--perms", "0755", "--dir", str(parent)]
            found += ["--ro-bind", str(place), str(place)]
        found += ["--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
        for where, folder in self.folders.items():
            found += ["--bind", str(folder), where]
        for where, folder in self.shown.items():
            found += ["--ro-bind", str(folder), where]
        for name, value in {"PATH": "/usr/bin:/bin", "HOME": "/tmp", **self.environment}.items():
            found += ["--setenv", name, value]
        if self.filter:
            found += ["--seccomp", str(filter)]
        if self.user is not None:  # a /proc of bubblewrap's making lets no user make another
            who = ("--unshare-user", "--uid", str(self.user), "--gid", str(self.user))
            return [*found, "--bind", "/proc", "/proc", *who]
        found += ["--unshare-pid", "--proc", "/proc", "--cap-drop", "ALL"]
        if os.geteuid() != 0:  # a root that nobody else has for a user
            found += ["--unshare-user", "--uid", "0", "--gid", "0"]
        for name in DOCKER if self.filter else ("ALL",):
            found += ["--cap-add", name]
        return found
