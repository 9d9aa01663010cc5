"""Processes that grade a class: what becomes of it when they are killed, busy or interrupted."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from grading.class_of import GRADE, results
from grading.conftest import HONEST, hand_in
from sweeps import long, sweep
from truths import ROOT

from harness.cli import COULD_NOT_RUN
from harness.grading import batch
from harness.grading.batch import Order, Piece, one
from harness.grading.found import find
from harness.grading.gradebook import NAME
from harness.grading.sandbox.children import Limits
from harness.grading.sandbox.walls import Sandbox, Walls, strongest
from harness.grading.suite import read

ALONE = Walls(bubblewrap=False, namespaces=False, user=False, keeper=False)


@sweep("seed", range(5), always=0, sample=2)
def test_a_killed_run_goes_on_where_it_stopped(class_: Path, seed: int) -> None:
    for number in range(30):
        hand_in(class_, f"s{number:02}", HONEST + f"# {number}\n")
    command = [*GRADE, "--oracle", "recorded", "--vary", "none"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*command, "--out", "whole"], check=True, env=environment, capture_output=True)
    chance = random.Random(seed)
    counts = []
    started: set[tuple[str, str]] = set()
    for _ in range(10):
        running = subprocess.Popen(
            [*command, "--out", "marks", "--jobs", "2"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.5, 1.4))
        started |= _below(str(running.pid))
        running.send_signal(signal.SIGKILL)
        running.wait()
        if (class_ / "marks" / NAME).exists():
            counts.append(len(results()))
    assert counts == sorted(counts)
    subprocess.run([*command, "--out", "marks"], check=True, env=environment, capture_output=True)

    def plain(folder: str) -> dict[str, dict[str, Any]]:
        return {n: {**r, "seconds": 0, "graded": ""} for n, r in results(Path(folder)).items()}

    assert plain("marks") == plain("whole")
    while any(_begin(pid) == begin for pid, begin in started):
        time.sleep(0.1)  # whoever stays behind holds this up for ever


@sweep("seed", range(20), always=0, sample=2)
def test_whoever_kills_the_processes_of_a_run_loses_no_result(class_: Path, seed: int) -> None:
    for number in range(40):
        hand_in(class_, f"s{number:02}", HONEST + f"# {number}\n")
    command = [*GRADE, "--oracle", "recorded", "--jobs", "2", "--out", "marks"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    chance = random.Random(seed)
    killed = 0
    while killed < 5 and running.poll() is None:
        time.sleep(chance.uniform(0.2, 1.2))
        pool = [pid for pid in _children(str(running.pid)) if b"grade" in _command(pid)]
        if pool:
            os.kill(int(chance.choice(pool)), signal.SIGKILL)
            killed += 1
    out, _ = running.communicate()
    assert killed
    found = results()
    lost = any(result["status"] == "grader error" for result in found.values())
    assert len(found) == 44 and running.returncode == lost
    (told,) = re.findall("44 found: (.*)\\. Everything", out)
    assert sum(map(int, re.findall(r"\d+", told))) == 44
    again = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert again.returncode == 0 and f"44 found: {'' if lost else '44 kept'}" in again.stdout
    assert {result["score"] for id, result in results().items() if id[0] == "s"} == {4.5}


def _below(pid: str) -> set[tuple[str, str]]:
    """The processes that one has started, and they in turn, each with when it began."""
    found = _children(pid)
    alive = {(one, begin) for one in found if (begin := _begin(one))}
    return alive.union(*(_below(one) for one in found))


def _children(pid: str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _begin(pid: str) -> str:
    """When a process began, empty if there is none."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state == "Z" else rest[18]


@long
def test_two_runs_on_one_gradebook_do_not_harm_each_other(class_: Path) -> None:
    for number in range(12):
        hand_in(class_, f"s{number:02}", HONEST + f"# {number}\n")
    command = [*GRADE, "--oracle", "recorded"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.Popen([*command, "--out", "marks"], env=environment, stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [run.wait() for run in runs] == [0, 0]
    assert len(results()) == 16
    book = sqlite3.connect(Path("marks", NAME))
    assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_interrupted_run_ends_at_once_and_keeps_what_it_has(class_: Path) -> None:
    for number in range(6):
        hand_in(class_, f"z{number}", f"import time\ntime.sleep(100)\n# {number}")
    command = [*GRADE, "--out", "marks"]
    running = subprocess.Popen(
        [*command, "--oracle", "recorded"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in background
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    book = Path("marks", NAME)
    while not book.exists() or len(results()) < 4:
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate()
    assert (running.returncode, out) == (COULD_NOT_RUN, "")
    told = "interrupted: 10 found: 3 graded, 1 refused, 6 left. Run it again to go on."
    assert err.splitlines()[1:] == [told]
    assert set(results()) == {"=cyd", "ann", "bob", "dan"}


def ends(piece: Piece) -> dict[str, Any]:
    """Grades, unless the submission is ann's: then the process that grades ends."""
    if piece.id == "ann":
        os._exit(1)
    return batch._do(piece)


def test_a_lost_process_is_a_grader_error_and_the_others_are_graded(class_: Path) -> None:
    walls, _ = strongest(Limits())
    order = Order(read(["cases"], oracle="recorded"), walls, Limits(), "cases")
    pieces = find(["submissions"]).pieces
    taken: list[dict[str, Any]] = []
    batch.run(pieces, order, 2, taken.append, ends)
    status = {result["engine"]: result["status"] for result in taken}
    assert status == {"=cyd": "refused", "ann": "grader error", "bob": "graded", "dan": "graded"}


def busy(piece: Piece, order: Order, box: Sandbox) -> dict[str, Any]:
    """Ends its process for ann; for all others it takes a while to be interrupted."""
    if piece.id == "ann":
        time.sleep(0.3)
        os._exit(1)
    try:
        time.sleep(1)
    except SystemExit:
        time.sleep(0.2)
        raise
    return {"engine": piece.id, "status": "graded"}


@long
def test_a_process_that_is_busy_when_another_is_lost_ends_too(
    class_: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool ends the others by a signal, and waits for them: Python 3.12 and newer forever."""
    monkeypatch.setattr(batch, "one", busy)
    order = Order(read(["cases"], oracle="recorded"), ALONE, Limits(), "cases")
    pieces = find(["submissions"]).pieces
    taken: list[dict[str, Any]] = []
    batch.run(pieces, order, 2, taken.append)
    status = {result["engine"]: result["status"] for result in taken}
    assert status == {"=cyd": "graded", "ann": "grader error", "bob": "graded", "dan": "graded"}


def test_where_nothing_can_fork_each_submission_has_a_python_of_its_own(class_: Path) -> None:
    """As on macOS and Windows: the same marks, and the canaries tell what is open."""
    order = Order(read(["cases"], oracle="recorded"), ALONE, Limits(), "cases")
    with Sandbox(ALONE, order.limits) as box:
        observed = box.observed()
        assert not all(observed.values()) and not observed["finds no program"]
        for piece in find(["submissions"]).pieces:
            found = one(piece, order, box)["score"]
            assert found == {"=cyd": 0.0, "ann": 6.0, "bob": 4.5, "dan": 3.5}[piece.id]


def test_what_the_grader_cannot_read_is_its_own_fault(class_: Path) -> None:
    order = Order(read(["cases"], oracle="recorded"), ALONE, Limits(), "cases")
    with Sandbox(ALONE, Limits()) as box:
        result = one(Piece("gone", class_ / "submissions/gone"), order, box)
    assert result["status"] == "grader error" and "cannot be read" in result["problem"]
