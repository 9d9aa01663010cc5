"""What is wrong with a value is told by asking its operation at several points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from judging.test_experiments import ENGINE, SCALARS

from harness.engines.loading import load
from harness.judging.diagnosis import explain
from harness.judging.experiments import elsewhere, leaf_of
from harness.judging.oracle import computed
from harness.judging.parts import written_out
from harness.judging.precision import examined
from harness.judging.wording import sentence
from harness.language.case import decode
from harness.vocabulary.compositions import COMPOSITIONS
from harness.vocabulary.examples import PARAMETERS, SPECIAL
from harness.vocabulary.local import Local
from harness.vocabulary.program import Program, Step, default_seed
from harness.vocabulary.shapes import infer
from harness.vocabulary.signatures import OPERATIONS
from harness.vocabulary.value_slips import VALUE_SLIPS

ROOT = Path(__file__).resolve().parents[2]

MORE = SCALARS.replace(
    "    def exp(self):",
    """    def log(self):
        return self.made(math.log(self.data), (self, 1 / self.data))
    def __rsub__(self, other):
        return Value(other) - self
    def exp(self):""",
)


def told(engine: str, expression: str, folder: Path, direction: str = "forward") -> tuple[str, str]:
    """The operation that is blamed, and the sentence."""
    (folder / "mine.py").write_text(engine)
    text = f"about: a\ninputs: {{x: 1.0, y: 2.0}}\nexpr: {expression}\n"
    case = decode(text, ROOT / "cases/a/wide.yaml")
    found = explain(examined(load(str(folder / "mine.py")), case, computed(case)), direction)
    assert found is not None
    return found.mistake.op, sentence(found.mistake)


@pytest.mark.parametrize(
    ("old", "new", "expression", "op", "what"),
    [
        ("max(self.data, 0.0)", "min(self.data, 0.0)", "relu(x)", "relu", "the other side"),
        ("max(self.data, 0.0)", "abs(self.data)", "relu(-x)", "relu", "relu gives what abs should"),
        ("made(math.log(", "made(math.log10(", "log(y)", "log", "to the base 10"),
        ("self.made(math.exp(", "self.made(2 ** (", "exp(y)", "exp", "a power of 2"),
        ("self.made(math.exp(", "self.made(math.log(", "exp(y)", "exp", "exp gives what log"),
        ("out = math.tanh(self.data)", "out = -math.tanh(self.data)", "tanh(x)", "tanh", "sign"),
        ("abs(self.data), (self", "3 * abs(self.data), (self", "abs(y)", "abs", "the factor 3"),
        ("Value(other) - self", "self - other", "5 - y", "sub", "number stands on the left, as in"),
    ],
    ids=["relu", "abs", "log10", "power of 2", "another", "sign", "factor", "reflected"],
)
def test_a_wrong_value_is_named_by_all_of_its_points(
    old: str, new: str, expression: str, op: str, what: str, tmp_path: Path
) -> None:
    assert MORE.count(old) == 1
    blamed, said = told(MORE.replace(old, new), expression, tmp_path)
    assert (blamed, what in said) == (op, True), said


def test_one_number_that_fits_by_chance_names_nothing(tmp_path: Path) -> None:
    odd = MORE.replace("self.made(math.exp(self.data)", "self.made(self.data ** 3 + self.data - 1")
    assert told(odd, "exp(x)", tmp_path) == ("exp", "the forward formula of exp is wrong")


def test_what_is_off_by_roundings_of_1_is_right_to_a_few_digits(tmp_path: Path) -> None:
    lossy = MORE.replace("math.tanh(self.data)", "1 - 2 / (math.exp(2 * self.data) + 1)")
    (tmp_path / "mine.py").write_text(lossy)
    case = decode("about: a\ninputs: {x: 1.e-13}\nexpr: tanh(x)\n", ROOT / "cases/a/b.yaml")
    found = explain(examined(load(str(tmp_path / "mine.py")), case, computed(case)), "forward")
    assert found is not None and (found.mistake.op, found.mistake.code) == ("tanh", "precision")


CHOICES: dict[str, tuple[dict[str, float], ...]] = {
    "elu": ({"alpha": 0.7},),
    "var": ({"correction": 0}, {"correction": 1}),
    "std": ({"correction": 0}, {"correction": 1}),
}
"""Parameters that a slip shows with."""


def example(op: str, **given: float) -> Program:
    """The operation alone, at the numbers that it is asked at."""
    operands = SPECIAL.get(op, (0.5, 0.25)[: len(OPERATIONS[op].operands)])
    parameters = dict(PARAMETERS.get(op, {}))
    if op in ("mean", "var", "std", "softmax", "log_softmax", "logsumexp", "norm"):
        operands, parameters = ([[0.5, 1.5], [2.0, 0.25]],), {"axis": 1}
    operands = (1.5, 0.5) if op == "pow" else operands
    parameters |= given
    names = tuple(map(leaf_of, range(len(operands))))
    values = {
        name: np.asarray(value) if isinstance(value, list) else value
        for name, value in zip(names, operands, strict=True)
    }
    inputs = {k: v for k, v in values.items() if np.asarray(v).dtype.kind == "f"}
    constants = {k: np.asarray(v) for k, v in values.items() if k not in inputs}
    step = Step("f", op, names, parameters)
    shapes = {name: np.shape(value) for name, value in values.items()}
    shapes["f"] = infer(step.operation.shape, [shapes[name] for name in names], step.arguments)
    return Program(inputs, constants, (step,), shapes, default_seed(shapes["f"]))


@pytest.mark.parametrize("op", VALUE_SLIPS)
def test_no_slip_of_a_value_is_right_at_all_points(op: str) -> None:
    programs = [example(op, **given) for given in CHOICES.get(op, ({},))]
    for what, text in VALUE_SLIPS[op]:
        wrong = 0
        for one in (each for program in programs for each in (program, *elsewhere(program))):
            values = {name: np.asarray(value) for name, value in one.inputs.items()}
            local = Local(one, one.steps[0], values | dict(one.constants))
            wrong += not np.array_equal(local.value_by(text), local.value())
        assert wrong, what


@pytest.mark.parametrize("op", COMPOSITIONS)
def test_what_is_written_out_gives_the_same(op: str) -> None:
    program = example(op)
    values = {name: np.asarray(value) for name, value in program.inputs.items()}
    right = Local(program, program.steps[0], values).value()
    for other in written_out(program):
        known = {name: np.asarray(value) for name, value in other.inputs.items()}
        for step in other.steps:
            known[step.name] = Local(other, step, known).value()
        np.testing.assert_allclose(known["f"], right, rtol=1e-12)


FLOATS = """
import numpy as np

class Tensor:
    def __init__(self, data, edges=()):
        self.data, self.edges, self.grad = np.asarray(data, np.float32), edges, None
    def made(self, data, *edges):
        return Tensor(data, edges)
    def exp(self):
        out = np.exp(self.data)
        return self.made(out, (self, lambda g: g * SLOPE))
    def sum(self, axis=None, keepdims=False):
        n = self.data.shape
        def back(g):
            return np.broadcast_to(g if keepdims or axis is None else np.expand_dims(g, axis), n)
        return self.made(self.data.sum(axis=axis, keepdims=keepdims), (self, back))
    def __truediv__(self, other):
        a, b = self.data, other.data
        def left(g):
            return fitted(g / b, a.shape)
        def right(g):
            return fitted(-g * a / b ** 2, b.shape)
        return self.made(a / b, (self, left), (other, right))
    def softmax(self, axis=-1):
        e = (self - Tensor(self.data.max(axis=axis, keepdims=True))).exp()
        return e / e.sum(axis, True)
    def __sub__(self, other):
        n = other.data.shape
        return self.made(
            self.data - other.data, (self, lambda g: g), (other, lambda g: -fitted(g, n))
        )
    def backward(self, seed):
        order, seen = [], set()
        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.edges:
                    visit(parent)
                order.append(node)
        visit(self)
        self.grad = np.asarray(seed, np.float32)
        for node in reversed(order):
            for parent, back in node.edges:
                got = back(node.grad).astype(np.float32)
                parent.grad = got if parent.grad is None else parent.grad + got

def fitted(g, shape):
    while g.ndim > len(shape):
        g = g.sum(0)
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.sum(axis, keepdims=True)
    return g
"""


def test_in_float32_what_is_made_of_a_wrong_operation_is_not_blamed(tmp_path: Path) -> None:
    text = "about: a\ninputs: {x: [[0.7, -1.5, 0.2], [1.2, 0.4, 2.0]]}\nexpr: softmax(x)\n"
    case = decode(text, ROOT / "cases/a/wide.yaml")
    path = tmp_path / "mine.py"
    for slope, blamed in (("out", None), ("self.data", "exp"), ("1", "exp")):
        path.write_text(FLOATS.replace("SLOPE", slope))
        found = explain(examined(load(str(path)), case, computed(case)), "backward")
        assert (None if found is None else found.mistake.op) == blamed


def test_what_assigns_within_a_composite_is_the_machinery_s(tmp_path: Path) -> None:
    engine = ENGINE.replace("parent.grad += local", "parent.grad = local").replace(
        "    def exp(self):",
        "    def square(self):\n        return self * self\n    def exp(self):",
    )
    assert told(engine, "square(x)", tmp_path, "backward")[0] == "engine"
