"""A failed case as the terminal shows it: the first wrong step, the numbers, the missing term.

:func:`describe_failure` gives lines of styled pieces; :func:`plain` and :func:`ascii_only` turn
them into text.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.engines.trace import Failure
from harness.judging.codes import CODES
from harness.judging.diagnosis import (
    Diagnosis,
    diagnose,
    explain,
    others,
    suspects_of_breach,
    suspects_of_failure,
)
from harness.judging.verdict import AGREES, INHERITED, Direction, Judgement, Verdict
from harness.language import suite
from harness.language.case import Case
from harness.language.writing import composed
from harness.showing.code import derivative, fill
from harness.vocabulary.program import Array, Step, Value

Piece = tuple[str, str]
"""Text and its style: ``""``, ``bold``, ``wrong``, ``value``, ``gradient`` or ``faint``."""
Line = list[Piece]

WIDTH = 79
"""What is shown fits a terminal of 80 columns; commands are not broken, and neither are names."""
MAX_ROWS = 8
LEAST_NAME = 12
MAX_OTHERS = 2
ASCII: Final = str.maketrans(
    {"✓": "ok", "✗": "x", "…": "...", "×": "*", "−": "-", "½": "1/2", "·": "*", "σ": "sigmoid"}
)


def plain(lines: Iterable[Line]) -> str:
    """The lines as text without styles."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def ascii_only(text: str) -> str:
    """The text for a terminal whose encoding has no signs beyond ASCII."""
    return text.translate(ASCII).encode("ascii", "backslashreplace").decode("ascii")


def describe_failure(
    verdict: Verdict, direction: str, case_id: str, engine: str, commands: Iterable[str] = ()
) -> list[Line]:
    """What a student reads when one pass of a case is wrong, with ``commands`` to go on with."""
    case, judged = verdict.case, verdict.direction(direction)
    title = f"✗ {case_id}::{direction}"
    name = Path(engine).name
    gap = WIDTH - len(title) - len(name)
    lines: list[Line] = [[(title, "wrong"), (" " * gap + name, "faint")]]
    if gap < 2:
        lines = [[(title, "wrong")], [(f"{name:>{WIDTH}}", "faint")]]
    lines += [[(f"  {text}", "")] for text in headline(case, direction)]
    lines.append([])
    diagnosis = diagnose(verdict, direction)
    summaries = _summaries(verdict, direction)
    lines += [*summaries, []] if summaries else []
    if judged.breach is not None:
        suspect = suspects_of_breach(case.program, judged.breach)[0]
        lines += _wrapped_at(f"{suspect.code}: {suspect.message}", "bold")
    if judged.failure is not None:
        lines += _stopped(judged.failure)
    if diagnosis is not None:
        lines += [] if judged.failure is None else [[]]
        lines += [*_table(verdict, judged, diagnosis, direction)]
        if direction == "backward":
            lines += _terms(verdict, diagnosis)
        lines += [[], *_wrapped_at(f"{diagnosis.code}: {diagnosis.message}", "bold")]
        for other in diagnosis.others[:MAX_OTHERS]:
            lines += _wrapped_at(f"or {other.code}: {other.message}", "")
    known = CODES.get(_code(verdict, direction) or "")
    told = case.hint or (known.hint if known is not None else None)
    if told:
        lines += _wrapped_at(f"hint: {told}", "")
    return [*lines, *([(f"  {command}", "faint")] for command in commands)]


def _wrapped_at(text: str, style: str) -> list[Line]:
    """A paragraph, indented under its first word."""
    return [[(f"  {line}", style)] for line in wrapped(text, WIDTH - 2, 6)]


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """The text in lines, those after the first indented. Words longer than a line stay whole."""
    return textwrap.wrap(
        text,
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _code(verdict: Verdict, direction: str) -> str | None:
    """The code of the likeliest mistake in a failed pass."""
    judged = verdict.direction(direction)
    diagnosis = diagnose(verdict, direction)
    program = verdict.case.program
    if judged.breach is not None:
        return suspects_of_breach(program, judged.breach)[0].code
    if judged.failure is not None and (diagnosis is None or diagnosis.code == "inherited"):
        return suspects_of_failure(program, judged.failure)[0].code
    return diagnosis.code if diagnosis is not None else None


def one_line(verdict: Verdict, direction: str) -> str:
    """The failure in one line, for short summaries."""
    failure = verdict.direction(direction).failure
    diagnosis = diagnose(verdict, direction)
    breach = verdict.direction(direction).breach
    if diagnosis is None and failure is None and breach is not None:
        suspect = suspects_of_breach(verdict.case.program, breach)[0]
        return f"{suspect.code} in {suspect.op}: {suspect.message}"
    if diagnosis is None and failure is not None:
        return _told(failure)
    if diagnosis is None:
        return "no step is wrong"
    item, letter = diagnosis.judgement, _letter(direction)
    where = f"{letter}{_called(item.name)}"
    got = "nothing" if item.got is None else _pick(item.got, item.index)
    op = "" if diagnosis.op == "engine" else f" in {diagnosis.op}"
    return (
        f"{diagnosis.code}{op}: first wrong {where}, "
        f"expected {_pick(item.expected, item.index)}, got {got}"
    )


def describe_finding(number: int, finding: Mapping[str, Any]) -> list[Line]:
    """A finding (in its JSON form) as a student reads it: what, where, what it costs, what next."""
    op = "the engine itself" if finding["op"] == "engine" else finding["op"]
    cases = finding["cases"]
    count = "1 case" if len(cases) == 1 else f"{len(cases)} cases"
    points = f"{finding['cost']:.3g} point{'' if finding['cost'] == 1 else 's'}"
    operand = f" by {finding['operand']}" if finding["operand"] else ""
    lines: list[Line] = [
        [
            (f"{number}. {op}, {finding['direction']}{operand}: {finding['code']}", "wrong"),
            (f"  ({count}, {points})", ""),
        ]
    ]
    lines += [[(f"   {line}", "")] for line in explanation(finding["message"], finding["hint"])]
    lines.append([(f"   see it: {finding['evidence']}::{finding['direction']}", "bold")])
    if finding["read"]:
        lines.append([(f"   read:   {_to_read(finding['read'])}", "")])
    return lines


def _to_read(place: str) -> str:
    """The command that shows a built-in case or topic, which may lie in no folder of the reader's;
    of any other its path."""
    path = suite.place(place)[1]
    name = place.removeprefix(f"{suite.FOLDER}/")
    if not suite.is_builtin(path):
        return place
    if path.is_dir():
        return f"harness cases {name}"
    return f"harness listing {name.removesuffix('.yaml')}"


def explanation(message: str, hint: str) -> list[str]:
    """What is told of a mistake, and a hint where there is one, to be indented by three."""
    told = wrapped(f"hint: {hint}", WIDTH - 3, 6) if hint else []
    return [*wrapped(message, WIDTH - 3), *told]


# -- the case --------------------------------------------------------------------------------------


def headline(case: Case, direction: str) -> list[str]:
    """The whole expression in one line if it is short, else its stages; and the inputs.

    Backward, also the output's upstream gradient, unless that is 1.
    """
    program = case.program
    expression = composed(program, WIDTH - 9)
    text = None if expression is None else f"{program.output} = {expression}"
    inputs = ", ".join(f"{name} = {_short(value)}" for name, value in program.inputs.items())
    constants = ", ".join(f"{name} = {_short(value)}" for name, value in program.constants.items())
    places = [f"at {inputs}"] + ([f"with {constants}"] if constants else [])
    if direction != "forward" and not np.array_equal(program.seed, 1.0):
        places.append(f"upstream d{_called(program.output)} = {_short(program.seed)}")
    if direction == "second":
        places.append("ddx is the gradient by x of the sum of dx * v over the inputs, v uneven")
    if direction == "backward" and program.passes == 2:
        places.append("backward is called twice on one graph")
    if text is not None and len(text) + len(places[0]) + 8 <= WIDTH - 3:
        return [f"{text}        {places[0]}", *_folded(places[1:])]
    stages = [str(stage) for stage in program.stages]
    if text is None and len(stages) > MAX_ROWS:
        stages = [*stages[: MAX_ROWS - 2], "…", stages[-1]]
    return _folded([*([text] if text is not None else stages), *places])


def _folded(lines: Iterable[str]) -> list[str]:
    return [part for line in lines for part in wrapped(line, WIDTH - 3, 4)]


def _short(value: Value | Array) -> str:
    array = np.asarray(value)
    if not array.shape:
        return str(array.item())
    if array.size <= 12:
        return _listed(array.tolist())
    first = ", ".join(f"{item:.4g}" for item in array.reshape(-1)[:3].tolist())
    return f"array of shape {array.shape} ({first}, …)"


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_listed, value))}]"
    return str(value) if isinstance(value, bool | int) else f"{value:.6g}"


# -- the passes ------------------------------------------------------------------------------------


def _letter(direction: str) -> str:
    """What stands before a step's name: nothing for its value, d for its gradient, dd for that of
    the gradient."""
    return {"forward": "", "backward": "d", "second": "dd"}[direction]


def _summaries(verdict: Verdict, direction: str) -> list[Line]:
    program = verdict.case.program
    output = verdict.truth.values[program.output]
    lines: list[Line] = []
    if direction != "forward" and verdict.forward.status == "passed":
        count = len(program.steps)
        agree = f"{count} of {count} steps agree" if count > 1 else "the step agrees"
        text = f"{program.output} = {_pick(output, ())}" if output.size == 1 else ""
        lines.append([("  forward    ", "bold"), (f"{agree:<26}", ""), (text, "value")])
    elif direction != "forward":
        wrong = verdict.forward.first
        text = f"wrong from {wrong.name} on" if wrong else "stopped"
        lines.append([("  forward    ", "bold"), (text, "wrong"), ("  (see ::forward)", "")])
    judged = verdict.direction(direction)
    first = judged.first
    if first is None:
        return lines
    letter = _letter(direction)
    before = judged.judgements[: judged.judgements.index(first)]
    right = sum(item.status == AGREES for item in before)
    if not before:
        text = "(nothing before it)"
    elif right == len(before):
        side = "after" if direction != "forward" else "before"
        text = f"(every step {side} {_called(first.name)} agrees)"
    else:
        text = ""
    keeps = " (the engine keeps gradients of its leaves only)" if verdict.trace.leaves_only else ""
    place = f"first wrong: {letter}{_called(first.name)}"
    line: Line = [(f"  {direction:<11}", "bold"), (place, "wrong")]
    remark = f"{text}{keeps}".lstrip()
    if len(place) + len(remark) + 21 <= WIDTH:
        return [*lines, [*line, (f"        {remark}" if remark else "", "")]]
    more = wrapped(remark, WIDTH - 13)
    return [*lines, line, *([(f"{'':13}{part}", "")] for part in more)]


def _stopped(failure: Failure) -> list[Line]:
    lines: list[Line] = [
        [("  ", ""), (f"the {failure.direction} pass stops{_at(failure)}", "wrong")],
        *([(f"    {line}", "bold")] for line in wrapped(failure.message, WIDTH - 4, 2)),
    ]
    for text in failure.lines:
        lines += [[(f"      {line}", "")] for line in _place_and_code(text)]
    return lines


def _place_and_code(text: str) -> list[str]:
    """A line of a traceback; of a long one the code stands below its place, which stays whole."""
    found = re.fullmatch(r"(.*?: in \S+:) (.*)", text)
    if found is None or len(text) <= WIDTH - 6:
        return [text]
    return [found[1], *(f"    {line}" for line in wrapped(found[2], WIDTH - 10))]


def stopped(verdict: Verdict) -> str:
    """Where the first pass that did not come to its end stops, and why; empty where all did."""
    failures = (judged.failure for judged in verdict.passes.values())
    return next((_told(failure) for failure in failures if failure is not None), "")


def _told(failure: Failure) -> str:
    return f"{failure.direction} stops{_at(failure)}: {failure.message}"


def _at(failure: Failure) -> str:
    if failure.step is None:
        return ""
    if failure.direction == "forward":
        return f" at {failure.step}"
    return f" at {_letter(failure.direction)}{_called(failure.step)}"


def _table(verdict: Verdict, judged: Direction, diagnosis: Diagnosis, direction: str) -> list[Line]:
    letter = _letter(direction)
    style = "value" if direction == "forward" else "gradient"
    first = diagnosis.judgement
    rows: list[tuple[str, str, str, str, str]] = []
    rest = others(judged, first)
    for item in [first, *rest[: MAX_ROWS - 1]]:
        label = f"{letter}{_called(item.name)}{_element(item)}"
        remark = ""
        if item is not first:
            remark = _remark(verdict, item, diagnosis, direction)
        rows.append((label, *_numbers(item), remark))
    wide = [max(len(row[i]) for row in rows) for i in range(5)]
    wide[1], wide[2], wide[4] = max(wide[1], 8), max(wide[2], 3), max(wide[4], 3)
    wide[0] = min(wide[0], max(WIDTH - 24 - wide[1] - wide[2] - wide[4], LEAST_NAME))
    lines: list[Line] = [
        [
            (
                f"    {'':<{wide[0]}}   {'expected':>{wide[1]}}   {'got':>{wide[2]}}   "
                "relative error",
                "faint",
            )
        ]
    ]
    for label, expected, got, error, remark in rows:
        lines.append(
            [
                (f"    {_cut(label, wide[0])}   ", ""),
                (f"{expected:>{wide[1]}}", style),
                (f"   {got:>{wide[2]}}   {error:<7}  ", ""),
                (f"✗ {remark}".rstrip(), "wrong"),
            ]
        )
    if len(rest) > MAX_ROWS - 1:
        lines.append([(f"    … and {len(rest) - MAX_ROWS + 1} more", "faint")])
    return lines


def _remark(verdict: Verdict, item: Judgement, first: Diagnosis, direction: str) -> str:
    if item.status == INHERITED:
        return "inherited"
    found = explain(verdict, direction, item)
    same = (found.code, found.op) == (first.code, first.op)
    return "same mistake" if same else f"{found.code}"


def _numbers(item: Judgement) -> tuple[str, str, str]:
    if item.got is None:
        return _pick(item.expected, ()), "nothing", ""
    if item.got.shape != item.expected.shape:
        return f"shape {item.expected.shape}", f"shape {item.got.shape}", ""
    if item.got.dtype != item.expected.dtype and not item.error:
        return str(item.expected.dtype), str(item.got.dtype), ""
    error = "" if not 0 <= item.error < 1e100 else f"{item.error:.1e}"
    return _pick(item.expected, item.index), _pick(item.got, item.index), error


def _element(item: Judgement) -> str:
    same = item.got is not None and item.got.shape == item.expected.shape
    return str(list(item.index)) if same and item.index else ""


def _pick(array: Array, index: tuple[int, ...]) -> str:
    """One element to ten digits; an array's shape where no element is meant."""
    if array.shape and not index:
        return f"shape {array.shape}"
    number = array[index] if index else array
    if array.dtype == np.bool_:
        return str(bool(number))
    return _digits(float(number))


def _digits(number: float) -> str:
    if number == 0 or not np.isfinite(number):
        return f"{number:.1f}"
    small = not 1e-4 <= abs(number) < 1e9
    return f"{number:.10e}" if small else f"{number:.10f}"


# -- the chain rule --------------------------------------------------------------------------------


def _terms(verdict: Verdict, diagnosis: Diagnosis) -> list[Line]:
    """Every contribution to the first wrong gradient, with what arrived and what did not."""
    terms, item = diagnosis.terms, diagnosis.judgement
    if not terms:
        return []
    program = verdict.case.program
    numbers = {step.name: i for i, step in enumerate(program.steps, 1)}
    name = _called(item.name)
    element = f"  (element {list(item.index)})" if item.index else ""
    places = "in one place" if len(terms) == 1 else f"in {len(terms)} places"
    count = (
        "its gradient is one chain-rule term"
        if len(terms) == 1
        else (f"{len(terms)} chain-rule terms are added")
    )
    told = wrapped(f"{name} is used {places}, so {count}:{element}", WIDTH - 2, 2)
    lines: list[Line] = [[], *([(f"  {line}", "")] for line in told)]
    shown = terms if len(terms) <= MAX_ROWS else terms[:MAX_ROWS]
    rows = []
    arrived = sum(bool(term.arrived) for term in terms)
    for term in shown:
        step = term.contribution.step
        mark = {True: "✓ arrived", False: "✗ missing", None: ""}[term.arrived]
        if term.arrived and arrived == 1 and len(terms) > 1:
            mark = "✓ this is all that arrived"
        if term.arrived is False and diagnosis.code not in (
            "overwrite",
            "missing-term",
            "lost-gradient",
        ):
            mark = "✗ not what arrived"
        amount = term.contribution.number
        fits = amount.shape == item.expected.shape
        rows.append(
            (
                f"#({numbers[step.name]}) {_called(step.name)}",
                chain_rule(step, term.contribution.position),
                _signed(amount, item.index if fits else ()),
                mark,
            )
        )
    wide = [max(len(row[i]) for row in rows) for i in range(4)]
    expected = _signed(item.expected, item.index if item.index else ())
    wide[2] = max(wide[2], len(expected))
    room = WIDTH - 13 - wide[2] - wide[3]
    wide[0] = min(wide[0], max(room - wide[1], LEAST_NAME))
    wide[1] = min(wide[1], room - wide[0])
    for place, rule, number, mark in rows:
        style = "wrong" if mark.startswith("✗") else ""
        lines.append(
            [
                (f"    {_cut(place, wide[0])}   {_cut(rule, wide[1])}   ", ""),
                (f"{number:>{wide[2]}}", "gradient"),
                (f"   {mark}".rstrip(), style),
            ]
        )
    if len(terms) > len(shown):
        lines.append([(f"    … and {len(terms) - len(shown)} more", "faint")])
    lines.append(
        [
            (f"    {'expected':>{wide[0] + wide[1] + 3}}   ", "faint"),
            (f"{expected:>{wide[2]}}", "gradient"),
        ]
    )
    return lines


def _cut(text: str, width: int) -> str:
    """A text of that width, its middle left out where it is longer: its end may tell which of
    several steps it is."""
    end = 2 * width // 5
    short = text if len(text) <= width else f"{text[: width - 1 - end]}…{text[-end:]}"
    return f"{short:<{width}}"


def _signed(array: Array, index: tuple[int, ...]) -> str:
    text = _pick(array, index)
    return text if text.startswith(("-", "s", "n")) else f"+{text}"


def chain_rule(step: Step, position: int) -> str:
    """local derivative × upstream of one operand, in the names of the case: ``y * dq``."""
    given = {"out": _wrapped(step.name), "dout": f"d{_called(step.name)}", "n": "n"}
    if step.op == "index":
        given["index"] = "index"
    return fill(derivative(step, position), step, position, _wrapped, **given)


def _wrapped(name: str) -> str:
    """A name as an operand within a larger expression."""
    simple = re.fullmatch(r"-?[\w.]+|\w+\(.*\)", name)
    return name if simple else f"({name})"


def _called(name: str) -> str:
    """A step's name as it is shown after ``d``: in parentheses if it is an expression."""
    return name if re.fullmatch(r"\w+( #\d+)?", name) else f"({name})"
