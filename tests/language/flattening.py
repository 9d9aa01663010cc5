"""Expressions flattened over a few leaves, for the tests of the language and of static shapes."""

import ast
from collections.abc import Mapping
from contextlib import suppress

import numpy as np

from harness.language.expression import Flattener
from harness.language.syntax import Unusable, parse
from harness.vocabulary.program import Array, Step

Shapes = Mapping[str, tuple[int, ...]]
Arrays = Mapping[str, Array]

SCALARS: Shapes = {"x": (), "y": (), "z": ()}
CONSTANTS: Arrays = {
    "rows": np.array([0, 2]),
    "grid": np.array([[0, 1], [1, 0]]),
    "first": np.array(1),
    "mask": np.array([True, False, True]),
    "flag": np.array(True),
    "weights": np.array([0.5, 0.25, 0.25]),
    "labels": np.array([1, 0, 2]),
}
ARRAYS: Shapes = {"x": (3, 4), "y": (3, 4), "v": (3,), "t": (2, 3, 4)} | {
    name: array.shape for name, array in CONSTANTS.items()
}


def offset(part: ast.AST) -> int:
    return getattr(part, "col_offset", 0)


def flatten(
    text: str, shapes: Shapes = SCALARS, constants: Arrays = CONSTANTS, name: str = "f"
) -> tuple[Flattener, list[str]]:
    """The flattener after one stage, and the complaints as ``column: message``."""
    told: list[str] = []

    def complain(offset: int, message: str) -> None:
        told.append(f"{offset + 1}: {message}")

    flattener = Flattener(shapes, {key: constants[key] for key in shapes if key in constants})
    tree = None
    with suppress(Unusable):
        tree = parse(text, complain)
    if tree is not None:
        done = flattener.stage(name, tree, lambda part, message: complain(offset(part), message))
        assert (done is None) == bool(told)
    return flattener, told


def steps(text: str, shapes: Shapes = SCALARS) -> list[Step]:
    flattener, told = flatten(text, shapes)
    assert told == []
    return flattener.steps


def names(text: str, shapes: Shapes = SCALARS) -> list[str]:
    return [step.name for step in steps(text, shapes)]


def complaints(text: str, shapes: Shapes = SCALARS) -> list[str]:
    told = flatten(text, shapes)[1]
    assert told, f"{text} should be refused"
    return told
