"""Backward passes written by hand, handed in like engines: run within the same walls, and marked.

Each line is a point of the case's; ``carried-forward`` counts what is right in itself, too, and of
``inputs`` the gradients of the inputs alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np

from harness.assignment import marks
from harness.engines.loading import EngineError
from harness.engines.staged.cells import joined
from harness.engines.staged.cells import place as place_of
from harness.grading import entries, wire
from harness.grading.marking import GRADED, refused
from harness.grading.recordings import unpacked
from harness.grading.remote import RemoteEngine
from harness.grading.sandbox.walls import Sandbox
from harness.grading.submissions import Submission
from harness.grading.suite import Question, Suite, pack_numbers
from harness.grading.talk import Refused
from harness.grading.tally import added_up
from harness.judging.staged.helpers import helpers
from harness.judging.staged.judging import ByHand, contradiction, judge
from harness.judging.staged.recognition import case_of, is_staged
from harness.judging.staged.result import as_json
from harness.language.case import CaseError

NOTHING: Final = "nothing was handed in for it"


def text_of(submission: Submission) -> str | None:
    """The text of a submission that is staged code; None where it is an engine."""
    try:
        text = _text(submission.entry, submission.files.get(submission.entry, b""))
    except (UnicodeDecodeError, EngineError):
        return None
    return text if is_staged(text) else None


def _is_case(own: str, id: str) -> bool:
    """Whether a case is the one that is meant, from wherever its path is written."""
    return own == id or id.endswith(f"/{own}") or own.endswith(f"/{id}")


def _text(file: str, content: bytes) -> str:
    """A file as one text; raises UnicodeDecodeError, and EngineError for what is no notebook."""
    return joined(content) if file.endswith(".ipynb") else content.decode()


def marked(
    submission: Submission, text: str, suite: Suite, marking: str, sandbox: Sandbox
) -> dict[str, Any]:
    """The result of a submission that is staged code; raises
    :class:`~harness.grading.sandbox.children.WorkerError`."""
    own = case_of(text)
    questions = [one for one in suite.questions if own is None or _is_case(own, one.id)]
    if len(questions) != 1:
        told = f"its first line says {own}" if own else "its first line does not say which"
        problem = f"it belongs to none of the cases that are asked: {told}"
        return refused(submission.id, suite, problem)
    question = questions[0]
    try:
        verdict = _judged(submission.entry, text, question, sandbox)
    except Refused as error:
        return refused(submission.id, suite, str(error))
    return _result(submission.id, verdict, question, suite, marking)


def file_of(submission: Submission, question: Question, strict: bool) -> str | None:
    """The file of a submission that an exercise is in, or what is called like it unless names are
    ``strict``; None where there is none."""
    file = str(question.file)
    if file in submission.files or strict:
        return file if file in submission.files else None
    return entries.called_alike(submission.files, file) or _by_its_first_line(submission, question)


def _by_its_first_line(submission: Submission, question: Question) -> str | None:
    """The only Python file of a submission, if its first line says that it is the exercise."""
    files = [file for file in submission.files if entries.is_engine(file)]
    if len(files) != 1:
        return None
    try:
        own = case_of(_text(files[0], submission.files[files[0]]))
    except (UnicodeDecodeError, EngineError):
        return None
    return files[0] if own is not None and _is_case(own, question.id) else None


def exercise(
    submission: Submission, asked: Sequence[Question], marking: str, sandbox: Sandbox, strict: bool
) -> dict[str, Any]:
    """The result of one exercise of an assignment, with its case alone, on the first of the inputs
    that are ``asked`` which the code can be given. Lines that are right in themselves count. Raises
    :class:`~harness.grading.sandbox.children.WorkerError`."""
    question = asked[-1]
    suite = Suite((question,))
    if (file := file_of(submission, question, strict)) is None:
        return refused(submission.id, suite, f"there is no {question.file}: {NOTHING}")
    try:
        text = _text(file, submission.files[file])
        verdict, question = _first_judged(file, text, asked, sandbox)
    except (UnicodeDecodeError, EngineError) as error:
        return refused(submission.id, suite, f"{file}: it cannot be read: {error}")
    except Refused as error:
        return refused(submission.id, suite, str(error))
    inputs, counts = question.case.program.inputs, marking_of(marking)
    result = _result(submission.id, verdict, question, suite, counts, inputs)
    (case,) = result["cases"]
    share = case["score"] / case["max_score"] if case["max_score"] else 0.0
    case["asked"] = marks.asked(question.parts, dict.fromkeys(question.parts, share))
    alone = file == submission.entry and submission.note is None  # a path is all that it has
    notes = [] if alone or file == question.file else [entries.told(str(question.file), file)]
    return {**result, "notes": notes}


def marking_of(marking: str) -> str:
    """What counts of an exercise of an assignment: an earlier mistake is carried forward there."""
    return "carried-forward" if marking == "cases" else marking


def _first_judged(
    file: str, text: str, asked: Sequence[Question], sandbox: Sandbox
) -> tuple[ByHand, Question]:
    """The verdict on the code with the first inputs that it takes, and what was asked then. Raises
    :class:`Refused` where it answers none."""
    for question in asked[:-1]:
        with suppress(Refused):
            return _judged(file, text, question, sandbox), question
    return _judged(file, text, asked[-1], sandbox), asked[-1]


def _judged(file: str, text: str, question: Question, sandbox: Sandbox) -> ByHand:
    """The verdict on staged code that is to answer a question; raises :class:`Refused`."""
    inputs = question.case.program.inputs if question.drawn else {}
    first: dict[str, Any] = {"staged": text, "file": file}
    first["inputs"] = {name: wire.pack_array(np.asarray(x)) for name, x in inputs.items()}
    first |= {"helpers": helpers(text), "seconds": sandbox.limits.case}
    stopped = None
    try:
        ready = RemoteEngine(sandbox, {**first, "files": sandbox.pack({})}).talk.ready
        recording = unpacked(ready.get("recording"))
        if recording.stopped is not None:
            place, message = recording.stopped
            stopped = f"{place_of(file, text, place)}: {message}"
        if stopped and recording.refused:
            raise Refused(stopped)
        verdict = judge(file, text, recording, {})
    except (CaseError, wire.Unreadable) as error:
        raise Refused(stopped or str(error)) from None
    other = contradiction(verdict, question.case, question.truth)
    if other is not None:
        raise Refused(f"{file}: {other}")
    return verdict


def _result(
    id: str,
    verdict: ByHand,
    question: Question,
    suite: Suite,
    marking: str,
    inputs: Collection[str] = (),
) -> dict[str, Any]:
    result = as_json(verdict, question.id, question.case.points, marking, inputs)
    case = {**result["cases"][0], "hidden": question.hidden}
    if case["status"] != "passed":
        case["answer"] = wire.pack_trace(verdict.trace_of(question.case, question.truth))
        case |= {"drawn": pack_numbers(question)} if question.drawn else {}
    absent = refused(id, suite, NOTHING)["cases"]
    cases = [case if one["id"] == question.id else one for one in absent]
    graded: dict[str, Any] = {
        "status": GRADED,
        "problem": None,
        "marking": marking,
        "suspicions": [],
    }
    student = [] if question.hidden else result["findings"]
    return {
        **result,
        "engine": id,
        **added_up(cases),
        **graded,
        "student": student,
        "cases": cases,
    }
