"""An engine in another process: every program is run there, every trace comes from there."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from typing import Any, Final

from harness import languages
from harness.engines.engine import Engine, EngineError
from harness.engines.failures import printable
from harness.engines.trace import SLOW, Failure, Trace
from harness.engines.writing.script import Asked, Script
from harness.grading import wire
from harness.grading.account import AGAIN, CASES, Account
from harness.grading.relabelling import named_back, relabelled
from harness.grading.sandbox.children import Gone, Late, Limits, Runner, TooLong, Unanswered
from harness.grading.talk import NO_ANSWER, Refused, Talk, usual
from harness.vocabulary.program import Program

RENEWALS: Final = 3
"""How many failed cases of a submission are tried again in a new life, to see whether an earlier
graph is to blame."""

AHEAD: Final = 1
"""So many programs an engine is told of in advance, lest it wait for the judge."""

TOGETHER: Final = 16
"""So many a submission is told of at once, lest it and the judge wake each other for each."""

MORE: Final = '"more":true,'
"""Of a request that another follows at once: its answer may come with that one's."""


class RemoteEngine(Engine):
    """An engine whose ``run`` asks a child of ``runner``.

    ``first`` is what the child is told to find it by; ``limits`` are the runner's, where no others
    are given. A child that ends, hangs or talks nonsense
    fails the case and is started anew, up to ``limits.restarts`` times; after that, and when the
    engine's time is up, every further case fails. Raises :class:`~harness.grading.talk.Refused`
    where the engine does not even import, and
    :class:`~harness.grading.sandbox.children.WorkerError` where the worker itself fails.

    Where ``relabels`` is given, programs are asked under names, and in an order, that come of it.
    ``printed`` is how many lines the child has printed, which is known at home alone.
    """

    def __init__(
        self, runner: Runner, first: Mapping[str, Any], limits: Limits | None = None
    ) -> None:
        self.runner, self.relabels = runner, ""
        self.account = Account(limits or runner.limits, runner.at_home)
        self.talk = Talk(runner, first, self.account)
        self.renewals = 0
        self.alone = False
        self.begun = deque[tuple[str, Program]]()
        self.done: dict[int, tuple[Program, Trace]] = {}
        self._start()

    # -- what is asked -----------------------------------------------------------------------------

    def next_case(self, id: str = "") -> None:
        """From here on a case is asked. What is asked after its first run is the judge's own wish
        to know more: it costs the submission nothing, and has as long again."""
        self.account.charged, self.account.asked = CASES, id

    def begin(self, program: Program) -> None:
        """Has the engine run a program for which it will be asked, while others are judged."""
        self.begin_together([("", program)])

    def begin_together(self, cases: Sequence[tuple[str, Program]]) -> None:
        """Has the engine run the programs of cases for which it will be asked, in this order."""
        if self.talk.child is None or (self.alone and len(cases) > 1):
            return
        tried = [one for one in cases if self.account.hopeless(one[1]) is None]
        last = len(tried) - 1
        self.talk.tell(*(self._request(p, MORE * (i < last)) for i, (_, p) in enumerate(tried)))
        self.begun += tried

    def run(self, program: Program) -> Trace:
        """The trace that the engine answers with, or the failure to answer."""
        return self.traced(program)

    def counted(self, program: Program) -> Trace:
        """The trace with the work that it took. It is the judge's own wish to know."""
        self.account.charged = AGAIN
        return self.traced(program, '"count":true,')

    def traced(self, program: Program, more: str = "") -> Trace:
        """The trace of the program with what ``more`` asks for. What was begun before is heard
        first, and kept until somebody asks for it."""
        plain = not more and not self.order
        self._hear_begun(program if plain else None)
        if plain and id(program) in self.done:
            self.account.charged = AGAIN
            return self.done.pop(id(program))[1]
        try:
            account = self.account
            hopeless = account.spent() if "count" in more else account.hopeless(program)
            return hopeless or self._asked(program, more)
        finally:
            self.account.charged = AGAIN

    def _hear_begun(self, program: Program | None = None) -> None:
        """Hears what was begun, until the program is among it."""
        account = self.account
        asked, charged = account.asked, account.charged
        while self.begun and id(program) not in self.done:
            case, begun = self.begun.popleft()
            account.asked, account.charged = case or asked, CASES
            trace = self._heard(begun, together=len(self.begun) > 0 and bool(case))
            if trace is not None:
                self.done[id(begun)] = begun, trace
        account.asked, account.charged = asked, charged
        while len(self.done) > TOGETHER:  # one that nobody has asked for
            del self.done[next(iter(self.done))]

    def written(self, program: Program, asked: Asked) -> Script | None:
        """The program in the engine's own class, as the child has written and tried it. It is the
        judge's own wish to know."""
        self._hear_begun()
        self.account.charged = AGAIN
        if self.talk.child is None or self.account.hopeless(program) is not None:
            return None
        self.talk.tell(self._request(program, f'"print":{json.dumps(astuple(asked))},'))
        try:
            return wire.script(self._reply(usual(program)).get("script"))
        except wire.Unreadable as error:
            self._lost(str(error))
        except Unanswered as error:
            self._lost(error.told())
        return None

    def _asked(self, program: Program, more: str) -> Trace:
        if self.talk.child is None:
            try:
                self._start()
            except Refused as error:
                return self._lost(str(error))
        self.talk.tell(self._request(program, more))
        trace = self._heard(program)
        assert trace is not None
        return trace

    def _request(self, program: Program, more: str = "") -> str:
        if told := self.account.hangs(program):
            more += f'"hangs":{json.dumps(told)},'
        if '"print"' not in more:
            program, _ = self._as_asked(program)
        return f'{more}"order":{self.order},"program":"{wire.pack_program(program)}"'

    def _as_asked(self, program: Program) -> tuple[Program, Mapping[str, str]]:
        """The program as the child is asked it, and what each of its names is called here."""
        return relabelled(program, self.relabels) if self.relabels else (program, {})

    def _heard(self, program: Program, together: bool = False) -> Trace | None:
        """What the child answers about the program that it has been told of first. None where it
        was told of several ``together`` and there is no answer: any of them may be to blame, and
        they are asked one by one."""
        left = dict(self.account.left)
        limit = self.account.case + self.talk.free(program)
        try:
            reply = self._reply(usual(program), program)
            other, names = self._as_asked(program)
            trace = named_back(wire.trace(reply.get("trace"), other), names)
        except NO_ANSWER as error:
            if together:
                self.account.left = left
                self._part()
                return None
            return self._unanswered(program, error, limit)
        late = reply.get("late") is True
        if late:
            self.account.note(program, trace)
        said, work = wire.output(reply.get("output"))[1], wire.work(reply.get("work"))
        if said or work is not None or late:
            trace = replace(trace, said=said, work=work, ended=late)
        return trace

    def _reply(self, usual: int, program: Program | None = None) -> dict[str, Any]:
        reply = self.talk.reply(usual, program)
        self.printed += wire.output(reply.get("output"))[0]
        return reply

    def _unanswered(self, program: Program, error: Exception, limit: float) -> Trace:
        """The failure to answer in so many seconds, or at all."""
        if isinstance(error, Late):
            self.account.late()
            return self._cut_off(program, error.told(limit), SLOW)
        if isinstance(error, Gone):
            return self._cut_off(program, error.told())
        if isinstance(error, Unanswered):
            return self._lost(error.told(), None if isinstance(error, TooLong) else program)
        return self._lost(str(error))

    def _cut_off(self, program: Program, told: str, code: str = "") -> Trace:
        """What is known of a program that has not come to its end, or has ended the process: its
        values, where they come when nothing else is asked, so that it is the backward pass which
        does that."""
        slow, account = code == SLOW, self.account
        if self.runner.at_home or (not slow and not program.order):
            lost = self._lost(told, program)
            return _too_slow(lost) if slow else lost
        failed, charged = self._lost(told), account.charged
        account.deaths -= 1  # what is not run again ends nothing else
        account.charged = AGAIN
        values = failed
        if program.order:
            values = self._asked(replace(program, order=0, backward_calls=1), "")
        account.charged = charged
        if values.failure is not None and slow:
            account.endless_forward.note(program)
            return _too_slow(failed)
        if values.failure is not None:
            return failed
        account.endless_backward.note(program)
        return replace(values, failure=Failure("backward", None, told, code=code), ended=True)

    def _lost(self, message: str, program: Program | None = None) -> Trace:
        """The failure to answer; what the child was told beside it is lost, too. Where the
        ``program`` is to blame, it is noted."""
        trace = self.account.lost(message, program)
        self._part()
        return replace(trace, ended=True)

    def _part(self) -> None:
        """Ends the child; what it was told of is told to another, one program at a time."""
        self.alone = True
        self.begun.clear()
        self.talk.stop()

    # -- a new life --------------------------------------------------------------------------------

    def _start(self) -> None:
        """A child with the engine in it."""
        self.talk.start()
        notes = self.talk.ready.get("notes")
        self.origin = wire.told(self.talk.ready.get("origin"))
        self.notes = list(map(wire.told, notes)) if isinstance(notes, list) else []

    def renewed(self) -> Engine | None:
        """A new life of the engine: its file is imported anew. What compiles is given a new
        process, in which it has the time for that. A submission has few new lives."""
        if self.talk.child is None:
            return None
        graded = self.account.limits.submission < float("inf")
        if graded and self.renewals >= RENEWALS:
            return None
        self.renewals += 1
        if self.talk.ready.get("renews") is True and not self.account.limits.first:
            return _Anew(self)
        return self._reborn() if graded else None

    def _reborn(self) -> Engine | None:
        """The engine in a new process."""
        self._hear_begun()
        try:
            self._start()
        except Refused:
            self.talk.stop()
            return None
        return self

    def describe(self) -> list[str]:
        """What was understood of an engine at home; nothing is known of a submission."""
        self.talk.tell('"describe":true')
        try:
            return list(map(printable, self._reply(self.account.limits.reply)["lines"]))
        except (*NO_ANSWER, KeyError):
            raise EngineError(languages.told("engine", "ends-while-tried")) from None


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
