"""A failure whose mistake is known where it was noticed is that mistake's finding."""

from __future__ import annotations

from truths import CASES, case_at

from harness.engines.reference import evaluate
from harness.engines.trace import Failure, Trace
from harness.grading import wire
from harness.judging.diagnosis import explain
from harness.judging.judge import judge
from harness.judging.mistakes import ENGINE

STAGED = case_at(CASES / "lecture/staged.yaml").program
FAILURE = Failure("backward", None, "2 uses, 4 visits; 3 uses, 8 visits", code="every-path")


def test_its_code_is_its_mistake() -> None:
    case = case_at(CASES / "lecture/staged.yaml")
    verdict = judge(case, evaluate(case.program), Trace({}, failure=FAILURE))
    explanation = explain(verdict, "backward")
    assert explanation is not None
    found = explanation.mistake
    assert (found.code, found.op, found.exact) == ("every-path", ENGINE, True)


def test_its_code_comes_through_the_wire_and_no_other_word_does() -> None:
    packed = wire.pack_trace(Trace({}, failure=FAILURE))
    assert wire.trace(packed, STAGED).failure == FAILURE
    for odd in ("tie-convention", ["every-path"], None):
        packed["failure"]["code"] = odd
        found = wire.trace(packed, STAGED).failure
        assert found is not None and found.code == ""
