"""Settings of a project: where they are found, which comes first, and what is wrong of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli.test_levels import CASES, ENGINE

from harness import configuration
from harness.cli import main

TABLE = '[tool.harness]\nengine = "mine.py"\ncases = "cases"\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for key in configuration.KINDS:
        monkeypatch.delenv(f"HARNESS_{key.upper()}", raising=False)
    Path("cases").mkdir()
    for name, text in CASES.items():
        Path(f"cases/{name}.yaml").write_text(f"about: a\n{text}")
    Path("mine.py").write_text(ENGINE)
    Path("pyproject.toml").write_text(TABLE)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(" ".join(capsys.readouterr()).split())


def test_the_engine_and_its_cases_need_not_be_typed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    out = told(capsys)
    assert "set by pyproject.toml: engine mine.py; cases cases" in out
    assert "4 cases: 2 passed" in out


def test_it_is_found_from_a_folder_below(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("below/deep").mkdir(parents=True)
    Path("below/pyproject.toml").write_text('[project]\nname = "harness"\n')  # has no such table
    monkeypatch.chdir("below/deep")
    assert main(["check"]) == 0
    out = told(capsys)
    assert "set by ../../pyproject.toml: engine ../../mine.py" in out
    assert "4 cases: 2 passed" in out


def test_an_option_comes_before_a_variable_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("wrong.py").write_text(ENGINE.replace("self.grad += up", "self.grad = up"))
    monkeypatch.setenv("HARNESS_ENGINE", "wrong.py")
    assert main(["check"]) == 1
    assert "set by HARNESS_ENGINE: engine wrong.py" in told(capsys)
    assert main(["check", "mine.py"]) == 0
    assert "HARNESS_ENGINE" not in told(capsys)


def test_a_variable_holds_several_places_and_levels(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("more").mkdir()
    Path("more/other.yaml").write_text("about: a\ninputs: {x: 1}\nexpr: x + 1\n")
    monkeypatch.setenv("HARNESS_CASES", os.pathsep.join(["cases", "more"]))
    monkeypatch.setenv("HARNESS_LEVELS", "1,reuse")
    main(["check"])
    assert "3 cases:" in told(capsys)
    main(["check", "--level", "1"])
    out = told(capsys)
    assert "2 cases:" in out and "HARNESS_LEVELS" not in out


def test_what_is_told_of_settings_is_no_part_of_the_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["check", "--json", "-"])
    assert json.loads(capsys.readouterr().out)["engine"] == "mine.py"


@pytest.mark.parametrize("command", [["engines"], ["report", "-o", "page.html"]])
def test_other_commands_read_it_too(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(command)
    assert "engine mine.py" in told(capsys)


def test_commands_without_an_engine_read_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text("[tool.harness]\nengin = 1\n")
    assert main(["explain", "overwrite"]) == 0
    assert "engin" not in told(capsys).replace("engine", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("engin = 'mine.py'", "pyproject.toml:2:1: there is no setting 'engin'; did you mean"),
        ("engine = 3", "pyproject.toml:2:1: engine is a text, such as"),
        ("engine = ''", "pyproject.toml:2:1: engine is a text, such as"),
        ("\n  levels = [1, true]", "pyproject.toml:3:3: levels is a list of numbers or names"),
        ("levels = ['boardcasting']", "pyproject.toml:2:1: 'boardcasting' is no level; did you"),
        ("cases = []", "pyproject.toml:2:1: cases is a path or a list of paths"),
        ("language = 'de'", "pyproject.toml:2:1: language is one of en, zh, not 'de'"),
        ("engine = mine", "pyproject.toml:2:10: Invalid value"),
        ("engine = [", "pyproject.toml:2:1: Invalid value"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pyproject.toml").write_text(f"[tool.harness]\n{text}\n")
    assert main(["check"]) == 2
    assert message in told(capsys)


@pytest.mark.parametrize(
    "text",
    [
        "tool.harness.engine = 4\n",
        "[tool]\nharness.engine = 4\n",
        "[tool]\nharness = {engine = 4}\n",
    ],
)
def test_a_key_is_found_however_it_is_written(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pyproject.toml").write_text(text)
    assert main(["check"]) == 2
    line = 1 if text.startswith("tool") else 2
    assert f"pyproject.toml:{line}:" in told(capsys)


@pytest.mark.parametrize(
    "text",
    ["tool = 3  # harness\n", "harness = {\n", "[tool.other]\nharness = 1\n", "\xff harness"],
)
def test_a_file_that_is_none_of_ours_is_left_alone(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pyproject.toml").write_text(text, encoding="latin-1")
    assert main(["check", "mine.py", "--cases", "cases"]) == 0
    assert "set by" not in told(capsys)


def test_a_variable_that_is_wrong_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HARNESS_LANG", "xx")
    assert main(["check"]) == 2
    assert "HARNESS_LANG: language is one of en, zh" in told(capsys)


def test_an_assignment_that_is_set_is_asked_and_one_that_lies_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("hw").mkdir()
    Path("hw/assignment.yaml").write_text(
        "title: Sums\ncases: [../cases]\nengine: {file: mine.py}\n"
        "questions: [{title: All, points: 2, levels: [1]}]\n"
    )
    Path("hw/mine.py").write_text(ENGINE)
    Path("pyproject.toml").write_text('[tool.harness]\nassignment = "hw/assignment.yaml"\n')
    main(["check"])
    out = told(capsys)
    assert "set by pyproject.toml: assignment hw/assignment.yaml" in out
    assert main(["check", "mine.py", "--cases", "cases"]) == 0
    assert "assignment" not in told(capsys)


def test_without_a_setting_it_is_said_what_would_be_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("pyproject.toml").write_text("")
    for command in (["check"], ["engines"]):
        assert main(command) == 2
        assert "[tool.harness]" in told(capsys)
