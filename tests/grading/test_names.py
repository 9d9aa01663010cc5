"""Files and classes that are not called as they were asked for, and what Python itself refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from grading.class_of import grade, results
from grading.conftest import HONEST

from harness.grading import submissions
from harness.grading.marking import GRADED, REFUSED

OTHERS = {
    "one_down": ({"hw3/engine.py": HONEST, "hw3/test_it.py": ""}, "hw3/engine.py"),
    "with_parts": (
        {"hw3/engine.py": f"from ops import x\n{HONEST}", "hw3/ops.py": "x = 1"},
        "hw3/engine.py",
    ),
    "capital": ({"Engine.py": HONEST, "notes.py": ""}, "Engine.py"),
    "other_name": ({"my homework (1).py": HONEST, "test_mine.py": ""}, "my homework (1).py"),
}


def lay(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_what_is_meant_by_another_name_is_graded_and_told(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, (files, _) in OTHERS.items():
        lay(class_ / "submissions" / name, files)
    lay(class_ / "submissions/other_class", {"engine.py": HONEST.replace("Value", "Number")})
    assert grade() == 0
    told = capsys.readouterr().out
    graded = results()
    for name, (_, file) in OTHERS.items():
        assert graded[name]["score"] == graded["bob"]["score"] > 0
        assert graded[name]["notes"] == [f"{file} is taken for engine.py"]
        assert f"{file} is taken for engine.py" in told
    assert graded["other_class"]["score"] == graded["bob"]["score"]
    assert graded["other_class"]["notes"] == ["class Number is taken"]
    assert graded["bob"]["notes"] == []


def test_strict_names_refuse_them(class_: Path) -> None:
    for name, (files, _) in OTHERS.items():
        lay(class_ / "submissions" / name, files)
    lay(class_ / "submissions/other_class", {"engine.py": HONEST.replace("Value", "Number")})
    assert grade("--strict-names") == 0
    graded = results()
    assert {graded[name]["status"] for name in (*OTHERS, "other_class")} == {REFUSED}
    assert "its class is called Number" in graded["other_class"]["problem"]
    assert graded["bob"]["status"] == GRADED


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": HONEST, "b.py": HONEST},
        {"hw2/engine.py": HONEST, "hw3/engine.py": HONEST},
        {"Engine.py": HONEST, "ENGINE.py": HONEST},
        {"notes.txt": ""},
    ],
)
def test_nothing_is_taken_where_several_may_be_meant(tmp_path: Path, files: dict[str, str]) -> None:
    found = submissions.read("x", lay(tmp_path, files))
    assert found.problem is not None and found.problem.startswith("there is no engine.py in it")


@pytest.mark.parametrize(
    "text",
    [
        HONEST.encode() + b"# \xe9t\xe9\n",
        HONEST.encode() + b"\0",
        HONEST.encode() + b"return 1\n",
        HONEST.encode() + b"def f():\n        x = 1\n\tif x:\n\t\treturn\n",
        HONEST.encode("utf-16"),
        b"# coding: nonsense\n" + HONEST.encode(),
    ],
)
def test_what_python_refuses_is_refused(class_: Path, text: bytes) -> None:
    (class_ / "submissions/eve.py").write_bytes(text)
    assert subprocess.run([sys.executable, "submissions/eve.py"], capture_output=True).returncode
    assert grade() == 0
    assert results()["eve"]["status"] == REFUSED
    assert "does not import" in results()["eve"]["problem"]
