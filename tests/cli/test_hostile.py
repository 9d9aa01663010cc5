"""Engines that never end, end the process, take all memory or wait for somebody: every command that
runs an engine comes to its end, says what it was, and writes what it was asked for."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from truths import CASES

from harness.cli import main

ENGINE = """
import os
import numpy as np

class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = data, 0.0, edges

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        HOSTILE
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, local in self.edges:
            parent.backward(local * upstream)
"""

HOSTILE = {
    "while True: pass": "0.2 s",  # "no end after …", or on a busy machine "no answer within …"
    "while True: print('spam')": "0.2 s",
    "os._exit(0)": "the process ended without an answer",
    "input('your name? ')": "input() is left in the engine",
    "breakpoint()": "breakpoint() is left in the engine",
}
LINUX = {
    "np.ones(30 << 27)": "MemoryError",
    "while True: os.fork()": "an engine starts no other process",
}
"""What is kept from an engine there alone."""

EVERY = [*HOSTILE, *(LINUX if sys.platform == "linux" else ())]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cases").mkdir()
    for file in ("product_of_sum.yaml", "product_of_sum"):
        source = CASES / "lecture" / file
        (shutil.copytree if source.is_dir() else shutil.copy)(source, Path("cases") / file)


def run(line: str, *command: str) -> int:
    """The exit status of a command, with the engine in which that line is."""
    Path("mine.py").write_text(ENGINE.replace("HOSTILE", line), encoding="utf-8")
    return main([*command, "--engine", "mine.py", "--timeout", "0.2"])


def unwrapped(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("line", EVERY)
def test_a_case_is_drawn_as_far_as_the_engine_comes(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(line, "draw", "cases/product_of_sum.yaml", "-o", "graph.svg", "--oracle", "recorded")
    said = capsys.readouterr()
    assert (HOSTILE | LINUX)[line] in unwrapped(said.out + said.err)
    assert Path("graph.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("line", EVERY)
def test_a_report_says_what_the_engine_did(line: str) -> None:
    run(line, "report", "--cases", "cases", "-o", "page.html", "--oracle", "recorded")
    assert (HOSTILE | LINUX)[line] in Path("page.html").read_text(encoding="utf-8")


def test_a_search_says_what_the_engine_did(capsys: pytest.CaptureFixture[str]) -> None:
    line = "os._exit(0)"
    assert run(line, "fuzz", "--time", "1", "--seed", "1", "--ops", "add,mul", "-o", "found") == 1
    assert HOSTILE[line] in unwrapped(capsys.readouterr().out)
