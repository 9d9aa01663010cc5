"""`harness fuzz`: what it writes, what it says, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from small import RIGHT, TWO_MISTAKES
from sweeps import long

from harness.cli import AGREES, COULD_NOT_RUN, FINDINGS, main
from harness.language.case import load as load_case


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cases").mkdir()
    (tmp_path / "student.py").write_text(TWO_MISTAKES)
    (tmp_path / "right.py").write_text(RIGHT)
    monkeypatch.chdir(tmp_path)
    clock = SimpleNamespace(monotonic=time.process_time)
    monkeypatch.setattr("harness.search.fuzzer.time", clock)
    return tmp_path


def fuzz(*options: str) -> int:
    return main(["fuzz", "--engine", "student.py", "--seed", "1", "--time", "3", *options])


def test_what_is_found_is_a_case_with_its_snapshot(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz() == FINDINGS
    told = capsys.readouterr().out
    names = sorted(path.name for path in (here / "found").glob("*.yaml"))
    assert len(names) == 2
    assert names[0].startswith("exp_backward_")
    assert names[1].startswith("relu_backward_")
    for name in names:
        assert f"pytest found/{name} --engine student.py" in told
        case = load_case(here / "found" / name)
        assert case.about.startswith(name.partition("_")[0])
    assert "2 mistakes found" in told
    assert "0 set aside as ill-conditioned" in told
    assert "--seed 1" in told
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "found", "-q", "-p", "no:cacheprovider"],
        cwd=here,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout  # minigrad has them right, and the snapshots are there
    assert "4 passed" in done.stdout


@long
def test_a_second_run_tells_what_is_known_and_leaves_it_out(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz() == FINDINGS
    before = sorted((here / "found").rglob("*"))
    capsys.readouterr()
    for seed in ("1", "2"):
        assert fuzz("--seed", seed) == FINDINGS
        told = capsys.readouterr().out
        assert "Found before, still wrong, and not searched for again (cases in found):" in told
        assert "   see it: pytest found/exp_backward_" in told
        assert "0 new mistakes found" in told
        assert "harness check student.py --cases builtin --cases found" in told
        assert sorted((here / "found").rglob("*")) == before


@long
def test_what_has_been_mended_is_no_longer_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz() == FINDINGS
    capsys.readouterr()
    (here / "student.py").write_text(RIGHT)
    assert fuzz("--ops", "exp") == AGREES
    assert "Found before" not in capsys.readouterr().out


@long
def test_what_is_found_takes_no_built_in_case_away(here: Path) -> None:
    (here / "cases").rmdir()
    assert fuzz() == FINDINGS
    assert not (here / "cases").exists()


@long
def test_only_the_operations_that_are_asked_for(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz("--ops", "relu,mul", "-o", "elsewhere") == FINDINGS
    assert [p.name.partition("_")[0] for p in (here / "elsewhere").glob("*.yaml")] == ["relu"]
    assert "pytest elsewhere/relu_" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--ops", "sigmod"], "--ops: unknown operation 'sigmod'; did you mean 'sigmoid'?"),
        (["--ops", "conv2d"], "student.py has none of conv2d: harness engines student.py"),
        (["--time", "0"], "--time 0: it must be a number of seconds above 0"),
        (["--time", "nan"], "--time nan: it must be a number of seconds above 0"),
        (["-o", "student.py"], "student.py: this is a file; -o names the folder"),
        (["-o", "cases/My Cases"], "cases/My Cases: 'My Cases' becomes part of cases' ids"),
        (["-o", "student.py/found"], "student.py/found: Not a directory"),
        (["--engine", "nothere.py"], "nothere.py: no such file"),
    ],
)
def test_fuzz_refuses_with_one_clear_line(
    here: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert fuzz(*options) == COULD_NOT_RUN
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
    assert sorted(path.name for path in here.iterdir()) == ["cases", "right.py", "student.py"]


@long
def test_a_search_that_finds_nothing_leaves_nothing(here: Path) -> None:
    assert fuzz("--engine", "right.py", "--ops", "exp") == AGREES
    assert not (here / "found").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is a signal on POSIX")
@long
def test_ctrl_c_keeps_what_was_found(here: Path) -> None:
    command = [sys.executable, "-m", "harness", "fuzz", "--engine", "student.py", "--time", "600"]
    running = subprocess.Popen(
        command,
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("2. "):
            break
    running.send_signal(signal.SIGINT)
    out, err = running.communicate()
    assert running.returncode == FINDINGS
    assert "interrupted" in out
    assert "2 mistakes found" in out
    assert "Traceback" not in err
    assert len(list((here / "found").glob("*.yaml"))) == 2
