"""A class, one submission after the other, on as many processes as there are: resumable.

:func:`graded` is the result of one submission; :func:`run` grades them all, and gives each result
away as soon as it is there.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, Final

from harness.engines.discovery.choosing import CLASSES
from harness.grading import by_hand, dtype, entries, submissions, tally, wire
from harness.grading.assigned import agreement
from harness.grading.found import Piece as Piece
from harness.grading.marking import GRADER_ERROR, REFUSED, mark, refused
from harness.grading.remote import TOGETHER, RemoteEngine
from harness.grading.reverse import without_backward
from harness.grading.sandbox import kernel
from harness.grading.sandbox.children import Limits, WorkerError
from harness.grading.sandbox.confinement import DEATH_SIGNAL
from harness.grading.sandbox.walls import Sandbox, Walls
from harness.grading.submissions import Submission
from harness.grading.suite import Question, Suite, drawn
from harness.grading.suspicions import NOT_REVERSE, suspicions
from harness.grading.talk import Refused
from harness.judging.agreed import held
from harness.judging.oracle import provisional
from harness.judging.precision import SINGLE, examined
from harness.judging.repro import reproduced

TRIES: Final = 2
"""How often a submission is begun when the sandbox, not the submission, is at fault."""

ALONE: Final = 2
"""How often it is begun alone when the process that grades it has ended."""

LOST: Final = "the process that was grading it has ended, time and again"

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of every process that grades."""

    suite: Suite
    walls: Walls
    limits: Limits
    marking: str
    entry: str = submissions.ENTRY
    adapters: bool = False
    """Whether a submission may say itself how it is run."""
    reverse_only: bool = False
    """Whether gradients earn nothing that seem not to be found in reverse mode."""
    variants: tuple[Suite, ...] = ()
    """The suite with other inputs, of which a submission gets one; as it is where there is none."""
    packages: Path | None = None
    """A folder with what submissions may import beside numpy."""
    seed: str = ""
    """Where given, inputs are drawn anew by it for each submission."""

    strict: bool = False
    """Whether a submission must call things as it was told to."""

    def read(self, piece: Piece) -> Submission:
        """What was handed in."""
        return submissions.read(piece.id, piece.path, self.entry, piece.parts, self.strict)

    def asked(self, digest: str) -> Suite:
        """What a submission with this digest is asked: the same files are always asked the same."""
        if not self.variants:
            return self.suite
        variant = self.variants[int(digest or "0", 16) % len(self.variants)]
        return drawn(variant, f"{self.seed} {digest}", provisional) if self.seed else variant


def one(piece: Piece, order: Order, sandbox: Sandbox) -> Result:
    """The result of one piece."""
    return graded(order.read(piece), order, sandbox)


def graded(submission: Submission, order: Order, sandbox: Sandbox) -> Result:
    """The result of a submission. Never raises, whatever a submission does; a mistake of the
    harness' own is a grader error, not a zero."""
    begin, told = time.monotonic(), ""
    for _ in range(TRIES):
        try:
            result = _marked(submission, order, sandbox)
            own = {
                "suite": order.suite.shown,
                "digest": submission.digest,
                "notes": result.get("notes", []),
                "without": [{"id": one.id, "hidden": one.hidden} for one in order.suite.dropped],
            }
            return {**result, **own, "seconds": round(time.monotonic() - begin, 3)}
        except WorkerError as error:
            told = str(error)
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
        finally:
            sandbox.stop()
    return not_graded(submission, order, told)


def not_graded(submission: Submission, order: Order, why: str) -> Result:
    """The result where the grader is at fault."""
    result = refused(submission.id, order.suite, why, GRADER_ERROR)
    return {**result, "digest": submission.digest}


def _marked(submission: Submission, order: Order, sandbox: Sandbox) -> Result:
    if submission.problem is not None and submission.unread:
        return refused(submission.id, order.suite, submission.problem, GRADER_ERROR)
    asked = order.asked(submission.digest)
    if order.suite.assignment is not None:
        return _assigned(submission, order, sandbox, asked)
    if submission.problem is not None:
        return refused(submission.id, order.suite, submission.problem)
    if (text := by_hand.text_of(submission)) is not None:
        result = by_hand.marked(submission, text, order.suite, order.marking, sandbox)
        return {**result, "notes": [submission.note] if submission.note else []}
    return _of_engine(submission, order, sandbox, asked)


def _assigned(submission: Submission, order: Order, sandbox: Sandbox, asked: Suite) -> Result:
    """The result of what was handed in for an assignment: an engine, and exercises by hand. What
    has none of these is refused."""
    exercises = [one for one in asked.questions if one.file is not None]
    own = replace(asked, questions=tuple(q for q in asked.questions if q.file is None))
    there = [by_hand.file_of(submission, one, order.strict) for one in exercises]
    if not own.questions:
        result = mark(submission.id, [], order.marking)
        files = ", ".join(dict.fromkeys(str(one.file) for one in exercises))
        nothing = entries.absent(submission.entry, submission.files)
        problem = submission.problem
        if problem in (None, nothing):
            problem = entries.absent(files, submission.files)
    elif submission.problem is not None:
        result = refused(submission.id, own, submission.problem)
        problem = submission.problem
    else:
        result = _of_engine(submission, order, sandbox, own)
        problem = result["problem"]
    recorded = {one.id: one for one in order.suite.questions}
    if not any(there) and (not own.questions or result["status"] == REFUSED):
        return refused(submission.id, order.suite, str(problem))
    parts = [
        by_hand.exercise(submission, (one, recorded[one.id]), order.marking, sandbox, order.strict)
        for one in exercises
    ]
    return tally.with_marks(tally.joined(result, parts), asked)


def _of_engine(submission: Submission, order: Order, sandbox: Sandbox, asked: Suite) -> Result:
    """The result of a submission that is an engine; raises
    :class:`~harness.grading.sandbox.children.WorkerError`."""
    rules = order.suite.assignment
    try:
        engine = RemoteEngine(sandbox, _first(submission, order, sandbox))
        note = _named(engine, submission, order)
    except Refused as error:
        return refused(submission.id, asked, str(error))
    other = False
    if rules is not None:
        cases = (question.case for question in asked.questions)
        other = dtype.settled(engine, rules.conventions.dtype, cases)
        engine.relabels = f"{order.seed} {submission.digest}" if rules.vary.relabel else ""
    judged = []
    for number, question in enumerate(asked.questions):
        if engine.account.over:
            break
        _begin_with(engine, asked.questions, number)
        engine.next_case(question.id)
        verdict = examined(engine, question.case, question.truth)
        verdict = verdict if rules is None else held(verdict, agreement(rules.conventions))
        judged.append((question, reproduced(engine, verdict)))
    told = suspicions(engine, order.suite, judged)
    reverse = order.reverse_only or (rules is not None and rules.conventions.reverse)
    if reverse and NOT_REVERSE in told:
        judged = [(question, without_backward(verdict)) for question, verdict in judged]
    result = mark(submission.id, judged, order.marking, told)
    result = dtype.charged(result) if other else result
    notes = [one for one in (submission.note, note) if one]
    rest = asked.questions[len(judged) :]
    return {**tally.reached(result, rest, engine.account.over, engine.account.slow), "notes": notes}


def _begin_with(engine: RemoteEngine, questions: Sequence[Question], number: int) -> None:
    """Has the engine run some more cases, where the one of that number is the first of them. What
    is asked in float32 is known when it is asked; and a submission that knows of a hidden case must
    not answer an open one."""
    if number % TOGETHER or SINGLE in (engine.dtype, *engine.tried.values()):
        return
    own = questions[number : number + TOGETHER]
    own = [one for one in own if one.hidden == own[0].hidden]
    engine.begin_together([(one.id, one.case.program) for one in own])


def _first(submission: Submission, order: Order, sandbox: Sandbox) -> dict[str, Any]:
    """What a child is told to find the engine by: the submission's files, and the adapter of the
    assignment, whatever a submission calls by that name."""
    rules = order.suite.assignment
    files, entry, adapters = submission.files, submission.entry, order.adapters
    if rules is not None and rules.adapter is not None:
        own = {rules.engine.file: files[entry], str(rules.engine.adapter): rules.adapter.encode()}
        entry, adapters = str(rules.engine.adapter), True
        files = {**files, **own}
    name = None if rules is None or rules.adapter is not None else rules.engine.name
    return {"entry": entry, "name": name, "adapters": adapters, "files": sandbox.pack(files)}


def _named(engine: RemoteEngine, submission: Submission, order: Order) -> str | None:
    """What is said of a class that is not called as engines are; raises Refused where names are
    strict."""
    rules = order.suite.assignment
    adapted = order.adapters or (rules is not None and rules.adapter is not None)
    own = rules.engine.name if rules is not None else None
    name, known = wire.told(engine.talk.ready.get("class")), (own,) if own else CLASSES
    if not name or name in known or adapted:
        return None
    if order.strict:
        usual = f"{', '.join(CLASSES[:-1])} or {CLASSES[-1]}" if own is None else own
        raise Refused(f"{submission.entry}: its class is called {name}, and not {usual}")
    return f"class {name} is taken"


# -- processes -------------------------------------------------------------------------------------

_sandbox: Sandbox
_order: Order
_over = False


def _begin(order: Order, parent: int) -> None:
    """What a process of the pool does first."""
    global _sandbox, _order
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":  # to end with the process that has started us, however it ends
        kernel.prctl(DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:  # which has ended already
            os._exit(1)
    signal.signal(signal.SIGTERM, _give_up)
    _order, _sandbox = order, Sandbox(order.walls, order.limits, order.packages)
    Finalize(None, _sandbox.close, exitpriority=10)


def _give_up(*_: object) -> None:
    global _over
    _over = True
    raise SystemExit


def _do(piece: Piece) -> Result:
    try:
        if _over:
            raise SystemExit
        return one(piece, _order, _sandbox)
    finally:
        if _over:  # a pool takes SystemExit for a result, and waits for more work
            _sandbox.close()
            os._exit(1)


def run(
    pieces: Sequence[Piece],
    order: Order,
    jobs: int,
    take: Callable[[Result], None],
    work: Callable[[Piece], Result] = _do,
) -> None:
    """Grades all ``pieces`` on ``jobs`` processes; ``take`` gets each result when it is there.

    When a process is lost, what was in flight is done again, one at a time: a submission that is
    alone then, and loses its process :data:`ALONE` times, is told as a grader error.
    """
    waiting, suspects, lost = deque(pieces), deque[Piece](), Counter[str]()
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    while waiting or suspects:
        source, most = (suspects, 1) if suspects else (waiting, min(jobs, len(waiting)))
        ahead = 1 if suspects else 2 * most
        going: dict[Future[Result], Piece] = {}
        with ProcessPoolExecutor(most, context, _begin, (order, os.getpid())) as pool:
            try:
                while source or going:
                    while source and len(going) < ahead:
                        going[pool.submit(work, source[0])] = source[0]
                        source.popleft()
                    for done in wait(going, return_when=FIRST_COMPLETED).done:
                        take(done.result())
                        going.pop(done)
            except BrokenExecutor:
                suspects += _again(going, order, lost, take)
            except BaseException:
                for process in multiprocessing.active_children():
                    process.terminate()
                pool.shutdown(cancel_futures=True)
                raise


def _again(
    going: dict[Future[Result], Piece],
    order: Order,
    lost: Counter[str],
    take: Callable[[Result], None],
) -> Iterator[Piece]:
    """What was in flight when a process was lost and is to be done again, each loss counted."""
    for future, piece in going.items():
        if future.done() and future.exception() is None:
            take(future.result())
        elif lost[piece.id] == ALONE:
            take(not_graded(order.read(piece), order, LOST))
        else:
            lost[piece.id] += 1
            yield piece


def processors() -> int:
    """How many processes can run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
