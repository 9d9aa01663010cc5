"""What a terminal is told by commands: in its width, and when Ctrl-C ends them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import FORGETFUL

from harness.cli import COMMANDS, COULD_NOT_RUN, main
from harness.engines.engine import Engine
from harness.engines.trace import Failure, Trace
from harness.judging.judge import judge
from harness.judging.oracle import computed, recorded
from harness.judging.precision import examined
from harness.judging.verdict import Verdict
from harness.language import suite
from harness.language.case import Case
from harness.showing.lines import plain
from harness.showing.terminal import describe_failure


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        *([command.name, "--help"] for command in COMMANDS),
        ["cases"],
        ["cases", "networks"],
        ["engines", "peer:minigrad"],
        ["check", "my_engine.py", "--cases", "cases/scalars"],
    ],
    ids=" ".join,
)
def test_what_is_told_fits_a_terminal_of_80_columns(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (here / "my_engine.py").write_text(FORGETFUL)
    with suppress(SystemExit):
        main(arguments)
    told = capsys.readouterr().out
    assert told and [line for line in told.splitlines() if len(line) > 80] == []


def test_what_is_piped_has_a_line_for_each_case(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cases", "lecture"]) == 0
    assert all(line.startswith("cases/") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("topic", ["models", "networks", "reductions"])
def test_a_failure_fits_a_terminal_of_80_columns_but_for_its_commands(topic: str) -> None:
    for source in suite.find([f"cases/{topic}"]):
        case = source.load()
        truth, _ = recorded(case)
        wrong = {name: 2.5 * gradient for name, gradient in truth.gradients.items()}
        verdict = judge(case, truth, Trace(truth.values, wrong))
        told = plain(describe_failure(verdict, "backward", case.id, "my_engine.py"))
        assert [line for line in told.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("check my_engine.py", "interrupted: 1 of 2 cases were judged"),
        ("report --engine my_engine.py -o a.html", "interrupted: a.html: 1 case of 2"),
        ("draw cases --engine my_engine.py -o a", "interrupted: 1 of 2 pictures were drawn"),
    ],
)
def test_what_was_done_until_ctrl_c_is_told(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    told: str,
) -> None:
    (here / "my_engine.py").write_text(FORGETFUL)
    seen: list[str] = []

    def judged(engine: Engine, case: Case, *others: Any) -> Verdict:
        seen.append(case.id)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return examined(engine, case, *others)

    monkeypatch.setattr("harness.api.questions.examined", judged)
    cases = [] if command.startswith("draw") else ["--cases", "cases"]
    assert main([*command.split(), *cases]) == COULD_NOT_RUN
    assert told in capsys.readouterr().err.splitlines()
    assert (here / "a.html").exists() == command.startswith("report")


def test_the_place_in_a_long_line_of_a_traceback_stays_whole(here: Path) -> None:
    case = suite.one("cases/topic/one.yaml").load()
    place = f"{'a_long_folder/' * 6}my_engine.py:9: in __mul__:"
    code = "return Value(self.data * other.data, [(self, other.data), (other, self.data)])"
    failure = Failure("forward", case.program.output, "TypeError: no", (f"{place} {code}",))
    truth = computed(case)
    verdict = judge(case, truth, Trace({"x": truth.values["x"]}, failure=failure))
    told = plain(describe_failure(verdict, "forward", case.id, "my_engine.py"))
    assert f"\n      {place}\n          return Value(" in told
