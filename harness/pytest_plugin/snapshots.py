"""A case's snapshot in a run of the model engine: compared with torch's numbers, or recorded.

pytest-regressions does the work; its fixtures are asked for only where a snapshot's text differs,
because setting them up costs as much as everything else an item does.
"""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from pathlib import Path

import pytest

from harness.judging import oracle, snapshot
from harness.judging.comparing import numbers, tolerances
from harness.judging.snapshot import PROVISIONAL, Origin
from harness.judging.verdict import Verdict
from harness.pytest_plugin.failures import CaseFailure, lines_of
from harness.pytest_plugin.state import state_of


def check(verdict: Verdict, direction: str, request: pytest.FixtureRequest) -> None:
    """Raises :class:`CaseFailure` where the snapshot was not there, or is not what torch gives."""
    case, node = verdict.case, request.node
    obtained = numbers(verdict.truth, direction)
    source, body = oracle.source(case), snapshot.body(obtained)
    folder = case.path.with_suffix("")
    path = folder / f"{direction}.yml"
    recorded = ""
    with suppress(OSError, UnicodeDecodeError):
        recorded = path.read_text(encoding="utf-8")
    origin = snapshot.origin(recorded)
    known = origin is not None and origin.program == source.program and origin.by != PROVISIONAL
    if known and recorded.partition("\n")[2] == body:
        return
    name = os.path.relpath(path, node.config.rootpath)

    def compare(obtained_file: Path, recorded_file: Path) -> None:
        obtained_file.unlink()
        try:
            table = snapshot.parse(recorded_file.read_text(encoding="utf-8"), name)
        except (snapshot.SnapshotError, UnicodeDecodeError) as error:
            raise AssertionError(str(error)) from None
        margins = tolerances(case, verdict.truth, direction)
        lines = snapshot.differences(table, obtained, *margins)
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
        raise CaseFailure.titled(node.nodeid, what) from None
    except AssertionError as error:
        why, *differences = str(error).splitlines()
        case_path = state_of(node.config).pasted(node.path)
        command = shlex.join(["pytest", case_path, "--force-regen"])
        anew = f"if that is as it should be, record it anew: {command}"
        lines = [why, *(f"  {line}" for line in differences), anew]
        raise CaseFailure.titled(node.nodeid, "\n".join(lines)) from None


def _why(name: str, origin: Origin | None, wanted: Origin) -> str:
    """What is wrong with a snapshot, as far as its first line tells."""
    if origin is None:
        return f"the first line of {name} does not say what it was recorded from"
    by = "without torch" if origin.by == PROVISIONAL else f"with {origin.by}"
    if origin.program != wanted.program:
        other = "" if origin.by == wanted.by else f" ({by}; this is {wanted.by})"
        return f"the case was changed after {name} was recorded{other}"
    if origin.by == PROVISIONAL:
        return f"the numbers of {name} are provisional: they were computed without torch"
    if origin.by != wanted.by:
        return f"{name} was recorded {by}, and {wanted.by} gives other numbers"
    return f"{name} does not hold what {wanted.by} gives, and says that it does"
