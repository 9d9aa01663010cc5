"""An engine in another process: every program is run there, every trace comes from there."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import astuple, replace
from itertools import count
from secrets import token_hex
from typing import Any, Final

from harness import languages
from harness.engines.engine import Engine, EngineError
from harness.engines.failures import printable
from harness.engines.trace import SLOW, Failure, Trace, endless, not_run
from harness.engines.writing.script import Asked, Script
from harness.grading import wire
from harness.grading.relabelling import named_back, relabelled
from harness.grading.sandbox.children import (
    START_SECONDS,
    Child,
    Gone,
    Late,
    Limits,
    Runner,
    TooLong,
    Unanswered,
    WorkerError,
)
from harness.vocabulary.program import Program, Step

RENEWALS: Final = 3
"""How many failed cases are tried again in a new process, to see whether an earlier graph is to
blame."""

ENOUGH: Final = 3
"""What has not come to an end so often is not tried again."""

ENOUGH_GRADED: Final = 2
"""The same of backward passes where it is graded, and each has cost seconds of the submission's."""

MOST_TOLD: Final = 3
"""So many cases are named that have used up the time."""

MOST: Final = 2
"""Where so many operations' backward does not come to an end, backward itself does not."""

TRYING: Final = 3
"""To be tried out, an engine has so many times as long as for a case."""

AHEAD: Final = 1
"""So many programs an engine is told of in advance, lest it wait for the judge."""

NAME_BYTES: Final = 400
"""What a name may add to a reply, beside its numbers."""

SPARE: Final = 8
"""How many replies of the greatest length a submission may fill with what it was not asked for."""

CASES, AGAIN = "cases", "again"
"""What a submission's seconds are for: the cases, and what the judge asks once more."""

NO_ANSWER: Final = (Unanswered, wire.Unreadable)
"""What comes instead of an answer."""
IMPORTING: Final[Mapping[type[Exception], str]] = {
    Gone: "import-ends",
    Late: "import-takes-long",
    TooLong: "import-writes",
    wire.Unreadable: "import-writes",
}
"""What to say where there is no answer to an import."""


class Refused(Exception):
    """The engine cannot be used at all: the message says why, for its author."""


class RemoteEngine(Engine):
    """An engine whose ``run`` asks a child of ``runner``.

    ``first`` is what the child is told to find it by; ``limits`` are the runner's, where no others
    are given. A child that ends, hangs or talks nonsense
    fails the case and is started anew, up to ``limits.restarts`` times; after that, and when the
    engine's time is up, every further case fails. Raises :class:`Refused` where the engine does not
    even import, and :class:`WorkerError` where the worker itself fails.

    ``ready`` is what the child has said when the engine was loaded. ``printed`` is how many lines
    it has printed, ``renews`` whether its file can be imported anew: both are known at home alone.
    Where ``relabels`` is given, programs are asked under names, and in an order, that come of it.
    """

    def __init__(
        self, runner: Runner, first: Mapping[str, Any], limits: Limits | None = None
    ) -> None:
        self.runner, self.first, self.tries = runner, first, True
        self.limits = limits or runner.limits
        self.left = dict.fromkeys((CASES, AGAIN), self.limits.submission)
        self.asked, self.ended = "", list[str]()
        self.relabels = ""
        self.seconds, self.slow = dict[str, float](), dict[str, float]()
        self.charged = CASES
        self.spare = SPARE * self.limits.reply
        self.child: Child | None = None
        self.deaths = self.renewals = self.printed = 0
        self.numbers, self.ids = count(), deque[str]()
        self.begun: deque[Program] = deque()
        self.done: dict[int, tuple[Program, Trace]] = {}
        enough = ENOUGH if runner.at_home and self.limits.restarts < float("inf") else float("inf")
        self.fatal = Given(enough)
        self.endless_forward = Given(enough if runner.at_home else ENOUGH_GRADED)
        self.endless_backward = Given(enough if runner.at_home else ENOUGH_GRADED, MOST)
        self._start()

    # -- what is asked -----------------------------------------------------------------------------

    def next_case(self, id: str = "") -> None:
        """From here on a case is asked. What is asked after its first run is the judge's own wish
        to know more: it costs the submission nothing, and has as long again."""
        self.charged, self.asked = CASES, id

    @property
    def over(self) -> str | None:
        """Why no further case can be asked; None where one can."""
        if self.left[CASES] <= 0:
            worst = sorted(self.seconds, key=lambda id: -self.seconds[id])[:MOST_TOLD]
            told = languages.told("words", "listed").join(
                languages.told("engine", "seconds-by", seconds=self.seconds[id], case=id)
                for id in worst
            )
            return languages.told(
                "engine", "used-up-by", submission=self.limits.submission, told=told
            )
        if self.deaths > self.limits.restarts:
            worst = list(dict.fromkeys(self.ended))[:MOST_TOLD]
            return languages.told("engine", "deaths-by", deaths=self.deaths, worst=", ".join(worst))
        return None

    def begin(self, program: Program) -> None:
        """Has the engine run a program for which it will be asked, while others are judged."""
        if self.child is not None and self._hopeless(program) is None:
            self._request(program)
            self.begun.append(program)

    def run(self, program: Program) -> Trace:
        """The trace that the engine answers with, or the failure to answer."""
        return self.traced(program)

    def counted(self, program: Program) -> Trace:
        """The trace with the work that it took. It is the judge's own wish to know."""
        self.charged = AGAIN
        return self.traced(program, '"count":true,')

    def traced(self, program: Program, more: str = "") -> Trace:
        """The trace of the program with what ``more`` asks for. What was begun before is heard
        first, and kept until somebody asks for it."""
        plain = not more and not self.order
        self._hear_begun(program if plain else None)
        if plain and id(program) in self.done:
            return self.done.pop(id(program))[1]
        try:
            hopeless = self._spent() if "count" in more else self._hopeless(program)
            return hopeless or self._asked(program, more)
        finally:
            self.charged = AGAIN

    def _hear_begun(self, program: Program | None = None) -> None:
        """Hears what was begun, until the program is among it."""
        while self.begun and id(program) not in self.done:
            begun = self.begun.popleft()
            self.done[id(begun)] = begun, self._heard(begun)
        while len(self.done) > AHEAD + 1:  # one that nobody has asked for
            del self.done[next(iter(self.done))]

    def written(self, program: Program, asked: Asked) -> Script | None:
        """The program in the engine's own class, as the child has written and tried it. It is the
        judge's own wish to know."""
        self.charged = AGAIN
        self._hear_begun()
        if self.child is None or self._hopeless(program) is not None:
            return None
        self._request(program, f'"print":{json.dumps(astuple(asked))},')
        try:
            return wire.script(self._reply(self.usual(program)).get("script"))
        except wire.Unreadable as error:
            self._lost(str(error))
        except Unanswered as error:
            self._lost(error.told())
        return None

    def _asked(self, program: Program, more: str) -> Trace:
        if self.child is None:
            try:
                self._start()
            except Refused as error:
                return self._lost(str(error))
        self._request(program, more)
        return self._heard(program)

    def _request(self, program: Program, more: str = "") -> None:
        if self.endless_backward.up(program):
            times = self.endless_backward.enough
            told = languages.told(
                "engine",
                "backward-endless-before",
                not_run=not_run(),
                endless=endless(),
                times=times,
            )
            more += f'"hangs":"{told}",'
        if '"print"' not in more:
            program, _ = self._as_asked(program)
        self._tell(f'{more}"order":{self.order},"program":"{wire.pack_program(program)}"')

    def _as_asked(self, program: Program) -> tuple[Program, Mapping[str, str]]:
        """The program as the child is asked it, and what each of its names is called here."""
        return relabelled(program, self.relabels) if self.relabels else (program, {})

    def _heard(self, program: Program) -> Trace:
        """What the child answers about the program that it has been told of first."""
        limit = self._seconds() + self._free(program)
        try:
            reply = self._reply(self.usual(program), program)
            self.called |= self._calls(program)
            other, names = self._as_asked(program)
            trace = named_back(wire.trace(reply.get("trace"), other), names)
        except wire.Unreadable as error:
            return self._lost(str(error))
        except Late as error:
            if self.charged == CASES:
                self.slow[self.asked] = self.seconds[self.asked]
            return self._cut_off(program, error.told(limit), SLOW)
        except Gone as error:
            return self._cut_off(program, error.told())
        except Unanswered as error:
            return self._lost(error.told(), None if isinstance(error, TooLong) else program)
        late = reply.get("late") is True
        if late:
            self._note(program, trace)
        said, work = wire.output(reply.get("output"))[1], wire.work(reply.get("work"))
        return replace(trace, said=said, work=work, ended=late)

    def _cut_off(self, program: Program, told: str, code: str = "") -> Trace:
        """What is known of a program that has not come to its end, or has ended the process: its
        values, where they come when nothing else is asked, so that it is the backward pass which
        does that."""
        slow = code == SLOW
        if self.runner.at_home or (not slow and not program.order):
            lost = self._lost(told, program)
            return _too_slow(lost) if slow else lost
        failed, charged = self._lost(told), self.charged
        self.deaths -= 1  # what is not run again ends nothing else
        self.charged = AGAIN
        values = failed
        if program.order:
            values = self._asked(replace(program, order=0, backward_calls=1), "")
        self.charged = charged
        if values.failure is not None and slow:
            self.endless_forward.note(program)
            return _too_slow(failed)
        if values.failure is not None:
            return failed
        self.endless_backward.note(program)
        return replace(values, failure=Failure("backward", None, told, code=code), ended=True)

    # -- what is given up --------------------------------------------------------------------------

    def _spent(self) -> Trace | None:
        """The failure of any program, where no time is left or too much has ended."""
        if self.left[self.charged] <= 0:
            return _failed(languages.told("engine", "used-up", submission=self.limits.submission))
        if self.deaths > self.limits.restarts:
            return _failed(
                languages.told("engine", "deaths-before", not_run=not_run(), deaths=self.deaths)
            )
        return None

    def _hopeless(self, program: Program) -> Trace | None:
        """The failure of a program that is not tried, for what has been before."""
        if (spent := self._spent()) is not None:
            return spent
        for given, told in (
            (self.endless_forward, languages.told("engine", "has-endless", endless=endless())),
            (self.fatal, languages.told("engine", "has-ended")),
        ):
            if (step := given.up(program)) is not None:
                times = given.enough
                return _failed(
                    languages.told(
                        "engine", "op-before", not_run=not_run(), op=step.op, told=told, times=times
                    ),
                    step.name,
                )
        return None

    def _note(self, program: Program, trace: Trace) -> None:
        """A run of the program has not come to an end; the trace says where."""
        if trace.failure is not None and trace.failure.direction == "forward":
            self.deaths += 1
            self.endless_forward.note(program, trace.failure.step)
        else:
            self.endless_backward.note(program)

    def _lost(self, message: str, program: Program | None = None) -> Trace:
        """The failure to answer; what the child was told beside it is lost, too. Where the
        ``program`` is to blame, it is noted."""
        self.deaths += 1
        self.ended.append(self.asked)
        if program is not None:
            self.fatal.note(program)
        self.begun.clear()
        self._stop()
        return replace(_failed(message), ended=True)

    # -- a new life --------------------------------------------------------------------------------

    def renewed(self) -> Engine | None:
        """A new life of the engine. At home its file is imported anew; where it is graded, it is
        a new process, for the first few failed cases."""
        if self.child is None:
            return None
        if self.ready.get("renews") is True:
            return _Anew(self)
        if self.limits.submission == float("inf") or self.renewals >= RENEWALS:
            return None
        self.renewals += 1
        try:
            self._start()
        except Refused:
            self._stop()
            return None
        return self

    def describe(self) -> list[str]:
        """What was understood of an engine at home; nothing is known of a submission."""
        self._tell('"describe":true')
        try:
            return list(map(printable, self._reply(self.limits.reply)["lines"]))
        except (*NO_ANSWER, KeyError):
            raise EngineError(languages.told("engine", "ends-while-tried")) from None

    def _start(self) -> None:
        """A child with the engine in it. One that ends, or hangs, while the engine is tried out has
        another chance, in which it is not."""
        reply = self._imported()
        if reply == {"imported": True}:
            try:
                reply = self._understood()
            except NO_ANSWER:
                if not self.tries:
                    raise Refused(languages.told("engine", "ends-after-import")) from None
                self.tries = False
                return self._start()
        self.ready = reply if isinstance(reply, dict) else {}
        if self.ready.get("ready") is not True:
            told = wire.told(self.ready.get("error") or self.ready.get("grader error"))
            raise Refused(told or languages.told("engine", "engine-does-not-import"))
        notes = self.ready.get("notes")
        self.origin = wire.told(self.ready.get("origin"))
        self.notes = list(map(wire.told, notes)) if isinstance(notes, list) else []

    def _imported(self) -> Any:
        """What a new child says when it has imported the engine. Raises :class:`Refused`."""
        self.ids.clear()
        self.called = set[tuple[object, ...]]()
        self.child = child = self.runner.start()
        child.tell(wire.to_line({**self.first, "tried": self.tries}))
        try:  # up to here the child runs nobody's code but ours
            reply = wire.from_line(child.answer(START_SECONDS, self.limits.reply))
        except NO_ANSWER as error:
            raise WorkerError(f"the worker does not start ({type(error).__name__})") from None
        if reply != {"confined": True}:
            raise WorkerError(str(reply.get("grader error", "the worker does not start")))
        left = max(0.1, min(self.left[self.charged], self.limits.load))
        child.tell(b"{}\n")
        try:
            return wire.from_line(self._answer(left))
        except NO_ANSWER as error:
            told = languages.told("engine", IMPORTING[type(error)], seconds=left)
            raise Refused(told) from None

    def _understood(self) -> Any:
        """What the child says when the engine has been tried out."""
        assert self.child is not None
        self.child.tell(b"{}\n")
        seconds = min(self.left[self.charged], TRYING * self.limits.case)
        reply = wire.from_line(self._answer(seconds, free=self.limits.first))
        if not isinstance(reply, dict) or not {"ready", "error"} & reply.keys():
            raise wire.Unreadable("the reply is to no question that was asked")
        return reply

    def _stop(self) -> None:
        self.runner.stop()
        self.child = None

    # -- lines -------------------------------------------------------------------------------------

    def _tell(self, request: str) -> None:
        assert self.child is not None
        self.ids.append(f"{next(self.numbers)}-{token_hex(8)}")
        self.child.tell(f'{{"id":"{self.ids[-1]}",{request}}}\n'.encode())

    def _reply(self, usual: int, program: Program | None = None) -> dict[str, Any]:
        """The child's answer to the first request that it has not answered."""
        own = self.ids.popleft()
        reply = wire.from_line(self._answer(self._seconds(), usual, self._free(program)))
        if not isinstance(reply, dict) or reply.get("id") != own:
            raise wire.Unreadable("the reply is to no question that was asked")
        self.printed += wire.output(reply.get("output"))[0]
        return reply

    def _seconds(self) -> float:
        return min(self.limits.case, self.left[self.charged])

    def _free(self, program: Program | None) -> float:
        """Seconds more, which are not charged, where an operation is called for the first time in
        the process: it may be compiled then."""
        new = program is not None and self.limits.first and self._calls(program) - self.called
        return self.limits.first if new else 0.0

    @staticmethod
    def _calls(program: Program) -> set[tuple[object, ...]]:
        """What may be compiled for a program: each operation, by the ranks of what it is given."""
        shapes = program.shapes
        return {
            (step.op, program.order > 0, *(len(shapes.get(str(one), ())) for one in step.operands))
            for step in program.steps
        }

    def _answer(self, seconds: float, usual: int = 0, free: float = 0.0) -> bytes:
        """What the child answers; what it takes of the submission's seconds, beyond those that are
        ``free``, and the bytes that it has beyond the ``usual`` length, are counted."""
        assert self.child is not None
        most = usual + min(self.limits.reply, self.spare)
        spent = self.child.spent
        try:
            answer = self.child.answer((seconds + free) * self.runner.margin, most)
        finally:
            took = self.child.spent - spent
            self.left[self.charged] -= max(0.0, took - free)
            if self.charged == CASES:
                self.seconds[self.asked] = self.seconds.get(self.asked, 0.0) + took
        self.spare -= max(0, len(answer) - usual)
        return answer

    @staticmethod
    def usual(program: Program) -> int:
        """How long an honest reply can be, messages aside."""
        numbers = sum(math.prod(shape) for shape in program.shapes.values())
        names = sum(len(name) for name in program.shapes) * 24
        return 48 * numbers + NAME_BYTES * len(program.shapes) + names


class Given:
    """What is given up after ``enough`` times: each time a program's operations are noted, and
    those that all of the like have in common are to blame. Where ``most`` are, it is all."""

    def __init__(self, enough: float, most: float = float("inf")) -> None:
        self.enough, self.most = enough, most
        self.alike: list[tuple[set[str], int]] = []

    def note(self, program: Program, name: str | None = None) -> None:
        """It has happened again: at the step of that ``name``, or at any."""
        own = {step.op for step in program.steps if step.name == name}
        ops = own or {step.op for step in program.steps}
        for number, (common, times) in enumerate(self.alike):
            if common & ops:
                self.alike[number] = common & ops, times + 1
                return
        self.alike.append((ops, 1))

    def up(self, program: Program) -> Step | None:
        """A step of the program that is to blame; None where it is to be tried."""
        ops = {step.op for step in program.steps}
        blamed = [common for common, times in self.alike if times >= self.enough]
        if len(blamed) >= self.most:
            return program.steps[0]
        hopeless = set[str]().union(*(common for common in blamed if common <= ops))
        return next((step for step in program.steps if step.op in hopeless), None)


class _Anew(Engine):
    """An engine each of whose runs is the first of its life."""

    def __init__(self, remote: RemoteEngine) -> None:
        self.remote = remote

    def run(self, program: Program) -> Trace:
        """The trace of the engine, imported anew."""
        return self.remote.traced(program, '"anew":true,')


def _too_slow(trace: Trace) -> Trace:
    """A failure to answer in time."""
    assert trace.failure is not None
    return replace(trace, failure=replace(trace.failure, code=SLOW))


def _failed(message: str, step: str | None = None) -> Trace:
    return Trace({}, failure=Failure("forward", step, message))
