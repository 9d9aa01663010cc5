"""Processes in which engines run: started, asked with a clock, and ended.

A :class:`Runner` starts one trusted worker, which forks a child for each engine, or, where there is
no fork, a Python of its own for each; a :class:`Child` is asked for one trace at a time. The one
who asks keeps the clock, caps what is read, and kills.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Queue
from typing import Any, Final, Self

from harness import languages
from harness.engines.clock import stalled
from harness.grading.sandbox import kernel

START_SECONDS: Final = 20.0
STALLED_TIMES: Final = 4.0
"""On a machine that is busy with other things the clock stands while a child waits for a
processor, for at most so many times its seconds."""
END_SECONDS: Final = 5.0
"""What a keeper has to end itself, and what it has started before."""
LEAST_STALL: Final = 0.01
"""Seconds; less is not worth waiting for."""
LONG: Final = 0.05
"""Seconds; of an answer that takes longer it is asked how much of them the child has waited for a
processor."""
PART: Final = 1 << 16
CODE: Final = "import sys; sys.path[:0] = {!r}; from harness.grading.worker import main; main()"
"""What a worker runs, with the places at which it finds what it imports."""


class WorkerError(Exception):
    """The worker itself does not work: no fault of any engine's."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for a case, for loading an engine, and for all that it is asked; bytes of memory, and
    of a reply; how often an engine that has ended or hung is started anew. ``first``: seconds that
    the first call of each operation in a process has beside, for what is compiled then."""

    case: float = 2.0
    load: float = 30.0
    submission: float = 30.0
    memory: int = 1 << 30
    reply: int = 1 << 20
    restarts: float = 3
    first: float = 0.0


class Unanswered(Exception):
    """The child has given no answer; ``id`` is that of the message that says why."""

    id = ""

    def told(self, seconds: float = 0.0) -> str:
        """Why there is none, of a case that had so many seconds."""
        return languages.told("engine", self.id, seconds=seconds)


class Gone(Unanswered):
    """It has ended."""

    id = "no-end-to-process"


class Late(Unanswered):
    """It has not answered in time."""

    id = "no-answer-within"


class TooLong(Unanswered):
    """Its answer is longer than any that it could rightly give."""

    id = "answer-too-long"


class Child:
    """A process with one engine in it, which answers a line with a line.

    It is asked with a clock that stands while it has no processor to run on: ``spent`` are the
    seconds that it has been waited for otherwise.
    """

    def __init__(self) -> None:
        self.spent = self.stood = self.deadline = self.patience = 0.0
        self.received = bytearray()
        self.owed = 0
        self.unasked = False

    def tell(self, lines: bytes) -> None:
        """Gives it lines to answer, at once or when it has answered those before."""
        self.unasked = self.unasked or bool(self.received and not self.owed)
        self.owed += lines.count(b"\n")
        self._write(lines)

    def answer(self, seconds: float, most: int) -> bytes:
        """Its line, of ``most`` bytes, about the first that it has not answered; raises
        :class:`Unanswered`."""
        begin, stood = time.monotonic(), self.stood
        self.deadline, self.patience = begin + seconds, STALLED_TIMES * seconds
        try:
            return self._line(most)
        finally:
            taken = time.monotonic() - begin
            if taken > LONG:
                self._stand(taken - (self.stood - stood))
            self.spent += taken - (self.stood - stood)

    def _line(self, most: int) -> bytes:
        """The first line that there is; none may be there that was not asked for."""
        self.owed -= 1
        if self.unasked:
            raise TooLong
        seen = 0
        while (end := self.received.find(b"\n", seen)) < 0:
            seen = len(self.received)
            if seen > most:
                raise TooLong
            part = self._read()
            if not part:
                raise Gone
            self.received += part
        line = bytes(self.received[: end + 1])
        del self.received[: end + 1]
        return line

    def _left(self) -> float:
        """The seconds that the child has left, more than none. Raises :class:`Late`."""
        while (left := self.deadline - time.monotonic()) <= 0:
            more = self._stand(self.patience)
            if more < LEAST_STALL:
                raise Late
            self.deadline += more
        return left

    def _stand(self, most: float) -> float:
        """Has the clock stand while the child had no processor, for ``most`` seconds and as long as
        there is patience; the seconds."""
        more = max(0.0, min(self._stalled() - self.stood, self.patience, most))
        self.stood += more
        self.patience -= more
        return more

    def _stalled(self) -> float:
        """The seconds that the process has waited for a processor in all its life."""
        raise NotImplementedError

    def _write(self, line: bytes) -> None:
        """Gives it the line, without waiting until it takes it."""
        raise NotImplementedError

    def _read(self) -> bytes:
        """Some more of what it says; nothing when it has ended. Raises :class:`Late`."""
        raise NotImplementedError

    def end(self) -> None:
        """Ends it, and all that it has started."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends it, and forgets it."""
        raise NotImplementedError


class Forked(Child):
    """A child of the keeper, asked over two pipes."""

    def __init__(self, runner: Runner, requests: int, replies: int) -> None:
        super().__init__()
        self.runner, self.requests, self.replies = runner, requests, replies
        os.set_blocking(requests, False)
        os.set_blocking(replies, False)
        self.waiting = bytearray()

    def _stalled(self) -> float:
        """That of the youngest process below the keeper's, which is the child."""
        assert self.runner.process is not None
        return stalled(str(kernel.below(self.runner.process.pid)[-1]))

    def _write(self, line: bytes) -> None:
        self.waiting += line
        self._push()

    def _push(self) -> None:
        try:
            del self.waiting[: os.write(self.requests, self.waiting)]
        except BlockingIOError:  # the other end may have made the pipe smaller
            pass
        except BrokenPipeError:
            self.waiting.clear()

    def _read(self) -> bytes:
        while True:
            writing = [self.requests] if self.waiting else []
            readable, writable, _ = select.select([self.replies], writing, [], self._left())
            if writable:
                self._push()
            if readable:
                return os.read(self.replies, PART)

    def end(self) -> None:
        self.runner.say(b"end")

    def close(self) -> None:
        os.close(self.requests)
        os.close(self.replies)
        self.end()


class Single(Child):
    """A Python of its own, where there is no keeper. Asked through threads: not every system can
    wait for a pipe."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__()
        self.process = process
        self.parts: Queue[bytes] = Queue(maxsize=64)
        self.lines: Queue[bytes] = Queue()
        self.closed = False
        for work in (self._pull, self._push):
            threading.Thread(target=work, daemon=True).start()

    def _stalled(self) -> float:
        return stalled(str(self.process.pid))

    def _write(self, line: bytes) -> None:
        self.lines.put(line)

    def _push(self) -> None:
        assert self.process.stdin is not None
        with suppress(OSError, ValueError):
            while not self.closed:
                self.process.stdin.write(self.lines.get())
                self.process.stdin.flush()

    def _pull(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            part = b"more"
            while part and not self.closed:
                part = os.read(pipe.fileno(), PART)
                self.parts.put(part)

    def _read(self) -> bytes:
        while True:
            with suppress(Empty):
                return self.parts.get(timeout=self._left())

    def end(self) -> None:
        _kill(self.process)

    def close(self) -> None:
        self.closed = True
        self.end()
        self.lines.put(b"")
        while not self.parts.empty():
            self.parts.get()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kills a process that leads a group, the group, and what can be found below it."""
    for pid in kernel.below(process.pid)[1:]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


class Runner:
    """Starts children one at a time; for each process that judges there is one.

    ``keeper``: one process that has everything imported forks the children. ``cwd``: the folder
    that they begin in, ``environment`` what they find there. ``margin``: how many times its seconds
    a child is waited for, where it has a clock of its own.
    """

    keeper: bool
    environment: Mapping[str, str]
    cwd: str | None = "/"
    at_home = False
    shows_output = False
    margin = 1.0

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        self.child: Child | None = None

    def start(self) -> Child:
        """A child that waits for an engine; the one before it is ended."""
        self.stop()
        if self.keeper:
            self.child = self._forked()
        else:
            self.child = Single(self._started("once", pipes=subprocess.PIPE))
        return self.child

    def stop(self) -> None:
        """Ends the child."""
        child, self.child = self.child, None  # first, lest it be closed twice: a signal may come
        if child is not None:
            child.close()

    def close(self) -> None:
        """Ends everything."""
        self.stop()
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _command(self, mode: str) -> list[str]:
        """What starts a worker: ``mode`` is ``once``, or the keeper's control socket."""
        raise NotImplementedError

    def _started(
        self,
        mode: str,
        pipes: int = subprocess.DEVNULL,
        errors: Any = subprocess.DEVNULL,
        passed: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command(mode),
            stdin=pipes,
            stdout=pipes,
            stderr=None if self.shows_output else errors,
            env=self.environment,
            pass_fds=passed,
            start_new_session=True,
            cwd=self.cwd,
        )

    def say(self, message: bytes, descriptors: tuple[int, ...] = ()) -> None:
        """Tells the keeper, and waits until it has done so; starts it anew if it is gone."""
        for _ in range(2):
            with suppress(OSError):
                self.control = self.control or self._begun()
                socket.send_fds(self.control, [message], list(descriptors))
                if self.control.recv(16) == b"done":
                    return
            told = self._complaint()
            self._end()
            if message == b"end":
                return  # with the keeper, its child has gone
        raise WorkerError(languages.told("engine", "worker-does-not-start-told", told=told))

    def _begun(self) -> socket.socket:
        """A keeper's control socket."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        ours.settimeout(START_SECONDS)
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115, closed with us
        with theirs:
            passed = theirs.fileno()
            self.process = self._started(str(passed), errors=self.errors, passed=(passed,))
        return ours

    def _complaint(self) -> str:
        if self.process is None:
            return languages.told("engine", "it-has-ended")
        self.errors.seek(0)
        text = self.errors.read().decode(errors="replace").strip()
        return text[-300:] or languages.told("engine", "says-nothing")

    def _end(self) -> None:
        if self.control is not None:
            self.control.close()
            self.control = None
        if self.process is not None:
            try:
                self.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                _kill(self.process)
            self.process = None
            self.errors.close()

    def _forked(self) -> Child:
        inner, requests = os.pipe()
        replies, outer = os.pipe()
        try:
            self.say(b"spawn", (inner, outer))
        except WorkerError:
            os.close(requests)
            os.close(replies)
            raise
        finally:
            os.close(inner)
            os.close(outer)
        return Forked(self, requests, replies)
