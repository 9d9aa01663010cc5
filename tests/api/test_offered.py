"""What `import harness` offers besides: comparing, drawing, listing, explaining; cheaply, typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from api.conftest import ENDLESS, FORGETFUL, MENDED, class_of

import harness
from harness.cli import main

ROOT = Path(__file__).resolve().parents[2]
UNTYPED: Any = harness
"""For calls that a type checker would refuse."""


def test_importing_it_imports_nothing_else() -> None:
    code = (
        "import sys; before = set(sys.modules); import harness; print(*set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    packages = {name.partition(".")[0] for name in done.stdout.split()}
    assert packages - set(sys.stdlib_module_names) == {"harness"}
    assert not [name for name in done.stdout.split() if name.startswith("harness.")]


def test_all_that_is_offered_is_there_and_nothing_else() -> None:
    assert set(harness.__all__) <= set(dir(harness))
    assert all(getattr(harness, name) is not None for name in harness.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'chekc'"):
        _ = harness.chekc  # type: ignore[attr-defined]


def test_a_function_is_compared_with_torch() -> None:
    value = class_of(FORGETFUL)
    right = harness.compare(lambda x, y: x * y, value(3.0), value(-4.0))
    assert right and [row.name for row in right.rows] == ["result", "dx", "dy"]
    wrong = harness.compare(lambda x, y: x * y + x, value(3.0), value(-4.0))
    assert [row.name for row in wrong.rows if not row.agrees] == ["dx"]
    (line,) = (line for line in str(wrong).splitlines() if line.split()[:1] == ["dx"])
    assert line.split() == ["dx", "-3.0000000000", "1.0000000000", "✗"]


def test_a_function_of_numbers_beside_an_engine_and_of_arrays() -> None:
    from harness.engines.loading import load

    tensor = load("peer:minigrad").cls
    found = harness.compare(lambda x: x * x, np.arange(6.0).reshape(2, 3), engine=tensor)
    assert found and found.rows[1].expected.shape == (2, 3)


def test_a_function_that_does_not_end_is_ended_and_one_that_raises_is_told() -> None:
    value = class_of(ENDLESS)
    late = harness.compare(lambda x: x * x, value(3.0), timeout=0.2)
    assert not late and "no end after 0.2 s of computing" in late.stopped
    raising = harness.compare(lambda x: x.nothing, class_of(MENDED)(3.0), torch=lambda x: x * x)
    assert "AttributeError" in raising.stopped and "nothing" in str(raising)


def test_what_torch_is_given_cannot_take_the_process_with_it() -> None:
    def hangs(x: object) -> object:
        while True:
            pass

    def ends(x: object) -> object:
        os._exit(3)

    value = class_of(MENDED)
    with pytest.raises(ValueError, match="torch does not run it: no end after 2 s of computing"):
        harness.compare(lambda x: x * x, value(3.0), torch=hangs)
    with pytest.raises(ValueError, match="the process ended without an answer"):
        harness.compare(lambda x: x * x, value(3.0), torch=ends)


def test_what_cannot_be_compared_is_told() -> None:
    value = class_of(MENDED)
    with pytest.raises(TypeError, match="numbers beside engine=Value"):
        harness.compare(lambda x: x, 3)
    with pytest.raises(TypeError, match="2 inputs"):
        harness.compare(lambda x: x, value(3), value(4))
    with pytest.raises(ValueError, match="torch does not run it: AttributeError"):
        harness.compare(lambda x: x.no_method(), value(3.0))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda value: UNTYPED.check(value, "x * x", x=3, level=3), "level=3 chooses among cases"),
        (lambda value: UNTYPED.check(value, "x * x", x=3, timeout="2"), "a number of seconds"),
        (lambda value: UNTYPED.check(value, cases=3), "cases=3: it is no path"),
        (lambda value: UNTYPED.check(value, cases=["a", 3]), "cases=3: it is no path"),
        (lambda value: UNTYPED.compare(3, value(3.0)), "the function is no function: 3"),
        (lambda value: UNTYPED.compare(abs, 3, engine="value"), "engine='value': it is a class"),
        (lambda value: UNTYPED.compare(max, value(3.0)), "max does not say what it takes"),
        (lambda value: UNTYPED.compare(abs, value(3.0), torch=5), "torch is no function: 5"),
        (lambda value: UNTYPED.compare(abs, value(3.0), timeout=None), "a number of seconds"),
        (lambda value: UNTYPED.Case("x * y", x=3, constants=4), "constants=4: it is a dict"),
        (lambda value: UNTYPED.draw("x * x", x=3).save(3), "path=3: it is no path"),
        (lambda value: UNTYPED.draw("x * x", x=3).save_frames(None), "folder=None: it is no path"),
        (lambda value: UNTYPED.explain(3), "3 is no name of a page"),
    ],
)
def test_an_argument_of_a_wrong_kind_is_told(call: Callable[[Any], object], told: str) -> None:
    with pytest.raises(TypeError, match=re.escape(told)):
        call(class_of(MENDED))


def test_a_case_has_torchs_numbers() -> None:
    case = harness.Case({"q": "x + y", "f": "q * z"}, x=-2, y=5, z=-4)
    assert case.values["f"] == -12 and case.gradients["x"] == -4
    assert "x = -2.0000000000" in str(case)
    masked = harness.Case("sum(x * m)", x=[1.0, 2.0], constants={"m": [1, 0]})
    assert masked.gradients["x"].tolist() == [1.0, 0.0]
    assert harness.Case("lecture/staged").id == "cases/lecture/staged.yaml"
    assert harness.Case("order * order", inputs={"order": 3}).gradients["order"] == 6


def test_listing_and_explaining_print_what_the_commands_print(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command, made in (
        ("listing lecture/staged", harness.listing("lecture/staged")),
        ("listing lecture/staged --values", harness.listing("lecture/staged", values=True)),
        ("explain overwrite", harness.explain("overwrite")),
        ("explain", harness.explain()),
    ):
        assert main(command.split()) == 0
        assert str(made) == capsys.readouterr().out.rstrip("\n"), command


def test_a_drawing_is_that_of_the_command(tmp_path: Path) -> None:
    main(["draw", "lecture/staged", "-o", str(tmp_path / "command.svg")])
    assert harness.draw("lecture/staged").save(tmp_path / "own.svg") == tmp_path / "own.svg"
    assert (tmp_path / "own.svg").read_bytes() == (tmp_path / "command.svg").read_bytes()
    marked = harness.draw("x * y + x", x=3, y=-4, engine=class_of(FORGETFUL))
    assert "yours 1.000" in marked.svg and "Wrong (dashed, purple): x." in " ".join(
        str(marked).split()
    )


USER = """
import harness
from typing import assert_type

class Value: ...

result = harness.check(Value, "x * y + x", x=3, y=-4)
assert_type(result, harness.Result)
assert_type(result.findings, tuple[harness.Finding, ...])
assert_type(result.findings[0].code, str)
assert_type(result.cases, tuple[harness.Outcome, ...])
assert_type(result.score, float)
assert_type(result.by_level["reuse and order"], harness.Level)
assert_type(harness.draw("x * y", x=3, y=-4, engine=Value), harness.Drawing)
assert_type(harness.listing("x * y", x=3, y=-4), harness.Listing)
assert_type(harness.explain("sum"), harness.Explanation)
assert_type(harness.compare(lambda x: x, Value()), harness.Comparison)
harness.check(Value, level="reuse", cases=["cases"])
harness.check()
harness.chekc(Value)
result.findngs
"""


@pytest.mark.slow
@pytest.mark.sample
def test_its_types_are_those_that_are_said(tmp_path: Path) -> None:
    file = tmp_path / "user.py"
    file.write_text(USER)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    wrong = [line for line in done.stdout.splitlines() if "user.py" in line]
    last = USER.splitlines().index("harness.check()") + 1
    assert [int(line.split(":")[1]) for line in wrong if ": error:" in line] == [
        last,
        last + 1,
        last + 2,
    ], done.stdout
