"""Commands for students speak the language that is asked for; what programs read is English."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from harness import languages
from harness.cli import main

ENGINE = """\
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def backward(self):
        self.grad = 1.0
        for parent, local in self.parents:
            parent.grad = local * self.grad
"""
CHECK = ["check", "mine.py", "--cases", "cases", "--oracle", "recorded", "--in-process"]
CODE = re.compile(r"^ {4,}\S|^\W*(f = |engine:)|harness explain|cases/|\$|def |import ")
"""Lines of code, and of commands."""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HARNESS_LANG", *languages.VARIABLES):
        monkeypatch.delenv(name, raising=False)
    Path("mine.py").write_text(ENGINE)
    root = Path(__file__).resolve().parents[2]
    for path in ("scalars/x_plus_x.yaml", "scalars/x_plus_x", "case.schema.json"):
        target, source = Path("cases") / path, root / "cases" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        for file in source.rglob("*.*") if source.is_dir() else (source,):
            own = target / file.name if source.is_dir() else target
            own.parent.mkdir(exist_ok=True)
            own.write_bytes(file.read_bytes())


def test_findings_are_told_in_chinese_without_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CHECK, "--lang", "zh"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("1. add，反向传播：overwrite") for line in lines)
    told = [line for line in lines if not CODE.search(line)]
    assert [line for line in told if re.search(r"[a-z]{2,} [a-z]{2,}", line)] == []


def without_texts(result: Any) -> Any:
    """A result without what is told in the language."""
    if isinstance(result, dict):
        texts = ("message", "hint", "reason", "when", "repro")
        return {key: without_texts(one) for key, one in result.items() if key not in texts}
    return list(map(without_texts, result)) if isinstance(result, list) else result


def test_json_has_the_same_codes_and_names_in_every_language(
    capsys: pytest.CaptureFixture[str],
) -> None:
    results = []
    for language in languages.known():
        assert main([*CHECK, "--lang", language, "--json", "out.json"]) == 1
        results.append(json.loads(Path("out.json").read_text()))
    assert all(without_texts(one) == without_texts(results[0]) for one in results)
    assert {one["findings"][0]["message"] for one in results} == {
        "a later assignment replaced the earlier terms. "
        "Accumulate instead of assigning: grad += local * upstream",
        "后面的赋值覆盖了前面的项。请用累加代替赋值：grad += local * upstream",
    }
    assert "反向传播" in capsys.readouterr().out


def test_an_option_comes_before_a_variable_a_file_and_the_system(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def speaks_chinese(*more: str) -> bool:
        main(["explain", "overwrite", *more])
        return "后面的赋值" in capsys.readouterr().out

    assert not speaks_chinese()
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert speaks_chinese()
    Path("pyproject.toml").write_text('[tool.harness]\nlanguage = "en"\n')
    assert not speaks_chinese()
    monkeypatch.setenv("HARNESS_LANG", "zh")
    assert speaks_chinese()
    assert not speaks_chinese("--lang", "en")


@pytest.mark.parametrize("typed", [["--lang", "xx"], ["--lang=xx"]])
def test_a_language_that_there_is_not_is_told_with_those_that_there_are(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "overwrite", *typed]) == 2
    assert "'xx' is none of the languages that there are: en, zh" in capsys.readouterr().err


def test_help_and_its_errors_speak_the_language_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help", "--lang", "zh"])
    told = capsys.readouterr().out
    assert told.startswith("用法：harness check") and "位置参数" in told
    with pytest.raises(SystemExit):
        main(["check", "--nothing", "--lang", "zh"])
    assert "错误：不认识的参数：--nothing" in capsys.readouterr().err


def test_commands_for_instructors_are_english(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HARNESS_LANG", "zh")
    with pytest.raises(SystemExit):
        main(["grade", "--help"])
    assert capsys.readouterr().out.startswith("usage: harness grade")
