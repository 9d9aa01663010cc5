"""Mutants that compute the same as the engine that they were made of: by proof, or as far as many
random programs can tell."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from harness.engines.clock import OutOfTime, clock
from harness.engines.loading import load
from harness.engines.trace import Trace
from harness.language.case import CaseError, decode
from harness.vocabulary.program import Program
from harness.vocabulary.signatures import OPERATIONS
from styles.keeper import CASE_SECONDS, ground
from styles.marks import ENGINE, Source
from styles.mutations import Mutant

PROOFS = Path(__file__).resolve().parent / "equivalents.yaml"
SHAPES = ((), (3,), (2, 3), (2, 1), (1, 3), (3, 2))
CLOSE = 1e-9
TRIES = 30
"""For each program: of those that are drawn many have shapes that do not go together."""

FORMS = {
    **{op: f"{{x}} {OPERATIONS[op].symbol} {{y}}" for op in ("add", "sub", "mul", "div", "matmul")},
    **{
        op: f"{op}({{x}}, axis={{axis}}, keepdims={{flag}})" for op in ("sum", "mean", "max", "min")
    },
    **{op: f"{op}({{x}}, axis={{axis}}, keepdims={{flag}})" for op in ("prod", "var", "logsumexp")},
    **{op: f"{op}({{x}}, axis={{one}})" for op in ("softmax", "log_softmax", "cumsum", "flip")},
    **{op: f"{op}({{x}}, axis={{one}})" for op in ("squeeze", "unsqueeze")},
    **{op: f"{op}([{{x}}, {{y}}], axis={{one}})" for op in ("concat", "stack")},
    **{op: f"{op}({{x}}, shape={{shape}})" for op in ("reshape", "broadcast_to")},
    "neg": "-{x}",
    "pow": "{x} ** {power}",
    "where": "where({x} > {y}, {x}, {y})",
    "transpose": "transpose({x}, axis0={one}, axis1=0)",
    "permute": "permute({x}, axes={order})",
    "index": "{x}[{index}]",
    "clamp": "clamp({x}, min=-1, max=1.5)",
    "leaky_relu": "leaky_relu({x}, negative_slope=0.2)",
    "elu": "elu({x}, alpha=1.3)",
}
"""How a step is written; the others are ``op(x)`` or ``op(x, y)``."""

CHOICES = {
    "axis": ("None", "0", "-1"),
    "flag": ("True", "False"),
    "one": ("0", "-1", "1"),
    "shape": ("(6,)", "(3, 2)", "(2, 3)", "(1, 3)", "(3,)", "(2, 2, 3)", "(1,)"),
    "order": ("(1, 0)", "(0,)", "(1, 2, 0)", "(-1, 0)"),
    "index": ("0", "-1", "1:", "[0, 0, 1]", "..., 0", "::-1", "[1, 0], [0, 1]", ":, 1:"),
    "power": ("2", "3", "-1", "0.5", "0", "{y}"),
}


def proofs() -> dict[str, dict[str, str]]:
    """By style and mutant, why it computes the same."""
    listed = yaml.safe_load(PROOFS.read_text(encoding="utf-8")) or {}
    return {
        style: {name: reason for reason, names in reasons.items() for name in names}
        for style, reasons in listed.items()
    }


def agrees(path: Path, mutant: Mutant, folder: Path, count: int, minimal: bool = False) -> bool:
    """Whether a mutant gives what its engine gives on random programs with its operation;
    ``minimal``: of those that have no others but add and mul."""
    place = folder / path.name
    place.write_text(mutant.text, encoding="utf-8")
    other = load(str(place))
    with np.errstate(all="ignore"):
        for program, expected in answered(path, mutant.label.op, count, minimal):
            try:
                with clock(CASE_SECONDS):
                    got = other.run(program)
            except OutOfTime:
                return False
            if not same(expected, got):
                return False
    return True


@cache
def answered(path: Path, op: str, count: int, minimal: bool) -> tuple[tuple[Program, Trace], ...]:
    """The random programs that an engine can run, with what it gives."""
    right = load(str(path))
    with np.errstate(all="ignore"):
        pairs = [(program, right.run(program)) for program in programs(path, op, count, minimal)]
    return tuple(pair for pair in pairs if pair[1].failure is None and not pair[1].unsupported)


def same(expected: Trace, got: Trace) -> bool:
    """Whether two answers have the same values and gradients."""
    pairs = ((expected.values, got.values), (expected.gradients, got.gradients))
    return got.failure is None and all(
        set(first) == set(second)
        and all(
            np.shape(first[name]) == np.shape(second[name])
            and np.allclose(first[name], second[name], CLOSE, CLOSE, equal_nan=True)
            for name in first
        )
        for first, second in pairs
    )


@cache
def programs(path: Path, op: str, count: int, minimal: bool) -> tuple[Program, ...]:
    """Random programs of an engine's operations, half of their steps ``op``; ``minimal``: of that,
    add and mul alone."""
    ops = sorted({mark.op for mark in Source(ground(path).text).marks} - {ENGINE})
    if minimal:
        ops = [one for one in ops if one in (op, "add", "mul")]
    scalar = all(case.program.scalar for case, *_ in ground(path).cases)
    chance = random.Random(f"{path.stem} {op}")
    found: list[Program] = []
    for _ in range(count * TRIES):
        wanted = ops if op == ENGINE else [*ops, *[op] * len(ops)]
        try:
            found.append(decode(_text(chance, wanted, scalar), Path("random.yaml")).program)
        except CaseError:
            continue
        if len(found) == count:
            break
    return tuple(found)


def _text(chance: random.Random, ops: list[str], scalar: bool) -> str:
    """A case of a few steps, with numbers some of which are round, so that there are ties."""
    names = ["a", "b", "c"][: chance.choice((1, 2, 2, 3))]
    inputs = {name: _input(chance, () if scalar else chance.choice(SHAPES)) for name in names}
    steps = {}
    for number in range(chance.randint(1, 6)):
        steps[f"s{number}"] = _step(chance, chance.choice(ops), names)
        names.append(f"s{number}")
    case: dict[str, object] = {"about": "random", "inputs": inputs, "steps": steps}
    if chance.random() < 0.2:
        case["backward"] = 2
    if scalar and chance.random() < 0.3:
        case["seed"] = 1.75
    return str(yaml.safe_dump(case, sort_keys=False))


def _input(chance: random.Random, shape: tuple[int, ...]) -> float | list[object]:
    if not shape:
        drawn = chance.choice((chance.gauss(0, 1.5), chance.uniform(0, 2), chance.randint(-2, 2)))
        return round(float(drawn), 3)
    return [_input(chance, shape[1:]) for _ in range(shape[0])]


def _step(chance: random.Random, op: str, names: list[str]) -> str:
    two = "y" in OPERATIONS[op].operands
    form = FORMS.get(op, f"{op}({{x}}, {{y}})" if two else f"{op}({{x}})")
    recent = [*names, *names[-2:]]
    choices = dict(_chosen(chance))
    y = chance.choice([*recent, str(round(chance.uniform(-2, 2), 2))])
    text = form.format(x=chance.choice(recent), y=y, **choices)
    return text.replace("{y}", y)


def _chosen(chance: random.Random) -> Iterator[tuple[str, str]]:
    for name, values in CHOICES.items():
        yield name, chance.choice(values)
