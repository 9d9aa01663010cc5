"""A class on a Dask cluster: the same results, lost workers, and a submission that ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from grading.conftest import HONEST, hand_in

from harness.cli import main
from harness.grading import cluster, submissions, suite
from harness.grading.batch import Order, Piece
from harness.grading.cluster import Task, graded_chunk
from harness.grading.gradebook import Gradebook
from harness.grading.sandbox import Limits, Walls
from harness.grading.submissions import Submission

pytest.importorskip("distributed")
NOWHERE = Walls(False, False, False, False)


def results(folder: str) -> list[dict[str, Any]]:
    book = Gradebook(Path(folder), create=False)
    found = [{**result, "seconds": 0} for result in book.results()]
    book.close()
    return found


def fatal(chunk: Sequence[Submission], task: Task) -> list[dict[str, Any]]:
    """Grades, unless a submission called poison is there: then the worker ends."""
    if any(submission.id == "poison" for submission in chunk):
        os._exit(1)
    return graded_chunk(chunk, task)


def mortal(chunk: Sequence[Submission], task: Task) -> list[dict[str, Any]]:
    """Grades slowly, and writes down who does it."""
    Path(os.environ["HARNESS_TEST_PIDS"], str(os.getpid())).touch()
    time.sleep(0.3)
    return graded_chunk(chunk, task)


def the_class(folder: Path) -> tuple[list[Piece], Order]:
    order = Order(suite.read(["cases"], oracle="recorded"), NOWHERE, Limits(), "cases")
    return [Piece(*found) for found in submissions.find(["submissions"])], order


def test_a_cluster_gives_the_same_results_row_for_row(class_: Path) -> None:
    for number in range(8):
        hand_in(class_, f"s{number}", HONEST + f"# {number}\n")
    base = ["grade", "submissions", "--cases", "cases", "--oracle", "recorded"]
    assert main([*base, "--out", "here"]) == 0
    assert main([*base, "--out", "there", "--scheduler", "local:2"]) == 0
    assert results("here") == results("there")


def test_a_submission_that_ends_its_workers_is_found_and_the_others_are_graded(
    class_: Path,
) -> None:
    for number in range(12):
        hand_in(class_, f"s{number:02}", HONEST)
    hand_in(class_, "poison", HONEST)
    pieces, order = the_class(class_)
    taken: list[dict[str, Any]] = []
    cluster.run(pieces, order, "local:2", False, taken.append, fatal)
    status = {result["engine"]: result["status"] for result in taken}
    assert len(taken) == len(pieces) == len(status)
    assert {name for name, told in status.items() if told == "grader error"} == {"poison"}


def test_the_chunks_of_lost_workers_are_graded_by_others(
    class_: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        hand_in(class_, f"s{number:02}", HONEST)
    (class_ / "pids").mkdir()
    monkeypatch.setenv("HARNESS_TEST_PIDS", str(class_ / "pids"))
    pieces, order = the_class(class_)
    taken: list[dict[str, Any]] = []
    killed: list[int] = []

    def kill() -> None:
        while len(killed) < 3:
            for path in (class_ / "pids").iterdir():
                pid = int(path.name)
                if pid not in killed and len(killed) < 3:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                    time.sleep(0.7)
            time.sleep(0.05)

    thread = threading.Thread(target=kill)
    thread.start()
    cluster.run(pieces, order, "local:3", False, taken.append, mortal)
    thread.join(timeout=30)
    assert len(killed) == 3
    assert sorted(result["engine"] for result in taken) == sorted(piece.id for piece in pieces)
    undisturbed: list[dict[str, Any]] = []
    cluster.run(pieces, order, "local:2", False, undisturbed.append)

    def plain(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        every = ({**result, "seconds": 0} for result in found)
        return sorted(every, key=lambda result: str(result["engine"]))

    assert plain(taken) == plain(undisturbed)


def test_a_scheduler_is_found_by_its_address(class_: Path) -> None:
    from distributed import LocalCluster

    base = ["grade", "submissions", "--cases", "cases", "--oracle", "recorded"]
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as running:
        assert main([*base, "--out", "there", "--scheduler", running.scheduler_address]) == 0
    assert main([*base, "--out", "here"]) == 0
    assert results("here") == results("there")


def test_no_scheduler_is_told(class_: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "CONNECT_SECONDS", 1)
        arguments = [
            "grade",
            "submissions",
            "--cases",
            "cases",
            "--out",
            "marks",
            "--oracle",
            "recorded",
        ]
        assert main([*arguments, "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert "tcp://127.0.0.1:1: no scheduler answers there" in capsys.readouterr().err


def test_a_scheduler_that_goes_is_told(class_: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = Path("scheduler.py")
    script.write_text(
        "import time\nfrom distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    running = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)\n"
        "    print(running.scheduler_address, flush=True)\n    time.sleep(100)\n"
    )
    hand_in(class_, "sleeper", "import time\ntime.sleep(20)\n")
    running = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert running.stdout is not None
    address = running.stdout.readline().strip()
    timer = threading.Timer(4.0, os.killpg, (running.pid, signal.SIGKILL))
    timer.start()
    base = ["grade", "submissions", "--cases", "cases", "--oracle", "recorded", "--out", "marks"]
    assert main([*base, "--scheduler", address]) == 2
    assert f"{address}: the scheduler has gone; what was graded is kept" in capfd.readouterr().err
    running.wait()
    running.stdout.close()
