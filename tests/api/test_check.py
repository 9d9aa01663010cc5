"""`harness.check`: engines however they are given, and what is said of what is none."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from api.conftest import ENDING, ENDLESS, FORGETFUL, MENDED, class_of

import harness
from harness.cli import main
from harness.engines.engine import EngineError

ROOT = Path(__file__).resolve().parents[2]
SUM = "x * y + x"


def test_a_mistake_is_found_and_the_result_says_where(here: Path) -> None:
    result = harness.check(class_of(FORGETFUL), cases="cases")
    assert not result
    (finding,) = result.findings
    assert (finding.code, finding.direction) == ("overwrite", "backward")
    assert finding.evidence == "cases/topic/sum.yaml" and finding.cases == (finding.evidence,)
    assert "print(x.grad)" in finding.repro
    assert {one.id: bool(one) for one in result.cases} == {
        "cases/topic/product.yaml": True,
        "cases/topic/sum.yaml": False,
    }
    assert (result.score, result.max_score) == (1.5, 2.0)
    assert result.by_level["scalar arithmetic"].passed == 1
    assert sum(level.total for level in result.by_level.values()) == 2


def test_a_right_engine_is_true(here: Path) -> None:
    result = harness.check(class_of(MENDED), cases="cases")
    assert result and result.findings == () and result.score == result.max_score


def test_what_is_printed_is_what_the_command_prints(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("my_engine.py").write_text(FORGETFUL)
    main(["check", "my_engine.py", "--cases", "cases"])
    told = capsys.readouterr().out.rstrip("\n")
    assert "(--level 3 runs it alone)" in told
    python = told.replace("(--level 3 ", "(level=3 ")
    assert str(harness.check("my_engine.py", cases="cases")) == python


def test_one_expression_is_judged_alone(here: Path) -> None:
    result = harness.check(class_of(FORGETFUL), SUM, x=3, y=-4)
    (outcome,) = result.cases
    assert outcome.id == SUM and not outcome and outcome.status == "failed"
    told = str(result)
    assert "first wrong: dx" in told and "-3.0000000000" in told
    assert told.endswith("what it means: harness explain overwrite")
    right = harness.check(class_of(MENDED), SUM, x=3, y=-4)
    assert right and "✓ every step agrees" in str(right)
    lacking = harness.check(class_of(MENDED), "exp(x)", x=1)
    assert not lacking and "not judged: the engine has no exp" in str(lacking)


def test_an_engine_without_a_backward_pass_is_told_what_was_judged(here: Path) -> None:
    begun = MENDED.replace("def backward", "def not_yet")
    told = str(harness.check(class_of(begun), SUM, x=3, y=-4)).splitlines()
    assert told[-2:] == [
        "forward: every step agrees",
        "backward: not judged: the engine has no backward",
    ]


def given(here: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """One engine in every form that it may be given in."""
    Path("mine_to_check.py").write_text(FORGETFUL)
    monkeypatch.syspath_prepend(here)
    module = importlib.import_module("mine_to_check")
    monkeypatch.delitem(sys.modules, "mine_to_check")
    monkeypatch.setitem(sys.modules, "mine_to_check", module)
    loose = class_of(FORGETFUL)
    return {
        "class": module.Value,
        "instance": module.Value(3.0),
        "module": module,
        "path": Path("mine_to_check.py"),
        "text": "mine_to_check.py:Value",
        "without a file": loose,
        "instance without a file": loose(2.0),
    }


def test_every_form_of_an_engine_is_the_same_engine(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for form, engine in given(here, monkeypatch).items():
        found = harness.check(engine, SUM, x=3, y=-4).findings
        assert [one.code for one in found] == ["overwrite"], form


@pytest.mark.parametrize(
    ("text", "code"), [(ENDLESS, "too-slow"), (ENDING, "crash")], ids=["endless", "ending"]
)
def test_what_hangs_or_ends_its_process_takes_nobody_with_it(text: str, code: str) -> None:
    result = harness.check(class_of(text), "x * x", x=3, timeout=0.2)
    assert [one.code for one in result.findings] == [code]
    assert harness.check(class_of(MENDED), "x * x", x=3)


def test_no_process_is_left(here: Path) -> None:
    if not Path("/proc/self/task").is_dir():
        pytest.skip("processes are found by /proc")

    def children() -> set[str]:
        return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())

    before = children()
    harness.check(class_of(ENDLESS), "x * x", x=3, timeout=0.2)
    for _ in range(200):  # the last reference may be gone later than its result
        if not children() - before:
            return
        time.sleep(0.05)
    raise AssertionError("a process is left")


def test_in_process_runs_here_and_says_so(here: Path) -> None:
    kind = class_of(MENDED)
    kind.seen = []
    kind.__init__ = seeing(kind.__init__, kind.seen)
    harness.check(kind, SUM, x=3, y=-4)
    assert not kind.seen  # it was another process
    result = harness.check(kind, SUM, x=3, y=-4, in_process=True)
    assert kind.seen and "it runs in this very process" in str(result)


def seeing(method: Callable[..., None], seen: list[object]) -> Callable[..., None]:
    def made(self: Any, data: float, parents: Any = ()) -> None:
        seen.append(data)
        method(self, data, parents)

    return made


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """What makes this process a notebook that has run some cells, and gives its class."""

    def run(*cells: str) -> Any:
        shell = SimpleNamespace(
            history_manager=SimpleNamespace(input_hist_raw=["", *cells]), user_ns={}
        )
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
        kind = class_of("\n".join(cell for cell in cells if cell[0] != "%"), "__main__")
        monkeypatch.setattr(sys.modules["__main__"], "Value", kind, raising=False)
        return kind

    return run


def test_a_class_of_a_notebook_is_made_anew_from_its_cells(
    here: Path, notebook: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("beside_cells.py").write_text("ONE = 1.0\n")
    monkeypatch.syspath_prepend(here)
    uses = MENDED.replace("(self, 1.0)", "(self, ONE)")
    kind = notebook(
        "%matplotlib inline", "from beside_cells import ONE", FORGETFUL, uses, "made = 1"
    )
    result = harness.check(kind, SUM, x=3, y=-4)
    assert result.origin == "Value, from the cells of notebook.ipynb"
    assert result, str(result)


def test_a_line_of_a_notebook_is_told_by_its_cell(here: Path, notebook: Callable[..., Any]) -> None:
    raises = MENDED.replace("        return Value(self.data + ", "        1 / 0\n        #")
    result = harness.check(notebook("import math", raises), "x + x", x=3)
    assert "notebook.ipynb cell 2, line 7: in __add__: 1 / 0" in str(result)
    assert "# in a new cell of notebook.ipynb" in str(result)


def test_what_its_cells_do_not_make_again_is_taken_as_it_is(
    here: Path, notebook: Callable[..., Any]
) -> None:
    kind = notebook(f"exec({MENDED!r})")
    result = harness.check(kind, SUM, x=3, y=-4)
    assert result and result.origin == "class Value, as it is in this session"


def test_a_script_that_judges_its_own_class_is_not_run_twice(here: Path) -> None:
    script = f"import harness\nprint('begins')\n{MENDED}\nprint(bool(harness.check(Value, {SUM!r}, "
    Path("script.py").write_text(f"{script}x=3, y=-4)))\n")
    done = subprocess.run(
        [sys.executable, "script.py"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["begins", "True"], done.stderr


WRONG: dict[str, tuple[type[Exception], Callable[[Any], object]]] = {
    "type int is no engine": (TypeError, lambda _: harness.check(int)),
    "3 is no engine": (TypeError, lambda _: harness.check(3)),
    "len is no engine": (TypeError, lambda _: harness.check(len)),
    "None is no engine": (TypeError, lambda _: harness.check(None)),
    "nofile.py: no such file": (EngineError, lambda _: harness.check("nofile.py")),
    "class Empty is still empty": (EngineError, lambda _: harness.check(type("Empty", (), {}))),
    "module sys has no source": (EngineError, lambda _: harness.check(sys)),
    "its inputs are missing: x=…, y=…": (ValueError, lambda v: harness.check(v, "x * y")),
    "y has no number: give y=…": (ValueError, lambda v: harness.check(v, "x * y", x=3)),
    "the expression, column 4: not an expression": (
        ValueError,
        lambda v: harness.check(v, "x * ", x=3),
    ),
    "did you mean 'sigmoid'": (ValueError, lambda v: harness.check(v, "sigmod(x)", x=3)),
    "z is given, and nothing uses it": (ValueError, lambda v: harness.check(v, "x * x", x=3, z=3)),
    "check() has no option 'x'": (TypeError, lambda v: harness.check(v, x=3)),
    "there are no cases here": (FileNotFoundError, lambda v: harness.check(v, cases="nowhere")),
    "'99' is no level": (ValueError, lambda v: harness.check(v, level=99)),
    "dtype='float16': there is 'float64' and 'float32'": (
        ValueError,
        lambda v: harness.check(v, "x * x", x=3, dtype="float16"),
    ),
    "oracle='numpy': there is": (ValueError, lambda v: harness.check(v, oracle="numpy")),
    "timeout=0: a case has": (ValueError, lambda v: harness.check(v, timeout=0)),
    "there is no such case": (FileNotFoundError, lambda _: harness.Case("nothing/there")),
    "x is of type Value; an input is": (TypeError, lambda v: harness.Case("x * x", x=v(3))),
    "x is of type str; an input is": (TypeError, lambda _: harness.Case("x * x", x="3")),
    "the case has its inputs already": (
        TypeError,
        lambda v: harness.check(v, harness.Case("x * x", x=3), x=4),
    ),
    "did you mean 'overwrite'": (LookupError, lambda _: harness.explain("overwrit")),
    "a.gif: a picture ends with": (ValueError, lambda _: harness.draw("x * x", x=3).save("a.gif")),
}


@pytest.mark.parametrize("told", WRONG)
def test_what_is_wrong_is_told(here: Path, told: str) -> None:
    kind, call = WRONG[told]
    with pytest.raises(kind) as error:
        call(class_of(MENDED))
    assert told in str(error.value)


def test_a_file_that_is_no_case_is_told_with_its_place(here: Path) -> None:
    Path("cases/topic/bad.yaml").write_text("about: a\ninputs: {x: 1}\nexpr: x * y\n")
    with pytest.raises(ValueError, match=r"cases/topic/bad.yaml:3:11: unknown name 'y'"):
        harness.check(class_of(MENDED), cases="cases")
