"""A user whom the machine does not know, with no home: a container with ``--user 12345``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import needs
import pytest
from grading.conftest import HONEST
from sweeps import sweep
from truths import ROOT

SUITE = str(ROOT / "cases/scalars")
ADD = f"{SUITE}/add.yaml"
GRADE = f"grade class --cases {ADD} --oracle recorded --vary none --allow-weak --out"
COMMANDS = {
    "check": (f"-m harness check engine.py --cases {ADD}", 0),
    "check with torch": (f"-m harness check minigrad --cases {ADD} --oracle torch", 0),
    "engines": ("-m harness engines engine.py", 0),
    "adapt": ("-m harness adapt engine.py -o adapter.py", 0),
    "draw": (f"-m harness draw {ADD} -o one.png", 0),
    "listing": (f"-m harness listing {ADD}", 0),
    "report": (f"-m harness report --cases {ADD} -o one.html", 0),
    "cases": ("-m harness cases", 0),
    "new": ("-m harness new cases/t/one.yaml --about x --expr x*x --input x=3", 0),
    "fuzz": ("-m harness fuzz --engine minigrad --ops add --time 1 --seed 1", 0),
    "grade": (f"-m harness {GRADE} new", 0),
    "grade on a cluster": (f"-m harness {GRADE} far --scheduler local:1", 0),
    "gradebook": ("-m harness gradebook marks", 0),
    "doctor": ("-m harness doctor", None),
    "alike": ("-m harness alike class", 0),
    "export": ("-m harness export class --from marks -o one.html", 0),
    "kit": ("-m harness export gradescope -o auto.zip", 0),
    "pytest": (f"-m pytest -p no:cacheprovider {ADD} --engine engine.py", 0),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an engine, a class, and its marks."""
    needs.bubblewrap()
    place = tmp_path_factory.mktemp("nobody")
    (place / "class").mkdir()
    for name in ("engine.py", "class/ann.py", "class/bob.py"):
        (place / name).write_text(HONEST)
    done = as_nobody(f"-m harness {GRADE} marks", place)
    assert done.returncode == 0, done.stderr
    return place


def as_nobody(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command of Python's by a user without an entry and a home, who may do no more than we."""
    known = {"PATH", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV"}
    environment = {name: os.environ[name] for name in known & os.environ.keys()}
    walls = [str(shutil.which("bwrap")), "--dev-bind", "/", "/", "--die-with-parent"]
    walls += ["--unshare-user", "--uid", "12345", "--gid", "12345"]
    return subprocess.run(
        [*walls, sys.executable, *command.split()],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def test_nobody_is_known_by_that_number(folder: Path) -> None:
    (folder / "who.py").write_text(
        "import os, pathlib, pwd\n"
        "assert os.getuid() == 12345 and 'HOME' not in os.environ\n"
        "try:\n    pwd.getpwuid(12345)\nexcept KeyError:\n    pathlib.Path.home()\n"
    )
    assert "Could not determine home directory" in as_nobody("who.py", folder).stderr


@pytest.mark.parametrize("name", ["doctor", "grade"])
def test_a_sandbox_needs_no_home_and_no_name(folder: Path, name: str) -> None:
    goes_well(name, folder)


@sweep("name", [name for name in COMMANDS if name not in ("doctor", "grade")], always=2, sample=3)
def test_a_command_needs_no_home_and_no_name(folder: Path, name: str) -> None:
    goes_well(name, folder)


def goes_well(name: str, folder: Path) -> None:
    command, status = COMMANDS[name]
    for made in ("cases", "new", "far"):
        shutil.rmtree(folder / made, ignore_errors=True)
    (folder / "adapter.py").unlink(missing_ok=True)
    done = as_nobody(command, folder)
    assert "Traceback" not in done.stderr + done.stdout
    assert done.returncode == status if status is not None else done.returncode in (0, 1)
    if name in ("grade", "grade on a cluster"):
        assert "2 found: 2 graded" in done.stdout
