"""`harness init`: a project of one's own, as it is found by who begins it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.cli.init import FILES

SUM = """        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])
"""
BACKWARD = """        self.grad += upstream
        for parent, local in self.parents:
            parent.backward(local * upstream)
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def passes() -> bool:
    """Whether the project's own test does."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return not subprocess.run(command, cwd="mine", capture_output=True).returncode


def test_its_first_test_is_red_until_a_sum_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "mine"]) == 0
    assert capsys.readouterr().out.endswith("Next: cd mine && harness watch\n")
    assert sorted(path.name for path in Path("mine").iterdir()) == sorted(FILES)
    assert not passes()
    engine = Path("mine/my_engine.py")
    text = engine.read_text().replace('        raise NotImplementedError("a sum")\n', SUM)
    text = text.replace('        raise NotImplementedError("the backward pass")\n', BACKWARD)
    engine.write_text(text.replace("def backward(self)", "def backward(self, upstream=1.0)"))
    assert passes()


def test_the_engine_that_it_writes_is_understood_and_lacks_everything(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["init"]) == 0
    assert capsys.readouterr().out.endswith("Next: harness watch\n")
    assert main(["check", "--level", "1"]) == 2
    told = capsys.readouterr()
    assert "engine my_engine.py" in told.err and "nothing was judged" in told.err


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text("[project]\n")
    assert main(["init"]) == 2
    told = capsys.readouterr().err
    assert "pyproject.toml there already" in told and "[tool.harness]" in told
    assert not Path("my_engine.py").exists()
    assert Path("pyproject.toml").read_text() == "[project]\n"
    assert main(["init", "pyproject.toml"]) == 2
    assert "is no folder" in capsys.readouterr().err
