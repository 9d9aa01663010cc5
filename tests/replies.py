"""Random replies of a submission: right ones in which some things are not what they should be."""

from __future__ import annotations

import math
from copy import copy
from random import Random
from typing import Any

import numpy as np

from harness.engines.engine import Engine
from harness.engines.trace import Failure, Trace
from harness.grading import wire
from harness.grading.sandbox.children import Limits
from harness.grading.talk import usual
from harness.vocabulary.program import Program

SIZES = (0, 0, 0, 1, 1, 2, 3, 7, 1 << 10, 1 << 16, (1 << 31) - 1, 1 << 31, -1)
TEXTS = ("", "x", "\x1b[2J", "TypeError: shapes (2,3) (4,)", "a" * 5000, "NoneType", "[" * 900)
JUNK: tuple[Any, ...] = (
    None,
    True,
    0,
    -1.5,
    "x",
    [],
    {},
    [[]],
    {"number": "nan"},
    {"number": "-inf"},
    10**30,
)
LONGEST = 1 << 12
"""So many numbers an odd array has at most, or no numbers at all."""


class Hostile(Engine):
    """An engine that gives such replies; each run gives another."""

    def __init__(self, honest: Engine, seed: int) -> None:
        self.honest, self.random = honest, Random(seed)
        self.known: dict[int, tuple[Program, dict[str, Any]]] = {}

    def run(self, program: Program) -> Trace:
        """What becomes of a random reply; nonsense becomes what it does in a run."""
        if id(program) not in self.known:
            packed = wire.pack_trace(self.honest.run(program))
            self.known[id(program)] = program, packed
        line = wire.to_line(altered(self.known[id(program)][1], self.random))
        if len(line) > usual(program) + Limits().reply:  # nobody reads on
            return Trace(
                {}, failure=Failure("forward", None, "the answer is longer than it can be")
            )
        try:
            return wire.trace(wire.from_line(line), program)
        except wire.Unreadable as error:
            return Trace({}, failure=Failure("forward", None, str(error)))


def altered(reply: dict[str, Any], random: Random) -> dict[str, Any]:
    """A reply in which arrays, names, texts and lists are exchanged for others."""
    found = {key: dict(part) if isinstance(part, dict) else part for key, part in reply.items()}
    for _ in range(random.randint(1, 4)):
        key = random.choice(("values", "gradients", "gradients", "second"))
        if not isinstance(found[key], dict):
            continue
        names = list(found[key])
        if not names or random.random() < 0.05:
            other = random.choice(list(found))
            found[other] = copy(random.choice((*JUNK, *TEXTS, ([*reply["values"]] * 999)[:20_000])))
            continue
        for name in random.sample(names, min(len(names), random.randint(1, 3))):
            kind = random.random()
            if kind < 0.7:
                found[key][name] = array(random, found[key][name])
            elif kind < 0.8:
                del found[key][name]
            else:
                found[key][name] = copy(random.choice(JUNK))
    if random.random() < 0.1:
        found["failure"] = failure(random, [*reply["values"]])
    return found


def array(random: Random, right: Any) -> Any:
    """An array of an odd shape, dtype or size, or with odd numbers."""
    shape = right.get("shape", []) if isinstance(right, dict) else []
    if random.random() < 0.7:
        shape = [random.choice(SIZES) for _ in range(random.choice((0, 1, 2, 2, 3, 5, 16, 32, 64)))]
        if random.random() < 0.3:
            shape = [random.choice((1, 2)) for _ in range(random.choice((4, 11, 12)))]
        if random.random() < 0.5 and shape:
            shape[random.randrange(len(shape))] = 0
    kind = random.choice(("float64", "float64", "float32", "int64", "bool", "object"))
    size = math.prod(shape) if all(length >= 0 for length in shape) else 0
    numbers = [random.choice((0.0, 1.0, -1.5, math.nan, math.inf, 1e308, 5e-324)) for _ in range(9)]
    dtype = wire.DTYPES.get(kind, wire.DTYPES["float64"])
    with np.errstate(all="ignore"):
        data = np.resize(np.array(numbers), min(size, LONGEST)).astype(dtype).tobytes().hex()
    return {"shape": shape, "dtype": kind, "data": data}


def failure(random: Random, names: list[str]) -> Any:
    """An exception that the engine tells of."""
    return {
        "direction": random.choice(("forward", "backward", "second", "sideways")),
        "step": random.choice((*names, None, "nobody")),
        "message": random.choice(TEXTS),
        "lines": random.choice(([], ["x"] * 999, None)),
        "arithmetic": random.random() < 0.3,
        "functions": random.choice(([], ["exp", "mul"], [None] * 99)),
        "code": random.choice(("", "every-path", "x")),
    }
