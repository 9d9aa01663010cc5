"""Programs that are texts or tuples are written as their engine reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.strange import accused, judged, written

from harness.engines.forms import FormulaEngine
from harness.engines.loading import load

RULES = """
import math

RULES = {
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
    "add": (lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "sin": (math.sin, lambda a: (math.cos(a),)),
}

def walk(node, env, slopes, g=None):
    if isinstance(node, float) or node in env:
        if g is not None and node in env:
            slopes[node] += g
        return env.get(node, node)
    forward, back = RULES[node[0]]
    values = [walk(part, env, slopes) for part in node[1:]]
    if g is not None:
        for part, slope in zip(node[1:], back(*values)):
            walk(part, env, slopes, g * slope)
    return forward(*values)

def both(node, env):
    slopes = dict.fromkeys(env, 0.0)
    return walk(node, env, slopes, 1.0), slopes
"""

TUPLES = RULES + "\n\ndef differentiated(expression, env):\n    return both(expression, env)\n"

POSTFIX = (
    RULES
    + """

def run(text, env):
    stack = []
    for word in text.split():
        if word in RULES:
            count = RULES[word][0].__code__.co_argcount if word != "sin" else 1
            parts = stack[-count:]
            del stack[-count:]
            stack.append((word, *parts))
        else:
            stack.append(word if word in env else float(word))
    (node,) = stack
    return both(node, env)
"""
)

INFIX = (
    RULES
    + """
import ast

SIGNS = {ast.Mult: "mul", ast.Add: "add"}

def nested(node):
    match node:
        case ast.BinOp(left, op, right):
            return (SIGNS[type(op)], nested(left), nested(right))
        case ast.Call(ast.Name(name), [x]):
            return (name, nested(x))
        case ast.Name(name):
            return name
        case ast.UnaryOp(ast.USub(), x):
            return ("mul", -1.0, nested(x))
    return float(node.value)

class Expression:
    def __init__(self, text):
        self.node = nested(ast.parse(text, mode="eval").body)

    def value(self, **at):
        return both(self.node, at)[0]

    def slopes(self, **at):
        return both(self.node, at)[1]
"""
)

FUNCTION = (
    INFIX
    + """

def differentiate(source):
    function = ast.parse(source, mode="eval").body
    names = [argument.arg for argument in function.args.args]

    def both_at(*at):
        value, slopes = both(nested(function.body), dict(zip(names, at)))
        return value, tuple(slopes.values())
    return both_at
"""
)

SOURCE = (
    INFIX.partition("class Expression")[0]
    + """
import inspect

def derivatives_of(f):
    function = ast.parse(inspect.getsource(f)).body[0]
    names = [argument.arg for argument in function.args.args]

    def slopes_at(*at):
        _, slopes = both(nested(function.body[0].value), dict(zip(names, at)))
        return tuple(slopes.values())
    return slopes_at
"""
)
"""What transforms the source of a function, whose value Python has."""

NOTATIONS = {
    "tuples": TUPLES,
    "postfix": POSTFIX,
    "infix": INFIX,
    "functions": FUNCTION,
    "source": SOURCE,
}


@pytest.mark.parametrize("name", NOTATIONS)
def test_a_program_is_written_as_it_is_read(name: str, tmp_path: Path) -> None:
    engine = load(written(tmp_path, NOTATIONS[name]))
    assert isinstance(engine, FormulaEngine)
    verdict = judged(engine, "sin(x * y) + x")
    assert verdict.status == "passed"
    assert verdict.trace.leaves_only


@pytest.mark.parametrize("name", NOTATIONS)
def test_a_wrong_rule_is_found_guilty(name: str, tmp_path: Path) -> None:
    wrong = NOTATIONS[name].replace("(math.cos(a),)", "(-math.cos(a),)")
    assert accused(judged(load(written(tmp_path, wrong)), "sin(x) + y")) == {"sin"}


@pytest.mark.parametrize("text", [POSTFIX, SOURCE], ids=["postfix", "source"])
def test_what_is_not_read_is_lacking(text: str, tmp_path: Path) -> None:
    engine = load(written(tmp_path, text))
    assert judged(engine, "cos(x) + y").status == "unsupported"
    assert "written sin" in "\n".join(engine.describe())


@pytest.mark.parametrize("name", NOTATIONS)
def test_a_negative_number_is_written_as_it_is_read(name: str, tmp_path: Path) -> None:
    assert judged(load(written(tmp_path, NOTATIONS[name])), "x * -2.5 + y").status == "passed"


def test_a_text_in_which_paths_double_is_not_built(tmp_path: Path) -> None:
    steps = "\n".join(f"  s{i + 1}: s{i} + s{i}" for i in range(40))
    case = f"inputs: {{s0: 1.5}}\nsteps:\n{steps}\n"
    trace = judged(load(written(tmp_path, POSTFIX)), case).trace
    assert trace.unsupported == "formulas that long, what is used twice being written twice"
