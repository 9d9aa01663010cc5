"""A small engine of numbers, right and with mistakes, and how to judge and search it."""

from __future__ import annotations

from pathlib import Path

from harness.engines import reference
from harness.engines.engine import Engine
from harness.engines.loading import load
from harness.grading.fence import fenced
from harness.judging.examination import examine
from harness.judging.verdict import Verdict
from harness.language.case import Case
from harness.search.fuzzer import Found, Fuzzer, menu_of
from harness.vocabulary.program import Program

RIGHT = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        import math
        e = math.exp(self.data)
        return Value(e, [(self, e)])

    def relu(self):
        return Value(max(self.data, 0.0), [(self, float(self.data > 0))])

    def backward(self, upstream=1.0):
        self.grad += upstream
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:
            node, done = waiting.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                waiting += [(node, True), *((parent, False) for parent, _ in node.parents)]
        upstreams = {node: 0.0 for node in order} | {self: upstream}
        for node in reversed(order):
            for parent, local in node.parents:
                upstreams[parent] += local * upstreams[node]
        for node in order[:-1]:
            node.grad += upstreams[node]
"""
TWO_MISTAKES = RIGHT.replace("[(self, e)]", "[(self, self.data)]").replace(
    "float(self.data > 0)", "1.0"
)


def judged(engine: Engine, program: Program) -> Verdict:
    """The verdict on a program; raises Undefined where torch refuses it."""
    truth = reference.evaluate(program)
    return examine(engine, Case(Path("a.yaml"), "", program, ()), truth)


def engine_of(tmp_path: Path, text: str, name: str = "student.py") -> Engine:
    path = tmp_path / name
    path.write_text(text)
    return load(str(path))


def clocked(folder: Path, text: str) -> Engine:
    """The engine of a file, in a process of its own, with 0.2 seconds for a program."""
    path = folder / "student.py"
    path.write_text(text)
    return fenced(str(path), timeout=0.2, restarts=float("inf"))


def search(engine: Engine, most: int, seed: int = 1) -> tuple[Fuzzer, list[Found]]:
    fuzzer = Fuzzer(engine, menu_of(engine), seed)
    return fuzzer, list(fuzzer.run(most=most))
