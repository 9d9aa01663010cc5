"""Files of any bytes: a case, or an error that says where."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from harness.language.case import CaseError, load
from harness.language.writing import case_text
from harness.search.grammar import programs

PIECES = (
    *"{}[](),:#-&*!|>'\"\n\t\\ @=.",
    "about: a\n",
    "inputs: ",
    "expr: ",
    "steps:\n  ",
    "{uniform: [0, 1], shape: [9, 9], seed: 1}",
    "{start: x, repeat: 99999, next: z * x}",
    "sum(",
    "axis=",
    "**",
    "1e999",
    "nan",
    "<<: *a",
    "\ufeff",
    "\x00",
    "é",
)
"""What is put into the text of a case, to see what becomes of it."""


@st.composite
def case_files(draw: DrawFn) -> bytes:
    """The bytes of files that are cases, nearly cases, or anything at all."""
    if draw(st.integers(0, 9)) == 9:
        return draw(st.binary(max_size=200))
    text = case_text("a case", draw(programs()))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 0, 1, 2, 9)))
        text = text[:start] + draw(st.sampled_from(("", *PIECES))) + text[end:]
    data = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 9:
        place = draw(st.integers(0, len(data)))
        data = data[:place] + draw(st.binary(min_size=1, max_size=3)) + data[place:]
    return data


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(data=case_files())
def test_any_bytes_give_a_case_or_a_positioned_error_in_bounded_time_and_memory(
    tmp_path: Path, traced: None, data: bytes
) -> None:
    path = tmp_path / "any.yaml"
    path.write_bytes(data)
    tracemalloc.reset_peak()
    before, begin = tracemalloc.get_traced_memory()[0], time.process_time()
    try:
        load(path)
    except CaseError as error:
        assert error.problems
        lines = data.count(b"\n") + data.count(b"\r") + 2
        for problem in error.problems:
            assert 1 <= problem.line <= lines
            assert problem.column >= 1
            assert problem.message
    assert time.process_time() - begin < 5
    assert tracemalloc.get_traced_memory()[1] - before < 256 * 2**20
