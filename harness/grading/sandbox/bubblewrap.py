"""What surrounds the worker where there is bubblewrap: everything unshared, and nothing there but
Python, its libraries, numpy and a part of the harness, to be read only."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from harness.bundled import PACKAGE

SIGNATURES: Final = (
    *("__init__", "aliases", "axes", "bound", "examples", "indexing", "native", "pieces"),
    *("operation", "program", "shapes", "signatures", "sliding", "spelling"),
)
WORKER: Final = (
    *("__init__.py", "bundled.py", "engines", "grading", "languages"),
    *(f"vocabulary/{name}.py" for name in SIGNATURES),
)
"""What the worker needs of the harness: neither a formula, nor the suite with its answers, nor the
model engine, nor what judges."""

SUBMISSION, DEPENDENCIES = "/submission", "/deps"
"""Where a submission lies, and what the worker imports."""
UNSHARED: Final = (
    *("--die-with-parent", "--new-session", "--unshare-pid", "--unshare-net", "--unshare-ipc"),
    *("--unshare-uts", "--unshare-cgroup-try", "--as-pid-1", "--clearenv"),
)
OPENED: Final = (
    *("/etc", "/usr", "/python", "/python/bin", "/python/lib", DEPENDENCIES),
    *(f"{DEPENDENCIES}/{PACKAGE.name}", f"{DEPENDENCIES}/{PACKAGE.name}/vocabulary", SUBMISSION),
)
"""The folders that bubblewrap makes, open to another user."""
LIBRARIES: Final = ("/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache")
"""What Python is linked with, as far as the machine has it, beside ``/usr/lib``."""
POWERS: Final = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
"""What root needs to become another user."""
PACKAGES: Final = "/usr/lib/python3/dist-packages"
PACKAGES_ALLOWED: Final = "/packages"


def there_is() -> bool:
    """Whether bubblewrap is installed."""
    return shutil.which("bwrap") is not None


def packages() -> dict[str, Path]:
    """What the worker imports beside the standard library, by its path below the folder of all
    that: numpy, with its libraries, and a part of the harness."""
    numpy = Path(np.__file__).resolve().parent
    places = (numpy, numpy.parent / "numpy.libs")
    own = {f"{PACKAGE.name}/{name}": PACKAGE / name for name in WORKER}
    return {place.name: place for place in places if place.is_dir()} | own


def inside(python: str) -> str:
    """Where Python lies in there, beside its library as ever."""
    return f"/python/bin/{Path(python).name}"


def command(
    python: str,
    environment: Mapping[str, str],
    user: bool,
    namespaces: bool,
    allowed: Path | None = None,
) -> list[str]:
    """bubblewrap's own command line. The worker becomes another ``user``, or else is one of its
    own; it makes ``namespaces`` for each submission, with a file system, or else there is one.
    ``allowed`` are the packages of an assignment."""
    library = Path(sysconfig.get_path("stdlib")).resolve()
    variables = [sysconfig.get_config_var(name) for name in ("LIBDIR", "INSTSONAME")]
    linked = Path(*map(str, variables))
    shared = linked.suffix != ".a" and linked.is_file()
    return [
        *(shutil.which("bwrap") or "bwrap", *UNSHARED),
        *(word for folder in OPENED for word in ("--perms", "0755", "--dir", folder)),
        *("--ro-bind", "/usr/lib", "/usr/lib"),
        *(word for place in LIBRARIES for word in ("--ro-bind-try", place, place)),
        *("--ro-bind", str(library), f"/python/lib/{library.name}"),
        *_covered(library / "site-packages", f"/python/lib/{library.name}/site-packages"),
        *("--ro-bind", python, inside(python)),
        *("--ro-bind", str(linked), f"/python/lib/{linked.name}") * shared,
        *("--setenv", "LD_LIBRARY_PATH", "/python/lib") * shared,
        *_covered(Path(PACKAGES), PACKAGES),
        *(
            word
            for name, place in packages().items()
            for word in ("--ro-bind", str(place), f"{DEPENDENCIES}/{name}")
        ),
        *("--ro-bind", str(allowed), PACKAGES_ALLOWED) * (allowed is not None),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/"),
        *("--remount-ro", "/"),
        *("--perms", "0777", "--tmpfs", SUBMISSION) * (not namespaces),
        *(word for item in environment.items() for word in ("--setenv", *item)),
        *(POWERS if user else ("--unshare-user",)),
        "--",
    ]


def _covered(folder: Path, place: str) -> list[str]:
    """Nothing at the place of a folder, if that is there: in what is read only nothing is made."""
    return ["--tmpfs", place] if folder.is_dir() else []
