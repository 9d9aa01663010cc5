"""Engines that are no class of objects with a backward pass: each form is tried, and the first that
gives gradients is the engine's.

:data:`FORMS` is the table: :mod:`~harness.engines.forms.parts` for operations with a forward and a
backward pass each, :mod:`~harness.engines.forms.duals` for forward mode,
:mod:`~harness.engines.forms.feeds` for graphs that are built first and fed with numbers later.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Final

from harness.engines.forms import duals, feeds, parts
from harness.engines.running.forward import RunningEngine
from harness.engines.undisturbed import undisturbed

FORMS: Final[tuple[Callable[[ModuleType], RunningEngine | None], ...]] = (
    duals.found,
    feeds.found,
    parts.found,
)
"""What looks for an engine of a form in a module, and gives None where it is of another."""


def formed(module: ModuleType) -> RunningEngine | None:
    """The engine of a module that is of one of these forms; None where it is of none."""
    with undisturbed([module]):
        return next((engine for form in FORMS if (engine := form(module)) is not None), None)
