"""Holds an autodiff engine against torch.autograd, step by step.

``harness.check(Value)`` judges an engine; what else there is stands in :mod:`harness.api`, which is
imported when something of it is used for the first time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.api import (
        Case,
        CaseError,
        Comparison,
        Drawing,
        EngineError,
        Explanation,
        Finding,
        Level,
        Listing,
        Outcome,
        Result,
        check,
        compare,
        draw,
        explain,
        listing,
    )

__version__ = "0.2.0"

__all__ = [
    "Case",
    "CaseError",
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


if not TYPE_CHECKING:  # whoever checks types is to see what is not there

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'harness' has no attribute {name!r}")
        from harness import api

        return getattr(api, name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
