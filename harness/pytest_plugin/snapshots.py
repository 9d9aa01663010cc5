"""A case's snapshot in a run of the model engine: compared with torch's numbers, or recorded.

pytest-regressions does the work; its fixtures are asked for only where a snapshot's text differs,
because setting them up costs as much as everything else an item does.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from harness.judging import oracle, snapshot
from harness.judging.snapshot import PROVISIONAL, Origin
from harness.judging.verdict import Verdict, numbers, tolerances
from harness.pytest_plugin import STATE
from harness.pytest_plugin.failures import CaseFailure, lines_of


def check(verdict: Verdict, direction: str, request: pytest.FixtureRequest) -> None:
    """Raises :class:`CaseFailure` where the snapshot was not there, or is not what torch gives."""
    case, node = verdict.case, request.node
    obtained_numbers = numbers(verdict.truth, direction)
    source = oracle.source(case)
    folder = case.path.with_suffix("")
    path = folder / f"{direction}.yml"
    try:
        recorded = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        recorded = ""
    origin = snapshot.origin(recorded)
    body = snapshot.body(obtained_numbers)
    known = origin is not None and origin.program == source.program and origin.by != PROVISIONAL
    if known and recorded.partition("\n")[2] == body:
        return
    rtol, atol = tolerances(case, verdict.truth, direction)
    name = os.path.relpath(path, node.config.rootpath)

    def compare(obtained: Path, expected: Path) -> None:
        obtained.unlink()
        try:
            table = snapshot.parse(expected.read_text(encoding="utf-8"), name)
        except (snapshot.SnapshotError, UnicodeDecodeError) as error:
            raise AssertionError(str(error)) from None
        lines = snapshot.differences(table, obtained_numbers, rtol, atol)
        if lines or not known:
            raise AssertionError("\n".join([_why(name, origin, source), *lines]))

    pytest.register_fixture(name="original_datadir", func=lambda: folder, node=node.parent)
    try:
        request.getfixturevalue("file_regression").check(
            f"{source}{body}", basename=direction, extension=".yml", check_fn=compare
        )
    except pytest.fail.Exception as report:
        done = "regenerated" if "regenerating" in str(report.msg) else "recorded"
        raise CaseFailure(
            lines_of(f"{done} {name} from torch's numbers: look at them, run again, commit"),
            f"snapshot {done}: look at it, run again, commit",
        ) from None
    except OSError as error:
        what = f"cannot record {name}: {error.strerror or error}"
        raise CaseFailure(lines_of(f"✗ {node.nodeid}\n  {what}"), what) from None
    except AssertionError as error:
        why, *differences = str(error).splitlines()
        command = shlex.join(
            ["pytest", node.config.stash[STATE].pasted(node.path), "--force-regen"]
        )
        lines = [f"✗ {node.nodeid}", f"  {why}", *(f"    {line}" for line in differences)]
        lines.append(f"  if that is as it should be, record it anew: {command}")
        raise CaseFailure(lines_of("\n".join(lines)), why) from None


def _why(name: str, found: Origin | None, wanted: Origin) -> str:
    """What is wrong with a snapshot, as far as its first line tells."""
    if found is None:
        return f"the first line of {name} does not say what it was recorded from"
    by = "without torch" if found.by == PROVISIONAL else f"with {found.by}"
    if found.program != wanted.program:
        other = "" if found.by == wanted.by else f" ({by}; this is {wanted.by})"
        return f"the case was changed after {name} was recorded{other}"
    if found.by == PROVISIONAL:
        return f"the numbers of {name} are provisional: they were computed without torch"
    if found.by != wanted.by:
        return f"{name} was recorded {by}, and {wanted.by} gives other numbers"
    return f"{name} does not hold what {wanted.by} gives, and says that it does"
