"""Names that mean one thing in one engine and another in the next, which is found out by trying.

``inv`` may be the inverse of each number or that of a matrix, and ``gelu`` may be computed by one
of the approximations of the paper that has it (Hendrycks, Gimpel, *Gaussian Error Linear Units*).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from harness.engines.running.calling import Call, spellings
from harness.vocabulary.program import Array, Value

MATRIX: Final = np.array([[2.0, 1.0], [1.0, 3.0]])
"""Its inverse holds other numbers than the inverses of its own."""

POINTS: Final[tuple[Value, ...]] = (np.array([1.5, -0.75]), 1.5)
"""Where a form shows: for engines of arrays, and for those of numbers."""

FORMS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "tanh": lambda x: x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2,
    "sigmoid": lambda x: x / (1 + np.exp(-1.702 * x)),
}
"""What a gelu may be approximated by."""

LACKS: Final[Mapping[str, str]] = {
    "tanh": "gelu by erf (this one goes by tanh)",
    "sigmoid": "gelu by erf or tanh (this one goes by a sigmoid)",
}
"""What an engine lacks that has one of these alone."""

REMARKS: Final[Mapping[str, str]] = {
    LACKS["tanh"]: "gelu-by-tanh",
    LACKS["sigmoid"]: "gelu-by-sigmoid",
}
"""The message about what should be known of such an engine, by what it lacks."""

Answer = Callable[[Value], Array | None]
"""What an engine gives for an operand; None where it gives no number."""


def is_of_matrices(answer: Answer) -> bool:
    """Whether what is called an inverse is that of a matrix."""
    found = answer(MATRIX)
    return found is not None and _equal(found, np.linalg.inv(MATRIX))


def form_of(call: Call, answer: Answer) -> str:
    """The approximation that a gelu is computed by, empty where it is none, or can be told."""
    if call.hides or any(p.name in spellings("approximate") for p in call.told):
        return ""
    for point in POINTS:
        if (found := answer(point)) is not None:
            right = (name for name, form in FORMS.items() if _equal(found, form(point)))
            return next(right, "")
    return ""


def _equal(found: Array, right: Any) -> bool:
    """Whether they are the same, also in float32."""
    return found.shape == np.shape(right) and bool(np.allclose(found, right, 1e-5, 1e-7))
