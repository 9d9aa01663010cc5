"""A submission as an engine: every program is run in the sandbox, every trace comes from there."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import count
from secrets import token_hex
from typing import Final

from harness.engines.engine import Engine
from harness.engines.trace import Failure, Trace
from harness.grading import wire
from harness.grading.sandbox import (
    START_SECONDS,
    Child,
    Gone,
    Late,
    Limits,
    Sandbox,
    SandboxError,
    TooLong,
)
from harness.language.program import Program

RENEWALS: Final = 3
"""How many failed cases are tried again in a new process, to see whether an earlier graph is to
blame."""

NAME_BYTES: Final = 400
"""What a name may add to a reply, beside its numbers."""

SPARE: Final = 8
"""How many replies of the greatest length a submission may fill with what it was not asked for."""


CASES, AGAIN = "cases", "again"
"""What a submission's seconds are for: the cases, and what the judge asks once more."""


class Refused(Exception):
    """The submission cannot be used at all: the message says why, for its author."""


class RemoteEngine(Engine):
    """An engine whose ``run`` asks a child of ``sandbox``.

    A child that ends, hangs or talks nonsense fails the case and is started anew, up to
    ``limits.restarts`` times; after that, and when the submission's time is up, every further case
    fails. Raises :class:`Refused` where the submission does not even import, and
    :class:`SandboxError` where the sandbox itself fails.
    """

    def __init__(self, sandbox: Sandbox, files: Mapping[str, bytes], entry: str) -> None:
        self.sandbox, self.files, self.entry = sandbox, files, entry
        self.limits: Limits = sandbox.limits
        self.left = dict.fromkeys((CASES, AGAIN), self.limits.submission)
        self.charged = CASES
        self.spare = SPARE * self.limits.reply
        self.child: Child | None = None
        self.restarts = self.renewals = 0
        self.ids = count()
        self.known: tuple[Program, bytes] | None = None
        self._start()

    def turn_to(self, program: Program, text: bytes) -> None:
        """The next case: its program, packed already. What is asked after its first run is the
        judge's own wish to know more: it costs the submission nothing, and has as long again."""
        self.known, self.charged = (program, text), CASES

    def run(self, program: Program) -> Trace:
        """The trace that the submission answers with, or the failure to answer."""
        try:
            return self._run(program)
        finally:
            self.charged = AGAIN

    def _run(self, program: Program) -> Trace:
        known = self.known is not None and self.known[0] is program
        text = self.known[1] if known and self.known is not None else packed(program)
        if self.left[self.charged] <= 0:
            return _failed(f"the submission's {self.limits.submission:g} s are used up")
        if self.child is None:
            if self.restarts >= self.limits.restarts:
                return _failed(f"not run: the process has ended {self.restarts + 1} times before")
            self.restarts += 1
            try:
                self._start()
            except Refused as error:
                return _failed(str(error))
        assert self.child is not None
        own = f"{next(self.ids)}-{token_hex(8)}"
        line = b'{"id":"%s","order":%d,"program":%s}\n' % (own.encode(), self.order, text)
        seconds = min(self.limits.case, self.left[self.charged])
        try:
            reply = wire.from_line(self._ask(line, seconds, self._usual(program)))
            if not isinstance(reply, dict) or reply.get("id") != own:
                raise wire.Unreadable("the reply is to no question that was asked")
            return wire.trace(reply.get("trace"), program)
        except Gone:
            message = "the process ended without an answer"
        except Late:
            message = f"no answer within {seconds:.3g} s"
        except TooLong:
            message = "the answer is longer than it can be"
        except wire.Unreadable as error:
            message = str(error)
        self._stop()
        return _failed(message)

    @property
    def ended(self) -> bool:
        """Whether it would have to be started anew, of which there are few times."""
        return self.child is None

    def renewed(self) -> RemoteEngine | None:
        """A new life of the submission, for the first few failed cases."""
        if self.renewals >= RENEWALS or self.child is None:
            return None
        self.renewals += 1
        try:
            self._start()
        except Refused:
            self._stop()
            return None
        return self

    def describe(self) -> list[str]:
        """Nothing: what is known of a submission stays in the sandbox."""
        return []

    def _start(self) -> None:
        first = {"files": self.sandbox.pack(self.files), "entry": self.entry}
        self.child = child = self.sandbox.start()
        try:  # up to here the child runs nobody's code but ours
            reply = wire.from_line(child.ask(wire.to_line(first), START_SECONDS, self.limits.reply))
        except (Gone, Late, TooLong, wire.Unreadable) as error:
            raise SandboxError(f"the worker does not start ({type(error).__name__})") from None
        if reply != {"confined": True}:
            raise SandboxError(str(reply.get("grader error", "the worker does not start")))
        left = max(0.1, self.left[self.charged])
        try:
            reply = wire.from_line(self._ask(b"{}\n", left))
        except Gone:
            raise Refused("the process ends while the submission is imported") from None
        except Late:
            raise Refused(f"the import takes more than {left:.0f} s") from None
        except (TooLong, wire.Unreadable):
            raise Refused("the import writes where it must not") from None
        if not isinstance(reply, dict) or reply.get("ready") is not True:
            told = reply.get("error") if isinstance(reply, dict) else None
            raise Refused(wire.told(told) or "the submission does not import")

    def _stop(self) -> None:
        self.sandbox.stop()
        self.child = None

    def _ask(self, line: bytes, seconds: float, usual: int = 0) -> bytes:
        """The answer of the child; what it takes of the submission's seconds, and the bytes that it
        has beyond the ``usual`` length, are counted."""
        assert self.child is not None
        most = usual + min(self.limits.reply, self.spare)
        spent = self.child.spent
        try:
            answer = self.child.ask(line, seconds, most)
        finally:
            self.left[self.charged] -= self.child.spent - spent
        self.spare -= max(0, len(answer) - usual)
        return answer

    @staticmethod
    def _usual(program: Program) -> int:
        """How long an honest reply can be, messages aside."""
        numbers = sum(math.prod(shape) for shape in program.shapes.values())
        names = sum(len(name) for name in program.shapes) * 24
        return 48 * numbers + NAME_BYTES * len(program.shapes) + names


def packed(program: Program) -> bytes:
    """A program as it is put into a request."""
    return json.dumps(wire.pack_program(program), separators=(",", ":")).encode()


def _failed(message: str) -> Trace:
    return Trace({}, failure=Failure("forward", None, message))
