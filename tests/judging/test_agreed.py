"""What a course has agreed on is a mistake where it is not kept, and a remark where it was not."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.strange import SCALARS

from harness.engines.loading import load
from harness.judging.agreed import Agreement, held
from harness.judging.examination import examine
from harness.judging.oracle import provisional
from harness.judging.result import as_json
from harness.judging.verdict import Verdict
from harness.language.case import decode

TWICE = "inputs: {x: 3.0, y: 2.0}\nexpr: x * y + x\nbackward: 2"
KINK = "inputs: {x: 0.0, y: 2.0}\nexpr: relu(x) * y\ntags: [kink]"
RELU = """
    def relu(self):
        return Value(max(self.data, 0.0), [(self, 1.0 if self.data >= 0 else 0.0)])

    def order(self):"""


def judged(tmp_path: Path, engine: str, text: str) -> Verdict:
    (tmp_path / "engine.py").write_text(engine)
    case = decode(f"about: a case\n{text}", Path("cases/case.yaml"))
    return examine(load(str(tmp_path / "engine.py")), case, provisional(case))


@pytest.mark.parametrize("times, status", [(None, "passed"), (1, "passed"), (2, "failed")])
def test_a_second_backward_is_as_agreed(tmp_path: Path, times: int | None, status: str) -> None:
    anew = judged(tmp_path, SCALARS, TWICE)
    found = held(anew, Agreement(times=times))
    assert found.status == status
    told = as_json("engine.py", [("case", found)])
    assert [(one["code"], one["weight"]) for one in told["findings"]] == [
        ("stale-grad", "mistake")
    ] * (status == "failed")
    assert told["score"] == (1.0 if status == "passed" else 0.5)


@pytest.mark.parametrize(
    "kinks, status", [((), "passed"), (("abs",), "passed"), (("relu",), "failed")]
)
def test_a_choice_at_a_kink_counts_where_it_was_agreed_on(
    tmp_path: Path, kinks: tuple[str, ...], status: str
) -> None:
    other = judged(tmp_path, SCALARS.replace("\n    def order(self):", RELU), KINK)
    found = held(other, Agreement(kinks=kinks))
    assert found.status == status
    told = as_json("engine.py", [("case", found)])
    assert [(one["code"], one["op"]) for one in told["findings"]] == [
        ("kink-convention", "relu")
    ] * (status == "failed")
    assert told["score"] == (1.0 if status == "passed" else 0.5)
