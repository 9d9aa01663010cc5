"""An operation that no table of exceptions knows is drawn, listed and told of sensibly."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.engines.trace import Trace
from harness.showing.circuit.labels import symbol
from harness.showing.circuit.layout import arrange
from harness.showing.report.formula import derivatives
from harness.showing.staging import stage
from harness.showing.terminal import chain_rule
from harness.vocabulary import formulas, signatures
from harness.vocabulary.formula import Formula
from harness.vocabulary.operation import Operation, Parameter
from harness.vocabulary.program import Program, Step

HYPOT = Operation(
    "hypotenuse",
    "hyp",
    "broadcast",
    {"x": "value", "y": "value"},
    {"scale": Parameter("number", 1.0)},
)
FORMULA = Formula(
    "torch.hypot",
    "{scale} * sqrt({x}**2 + {y}**2)",
    {"x": "({scale}**2 * {x} / {out}) * {dout}", "y": "({scale}**2 * {y} / {out}) * {dout}"},
)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> tuple[Step, ...]:
    """A program of the operation: with two names, then with a number."""
    for table, entry in (
        (signatures.OPERATIONS, HYPOT),
        (signatures.GATES, HYPOT),
        (formulas.FORMULAS, FORMULA),
    ):
        assert isinstance(table, dict)
        monkeypatch.setitem(table, "hypotenuse", entry)
    return (
        Step("q", "hypotenuse", ("x", "y"), {"scale": 2.0}),
        Step("f", "hypotenuse", ("q", 1.0)),
    )


def of(steps: tuple[Step, ...], x: Any, y: Any) -> Program:
    shape = np.shape(x)
    inputs: Mapping[str, Any] = {"x": x, "y": y}
    shapes = dict.fromkeys(("x", "y", "q", "f"), shape)
    return Program(inputs, {}, steps, shapes, 1.0 if not shape else np.ones(shape))


def test_its_gate_has_its_symbol_its_number_and_its_parameter(steps: tuple[Step, ...]) -> None:
    assert symbol(steps[0]) == ("hyp", "scale=2")
    assert symbol(steps[1]) == ("hyp 1", "")


@pytest.mark.parametrize(("x", "y"), [(3.0, 4.0), (np.array([3.0, 6.0]), np.array([4.0, 8.0]))])
def test_its_listing_runs_and_its_circuit_has_the_numbers(
    steps: tuple[Step, ...], x: Any, y: Any
) -> None:
    whole = of(steps, x, y)
    listing = stage(whole)
    scope: dict[str, Any] = {}
    exec(listing.text(values=True), scope)
    assert np.allclose(scope["q"], 2 * np.hypot(x, y))
    assert np.allclose(scope["dx"], 4 * x / scope["f"])
    values = {name: np.asarray(scope[name]) for name in ("x", "y", "q", "f")}
    gradients = {name: np.asarray(scope.get(f"d{name}", 1.0)) for name in values}
    circuit = arrange(whole, Trace(values, gradients))
    assert [node.name for node in circuit.nodes] == ["x", "y", "q", "f"]
    assert len(circuit.wires) == 3
    assert len(derivatives(listing, "f", listing.lines)) == 2


def test_its_chain_rule_is_its_formula(steps: tuple[Step, ...]) -> None:
    assert chain_rule(steps[0], 0) == "(2.0**2 * x / q) * dq"


def test_nothing_that_is_shown_depends_on_an_operations_name() -> None:
    room = Path(__file__).resolve().parents[2] / "harness/showing"
    for path in room.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                parts = list(ast.walk(node))
                names = {part.attr for part in parts if isinstance(part, ast.Attribute)}
                words = {part.value for part in parts if isinstance(part, ast.Constant)}
                own = "op" in names and words & signatures.GATES.keys()
                assert not own, f"{path}:{node.lineno}"
