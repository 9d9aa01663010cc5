"""Operations of unknown names are known by what they compute, right or wrong on the way back."""

from __future__ import annotations

from pathlib import Path

from engines.strange import SCALARS, accused, judged, written

from harness.engines.loading import load

NUMERO = """
import math

class Numero:
    def __init__(self, valor, padres=()):
        self.valor, self.pendiente, self.padres = valor, 0.0, padres

    def mas(self, otro):
        return Numero(self.valor + otro.valor, [(self, 1.0), (otro, 1.0)])

    def por(self, otro):
        return Numero(self.valor * otro.valor, [(self, otro.valor), (otro, self.valor)])

    def orden(self, vistos):
        if self in vistos:
            return []
        vistos.append(self)
        return [n for padre, _ in self.padres for n in padre.orden(vistos)] + [self]

    def retroceder(self):
        orden = self.orden([])
        for n in orden:
            n.pendiente = 0.0
        self.pendiente = 1.0
        for n in reversed(orden):
            for padre, d in n.padres:
                padre.pendiente += d * n.pendiente

def seno(x):
    return Numero(math.sin(x.valor), [(x, math.cos(x.valor))])

def mitad(x):
    return Numero(x.valor / 2, [(x, 0.5)])
"""

MEAN = """

    def mittel(self, achse=None):
        n = self.data.size
        return Tensor(self.data.mean(), [(self, lambda g: np.full(self.data.shape, g / n))])
"""

ARRAYS = f"""
import numpy as np

class Tensor:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = np.asarray(data, float), None, parents

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(
            self.data * other.data,
            [(self, lambda g: g * other.data), (other, lambda g: g * self.data)],
        )

    __rmul__ = __mul__

    def backward(self):
        self.spread(np.ones_like(self.data))

    def spread(self, g):
        self.grad = g if self.grad is None else self.grad + g
        for parent, way in self.parents:
            parent.spread(way(g))
{MEAN}
"""


def test_a_class_without_any_known_name_is_understood(tmp_path: Path) -> None:
    engine = load(written(tmp_path, NUMERO))
    assert {op: engine.place_of(op) for op in ("add", "mul", "sin")} == {
        "add": "method mas",
        "mul": "method por",
        "sin": "function seno",
    }
    assert judged(engine, "sin(x * y) + x").status == "passed"


def test_what_is_no_operation_of_the_vocabulary_is_taken_for_none(tmp_path: Path) -> None:
    engine = load(written(tmp_path, NUMERO))
    assert "mitad" not in " ".join(engine.describe())


def test_a_wrong_derivative_is_found_under_the_own_name(tmp_path: Path) -> None:
    wrong = NUMERO.replace("(x, math.cos(x.valor))", "(x, -math.cos(x.valor))")
    assert accused(judged(load(written(tmp_path, wrong)), "sin(x) + y")) == {"sin"}


def test_a_reduction_is_known_by_its_result_for_arrays(tmp_path: Path) -> None:
    case = "inputs: {x: [1.0, 2.0, 4.0]}\nexpr: mean(x * x)\n"
    assert judged(load(written(tmp_path, ARRAYS)), case).status == "passed"
    wrong = ARRAYS.replace("g / n", "g")
    assert accused(judged(load(written(tmp_path, wrong, "wrong")), case)) == {"mean"}


def test_what_only_agrees_for_numbers_is_not_taken_for_an_operation_of_arrays(
    tmp_path: Path,
) -> None:
    text = ARRAYS + "    def potenz(self):\n        return Tensor((self.data**2).sum(), [])\n"
    assert not load(written(tmp_path, text)).has("square")


def test_a_usual_name_goes_before_what_computes_the_same(tmp_path: Path) -> None:
    text = SCALARS + "\ndef natural(x):\n    return x.exp()\n"
    assert load(written(tmp_path, text)).place_of("exp") == "method exp"
