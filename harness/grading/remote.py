"""A submission as an engine: every program is run in the sandbox, every trace comes from there."""

from __future__ import annotations

import json
import time
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
        self.deadline = time.monotonic() + self.limits.submission
        self.child: Child | None = None
        self.restarts = self.renewals = 0
        self.ids = count()
        self.known: tuple[Program, bytes] | None = None
        self._start()

    def run(self, program: Program) -> Trace:
        """The trace that the submission answers with, or the failure to answer. The program of
        ``known`` is packed already."""
        known = self.known is not None and self.known[0] is program
        text = self.known[1] if known and self.known is not None else packed(program)
        left = self.deadline - time.monotonic()
        if left <= 0:
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
        line = b'{"id":"%s","program":%s}\n' % (own.encode(), text)
        try:
            seconds = min(self.limits.case, left)
            reply = wire.from_line(self.child.ask(line, seconds, self._most(program)))
            if not isinstance(reply, dict) or reply.get("id") != own:
                raise wire.Unreadable("the reply is to no question that was asked")
            return wire.trace(reply.get("trace"), program)
        except Gone:
            message = "the process ended without an answer"
        except Late:
            message = f"no answer within {self.limits.case:g} s"
        except TooLong:
            message = "the answer is longer than it can be"
        except wire.Unreadable as error:
            message = str(error)
        self._stop()
        return _failed(message)

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
        left = max(0.1, self.deadline - time.monotonic())
        try:  # up to here the child runs nobody's code but ours
            reply = wire.from_line(child.ask(wire.to_line(first), START_SECONDS, self.limits.reply))
        except (Gone, Late, TooLong, wire.Unreadable) as error:
            raise SandboxError(f"the worker does not start ({type(error).__name__})") from None
        if reply != {"confined": True}:
            raise SandboxError(str(reply.get("grader error", "the worker does not start")))
        try:
            reply = wire.from_line(child.ask(b"{}\n", left, self.limits.reply))
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

    def _most(self, program: Program) -> int:
        """How long an honest reply can be."""
        sizes = 0
        for shape in program.shapes.values():
            size = 1
            for length in shape:
                size *= length
            sizes += size
        longest = sum(len(name) for name in program.shapes) * 24
        return self.limits.reply + 40 * sizes + NAME_BYTES * len(program.shapes) + longest


def packed(program: Program) -> bytes:
    """A program as it is put into a request."""
    return json.dumps(wire.pack_program(program), separators=(",", ":")).encode()


def _failed(message: str) -> Trace:
    return Trace({}, failure=Failure("forward", None, message))
