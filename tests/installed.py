"""The harness as others have it: a wheel, in an environment without the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def built_wheel(folder: Path, source: Path = ROOT) -> Path:
    """The wheel of a source tree, or of an sdist's."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "-w", str(folder), str(source)], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True)
class Installed:
    """An environment with a wheel in it. What the wheel needs is that of the environment which
    runs the tests; without ``torch``, importing that fails, and it seems not to be there."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, wheel: Path, torch: bool = True) -> Installed:
        venv.create(folder, symlinks=os.name != "nt")
        made = cls(folder)
        site = made.site
        (site / "others.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
        if not torch:
            (site / "sitecustomize.py").write_text("import sys; sys.modules['torch'] = None\n")
        command = [sys.executable, "-m", "pip", "--python", str(made.python), "install", "-q"]
        subprocess.run([*command, "--no-deps", "--no-index", str(wheel)], check=True)
        return made

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def site(self) -> Path:
        (found,) = self.folder.glob("lib/python*/site-packages")
        return found

    def run(self, *command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """A command of the environment, such as ``harness`` or ``pytest``."""
        where = {"PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        kept = {
            k: v
            for k, v in os.environ.items()
            if k not in ("PYTHONPATH", "PYTEST_ADDOPTS", "COLUMNS")
        }
        program = (str(self.python), "-m", command[0]) if command[0] == "pytest" else command[:1]
        return subprocess.run(
            [*program, *command[1:]], cwd=cwd, env=kept | where, capture_output=True, text=True
        )
