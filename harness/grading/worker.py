"""The process that runs engines: started once, it forks a child for each.

It is trusted code that never runs an engine itself. For each it forks; the child of a submission
confines itself and reads the submission's files, that of an engine at home settles as
:mod:`harness.grading.home` says. Then it reads one program at a time from a pipe, and writes a
trace for each to another. It knows programs and nothing else: no expected value, no other
submission, and where it grades no derivative. Imports numpy and the standard library alone.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from harness import languages
from harness.engines.adapting import adapter
from harness.engines.clock import OutOfTime, allow, clock
from harness.engines.conventions import Conventions
from harness.engines.discovery import understand
from harness.engines.engine import Engine, is_general
from harness.engines.loading import EngineError, load
from harness.engines.running.forward import RunningEngine
from harness.engines.staged.nodes import Recording
from harness.engines.staged.running import run
from harness.engines.trace import Failure, Trace
from harness.engines.writing.script import Asked
from harness.grading import home, wire
from harness.grading.recordings import numbers, packed
from harness.grading.sandbox import confinement, kernel, landlock
from harness.grading.sandbox.confinement import REPLIES, REQUESTS
from harness.grading.work import counted

ADAPTER: Final = (
    "class {} says how it is run, which a submission must leave to the grader: hand in the engine "
    "alone (instructors: --allow-adapters)"
)

SOON: Final = 0.01
"""Seconds for which answers are kept, where more are asked for: each wakes the one who waits."""


def main() -> None:
    """Serve the control socket on the descriptor that the first argument names; or, with ``once``,
    be the child of a single engine on stdin and stdout."""
    settings = json.loads(sys.argv[2])
    languages.prepare(settings["language"])
    if not settings["home"]:
        confinement.become(settings["user"])
    if sys.argv[1] == "once":
        serve(settings, 0, 1)
        return
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if kernel.LIBC is not None:
        kernel.prctl(confinement.ORPHANS, 1)
        kernel.written(kernel.OPENING)  # once, and not in each child
        landlock.places(confinement.HARNESS)
    gc.collect()
    gc.freeze()
    Keeper(control, settings).run()
    os._exit(0)


class Keeper:
    """Forks a child for each request on the control socket, and ends it when asked to."""

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self.control, self.settings = control, settings
        self.child: int | None = None

    def run(self) -> None:
        """Until the socket is closed: ``spawn`` with two descriptors, or ``end``."""
        with suppress(ConnectionError):
            while (received := socket.recv_fds(self.control, 4096, 2))[0]:
                self._end()
                if received[0].startswith(b"spawn"):
                    self.child = self._spawn(*received[1])
                self.control.sendall(b"done")
        self._end()

    def _spawn(self, requests: int, replies: int) -> int:
        child = os.fork()
        if child:
            os.close(requests)
            os.close(replies)
            return child
        try:
            self.control.close()
            serve(self.settings, requests, replies)
        except Exception as error:  # the sandbox itself has failed, no fault of the submission's
            with suppress(OSError):
                reply({"grader error": f"{type(error).__name__}: {error}"[:300]})
        finally:
            os._exit(0)

    def _end(self) -> None:
        """Kills the child and all that it has started, and waits until there is nothing left: what
        has lost its parent is the keeper's, and the first process of a namespace has taken all of
        that with it when it has ended."""
        if self.child is not None:
            os.kill(self.child, signal.SIGKILL)
            self.child = None
        with suppress(ChildProcessError):
            while os.waitpid(-1, 0):
                for orphan in kernel.children(os.getpid()):
                    os.kill(orphan, signal.SIGKILL)


def reply(message: Any) -> None:
    """Says it to the one who asks."""
    say(wire.to_line(message))


def say(lines: bytes) -> None:
    """Says what is in lines already."""
    while lines:
        lines = lines[os.write(REPLIES, lines) :]


def serve(settings: dict[str, Any], requests: int, replies: int, kind: type | None = None) -> None:
    """Be the child: take in an engine, then answer one program after the other. What is forked from
    a session may be given a class of that."""
    lines = _begun(settings, requests, replies)
    first = json.loads(lines.readline())
    try:
        if settings["home"]:
            _serve_at_home(settings, first, lines, kind)
        else:
            _serve_submission(settings, first, lines)
    except EngineError as error:
        told = str(error)
        reply({"error": told if settings["home"] else told.replace(f"{settings['place']}/", "")})


def serve_once(
    settings: dict[str, Any], requests: int, replies: int, work: Callable[[], Any]
) -> None:
    """Be the child of a session: say what some work comes to, at home and in the time of a case."""
    _begun(settings, requests, replies)
    home.settle(settings["shows_output"])
    home.limit(settings["memory"])
    with clock(settings["case"]):
        reply(work())


def _begun(settings: dict[str, Any], requests: int, replies: int) -> BinaryIO:
    """What a child is asked, now that it has its pipes and is confined."""
    os.dup2(requests, REQUESTS)
    os.dup2(replies, REPLIES)
    os.closerange(REPLIES + 1, 256)
    confinement.confine(settings)
    return os.fdopen(REQUESTS, "rb")


def _serve_submission(settings: dict[str, Any], first: dict[str, Any], lines: BinaryIO) -> None:
    folder = settings["place"]
    for entry in os.scandir(folder):  # those of the one before, where there is but one place
        shutil.rmtree(entry) if entry.is_dir(follow_symlinks=False) else os.unlink(entry)
    for name, content in first["files"].items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
    os.chdir(folder)
    confinement.lock(settings)
    if "canaries" in first:
        exec(first["canaries"], scope := {"settings": first["places"]})
        reply({"canaries": scope["found"]})
        lines.readline()  # does not come: it is to be ended
        return
    reply({"confined": True})  # from here on everything may be the submission's
    lines.readline()
    if "staged" in first:
        reply({"ready": True, "recording": packed(_recorded(first))})
        return
    sys.path.insert(0, folder)
    allow(settings["first"])
    engine = _loaded(os.path.join(folder, *first["entry"].split("/")), first.get("name"))
    if not (is_general(type(engine)) or first["adapters"]):
        raise EngineError(ADAPTER.format(type(engine).__name__))
    _understand(engine, first["tried"], lines)
    kind = getattr(engine, "cls", None)
    name = kind.__name__ if isinstance(kind, type) else ""
    reply({"ready": True, "class": name, "renews": engine.renew is not None})
    kept, begin = b"", time.monotonic()
    for line in lines:
        request = json.loads(line)
        asked = _anew(engine) if request.get("anew") else engine
        kept += wire.to_line({"id": request["id"], **_answer(asked, request)})
        if not request.get("more") or time.monotonic() - begin > SOON:
            say(kept)
            kept, begin = b"", time.monotonic()


def _loaded(place: str, name: str | None) -> RunningEngine:
    """The engine in a file: the class of that name, or of another one, where there is no such."""
    if name is not None:
        with suppress(EngineError):
            return load(f"{place}:{name}", tried=False)
    return load(place, tried=False)


def _serve_at_home(
    settings: dict[str, Any], first: dict[str, Any], lines: BinaryIO, kind: type | None
) -> None:
    output = home.settle(settings["shows_output"])
    reply({"confined": True})
    lines.readline()
    home.limit((1 if "staged" in first else home.LOADING) * settings["memory"])
    with clock(settings["load"]):
        if "staged" in first:
            made = packed(_recorded(first))
            reply({"ready": True, "recording": made, "output": output.taken()})
            return
        if "folder" in first:
            reply({"ready": True, "adapter": adapter(first["engine"], Path(first["folder"]))})
            return
        engine = _at_home(first, kind)
        _understand(engine, first["tried"], lines)
    home.limit(settings["memory"])
    known = {"origin": engine.origin, "notes": list(engine.notes)}
    reply({"ready": True, "renews": engine.renew is not None, **known})
    for line in lines:
        request = json.loads(line)
        answer: dict[str, Any] = {"id": request["id"]}
        try:
            with clock(settings["case" if "program" in request else "load"]) as late:
                asked = _anew(engine) if request.get("anew") else engine
                if "program" in request:
                    answer |= _answer(asked, request)
                else:
                    answer["lines"] = asked.describe()
        except OutOfTime as error:  # outside of the engine's own code
            stopped = Trace({}, failure=Failure("forward", None, str(error)))
            answer["trace"] = wire.pack_trace(stopped)
        reply(answer | {"late": bool(late), "output": output.taken()})


def _at_home(first: dict[str, Any], kind: type | None) -> RunningEngine:
    """The engine that is asked for: a file's, one that cells define, or a class that is there."""
    if kind is None and "cells" not in first:
        return load(first["engine"], tried=False)
    from harness.engines import session

    if kind is not None:
        return session.of_class(kind, tried=False)
    return session.of_cells(session.Cells(**first["cells"]), tried=False)


def _recorded(first: dict[str, Any]) -> Recording:
    """What staged code does, run statement by statement, in the time of a case."""
    with clock(first["seconds"]):
        return run(first["staged"], first["file"], numbers(first["inputs"]), first["helpers"])


def _understand(engine: RunningEngine, tried: bool, lines: BinaryIO) -> None:
    """Tries the engine out, now that it is imported; or takes its conventions to be the usual ones,
    where to try it has ended the process before."""
    reply({"imported": True})
    lines.readline()
    if tried:
        understand(engine)
    else:
        engine.conventions = Conventions()


def _anew(engine: Engine) -> Engine:
    """The engine in a new life; the old one, where its file cannot be imported again."""
    with suppress(EngineError):
        return engine.renewed() or engine
    return engine


def _answer(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """What the engine makes of a program: a trace, with the work where that is to be counted; or a
    script that prints something of it."""
    if "print" in request:
        script = engine.written(wire.unpack_program(request["program"]), Asked(*request["print"]))
        return {"script": None if script is None else asdict(script)}
    trace = _traced(engine, request)
    packed = {"trace": wire.pack_trace(trace)}
    return packed if trace.work is None else packed | {"work": asdict(trace.work)}


def _traced(engine: Engine, request: dict[str, Any]) -> Trace:
    engine.order, engine.hangs = request["order"], request.get("hangs", "")
    program = wire.unpack_program(request["program"])
    with np.errstate(all="ignore"):
        return counted(engine, program) if request.get("count") else engine.answer(program)


if __name__ == "__main__":
    main()
