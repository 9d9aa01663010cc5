"""Runs staged code, each statement followed by a note of what it has written."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from harness import languages
from harness.engines.clock import OutOfTime
from harness.engines.failures import describe
from harness.engines.staged.nodes import Recording, Write
from harness.engines.staged.rewriting import Watched
from harness.engines.staged.supplied import UNSAID
from harness.engines.staged.tape import TAPE, Refusal, column
from harness.engines.staged.training import Enough
from harness.engines.staged.values import leaf
from harness.engines.staged.watch import Watch


def run(
    text: str,
    file: str,
    inputs: Mapping[str, Any],
    helpers: Mapping[str, str] = MappingProxyType({}),
) -> Recording:
    """What the code does, statement by statement. ``inputs`` take the place of what it assigns to
    names of its own first. ``helpers`` are functions of its own of which it is known what they are:
    an operation of the vocabulary, or something that need not be followed."""
    TAPE.__init__()  # type: ignore[misc]
    TAPE.file = file
    recording = Recording(nodes=TAPE.nodes)
    watch = Watch(recording, dict(inputs), text)
    try:
        tree = ast.parse(text, file)
        code = compile(Watched(tree, helpers).tree, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 0
        recording.column = getattr(error, "offset", None) or 0
        message = languages.name("syntax", str(getattr(error, "msg", error)))
        recording.stopped = line, languages.told("staged", "no-python", message=message)
        recording.refused = True
        return recording
    scope = {"__name__": "__main__", "__file__": file, "__builtins__": watch.builtins()}
    scope |= UNSAID
    for name, item in inputs.items():
        scope[name] = value = leaf(item)
        recording.writes.append(Write(name, 0, value.node))
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, scope)
    except Enough as end:
        recording.trained = end.line
    except (Exception, SystemExit, KeyboardInterrupt, OutOfTime) as error:
        if not (isinstance(error, SystemExit) and not error.code):
            line, recording.column = _place(error, file)
            recording.stopped = line, describe(error)
            recording.refused = isinstance(error, Refusal)
            if recording.refused:
                recording.stopped = recording.stopped[0], str(error)
    return recording


def _place(error: BaseException, file: str) -> tuple[int, int]:
    """The last line of the code that an exception has passed, and the column."""
    found, frame = (0, 0), error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        if code.co_filename == file:
            found = frame.tb_lineno, column(code, frame.tb_lasti)
        frame = frame.tb_next
    return found
