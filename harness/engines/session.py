"""Engines that are no file's: classes of a notebook or a script that is running.

Of the cells that a session has run, what defines the class is run anew; or the class is taken as it
is, with all that has been done to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType

from harness import languages
from harness.engines.adapter import ObjectEngine
from harness.engines.discovery import discover, understand
from harness.engines.engine import EngineError
from harness.engines.importing import executed, explain, first_on_path
from harness.engines.loading import engine_in
from harness.engines.notebook import NotebookSource
from harness.engines.running.forward import RunningEngine
from harness.engines.taking import of_module

AS_IT_IS = "class {}, as it is in this session"


@dataclass(frozen=True, slots=True)
class Cells:
    """What a session has run: the texts of its cells, by their numbers from 1 on, what the whole
    is ``called``, and the name of the class that is meant."""

    texts: Sequence[str]
    called: str
    name: str


def of_cells(cells: Cells, tried: bool = True) -> RunningEngine:
    """The engine that cells define. Raises :class:`EngineError`."""
    engine = _of_cells(cells)
    engine.renew = lambda: _of_cells(cells)
    if tried:
        understand(engine)
    return engine


def _of_cells(cells: Cells) -> RunningEngine:
    path = Path.cwd() / cells.called
    name = f"engine_{path.stem.replace('.', '_').replace('-', '_')}"
    loader = NotebookSource(name, str(path), [cells.name], cells.texts)
    with first_on_path(Path.cwd()):
        try:
            module = executed(name, path, loader)
        except EngineError:
            raise
        except BaseException as error:
            raise EngineError(
                explain(languages.told("engine", "not-anew", called=cells.called), error)
            ) from None
    engine = _explored(engine_in(module, cells.called, cells.name))
    if path.suffix == ".ipynb":
        engine.origin = languages.told("engine", "from-cells", name=cells.name, called=cells.called)
    return engine


def of_class(kind: type, tried: bool = True) -> RunningEngine:
    """The engine of a class that is there already. Raises :class:`EngineError`."""
    module = ModuleType(kind.__module__)
    vars(module).update({**_around(kind), kind.__name__: kind})
    engine = _explored(of_module(module, f"class {kind.__name__}", kind.__name__))
    engine.origin = AS_IT_IS.format(kind.__name__)
    if tried:
        understand(engine)
    return engine


def _explored(engine: RunningEngine) -> RunningEngine:
    if isinstance(engine, ObjectEngine):
        engine.explore = discover
    return engine


def _around(kind: type) -> dict[str, object]:
    """What the functions of a class see beside it, where it has any."""
    for item in vars(kind).values():
        if isinstance(item, FunctionType):
            return item.__globals__
    return {}
