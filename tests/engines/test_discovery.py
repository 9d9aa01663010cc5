"""Conventions are tried out on the engine: of each kind, one engine that has nothing else odd."""

from __future__ import annotations

import io
import time
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from engines.strange import ARRAYS, ROW, SCALARS, changed, judged, loaded, written

from harness.engines import loading
from harness.engines.adapter import ObjectEngine
from harness.engines.conventions import OBJECT, Backward
from harness.engines.discovery import discover
from harness.engines.engine import EngineError
from harness.engines.loading import load
from harness.engines.trace import Trace
from harness.grading import wire
from harness.vocabulary.program import Program, Step

# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["value", "val", "v", "array", "_storage", "Payload"])
def test_the_value_is_where_the_number_is_given_back(tmp_path: Path, name: str) -> None:
    text = changed(SCALARS, (".data", f".{name}"))
    engine = loaded(tmp_path, text)
    assert engine.conventions.value == (name,)
    assert judged(engine).status == "passed"


def test_the_value_may_be_what_a_method_gives(tmp_path: Path) -> None:
    method = "    def item(self):\n        return self.__n[0]\n\n    def exp("
    text = changed(SCALARS, ("self.data, self.grad", "self.__n, self.grad"), (".data", ".item()"))
    text = changed(text, ("= data, 0.0", "= [data], 0.0"), ("    def exp(", method))
    engine = loaded(tmp_path, text)
    assert judged(engine).status == "passed"


def test_the_value_may_be_nested(tmp_path: Path) -> None:
    box = "class Box:\n    def __init__(self, n): self.n = n\n    def numpy(self): return self.n\n"
    text = changed(ARRAYS, (".data", ".data.numpy()"), ("np.asarray(data, dtype=float)", "BOX"))
    text = changed(text, ("self.data.numpy(), self.parents", "self.data, self.parents"))
    text = changed(text, ("BOX", "Box(np.asarray(data, dtype=float))"))
    engine = loaded(tmp_path, text + box)
    assert engine.conventions.value == ("data", "numpy()")
    assert judged(engine, ROW).status == "passed"


# -- leaves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "made"),
    [
        ("data, label, parents=()", "data, 'sum', parents"),
        ("label, data, parents=()", "'sum', data, parents"),
        ("data, name, requires_grad, parents=()", "data, 'sum', True, parents"),
        ("data, op, _children, grad_fn, parents=()", "data, '+', [], None, parents"),
        ("*, data, parents=()", "data=data, parents=parents"),
    ],
)
def test_a_constructor_is_given_what_it_needs(tmp_path: Path, parameters: str, made: str) -> None:
    text = changed(
        SCALARS, ("Value(", "new("), ("(self, data, parents=())", f"(self, {parameters})")
    )
    new = f"\n\ndef new(data, parents=()):\n    return Value({made})\n"
    assert judged(loaded(tmp_path, text + new)).status == "passed"


def test_a_constructor_may_want_arrays(tmp_path: Path) -> None:
    text = changed(ARRAYS, ("np.asarray(data, dtype=float), parents", "data.copy(), parents"))
    text = changed(text, ("self.data.sum()", "np.asarray(self.data.sum())"))
    text = text.replace("else Tensor(other)", "else Tensor(np.asarray(other))")
    text = text.replace(
        "Tensor(self.data + other.data", "Tensor(np.asarray(self.data + other.data)"
    )
    text = text.replace(
        "Tensor(self.data * other.data", "Tensor(np.asarray(self.data * other.data)"
    )
    engine = loaded(tmp_path, text)
    assert judged(engine).status == judged(engine, ROW).status == "passed"


def test_a_constructor_may_want_lists(tmp_path: Path) -> None:
    check = "        assert not isinstance(data, np.ndarray) or parents\n        self.data, self.pa"
    engine = loaded(tmp_path, changed(ARRAYS, ("        self.data, self.pa", check)))
    assert judged(engine, ROW).status == "passed"


def test_a_function_of_the_module_may_make_leaves(tmp_path: Path) -> None:
    text = changed(SCALARS, ("(self, data, parents=())", "(self, data, parents, secret)"))
    text = changed(
        text,
        (
            "        self.data, self.grad",
            "        assert secret == 7\n        self.data, self.grad",
        ),
    )
    text = text.replace(")])\n", ")], 7)\n").replace("Value(float(x))", "scalar(float(x))")
    engine = loaded(tmp_path, text + "\n\ndef scalar(number):\n    return Value(number, (), 7)\n")
    assert engine.conventions.leaf.maker == "scalar"
    assert judged(engine).status == "passed"


# -- backward and gradients ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["_grad", "derivative", "gradient", "adjoint", "d", "slope"])
def test_the_gradient_is_what_backward_changes(tmp_path: Path, name: str) -> None:
    engine = loaded(tmp_path, changed(SCALARS, (".grad", f".{name}")))
    assert engine.conventions.gradient == (name,)
    assert judged(engine).status == "passed"


def test_a_usual_name_is_believed_though_its_number_is_wrong(tmp_path: Path) -> None:
    text = changed(SCALARS, ("parent.grad += local * node.grad", "pass"))
    engine = loaded(tmp_path, text)
    assert engine.conventions.gradient == ("grad",)
    assert judged(engine).status == "failed"


def test_the_gradient_may_be_what_a_method_gives(tmp_path: Path) -> None:
    method = "    def get_gradient(self):\n        return self.__g[0]\n\n    def exp("
    text = changed(
        SCALARS, ("node.grad = 0.0", "node.g([0.0])"), ("self.grad = 1.0", "self.g([1.0])")
    )
    text = changed(
        text,
        (
            "self.data, self.grad, self.parents = data, 0.0",
            "self.data, self.__g, self.parents = data, [0.0]",
        ),
        (
            "parent.grad += local * node.grad",
            "parent.g([parent.get_gradient() + local * node.get_gradient()])",
        ),
        ("    def exp(", f"    def g(self, new):\n        self.__g = new\n\n{method}"),
    )
    engine = loaded(tmp_path, text)
    assert judged(engine).status == "passed"


@pytest.mark.parametrize("name", ["backwards", "backprop", "do_backward", "run_backward_pass"])
def test_backward_may_have_another_name(tmp_path: Path, name: str) -> None:
    engine = loaded(tmp_path, changed(SCALARS, ("def backward(", f"def {name}(")))
    assert judged(engine).status == "passed"


FUNCTION = """

def {name}(output{more}):
    for node in output.order():
        node.grad = 0.0
    output.grad = 1.0
    for node in output.order():
        node.backward()
    return {{node: node.grad for node in output.order()}}
"""
LOCAL = """
    def backward(self):
        for parent, local in self.parents:
            parent.grad += local * self.grad
"""


@pytest.mark.parametrize("name", ["backward", "backprop", "get_gradients"])
def test_backward_may_be_a_function_and_the_method_one_step_of_it(
    tmp_path: Path, name: str
) -> None:
    text = SCALARS[: SCALARS.index("    def backward")] + LOCAL.lstrip("\n")
    engine = loaded(tmp_path, text + FUNCTION.format(name=name, more=""))
    how = engine.conventions.backward
    assert how is not None and (how.kind, how.name) == ("function", name)
    assert judged(engine).status == "passed"


RETURNING = """

def {head}:
    flow = {{output: 1.0}}
    for node in output.order():
        for parent, local in node.parents:
            flow[parent] = flow.get(parent, 0.0) + local * flow[node]
    return {result}
"""


@pytest.mark.parametrize(
    ("head", "result"),
    [
        ("get_gradients(output)", "flow"),
        ("backward(output)", "{id(node): g for node, g in flow.items()}"),
        ("gradients(output, wrt)", "[flow.get(node) for node in wrt]"),
        ("gradients(output)", "type('Found', (), {'wrt': lambda self, x: flow.get(x)})()"),
    ],
)
def test_gradients_may_be_what_backward_returns(tmp_path: Path, head: str, result: str) -> None:
    text = (
        SCALARS[: SCALARS.index("    def backward")]
        .replace(", self.grad", "")
        .replace(", 0.0,", ",")
    )
    engine = loaded(tmp_path, text + RETURNING.format(head=head, result=result))
    assert engine.conventions.gradient is None
    assert judged(engine).status == "passed"


TAPE = """

class GradientTape:
    current = None

    def __init__(self):
        self.watched = []

    def __enter__(self):
        GradientTape.current = self
        return self

    def __exit__(self, *error):
        GradientTape.current = None

    def watch(self, node):
        self.watched.append(node)

    def gradient(self, target, sources):
        assert GradientTape.current is None
        flow = {target: 1.0}
        for node in target.order():
            for parent, local in node.parents:
                flow[parent] = flow.get(parent, 0.0) + local * flow[node]
        return [flow.get(node) for node in sources]
"""


def test_backward_may_be_a_gradient_tape(tmp_path: Path) -> None:
    text = (
        SCALARS[: SCALARS.index("    def backward")]
        .replace(", self.grad", "")
        .replace(", 0.0,", ",")
    )
    assert judged(loaded(tmp_path, text + TAPE)).status == "passed"


def test_a_tape_may_be_opened_by_a_method(tmp_path: Path) -> None:
    text = changed(
        SCALARS[: SCALARS.index("    def backward")], (", self.grad", ""), (", 0.0,", ",")
    )
    entered = TAPE[TAPE.index("    def __enter__") : TAPE.index("    def watch")]
    opening = """
    @contextmanager
    def record(self):
        GradientTape.current = self
        yield
        GradientTape.current = None

"""
    tape = changed(TAPE, (entered, opening.lstrip("\n")))
    engine = loaded(tmp_path, f"from contextlib import contextmanager\n{text}{tape}")
    assert engine.conventions.backward == Backward("tape", "GradientTape.gradient", opens="record")
    assert judged(engine).status == "passed"
    assert "opened by .record()" in "\n".join(engine.describe())


def test_a_tape_is_open_until_the_output_has_its_seed(tmp_path: Path) -> None:
    start = ARRAYS.index("    def backward")
    order = SCALARS[SCALARS.index("    def order") : SCALARS.index("    def backward")]
    text = changed(ARRAYS[:start], (", parents=())", ", parents=(), open=True)"))
    text = changed(text, ("        self.grad = np.zeros_like(self.data)\n", ""))
    text = changed(text, ("parents\n", "(parents if GradientTape.current else ())\n"))
    tape = changed(
        TAPE,
        ("{target: 1.0}", "{target: np.ones_like(target.data)}"),
        ("for parent, local in", "for parent, pull in"),
        ("local * flow[node]", "pull(flow[node])"),
    )
    assert judged(loaded(tmp_path, text + order + tape), ROW).status == "passed"


def test_backward_may_have_a_name_that_nobody_knows(tmp_path: Path) -> None:
    names = (("def backward(", "def retropropager("), (".grad", ".pente"), (".data", ".valeur"))
    engine = loaded(tmp_path, changed(SCALARS, *names))
    assert engine.conventions.backward is not None
    assert engine.conventions.backward.name == "retropropager"
    assert judged(engine).status == "passed"


# -- seeds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["grad_tensor", "begin_with", "delta"])
def test_a_seed_may_have_any_name(tmp_path: Path, name: str) -> None:
    text = changed(
        ARRAYS, ("(self, grad=None)", f"(self, {name}=None)"), ("if grad is", f"if {name} is")
    )
    engine = loaded(tmp_path, changed(text, ("np.asarray(grad,", f"np.asarray({name},")))
    how = engine.conventions.backward
    assert how is not None and how.seed == name
    assert judged(engine, ROW).status == "passed"


@pytest.mark.parametrize("parameter", ["retain_graph=False", "visited=None", "verbose=0"])
def test_what_changes_nothing_is_no_seed(tmp_path: Path, parameter: str) -> None:
    text = changed(ARRAYS, ("(self, grad=None)", f"(self, {parameter})"))
    text = changed(text, (" if grad is None else np.asarray(grad, dtype=float)", ""))
    engine = loaded(tmp_path, text)
    how = engine.conventions.backward
    assert how is not None and how.seed is None
    assert judged(engine, ROW).status == "passed"


def test_a_seed_may_be_an_object_of_the_engine(tmp_path: Path) -> None:
    engine = loaded(tmp_path, changed(ARRAYS, ("np.asarray(grad, dtype=float)", "grad.data * 1")))
    how = engine.conventions.backward
    assert how is not None and how.form == OBJECT
    assert judged(engine, ROW).status == "passed"


def test_a_seed_of_a_usual_name_that_is_ignored_is_a_mistake(tmp_path: Path) -> None:
    text = changed(ARRAYS, (" if grad is None else np.asarray(grad, dtype=float)", ""))
    assert judged(loaded(tmp_path, text), ROW).status == "failed"


def test_without_a_seed_a_product_and_a_sum_do_in_any_spelling(tmp_path: Path) -> None:
    text = changed(
        ARRAYS, (", grad=None", ""), (" if grad is None else np.asarray(grad, dtype=float)", "")
    )
    text = changed(text, ("__add__", "Plus"), ("__mul__", "Multiply"), ("def sum", "def reduceSum"))
    text = changed(text, ("    __radd__, __rmul__ = Plus, Multiply\n", ""))
    verdict = judged(loaded(tmp_path, text), ROW)
    assert verdict.status == "passed" and verdict.trace.seed is None


@pytest.mark.parametrize("sum_", ["    def sum(self):", "    def mean(self):"])
def test_without_a_product_it_is_begun_with_ones(tmp_path: Path, sum_: str) -> None:
    text = changed(
        ARRAYS, (", grad=None", ""), (" if grad is None else np.asarray(grad, dtype=float)", "")
    )
    text = changed(
        text, ("__mul__", "_mul"), ("__radd__, __rmul__ = __add__, _mul", "__radd__ = __add__")
    )
    engine = loaded(tmp_path, changed(text, ("    def sum(self):", sum_)))
    verdict = judged(engine, ROW.replace("x * y + x", "x + y + x"))
    assert verdict.trace.seed is not None and verdict.trace.seed.tolist() == [1.0, 1.0, 1.0]
    assert verdict.status == "passed"


# -- what must hold whatever the engine ------------------------------------------------------------


def test_trying_leaves_nothing_behind_and_prints_nothing(tmp_path: Path) -> None:
    keeping = (
        "tuple(parents)\n        TAPE.append(self)\n        Value.made += 1\n        print(1)\n"
    )
    text = changed(
        SCALARS,
        ("tuple(parents)\n", keeping),
        ("class Value:\n", "TAPE = []\n\n\nclass Value:\n    made = 0\n\n"),
    )
    told = io.StringIO()
    with redirect_stdout(told):
        engine = loaded(tmp_path, text)
    kept = vars(engine.module)["TAPE"], vars(engine.cls)["made"]
    assert (*kept, told.getvalue()) == ([], 0, "")


def test_a_new_life_of_an_engine_is_not_tried_again(tmp_path: Path) -> None:
    engine = loaded(
        tmp_path,
        changed(
            SCALARS,
            ("class Value:\n", "COUNT = iter(range(10**6))\n\n\nclass Value:\n"),
            ("tuple(parents)\n", "tuple(parents)\n        next(COUNT)\n"),
        ),
    )
    renewed = engine.renewed()
    assert isinstance(renewed, ObjectEngine)
    assert renewed.conventions == engine.conventions
    assert next(vars(renewed.module)["COUNT"]) == 0


def test_a_new_life_is_not_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = loaded(tmp_path, SCALARS)
    monkeypatch.setattr(loading, "of_module", lambda *_: pytest.fail("looked for"))
    renewed = engine.renewed()
    assert isinstance(renewed, ObjectEngine)
    assert renewed.cls is not engine.cls and renewed.origin == engine.origin


def test_trying_is_quick(tmp_path: Path) -> None:
    engine = loaded(tmp_path, SCALARS)
    best = 1.0
    for _ in range(5):
        began = time.process_time()
        discover(ObjectEngine(engine.cls, engine.module))
        best = min(best, time.process_time() - began)
    assert best < 0.01


def test_an_engine_of_broken_operations_is_understood(tmp_path: Path) -> None:
    text = changed(
        SCALARS, ("self.data * other.data, [", "1 / 0, ["), ("self.data + other.data, [", "-7.0, [")
    )
    engine = loaded(tmp_path, text)
    assert (engine.conventions.value, engine.conventions.gradient) == (("data",), ("grad",))


def test_what_is_not_understood_is_said_in_one_line(tmp_path: Path) -> None:
    text = changed(
        SCALARS,
        ("self.data, self.grad,", "self.label, self.children,"),
        ("= data, 0.0", "= 'a', 0.0"),
    )
    with pytest.raises(EngineError) as told:
        loaded(tmp_path, text)
    assert str(told.value) == (
        "class Value: no number found in its objects (looked for .data, .value, .val, .v, …; they "
        "have: label, children, parents). Write an adapter: harness adapt strange.py"
    )
    with pytest.raises(
        EngineError, match=r"no object can be made of a number: Value\(1.625\) raises"
    ):
        loaded(
            tmp_path,
            changed(
                SCALARS,
                ("        self.data, self", "        raise KeyError(3)\n        self.data, self"),
            ),
        )


def test_an_adapter_is_tried_only_where_it_overrides_nothing(tmp_path: Path) -> None:
    text = changed(
        SCALARS,
        (".data", ".hidden"),
        ("__mul__", "times"),
        (", __rmul__", ""),
        ("__radd__ = __add__, times", "__radd__ = __add__"),
    )
    adapter = """

from harness.engines.adapter import ObjectEngine


class Mine(ObjectEngine):
    cls = Value

    def apply(self, step, operands):
        if step.op == "mul":
            return operands[0].times(operands[1])
        return super().apply(step, operands)
"""
    engine = loaded(tmp_path, text + adapter)
    assert engine.conventions.value == ("hidden",)
    assert judged(engine).status == "passed"


def test_an_adapter_with_a_run_of_its_own_is_not_tried(tmp_path: Path) -> None:
    adapter = """
from harness.engines.adapter import ObjectEngine
from harness.engines.loading import load
from harness.engines.trace import Trace


class Mine(ObjectEngine):
    def run(self, program):
        return Trace({}, unsupported="anything")
"""
    assert judged(loaded(tmp_path, adapter)).status == "unsupported"


def test_a_recursive_backward_that_is_given_its_seed_is_understood(tmp_path: Path) -> None:
    text = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def plus(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def backward(self, up=1.0):
        self.grad += up
        for parent, local in self.parents:
            parent.backward(local * up)
"""
    engine = loaded(tmp_path, text)
    assert engine.place_of("add") == "method plus"
    assert engine.conventions.backward is not None and engine.conventions.backward.seed == "up"
    assert judged(engine, "(x + y) + y").status == "passed"


def test_a_helper_class_beside_grad_is_no_engine(tmp_path: Path) -> None:
    text = """
class Node:
    def __init__(self, value, slope):
        self.value, self.slope = value, slope

    def __add__(self, other):
        other = other if isinstance(other, Node) else Node(other, 0.0)
        return Node(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        other = other if isinstance(other, Node) else Node(other, 0.0)
        slope = self.slope * other.value + self.value * other.slope
        return Node(self.value * other.value, slope)

    __radd__, __rmul__ = __add__, __mul__


def grad(f):
    return lambda x: f(Node(x, 1.0)).slope
"""
    assert judged(load(written(tmp_path, text))).status == "passed"


def test_backward_may_be_a_method_of_a_tape(tmp_path: Path) -> None:
    text = (
        SCALARS[: SCALARS.index("    def backward")]
        + """

class Tape:
    def backward(self, out):
        for node in out.order():
            node.grad = 0.0
        out.grad = 1.0
        for node in out.order():
            for parent, local in node.parents:
                parent.grad += local * node.grad


tape = Tape()
"""
    )
    engine = loaded(tmp_path, text)
    assert engine.conventions.backward is not None
    assert engine.conventions.backward.name == "tape.backward"
    assert judged(engine).status == "passed"


def test_gradients_may_be_returned_by_name(tmp_path: Path) -> None:
    text = changed(
        SCALARS[: SCALARS.index("    def backward")],
        ("(self, data, parents=())", "(self, data, name=None, parents=())"),
        (", self.grad", ""),
        (", 0.0,", ","),
        ("tuple(parents)\n", "tuple(parents)\n        self.name = name or f'node {id(self)}'\n"),
        ("data, [(", "data, None, [("),
        ("(out, [(", "(out, None, [("),
        ("    def __init__(self, data, name=None", "    def __init__(self, data, name"),
    )
    text = text.replace("Value(float(x))", "Value(float(x), None)")
    text += RETURNING.format(
        head="backward(output)", result="{node.name: g for node, g in flow.items()}"
    )
    engine = loaded(tmp_path, text)
    assert engine.conventions.leaf.label == "name"
    assert judged(engine).status == "passed"


def test_over_the_wire_a_seed_is_ones_and_no_other() -> None:
    x = np.array([2.0, 3.0])
    sum_ = Step("f", "neg", ("x",))
    program = Program({"x": x}, {}, (sum_,), {"x": (2,), "f": (2,)}, np.array([0.5, 1.5]))
    values = {"x": x, "f": -x}
    nothing = Trace(values, {"f": 0 * x, "x": 0 * x}, seed=0 * x)
    received = wire.trace(wire.pack_trace(nothing), program)
    assert received.seed is not None and received.seed.tolist() == [1.0, 1.0]
    assert wire.trace(wire.pack_trace(Trace(values)), program).seed is None
