"""Assignments as kinds of courses give them: text, starter, adapter, and hidden cases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.assignment.values import FILE

FOLDER: Final = Path(__file__).resolve().parent
KINDS: Final = ("scalar", "tensor", "needle", "minitorch", "staged")

_X: Final = "inputs: {x: [[0.5, -1.0], [2.0, 0.25]]}"


def _of_two_lengths(inputs: str, first: Mapping[str, str]) -> dict[str, str]:
    """Cases that ask for the order of the backward pass, by names for what they begin with. They
    have many points among their like."""
    rest = "  b: a * a\n  f: (a + b) * (b + a)\ntags: [reuse]\npoints: 8"
    return {
        f"two_lengths_from_{name}": f"{inputs}\nsteps:\n  a: {expression}\n{rest}"
        for name, expression in first.items()
    }


_NUMBERS: Final = {
    "polynomial": "inputs: {x: 1.5, y: -0.75}\nexpr: x * y + x * (x - y)",
    "shared_quotient": "inputs: {x: 1.5, y: -0.75}\nsteps:\n  q: x / y\n  f: q * q - q * x",
    **_of_two_lengths(
        "inputs: {x: 1.5}",
        {"product": "x * x", "exp": "exp(x)", "log": "log(x)", "relu": "relu(x)"},
    ),
}
_ARRAYS: Final = {
    "layer": "inputs: {x: [[0.5, -1.0], [2.0, 0.25]], w: [[1.5, -0.5], [0.75, 1.0]]}\n"
    "expr: relu(x @ w) * x\ntags: [reuse]",
    "sums": f"{_X}\nexpr: exp(x) * x + x\ntags: [reuse]",
    **_of_two_lengths(
        _X, {"product": "x @ x", "exp": "exp(x)", "sum": "sum(x, axis=0)", "relu": "relu(x)"}
    ),
}
HIDDEN: Final[Mapping[str, Mapping[str, str]]] = {
    "scalar": _NUMBERS,
    "minitorch": _NUMBERS,
    "tensor": _ARRAYS,
    "needle": _ARRAYS,
    "staged": {},
}
"""The hidden cases that an assignment of a kind begins with: their texts without ``about``."""


def text(kind: str) -> str:
    """The text of the assignment."""
    return (FOLDER / kind / FILE).read_text(encoding="utf-8")


def starter(kind: str) -> str | None:
    """The engine that students begin with; None where there is none."""
    return _other(kind, "starter.txt")


def adapter(kind: str) -> str | None:
    """The instructor's adapter; None where none is needed."""
    return _other(kind, "adapter.txt")


def _other(kind: str, name: str) -> str | None:
    file = FOLDER / kind / name
    return file.read_text(encoding="utf-8") if file.is_file() else None
