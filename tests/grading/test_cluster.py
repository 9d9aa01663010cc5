"""A class on a Dask cluster: the same results, lost workers, and a submission that ends them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from grading.conftest import HONEST, hand_in
from sweeps import long

from harness.cli import main
from harness.grading import cluster, suite
from harness.grading.batch import Order, Piece
from harness.grading.cluster import graded_chunk
from harness.grading.found import find
from harness.grading.gradebook import Gradebook
from harness.grading.sandbox.children import Limits
from harness.grading.sandbox.walls import Walls
from harness.grading.submissions import Submission

pytest.importorskip("distributed")
NOWHERE = Walls(False, False, False, False)
LOST = 3
"""How many workers are killed."""


def results(folder: str) -> list[dict[str, Any]]:
    book = Gradebook(Path(folder), create=False)
    found = [{**result, "seconds": 0, "graded": ""} for result in book.results()]
    book.close()
    return found


def is_known(dask_worker: Any) -> bool:
    """Whether a nanny knows that its worker has started."""
    return bool(dask_worker.process.status.name == "running")


def end() -> None:
    """Ends this worker, once its nanny would start it anew: one that ends before is lost."""
    from distributed import get_client, get_worker

    here = get_worker().address
    while not all(get_client().run(is_known, workers=[here], nanny=True).values()):
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGKILL)


def fatal(chunk: Sequence[Submission], *order: Any) -> list[dict[str, Any]]:
    """Grades, unless a submission called poison is there: then the worker ends."""
    if any(submission.id == "poison" for submission in chunk):
        end()
    return graded_chunk(chunk, *order)


def mortal(chunk: Sequence[Submission], *order: Any) -> list[dict[str, Any]]:
    """Grades; but the first workers that are given a chunk are killed, which is written down."""
    lost = Path(os.environ["HARNESS_TEST_LOST"])
    if len(list(lost.iterdir())) < LOST and not (lost / chunk[0].id).exists():
        (lost / chunk[0].id).touch()
        end()
    return graded_chunk(chunk, *order)


def the_class(folder: Path) -> tuple[list[Piece], Order]:
    order = Order(suite.read(["cases"], oracle="recorded"), NOWHERE, Limits(), "cases")
    return find(["submissions"]).pieces, order


@long
def test_a_cluster_gives_the_same_results_row_for_row(class_: Path) -> None:
    for number in range(8):
        hand_in(class_, f"s{number}", HONEST + f"# {number}\n")
    base = ["grade", "submissions", "--cases", "cases", "--vary", "none"]
    assert main([*base, "--out", "here"]) == 0
    assert main([*base, "--out", "there", "--scheduler", "local:2"]) == 0
    assert results("here") == results("there")


@long
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


@long
def test_the_chunks_of_lost_workers_are_graded_by_others(
    class_: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        hand_in(class_, f"s{number:02}", HONEST)
    (class_ / "lost").mkdir()
    monkeypatch.setenv("HARNESS_TEST_LOST", str(class_ / "lost"))
    pieces, order = the_class(class_)
    taken: list[dict[str, Any]] = []
    cluster.run(pieces, order, "local:3", False, taken.append, mortal)
    assert len(list((class_ / "lost").iterdir())) >= LOST
    assert sorted(result["engine"] for result in taken) == sorted(piece.id for piece in pieces)
    undisturbed: list[dict[str, Any]] = []
    cluster.run(pieces, order, "local:2", False, undisturbed.append)

    def plain(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        every = ({**result, "seconds": 0} for result in found)
        return sorted(every, key=lambda result: str(result["engine"]))

    assert plain(taken) == plain(undisturbed)


def test_a_scheduler_is_found_by_its_address(class_: Path) -> None:
    from distributed import LocalCluster

    base = ["grade", "submissions", "--cases", "cases", "--vary", "none"]
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


def test_a_scheduler_that_goes_is_told(
    class_: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Path("scheduler.py")
    script.write_text(
        "import time\nfrom distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    running = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)\n"
        "    print(running.scheduler_address, flush=True)\n    time.sleep(1e6)\n"
    )
    hand_in(class_, "sleeper", "import time\ntime.sleep(1e6)\n")
    running = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert running.stdout is not None
    address = running.stdout.readline().strip()

    def put(book: Gradebook, *result: Any) -> None:
        """The scheduler goes when the first result is there."""
        keep(book, *result)
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)

    keep = Gradebook.put
    monkeypatch.setattr(Gradebook, "put", put)
    base = ["grade", "submissions", "--cases", "cases", "--oracle", "recorded", "--out", "marks"]
    base += ["--timeout", "3600"]
    assert main([*base, "--scheduler", address]) == 2
    assert len(results("marks")) >= 1
    assert f"{address}: the scheduler has gone; what was graded is kept" in capfd.readouterr().err
    running.wait()
    running.stdout.close()
