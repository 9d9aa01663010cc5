"""What is to be judged, as it may be given: a class, an instance, a module, a path, a name.

A class that lies in a file is read from there. One of a notebook or of a script that is running is
made anew from its cells; one that has no source is taken as it is, in a fork of this process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from harness.api.words import said
from harness.engines.engine import Engine, EngineError
from harness.engines.loading import load
from harness.engines.session import Cells, of_class
from harness.grading.fence import fenced

NOTEBOOK: Final = "notebook.ipynb"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged: what it is called, and where it may be found, the best place first."""

    name: str
    places: Sequence[str | Cells | type]

    def engine(self, timeout: float, in_process: bool) -> Engine:
        """The engine; raises :class:`EngineError`. The first place says why there is none."""
        if in_process:
            return _here(self.places[-1])
        first: EngineError | None = None
        for place in self.places:
            try:
                return fenced(place, timeout)
            except EngineError as error:
                first = first or error
        assert first is not None
        raise first


def _here(place: str | Cells | type) -> Engine:
    engine = of_class(place) if isinstance(place, type) else load(str(place))
    engine.notes = [*engine.notes, said("runs-here")]
    return engine


def subject(given: object) -> Subject:
    """What is meant. Raises :class:`TypeError` for what can be no engine."""
    if isinstance(given, str | os.PathLike):
        return Subject(str(given), [os.fspath(given)])
    if isinstance(given, ModuleType):
        return Subject(given.__name__, [_file_of(given)])
    kind = given if isinstance(given, type) else type(given)
    if kind.__module__ == "builtins":
        raise TypeError(said("no-engine", named=_named(given), kinds=said("engine-kinds")))
    return Subject(kind.__name__, list(_places(kind)))


def _named(given: object) -> str:
    name = getattr(given, "__name__", None)
    return f"{type(given).__name__} {name}" if name else repr(given)[:60]


def _file_of(module: ModuleType) -> str:
    place = getattr(module, "__file__", None)
    if place is None or not place.endswith(".py"):
        raise EngineError(said("no-source", name=module.__name__))
    return str(place)


def _places(kind: type) -> Iterator[str | Cells | type]:
    """Where a class may be found, the best place first."""
    module = sys.modules.get(kind.__module__)
    if getattr(module, kind.__name__, None) is kind and kind.__qualname__ == kind.__name__:
        file = getattr(module, "__file__", None)
        if kind.__module__ != "__main__":
            if file is not None and file.endswith(".py"):
                yield f"{file}:{kind.__name__}"
        elif (cells := _session(kind.__name__, file)) is not None:
            yield cells
    yield kind


def _session(name: str, script: str | None) -> Cells | None:
    """What this process has run until now, as cells: of a notebook, or the script that it is."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None:
        texts = list(shell.history_manager.input_hist_raw[1:])
        return Cells(texts, _notebook(shell.user_ns), name) if texts else None
    if script is None or not Path(script).is_file():
        return None
    return Cells([Path(script).read_text(encoding="utf-8")], Path(script).name, name)


def _notebook(variables: Mapping[str, Any]) -> str:
    """What the notebook is called, where its editor says so."""
    told = str(variables.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME") or "")
    name = Path(told).name
    return name if name.endswith(".ipynb") else NOTEBOOK
