"""The cases that a class is graded on, with their truths: read once, judged against often."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from harness.engines.trace import Trace, Undefined
from harness.grading import wire
from harness.grading.remote import packed
from harness.judging.oracle import Oracle
from harness.judging.variation import varied
from harness.language import suite
from harness.language.case import Case, CaseError
from harness.language.suite import Source

HIDDEN: Final = "hidden"
"""The tag of a case that students never see."""


@dataclass(frozen=True, slots=True)
class Question:
    """A case as it is asked. A ``hidden`` one's expression and numbers are never shown to a
    student; its id names it to the instructor. Those of a ``drawn`` one are not the file's."""

    id: str
    case: Case
    truth: Trace
    program: bytes
    hidden: bool = False
    drawn: bool = False

    @property
    def key(self) -> str:
        """A hash of the program."""
        return hashlib.sha256(self.program).hexdigest()

    def with_numbers(self, case: Case, truth: Trace) -> Question:
        """The question with other inputs."""
        text = packed(case.program)
        return replace(self, case=case, truth=truth, program=text, drawn=True)


@dataclass(frozen=True)
class Suite:
    """``questions`` in the order in which they are asked: hidden ones last, so that nothing of
    them can be told in an answer to another."""

    questions: tuple[Question, ...]
    notes: tuple[str, ...] = ()
    """What is to be known of the truths, a line each: see :class:`Oracle`."""

    @cached_property
    def digest(self) -> str:
        """A hash of all programs, truths' sources, points and which are hidden."""
        found = hashlib.sha256()
        for question in self.questions:
            case = question.case
            told = f"{question.id}\0{case.points}\0{question.hidden}\0{case.hint}\0"
            found.update(told.encode() + question.program)
            found.update(repr(case.tolerance).encode())
        return found.hexdigest()

    @cached_property
    def shown(self) -> str:
        """The digest of what a student may see."""
        return Suite(tuple(one for one in self.questions if not one.hidden)).digest


class SuiteError(Exception):
    """Some files are no cases; the message has a line for each thing that is wrong with them."""


def read(
    folders: Sequence[str] = (), hidden: Sequence[str] = (), oracle: str | None = None
) -> Suite:
    """The suite of all cases in ``folders`` (by default the built-in ones), and of the ``hidden``
    ones in others. A case that is found in both is hidden, one that is found twice is asked once.
    Raises :class:`SuiteError`."""
    truths = Oracle(oracle)
    found: dict[Path, Question] = {}
    wrong = []
    for private, places in ((True, hidden), (False, folders or (suite.BUILTIN,))):
        for source in suite.find(places) if places else ():
            path = source.path.resolve()
            if path in found:
                continue
            try:
                found[path] = _question(source, private, truths)
            except CaseError as error:
                wrong.append(str(error))
            except Undefined as error:
                wrong.append(f"{source.id}:1:1: {error}")
    if wrong:
        raise SuiteError("\n".join(dict.fromkeys(wrong)))
    questions = sorted(found.values(), key=lambda one: (one.hidden, one.id))
    return Suite(tuple(questions), tuple(truths.notes))


def _question(source: Source, private: bool, truths: Oracle) -> Question:
    case = source.load()
    numbers, text = truths.truth(case), packed(case.program)
    return Question(source.id, case, numbers, text, private or HIDDEN in case.tags)


# -- other inputs ----------------------------------------------------------------------------------


def drawn(asked: Suite, seed: str, compute: Callable[[Case], Trace]) -> Suite:
    """The suite with inputs that ``seed`` gives, where a case allows it, and its truths by
    ``compute``, which may raise :class:`Undefined`."""
    found = []
    for question in asked.questions:
        other = varied(question.case, question.truth, seed, compute)
        found.append(question if other is None else question.with_numbers(*other))
    return Suite(tuple(found), asked.notes)


def pack_variants(asked: Suite, variants: Sequence[Suite]) -> bytes:
    """What was drawn of a suite, with its truths, as a file holds it: by the programs of the cases,
    wherever their files are."""
    numbers = [
        {
            own.key: pack_numbers(one)
            for own, one in zip(asked.questions, variant.questions, strict=True)
            if one.drawn
        }
        for variant in variants
    ]
    return json.dumps(numbers).encode()


def read_variants(asked: Suite, file: bytes, name: str) -> tuple[Suite, ...]:
    """What was drawn of the suite, from a file of that name. Raises :class:`SuiteError`."""
    try:
        variants = [dict(numbers) for numbers in json.loads(file)]
        if not variants or set().union(*variants) - {one.key for one in asked.questions}:
            raise SuiteError(f"{name}: this was drawn for other cases: export it anew")
        return tuple(_with(asked, numbers) for numbers in variants)
    except (ValueError, TypeError, LookupError, AttributeError):
        raise SuiteError(f"{name}: this is no file of drawn inputs") from None


def _with(asked: Suite, numbers: Mapping[str, Any]) -> Suite:
    found = (
        unpack_numbers(one, numbers[one.key]) if one.key in numbers else one
        for one in asked.questions
    )
    return Suite(tuple(found), asked.notes)


def pack_numbers(question: Question) -> dict[str, Any]:
    """The inputs of a question, and its truth."""
    inputs = question.case.program.inputs
    return {
        "inputs": {name: wire.pack_array(value) for name, value in inputs.items()},
        "truth": wire.pack_trace(question.truth),
    }


def unpack_numbers(question: Question, numbers: Mapping[str, Any]) -> Question:
    """The question with the inputs and the truth that :func:`pack_numbers` packed."""
    inputs = {name: wire.unpack_array(value) for name, value in numbers["inputs"].items()}
    program = replace(question.case.program, inputs=inputs)
    truth = wire.trace(numbers["truth"], program)
    compared = program.conditions
    values = {name: a.astype(bool) if name in compared else a for name, a in truth.values.items()}
    case = replace(question.case, program=program, expect=())
    return question.with_numbers(case, replace(truth, values=values))
