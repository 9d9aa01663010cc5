"""A clock that rings while torch imports a part of itself does not leave half of that behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

ROOT = Path(__file__).resolve().parents[2]

ONCE_MORE = """
from contextlib import suppress

from harness.engines import reference
from harness.engines.clock import OutOfTime, clock
from harness.language import suite

program = suite.one("cases/questions/arrays/abs_second.yaml").load().program
for seconds in (0.05, 0.1, 0.2, 0.3, 0.4):
    with suppress(OutOfTime), clock(seconds):
        reference.evaluate(program)
print(reference.evaluate(program).values.keys() >= {"g", "f"})
"""

SEEDED = """
import sys
from harness.engines.loading import load

load("peer:torch")
print({"sympy", "torch._dynamo"} <= sys.modules.keys())
"""


@pytest.mark.parametrize("code", [ONCE_MORE, SEEDED])
def test_torch_is_whole_after_a_clock_has_rung(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "True"
