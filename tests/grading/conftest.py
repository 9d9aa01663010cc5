"""A small class to grade: who is right, who has a mistake, who cannot be graded at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import needs
import pytest
from grading.one_submission import Clock
from truths import ROOT as ROOT

from harness.grading.sandbox import children

HONEST = (ROOT / "tests/attacks/honest.py").read_text()
CASES = ("add", "multiply", "x_plus_x", "x_times_x", "subtract", "x_minus_x")
SECRET = ("inner_step_reused", "larger_of_two")


@pytest.fixture(scope="module", autouse=True)
def sandbox(request: pytest.FixtureRequest) -> None:
    """Grading needs bubblewrap; an engine on one's own machine does not."""
    if not request.module.__name__.endswith("test_fence"):
        needs.bubblewrap()


def copy_cases(names: tuple[str, ...], folder: Path) -> None:
    for name in names:
        folder.mkdir(exist_ok=True)
        shutil.copy(ROOT / "cases/scalars" / f"{name}.yaml", folder)
        shutil.copytree(ROOT / "cases/scalars" / name, folder / name, dirs_exist_ok=True)


@pytest.fixture
def class_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with cases/, secret/ and submissions/; commands run in it."""
    copy_cases(CASES, tmp_path / "cases")
    copy_cases(SECRET, tmp_path / "secret")
    hand_in(tmp_path, "ann", HONEST.replace("else 0.0", "else self.data"))
    hand_in(tmp_path, "bob", HONEST)
    hand_in(tmp_path, "=cyd", "def backward(:\n")
    folder = tmp_path / "submissions" / "dan"
    folder.mkdir()
    (folder / "engine.py").write_text("from parts.value import Value\n")
    (folder / "parts").mkdir()
    (folder / "parts/value.py").write_text(HONEST.replace("upstream)", "upstream * 2)"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hand_in(folder: Path, name: str, text: str) -> None:
    (folder / "submissions").mkdir(exist_ok=True)
    (folder / "submissions" / f"{name}.py").write_text(text)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(children, "time", found)
    return found
