"""Static shapes are torch's."""

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from language.flattening import Arrays, Shapes, flatten

from harness.engines import reference
from harness.engines.trace import Undefined
from harness.language.expression import Flattener
from harness.vocabulary.operation import REQUIRED, Operation
from harness.vocabulary.program import Array, Program, Step, default_seed
from harness.vocabulary.shapes import RULES, ShapeError, infer
from harness.vocabulary.signatures import OPERATIONS, SYMBOLS


def literal_axis(rng: random.Random) -> int:
    return rng.randrange(-3, 3)


def literal_integers(rng: random.Random) -> tuple[int, ...]:
    return tuple(rng.randrange(-1, 4) for _ in range(rng.randrange(4)))


LITERALS: dict[str, Callable[[random.Random], Any]] = {
    "axis": literal_axis,
    "axes": lambda rng: rng.choice([None, literal_axis(rng), (0, -1), (0,), (1, 2), ()]),
    "order": lambda rng: rng.choice([literal_integers(rng), (-1,), (1, 0), (0, 2, 1), ()]),
    "shape": lambda rng: tuple(abs(size) for size in literal_integers(rng)),
    "flag": lambda rng: rng.choice([True, False]),
    "axis or all": lambda rng: rng.choice([None, literal_axis(rng)]),
    "some axes": lambda rng: rng.choice([literal_axis(rng), (0, -1), (0,), (1, 2), ()]),
    "number": lambda rng: rng.choice([0, 0.5, 2]),
    "bound": lambda rng: rng.choice([None, 0.2, 0.7]),
    "count": lambda rng: rng.randrange(3),
    "size": lambda rng: rng.randrange(1, 4),
    "size or none": lambda rng: rng.choice([None, 1, 2, 3]),
    "correction": lambda rng: rng.randrange(2),
    "widths": lambda rng: tuple(rng.randrange(3) for _ in range(rng.choice([2, 2, 4]))),
    "reduction": lambda rng: rng.choice(["mean", "sum", "none"]),
    "positive": lambda rng: rng.choice([0.5, 1e-3]),
    "norm": lambda rng: rng.choice([1, 3, 0.5, -1, math.inf, -math.inf]),
    "approximation": lambda rng: rng.choice(["none", "tanh"]),
    "share": lambda rng: rng.choice([0, 0.25, 0.5]),
    "label": lambda rng: rng.choice([-100, 0]),
    "sections": lambda rng: rng.choice([1, 2, 3, (1, 2), (2, 0), (3,)]),
    "piece": lambda rng: rng.randrange(-1, 3),
    "equation": lambda rng: rng.choice(
        ["ij,jk->ik", "i->i", "ij,ji->", "ij,kl->il", "ii->i", "i,j->ji"]
    ),
}
"""Random literals for each kind of parameter. A new kind needs an entry here."""


FITTING: dict[str, list[tuple[int, ...]]] = {
    "layer_norm": [(2, 3), (3,), (3,)],
    "batch_norm": [(2, 3, 2), (3,), (3,), (3,), (3,)],
    "conv1d": [(2, 4, 5), (2, 2, 2), (2,)],
    "conv2d": [(2, 4, 5, 4), (2, 2, 2, 3), (2,)],
    "conv_transpose2d": [(2, 2, 3, 2), (2, 3, 2, 3), (6,)],
    "gather": [(3, 2), (2, 2)],
    "take_along_axis": [(3, 1), (2, 2)],
    "topk": [(3, 4)],
    "max_pool2d": [(2, 1, 5, 4)],
    "avg_pool2d": [(1, 2, 4, 7)],
    "einsum": [(2, 3), (3, 2)],
    "soft_cross_entropy": [(2, 3), (2, 3)],
}
"""Shapes for operations that random ones would hardly ever fit."""


def random_step(
    rng: random.Random, operation: Operation
) -> tuple[str, dict[str, tuple[int, ...]], dict[str, Array]]:
    """Text that applies an operation to random shapes, and the shapes of its leaves."""
    base = tuple(rng.randrange(4) for _ in range(rng.randrange(4)))

    def like(shape: tuple[int, ...]) -> tuple[int, ...]:
        changed = [1 if rng.random() < 0.25 else size for size in shape]
        if changed and rng.random() < 0.2:
            changed[rng.randrange(len(changed))] = rng.randrange(4)
        return tuple(changed[rng.choice([0, 0, 0, 1]) :])

    shapes: dict[str, tuple[int, ...]] = {}
    constants: dict[str, Array] = {}
    if operation.name in FITTING:
        count = rng.choice(operation.counts) if not operation.variadic else None
        shapes = dict(zip("abcde", FITTING[operation.name][:count], strict=False))
        whole = {"indices": 0, "constant": 0.5}
        constants = {
            name: np.full(shape, whole[operation.kind(position)])
            for position, (name, shape) in enumerate(shapes.items())
            if operation.kind(position) in whole
        }
        literals = [
            f"{key}={LITERALS[parameter.kind](rng)!r}"
            for key, parameter in operation.parameters.items()
            if parameter.default is REQUIRED or rng.random() < 0.7
        ]
        return f"{operation.word}({', '.join([*shapes, *literals])})", shapes, constants
    count = rng.randrange(1, 4) if operation.variadic else len(operation.operands)
    operands: list[str] = []
    for position in range(count):
        name = "abc"[position]
        kind = operation.kind(position)
        shape = base if position == 0 else like(base)
        if kind in ("labels", "rows", "mask"):
            shape = rng.choice([base[:-1], base[:-1], shape]) if kind == "labels" else shape
            constants[name] = np.zeros(shape, dtype=int)
        elif operation.name == "matmul" and position and rng.random() < 0.7:
            inner = shapes["a"][-1:]
            shape = rng.choice([inner, (*inner, 2), shapes["a"][:-2] + inner + (3,)])
        operands.append(f"{name} > 0" if kind == "condition" else name)
        shapes[name] = shape
    if rng.random() < 0.15 and not constants:
        operands[-1] = operands[-1].replace("abc"[count - 1], "2.5", 1) if count > 1 else "a"
    if operation.name in SYMBOLS:
        return f" {SYMBOLS[operation.name]} ".join(operands), shapes, constants
    if operation.name == "neg":
        return f"-{operands[0]}", shapes, constants
    piece = f"[{LITERALS['piece'](rng)}]" if operation.pieces else ""
    for key, parameter in operation.parameters.items():
        if key != "piece" and (parameter.default is REQUIRED or rng.random() < 0.7):
            operands.append(f"{key}={LITERALS[parameter.kind](rng)!r}")
    if operation.named:  # with a number alone it is another operation
        operands = list("abc"[:count])
    given = [
        f"{operation.operand(i)}={x}" if operation.operand(i) in operation.named else x
        for i, x in enumerate(operands)
    ]
    called = f"{operation.word}({', '.join(given)}){piece}"
    return f"a * {called}" if operation.detaches else called, shapes, constants


def program_of(flattener: Flattener, shapes: Shapes, constants: Arrays) -> Program:
    rng = np.random.default_rng(1)
    return Program(
        inputs={
            name: rng.uniform(0.1, 1, shape) if shape else 0.5
            for name, shape in shapes.items()
            if name not in constants
        },
        constants=constants,
        steps=tuple(flattener.steps),
        shapes=flattener.shapes,
        seed=default_seed(flattener.shapes["f"]),
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "index"])
def test_the_static_shape_of_every_operation_is_torchs(name: str) -> None:
    rng = random.Random(name)
    accepted = 0
    for _ in range(240):
        text, shapes, constants = random_step(rng, OPERATIONS[name])
        flattener, told = flatten(text, shapes, constants)
        if told:
            continue
        program = program_of(flattener, shapes, constants)
        if "f" not in program.differentiable:
            continue
        try:
            trace = reference.evaluate(program)
        except Undefined:
            assert name == "binary_cross_entropy"
            continue
        for key, value in trace.values.items():
            assert value.shape == flattener.shapes[key], f"{text} with {shapes}"
        for key, gradient in trace.gradients.items():
            assert gradient.shape == flattener.shapes[key], f"{text} with {shapes}"
        accepted += 1
    assert accepted >= 8, "too few programs to say anything"


def test_what_an_index_takes_is_what_torch_takes_and_numpy() -> None:
    rng = random.Random(7)

    def item() -> Any:
        begin, end = (rng.choice([None, None, -2, 0, 1, 2]) for _ in range(2))
        return rng.choice(
            [
                rng.randrange(-2, 2),
                slice(begin, end, rng.choice([None, 1, 2, -1, -2])),
                None,
                Ellipsis,
                [rng.randrange(-2, 2) for _ in range(2)],
                [[0], [1]],
                [True, False],
                [[True, False], [False, True]],
                "i",
            ]
        )

    accepted = 0
    for _ in range(1500):
        shape = tuple(rng.choice([1, 2, 2, 3]) for _ in range(rng.randrange(1, 5)))
        items = tuple(item() for _ in range(rng.randrange(1, 4)))
        constant = np.array([[1, 0], [0, 0]])
        filled = tuple(constant if part == "i" else part for part in items)
        try:
            expected = infer("index", [shape], {"index": filled})
        except ShapeError:
            continue
        accepted += 1
        array = np.arange(math.prod(shape), dtype=float).reshape(shape)
        operands = ("x", *(part for part in items if part == "i"))
        program = Program(
            {"x": array},
            {"i": constant},
            (Step("f", "index", operands, {"index": items}),),
            {"x": shape, "i": (2, 2), "f": expected},
            default_seed(expected),
        )
        value = reference.evaluate(program).values["f"]
        assert value.shape == expected, f"{items} of shape {shape}"
        assert np.array_equal(value, array[filled]), f"{items} of shape {shape}"
    assert accepted > 300


def test_every_operation_names_a_shape_rule_and_every_rule_is_used() -> None:
    assert {operation.shape for operation in OPERATIONS.values()} == set(RULES)


def test_an_empty_index_list_is_no_bound_check_for_torch() -> None:
    assert infer("index", [(3,)], {"index": (np.zeros((0,), dtype=int),)}) == (0,)
