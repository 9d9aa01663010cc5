"""The cases that a class is graded on, with their truths: read once, judged against often."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from harness.engines.trace import Trace
from harness.grading.remote import packed
from harness.judging.oracle import truth
from harness.language.case import Case, load

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

    @cached_property
    def digest(self) -> str:
        """A hash of all programs, truths' sources, points and which are hidden."""
        found = hashlib.sha256()
        for question in self.questions:
            told = f"{question.id}\0{question.case.points}\0{question.hidden}\0"
            found.update(told.encode() + question.program)
            found.update(repr(question.case.tolerance).encode())
        return found.hexdigest()


def read(folders: Sequence[str], hidden: Sequence[str] = (), oracle: str = "torch") -> Suite:
    """The suite of all cases in ``folders``, and of the ``hidden`` ones in others.

    Raises ``CaseError`` and ``Undefined`` for the first that is none.
    """
    found = []
    for hidden_too, places in ((False, folders), (True, hidden)):
        for place in places:
            root = Path(place)
            paths = sorted(root.rglob("*.yaml")) if root.is_dir() else [root]
            if not paths or not root.exists():
                raise FileNotFoundError(2, "there are no cases (*.yaml) here", place)
            for path in paths:
                case = load(path, path.as_posix(), root if root.is_dir() else root.parent)
                numbers = truth(case, oracle)
                text = packed(case.program)
                private = hidden_too or HIDDEN in case.tags
                found.append(Question(path.as_posix(), case, numbers, text, private))
    return Suite(tuple(sorted(found, key=lambda question: question.hidden)))
