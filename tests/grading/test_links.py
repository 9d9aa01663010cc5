"""Hard links among what is handed in: files like any other, and no way to what is not one's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from truths import ROOT

from harness.cli import AGREES, FINDINGS, main
from harness.grading import submissions
from harness.grading.gradebook import Gradebook

PROTECTED = Path("/proc/sys/fs/protected_hardlinks")
STRANGER = 12345
OWN = (ROOT / "tests/zoo/correct/second_order.py").read_text()
"""An engine that is long enough to be told from others."""


def test_a_hard_link_is_graded_as_what_it_holds(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.link(class_ / "submissions/ann.py", class_ / "submissions/eve.py")
    (class_ / "submissions/fay").mkdir()
    os.link(class_ / "submissions/ann.py", class_ / "submissions/fay/engine.py")
    before = {path: path.stat() for path in (class_ / "submissions").rglob("*.py")}
    arguments = ["--cases", "cases", "--oracle", "recorded", "--out", "marks"]
    assert main(["grade", "submissions", *arguments]) == AGREES
    book = Gradebook(Path("marks"))
    scores = {id: score for id, _, score, _ in book.rows()}
    assert scores["ann"] == scores["eve"] == scores["fay"] == 6.0
    for path, then in before.items():  # read, and nothing else
        now = path.stat()
        assert (now.st_mtime_ns, now.st_ctime_ns, now.st_nlink, now.st_size) == (
            *(then.st_mtime_ns, then.st_ctime_ns, then.st_nlink, then.st_size),
        )
    digests = {
        submissions.read(id, class_ / f"submissions/{id}.py").digest for id in ("ann", "eve")
    }
    assert len(digests) == 1


def test_whoever_hands_in_anothers_work_is_named(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (class_ / "submissions/ann.py").write_text(OWN)
    os.link(class_ / "submissions/ann.py", class_ / "submissions/eve.py")
    assert main(["alike", "submissions"]) == FINDINGS
    told = capsys.readouterr().out
    assert "100%  ann" in told and "eve" in told


@pytest.mark.skipif(sys.platform != "linux", reason="it is Linux that says who may link to what")
def test_nobody_can_link_to_what_they_cannot_read(tmp_path: Path) -> None:
    """Which is why a link brings nobody what is not theirs: it is the system that keeps it."""
    if os.geteuid() or not PROTECTED.exists() or PROTECTED.read_text().strip() != "1":
        pytest.skip("that takes root, and a system that protects hard links")
    secret, place = tmp_path / "secret.py", tmp_path / "own"
    secret.write_text("x = 1\n")
    secret.chmod(0o600)
    place.mkdir()
    for folder in (place, tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o777)
    child = os.fork()
    if not child:
        os.setresuid(STRANGER, STRANGER, STRANGER)
        try:
            os.link(secret, place / "engine.py")
        except PermissionError:
            os._exit(7)
        finally:
            os._exit(8)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert not (place / "engine.py").exists()
