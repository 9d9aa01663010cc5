"""The process that runs engines: started once, it forks a child for each.

It is trusted code that never runs an engine itself. For each it forks; the child of a submission
confines itself and reads the submission's files, that of an engine at home settles as
:mod:`harness.grading.home` says. Then it reads one program at a time from a pipe, and writes a
trace for each to another. It knows programs and nothing else: no expected value, no other
submission, and where it grades no derivative. Imports numpy and the standard library alone; Linux'
own calls are made through ctypes.
"""

from __future__ import annotations

import base64
import ctypes
import gc
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from harness.engines.adapting import adapter
from harness.engines.clock import OutOfTime, clock
from harness.engines.conventions import Conventions
from harness.engines.discovery import understand
from harness.engines.engine import Engine, is_general
from harness.engines.loading import EngineError, load
from harness.engines.running.forward import RunningEngine
from harness.engines.trace import Failure, Trace
from harness.grading import home, kernel, landlock, wire
from harness.grading.work import counted

NEW_NAMESPACES: Final = 0x10000000 | 0x00020000 | 0x20000000 | 0x08000000 | 0x40000000 | 0x04000000
"""CLONE_NEWUSER, NEWNS, NEWPID, NEWIPC, NEWNET and NEWUTS."""
READ_ONLY, REMOUNT, PRIVATE, NO_SUID, NO_DEV, NO_EXEC = 1, 32, 1 << 18 | 1 << 14, 2, 4, 8
SET_MOUNTS, RECURSIVE = 442, 0x8000
"""mount_setattr, which has the same number on all processors, and AT_RECURSIVE."""
NO_NEW_PRIVILEGES, DEATH_SIGNAL, DROP_BOUND, DUMPABLE, ORPHANS = 38, 1, 24, 4, 36
"""Options of prctl, the last of them PR_SET_CHILD_SUBREAPER."""
FIRST_TO_DIE: Final = "1000"
"""Where the machine has no memory left, it ends a submission before all else (oom_score_adj)."""

PACKAGE: Final = str(Path(wire.__file__).resolve().parents[1])
"""Where the harness lies: closed to submissions."""

ADAPTER: Final = (
    "class {} says how it is run, which a submission must leave to the grader: hand in the engine "
    "alone (instructors: --allow-adapters)"
)

Reply = Callable[[Any], None]

REQUESTS, REPLIES = 10, 11
"""The descriptors of the pipes in a child."""


def main() -> None:
    """Serve the control socket on the descriptor that the first argument names; or, with ``once``,
    be the child of a single engine on stdin and stdout."""
    settings = json.loads(sys.argv[2])
    if not settings["home"]:
        _become(settings["user"])
    if sys.argv[1] == "once":
        os.dup2(0, REQUESTS)
        os.dup2(1, REPLIES)
        _confine(settings)
        serve(settings)
        return
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(ORPHANS, 1, 0, 0, 0)
        kernel.written(kernel.OPENING)  # once, and not in each child
        landlock.places(PACKAGE)
    gc.collect()
    gc.freeze()
    Keeper(control, settings).run()
    os._exit(0)


def _become(user: int | None) -> None:
    """Another user, if root asks for one."""
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        if sys.platform == "linux":  # or its own /proc would not be its own any more
            ctypes.CDLL(None).prctl(DUMPABLE, 1, 0, 0, 0)


class Keeper:
    """Forks a child for each request on the control socket, and ends it when asked to."""

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self.control, self.settings = control, settings
        self.child: int | None = None
        self.clears = not (settings["home"] or settings["namespaces"] or settings["folder"])
        """Whether one submission's files lie where the next one's will."""

    def run(self) -> None:
        """Until the socket is closed: ``spawn`` with two descriptors, or ``end``."""
        while True:
            try:
                message, descriptors, _, _ = socket.recv_fds(self.control, 4096, 2)
            except ConnectionError:
                break
            if not message:
                break
            self._end()
            if message.startswith(b"spawn"):
                self.child = self._spawn(*descriptors)
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
            os.dup2(requests, REQUESTS)
            os.dup2(replies, REPLIES)
            os.closerange(REPLIES + 1, 256)
            _confine(self.settings)
            serve(self.settings)
        except Exception as error:
            _last_words(error)
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
        if self.clears:
            for entry in os.scandir(self.settings["place"]):
                shutil.rmtree(entry) if entry.is_dir(follow_symlinks=False) else os.unlink(entry)


def _last_words(error: BaseException) -> None:
    """Tells the judge that the sandbox itself has failed, which is no fault of the submission."""
    with suppress(OSError):
        os.write(REPLIES, wire.to_line({"grader error": f"{type(error).__name__}: {error}"[:300]}))


# -- confinement -----------------------------------------------------------------------------------


def _confine(settings: dict[str, Any]) -> None:
    """Everything that holds for the child and for all that it may start; each layer where the
    machine offers it. What really holds is found out by :mod:`harness.grading.canaries`."""
    _redirect(settings)
    with suppress(OSError):
        _write("/proc/self/oom_score_adj", FIRST_TO_DIE)
    if hasattr(os, "setsid"):
        with suppress(OSError):  # it may lead a session already
            os.setsid()
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if settings["home"]:
            return
        if settings["namespaces"]:
            _unshare(libc, settings)
        libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        libc.prctl(DUMPABLE, 0, 0, 0, 0)


def _redirect(settings: dict[str, Any]) -> None:
    """Nothing to read, and nobody who reads; what is to be shown goes to stderr."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    if settings["home"] and settings["shows_output"]:
        os.dup2(2, 1)
    else:
        os.dup2(null, 1)
        os.dup2(null, 2)
    os.close(null)


def _unshare(libc: ctypes.CDLL, settings: dict[str, Any]) -> None:
    """Namespaces of the child's own: it sees no other process, no network and no /proc."""
    user, group = os.getuid(), os.getgid()
    if libc.unshare(NEW_NAMESPACES):
        raise OSError(ctypes.get_errno(), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")
    child = os.fork()  # the first in its own process namespace
    if child:
        os.closerange(REQUESTS, REPLIES + 1)
        os.waitpid(child, 0)
        os._exit(0)
    os.setsid()  # no signal to its group reaches the one that waits for it
    libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    _mount(libc, "none", "/", None, PRIVATE)
    everywhere = (ctypes.c_uint64 * 4)(READ_ONLY | NO_SUID, 0, 0, 0)
    libc.syscall(SET_MOUNTS, -100, b"/", RECURSIVE, everywhere, 32)  # Linux 5.12, else no harm
    flags = NO_SUID | NO_DEV | NO_EXEC
    _mount(libc, "none", "/proc", "tmpfs", flags | READ_ONLY)
    if settings["folder"] is None:
        _mount(libc, "none", settings["place"], "tmpfs", flags)


def _mount(libc: ctypes.CDLL, source: str, target: str, kind: str | None, flags: int) -> None:
    given = kind.encode() if kind else None
    if libc.mount(source.encode(), target.encode(), given, flags, None):
        raise OSError(ctypes.get_errno(), f"mount {target}")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _lock(settings: dict[str, Any], folder: str) -> None:
    """The last doors, once the submission's files are there: no writing, no powers, limits."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if libc is not None and settings["namespaces"]:
        flags = NO_SUID | NO_DEV | NO_EXEC | READ_ONLY
        if settings["folder"] is None:
            _mount(libc, "none", folder, None, flags | REMOUNT)
        _mount(libc, "none", PACKAGE, "tmpfs", flags)
    if libc is not None:  # root's, too, where it can be nobody else
        for number in range(64):
            libc.prctl(DROP_BOUND, number, 0, 0, 0)
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        if libc.capset(header, (ctypes.c_uint32 * 6)()):
            raise OSError(ctypes.get_errno(), "capset")
    try:
        import resource
    except ImportError:
        return
    memory, seconds = settings["memory"], settings["seconds"]
    limits = {"RLIMIT_CPU": seconds, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 64}
    limits |= {"RLIMIT_AS": memory, "RLIMIT_NPROC": 1, "RLIMIT_MSGQUEUE": 0, "RLIMIT_MEMLOCK": 0}
    for name, limit in limits.items():
        if hasattr(resource, name):
            with suppress(OSError, ValueError):  # not on this system; the canaries tell
                resource.setrlimit(getattr(resource, name), (limit, limit))
    if libc is not None:
        kernel.close(landlock.close(folder, PACKAGE))


# -- serving ---------------------------------------------------------------------------------------


def serve(settings: dict[str, Any]) -> None:
    """Take in an engine, then answer one program after the other."""
    requests, reply = os.fdopen(REQUESTS, "rb"), _writer()
    first = json.loads(requests.readline())
    (_serve_at_home if settings["home"] else _serve_submission)(settings, first, requests, reply)


def _serve_submission(
    settings: dict[str, Any], first: dict[str, Any], requests: BinaryIO, reply: Reply
) -> None:
    folder = settings["folder"] or settings["place"]
    for name, content in first["files"].items():
        path = os.path.join(folder, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))
    os.chdir(folder)
    _lock(settings, folder)
    if "canaries" in first:
        exec(first["canaries"], scope := {"settings": first["places"]})
        reply({"canaries": scope["found"]})
        requests.readline()  # does not come: it is to be ended
        return
    reply({"confined": True})  # from here on everything may be the submission's
    requests.readline()
    sys.path.insert(0, folder)
    try:
        engine = load(os.path.join(folder, *first["entry"].split("/")), tried=False)
        if not (is_general(type(engine)) or first["adapters"]):
            raise EngineError(ADAPTER.format(type(engine).__name__))
        _understand(engine, first["tried"], requests, reply)
    except EngineError as error:
        reply({"error": str(error).replace(f"{folder}/", "")})
        return
    reply({"ready": True})
    for line in requests:
        request = json.loads(line)
        answer = {"id": request["id"], "trace": wire.pack_trace(trace := _traced(engine, request))}
        reply(answer if trace.work is None else answer | {"work": asdict(trace.work)})


def _serve_at_home(
    settings: dict[str, Any], first: dict[str, Any], requests: BinaryIO, reply: Reply
) -> None:
    output = home.settle(settings["shows_output"])
    reply({"confined": True})
    requests.readline()
    home.limit(home.LOADING * settings["memory"])
    try:
        with clock(settings["load"]):
            if "folder" in first:
                reply({"ready": True, "adapter": adapter(first["engine"], Path(first["folder"]))})
                return
            engine = load(first["engine"], tried=False)
            _understand(engine, first["tried"], requests, reply)
    except EngineError as error:
        reply({"error": str(error)})
        return
    home.limit(settings["memory"])
    known = {"origin": engine.origin, "notes": list(engine.notes)}
    reply({"ready": True, "renews": engine.renew is not None, **known})
    for line in requests:
        request = json.loads(line)
        answer: dict[str, Any] = {"id": request["id"]}
        try:
            with clock(settings["case" if "program" in request else "load"]) as late:
                asked = engine.renewed() or engine if request.get("anew") else engine
                if "program" in request:
                    answer["trace"] = wire.pack_trace(_traced(asked, request))
                else:
                    answer["lines"] = asked.describe()
        except OutOfTime as error:  # outside of the engine's own code
            failed = Trace({}, failure=Failure("forward", None, str(error)))
            answer["trace"] = wire.pack_trace(failed)
        reply(answer | {"late": bool(late), "output": output.taken()})


def _understand(engine: RunningEngine, tried: bool, requests: BinaryIO, reply: Reply) -> None:
    """Tries the engine out, now that it is imported; or takes its conventions to be the usual ones,
    where to try it has ended the process before."""
    reply({"imported": True})
    requests.readline()
    if tried:
        understand(engine)
    else:
        engine.conventions = Conventions()


def _writer() -> Reply:
    def reply(message: Any) -> None:
        line = wire.to_line(message)
        while line:
            line = line[os.write(REPLIES, line) :]

    return reply


def _traced(engine: Engine, request: dict[str, Any]) -> Trace:
    engine.order, engine.hangs = request["order"], request.get("hangs", "")
    program = wire.unpack_program(request["program"])
    with np.errstate(all="ignore"):
        return counted(engine, program) if request.get("count") else engine.answer(program)


if __name__ == "__main__":
    main()
