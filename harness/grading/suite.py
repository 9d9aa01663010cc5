"""The cases that a class is graded on, with their truths: read once, judged against often."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from harness.engines.trace import Trace, Undefined
from harness.grading.remote import packed
from harness.judging.oracle import Oracle
from harness.language import suite
from harness.language.case import Case, CaseError
from harness.language.suite import Source

HIDDEN: Final = "hidden"
"""The tag of a case that students never see."""


@dataclass(frozen=True, slots=True)
class Question:
    """A case as it is asked. A ``hidden`` one's expression and numbers are never shown to a
    student; its id names it to the instructor."""

    id: str
    case: Case
    truth: Trace
    program: bytes
    hidden: bool = False


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
