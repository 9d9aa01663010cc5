"""`harness watch`: what is seen of a file when it is saved, half saved, gone, or hangs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from harness.assignment.values import FILE

ROOT = Path(__file__).resolve().parents[2]
RIGHT = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, local in self.parents:
            parent.backward(local * upstream)
"""
OVERWRITES = RIGHT.replace("self.grad += upstream", "self.grad = upstream")
BOTH = OVERWRITES.replace("(self, other.data), (other, self.data)", "(self, self.data), (other, 1)")
TWO = BOTH.replace("self.data + other.data", "self.data - other.data")
PRODUCT = "        return Value(self.data * "
HANGS = RIGHT.replace(PRODUCT, f"        while True: pass\n{PRODUCT}")
CASES = {
    "sum": "inputs: {x: 3, y: 2}\nexpr: x + y\n",
    "product": "inputs: {x: 3, y: 2}\nexpr: x * y\n",
    "reused": "inputs: {x: 3, y: 2}\nexpr: x * y + x\n",
    "row": "inputs: {x: [3, 1]}\nexpr: x + x\n",
}
ASSIGNMENT = "title: Sums\ncases: [cases]\nquestions: [{title: All, points: 2, levels: [1, 3]}]\n"
STAGED = "x = 3.0\ny = 2.0\nf = x * y\ndf = 1.0\ndx = df * y\ndy = df * y\n"
PATIENCE = 60
"""Seconds that a machine may take at most, however busy it is."""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    monkeypatch.delenv("NO_COLOR", raising=False)
    Path("cases").mkdir()
    for name, text in CASES.items():
        Path(f"cases/{name}.yaml").write_text(f"about: a\n{text}")
    return tmp_path


class Terminal:
    """`harness watch` in a terminal of 24 rows."""

    def __init__(self, *arguments: str, columns: int = 80) -> None:
        command = ["-m", "harness", "watch", *arguments]
        self.child = pexpect.spawn(
            sys.executable,
            command,
            dimensions=(24, columns),
            encoding="utf-8",
            timeout=PATIENCE,
            env={**os.environ, "TERM": "xterm"},
        )

    def sees(self, *patterns: str) -> str:
        """What is drawn until all of these have come, one after the other."""
        seen = ""
        for pattern in patterns:
            self.child.expect(pattern)
            seen += self.child.before + self.child.after
        return re.sub(r"\x1b\[[\d;]*[A-Za-z]", "", seen)

    def saved(self, text: str, *patterns: str, file: str = "mine.py") -> str:
        Path(file).write_text(text)
        return self.sees(*patterns)

    def pressed(self, key: str, *patterns: str) -> str:
        self.child.send(key)
        return self.sees(*patterns)

    def quit(self) -> int:
        """Its exit status when it is told to quit."""
        self.child.send("q")
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus)


@pytest.fixture
def terminal(project: Path) -> Iterator[Terminal]:
    (project / "mine.py").write_text(BOTH)
    terminal = Terminal("mine.py", "--cases", "cases")
    yield terminal
    terminal.child.close(force=True)


def test_a_mistake_is_mended_and_the_next_one_is_shown(terminal: Terminal) -> None:
    first = terminal.sees("q quit")
    assert "1. mul, backward" in first and "overwrite" not in first
    assert "first to mend: scalar arithmetic, 1 case wrong" in first
    mended = terminal.saved(OVERWRITES, "cases/product.yaml: right now", "next on the ladder")
    assert "overwrite" in mended and "mul, backward" not in mended
    whole = terminal.saved(RIGHT, "right now", r"next on the ladder: arrays.*1 case")
    assert "✓ scalar arithmetic" in whole and "✓ reuse and order" in whole
    assert terminal.quit() == 0


def test_keys_show_the_next_mistake_all_of_them_and_a_page(terminal: Terminal) -> None:
    terminal.sees("q quit")
    one = terminal.saved(TWO, "first to mend", "mistake 1 of 2")
    other = terminal.pressed("n", "mistake 2 of 2")
    assert ("add, forward" in one) != ("add, forward" in other)
    assert "reuse and order: " not in other
    every = terminal.pressed("a", "reuse and order: ", "q quit")
    assert "mul, backward" in every and "add, forward" in every
    terminal.pressed("p", "written: mine.report.html")
    assert "cases/product.yaml" in Path("mine.report.html").read_text()
    assert terminal.quit() == 1


def test_what_cannot_be_judged_never_ends_the_watching(terminal: Terminal) -> None:
    terminal.sees("q quit")
    terminal.saved("class Value:\n    def __init__(self, da", "SyntaxError|never closed", "q quit")
    terminal.saved("while True: pass\n")
    terminal.saved(HANGS, "too-slow|no end", "q quit")
    Path("mine.py").unlink()
    terminal.sees("no such file", "q quit")
    terminal.saved("", "q quit")
    terminal.saved("import os; os._exit(3)\n", "ends", "q quit")
    seen = terminal.saved(RIGHT, "next on the ladder", "q quit")
    assert "✓ scalar arithmetic" in seen
    assert terminal.quit() == 0


def test_a_folder_that_is_taken_away_and_put_back_is_watched_on(project: Path) -> None:
    (project / "src").mkdir()
    (project / "src/mine.py").write_text(OVERWRITES)
    terminal = Terminal("src/mine.py", "--cases", "cases")
    terminal.sees("overwrite", "q quit")
    (project / "src").rename(project / "away")
    terminal.sees("no such file", "q quit")
    (project / "away").rename(project / "src")
    terminal.sees("still wrong", "q quit")
    assert terminal.quit() == 1


def test_the_terminal_is_left_as_it_was(project: Path) -> None:
    (project / "mine.py").write_text(RIGHT)
    shell = pexpect.spawn(
        "sh",
        ["-c", f"stty -g; {sys.executable} -m harness watch mine.py --cases cases; stty -g"],
        encoding="utf-8",
        timeout=PATIENCE,
    )
    shell.expect(r"([0-9a-f]+(:[0-9a-f]+)+)\r\n")
    before = shell.match[1]
    shell.expect("q quit")
    shell.send("q")
    shell.expect(r"([0-9a-f]+(:[0-9a-f]+)+)\r\n")
    assert shell.match[1] == before


def test_it_is_drawn_anew_in_a_terminal_that_is_made_narrow(terminal: Terminal) -> None:
    assert any(len(line) > 60 for line in terminal.sees("q quit").splitlines())
    terminal.child.setwinsize(24, 60)
    seen = terminal.sees("q quit")
    assert terminal.quit() == 1
    shown = [line.rstrip() for line in seen.splitlines() if "1 of" not in line]
    assert all(len(line) <= 60 for line in shown if "see it" not in line), seen


def test_code_by_hand_is_watched(project: Path) -> None:
    (project / "by_hand.py").write_text(STAGED)
    terminal = Terminal("by_hand.py")
    assert "by_hand.py:6: dy" in terminal.sees("q quit")
    right = STAGED.replace("dy = df * y", "dy = df * x")
    assert "agree with torch" in terminal.saved(right, "q quit", file="by_hand.py")
    assert terminal.quit() == 0


def test_an_assignment_is_watched(project: Path) -> None:
    (project / FILE).write_text(ASSIGNMENT)
    (project / "engine.py").write_text(OVERWRITES)
    terminal = Terminal()
    assert "overwrite" in terminal.sees("q quit")
    seen = terminal.saved(RIGHT, "reused.*right now", "Sums", "q quit", file="engine.py")
    assert "overwrite" not in seen and "points" in seen
    terminal.quit()


def test_without_a_terminal_it_prints_plainly(project: Path) -> None:
    (project / "mine.py").write_text(BOTH)
    watch = subprocess.Popen(
        [sys.executable, "-m", "harness", "watch", "mine.py", "--cases", "cases"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert watch.stdout is not None
    lines = list[str]()
    try:
        for line in iter(watch.stdout.readline, ""):
            lines.append(line)
            if line.startswith("next on the ladder"):
                break
    finally:
        watch.kill()
        watch.wait()
    text = "".join(lines)
    assert "1. mul, backward" in text and "\x1b" not in text and "q quit" not in text


def test_what_cannot_change_is_not_watched(capsys: pytest.CaptureFixture[str]) -> None:
    from harness.cli import main

    assert main(["watch", "minigrad"]) == 2
    assert "does not change" in capsys.readouterr().err
    assert main(["watch"]) == 2
    assert "which engine?" in capsys.readouterr().err
    assert main(["watch", "nowhere/mine.py"]) == 2
    assert "there is no folder nowhere" in capsys.readouterr().err
