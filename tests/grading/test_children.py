"""A process that is asked: its clock, and what of its lines is an answer."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from grading.one_submission import Clock

from harness.grading.sandbox import children
from harness.grading.sandbox.children import (
    Child,
    Forked,
    Gone,
    Late,
    Limits,
    Runner,
    Single,
    TooLong,
)


class Spoken(Forked):
    """A child at the other end of two pipes, for which the test speaks."""

    def __init__(self) -> None:
        (self.theirs, requests), (replies, self.answers) = os.pipe(), os.pipe()
        super().__init__(Runner(Limits()), requests, replies)

    def says(self, text: bytes) -> None:
        os.write(self.answers, text)

    def _stalled(self) -> float:
        return 0.0


class Slow(Spoken):
    """One that has had no processor for ``share`` of the time."""

    def __init__(self, share: float, clock: Clock) -> None:
        super().__init__()
        self.share, self.clock, self.begin = share, clock, clock.now

    def _stalled(self) -> float:
        return self.share * (self.clock.now - self.begin)

    def select(self, _: Any, writing: list[int], __: Any, seconds: float) -> Any:
        """Time passes where one waits."""
        self.clock.now += 0.0 if writing else seconds
        return [], writing, []


@pytest.mark.parametrize(("share", "most"), [(0.0, 0.1), (0.75, 0.4), (1.0, 0.5)])
def test_the_clock_stands_while_a_submission_has_no_processor(
    share: float, most: float, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five times the limit is the most; without a stall the limit is the limit."""
    child = Slow(share, clock)
    monkeypatch.setattr(children, "select", child)
    child.tell(b"question\n")
    with pytest.raises(Late):
        child.answer(0.1, 100)
    assert clock.now == pytest.approx(most, abs=4 * children.LEAST_STALL)
    assert child.spent == pytest.approx(0.1, abs=children.LEAST_STALL)


class Answering(Slow):
    """One that answers after a second."""

    def select(self, reading: list[int], *_: Any) -> Any:
        self.clock.now += 1.0
        return reading, [], []


@pytest.mark.parametrize(("share", "charged"), [(0.0, 1.0), (0.9, 0.1), (5.0, 0.0)])
def test_an_answer_in_time_costs_what_it_has_computed(
    share: float, charged: float, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for a processor, on a machine that is busy with other things, uses up nothing."""
    child = Answering(share, clock)
    monkeypatch.setattr(children, "select", child)
    child.tell(b"question\n")
    child.says(b"answer\n")
    assert child.answer(2.0, 100) == b"answer\n"
    assert child.spent == pytest.approx(charged)


def test_lines_are_answered_in_their_order_however_they_are_cut() -> None:
    child = Spoken()
    child.tell(b"1\n")
    child.tell(b"2\n")
    child.says(b"one\ntw")
    assert child.answer(5.0, 100) == b"one\n"
    child.says(b"o\n")
    assert child.answer(5.0, 100) == b"two\n"
    assert os.read(child.theirs, 100) == b"1\n2\n"


def test_what_was_not_asked_for_is_no_answer_to_what_is_asked_later() -> None:
    child = Spoken()
    child.tell(b"1\n")
    child.says(b"one\ntwo\n")
    assert child.answer(5.0, 100) == b"one\n"
    child.tell(b"2\n")
    with pytest.raises(TooLong):
        child.answer(5.0, 100)


def test_no_more_is_read_than_an_answer_may_have() -> None:
    child = Spoken()
    child.tell(b"1\n")
    child.says(b"x" * 101)
    with pytest.raises(TooLong):
        child.answer(5.0, 100)


def test_a_request_that_the_pipe_cannot_hold_is_written_while_one_waits() -> None:
    child = Spoken()
    child.tell(b"x" * (1 << 20))
    assert child.waiting
    with pytest.raises(Late):
        child.answer(0.01, 100)
    os.set_blocking(child.theirs, False)
    assert len(os.read(child.theirs, 1 << 20)) < 1 << 20


ECHO = "import sys\nfor line in sys.stdin: print(line.strip() * 2, flush=True)"


@pytest.fixture
def echo() -> Iterator[Child]:
    """A Python of its own that says everything twice."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-c", ECHO], stdin=pipe, stdout=pipe, start_new_session=True
    )
    child = Single(process)
    yield child
    child.close()
    assert process.poll() is not None


def test_a_python_of_its_own_is_asked_through_threads(echo: Child) -> None:
    for word in (b"one", b"two"):
        echo.tell(word + b"\n")
        assert echo.answer(30.0, 100).strip() == word * 2
    echo.end()
    echo.tell(b"three\n")
    with pytest.raises(Gone):
        echo.answer(30.0, 100)


def test_a_python_of_its_own_has_a_clock(echo: Child) -> None:
    begin = time.monotonic()
    with pytest.raises(Late):
        echo.answer(0.05, 100)
    assert time.monotonic() - begin < 30.0
