"""Holds an autodiff engine against torch.autograd, step by step.

``harness.check(Value)`` judges an engine. What else there is stands in ``harness/api``, each part
of which is imported when it is used for the first time.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.api.cases import Case
    from harness.api.checking import Finding, Level, Outcome, Result, check
    from harness.api.comparing import Comparison, compare
    from harness.api.drawing import Drawing, Listing, draw, listing
    from harness.api.explaining import Explanation, explain
    from harness.engines.engine import EngineError

__version__ = "0.2.0"

__all__ = [
    "Case",
    "Comparison",
    "Drawing",
    "EngineError",
    "Explanation",
    "Finding",
    "Level",
    "Listing",
    "Outcome",
    "Result",
    "check",
    "compare",
    "draw",
    "explain",
    "listing",
]

_PLACES = {
    "api.cases": ("Case",),
    "api.checking": ("Finding", "Level", "Outcome", "Result", "check"),
    "api.comparing": ("Comparison", "compare"),
    "api.drawing": ("Drawing", "Listing", "draw", "listing"),
    "api.explaining": ("Explanation", "explain"),
    "engines.engine": ("EngineError",),
}


def _settle() -> None:
    """Speaks the language that is set here, where none was chosen."""
    from harness import configuration, languages

    if not languages.is_chosen():
        with suppress(configuration.ConfigurationError):
            languages.speak(configuration.language())


if not TYPE_CHECKING:  # whoever checks types is to see what is not there

    def __getattr__(name: str) -> object:
        for place, names in _PLACES.items():
            if name in names:
                _settle()
                return getattr(import_module(f"harness.{place}"), name)
        raise AttributeError(f"module 'harness' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
