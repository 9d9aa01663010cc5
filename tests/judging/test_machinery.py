"""What all rules share is asked by itself, and told by its own name, with nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from judging.test_experiments import ENGINE, ROOT, SCALARS, told

from harness.engines.loading import load
from harness.judging.diagnosis import explain
from harness.judging.examination import examine
from harness.judging.oracle import computed
from harness.judging.result import as_json
from harness.judging.wording import sentence
from harness.language.case import decode

SEEDED = ENGINE.replace("    def backward(self):", "    def backward(self, seed=1.0):").replace(
    "self.grad = 1.0", "self.grad = seed"
)
IN_SETS = ENGINE.replace("tuple(parent for parent, _ in edges)", "{p for p, _ in edges}")

NOT_REVERSED = ("for node in reversed(order):", "for node in order:")
NOT_BEGUN = ("        self.grad = seed\n", "")
ONE_LEVEL = (
    "for node in reversed(order):",
    "for node in [n for n in reversed(order) if any(n is one for one in (self, *self.parents))]:",
)
SILENT = ("for node in reversed(order):", "for node in reversed(order[:-1]):")
NO_VISITED_SET = ("elif not any(node is other for other in seen):", "else:")
PRE_ORDER = (
    "todo += [(node, True), *((parent, False) for parent in node.parents)]",
    "order.insert(0, node); todo += [(parent, False) for parent in node.parents]",
)
BY_VALUE = ("node is other", "node.data == other.data")
ADDED = ("local * out.grad", "(local + out.grad)")
SLOPES_ALONE = (
    "            for parent, local in edges:\n                parent.grad += local * out.grad",
    "            for parent, local in edges:\n"
    "                parent.grad += local * (out.grad if len(edges) > 1 else 1)",
)
KEPT = SCALARS.replace(
    "        out = self.made(math.exp(self.data), (self, math.exp(self.data)))\n"
    "        out.push = out.push  # exp\n",
    """        Value.kept = math.exp(self.data)
        out = self.made(Value.kept, (self, 0.0))
        def push():
            self.grad += Value.kept * out.grad
        out.push = push
""",
)
FUNCTIONS = SCALARS.replace(
    "    def exp(self):",
    """    def sin(self):
        return self.made(math.sin(self.data), (self, math.cos(self.data)))
    def cos(self):
        return self.made(math.cos(self.data), (self, -math.sin(self.data)))
    def exp(self):""",
)


def changed(engine: str, edit: tuple[str, str]) -> str:
    old, new = edit
    assert engine.count(old) == 1, old
    return engine.replace(old, new)


def said(engine: str, expression: str, folder: Path) -> tuple[str, str, str]:
    """The operation, the code and the sentence."""
    (folder / "mine.py").write_text(engine)
    text = f"about: a\ninputs: {{x: 0.7, y: -1.5}}\nexpr: {expression}\n"
    case = decode(text, ROOT / "cases/a/wide.yaml")
    found = explain(examine(load(str(folder / "mine.py")), case, computed(case)), "backward")
    assert found is not None
    return found.mistake.op, found.mistake.code, sentence(found.mistake)


@pytest.mark.parametrize(
    ("edit", "expression", "code", "words"),
    [
        (NOT_REVERSED, "exp(x * y)", "lost-gradient", "from the output back"),
        (NOT_BEGUN, "exp(x * y)", "lost-gradient", "is the output's own gradient set"),
        (SILENT, "exp(x * y)", "lost-gradient", "passes nothing on"),
        (ONE_LEVEL, "exp(exp(x * y))", "lost-gradient", "further than two steps"),
        (ADDED, "exp(x * y)", "wrong-rule", "where the chain rule multiplies"),
    ],
    ids=["not reversed", "not begun", "silent", "one level", "added"],
)
def test_a_mistake_of_the_machinery_is_told_as_what_it_is(
    edit: tuple[str, str], expression: str, code: str, words: str, tmp_path: Path
) -> None:
    op, found, text = said(changed(SEEDED, edit), expression, tmp_path)
    assert (op, found, words in text) == ("engine", code, True), text


@pytest.mark.parametrize("engine", [ENGINE, IN_SETS], ids=["tuples", "sets"])
@pytest.mark.parametrize(
    ("edit", "code"),
    [(NO_VISITED_SET, "double-count"), (PRE_ORDER, "missing-term")],
    ids=["no visited set", "pre-order"],
)
def test_a_wrong_order_is_told_in_whatever_the_parents_are_kept(
    engine: str, edit: tuple[str, str], code: str, tmp_path: Path
) -> None:
    text = "about: a\ninputs: {x: 0.7}\nsteps:\n  a: exp(x)\n  f: a * 2 + a * 3\n"
    (tmp_path / "mine.py").write_text(changed(engine, edit))
    case = decode(text, ROOT / "cases/a/wide.yaml")
    verdict = examine(load(str(tmp_path / "mine.py")), case, computed(case))
    explanation = explain(verdict, "backward")
    assert explanation is not None and not verdict.unordered
    assert (explanation.mistake.op, explanation.mistake.code) == ("engine", code)
    found = as_json("mine.py", [("a", verdict)])["findings"]
    assert [(one["op"], one["code"]) for one in found] == [("engine", code)]


@pytest.mark.parametrize("expression", ["x * 1 + exp(x) * 1", "(x * y) * 1 + y * 1"])
def test_numbers_that_are_taken_for_one_are_told_and_nothing_else(
    expression: str, tmp_path: Path
) -> None:
    op, code, text = said(changed(IN_SETS, BY_VALUE), expression, tmp_path)
    assert (op, code) == ("engine", "lost-gradient") and "equal numbers" in text


def test_what_functions_share_is_not_told_of_each(tmp_path: Path) -> None:
    alone = changed(FUNCTIONS, SLOPES_ALONE)
    assert told(alone, "exp(x) * y", tmp_path) == ("engine", "missing-upstream")
    one = changed(FUNCTIONS, ("(self, math.cos(self.data))", "(self, math.sin(self.data))"))
    assert told(one, "sin(x) * y", tmp_path) == ("sin", "wrong-rule")


def test_values_kept_for_one_call_are_told_of_their_operation(tmp_path: Path) -> None:
    assert told(KEPT, "exp(x) * y", tmp_path) is None
    op, code, text = said(KEPT, "exp(x) * exp(y)", tmp_path)
    assert (op, code) == ("exp", "state-leak") and "called again" in text


GENERATIONS = changed(
    changed(
        SCALARS,
        (
            "self.data, self.grad, self.parents, self.push = data, 0.0, parents, None",
            "self.data, self.grad, self.parents, self.push = data, 0.0, parents, None\n"
            "        self.age = 1 + parents[0].age if parents else 0",
        ),
    ),
    ("for node in reversed(order):", "for node in sorted(order, key=lambda one: -one.age):"),
)


def test_an_order_by_the_age_of_the_first_operand_alone_passes_on_too_early(tmp_path: Path) -> None:
    assert told(GENERATIONS, "exp(x) * y + exp(x)", tmp_path) is None
    text = "about: a\ninputs: {x: 3, y: -4}\nsteps:\n  a: x * y\n  b: x + a\n  f: a + b\n"
    (tmp_path / "mine.py").write_text(GENERATIONS)
    case = decode(text, ROOT / "cases/a/wide.yaml")
    found = explain(examine(load(str(tmp_path / "mine.py")), case, computed(case)), "backward")
    assert found is not None
    mistake = found.mistake
    assert (mistake.op, mistake.code, mistake.experiment) == ("engine", "missing-term", "below")
