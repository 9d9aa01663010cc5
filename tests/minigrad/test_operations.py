"""Every operation of the vocabulary, by minigrad and by torch, on random operands."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from harness.engines import reference
from harness.engines.loading import load
from harness.engines.trace import Undefined
from harness.judging.judge import judge
from harness.language.case import CaseError, decode
from harness.vocabulary.operation import REQUIRED
from harness.vocabulary.signatures import OPERATIONS

EQUATIONS = ["ij,jk->ik", "ij,ij->", "ii->i", "ii->", "ij->ji", "ij->j", "aij,ajk->aik"]
EQUATIONS += ["i,j->ij", "i,ij,j->", "ij,kl->li", "ij,i->j", "ijk,k->ij", ",ij->ij", "iij->j"]
RANDOM = {
    "axis": lambda draw: draw.choice([0, 1, -1]),
    "axis or all": lambda draw: draw.choice([None, 0, -1]),
    "axes": lambda draw: draw.choice([None, 0, -1, (0, 1), (0, -1)]),
    "some axes": lambda draw: draw.choice([0, -1, (0, 1)]),
    "order": lambda draw: draw.choice([(1, 0), (2, 0, 1), (1, 2, 0), (-1,), (4, 6), (3, 8)]),
    "shape": lambda draw: draw.choice([(2, 3, 4), (5, 2, 3, 4), (5, 3, 4)]),
    "flag": lambda draw: draw.choice([True, False]),
    "number": lambda draw: draw.choice([0.25, 1.5]),
    "bound": lambda draw: draw.choice([None, 0.4, 0.6]),
    "count": lambda draw: draw.randrange(3),
    "size": lambda draw: draw.randrange(1, 4),
    "size or none": lambda draw: draw.choice([None, 1, 2, 3]),
    "correction": lambda draw: draw.randrange(2),
    "widths": lambda draw: draw.choice([(1, 2), (0, 1, 2, 0)]),
    "reduction": lambda draw: draw.choice(["mean", "sum", "none"]),
    "positive": lambda draw: draw.choice([0.5, 1e-3]),
    "norm": lambda draw: draw.choice([1, 3, 0.5, -1, math.inf, -math.inf]),
    "approximation": lambda draw: draw.choice(["none", "tanh"]),
    "share": lambda draw: draw.choice([0, 0.25, 0.5]),
    "label": lambda draw: draw.choice([-100, 0, 1]),
    "equation": lambda draw: draw.choice(EQUATIONS),
    "sections": lambda draw: draw.choice([1, 2, 3, (1, 2), (1, 0, 3), (4,)]),
}
SHAPES = [(), (3,), (4,), (1,), (3, 4), (4, 3), (1, 4), (3, 1), (3, 3), (2, 3, 4), (2, 4, 3)]
SHAPES += [(3, 3, 4), (3, 2, 3), (0, 3), (1, 1)]
FITTING: dict[str, list[tuple[int, ...]]] = {
    "conv1d": [(2, 4, 5), (2, 2, 2), (2,)],
    "conv2d": [(2, 4, 5, 4), (2, 2, 2, 3), (2,)],
    "conv_transpose2d": [(2, 2, 3, 2), (2, 3, 2, 3), (6,)],
    "layer_norm": [(2, 3), (3,), (3,)],
    "batch_norm": [(2, 3, 2), (3,), (3,), (3,), (3,)],
    "embedding": [(3,), (3, 2)],
    "max_pool2d": [(2, 1, 5, 4)],
    "avg_pool2d": [(1, 2, 4, 7)],
}


def text_of(name: str, draw: random.Random) -> str:
    """A case that applies an operation to random operands, fitting or not."""
    operation = OPERATIONS[name]
    inputs, constants, operands = (
        [],
        ["m: [[true, false, true]]", "k: [1, 0, 2]", "u: [0.5, 2, 1]"],
        [],
    )
    count = draw.choice(range(1, 4) if operation.variadic else operation.counts)
    base = draw.choice(SHAPES)
    ranks = {1: "[1, 0, 0]", 2: "[[1, 0], [0, 0]]", 3: "[[[1, 0], [0, 1]]]"}
    constants.append(f"i: {ranks.get(len(base), '[0]')}")
    for position in range(count):
        kind = operation.kind(position)
        if kind == "value":
            leaf = "abcde"[position]
            shape = draw.choice([base, base, draw.choice(SHAPES)])
            if name in FITTING:
                shape = FITTING[name][position]
            low = draw.choice([-0.9, 0.1])
            seed = draw.randrange(99)
            inputs.append(f"{leaf}: {{uniform: [{low}, 0.9], shape: {list(shape)}, seed: {seed}}}")
            key = operation.operand(position)
            operands.append(f"{key}={leaf}" if key in operation.named else leaf)
        else:
            operands.append(
                {
                    "condition": "a > 0",
                    "mask": "a > 0.2",
                    "labels": "k",
                    "rows": "k",
                    "indices": "i",
                    "constant": "u",
                }[kind]
            )
    if "a > 0" in operands:
        inputs.append(f"a: {{uniform: [-1, 1], shape: {list(base)}, seed: 5}}")
    symbols = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@"}
    for key, parameter in operation.parameters.items():
        if key != "piece" and (parameter.default is REQUIRED or draw.random() < 0.7):
            operands.append(f"{key}={RANDOM[parameter.kind](draw)!r}")
    if name in symbols:
        expression = f"{operands[0]} {symbols[name]} {operands[1]}"
    else:
        expression = f"-{operands[0]}" if name == "neg" else ""
        expression = expression or f"{operation.word}({', '.join(operands)})"
    expression += " * a" if operation.detaches else ""
    expression += f"[{draw.randrange(-1, 3)}]" if operation.pieces else ""
    leaves = "\n".join(f"  {line}" for line in dict.fromkeys(inputs))
    fixed = "\n".join(f"  {line}" for line in constants)
    return f'about: a\ninputs:\n{leaves}\nconstants:\n{fixed}\nexpr: "{expression}"\n'


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "index"])
def test_an_operation_is_torchs(name: str) -> None:
    draw = random.Random(name)
    engine = load("minigrad")
    count = 0
    for _ in range(400):
        text = text_of(name, draw)
        try:
            case = decode(text, Path("x.yaml"))
            truth = reference.evaluate(case.program)
        except (CaseError, Undefined):
            continue
        trace = engine.run(case.program)
        assert trace.unsupported is None, text
        verdict = judge(case, truth, trace)
        assert verdict.forward.status == "passed", f"{text}{trace.failure}{verdict.forward}"
        assert verdict.backward.status == "passed", f"{text}{trace.failure}{verdict.backward}"
        count += 1
        if count == 25:
            break
    assert count >= 8
