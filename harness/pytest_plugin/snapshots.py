"""A case's snapshot in a run of the model engine: compared with torch's numbers, or recorded.

pytest-regressions does the work; its fixtures are asked for only where a snapshot's text differs,
because setting them up costs as much as everything else an item does.
"""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from harness.judging import oracle, snapshot
from harness.judging.comparing import numbers, tolerances
from harness.judging.snapshot import PROVISIONAL, Origin
from harness.judging.verdict import Verdict
from harness.pytest_plugin.failures import CaseFailure, lines_of
from harness.pytest_plugin.state import state_of
from harness.pytest_plugin.words import said


def check(verdict: Verdict, direction: str, request: pytest.FixtureRequest) -> None:
    """Raises :class:`CaseFailure` where the snapshot was not there, or is not what torch gives."""
    node, folder = request.node, verdict.case.path.with_suffix("")
    path = folder / f"{direction}.yml"
    name = os.path.relpath(path, node.config.rootpath)
    wanted = Wanted(verdict, direction, name, oracle.source(verdict.case))
    recorded = ""
    with suppress(OSError, UnicodeDecodeError):
        recorded = path.read_text(encoding="utf-8")
    if wanted.is_known(recorded) and recorded.partition("\n")[2] == wanted.body:
        return
    if state_of(node.config).regenerates or wanted.problems(recorded):
        _recorded(wanted, folder, request)


def _recorded(wanted: Wanted, folder: Path, request: pytest.FixtureRequest) -> None:
    """Leaves it to pytest-regressions to compare the snapshot, or to record it."""
    node = request.node

    def compare(obtained: Path, recorded: Path) -> None:
        obtained.unlink()
        if problems := wanted.problems(recorded.read_text(encoding="utf-8", errors="replace")):
            raise AssertionError("\n".join(problems))

    pytest.register_fixture(name="original_datadir", func=lambda: folder, node=node.parent)
    try:
        request.getfixturevalue("file_regression").check(
            f"{wanted.source}{wanted.body}",
            basename=wanted.direction,
            extension=".yml",
            check_fn=compare,
        )
    except pytest.fail.Exception as report:
        done = "regenerated" if "regenerating" in str(report.msg) else "recorded"
        raise CaseFailure(
            lines_of(said("recorded-look", done=done, name=wanted.name)),
            said("snapshot-look", done=done),
        ) from None
    except OSError as error:
        what = said("cannot-record", name=wanted.name, strerror=error.strerror or error)
        raise CaseFailure.titled(node.nodeid, what) from None
    except AssertionError as error:
        why, *differences = str(error).splitlines()
        case_path = state_of(node.config).pasted(node.path)
        command = shlex.join(["pytest", case_path, "--force-regen"])
        anew = said("record-anew", command=command)
        lines = [why, *(f"  {line}" for line in differences), anew]
        raise CaseFailure.titled(node.nodeid, "\n".join(lines)) from None


@dataclass(frozen=True)
class Wanted:
    """The snapshot of one pass that the run at hand would record; users call it ``name``."""

    verdict: Verdict
    direction: str
    name: str
    source: Origin

    @cached_property
    def body(self) -> str:
        """Its text without the first line."""
        return snapshot.body(numbers(self.verdict.truth, self.direction))

    def is_known(self, text: str) -> bool:
        """Whether a recorded text says that it is of this program, and by torch."""
        origin = snapshot.origin(text)
        if origin is None or origin.by == PROVISIONAL:
            return False
        return origin.program == self.source.program

    def problems(self, text: str) -> list[str]:
        """What is wrong with a recorded text: first why that may be, then each number."""
        truth = self.verdict.truth
        try:
            table = snapshot.parse(text, self.name)
        except snapshot.SnapshotError as error:
            return str(error).splitlines()
        margins = tolerances(self.verdict.case, truth, self.direction)
        lines = snapshot.differences(table, numbers(truth, self.direction), *margins)
        if self.is_known(text) and not lines:
            return []
        return [_why(self.name, snapshot.origin(text), self.source), *lines]


def _why(name: str, origin: Origin | None, wanted: Origin) -> str:
    """What is wrong with a snapshot, as far as its first line tells."""
    if origin is None:
        return said("says-no-origin", name=name)
    by = said("without-torch") if origin.by == PROVISIONAL else said("with-what", by=origin.by)
    if origin.program != wanted.program:
        other = "" if origin.by == wanted.by else said("others-this", by=by, by2=wanted.by)
        return said("case-changed", name=name, other=other)
    if origin.by == PROVISIONAL:
        return said("is-provisional", name=name)
    if origin.by != wanted.by:
        return said("gives-other", name=name, by=by, by2=wanted.by)
    return said("says-it-does", name=name, by=wanted.by)
