"""An engine on one's own machine, in a process of its own, with a clock."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import weakref
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.engine import Engine
from harness.engines.loading import EngineError, is_ours, load
from harness.engines.session import Cells
from harness.engines.staged.nodes import Recording
from harness.grading.forking import CAN_FORK, Forking, settings
from harness.grading.recordings import unpacked
from harness.grading.remote import RemoteEngine
from harness.grading.sandbox.children import CODE, Limits, Runner, WorkerError
from harness.grading.talk import Refused
from harness.grading.wire import Unreadable, output, pack_array
from harness.judging.staged.helpers import helpers
from harness.vocabulary.program import Value

TIMEOUT: Final = 2.0
"""Seconds of computing that a case has, unless somebody says otherwise."""

LOADING: Final = 10.0
"""Seconds of computing that an engine has to be imported and tried out; a case may have more."""

LONGEST: Final = 1 << 26
"""Bytes that a recorded run may have."""

RESTARTS: Final = 10
"""An engine that has ended its process, or hung, so often is not asked again."""


def fenced(
    spec: str | Cells | type,
    timeout: float = TIMEOUT,
    shows_output: bool = False,
    restarts: float = RESTARTS,
) -> Engine:
    """The engine that ``spec`` names (see :func:`harness.engines.loading.load`), that cells define,
    or a class of this process, which is forked for it; each of its runs has ``timeout`` seconds of
    computing and 1 GiB of memory. The model engine and the peers, which are no strangers, are
    loaded here.

    Raises :class:`EngineError`.
    """
    if isinstance(spec, str) and is_ours(spec):
        return load(spec)
    load_seconds = max(LOADING, timeout)
    limits = Limits(timeout, load_seconds, submission=float("inf"), restarts=restarts)
    fence = (
        _of_class(spec, limits, shows_output)
        if isinstance(spec, type)
        else Fence(limits, shows_output)
    )
    first = {"cells": asdict(spec)} if isinstance(spec, Cells) else {"engine": str(spec)}
    try:
        engine = loaded_in(fence, first)
    except EngineError:
        fence.close()
        raise
    weakref.finalize(engine, fence.close)
    return engine


def adapted(spec: str, folder: Path) -> str:
    """The text of an adapter in ``folder`` for an engine, understood or not; raises
    :class:`EngineError`."""
    with Fence(Limits(load=LOADING, submission=float("inf")), shows_output=False) as fence:
        return str(loaded_in(fence, {"engine": spec, "folder": str(folder)}).talk.ready["adapter"])


def recorded(
    text: str,
    file: str,
    inputs: Mapping[str, Value],
    timeout: float = TIMEOUT,
    shows_output: bool = False,
    kept: Runner | None = None,
) -> tuple[Recording, int]:
    """What staged code does, run statement by statement, in ``timeout`` seconds; and how many lines
    it has printed. It runs in a child of the fence that is ``kept``, where there is one. Raises
    :class:`EngineError`."""
    given = {name: pack_array(np.asarray(value)) for name, value in inputs.items()}
    first: dict[str, Any] = {"staged": text, "file": file, "inputs": given}
    first |= {"helpers": helpers(text), "seconds": timeout}
    load_seconds = max(LOADING, timeout)
    limits = Limits(load=load_seconds, submission=float("inf"), reply=LONGEST)
    with nullcontext(kept) if kept else Fence(limits, shows_output) as fence:
        ready = loaded_in(fence, first, limits).talk.ready
    try:
        return unpacked(ready.get("recording")), output(ready.get("output"))[0]
    except Unreadable as error:
        raise EngineError(f"{file}: {error}") from None


def _of_class(kind: type, limits: Limits, shows_output: bool) -> Runner:
    """What forks this process for a class of it; raises :class:`EngineError` where none can."""
    if not CAN_FORK:
        told = languages.told("engine", "no-source-elsewhere")
        raise EngineError(languages.told("engine", "class-told", name=kind.__name__, told=told))
    from harness.grading import worker

    return Forking(limits, shows_output, partial(worker.serve, kind=kind))


def loaded_in(
    fence: Runner, first: Mapping[str, Any], limits: Limits | None = None
) -> RemoteEngine:
    """The engine that is found by what a child is told ``first``, in a child of the fence; the
    child before it is ended. Raises :class:`EngineError`."""
    try:
        return RemoteEngine(fence, first, limits)
    except (Refused, WorkerError) as error:
        raise EngineError(str(error)) from None


class Fence(Runner):
    """Runs engines where they lie, with the Python and the packages that their author has."""

    cwd = None
    at_home = True

    def __init__(self, limits: Limits, shows_output: bool) -> None:
        super().__init__(limits)
        self.shows_output = shows_output
        self.environment = {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0", **os.environ}
        self.keeper = sys.platform == "linux" and all(
            hasattr(*needed) for needed in ((os, "fork"), (socket, "AF_UNIX"), (socket, "send_fds"))
        )
        self.margin = 2.0 if hasattr(signal, "setitimer") else 1.0

    def _command(self, mode: str) -> list[str]:
        code, told = CODE.format(sys.path), settings(self.limits, self.shows_output)
        return [sys.executable, "-P", "-c", code, mode, json.dumps(told)]
