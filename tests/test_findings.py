"""Many failures, few mistakes: findings, the `harness` command and its JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli import main
from harness.judging.codes import CODES
from harness.judging.diagnosis import explain
from harness.judging.findings import gather
from harness.judging.judge import judge
from harness.judging.mistakes import mistake
from harness.judging.oracle import computed
from harness.judging.symptoms import Symptom
from harness.language.case import decode
from harness.showing.findings import describe_finding
from harness.showing.lines import plain

ROOT = Path(__file__).resolve().parent.parent

ENGINE = """
import math

class Value:
    def __init__(self, data, back=()):
        self.data, self.grad, self.back = data, 0.0, back
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))
    def exp(self):
        value = math.exp(self.data)
        return Value(value, ((self, value),))
    def backward(self):
        order, stack, seen = [], [(self, False)], set()
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((parent, False) for parent, _ in node.back)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in node.back:
                parent.grad += local * node.grad
"""


def test_a_shape_is_wrong_also_where_nothing_is_made_of_a_step() -> None:
    path = ROOT / "cases/models/idle.yaml"
    case = decode("about: b leads nowhere\ninputs: {x: 3}\nsteps: {b: x + 1, f: x * x}\n", path)
    right = computed(case)
    odd = {**right.gradients, "b": right.gradients["b"][None]}
    found = explain(judge(case, right, replace(right, gradients=odd)), "backward")
    assert found is not None and (found.mistake.code, found.mistake.op) == ("wrong-shape", "engine")


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "cases"
    folder.mkdir()
    for name, expression in {
        "product": "x * y",
        "twice": "x * x",
        "mixed": "(x + y) * x + y",
        "growth": "exp(x * y)",
        "both": "exp(x) * x",
        "absent": "sin(x) * y",
    }.items():
        text = f"about: a\ninputs: {{x: 0.7, y: -1.5}}\nexpr: {expression}\n"
        (folder / f"{name}.yaml").write_text(text)
    return folder


def check(text: str, *options: str) -> int:
    Path("mine.py").write_text(text)
    return main(["check", "mine.py", "--cases", "cases", *options])


def test_a_right_engine_has_no_findings(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(ENGINE) == 0
    told = capsys.readouterr().out
    assert "6 cases: 5 passed, 0 failed, 1 unsupported\n" in told
    assert re.search(r"^  scalar functions: +1 of 1, 1 not judged$", told, re.MULTILINE), told


def test_two_mistakes_are_two_findings(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = ENGINE.replace("grad += local", "grad = local").replace(
        "(self, value)", "(self, -value)"
    )
    assert check(wrong, "--json", "out.json") == 1
    report = json.loads(Path("out.json").read_text())
    found = {(item["op"], item["code"], item["direction"]) for item in report["findings"]}
    assert found == {("engine", "overwrite", "backward"), ("exp", "wrong-sign", "backward")}
    overwrite = next(item for item in report["findings"] if item["op"] == "engine")
    assert overwrite["evidence"] == "cases/twice.yaml"
    assert overwrite["hint"]
    assert "1. " in capsys.readouterr().out


def test_the_json_has_a_status_for_every_step(cases: Path) -> None:
    wrong = ENGINE.replace("(self, value)", "(self, -value)")
    check(wrong, "--json", "out.json")
    report = json.loads(Path("out.json").read_text())
    assert (report["engine"], report["score"], report["max_score"]) == ("mine.py", 4.0, 6.0)
    growth = next(case for case in report["cases"] if case["id"] == "cases/growth.yaml")
    assert (growth["status"], growth["score"], growth["max_score"]) == ("failed", 0.5, 1.0)
    states = {step["name"]: (step["op"], step["backward"]) for step in growth["steps"]}
    assert states == {
        "x": ("input", "inherited"),
        "y": ("input", "inherited"),
        "x * y": ("mul", "guilty"),
        "f": ("exp", "agrees"),
    }
    absent = next(case for case in report["cases"] if case["id"] == "cases/absent.yaml")
    assert (absent["status"], absent["score"], absent["steps"]) == ("unsupported", 0.0, [])


def test_infinite_numbers_are_text_in_the_json(cases: Path) -> None:
    check(ENGINE.replace("value = math.exp(self.data)", "value = float('nan')"), "--json", "o.json")
    report = json.loads(Path("o.json").read_text(), parse_constant=pytest.fail)
    growth = next(case for case in report["cases"] if case["id"] == "cases/growth.yaml")
    assert growth["steps"][-1]["got"] == "nan"


def test_what_cannot_run_is_told_with_status_two(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "nothere.py"]) == 2
    assert "nothere.py: no such file" in capsys.readouterr().err
    assert check(ENGINE, "--cases", "nowhere") == 2
    assert "there are no cases" in capsys.readouterr().err
    (cases / "bad.yaml").write_text("about: [")
    assert check(ENGINE) == 2
    told = capsys.readouterr()
    assert "cases/bad.yaml:2:1: " in told.err
    assert "5 passed" in told.out


def test_where_nothing_is_judged_it_is_said(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = "class Value:\n    def __init__(self, data): self.data = data\n"
    assert check(f"{bare}    def backward(self): pass\n") == 2
    told = capsys.readouterr()
    assert "6 cases: 0 passed, 0 failed, 6 unsupported" in told.out
    assert "Next to build: x * y: 3 cases; sin: 1; exp: 1;\n  x + y: 1\n" in told.out
    assert "mine.py: nothing was judged: the engine lacks " in told.err


def test_engines_shows_what_was_understood(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("own_engine.py").write_text(ENGINE)
    assert main(["engines", "own_engine.py"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["engine     ./own_engine.py", "class      Value of module own_engine"]
    assert "backward   takes no seed: a seeded output is contracted, sum(out * seed)" in lines
    told = [" ".join(line.split()) for line in lines]
    assert "add operator __add__ add(0.5, 0.25) = 0.75" in told
    assert any(line.startswith("missing ") and "sigmoid," in line for line in told)


def symptom(case: str, op: str, *codes: str, steps: int = 1) -> Symptom:
    told = tuple(mistake(code, op, "raised", "x", facts={"message": "…"}) for code in codes)
    return Symptom(case, steps, "backward", 0.5, told)


def test_the_code_that_most_cases_show_names_the_mistake() -> None:
    told = [
        symptom("a", "exp", "wrong-rule", "wrong-sign"),
        symptom("b", "exp", "wrong-sign", steps=4),
        symptom("c", "exp", "wrong-sign", steps=9),
    ]
    (finding,) = gather(told)
    assert (finding.code, finding.evidence, finding.cases) == ("wrong-sign", "b", ("a", "b", "c"))
    assert (finding.operand, finding.cost) == ("x", 1.5)


def test_a_finding_ends_with_the_command_that_explains_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    finding = {"op": "add", "direction": "forward", "operand": "", "cost": 1.0, "cases": ["a"]}
    finding |= {"message": "a", "hint": "", "evidence": "a", "weight": "mistake"}
    for code in CODES:
        last = plain(describe_finding(1, {**finding, "code": code})).splitlines()[-1]
        asked = last.strip().removeprefix("what it means: harness ").split()
        assert main(asked) == 0
        assert capsys.readouterr().out.startswith(f"{code}\n")


def test_check_takes_recorded_numbers_for_the_truth(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("harness.engines.reference.evaluate", pytest.fail)
    assert main(["check", "minigrad", "--cases", "cases/lecture", "--oracle", "recorded"]) == 0
    assert "0 failed" in capsys.readouterr().out
