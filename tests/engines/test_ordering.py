"""Sets in an engine's source have a given order: the answers are the same in every run."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from sweeps import LONG

from harness.engines.loading import load
from harness.engines.ordering import ORDERS, OrderedFrozenSet, OrderedSet, chosen
from harness.judging.examination import examine
from harness.judging.findings import Finding, gather
from harness.judging.oracle import computed
from harness.judging.symptoms import symptoms
from harness.judging.verdict import Verdict
from harness.language.case import decode

ROOT = Path(__file__).resolve().parents[2]
KINDS: list[tuple[Any, Any]] = [(OrderedSet, set), (OrderedFrozenSet, frozenset)]


class Thing:
    """Something whose hash is its address."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


THINGS = [Thing(name) for name in "abcdefgh"]


def in_order(order: int, elements: Iterable[Any]) -> str:
    with chosen(order):
        return "".join(map(repr, OrderedSet(elements)))


# -- the sets themselves ---------------------------------------------------------------------------


def test_the_orders_are_as_they_came_reversed_and_shuffled() -> None:
    found = [in_order(order, THINGS) for order in range(ORDERS)]
    assert found[:2] == ["abcdefgh", "hgfedcba"]
    assert len(set(found)) == ORDERS
    assert {"".join(sorted(one)) for one in found} == {"abcdefgh"}
    assert found == [in_order(order, THINGS) for order in range(ORDERS)]


def test_two_sets_of_a_run_are_shuffled_each_in_its_own_way() -> None:
    with chosen(2):
        found = {"".join(map(repr, OrderedSet(THINGS[:2]))) for _ in range(20)}
    assert found == {"ab", "ba"}


OPERATORS = {"|": "union", "&": "intersection", "-": "difference", "^": "symmetric_difference"}


@pytest.mark.parametrize("sign", OPERATORS)
@pytest.mark.parametrize(("kind", "plain"), KINDS)
def test_operators_and_methods_give_what_python_s_do(kind: type, plain: type, sign: str) -> None:
    a, b, name = THINGS[:5], THINGS[3:], OPERATORS[sign]
    expected = getattr(plain(a), name)(b)
    for left, right in ((kind(a), kind(b)), (kind(a), plain(b)), (plain(a), kind(b))):
        found = eval(f"left {sign} right", {"left": left, "right": right})
        assert found == expected
        assert type(found) is kind
    assert getattr(kind(a), name)(iter(b)) == getattr(kind, name)(plain(a), b) == expected
    with pytest.raises(TypeError):
        eval(f"left {sign} right", {"left": kind(a), "right": b})


@pytest.mark.parametrize("sign", OPERATORS)
def test_a_set_is_changed_in_place(sign: str) -> None:
    one, other = OrderedSet(THINGS[:5]), set(THINGS[:5])
    scope = {"one": one, "other": other, "right": OrderedSet(THINGS[3:])}
    exec(f"one {sign}= right; other {sign}= right", scope)
    assert scope["one"] is one
    assert one == other
    assert list(one) == [thing for thing in THINGS if thing in other]


def test_a_set_answers_as_python_s_where_nothing_is_iterated() -> None:
    many = OrderedSet(THINGS)
    many.discard(THINGS[0])
    many.remove(THINGS[1])
    many.add(THINGS[0])
    assert "".join(map(repr, many)) == "cdefgha"
    assert repr(many) == "{c, d, e, f, g, h, a}"
    assert repr(OrderedSet()) == "set()"
    assert many == set(many)
    assert set(THINGS[:1]) <= many
    assert hash(OrderedFrozenSet(THINGS)) == hash(frozenset(THINGS))
    assert many.pop() is THINGS[2]
    with pytest.raises(KeyError):
        OrderedSet().pop()
    with pytest.raises(KeyError):
        many.remove(THINGS[1])
    with pytest.raises(TypeError):
        OrderedSet([[]])


def test_a_set_that_changes_while_it_is_iterated_is_refused() -> None:
    many = OrderedSet(THINGS)
    with pytest.raises(RuntimeError, match="Set changed size during iteration"):
        for thing in many:
            many.discard(thing)


@pytest.mark.parametrize("kind", [OrderedSet, OrderedFrozenSet])
def test_copies_keep_the_elements_as_they_came(kind: Any) -> None:
    words = kind("cab")
    for other in (copy.copy(words), pickle.loads(pickle.dumps(words)), words.copy(), kind(words)):
        assert type(other) is kind
        assert list(other) == ["c", "a", "b"]
    deep = copy.deepcopy(kind(THINGS))
    assert "".join(map(repr, deep)) == "abcdefgh"


def test_isinstance_is_as_the_source_expects() -> None:
    assert isinstance(set(), OrderedSet)
    assert isinstance(OrderedSet(), set)
    assert isinstance(frozenset(), OrderedFrozenSet)
    assert not isinstance(frozenset(), OrderedSet)
    assert not isinstance([], OrderedSet)
    assert issubclass(set, OrderedSet)

    class Own(OrderedSet):
        pass

    assert isinstance(Own(), OrderedSet)
    assert not isinstance(set(), Own)
    assert OrderedSet[int] is not None  # type: ignore[misc]


def test_small_numbers_keep_python_s_order_which_is_always_the_same() -> None:
    for order in range(ORDERS):
        with chosen(order) as places:
            assert list(OrderedSet([2, 0, 1])) == [0, 1, 2]
        assert not places


def test_addresses_are_no_small_numbers() -> None:
    numbers = [id(thing) for thing in THINGS]
    with chosen(0) as places:
        assert list(OrderedSet(numbers)) == numbers
    assert len(places) == 1


def test_the_lines_that_iterate_are_noted() -> None:
    with chosen(0) as places:
        many = OrderedSet(THINGS) | OrderedSet(THINGS[:1])
        assert THINGS[0] in many
        assert list(OrderedSet(THINGS[:1]))
    assert not places
    with chosen(0) as places:
        list(many)
        many.pop()
    assert [Path(file).name for file, _ in places] == ["test_ordering.py"] * 2
    assert len({line for _, line in places}) == 2


# -- in an engine's source -------------------------------------------------------------------------

SOURCE = """
from beside import many
KEPT = {
    1,
    *"ab"
}
class Value:
    def __init__(self, data): self.data, self.grad = data, 0.0
    def __add__(self, other): return Value(raise_(self))
    def backward(self): pass
def raise_(x):
    found = {y.upper()
             for y in KEPT - {1}}
    assert isinstance(found, set) and type(found) is set and not isinstance(found, frozenset)
    {
        1 / 0
    }
"""


@pytest.mark.parametrize("folder", ["", "hw/"], ids=["file", "package"])
def test_a_module_beside_an_engine_has_ordered_sets_too(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if folder:
        Path(folder).mkdir()
        Path(f"{folder}__init__.py").write_text("")
    dot = "." if folder else ""
    Path(f"{folder}ordered_engine.py").write_text(ENGINE)
    Path(f"{folder}ops.py").write_text(f"from {dot}ordered_engine import Value\nmany = {{1, 2}}\n")
    (ops,) = load(f"{folder}ordered_engine.py").modules
    assert type(ops.many) is OrderedSet


def test_displays_and_comprehensions_are_exchanged_and_lines_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(SOURCE)
    Path("beside.py").write_text("many = set('abc')\nfew = frozenset('ab')\nimport site_made\n")
    Path("site-packages").mkdir()
    Path("site-packages/site_made.py").write_text("many = {1, 2}\n")
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    module = load("mine.py").module
    assert module is not None
    assert (type(module.KEPT), type(module.many)) == (OrderedSet, OrderedSet)
    assert type(sys.modules["beside"].few) is OrderedFrozenSet
    assert type(sys.modules["site_made"].many) is set
    with pytest.raises(ZeroDivisionError) as error:
        module.raise_(None)
    assert error.traceback[-1].lineno == 15
    assert "set" not in vars(module)


ENGINE = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents, self.push = data, 0.0, parents, None
    def made(self, data, *edges):
        out = Value(data, {p for p, _ in edges})
        def push():
            for p, local in edges:
                p.grad += local * out.grad
        out.push = push
        return out
    def __add__(self, other): return self.made(self.data + other.data, (self, 1), (other, 1))
    def __mul__(self, other):
        return self.made(self.data * other.data, (self, other.data), (other, self.data))
    def tanh(self):
        import math
        out = Value(math.tanh(self.data), {self})
        def push():
            self.grad += (1 - out.data ** 2) * out.grad
        out.push = push
        return out
    def nodes(self):
        done, order, todo = set(), [], [(self, False)]
        while todo:
            node, ready = todo.pop()
            if ready:
                order.append(node)
            elif node not in done:
                done.add(node)
                todo += [(node, True), *((p, False) for p in node.parents)]
        return order[::-1]
    def backward(self):
        nodes = self.nodes()
        for node in nodes: node.grad = 0.0
        self.grad = 1.0
        for node in nodes:
            if node.push: node.push()
"""
UNSORTED = ENGINE.replace("return order[::-1]", "return done")
ASSIGNS = ENGINE.replace("self.grad += (1", "self.grad = (1")
CASES = {
    "chain": "inputs: {x: 0.7}\nsteps: {a: tanh(x), b: tanh(a), f: tanh(b)}\n",
    "product": "inputs: {x: 0.7, y: -1.5}\nexpr: x * y\n",
    "diamond": "inputs: {x: 0.7, y: -1.5}\nsteps: {a: x * y, b: a * x, f: b + tanh(a) * x}\n",
    "tanh_last": "inputs: {x: 0.7, y: -1.5}\nsteps: {a: tanh(x), b: x * y, f: b + a}\n",
    "tanh_first": "inputs: {x: 0.7, y: -1.5}\nsteps: {b: x * y, a: tanh(x), f: a + b}\n",
    "wide": "inputs: {x: 0.7, y: -1.5}\nexpr: tanh(x) + x * y + tanh(y) + x + y * y\n",
}


def verdicts(engine: str, folder: Path) -> list[Verdict]:
    path = folder / "mine.py"
    path.write_text(engine)
    loaded = load(str(path))
    cases = [
        decode(f"about: a\n{text}", ROOT / f"cases/a/{name}.yaml") for name, text in CASES.items()
    ]
    return [examine(loaded, case, computed(case)) for case in cases]


def findings(judged: list[Verdict]) -> list[Finding]:
    found = [symptom for v in judged for symptom in symptoms(v, v.case.id)]
    return gather(found)


def told(judged: list[Verdict]) -> set[tuple[str, str]]:
    return {(finding.op, finding.code) for finding in findings(judged)}


def test_a_right_engine_that_keeps_parents_in_a_set_is_right_in_all_orders(tmp_path: Path) -> None:
    judged = verdicts(ENGINE, tmp_path)
    assert all(verdict.passed and not verdict.unordered for verdict in judged)
    assert judged[0].trace.iterates_sets == ()
    (place,) = judged[1].trace.iterates_sets
    assert place.endswith("mine.py:30")


def test_a_backward_pass_over_a_set_is_unordered_and_its_place_is_told(tmp_path: Path) -> None:
    judged = verdicts(UNSORTED, tmp_path)
    assert [v.passed for v in judged if v.case.id.endswith(("chain.yaml", "diamond.yaml"))] == [
        False,
        False,
    ]
    (finding,) = findings(judged)
    assert (finding.op, finding.code) == ("engine", "unordered")
    assert "mine.py:34 or " in finding.message
    assert "keep parents in a tuple or a list" in finding.message


def test_a_rule_that_overwrites_in_some_orders_is_the_mistake_itself(tmp_path: Path) -> None:
    judged = verdicts(ASSIGNS, tmp_path)
    assert any(verdict.unordered for verdict in judged)
    assert told(judged) == {("tanh", "overwrite")}


def test_the_worst_order_counts_whichever_comes_first(tmp_path: Path) -> None:
    swapped = ASSIGNS.replace("in node.parents)", "in list(node.parents)[::-1])")
    failed = [[verdict.passed for verdict in verdicts(e, tmp_path)] for e in (ASSIGNS, swapped)]
    assert failed[0] == failed[1]


def test_an_engine_without_sets_is_asked_once(tmp_path: Path) -> None:
    lists = ENGINE.replace("{p for p, _ in edges}", "[p for p, _ in edges]").replace(
        "{self}", "[self]"
    )
    (tmp_path / "mine.py").write_text(lists)
    engine = load(str(tmp_path / "mine.py"))
    case = decode(f"about: a\n{CASES['wide']}", ROOT / "cases/a/wide.yaml")
    asked = []
    run = engine.run
    engine.run = lambda program: asked.append(1) or run(program)  # type: ignore[method-assign,func-returns-value]
    assert examine(engine, case, computed(case)).passed
    assert len(asked) == 1


LAYOUT = """
import random, sys
chance = random.SystemRandom()
kept = [bytearray(chance.randrange(16, 4096)) for _ in range(20000)]
del kept[:: chance.randrange(2, 5)]
from harness.cli import main
sys.exit(main(["check", "mine.py", "--cases", "cases", "--oracle", "recorded", "--json", "-"]))
"""


@pytest.mark.parametrize("count", [3, pytest.param(10, marks=LONG)])
def test_processes_say_the_same_to_the_byte(tmp_path: Path, count: int) -> None:
    texts = 'for p, local in [edges[int(i)] for i in {"0", "1"} if int(i) < len(edges)]:'
    wrong = ASSIGNS.replace("for p, local in edges:", texts)
    (tmp_path / "mine.py").write_text(wrong)
    (tmp_path / "cases").symlink_to(ROOT / "cases/scalars")
    outputs = set()
    for seed in range(count):
        done = subprocess.run(
            [sys.executable, "-c", LAYOUT],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(seed * 7919)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        outputs.add(done.stdout)
    assert len(outputs) == 1
