"""What stands on a gate, what is shown and what is marked, and that cells do not overlap."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.engines.trace import Failure, Trace
from harness.judging.judge import judge
from harness.judging.oracle import computed
from harness.judging.verdict import Verdict
from harness.language.case import Case, decode
from harness.showing.circuit.labels import LONGEST, symbol
from harness.showing.circuit.layout import arrange
from harness.showing.circuit.marks import NEAR, badges, shown
from harness.showing.circuit.placing import GAP, _Item, place, separate
from harness.vocabulary.program import Step


@pytest.mark.parametrize(
    ("op", "operands", "parameters", "gate", "note"),
    [
        ("add", ("x", "y"), {}, "+", ""),
        ("add", ("x", 2), {}, "+ 2", ""),
        ("sub", (1.5, "x"), {}, "1.5 −", ""),
        ("pow", ("x", -2), {}, "^−2", ""),
        ("pow", (2, "x"), {}, "2^", ""),
        ("div", (1, "x"), {}, "1/x", ""),
        ("div", ("x", 4), {}, "÷ 4", ""),
        ("ge", ("x", 0), {}, "≥ 0", ""),
        ("where", ("c", "x", 0), {}, "where", "y=0"),
        ("sum", ("x",), {"axis": 0, "keepdims": True}, "Σ", "axis=0 keepdims=True"),
        ("index", ("x",), {"index": (slice(1, None), 0)}, "[1:, 0]", ""),
        ("index", ("x",), {"index": ([0, 0, 2],)}, "[ ]", "[[0, 0, 2]]"),
        ("einsum", ("x", "y"), {"equation": "ij,jk->ik"}, "einsum", "ij,jk->ik"),
    ],
)
def test_what_stands_on_a_gate_and_below_it(
    op: str, operands: tuple[Any, ...], parameters: dict[str, Any], gate: str, note: str
) -> None:
    assert symbol(Step("f", op, operands, parameters)) == (gate, note)


def test_long_notes_are_cut() -> None:
    step = Step("f", "einsum", ("x",), {"equation": "abcdefgh,abcdefgh->abcdefgh"})
    assert len(symbol(step)[1]) == LONGEST


def a_case(steps: str) -> Case:
    return decode(f"about: one\ninputs: {{x: 3}}\nsteps: {{{steps}}}\n", Path("one.yaml"))


CHAIN = a_case("h0: tanh(x), " + ", ".join(f"h{i}: tanh(h{i - 1})" for i in range(1, 80)))


def test_a_short_program_is_shown_whole_and_of_a_long_one_what_is_near() -> None:
    short = a_case("a: x * x, f: a + x").program
    assert shown(short, None) == {"x", "a", "f"}
    assert shown(CHAIN.program, None) == {f"h{i}" for i in range(80 - NEAR, 80)}


def wrong_at(case: Case, name: str) -> Verdict:
    right = computed(case)
    return judge(case, right, replace(right, values={**right.values, name: right.values[name] + 1}))


def test_of_a_long_program_the_steps_around_the_first_wrong_one_are_shown() -> None:
    names = shown(CHAIN.program, wrong_at(CHAIN, "h40"))
    assert {"h39", "h40", "h41"} <= names and len(names) == NEAR


def test_a_wrong_number_has_a_badge_and_what_follows_of_it_another() -> None:
    case = a_case("a: x * x, b: a + 1, f: b * b")
    said = badges(wrong_at(case, "b"))
    badge = said["b", "forward"]
    assert badge.text == "✗ yours 11.000" and badge.guilty
    assert ("a", "forward") not in said and badges(None) == {}


def test_where_the_engine_stopped_is_marked_and_the_rest_is_not_computed() -> None:
    case = a_case("a: x * x, b: a + 1, f: b * b")
    right = computed(case)
    values = {name: right.values[name] for name in ("x", "a")}
    answer = Trace(values, failure=Failure("forward", "b", "RuntimeError: no"))
    said = badges(judge(case, right, answer))
    texts = {
        name: badge.text for (name, direction), badge in said.items() if direction == "forward"
    }
    assert texts == {"b": "✗ stops here", "f": "not computed"}


def test_wires_into_a_gate_cross_where_their_order_matters_alone() -> None:
    """x stands above y, as a step before it takes them so."""

    def heights(expr: str) -> list[float]:
        text = f"about: one\ninputs: {{x: 3, y: 2}}\nsteps: {{a: x - y, f: {expr}, g: a * f}}\n"
        case = decode(text, Path("one.yaml"))
        wires = arrange(case.program, computed(case)).wires
        ends = {wire.source: wire.points[-1][1] for wire in wires if wire.target == "f"}
        starts = {wire.source: wire.points[0][1] for wire in wires if wire.target == "f"}
        order = sorted(starts, key=lambda name: starts[name])
        return [ends[name] for name in order]

    for expr in ("x * y", "y * x"):
        upper, lower = heights(expr)
        assert upper < lower, expr
    assert heights("x - y") == heights("y - x")[::-1]


def test_cells_of_a_layer_keep_their_distance_and_their_order() -> None:
    items = [_Item(10, 12, y=y) for y in (0.0, 5.0, 6.0, 200.0)]
    separate(items)
    for one, other in pairwise(items):
        assert other.y - one.y >= 12 + GAP + 10 - 1e-9
    assert items[3].y == 200.0 and np.isclose(sum(item.y for item in items[:3]) / 3, 11 / 3)


def test_a_long_wire_crosses_the_layers_between_and_parts_do_not_overlap() -> None:
    extents = dict.fromkeys("abcdpq", (10.0, 10.0))
    places = place(extents, [("a", "b"), ("b", "c"), ("a", "c"), ("p", "q")])
    assert [places.layers[name] for name in "abc"] == [0, 1, 2]
    assert len(places.crossings["a", "c"]) == 1 and places.crossings["a", "b"] == ()
    assert max(places.heights[n] for n in "abc") + 20 <= min(places.heights[n] for n in "pq")
    assert places.layers["d"] == 0
