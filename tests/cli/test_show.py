"""`harness draw`, `listing` and `report` from outside: what they write, and what they refuse."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli.conftest import FORGETFUL, SQUARE
from truths import ROOT

from harness.cli import COULD_NOT_RUN, main


def test_draw_writes_the_kind_that_the_name_says(here: Path) -> None:
    assert main(["draw", "topic/one", "-o", "a.svg"]) == 0
    assert main(["draw", "cases/topic/one.yaml", "-o", "a.png"]) == 0
    assert (here / "a.svg").read_text().startswith("<svg")
    assert (here / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_pdf_that_cannot_be_made_is_told_with_what_it_needs(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "svg2pdf_py", None)
    assert main(["draw", "topic/one", "-o", "a.pdf"]) == COULD_NOT_RUN
    told = "svg2pdf_py is not installed: pip install svg2pdf-py"
    assert told in capsys.readouterr().err and not (here / "a.pdf").exists()


def test_draw_takes_an_expression_in_place_of_a_case(here: Path) -> None:
    arguments = ["--expr", "x * y + x", "--input", "x=3", "--input", "y=-2", "--theme", "dark"]
    assert main(["draw", *arguments, "--hide", "gradients", "-o", "a.svg"]) == 0
    text = (here / "a.svg").read_text()
    assert ">−3.000<" in text and ">−1.000<" not in text and "#15181c" in text


def test_draw_fits_a_slide_and_says_where_it_is_too_small_to_read(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["draw", "topic/one", "--fit", "16:9", "--caption", "x & x", "-o", "a.svg"]) == 0
    assert ">x &amp; x<" in (here / "a.svg").read_text() and capsys.readouterr().err == ""
    assert main(["draw", "models/lstm_cell", "--fit", "16:9", "-o", "b.svg"]) == 0
    assert "b.svg: its smallest text is 1/" in capsys.readouterr().err


def test_draw_fills_a_folder_with_the_frames_of_a_case(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["draw", "topic/one", "--frames", "steps"]) == 0
    names = sorted(path.name for path in (here / "steps").iterdir())
    assert names == ["0.svg", "1.svg", "2.svg", "3.svg", "4.svg", "animation.png"]
    assert "5 pictures in steps, and all in steps/animation.png" in capsys.readouterr().out


def test_draw_fills_a_folder_with_several_cases(here: Path) -> None:
    assert main(["draw", "cases", "-o", "pictures"]) == 0
    assert main(["draw", "topic/one", "topic/two", "-o", "pictures", "--format", "png"]) == 0
    names = sorted(path.name for path in (here / "pictures").iterdir())
    assert names == ["topic_one.png", "topic_one.svg", "topic_two.png", "topic_two.svg"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["draw", "topic/noe", "-o", "a.svg"], "topic/noe: there is no such case; did you mean t"),
        (["draw", "none", "-o", "a.svg"], "none: there is no such case: name a YAML file, or its"),
        (["draw", "topic/one", "-o", "empty.svg"], "empty.svg: cannot be written: "),
        (["draw", "topic/one", "-o", "file"], "file: a picture ends with .svg, .png or .pdf"),
        (["draw", "topic", "broken", "-o", "out"], "broken/one.yaml:3:11: unknown name 'y'"),
        (["draw", "alike", "-o", "out"], "alike/a_b/c.yaml: out/alike_a_b_c.svg is the picture of"),
        (["draw", "cases", "-o", "a.svg"], "a.svg: 2 cases need a folder, such as -o pictures"),
        (["draw", "topic/one", "-o", "a.gif"], "a.gif: a picture ends with .svg, .png or .pdf"),
        (
            ["draw", "topic/one", "-o", "a.svg", "--fit", "16"],
            "fit '16': it is a width and a height",
        ),
        (["draw", "topic/one", "-o", "a.svg", "--caption", "\x1b"], "a caption is one line of"),
        (["draw", "topic/one", "-o", "no/a.svg"], "no/a.svg: there is no folder no"),
        (["draw", "empty", "-o", "out"], "empty: there are no cases (*.yaml) below this folder"),
        (["draw", "--expr", "x", "-o", "a.svg"], "there is no input: --input NAME=VALUE"),
        (["draw", "topic/one", "--expr", "x", "-o", "a.svg"], "a case is drawn, or an expression"),
        (["draw", "--expr", "x*z", "--input", "x=1", "-o", "a.svg"], "unknown name 'z'"),
        (["draw", "topic/one", "-o", "a.svg", "--engine", "none.py"], "none.py"),
        (["listing", "topic/none"], "topic/none: there is no such case; did you mean topic/one?"),
        (["listing", "lecture"], "lecture: this is a topic, and one case is needed, such as "),
        (["draw", "lecture", "-o", "a.svg"], "harness cases lecture lists all 3"),
        (["listing", "cases/topic"], "harness cases topic --cases cases lists all 2"),
        (["report", "-o", "a.txt"], "a.txt: a page ends with .html"),
        (["report", "-o", "no/a.html"], "no/a.html: there is no folder no"),
        (["report", "--cases", "none", "-o", "a.html"], "none: there are no cases here"),
        (["check", "minigrad", "--cases", "empty"], "empty: there are no cases"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    for name in ("empty", "empty.svg", "topic", "broken", "alike/a", "alike/a_b"):
        (here / name).mkdir(parents=True)
    (here / "file").write_text("something else")
    (here / "broken/one.yaml").write_text("about: bad\ninputs: {x: 3}\nexpr: x * y\n")
    for name in ("topic/one", "alike/a/b_c", "alike/a_b/c"):
        (here / f"{name}.yaml").write_text(SQUARE)
    before = sorted(here.rglob("*"))
    assert main(arguments) == COULD_NOT_RUN
    assert told in capsys.readouterr().err
    assert sorted(here.rglob("*")) == before


def test_a_broken_case_is_told_and_the_report_has_the_others(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "cases/topic/bad.yaml").write_text("about: bad\ninputs: {x: 3}\nexpr: x * y\n")
    assert (
        main(["report", "--cases", "cases", "--oracle", "torch", "-o", "a.html"]) == COULD_NOT_RUN
    )
    assert "cases/topic/bad.yaml:3:" in capsys.readouterr().err
    text = (here / "a.html").read_text()
    assert text.count('class="case"') == 2 and text.endswith("</html>\n")


def test_infinities_and_nan_are_told_and_no_warning_is_heard(
    here: Path, recwarn: pytest.WarningsRecorder
) -> None:
    (here / "cases/topic/one.yaml").write_text(
        "about: too large\ninputs: {x: 1e200, y: 2}\n"
        "steps: {a: x * x, b: a * y, c: a - a, f: b + c}\n"
    )
    assert main(["report", "--cases", "cases", "--engine", "minigrad", "-o", "a.html"]) == 0
    text = (here / "a.html").read_text()
    assert "∞" in text and "nan" in text
    assert not [warning for warning in recwarn if "numpy" not in str(warning.filename)]


def test_a_formula_has_the_names_and_functions_as_they_are_written(here: Path) -> None:
    (here / "cases/topic/one.yaml").write_text(
        "about: names\ninputs: {left_side: [1, 2], r: 3}\n"
        "steps: {the_sum: left_side * r, f: sum(gelu(the_sum))}\n"
    )
    assert main(["report", "--cases", "cases/topic/one.yaml", "-o", "a.html"]) == 0
    formulas = (here / "a.html").read_text().split("class=formulas ")[1].split("</div>")[0]
    assert "<mtext>left_side</mtext>" in formulas and "<mtext>the_sum</mtext>" in formulas
    assert formulas.count("<math") == 2
    assert "\\" not in formulas and "<mo />" not in formulas


def test_a_report_holds_no_time_and_no_chance(here: Path) -> None:
    main(["report", "--cases", "cases", "--engine", "minigrad", "-o", "a.html"])
    main(["report", "--cases", "cases", "--engine", "minigrad", "-o", "b.html"])
    assert (here / "a.html").read_bytes() == (here / "b.html").read_bytes()


def test_what_an_engine_says_reaches_neither_terminal_nor_page_as_it_is(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "evil.py").write_text(
        "class Value:\n    def __init__(self, data): self.data = data\n"
        "    def __mul__(self, other):\n"
        "        raise ValueError('\\ud800 \\x1b[31m \\u202e \\n::error::pwned <b>bold</b>')\n"
        "    def backward(self): pass\n"
    )
    assert main(["check", "evil.py", "--cases", "cases"]) == 1
    told = capsys.readouterr().out
    assert "\\ud800 \\x1b[31m \\u202e \\x3a:error::pwned" in told and "\x1b" not in told
    assert main(["report", "--cases", "cases", "--engine", "evil.py", "-o", "a.html"]) == 0
    text = (here / "a.html").read_text()
    assert "&lt;b&gt;bold&lt;/b&gt;" in text and "<b>bold" not in text and "\x1b" not in text


def test_listing_prints_what_python_runs(here: Path) -> None:
    command = [sys.executable, "-m", "harness", "listing", "topic/one", "--values"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    scope: dict[str, float] = {}
    exec(done.stdout, scope)
    assert scope["f"] == 9 and scope["dx"] == 6


def test_without_the_libraries_for_pictures_it_says_what_to_install(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("harness.showing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fast_sugiyama", None)
    assert main(["draw", "topic/one", "-o", "a.svg"]) == COULD_NOT_RUN
    told = capsys.readouterr().err
    assert "fast_sugiyama is not installed: pip install fast-sugiyama" in told


def test_a_report_ticks_no_operation_that_was_not_judged(here: Path) -> None:
    (here / "my_engine.py").write_text(
        f"{FORGETFUL}\n    def sin(self):\n        raise RuntimeError('no')\n"
    )
    (here / "cases/topic/one.yaml").write_text(
        "about: it stops at the sine\ninputs: {x: 3, y: 2}\nexpr: sin(x + y) * x\n"
    )
    command = "report --engine my_engine.py --cases cases/topic/one.yaml -o a.html"
    assert main(command.split()) == 0
    grid = (here / "a.html").read_text().partition('class="grid"')[2].partition("</table>")[0]
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', grid))
    told = {name: re.findall(r"<td[^>]*>([^<]+)</td>", cells) for name, cells in rows.items()}
    assert told == {
        "add": ["✓ 1"],
        "mul": ["not reached"],
        "sin": ["✗ 1"],
        "the engine itself": ["✓ 1"],
    }
