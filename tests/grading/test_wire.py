"""Programs and traces between the judge and the process that runs an engine."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from truths import ROOT

from harness.engines.loading import load
from harness.grading import wire
from harness.language.case import load as load_case

CASES = sorted((ROOT / "cases").rglob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_programs_and_traces_survive_the_wire(path: Path) -> None:
    program = load_case(path, path.name, path.parent).program
    again = wire.unpack_program(wire.pack_program(program))
    assert again.steps == program.steps and again.shapes == program.shapes
    assert (again.dtype, again.order, again.backward_calls) == (
        program.dtype,
        program.order,
        program.backward_calls,
    )
    for left, right in (
        (program.inputs, again.inputs),
        (program.constants, again.constants),
        ({"seed": program.seed}, {"seed": again.seed}),
    ):
        for name in left:
            assert type(left[name]) is type(right[name])
            assert np.asarray(left[name]).dtype == np.asarray(right[name]).dtype
            np.testing.assert_array_equal(left[name], right[name])
    trace = load("minigrad").run(program)
    back = wire.trace(wire.from_line(wire.to_line(wire.pack_trace(trace))), program)
    for key in ("values", "gradients", "second"):
        found, expected = getattr(back, key), getattr(trace, key)
        assert set(found) == set(expected)
        for name in expected:
            np.testing.assert_array_equal(found[name], expected[name])
            assert np.asarray(found[name]).dtype == np.asarray(expected[name]).dtype
    assert (back.failure, back.unsupported, back.same) == (trace.failure, None, trace.same)


def test_nothing_but_a_program_goes_to_the_process_that_runs_it() -> None:
    """What the judge has worked out of it stays with the judge."""
    program = load_case(ROOT / "cases/scalars/x_times_x.yaml", "x", ROOT / "cases").program
    assert program.reaching and program.uses
    again = wire.unpack_program(wire.pack_program(program))
    assert vars(again).keys() == {field.name for field in fields(program)}


@pytest.mark.parametrize(
    "reply",
    [
        None,
        [],
        {},
        {"values": [], "gradients": {}, "second": {}},
        {"values": {"nobody": {"number": "0x1p0"}}, "gradients": {}, "second": {}},
        {"values": {"x": {"number": "one"}}, "gradients": {}, "second": {}},
        {"values": {"x": {"number": "0x1p99999"}}, "gradients": {}, "second": {}},
        {"values": {"x": {"number": ["0x1p0"]}}, "gradients": {}, "second": {}},
        {"values": {"x": {"shape": [9**9], "dtype": "float64", "data": ""}}},
        {"values": {"x": {"shape": [-1], "dtype": "float64", "data": ""}}, "gradients": {}},
        {"values": {"x": {"shape": [True], "dtype": "float64", "data": "0" * 16}}},
        {"values": {"x": {"shape": [], "dtype": "object", "data": ""}}, "gradients": {}},
        {"values": {"x": {"shape": [1] * 100, "dtype": "float64", "data": "0" * 16}}},
        {"values": {}, "gradients": {}, "second": {}, "failure": {"direction": "sideways"}},
        {"values": {}, "gradients": {}, "second": {}},
    ],
)
def test_a_reply_that_is_none_is_told_as_that(reply: Any) -> None:
    program = load_case(ROOT / "cases/scalars/x_times_x.yaml", "x", ROOT / "cases").program
    with pytest.raises(wire.Unreadable):
        wire.trace(reply, program)
