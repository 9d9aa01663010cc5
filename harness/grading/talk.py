"""Talking with the child that an engine is in: it is started, told of programs, and heard.

What comes back was said by a submission: it has a time and a length, which are charged to its
:class:`~harness.grading.account.Account`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from itertools import count
from secrets import token_hex
from typing import Any, Final

from harness import languages
from harness.grading import wire
from harness.grading.account import Account
from harness.grading.sandbox.children import (
    START_SECONDS,
    Child,
    Gone,
    Late,
    Runner,
    TooLong,
    Unanswered,
    WorkerError,
)
from harness.vocabulary.program import Program

TRYING: Final = 3
"""To be tried out, an engine has so many times as long as for a case."""

NAME_BYTES: Final = 400
"""What a name may add to a reply, beside its numbers."""

LENGTH: Final = "_length"
"""Where a program keeps how long a reply about it can be."""

NO_ANSWER: Final = (Unanswered, wire.Unreadable)
"""What comes instead of an answer."""
IMPORTING: Final[Mapping[type[Exception], str]] = {
    Gone: "import-ends",
    Late: "import-takes-long",
    TooLong: "import-writes",
    wire.Unreadable: "import-writes",
}
"""The message where there is no answer to an import."""


class Refused(Exception):
    """The engine cannot be used at all: the message says why, for its author."""


class Talk:
    """With a ``child`` of ``runner``, which is told ``first`` what to find the engine by.

    ``ready`` is what the child has said when the engine was loaded.
    """

    def __init__(self, runner: Runner, first: Mapping[str, Any], account: Account) -> None:
        self.runner, self.first, self.account = runner, first, account
        self.limits, self.tries = account.limits, True
        self.child: Child | None = None
        self.ready = dict[str, Any]()
        self.numbers, self.ids = count(), deque[str]()

    # -- a new life --------------------------------------------------------------------------------

    def start(self) -> None:
        """A child with the engine in it. One that ends, or hangs, while the engine is tried out has
        another chance, in which it is not. Raises :class:`Refused` where the engine does not even
        import, and :class:`WorkerError` where the worker itself fails."""
        reply = self._imported()
        if reply == {"imported": True}:
            try:
                reply = self._understood()
            except NO_ANSWER:
                if not self.tries:
                    raise Refused(languages.told("engine", "ends-after-import")) from None
                self.tries = False
                return self.start()
        self.ready = reply if isinstance(reply, dict) else {}
        if self.ready.get("ready") is not True:
            told = wire.told(self.ready.get("error") or self.ready.get("grader error"))
            raise Refused(told or languages.told("engine", "engine-does-not-import"))

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
        left = max(0.1, min(self.account.left[self.account.charged], self.limits.load))
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
        seconds = min(self.account.left[self.account.charged], TRYING * self.limits.case)
        reply = wire.from_line(self._answer(seconds, free=self.limits.first))
        if not isinstance(reply, dict) or not {"ready", "error"} & reply.keys():
            raise wire.Unreadable("the reply is to no question that was asked")
        return reply

    def stop(self) -> None:
        """Ends the child."""
        self.runner.stop()
        self.child = None

    # -- lines -------------------------------------------------------------------------------------

    def tell(self, *requests: str) -> None:
        """Asks the child, at once: what each request is, but for its id."""
        assert self.child is not None
        own = [f"{next(self.numbers)}-{token_hex(8)}" for _ in requests]
        self.ids += own
        lines = (f'{{"id":"{id}",{one}}}\n' for id, one in zip(own, requests, strict=True))
        self.child.tell("".join(lines).encode())

    def reply(self, usual: int, program: Program | None = None) -> dict[str, Any]:
        """The child's answer to the first request that it has not answered. Raises what is no
        answer."""
        own = self.ids.popleft()
        reply = wire.from_line(self._answer(self.account.case, usual, self.free(program)))
        if not isinstance(reply, dict) or reply.get("id") != own:
            raise wire.Unreadable("the reply is to no question that was asked")
        if program is not None and self.limits.first:
            self.called |= calls(program)
        return reply

    def free(self, program: Program | None) -> float:
        """Seconds more, which are not charged, where an operation is called for the first time in
        the process: it may be compiled then."""
        new = program is not None and self.limits.first and calls(program) - self.called
        return self.limits.first if new else 0.0

    def _answer(self, seconds: float, usual: int = 0, free: float = 0.0) -> bytes:
        """What the child answers; the seconds that it takes, beyond those that are ``free``, and
        the bytes that it has beyond the ``usual`` length, are counted."""
        assert self.child is not None
        most = usual + min(self.limits.reply, self.account.spare)
        spent = self.child.spent
        try:
            answer = self.child.answer((seconds + free) * self.runner.margin, most)
        finally:
            self.account.take(self.child.spent - spent, free)
        self.account.spare -= max(0, len(answer) - usual)
        return answer


def calls(program: Program) -> set[tuple[object, ...]]:
    """What may be compiled for a program: each operation, by the ranks of what it is given."""
    shapes = program.shapes
    return {
        (step.op, program.order > 0, *(len(shapes.get(str(one), ())) for one in step.operands))
        for step in program.steps
    }


def usual(program: Program) -> int:
    """How long an honest reply can be, messages aside: worked out once, as a class is asked the
    same."""
    known = vars(program)
    if LENGTH not in known:
        numbers = sum(math.prod(shape) for shape in program.shapes.values())
        names = sum(len(name) for name in program.shapes) * 24
        known[LENGTH] = 48 * numbers + NAME_BYTES * len(program.shapes) + names
    length: int = known[LENGTH]
    return length
