"""Breaking any one rule of minigrad turns cases red, and the guilty step is named right."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sweeps import sweep
from truths import ROOT, short

import minigrad
from harness.engines.engine import Engine
from harness.engines.loading import load
from harness.engines.running.forward import Run
from harness.judging.diagnosis import explain
from harness.judging.examination import examine
from harness.judging.findings import gather
from harness.judging.symptoms import symptoms
from harness.judging.verdict import Verdict
from minigrad.graph import Node

SECOND_ORDER_ONLY = {"scatter"}
"""Operations that only rules use: their own rules are for gradients of gradients."""


@cache
def users() -> dict[str, set[str]]:
    """For each operation of minigrad, those of the vocabulary that are made of it."""
    engine = load("minigrad:Tensor")
    found: dict[str, set[str]] = {}
    for case, _ in short():
        with np.errstate(all="ignore"):
            nodes = engine.forward(Run(case.program))
        own = {id(node) for node in nodes.values()}
        for step in case.program.steps:
            pending = [nodes[step.name]] if isinstance(nodes[step.name], Node) else []
            while pending:
                node = pending.pop()
                found.setdefault(node._operation.forward.__name__, set()).add(step.op)
                parts = [part for part in node._operands if isinstance(part, Node)]
                pending += [part for part in parts if id(part) not in own]
    return found


def red(engine: Engine) -> Iterator[Verdict]:
    """The verdicts of the cases that fail."""
    for case, truth in short():
        verdict = examine(engine, case, truth)
        if "failed" in (verdict.forward.status, verdict.backward.status):
            yield verdict


def mutants() -> Iterator[tuple[str, str, str]]:
    """An operation, the operand whose rule is changed, and how."""
    for name, operation in minigrad.OPERATIONS.items():
        for operand, vjp in enumerate(operation.vjps):
            if vjp and name not in SECOND_ORDER_ONLY:
                for change in ("sign", "half", "nothing"):
                    yield name, str(operand), change


CHANGES: dict[str, Callable[[Any], Any]] = {
    "sign": lambda contribution: -contribution,
    "half": lambda contribution: contribution * 0.5,
    "nothing": lambda contribution: contribution * 0.0,
}


def test_minigrad_as_it_is_leaves_no_case_red() -> None:
    assert [str(verdict.case.path) for verdict in red(load("minigrad:Tensor"))] == []


@sweep("rule", mutants(), always=8, sample=8, ids="-".join)
def test_a_broken_rule_is_found_and_blamed(
    rule: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, operand, change = rule[0], int(rule[1]), rule[2]
    operation = minigrad.OPERATIONS[name]
    vjps = list(operation.vjps)
    right = vjps[operand]
    assert right is not None
    vjps[operand] = lambda *given, **parameters: CHANGES[change](right(*given, **parameters))
    monkeypatch.setattr(operation, "vjps", tuple(vjps))
    made_of_it = users()[name]
    blamed = set()
    count = 0
    for verdict in red(load("minigrad:Tensor")):
        assert verdict.forward.status == "passed"
        program = verdict.case.program
        first = verdict.backward.first
        assert first is not None
        consumers = {step.op for step, _ in program.uses[first.name]}
        assert consumers & made_of_it, f"{verdict.case.path}: {first.name} is blamed"
        found = explain(verdict, "backward")
        assert found is not None
        blamed.add(found.mistake.op)
        count += 1
    assert count >= 1
    assert blamed & made_of_it


TEXTS: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "assigns instead of adding": (
        "overwrite",
        "graph.py",
        [(" = pending[operand._order][1] + contribution", " = contribution")],
    ),
    "forgets to undo broadcasting": (
        "missing-unbroadcast",
        "graph.py",
        [('    if getattr(gradient, "shape", ()) != shape:\n', "    if False:\n")],
    ),
    "ignores the seed": (
        "seed-ignored",
        "tensor.py",
        [("np.array(1.0 if seed is None else op.plain(seed), ", "np.ones(self.shape, ")],
    ),
    "passes on what an earlier pass left": (
        "stale-grad",
        "graph.py",
        [
            (
                "        yield node, upstream\n",
                "        yield node, upstream\n"
                "        upstream = upstream if node.grad is None else node.grad\n",
            )
        ],
    ),
    "adds in place to a shared buffer": (
        "aliasing",
        "graph.py",
        [
            ("return gradient.copy() if shared and", "return gradient if shared and"),
            (
                "contribution = pending[operand._order][1] + contribution",
                "held = pending[operand._order][1]; held += contribution; contribution = held",
            ),
        ],
    ),
    "reads rows as columns": (
        "wrong-permutation",
        "operations.py",
        [("shape: _shaped(g, x)", 'shape: np.reshape(g, np.shape(x), order="F")')],
    ),
    "permutes forward on the way back": (
        "wrong-permutation",
        "operations.py",
        [
            (
                "permute(g, tuple(np.argsort([i % len(axes) for i in axes]).tolist()))",
                "permute(g, axes)",
            )
        ],
    ),
    "assigns where it should scatter": (
        "overwrite",
        "operations.py",
        [("np.add.at(result, key, x)", "result[key] = x")],
    ),
    "computes in single precision": (
        "precision",
        "operations.py",
        [("math.exp, np.exp,", "math.exp, lambda x: np.exp(x.astype('f')).astype('d'),")],
    ),
    "multiplies where it should add": (
        "wrong-value",
        "operations.py",
        [("add = operation(operator.add,", "add = operation(operator.mul,")],
    ),
}


@sweep("mistake", TEXTS, always=2, sample=4)
def test_a_broken_engine_is_found_and_the_mistake_is_named(mistake: str, tmp_path: Path) -> None:
    code, file, changes = TEXTS[mistake]
    package = tmp_path / f"mini_{mistake.replace(' ', '_')}"
    shutil.copytree(ROOT / "minigrad", package, ignore=shutil.ignore_patterns("__pycache__"))
    for source in package.glob("*.py"):
        text = source.read_text(encoding="utf-8")
        for right, wrong in changes if source.name == file else []:
            assert text.count(right) == 1
            text = text.replace(right, wrong)
        source.write_text(text.replace("minigrad", package.name), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        engine = load(package.name)
    told = [
        symptom for verdict in red(engine) for symptom in symptoms(verdict, verdict.case.path.name)
    ]
    assert code in {finding.code for finding in gather(told)}
