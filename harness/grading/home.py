"""What holds for an engine on its author's own machine, where there are no walls but manners.

Its output is counted and its input closed, it starts no processes, and it has a limit of time and
of memory. Nobody is kept from doing harm on purpose; what goes wrong by accident stays in the
process that it goes wrong in. Imports the standard library alone.
"""

from __future__ import annotations

import builtins
import io
import os
import sys
from pathlib import Path
from typing import Any, Final

from harness import languages
from harness.engines.failures import LeftIn

SHOWN: Final = 2000
"""So much of what an engine prints in a run is kept."""

LOADING: Final = 4
"""While it is loaded, an engine may take so many times the memory that it has for a case."""

LIBRARY: Final = f"{Path(os.__file__).parent}{os.sep}"
"""Where Python's own modules lie: one that asks for input is a debugger."""

STARTS: Final = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "subprocess.Popen",
    }
)
"""What Python calls the ways to start a process (``sys.addaudithook``)."""


class Counter(io.RawIOBase):
    """A file that counts the lines written to it, and keeps how they begin."""

    name = "<output>"

    def __init__(self) -> None:
        self.lines, self.head = 0, b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """All of ``data``."""
        written = bytes(data)
        self.lines += written.count(b"\n")
        self.head += written[: max(0, SHOWN - len(self.head))]
        return len(written)

    def taken(self) -> dict[str, Any]:
        """The ``lines`` since the last time, and the ``head`` of their text."""
        text = self.head.decode("utf-8", "replace")
        lines, self.lines, self.head = max(self.lines, bool(text)), 0, b""
        return {"lines": lines, "head": text}


def settle(shows_output: bool) -> Counter:
    """Counts the output, unless it is to be shown; closes the input; refuses new processes."""
    counter = Counter()
    files = {"stdin": open(os.devnull, encoding="utf-8")}  # noqa: SIM115
    for name in () if shows_output else ("stdout", "stderr"):
        files[name] = io.TextIOWrapper(counter, "utf-8", "replace", write_through=True)
    for name, file in files.items():
        setattr(sys, name, file)
        setattr(sys, f"__{name}__", file)
    sys.breakpointhook = _left_in("breakpoint()")
    builtins.input = _left_in("input()")
    sys.addaudithook(_refuse)
    return counter


def _left_in(what: str) -> Any:
    def stop(*_: Any, **__: Any) -> None:
        caller, left = sys._getframe(1), what
        while caller.f_back is not None and caller.f_code.co_filename.startswith(LIBRARY):
            caller, left = caller.f_back, languages.told("engine", "a-debugger")
        place = f"{Path(caller.f_code.co_filename).name}:{caller.f_lineno}"
        raise LeftIn(languages.told("engine", "left-in", left=left, place=place))

    return stop


def _refuse(event: str, _: Any) -> None:
    if event in STARTS:
        raise PermissionError(languages.told("engine", "no-other-process", event=event))


def limit(memory: int) -> None:
    """Lets the process have ``memory`` bytes more than it has now, where the system counts them."""
    try:
        import resource

        status = Path("/proc/self/status").read_text(encoding="ascii")
    except (ImportError, OSError):
        return
    now = int(status.partition("VmData:")[2].split()[0]) << 10
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = now + memory if hard == resource.RLIM_INFINITY else min(now + memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
