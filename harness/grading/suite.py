"""The cases that a class is graded on, with their truths: read once, judged against often."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, Final

from harness.assignment.asking import Part
from harness.assignment.values import Assignment
from harness.engines.importing import did_you_mean
from harness.engines.trace import Trace, Undefined
from harness.grading import wire
from harness.judging.oracle import Oracle, check_expectations
from harness.judging.snapshot import digest
from harness.judging.variation import varied
from harness.language import suite
from harness.language.case import Case, CaseError
from harness.language.suite import Source

HIDDEN: Final = "hidden"
"""The tag of a case that students never see."""


@dataclass(frozen=True, slots=True)
class Question:
    """A case as it is asked. A ``hidden`` one's expression and numbers are never shown to a
    student; its id names it to the instructor. Those of a ``drawn`` one are not the file's, and
    those of one that ``keeps`` them always are.

    In an assignment, ``parts`` are the questions that its passes belong to, and ``file`` is that of
    a submission in which its backward pass is written by hand."""

    id: str
    case: Case
    truth: Trace
    hidden: bool = False
    drawn: bool = False
    keeps: bool = False
    parts: Mapping[str, Part] = field(default_factory=dict)
    file: str | None = None

    @property
    def key(self) -> str:
        """A hash of the program."""
        return digest(self.case.program)


@dataclass(frozen=True)
class Suite:
    """``questions`` in the order in which they are asked: hidden ones last, so that nothing of
    them can be told in an answer to another."""

    questions: tuple[Question, ...]
    notes: tuple[str, ...] = ()
    """What is to be known of the truths, a line each: see :class:`Oracle`."""
    assignment: Assignment | None = None
    """Whose questions they are, where they are an assignment's."""
    dropped: tuple[Question, ...] = ()
    """Cases that nobody is asked, since they turned out to be wrong."""

    @cached_property
    def digest(self) -> str:
        """A hash of all that a mark depends on: programs, points, and how they are judged."""
        told: list[object] = [
            (one.id, one.key, one.hidden, one.case.points, one.case.hint, one.case.tolerance)
            for one in self.questions
        ]
        if self.assignment is not None:
            told += [self.assignment.digest, [(one.parts, one.file) for one in self.questions]]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    @cached_property
    def shown(self) -> str:
        """The digest of what a student may see."""
        seen = tuple(one for one in self.questions if not one.hidden)
        return Suite(seen, assignment=self.assignment).digest


class SuiteError(Exception):
    """Some files are no cases; the message has a line for each thing that is wrong with them."""


def read(
    folders: Sequence[str] = (), hidden: Sequence[str] = (), oracle: str | None = None
) -> Suite:
    """The suite of all cases in ``folders`` (by default the built-in ones), and of the ``hidden``
    ones in others. A case that is found in both is hidden, one that is found twice is asked once.
    They are in the order of the ladder. What is no case, has a stale snapshot, or expects what is
    not the truth, raises :class:`SuiteError`."""
    truths = Oracle(oracle, strict=True)
    asked: dict[Path, Question] = {}
    wrong = []
    for private, places in ((True, hidden), (False, folders or (suite.BUILTIN,))):
        for source in suite.find(places) if places else ():
            if (path := source.path.resolve()) not in asked:
                try:
                    asked[path] = _question(_plain(source), private, truths)
                except (CaseError, Undefined) as error:
                    place = "" if isinstance(error, CaseError) else f"{source.id}:1:1: "
                    wrong.append(f"{place}{error}")
    if wrong:
        raise SuiteError("\n".join(dict.fromkeys(wrong)))
    return Suite(in_order(_apart(asked.values())), tuple(truths.notes))


def in_order(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Hidden ones last, and otherwise from the foot of the ladder up."""
    return tuple(sorted(questions, key=lambda one: (one.hidden, *one.case.rung, one.id)))


def _plain(source: Source) -> Source:
    """The file under an id that does not tell where on this machine it lies: where a folder was
    named by a path from elsewhere, by the name of that folder alone."""
    id = PurePath(source.id)
    if not id.is_absolute() and ".." not in id.parts:
        return source
    root = source.root.resolve()
    inner = source.path.resolve().relative_to(root).as_posix()
    return replace(source, id=f"{root.name}/{inner}")


def _apart(questions: Iterable[Question]) -> Iterator[Question]:
    """The questions, no two of which have one id."""
    taken: set[str] = set()
    for one in questions:
        number, id = 1, one.id
        while id in taken:
            number += 1
            id = f"{number}/{one.id}"
        taken.add(id)
        yield one if id == one.id else replace(one, id=id)


def without(asked: Suite, ids: Sequence[str]) -> Suite:
    """The suite with these cases dropped for all. Raises :class:`SuiteError`."""
    known = {name: one for one in asked.questions for name in _called(one.id)}
    if unknown := [id for id in ids if id not in known]:
        near = did_you_mean(unknown[0], known)
        raise SuiteError(f"{unknown[0]}: no such case is asked{near}")
    dropped = {known[id].id for id in ids}
    return replace(
        asked,
        questions=tuple(one for one in asked.questions if one.id not in dropped),
        dropped=tuple(one for one in asked.questions if one.id in dropped),
    )


def _called(id: str) -> tuple[str, ...]:
    """What a case may be called: by its id, and without what all ids have."""
    short = id.removesuffix(".yaml")
    return id, short, short.removeprefix(f"{suite.FOLDER}/")


def _question(source: Source, private: bool, truths: Oracle) -> Question:
    case = source.load()
    truth = truths.truth(case)
    check_expectations(case, truth)
    return Question(source.id, case, truth, private or HIDDEN in case.tags)


# -- other inputs ----------------------------------------------------------------------------------


def drawn(asked: Suite, seed: str, compute: Callable[[Case], Trace]) -> Suite:
    """The suite with inputs that ``seed`` gives, where a case allows it, and its truths by
    ``compute``, which may raise :class:`Undefined`."""
    pairs = (
        (one, None if one.keeps else varied(one.case, one.truth, seed, compute))
        for one in asked.questions
    )
    questions = (
        replace(one, case=other[0], truth=other[1], drawn=True) if other else one
        for one, other in pairs
    )
    return replace(asked, questions=tuple(questions))


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
    questions = (
        unpack_numbers(one, numbers[one.key]) if one.key in numbers else one
        for one in asked.questions
    )
    return replace(asked, questions=tuple(questions))


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
    return replace(question, case=case, truth=replace(truth, values=values), drawn=True)
