"""What a run of somebody's code sends is read as if it were meant to do harm."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from harness.engines.staged.running import run
from harness.grading.recordings import packed, unpacked
from harness.grading.wire import Unreadable

TEXT = """import numpy as np
x = np.arange(4.0)
y = x[1:] * 2
y[0] = 5
f = y.sum()
dy = np.ones(3)
"""


def sent() -> Any:
    return json.loads(json.dumps(packed(run(TEXT, "code.py", {}))))


def test_a_recording_comes_back_as_it_was() -> None:
    before, after = run(TEXT, "code.py", {}), unpacked(sent())
    assert [(n.op, n.line, n.told) for n in before.nodes] == [
        (n.op, n.line, n.told) for n in after.nodes
    ]
    assert all(
        np.array_equal(one.value, other.value)
        for one, other in zip(before.nodes, after.nodes, strict=True)
    )
    assert [(w.name, w.line, w.how) for w in before.writes] == [
        (w.name, w.line, w.how) for w in after.writes
    ]


@pytest.mark.parametrize(
    "harm",
    [
        lambda m: m.pop("nodes"),
        lambda m: m["nodes"][1].update(op="__import__"),
        lambda m: m["nodes"][1].update(operands=[{"node": 7}]),
        lambda m: m["nodes"][1].update(operands=[{"node": -1}]),
        lambda m: m["nodes"][1].update(operands=[{"node": True}]),
        lambda m: m["nodes"][1].update(parameters={"index": {"tuple": [{"tuple": [[[[[1]]]]]}]}}),
        lambda m: m["nodes"][1].update(parameters={"evil": 1}),
        lambda m: m["nodes"][0].update(value={"shape": [1 << 40], "dtype": "float64", "data": ""}),
        lambda m: m["writes"].append(["x" * 1000, 1, 0, "="]),
        lambda m: m["writes"].append(["x", 1, 10**6, "="]),
        lambda m: m["writes"].append(["\x1b[2J", 1, 0, "="]),
        lambda m: m.update(stopped=[1]),
    ],
)
def test_a_recording_that_was_tampered_with_cannot_be_read(harm: Any) -> None:
    message = sent()
    harm(message)
    with pytest.raises(Unreadable):
        unpacked(message)
