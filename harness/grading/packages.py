"""Packages that an assignment allows: installed once by the grader, into a folder of their own.

They are installed with pip, for the Python and the numpy that submissions run with. One that brings
something which differentiates by itself is refused, and with it all of them.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

import numpy as np

from harness.assignment.packages import REFUSED, plain_name

FOLDER: Final = "packages"
"""What the folder is called that holds a folder for each set of packages."""
SECONDS: Final = 600
LEFT_OUT: Final = frozenset({"numpy"})
"""What submissions have already."""


class PackagesError(Exception):
    """The packages of an assignment cannot be had; the message says why."""


def installed(packages: Mapping[str, str], place: Path) -> Path:
    """The folder below ``place`` with the packages in it, each in its version, installed where it
    is not there yet. Raises :class:`PackagesError`."""
    wanted = sorted(f"{name}=={version}" for name, version in packages.items())
    made_for = f"{wanted} {np.__version__} {sys.version_info[:2]} {sys.platform}"
    folder = place / FOLDER / hashlib.sha256(made_for.encode()).hexdigest()[:16]
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as new:
            target = Path(new, "new")
            _install(wanted, target)
            _refuse(target)
            target.rename(folder)
    return folder.resolve()


def _install(wanted: list[str], target: Path) -> None:
    """Has pip install what is wanted; numpy, which is there, is left out."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--target"]
    options = [str(target), "--only-binary", ":all:", f"numpy=={np.__version__}"]
    try:
        done = subprocess.run(
            [*command, *options, *wanted], capture_output=True, text=True, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PackagesError(f"packages: {', '.join(wanted)} cannot be installed: {error}") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        why = lines[-1].removeprefix("ERROR: ") if lines else "pip fails"
        if "ResolutionImpossible" in done.stderr:
            why = f"they do not fit together, and numpy {np.__version__}, which submissions have"
        raise PackagesError(f"packages: {', '.join(wanted)} cannot be installed: {why}")
    for name in LEFT_OUT:
        for path in target.glob(f"{name}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _refuse(target: Path) -> None:
    """Raises :class:`PackagesError` where something in the folder differentiates by itself."""
    brought = {plain_name(str(one.metadata["Name"])) for one in distributions(path=[str(target)])}
    if refused := sorted(brought & REFUSED):
        raise PackagesError(
            f"packages: {refused[0]} comes with them, which differentiates by itself"
        )
