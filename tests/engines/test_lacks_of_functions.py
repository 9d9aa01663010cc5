"""What an engine lacks is no mistake of it: bounds as operands, a norm's order, an axis."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.strange import ARRAYS, judged, loaded

from harness.engines.loading import load
from harness.language.case import decode

ENGINE = """
import numpy as np

RULES = {}

class Box:
    def __init__(self, value, parents=()):
        self.value, self.parents = value, parents
    def __add__(self, other):
        return add(self, other)
    def __mul__(self, other):
        return mul(self, other)
    __radd__, __rmul__ = __add__, __mul__

def primitive(raw):
    def call(*args, **kw):
        values = [a.value if isinstance(a, Box) else a for a in args]
        found = raw(*values, **kw)
        boxed = [(i, a) for i, a in enumerate(args) if isinstance(a, Box)]
        if not boxed:
            return found
        return Box(found, [(a, RULES[raw.__name__][i](found, *values, **kw)) for i, a in boxed])
    return call

@primitive
def add(x, y):
    return x + y

@primitive
def mul(x, y):
    return x * y

@primitive
def clip(x, min, max):
    return np.clip(x, min, max)

@primitive
def sum(x, axis=None, keepdims=False):
    return np.sum(x, axis=axis, keepdims=keepdims)

@primitive
def norm(x, axis=None, keepdims=False):
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))

@primitive
def transpose(x, axes=None):
    return np.transpose(x, axes)

@primitive
def broadcast_to(x, shape):
    return np.broadcast_to(x, shape)

def spread(g, x, axis, keepdims):
    return np.ones_like(x) * (g if keepdims or axis is None else np.expand_dims(g, axis))

RULES["add"] = [lambda o, x, y: lambda g: g, lambda o, x, y: lambda g: g]
RULES["mul"] = [lambda o, x, y: lambda g: g * y, lambda o, x, y: lambda g: g * x]
RULES["clip"] = [lambda o, x, min, max: lambda g: g * ((x >= min) & (x <= max))]
RULES["sum"] = [lambda o, x, axis=None, keepdims=False: lambda g: spread(g, x, axis, keepdims)]
RULES["norm"] = [
    lambda o, x, axis=None, keepdims=False: lambda g: spread(g / o, x, axis, keepdims) * x
]
RULES["transpose"] = [lambda o, x: lambda g: np.transpose(g)]
RULES["broadcast_to"] = [lambda o, x, s: lambda g: np.sum(g, axis=0)]

def grad(f, argnum=0):
    def df(*args):
        numbers = (argnum,) if isinstance(argnum, int) else tuple(argnum)
        boxes = [Box(np.asarray(a)) if i in numbers else a for i, a in enumerate(args)]
        end, found = f(*boxes), {}
        def visit(box, g):
            found[id(box)] = found.get(id(box), 0) + g
            for parent, pull in box.parents:
                visit(parent, pull(g))
        visit(end, np.ones_like(end.value))
        every = [found.get(id(boxes[i]), 0.0 * boxes[i].value) for i in numbers]
        return every[0] if isinstance(argnum, int) else every
    return df
"""


@pytest.mark.parametrize(
    ("inputs", "expr", "lacks"),
    [
        ("{x: [0.5, 3]}", "clamp(x, min=0, max=1)", None),
        ("{x: [0.5, 3], y: [0, 0.25], z: [1, 2]}", "clamp(x, min=y, max=z)", "clip of x, min, max"),
        ("{x: [[3, 4]]}", "norm(x, axis=1)", None),
        ("{x: [[3, 4]]}", "norm(x, ord=1, axis=1)", "norm with ord"),
        ("{x: [0.5, 3]}", "broadcast_to(x, shape=(2, 2))", None),
        ("{x: [[0.5, 3, 2]]}", "x.T", None),
        ("{x: [0.5, 3]}", "-x", "-x (bad operand type for unary -: 'Box')"),
    ],
)
def test_what_is_not_there_for_such_operands_is_lacking(
    tmp_path: Path, inputs: str, expr: str, lacks: str | None
) -> None:
    (tmp_path / "lacking.py").write_text(ENGINE, encoding="utf-8")
    case = decode(f"about: a lack\ninputs: {inputs}\nexpr: {expr}\n", Path("case.yaml"))
    trace = load(str(tmp_path / "lacking.py")).run(case.program)
    assert trace.failure is None
    assert (trace.unsupported or "").startswith(lacks or "")
    assert (trace.unsupported is None) == (lacks is None)


OBJECTS = f"""{ARRAYS}
    def mean(self, axis):
        return Tensor(np.sum(self.data, axis) / self.data.shape[axis])

    def clip(self, low, high):
        return Tensor(self.data * (self.data >= low) * (self.data <= high))

    def inv(self):
        return Tensor(np.linalg.inv(self.data))
"""


@pytest.mark.parametrize(
    ("expr", "lacks"),
    [
        ("mean(x)", "mean without axis"),
        ("clamp(x, min=0)", "clamp without max"),
        ("reciprocal(x)", "reciprocal"),
    ],
)
def test_what_an_operation_demands_is_lacking_without_it(
    tmp_path: Path, expr: str, lacks: str
) -> None:
    text = f"inputs: {{x: [[0.5, 1.5, 2.5]]}}\nexpr: {expr}\n"
    assert judged(loaded(tmp_path, OBJECTS), text).trace.unsupported == lacks
