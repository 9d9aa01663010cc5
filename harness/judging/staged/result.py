"""The verdict on a backward pass written by hand as plain data: that of an engine, on one case.

A finding has the name of the gradient and the line of the file besides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.staged.cells import place as place_of
from harness.judging.codes import CODES, MISTAKE, hint_of
from harness.judging.result import VERSION
from harness.judging.staged.bringing import BLANK, UNPLACED, Line
from harness.judging.staged.judging import ByHand
from harness.judging.standing import standing
from harness.judging.verdict import AGREES, GUILTY, MISSING
from harness.language.levels import level_of
from harness.vocabulary.program import Array

CRASH = "crash"
MOST_WRITTEN: Final = 400
LONGEST_CODE: Final = 200
MOST_NUMBERS: Final = 12


def as_json(
    verdict: ByHand,
    id: str = "",
    points: float = 1.0,
    marking: str = "cases",
    asked: Collection[str] = (),
) -> dict[str, Any]:
    """The result of a file; ``id`` is the case that it belongs to, if it is one's, ``marking`` and
    ``asked`` what counts (see :meth:`ByHand.share`)."""
    case = id or verdict.file
    findings = list(_findings(verdict, case))
    score = points * verdict.share(marking, asked)
    for finding in findings:
        finding["cost"] = round((points - score) / len(findings), 9)
    whole = not verdict.blanks and not verdict.reading.unheard and not verdict.absent(asked)
    passed = not findings and whole
    program = verdict.reading.forward.program
    level, status = level_of(program, ()), "passed" if passed else "failed"
    weight = MISTAKE if findings else None
    return {
        "version": VERSION,
        "engine": verdict.file,
        "score": round(score, 9),
        "max_score": points,
        "findings": findings,
        "remarks": [
            {
                "code": None,
                "op": "engine",
                "direction": "backward",
                "message": text,
                "cases": [case],
            }
            for text in remarks(verdict)
        ],
        "missing": [],
        "levels": standing([(level, status, weight)]),
        "cases": [
            {
                "id": case,
                "level": level,
                "dtype": program.dtype,
                "status": status,
                "weight": weight,
                "score": round(score, 9),
                "max_score": points,
                "reason": None,
                "remarks": [],
                "passes": {
                    "forward": _pass("passed"),
                    "backward": _pass(status, verdict),
                },
                "steps": list(_steps(verdict)),
                "written": list(written(verdict)),
            }
        ],
    }


def remarks(verdict: ByHand) -> Iterator[str]:
    """What should be known of a file, as sentences."""
    reading = verdict.reading
    if verdict.scale != 1.0:
        inner = {line.event.name: None for line in verdict.lines if _is_inner(verdict, line)}
        yield languages.told("staged", "scaled", names=", ".join(inner), scale=verdict.scale)
    if reading.negated:
        yield languages.told("staged", "negated")
    if reading.taken:
        step = reading.forward.say(reading.output)
        yield languages.told("staged", "taken", name=reading.taken, step=step)
    for event in verdict.choices:
        yield languages.told("staged", "choice", line=event.line, name=event.name)
    if reading.cut:
        yield languages.told("staged", "cut", line=reading.cut)
    for name, line in reading.unheard.items():
        yield languages.told("staged", "unheard", line=line, name=name)
    for name, line in verdict.unplaced.items():
        yield languages.told("staged", "unplaced", line=line, name=name)


def _is_inner(verdict: ByHand, line: Line) -> bool:
    """Whether a line holds the gradient of a step, and not of an input."""
    step = line.event.step
    return step is not None and step not in verdict.reading.forward.program.inputs


def _pass(status: str, verdict: ByHand | None = None) -> dict[str, Any]:
    stopped = None if verdict is None else verdict.stopped
    return {
        "status": status,
        "reason": None if stopped is None else stopped[1],
        "step": None,
        "lines": []
        if stopped is None or verdict is None
        else [place_of(verdict.file, verdict.text, stopped[0])],
    }


def _findings(verdict: ByHand, case: str) -> Iterator[dict[str, Any]]:
    for line in verdict.wrong:
        yield _finding(line.code, line.op, line.message, case) | {
            "name": line.event.name,
            "line": max(line.event.line, 1),
        }
    if verdict.stopped is not None:
        place, message = verdict.stopped
        yield _finding(CRASH, "engine", message, case) | {"line": max(place, 1)}


def _finding(code: str, op: str, message: str, case: str) -> dict[str, Any]:
    known = CODES[code or "wrong-rule"]
    return {
        "code": code or "wrong-rule",
        "weight": MISTAKE,
        "op": op or "engine",
        "direction": "backward",
        "operand": "",
        "message": message,
        "hint": hint_of(code or "wrong-rule"),
        "read": known.read,
        "evidence": case,
        "cases": [case],
        "cost": 0.0,
    }


def written(verdict: ByHand) -> Iterator[dict[str, Any]]:
    """The lines of the file as they were run, first those of the forward pass: which step, or whose
    gradient, each has written."""
    rows = verdict.text.splitlines()
    forward = verdict.reading.forward
    ran = [(name, forward.lines.get(name, 0)) for name in forward.program.by_name]
    judged = [line for line in verdict.lines if line.status != UNPLACED]
    for name, place in [one for one in ran if one[1]][:MOST_WRITTEN]:
        value = verdict.truth.values[name]
        yield _row("forward", place, rows, name, AGREES) | {"value": _few(value), "message": ""}
    for line in judged[:MOST_WRITTEN]:
        event = line.event
        row = _row("backward", event.line, rows, event.step, line.status)
        got = None if event.node is None else _few(event.value)
        yield row | {"value": got, "message": line.message}


def _row(
    direction: str, place: int, rows: Sequence[str], name: str | None, status: str
) -> dict[str, Any]:
    code = rows[place - 1].strip() if 0 < place <= len(rows) else ""
    shown = code[:LONGEST_CODE] + ("…" if len(code) > LONGEST_CODE else "")
    status = MISSING if status == BLANK else status
    return {"direction": direction, "line": max(place, 1), "code": shown, "name": name,
            "status": status}  # fmt: skip


def _few(array: Array) -> Any:
    """The numbers, or of many their shape."""
    if array.size > MOST_NUMBERS:
        return {"shape": list(array.shape)}
    return _plain(array)


def _steps(verdict: ByHand) -> Iterator[dict[str, Any]]:
    """The inputs and steps that have names, each with the last line that writes its gradient."""
    program = verdict.reading.forward.program
    lines: dict[str, list[Line]] = {}
    for line in verdict.lines:
        if line.event.step is not None:
            lines.setdefault(line.event.step, []).append(line)
    named = [*program.inputs, *(stage.name for stage in program.stages)]
    for name in (name for name in [*program.inputs, *program.by_name] if name in {*named, *lines}):
        step = program.by_name.get(name)
        told: dict[str, Any] = {
            "name": verdict.reading.forward.say(name),
            "op": "input" if step is None else step.op,
            "forward": AGREES,
            "backward": None,
            "second": None,
        }
        if name in lines:
            told |= _backward(lines[name])
        yield told


def _backward(lines: list[Line]) -> dict[str, Any]:
    wrong = [line for line in lines if line.status not in (AGREES, BLANK, UNPLACED)]
    blank = [line for line in lines if line.status == BLANK]
    shown = next((x for x in wrong if x.status == GUILTY), (wrong or blank or lines[-1:])[0])
    told: dict[str, Any] = {"backward": MISSING if shown.status == BLANK else shown.status}
    told["line"] = max(shown.event.line, 1)
    if shown in wrong and shown.expected is not None:
        told |= {"expected": _plain(shown.expected), "got": _plain(shown.event.value)}
    return told


def _plain(array: Any) -> Any:
    value = np.asarray(array).tolist()
    return _finite(value)


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value if value - value == 0 else str(value)
