"""`harness grade` from outside: marks, what is graded anew, what is hidden, and what is told."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

import pytest
from engines.strange import SCALARS
from grading.class_of import grade, results, scores
from grading.conftest import HONEST, hand_in
from truths import ROOT

from harness.cli import COULD_NOT_RUN, main
from harness.grading.marking import verdict_of
from harness.grading.sandbox import walls as offered
from harness.grading.sandbox.walls import Walls
from harness.grading.suite import read


def test_a_class_is_graded(class_: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grade() == 0
    found = results()
    assert scores() == {"=cyd": 0.0, "ann": 6.0, "bob": 4.5, "dan": 3.5}
    assert found["=cyd"]["status"] == "refused"
    assert (
        "SyntaxError" in found["=cyd"]["problem"] and "/submission" not in found["=cyd"]["problem"]
    )
    assert [finding["code"] for finding in found["bob"]["findings"]] == ["missing-term"]
    assert all(found["ann"]["walls"].values())
    told = capsys.readouterr().out
    assert "4 found: 3 graded, 1 refused." in told and "bob" in told and "4.50" in told


def test_only_what_has_changed_is_graded_again(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grade()
    grade()
    assert "4 found: 4 kept as they were." in capsys.readouterr().out
    hand_in(class_, "bob", HONEST.replace("else 0.0", "else self.data"))
    grade()
    assert "4 found: 1 graded, 3 kept as they were." in capsys.readouterr().out
    assert scores()["bob"] == 6.0
    grade("--marking", "carried-forward")
    assert "4 found: 3 graded, 1 refused." in capsys.readouterr().out
    (class_ / "cases/add.yaml").unlink()
    grade("--marking", "carried-forward")
    assert "4 found: 3 graded, 1 refused." in capsys.readouterr().out
    grade("--marking", "carried-forward", "--regrade")
    assert "4 found: 3 graded, 1 refused." in capsys.readouterr().out


def test_what_is_right_but_for_an_earlier_mistake_counts_where_it_is_carried_forward(
    class_: Path,
) -> None:
    hand_in(class_, "eve", HONEST.replace("self.data + other.data", "self.data + other.data + 1"))
    grade("--cases", "cases/add.yaml")
    whole = scores()["eve"]
    grade("--cases", "cases/add.yaml", "--marking", "carried-forward", "--replace")
    assert scores()["eve"] > whole
    assert scores()["ann"] == 1.0 and scores()["=cyd"] == 0.0


def test_nothing_of_a_hidden_case_is_shown_to_a_student(class_: Path) -> None:
    assert grade("--hidden", "secret") == 0
    found = results()["bob"]
    assert found["max_score"] == 8.0 and sum(case["hidden"] for case in found["cases"]) == 2
    for format in ("gradescope", "github", "prairielearn", "junit", "pages"):
        arguments = ["export", format, "--from", "marks", "-o", format]
        arguments += ["--hidden", "secret", "--cases", "cases"] if format == "pages" else []
        assert main(arguments) == 0
        for path in Path(format).iterdir():
            text = path.read_text()
            assert "secret" not in text and "inner_step" not in text and "maximum" not in text
            if format == "gradescope" and "bob" in path.name:
                last = json.loads(text)["tests"][-1]
                assert (last["name"], last["visibility"]) == ("hidden cases", "after_published")


def test_what_students_see_does_not_depend_on_hidden_cases(class_: Path) -> None:
    """Two submissions differ in hidden cases alone: nobody can tell, until it is published."""
    hand_in(class_, "eva", HONEST + "    def __pow__(self, _):\n        return self\n")
    (class_ / "secret/power.yaml").write_text("about: a\ninputs: {x: 3}\nexpr: x ** 2\n")
    assert grade("--hidden", "secret", "--oracle", "torch") == 0
    bob, eva = results()["bob"], results()["eva"]
    assert [case["status"] for case in bob["cases"]] != [case["status"] for case in eva["cases"]]
    for format in ("gradescope", "github", "prairielearn", "junit", "pages"):
        arguments = ["export", format, "--from", "marks", "--hidden", "secret", "--cases", "cases"]
        assert main([*arguments, "-o", format]) == 0
        one, other = (next(Path(format).glob(f"{id}.*")).read_text() for id in ("bob", "eva"))
        if format == "gradescope":  # which does not show the last one, nor a sum with it
            one, other = (json.dumps(json.loads(text)["tests"][:-1]) for text in (one, other))
        assert one.replace("bob", "eva") == other, format
        if format == "prairielearn":
            assert json.loads(one)["score"] == 4.5 / 6
    arguments = ["export", "junit", "--from", "marks", "-o", "later", "--published"]
    assert main(arguments) == 0 and "hidden cases" in Path("later/bob.xml").read_text()


def test_a_case_that_is_found_among_the_others_too_is_hidden(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where the hidden cases lie in a folder of the others; each is asked once."""
    (class_ / "secret").rename(class_ / "cases/secret")
    assert grade("--hidden", "cases/secret", "--cases", "cases", "--cases", "cases/add.yaml") == 0
    found = results()["bob"]
    assert [case["hidden"] for case in found["cases"]] == [False] * 6 + [True] * 2
    arguments = ["export", "pages", "--from", "marks", "-o", "p", "--oracle", "recorded"]
    assert main(arguments) == COULD_NOT_RUN
    assert "these are not the cases that it was graded on" in capsys.readouterr().err
    assert main([*arguments, "--hidden", "cases/secret", "--cases", "cases"]) == 0
    assert "inner_step" not in "".join(path.read_text() for path in Path("p").iterdir())
    assert (
        main(
            ["export", "gradescope", "-o", "a.zip", "--cases", "cases", "--hidden", "cases/secret"]
        )
        == 0
    )
    with zipfile.ZipFile("a.zip") as archive:
        places = [name for name in archive.namelist() if name.endswith("larger_of_two.yaml")]
    assert places == ["hidden0/larger_of_two.yaml"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["grade", "nothing", "--out", "marks"], "nothing: there is no such submission or folder"),
        (["grade", "submissions", "--out", "marks", "--cases", "no"], "no: there are no cases"),
        (["grade", "cases", "--out", "marks", "--cases", "cases"], "there is no submission"),
        (["gradebook", "marks"], "there is no gradebook"),
        (["export", "junit", "--from", "marks", "-o", "x"], "there is no gradebook"),
        (["export", "junit", "-o", "x"], "--from DIR"),
        (["export", "github", "-o", "x.yml", "--hidden", "secret"], "it cannot have hidden cases"),
    ],
)
def test_what_cannot_be_done_is_told(
    class_: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    if arguments[1] == "cases":
        for path in (class_ / "cases").iterdir():
            if path.is_dir():
                for inner in path.iterdir():
                    inner.unlink()
                path.rmdir()
    assert main(arguments) == COULD_NOT_RUN
    assert told in capsys.readouterr().err
    assert not (class_ / "x").exists()


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--jobs", "0", "'0' is no whole number above 0"),
        ("--jobs", "two", "'two' is no whole number above 0"),
        ("--timeout", "nan", "'nan' is no number of seconds above 0"),
        ("--timeout", "soon", "'soon' is no number of seconds above 0"),
        ("--memory", "1", "1 is not between 128 (Python and numpy need that) and 1048576"),
        ("--memory", "999999999", "999999999 is not between"),
        ("--entry", "../x.py", "'../x.py' is no path of a .py file in a submission"),
        ("--entry", "/etc/passwd", "is no path of a .py file in a submission"),
        ("--entry", "engine", "is no path of a .py file in a submission, such as engine.py"),
        ("--scheduler", "local:0", "'local:0' is neither tcp://host:port nor local:N"),
        ("--scheduler", "http://here:1", "is neither tcp://host:port nor local:N"),
        ("--scheduler", "tcp://here", "is neither tcp://host:port nor local:N"),
    ],
)
def test_a_wrong_value_of_an_option_is_told(
    class_: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, told: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        grade(option, value)
    assert stopped.value.code == COULD_NOT_RUN
    assert told in " ".join(capsys.readouterr().err.split())
    assert not Path("marks").exists()


def test_everything_that_is_wrong_with_the_cases_is_told_with_its_place(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (class_ / "cases/a.yaml").write_text("about: x\ninputs: {x: 3}\nexpr: sigmod(x)\n")
    (class_ / "secret/b.yaml").write_text("about: x\ninputs: {x: 3}\nexpr: tanh(y)\n")
    (class_ / "cases/c.yaml").write_text("about: x\ninputs: {x: 3}\nexpr: tanh(x)\n")
    assert grade("--hidden", "secret") == COULD_NOT_RUN
    told = capsys.readouterr().err
    assert "cases/a.yaml:3:7: unknown operation 'sigmod'; did you mean 'sigmoid'?" in told
    assert "secret/b.yaml:3:12: unknown name 'y'" in told
    assert "cases/c.yaml:1:1: there is no snapshot c/forward.yml" in told


def test_what_is_no_submission_or_no_longer_here_is_told(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (class_ / "submissions/engine.pdf").write_text("")
    assert grade() == 0
    told = capsys.readouterr()
    neither = "neither a .py file, a notebook (.ipynb), a zip nor a folder"
    assert f"left out, {neither}: engine.pdf" in told.out
    (class_ / "submissions/bob.py").rename(class_ / "submissions/rob.py")
    assert grade() == 0
    told = capsys.readouterr()
    assert "1 graded, 3 kept" in told.out
    assert "kept there, and left out of exports, as not handed in any more: bob\n" in told.out
    (class_ / "late").mkdir()
    (class_ / "submissions/rob.py").rename(class_ / "late/eve.py")
    assert main(["grade", "late", "--out", "marks", "--cases", "cases"]) == 0
    assert "4 more are kept there, of submissions that are not here." in capsys.readouterr().out


def test_a_notebook_is_graded(class_: Path) -> None:
    cells = [HONEST.replace("else 0.0", "else self.data"), "while True:\n    Value(1.0)"]
    notebook = {"cells": [{"cell_type": "code", "source": text} for text in cells]}
    (class_ / "submissions/eve.ipynb").write_text(json.dumps(notebook))
    (class_ / "submissions/fay").mkdir()
    (class_ / "submissions/fay/engine.ipynb").write_text(json.dumps(notebook))
    assert grade() == 0
    assert (scores()["eve"], scores()["fay"]) == (6.0, 6.0)


def test_why_a_submission_is_refused_stands_beside_its_name(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (class_ / "submissions/gus").mkdir()
    for name in ("main", "other"):
        (class_ / f"submissions/gus/{name}.py").write_text(HONEST)
    (class_ / "essay.pdf").write_text("")
    places = ["submissions", "essay.pdf", "--out", "marks"]
    assert main(["grade", *places, "--cases", "cases", "--oracle", "recorded"]) == 0
    lines = capsys.readouterr().out.splitlines()
    told = {line.split()[0]: line.partition("refused: ")[2] for line in lines if "refused" in line}
    assert told["gus"] == "there is no engine.py in it; there is main.py, other.py"
    assert told["essay.pdf"] == "neither a .py file, a notebook (.ipynb), a zip nor a folder"
    assert "SyntaxError" in told["=cyd"]
    assert main(["gradebook", "marks", "--status", "refused"]) == 0
    assert "there is no engine.py in it; there is main.py, other.py" in capsys.readouterr().out


def test_progress_is_shown_on_a_terminal_alone(
    class_: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    grade()
    assert "\r" not in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    for name, value in {"COLUMNS": "60", "TERM": "xterm", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    grade("--regrade")
    drawn, *lines = re.sub(r"\x1b\[[?\d;]*\w", "", capsys.readouterr().err).strip().split("\r")
    assert drawn.startswith("inputs drawn anew in 6 of 6 cases\n")
    shown = [line for line in lines if "of 4" in line]
    assert all(len(line) < 60 and "/s" in line for line in shown)
    assert [f"{n} of 4" in line for n, line in zip("1234", shown, strict=False)] == [True] * 4


ALONE = Walls(bubblewrap=False, namespaces=False, user=False, keeper=False)


def test_a_weak_sandbox_is_refused_unless_it_is_allowed(
    class_: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offered, "candidates", lambda: [ALONE])
    assert grade() == COULD_NOT_RUN
    told = capsys.readouterr().err
    assert "the sandbox is weak here" in told and "not: finds no program" in told
    assert "bubblewrap" in told and not Path("marks").exists()
    assert grade("--allow-weak") == 0
    assert "the sandbox is weak here" in capsys.readouterr().err
    assert scores()["bob"] == 4.5 and not all(results()["bob"]["walls"].values())
    assert main(["doctor"]) == 1
    assert "The sandbox is weak" in capsys.readouterr().out


def test_a_verdict_can_be_had_again_from_a_result(class_: Path) -> None:
    grade()
    asked = {question.id: question for question in read(["cases"], oracle="recorded").questions}
    for result in results().values():
        for case in result["cases"] if result["status"] == "graded" else ():
            verdict = verdict_of(asked[case["id"]], case)
            assert verdict.passed == (case["status"] == "passed")


def test_a_submission_may_be_split_over_files(class_: Path) -> None:
    method = SCALARS[SCALARS.index("    def exp") : SCALARS.index("    def order")]
    function = method.replace("\n    ", "\n").replace("Value(", "type(self)(").strip()
    folder = class_ / "submissions" / "eve"
    folder.mkdir()
    (folder / "engine.py").write_text("from mine import exp\n" + SCALARS.replace(method, ""))
    (folder / "mine.py").write_text(f"import math\n\n{function}\n")
    assert grade("--cases", str(ROOT / "cases/scalars/exponential.yaml")) == 0
    assert results()["eve"]["score"] == 1.0


OWN_WAY = """
import minus
from harness.engines.adapter import ObjectEngine
from harness.engines.trace import Trace

class Mine(ObjectEngine):
    cls = float

    def run(self, program):
        return Trace({name: minus.zero(value) for name, value in program.inputs.items()})
"""


def test_a_submission_does_not_say_itself_how_it_is_run(class_: Path) -> None:
    folder = class_ / "submissions" / "eve"
    folder.mkdir()
    (folder / "engine.py").write_text(OWN_WAY)
    (folder / "minus.py").write_text("import numpy\nzero = numpy.asarray\n")
    assert grade() == 0
    eve = results()["eve"]
    assert eve["status"] == "refused" and "class Mine says how it is run" in eve["problem"]
    assert grade("--allow-adapters") == 0
    assert results()["eve"]["status"] == "graded"
