"""Engines that are no class of objects with a backward pass: each form is tried, and the first that
gives gradients is the engine's.

:data:`FORMS` is the table: :mod:`~harness.engines.forms.duals` for forward mode,
:mod:`~harness.engines.forms.feeds` for graphs that are built first and fed with numbers later,
:mod:`~harness.engines.forms.formulas` for programs that are texts or tuples,
:mod:`~harness.engines.forms.parts` for operations with a forward and a backward pass each.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

from harness.engines.forms.duals import DualEngine as DualEngine
from harness.engines.forms.feeds import FeedEngine as FeedEngine
from harness.engines.forms.formulas import FormulaEngine as FormulaEngine
from harness.engines.forms.handles import HandleEngine as HandleEngine
from harness.engines.forms.parts import PartsEngine as PartsEngine
from harness.engines.forms.wired import WiredEngine as WiredEngine
from harness.engines.running.forward import RunningEngine
from harness.engines.undisturbed import undisturbed

FORMS: Final = (DualEngine, FeedEngine, HandleEngine, PartsEngine, WiredEngine, FormulaEngine)
"""Each looks in a module for its own form, by ``of``, which gives None where it is not there."""


def formed(module: ModuleType) -> RunningEngine | None:
    """The engine of a module that is of one of these forms; None where it is of none."""
    with undisturbed([module]):
        return next((engine for form in FORMS if (engine := form.of(module)) is not None), None)


def of_form(form: type[RunningEngine], module: ModuleType, name: str) -> RunningEngine | None:
    """The engine of a module that is of this form, if its class has that name."""
    with undisturbed([module]):
        found = next((engine for one in FORMS if one is form and (engine := one.of(module))), None)
    return found if found is not None and found.class_name == name else None
