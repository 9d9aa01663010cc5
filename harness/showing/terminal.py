"""A failed case as the terminal shows it: the first wrong step, the numbers, the missing term."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness import languages
from harness.engines.trace import Failure
from harness.judging.codes import CODES, EDGE, when_of
from harness.judging.diagnosis import explain, others
from harness.judging.mistakes import Term
from harness.judging.verdict import AGREES, INHERITED, Explanation, Judgement, Place, Verdict
from harness.judging.wording import sentence
from harness.languages.width import behind, padded, wide
from harness.showing.headline import headline
from harness.showing.lines import MOST_ROWS, WIDTH, Line, cut, paragraph
from harness.showing.numbers import exact
from harness.showing.phrases import at, hint_of, mistake_told, place_and_code, repro_lines
from harness.showing.python import derivative, fill
from harness.showing.words import called, say
from harness.vocabulary.program import Array, Step

LEAST_NAME: Final = 12
MOST_OTHERS: Final = 2
NOT_ARRIVED: Final = frozenset({"overwrite", "missing-term", "lost-gradient"})
"""Mistakes after which a term is missing; after any other, something else has come in its place."""


def describe_failure(
    verdict: Verdict,
    direction: str,
    case_id: str,
    engine: str,
    commands: Iterable[str] = (),
    width: int = WIDTH,
) -> list[Line]:
    """What a student reads when one pass of a case is wrong, with ``commands`` to go on with."""
    explanation = explain(verdict, direction)
    if explanation is None:
        return []
    title = _title(f"✗ {case_id}::{direction}", Path(engine).name, width)
    told = _Failure(verdict, explanation, width).lines()
    return [*title, *told, *([(f"  {command}", "faint")] for command in commands)]


def _title(title: str, engine: str, width: int) -> list[Line]:
    gap = width - len(title) - len(engine)
    if gap < 2:
        return [[(title, "wrong")], [(f"{engine:>{width}}", "faint")]]
    return [[(title, "wrong"), (" " * gap + engine, "faint")]]


@dataclass(frozen=True, slots=True)
class _Failure:
    """The lines of one, so wide at most."""

    verdict: Verdict
    explanation: Explanation
    width: int

    def lines(self) -> list[Line]:
        """All but the title."""
        case, explanation, first = self.verdict.case, self.explanation, self.explanation.first
        about = first.judgement.name if first is not None and first.judgement is not None else ""
        lines: list[Line] = [
            [(f"  {text}", "")]
            for text in headline(case, explanation.direction, about, self.width - 2)
        ]
        lines.append([])
        summaries = self._summaries()
        lines += [*summaries, []] if summaries else []
        if explanation.breach is not None:
            lines += self._paragraph(mistake_told(explanation.places[0].mistake), "bold")
        if explanation.failure is not None:
            lines += self._stopped(explanation.failure)
        if first is not None:
            lines += [] if explanation.failure is None else [[]]
            lines += self._numbers_and_mistake(first)
        lines += [[(f"  {line}".rstrip(), "")] for line in repro_lines(explanation.repro)]
        if hint := hint_of(case, explanation):
            lines += self._paragraph(say("hint", hint=hint))
        code = explanation.mistake.code
        if code in CODES and CODES[code].weight == EDGE:
            lines += self._paragraph(say("matters", when=when_of(code)), hanging=0)
        return lines

    def _paragraph(
        self, text: str, style: str = "", indent: int = 2, hanging: int = 6
    ) -> list[Line]:
        return paragraph(text, style, indent, hanging, self.width)

    def _numbers_and_mistake(self, first: Place) -> list[Line]:
        """The numbers, the terms that they are made of, and the mistake that explains them."""
        lines = self._table(first)
        if self.explanation.direction == "backward":
            lines += self._terms(first)
        lines += [[], *self._paragraph(mistake_told(first.mistake), "bold")]
        for other in first.others[:MOST_OTHERS]:
            lines += self._paragraph(say("or", code=other.code, message=sentence(other)))
        return lines

    # -- the passes --------------------------------------------------------------------------------

    def _summaries(self) -> list[Line]:
        """How far the engine is right."""
        direction = self.explanation.direction
        lines = [] if direction == "forward" else [self._forward()]
        first = self.verdict.direction(direction).first
        return lines if first is None else [*lines, *self._first_wrong(first)]

    def _forward(self) -> Line:
        verdict = self.verdict
        program, first = verdict.case.program, verdict.forward.first
        title = (_pass("forward"), "bold")
        if verdict.forward.status != "passed":
            text = say("wrong-from", step=first.name) if first else say("stopped")
            return [title, (text, "wrong"), (f"  {say('see-forward')}", "")]
        steps, output = len(program.steps), verdict.truth.values[program.output]
        text = say("agree" if steps > 1 else "agrees", count=steps)
        result = f"{program.output} = {exact(output)}" if output.size == 1 else ""
        if not result or wide(text) + len(result) + 14 > self.width:
            return [title, (text, "")]
        gap = " " * max(1, min(26, self.width - 13 - len(result)) - wide(text))
        return [title, (text + gap, ""), (result, "value")]

    def _first_wrong(self, first: Judgement) -> list[Line]:
        verdict, direction = self.verdict, self.explanation.direction
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
        line: Line = [(_pass(direction), "bold"), (place, "wrong")]
        if wide(place) + wide(remark) + 21 <= self.width:
            return [[*line, (f"        {remark}" if remark else "", "")]]
        return [line, *self._paragraph(remark, "", 13, 0)]

    def _stopped(self, failure: Failure) -> list[Line]:
        place = say("pass-stops", direction=failure.direction, place=at(failure))
        lines: list[Line] = [[("  ", ""), (place, "wrong")]]
        lines += self._paragraph(failure.message, "bold", 4, 2)
        for text in failure.lines:
            lines += [[(f"      {line}", "")] for line in place_and_code(text, self.width - 6)]
        return lines

    # -- the numbers -------------------------------------------------------------------------------

    def _table(self, place: Place) -> list[Line]:
        """The wrong steps, with what was expected and what came; the first one first."""
        first, direction = place.judgement, self.explanation.direction
        if first is None:
            return []
        rest = others(self.verdict.direction(direction), first)
        rows = [
            ("", say("expected"), say("got"), "", "   "),
            (_label(first, direction), *_numbers(first), ""),
        ]
        rows += [
            (_label(item, direction), *_numbers(item), self._remark(item))
            for item in rest[: MOST_ROWS - 1]
        ]
        name, expected, got, _, remark = _widths(rows)
        least = 4 + LEAST_NAME + 3 + expected + 3 + got
        error = least + 3 + 14 <= self.width
        remark = remark if least + (15 if error else 4) + remark <= self.width else 0
        taken = (24 if error else 14) + expected + got + remark
        name = min(name, max(self.width - taken, LEAST_NAME))
        heads = behind(say("expected"), expected), behind(say("got"), got)
        head = f"    {'':<{name}}   {heads[0]}   {heads[1]}"
        lines: list[Line] = [[(head + (say("relative-error") if error else ""), "faint")]]
        for label, wanted, came, relative, told in rows[1:]:
            lines.append(
                [
                    (f"    {cut(label, name)}   {behind(wanted, expected)}   ", ""),
                    (behind(came, got), "wrong"),
                    (f"   {relative:<7}  " if error else "  ", ""),
                    (f"✗ {told if remark else ''}".rstrip(), "wrong"),
                ]
            )
        return lines + _more(len(rest) - MOST_ROWS + 1)

    def _remark(self, item: Judgement) -> str:
        if item.status == INHERITED:
            return say("inherited")
        place = self.explanation.at(item.name)
        if place is None or self.explanation.first is None:
            return ""
        own, first = place.mistake, self.explanation.first.mistake
        return say("same-mistake") if (own.code, own.op) == (first.code, first.op) else own.code

    # -- the chain rule ----------------------------------------------------------------------------

    def _terms(self, first: Place) -> list[Line]:
        """Every contribution to the first wrong gradient, with what arrived and what did not."""
        terms, item = first.terms, first.judgement
        if not terms or item is None:
            return []
        several = "used" if len(terms) > 1 else "used-once"
        used = say(several, name=called(item.name), count=len(terms))
        element = say("element", index=list(item.index)) if item.index else ""
        lines: list[Line] = [[], *self._paragraph(used + element, hanging=2)]
        numbers = self.verdict.case.program.numbers
        arrived = sum(bool(term.arrived) for term in terms)
        rows = [
            (
                f"#({numbers[term.contribution.step.name]}) {called(term.contribution.step.name)}",
                chain_rule(term.contribution.step, term.contribution.position),
                _signed(term.contribution.number, item),
                _arrival(term, alone=arrived == 1 < len(terms), code=first.mistake.code),
            )
            for term in terms[:MOST_ROWS]
        ]
        expected, sum_ = _signed(item.expected, item), say("expected")
        name, rule, number, mark = _widths([*rows, ("", "", expected, "")])
        room = self.width - 13 - number - mark
        name = min(name, max(room - rule, LEAST_NAME))
        rule = min(rule, max(room - name, LEAST_NAME))
        for row in rows:
            lines.append(
                [
                    (
                        f"    {cut(row[0], name)}   {cut(row[1], rule)}   {behind(row[2], number)}",
                        "",
                    ),
                    (f"   {row[3]}".rstrip(), "wrong" if row[3].startswith("✗") else ""),
                ]
            )
        total = f"    {behind(sum_, name + rule + 3)}   {behind(expected, number)}"
        lines += _more(len(terms) - MOST_ROWS)
        return [*lines, [(total, "faint")]]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(wide, column)) for column in zip(*rows, strict=True)]


def _pass(direction: str) -> str:
    """What a line about a pass begins with."""
    return f"  {padded(languages.name('direction', direction), 11)}"


def _more(rows: int) -> list[Line]:
    return [[(f"    {say('more-rows', count=rows)}", "faint")]] if rows > 0 else []


def _label(item: Judgement, direction: str) -> str:
    same = item.got is not None and item.got.shape == item.expected.shape
    return called(item.name, direction) + (str(list(item.index)) if same and item.index else "")


def _numbers(item: Judgement) -> tuple[str, str, str]:
    """What was expected, what came, and the relative error."""
    if item.got is None:
        return exact(item.expected), say("nothing"), ""
    if item.got.shape != item.expected.shape:
        shapes = item.expected.shape, item.got.shape
        return say("of-shape", shape=shapes[0]), say("of-shape", shape=shapes[1]), ""
    if item.got.dtype != item.expected.dtype and not item.error:
        return str(item.expected.dtype), str(item.got.dtype), ""
    error = f"{item.error:.1e}" if 0 <= item.error < 1e100 else ""
    return exact(item.expected, item.index), exact(item.got, item.index), error


def _arrival(term: Term, alone: bool, code: str) -> str:
    if term.arrived is None:
        return ""
    if term.arrived:
        return say("all-that-arrived" if alone else "arrived")
    return say("did-not-arrive" if code in NOT_ARRIVED else "not-what-arrived")


def _signed(array: Array, item: Judgement) -> str:
    """The element that is meant, with its sign; an array's shape where it has no such element."""
    text = exact(array, item.index if array.shape == item.expected.shape else ())
    return f"+{text}" if text[0].isdecimal() or text == "inf" else text


def chain_rule(step: Step, position: int) -> str:
    """local derivative × upstream of one operand, in the names of the case: ``y * dq``."""
    out, upstream = _operand(step.name), called(step.name, "backward")
    rule = derivative(step, position)
    return fill(rule, step, position, _operand, out=out, dout=upstream, n="n", index="index")


def _operand(name: str) -> str:
    """A name as it stands within a larger expression."""
    simple = re.fullmatch(r"-?[\w.]+|\w+\(.*\)", name)
    return name if simple else f"({name})"
