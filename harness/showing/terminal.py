"""A failed case as the terminal shows it: the first wrong step, the numbers, the missing term."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.engines.trace import Failure
from harness.judging.codes import CODES, EDGE, MISTAKE
from harness.judging.diagnosis import (
    Diagnosis,
    diagnose,
    explain,
    others,
    suspects_of_breach,
    suspects_of_failure,
)
from harness.judging.suspects import ENGINE, Term
from harness.judging.verdict import AGREES, INHERITED, Judgement, Verdict
from harness.language import suite
from harness.showing.amounts import amount
from harness.showing.headline import headline
from harness.showing.lines import MOST_ROWS, WIDTH, Line, cut, paragraph, wrapped
from harness.showing.numbers import exact, points
from harness.showing.python import derivative, fill
from harness.showing.words import called, say
from harness.vocabulary.program import Array, Step

LEAST_NAME: Final = 12
MOST_OTHERS: Final = 2
NOT_ARRIVED: Final = frozenset({"overwrite", "missing-term", "lost-gradient"})
"""Mistakes after which a term is missing; after any other, something else has come in its place."""


def describe_failure(
    verdict: Verdict, direction: str, case_id: str, engine: str, commands: Iterable[str] = ()
) -> list[Line]:
    """What a student reads when one pass of a case is wrong, with ``commands`` to go on with."""
    case, outcome = verdict.case, verdict.direction(direction)
    lines = _title(f"✗ {case_id}::{direction}", Path(engine).name)
    lines += [[(f"  {text}", "")] for text in headline(case, direction)]
    lines.append([])
    summaries = _summaries(verdict, direction)
    lines += [*summaries, []] if summaries else []
    if outcome.breach is not None:
        suspect = suspects_of_breach(case.program, outcome.breach)[0]
        lines += paragraph(say("mistake", code=suspect.code, message=suspect.message), "bold")
    if outcome.failure is not None:
        lines += _stopped(outcome.failure)
    if (diagnosis := diagnose(verdict, direction)) is not None:
        lines += [] if outcome.failure is None else [[]]
        lines += _diagnosed(verdict, direction, diagnosis)
    known = CODES.get(_code(verdict, direction) or "")
    hint = case.hint or (known.hint if known is not None else None)
    lines += paragraph(say("hint", hint=hint)) if hint else []
    if known is not None and known.weight == EDGE:
        lines += paragraph(say("matters", when=known.when))
    return [*lines, *([(f"  {command}", "faint")] for command in commands)]


def _diagnosed(verdict: Verdict, direction: str, diagnosis: Diagnosis) -> list[Line]:
    """The numbers, the terms that they are made of, and the mistake that explains them."""
    lines = _table(verdict, direction, diagnosis)
    if direction == "backward":
        lines += _terms(verdict, diagnosis)
    told = say("mistake", code=diagnosis.code, message=diagnosis.message)
    lines += [[], *paragraph(told, "bold")]
    for other in diagnosis.others[:MOST_OTHERS]:
        lines += paragraph(say("or", code=other.code, message=other.message))
    return lines


def _title(title: str, engine: str) -> list[Line]:
    gap = WIDTH - len(title) - len(engine)
    if gap < 2:
        return [[(title, "wrong")], [(f"{engine:>{WIDTH}}", "faint")]]
    return [[(title, "wrong"), (" " * gap + engine, "faint")]]


def _code(verdict: Verdict, direction: str) -> str | None:
    """The code of the likeliest mistake in a failed pass."""
    outcome, program = verdict.direction(direction), verdict.case.program
    diagnosis = diagnose(verdict, direction)
    if outcome.breach is not None:
        return suspects_of_breach(program, outcome.breach)[0].code
    if outcome.failure is not None and (diagnosis is None or diagnosis.code == "inherited"):
        return suspects_of_failure(verdict, outcome.failure)[0].code
    return diagnosis.code if diagnosis is not None else None


def one_line(verdict: Verdict, direction: str) -> str:
    """The failure in one line, for short summaries."""
    outcome, diagnosis = verdict.direction(direction), diagnose(verdict, direction)
    if diagnosis is not None:
        item = diagnosis.judgement
        return say(
            "in-one-line",
            code=diagnosis.code,
            op="" if diagnosis.op == ENGINE else f" in {diagnosis.op}",
            step=called(item.name, direction),
            expected=exact(item.expected, item.index),
            got=say("nothing") if item.got is None else exact(item.got, item.index),
        )
    if outcome.failure is not None:
        return _told(outcome.failure)
    if outcome.breach is not None:
        suspect = suspects_of_breach(verdict.case.program, outcome.breach)[0]
        return say("mistake", code=f"{suspect.code} in {suspect.op}", message=suspect.message)
    return say("nothing-wrong")


# -- a finding -------------------------------------------------------------------------------------


def describe_finding(number: int, finding: Mapping[str, Any]) -> list[Line]:
    """A finding (in its JSON form) as a student reads it: what, where, what it costs, what next."""
    size = f"({amount(len(finding['cases']), 'case')}, {points(finding['cost'])})"
    lines: list[Line] = [[(f"{number}. {title_of(finding)}", "wrong"), (f"  {size}", "")]]
    lines += [[(f"   {line}", "")] for line in explanation(finding["message"], finding["hint"])]
    if when := matters(finding):
        lines += [[(f"   {line}", "")] for line in wrapped(when, WIDTH - 3, 3)]
    lines.append([(f"   {say('see', **finding)}", "bold")])
    if finding["read"]:
        lines.append([(f"   {say('read', place=_to_read(finding['read']))}", "")])
    return lines


def matters(finding: Mapping[str, Any]) -> str:
    """When a finding matters that does not always; empty of any other."""
    known = CODES.get(finding["code"])
    lighter = known is not None and finding["weight"] != MISTAKE
    return say("matters", when=known.when) if known is not None and lighter else ""


def title_of(finding: Mapping[str, Any]) -> str:
    """What a finding is about, and its code."""
    op = say("engine") if finding["op"] == ENGINE else finding["op"]
    operand = f" by {finding['operand']}" if finding["operand"] else ""
    return f"{op}, {finding['direction']}{operand}: {finding['code']}"


def _to_read(place: str) -> str:
    """The command that shows a built-in case or topic, which may lie in no folder of the reader's;
    of any other its path."""
    path = suite.place(place)[1]
    name = place.removeprefix(f"{suite.FOLDER}/")
    if not suite.is_builtin(path):
        return place
    return f"harness {'cases' if path.is_dir() else 'listing'} {name.removesuffix('.yaml')}"


def explanation(message: str, hint: str) -> list[str]:
    """What is told of a mistake, and a hint where there is one, to be indented by three."""
    told = wrapped(say("hint", hint=hint), WIDTH - 3, 6) if hint else []
    return [*wrapped(message, WIDTH - 3), *told]


# -- the passes ------------------------------------------------------------------------------------


def _summaries(verdict: Verdict, direction: str) -> list[Line]:
    """How far the engine is right."""
    lines = [] if direction == "forward" else [_forward(verdict)]
    first = verdict.direction(direction).first
    return lines if first is None else [*lines, *_first_wrong(verdict, direction, first)]


def _forward(verdict: Verdict) -> Line:
    program, first = verdict.case.program, verdict.forward.first
    title = ("  forward    ", "bold")
    if verdict.forward.status != "passed":
        text = say("wrong-from", step=first.name) if first else say("stopped")
        return [title, (text, "wrong"), (f"  {say('see-forward')}", "")]
    steps, output = len(program.steps), verdict.truth.values[program.output]
    text = say("agree" if steps > 1 else "agrees", count=steps)
    result = f"{program.output} = {exact(output)}" if output.size == 1 else ""
    return [title, (f"{text:<26}", ""), (result, "value")]


def _first_wrong(verdict: Verdict, direction: str, first: Judgement) -> list[Line]:
    judgements = verdict.direction(direction).judgements
    before = judgements[: judgements.index(first)]
    side = "before" if direction == "forward" else "after"
    remarks = {
        say("nothing-before"): not before,
        say("others-agree", side=side, step=called(first.name)): (
            before and all(item.status == AGREES for item in before)
        ),
        say("leaves-only"): verdict.trace.leaves_only,
    }
    remark = " ".join(text for text, holds in remarks.items() if holds)
    place = say("first-wrong", step=called(first.name, direction))
    line: Line = [(f"  {direction:<11}", "bold"), (place, "wrong")]
    if len(place) + len(remark) + 21 <= WIDTH:
        return [[*line, (f"        {remark}" if remark else "", "")]]
    return [line, *paragraph(remark, "", 13, 0)]


def _stopped(failure: Failure) -> list[Line]:
    place = say("pass-stops", direction=failure.direction, place=_at(failure))
    lines: list[Line] = [[("  ", ""), (place, "wrong")], *paragraph(failure.message, "bold", 4, 2)]
    for text in failure.lines:
        lines += [[(f"      {line}", "")] for line in _place_and_code(text)]
    return lines


def _place_and_code(text: str) -> list[str]:
    """A line of a traceback; of a long one the code stands below its place, which stays whole."""
    parts = re.fullmatch(r"(.*?: in \S+:) (.*)", text)
    if parts is None or len(text) <= WIDTH - 6:
        return [text]
    return [parts[1], *(f"    {line}" for line in wrapped(parts[2], WIDTH - 10))]


def stopped(verdict: Verdict) -> str:
    """Where the first pass that did not come to its end stops, and why; empty where all did."""
    failures = (outcome.failure for outcome in verdict.directions.values())
    return next((_told(failure) for failure in failures if failure is not None), "")


def _told(failure: Failure) -> str:
    place, direction = _at(failure), failure.direction
    return say("stops", direction=direction, place=place, message=failure.message)


def _at(failure: Failure) -> str:
    if failure.step is None:
        return ""
    forward = failure.direction == "forward"
    return f" at {failure.step if forward else called(failure.step, failure.direction)}"


# -- the numbers -----------------------------------------------------------------------------------


def _table(verdict: Verdict, direction: str, diagnosis: Diagnosis) -> list[Line]:
    """The wrong steps, with what was expected and what came; the first one first."""
    first = diagnosis.judgement
    rest = others(verdict.direction(direction), first)
    rows = [("", "expected", "got", "", "   "), (_label(first, direction), *_numbers(first), "")]
    rows += [
        (_label(item, direction), *_numbers(item), _remark(verdict, item, diagnosis, direction))
        for item in rest[: MOST_ROWS - 1]
    ]
    name, expected, got, _, remark = _widths(rows)
    name = min(name, max(WIDTH - 24 - expected - got - remark, LEAST_NAME))
    style = "value" if direction == "forward" else "gradient"
    head = f"    {'':<{name}}   {'expected':>{expected}}   {'got':>{got}}   relative error"
    lines: list[Line] = [[(head, "faint")]]
    for row in rows[1:]:
        lines.append(
            [
                (f"    {cut(row[0], name)}   ", ""),
                (f"{row[1]:>{expected}}", style),
                (f"   {row[2]:>{got}}   {row[3]:<7}  ", ""),
                (f"✗ {row[4]}".rstrip(), "wrong"),
            ]
        )
    return lines + _more(len(rest) - MOST_ROWS + 1)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _more(rows: int) -> list[Line]:
    return [[(f"    … and {rows} more", "faint")]] if rows > 0 else []


def _label(item: Judgement, direction: str) -> str:
    same = item.got is not None and item.got.shape == item.expected.shape
    return called(item.name, direction) + (str(list(item.index)) if same and item.index else "")


def _remark(verdict: Verdict, item: Judgement, first: Diagnosis, direction: str) -> str:
    if item.status == INHERITED:
        return say("inherited")
    own = explain(verdict, direction, item)
    return say("same-mistake") if (own.code, own.op) == (first.code, first.op) else own.code


def _numbers(item: Judgement) -> tuple[str, str, str]:
    """What was expected, what came, and the relative error."""
    if item.got is None:
        return exact(item.expected), say("nothing"), ""
    if item.got.shape != item.expected.shape:
        return f"shape {item.expected.shape}", f"shape {item.got.shape}", ""
    if item.got.dtype != item.expected.dtype and not item.error:
        return str(item.expected.dtype), str(item.got.dtype), ""
    error = f"{item.error:.1e}" if 0 <= item.error < 1e100 else ""
    return exact(item.expected, item.index), exact(item.got, item.index), error


# -- the chain rule --------------------------------------------------------------------------------


def _terms(verdict: Verdict, diagnosis: Diagnosis) -> list[Line]:
    """Every contribution to the first wrong gradient, with what arrived and what did not."""
    terms, item = diagnosis.terms, diagnosis.judgement
    if not terms:
        return []
    used = say("used" if len(terms) > 1 else "used-once", name=called(item.name), count=len(terms))
    element = f"  (element {list(item.index)})" if item.index else ""
    lines: list[Line] = [[], *paragraph(used + element, hanging=2)]
    numbers, arrived = verdict.case.program.numbers, sum(bool(term.arrived) for term in terms)
    rows = [
        (
            f"#({numbers[term.contribution.step.name]}) {called(term.contribution.step.name)}",
            chain_rule(term.contribution.step, term.contribution.position),
            _signed(term.contribution.number, item),
            _arrival(term, alone=arrived == 1 < len(terms), code=diagnosis.code),
        )
        for term in terms[:MOST_ROWS]
    ]
    expected = _signed(item.expected, item)
    name, rule, number, mark = _widths([*rows, ("", "", expected, "")])
    room = WIDTH - 13 - number - mark
    name = min(name, max(room - rule, LEAST_NAME))
    rule = min(rule, room - name)
    for row in rows:
        lines.append(
            [
                (f"    {cut(row[0], name)}   {cut(row[1], rule)}   ", ""),
                (f"{row[2]:>{number}}", "gradient"),
                (f"   {row[3]}".rstrip(), "wrong" if row[3].startswith("✗") else ""),
            ]
        )
    total = f"    {'expected':>{name + rule + 3}}   "
    lines += _more(len(terms) - MOST_ROWS)
    return [*lines, [(total, "faint"), (f"{expected:>{number}}", "gradient")]]


def _arrival(term: Term, alone: bool, code: str) -> str:
    if term.arrived is None:
        return ""
    if term.arrived:
        return say("all-that-arrived" if alone else "arrived")
    return say("did-not-arrive" if code in NOT_ARRIVED else "not-what-arrived")


def _signed(array: Array, item: Judgement) -> str:
    """The element that is meant, with its sign; an array's shape where it has no such element."""
    text = exact(array, item.index if array.shape == item.expected.shape else ())
    return text if text.startswith(("-", "s", "n")) else f"+{text}"


def chain_rule(step: Step, position: int) -> str:
    """local derivative × upstream of one operand, in the names of the case: ``y * dq``."""
    out, upstream = _operand(step.name), called(step.name, "backward")
    rule = derivative(step, position)
    return fill(rule, step, position, _operand, out=out, dout=upstream, n="n", index="index")


def _operand(name: str) -> str:
    """A name as it stands within a larger expression."""
    simple = re.fullmatch(r"-?[\w.]+|\w+\(.*\)", name)
    return name if simple else f"({name})"
