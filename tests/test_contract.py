"""The contract: every result is as the schema says, and the schema says what the code says."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from contract import SCHEMA, misfits

from harness.cli import main
from harness.grading.marking import MARKINGS, STATUSES
from harness.grading.wire import DTYPES
from harness.judging import mistakes, verdict
from harness.judging.codes import CODES, CONVENTION, EDGE, MISTAKE, WEIGHTS, when_of
from harness.judging.findings import LOST
from harness.judging.result import VERSION
from harness.judging.symptoms import PASSES_ON
from harness.language.levels import LEVELS
from harness.vocabulary import slips
from harness.vocabulary.program import DIRECTIONS

ROOT = Path(__file__).resolve().parent.parent
RIGHT = (ROOT / "tests/zoo/correct/second_order.py").read_text(encoding="utf-8")
CASES = {
    "sum": "inputs: {x: 0.7, y: -1.5}\nexpr: x + y\n",
    "product": "inputs: {x: 0.7, y: -1.5}\nsteps: {p: x * y, f: exp(p) * x}\n",
    "curved": "inputs: {x: 0.7, y: -1.5}\nexpr: sin(x) * y\norder: 2\n",
    "absent": "inputs: {x: 0.7}\nexpr: tanh(x)\n",
    "kink": "inputs: {x: 0.0}\nexpr: x * x\ntags: [kink]\n",
    "row": "inputs: {x: [1.5, 2.5]}\nexpr: x * x\n",
    "infinite": "inputs: {x: 0}\nexpr: 1 / x\n",
    "large": "inputs: {x: 1e200}\nexpr: x * x\n",
}


@pytest.fixture(autouse=True)
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of cases of all kinds, where the commands run."""
    monkeypatch.chdir(tmp_path)
    Path("cases").mkdir()
    for name, text in CASES.items():
        Path(f"cases/{name}.yaml").write_text(f"about: a\n{text}")


def result_of(engine: str) -> dict[str, Any]:
    """What ``harness check --json`` writes of an engine; it fits the schema."""
    name = engine
    if "\n" in engine:
        name = "mine.py"
        Path(name).write_text(engine)
    main(["check", name, "--cases", "cases", "--oracle", "torch", "--json", "out.json"])
    found: dict[str, Any] = json.loads(Path("out.json").read_text(), parse_constant=pytest.fail)
    assert misfits(found) == []
    return found


def case_of(result: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [case for case in result["cases"] if case["id"] == f"cases/{name}.yaml"]
    assert isinstance(found, dict)
    return found


# -- results ---------------------------------------------------------------------------------------


def test_the_model_engine() -> None:
    found = result_of("minigrad")
    assert found["version"] == VERSION and found["findings"] == found["remarks"] == []
    assert {case["status"] for case in found["cases"]} == {"passed"}
    levels = {case["id"]: case["level"] for case in found["cases"]}
    assert levels["cases/sum.yaml"] == "scalar arithmetic"
    assert levels["cases/row.yaml"] == "arrays, elementwise"
    assert levels["cases/kink.yaml"] == "conventions, edges, second order"
    assert list(case_of(found, "sum")["passes"]) == ["forward", "backward"]
    assert list(case_of(found, "curved")["passes"]) == ["forward", "backward", "second"]


def test_a_wrong_engine() -> None:
    wrong = RIGHT.replace("(other, lambda g: g * self))", "(other, lambda g: g * other))")
    found = result_of(wrong)
    (finding,) = found["findings"]
    assert (finding["op"], finding["weight"]) == ("mul", "mistake")
    product = case_of(found, "product")
    assert product["passes"]["forward"]["status"] == "passed"
    assert product["passes"]["backward"]["status"] == "failed"
    assert "guilty" in {step["backward"] for step in product["steps"]}
    assert {step["second"] for step in product["steps"]} == {None}


def test_an_engine_that_is_wrong_in_second_order_alone_shows_where() -> None:
    wrong = RIGHT.replace("lambda g: g * cos(x)", "lambda g: g * cos(x).data")
    found = result_of(wrong)
    failed = [case for case in found["cases"] if case["status"] == "failed"]
    assert [case["id"] for case in failed] == ["cases/curved.yaml"]
    passes = {name: told["status"] for name, told in failed[0]["passes"].items()}
    assert passes == {"forward": "passed", "backward": "passed", "second": "failed"}
    steps = {step["name"]: step for step in failed[0]["steps"]}
    assert steps["x"]["second"] == "guilty" and steps["x"]["expected"] != steps["x"]["got"]
    assert steps["x"]["backward"] == "agrees" and steps["f"]["second"] is None


def test_what_the_engine_lacks_is_the_reason() -> None:
    absent = case_of(result_of(RIGHT), "absent")
    assert (absent["status"], absent["steps"]) == ("unsupported", [])
    assert absent["reason"] == "the engine has no tanh"
    assert {told["reason"] for told in absent["passes"].values()} == {absent["reason"]}


def test_a_lack_of_second_order_is_told_of_that_pass() -> None:
    first_only = RIGHT.replace("def grad(", "def _grad(")
    curved = case_of(result_of(first_only), "curved")
    assert curved["passes"]["second"]["status"] == "unsupported"
    assert curved["passes"]["second"]["reason"] and curved["reason"] is None


def test_a_crash_is_told_with_the_engines_own_lines() -> None:
    raising = RIGHT.replace("def sin(x):\n", "def sin(x):\n    raise KeyError(3)\n")
    passes = case_of(result_of(raising), "curved")["passes"]
    assert "KeyError" in passes["forward"]["reason"]
    assert passes["forward"]["step"] == "sin(x)"
    assert any("raise KeyError(3)" in line for line in passes["forward"]["lines"])
    told = "not reached: the forward pass stops before it"
    assert passes["backward"]["reason"] == passes["second"]["reason"] == told
    assert passes["backward"]["lines"] == []


def test_numbers_that_json_has_not_are_text() -> None:
    wrong = RIGHT.replace("out = Variable(math.exp(x.data))", "out = Variable(float('nan'))")
    steps = {step["name"]: step for step in case_of(result_of(wrong), "product")["steps"]}
    assert steps["exp(p)"]["got"] == "nan" and isinstance(steps["exp(p)"]["expected"], float)
    wrong = RIGHT.replace("self.data * other.data,", "-self.data * other.data,")
    steps = {step["name"]: step for step in case_of(result_of(wrong), "large")["steps"]}
    assert (steps["f"]["expected"], steps["f"]["got"]) == ("inf", "-inf")


def test_gradients_of_leaves_alone_are_a_remark(capsys: pytest.CaptureFixture[str]) -> None:
    found = result_of((ROOT / "tests/zoo/correct/leaves_only.py").read_text(encoding="utf-8"))
    (remark,) = found["remarks"]
    assert f"remark: {remark['message']}\n" in capsys.readouterr().out
    assert "leaves only" in remark["message"] and remark["cases"] and remark["code"] is None


def test_another_choice_at_a_tie_is_a_convention() -> None:
    Path("cases/tie.yaml").write_text("about: a\ninputs: {x: 2, y: 2}\nexpr: maximum(x, y)\n")
    larger = """

def maximum(x, y):
    won = float(x.data > y.data)
    return x * won + y * (1.0 - won)
"""
    found = result_of(RIGHT + larger)
    assert found["findings"] == []
    (tie,) = (case for case in found["cases"] if case["id"] == "cases/tie.yaml")
    assert (tie["status"], tie["weight"], tie["score"]) == ("passed", None, 1)
    assert {step["backward"] for step in tie["steps"] if step["op"] == "input"} == {"convention"}
    (remark,) = tie["remarks"]
    assert (remark["code"], remark["op"]) == ("tie-convention", "maximum")
    assert {**remark, "cases": [tie["id"]]} in found["remarks"]


# -- the schema and the code -----------------------------------------------------------------------


def test_the_schema_is_one_and_every_part_of_it_is_used() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    text = json.dumps(SCHEMA)
    assert [name for name in SCHEMA["$defs"] if f'"#/$defs/{name}"' not in text] == []


def test_its_words_are_those_of_the_code() -> None:
    parts = SCHEMA["$defs"]
    case, graded = parts["case"]["properties"], parts["graded"]["properties"]
    assert parts["result"]["properties"]["version"] == {"const": VERSION}
    assert parts["code"]["enum"] == list(CODES)
    assert parts["weight"]["enum"] == list(WEIGHTS)
    assert parts["direction"]["enum"] == list(DIRECTIONS) == list(case["passes"]["properties"])
    assert parts["level"]["enum"] == list(LEVELS)
    assert graded["status"]["enum"] == list(STATUSES)
    assert graded["marking"]["enum"] == [*MARKINGS, None]
    packed = parts["packed"]["additionalProperties"]["oneOf"][1]["properties"]
    assert packed["dtype"]["enum"] == list(DTYPES)
    judged = {verdict.GUILTY, verdict.INHERITED, verdict.MISSING, *verdict.RIGHT}
    assert set(parts["judged"]["enum"]) == judged


def test_there_is_one_list_of_codes() -> None:
    """Every code that some module gives a suspect, or tells of, is in it."""
    tables: list[Any] = [slips.SLIPS, slips._WRITTEN]
    told = {*LOST, *PASSES_ON}
    told |= {slip.code for table in tables for slip in _slips(table)}
    for path in (ROOT / "harness/judging").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and ast.unparse(node.func)
            if named in (mistakes.mistake.__name__, "self._mistake"):
                first = node.args[0] if isinstance(node, ast.Call) else None
                told |= {str(first.value)} if isinstance(first, ast.Constant) else set()
    assert told - set(CODES) == {"inherited"}  # which is what a step is, and no finding's code
    assert {code for code, known in CODES.items() if known.weight == CONVENTION} == {
        "tie-convention",
        "kink-convention",
        "indeterminate",
    }
    assert {code for code, known in CODES.items() if known.weight == EDGE} == {
        "overflow",
        "precision",
        "recursion",
        "stale-grad",
    }
    assert all(bool(when_of(code)) == (known.weight != MISTAKE) for code, known in CODES.items())


def _slips(table: Any) -> list[slips.Slip]:
    if isinstance(table, slips.Slip):
        return [table]
    if isinstance(table, dict):
        return [slip for part in table.values() for slip in _slips(part)]
    return [slip for part in table for slip in _slips(part)] if isinstance(table, tuple) else []


def test_the_passes_are_named_once() -> None:
    """A list of them anywhere else is one that the third may be forgotten in."""
    lists = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "harness").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Tuple | ast.List | ast.Set)
        and len({getattr(item, "value", None) for item in node.elts} & set(DIRECTIONS)) > 1
    ]
    assert lists == ["harness/vocabulary/program.py"]


def test_what_a_single_backward_has_only_inherited_is_no_finding() -> None:
    """Where backward is called twice, is wrong then, and once would be right but for forward."""
    for name in CASES:
        Path(f"cases/{name}.yaml").unlink()
    text = "about: a\ninputs: {x: 3}\nsteps: {p: sin(x), f: p * p}\nbackward: 2\n"
    Path("cases/again.yaml").write_text(text)
    wrong = RIGHT.replace("math.sin(x.data)", "math.sin(x.data) + 1.0")
    stale = wrong.replace("else node.grad + g.data", "else node.grad + 2.0 * g.data")
    found = [(one["op"], one["code"]) for one in result_of(stale)["findings"]]
    assert found == [("sin", "wrong-value")]
