"""What a student reads in the terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.engines.trace import Failure, Trace
from harness.judging.judge import judge
from harness.judging.mistakes import Shown, mistake
from harness.judging.oracle import computed
from harness.judging.verdict import Verdict
from harness.language.case import decode
from harness.showing.lines import plain, room
from harness.showing.phrases import one_line, stopped
from harness.showing.terminal import chain_rule, describe_failure
from harness.vocabulary.program import Step

STAGED = "inputs: {x: 3, y: -4}\nsteps: {q: x + y, s: sigmoid(q), f: s * x}\n"


def judged(change: Callable[[Trace], Trace], text: str = STAGED) -> Verdict:
    case = decode(f"about: one\n{text}", Path("one.yaml"))
    right = computed(case)
    return judge(case, right, change(right))


def gradient(name: str, number: float) -> Callable[[Trace], Trace]:
    def changed(right: Trace) -> Trace:
        return replace(right, gradients={**right.gradients, name: np.asarray(number)})

    return changed


def described(verdict: Verdict, direction: str) -> str:
    return plain(describe_failure(verdict, direction, "cases/one.yaml", "a/mine.py", ("go on",)))


def test_a_gradient_that_lacks_a_term_is_shown_with_all_its_terms() -> None:
    right = computed(decode(f"about: one\n{STAGED}", Path("one.yaml")))
    only = float(right.values["s"])
    text = described(judged(gradient("x", only)), "backward")
    assert text.splitlines()[0].startswith("✗ cases/one.yaml::backward")
    assert text.splitlines()[0].endswith("mine.py")
    assert "  q = x + y\n  s = sigmoid(q)\n  f = s * x\n  at x = 3.0, y = -4.0\n" in text
    assert "3 of 3 steps agree" in text and "first wrong: dx" in text
    assert "x is used in 2 places, so 2 chain-rule terms are added:" in text
    assert "#(3) f" in text and "s * df" in text and "✓ this is all that arrived" in text
    assert "✗ missing" in text and text.endswith("go on")


def test_a_wrong_value_is_told_with_what_follows_of_it() -> None:
    def wrong(right: Trace) -> Trace:
        return replace(right, values={**right.values, "q": right.values["q"] + 1})

    verdict = judged(wrong)
    assert "first wrong: q" in described(verdict, "forward")
    assert one_line(verdict, "forward").endswith("first wrong q, expected -1.0000000000, got 0.0")
    assert "wrong from q on" in described(judged(lambda t: gradient("x", 9)(wrong(t))), "backward")


def test_where_a_pass_stops_is_told_with_the_lines_of_the_traceback() -> None:
    place = f"{'deep/' * 8}mine.py:12: in backward:"
    failure = Failure("backward", None, "TypeError: no", lines=(f"{place} {'x + ' * 12}x",))
    verdict = judged(lambda right: replace(right, gradients={}, failure=failure))
    text = described(verdict, "backward")
    assert "the backward pass stops\n    TypeError: no\n" in text
    assert f"      {place}\n          x + x" in text
    assert stopped(verdict) == "backward stops: TypeError: no"
    assert "stops at q" in stopped(
        judged(lambda t: Trace({}, failure=Failure("forward", "q", "E")))
    )


def test_nothing_is_wider_than_a_terminal() -> None:
    names = [f"a_rather_long_name_{i}" for i in range(12)]
    inputs = ", ".join(f"{name}: 0.123456789" for name in names)
    text = f"inputs: {{{inputs}}}\nexpr: {' * '.join(names)}\n"

    def wrong(right: Trace) -> Trace:
        return replace(right, gradients={n: -1.5 * g for n, g in right.gradients.items()})

    verdict = judged(wrong, text)
    for columns in (60, 70, 80, 120):
        told = describe_failure(verdict, "backward", "cases/one.yaml", "mine.py", (), room(columns))
        lines = plain(told).splitlines()
        assert max(map(len, lines)) < columns and "    … and " in "\n".join(lines)


def test_what_came_is_coloured_and_what_was_expected_is_not() -> None:
    verdict = judged(gradient("x", 9.0))
    lines = describe_failure(verdict, "backward", "cases/one.yaml", "mine.py")
    row = next(line for line in lines if line and line[0][0].startswith("    dx "))
    assert [style for text, style in row if text.strip() == "9.0000000000"] == ["wrong"]
    expected = f"{float(verdict.truth.gradients['x']):.10f}"
    assert [style for text, style in row if expected in text] == [""]


@pytest.mark.parametrize(
    ("experiment", "text", "fits"),
    [
        ("beside", "inputs: {x: 3}\nexpr: x + x\n", True),
        ("alone", "inputs: {x: 3}\nexpr: x + x\n", False),
        ("alone", "inputs: {x: 3, y: 2}\nexpr: x + y\n", True),
        ("alone", STAGED, False),
        ("", STAGED, True),
    ],
)
def test_an_authors_hint_is_shown_where_it_fits_the_mistake(
    experiment: str, text: str, fits: bool
) -> None:
    verdict = judged(gradient("x", 9.0), f"{text}hint: look again\n")
    shown = Shown((mistake("wrong-sign", "add", "gradient", experiment=experiment),))
    told = described(replace(verdict, shown={("backward", "x"): shown}), "backward")
    assert ("hint: look again" in told) is fits
    assert ("hint: Which way does the result move" in told) is not fits


def test_of_an_exception_no_authors_hint_is_shown() -> None:
    failure = Failure("forward", "q", "TypeError: no")
    text = f"{STAGED}hint: look again\n"
    told = described(judged(lambda _: Trace({}, failure=failure), text), "forward")
    assert "look again" not in told and "hint: What do the names in that line" in told


@pytest.mark.parametrize(
    ("step", "position", "rule"),
    [
        (Step("q", "mul", ("x", "y")), 0, "y * dq"),
        (Step("x ** 3", "pow", ("x", 3)), 0, "(3 * x**2) * d(x ** 3)"),
        (Step("f", "index", ("x + y",), {"index": (0,)}), 0, "scatter(df, shape((x + y)), index)"),
        (Step("f", "mean", ("x",)), 0, "(1 / n) * df"),
    ],
)
def test_the_chain_rule_has_the_names_of_the_case(step: Step, position: int, rule: str) -> None:
    assert chain_rule(step, position) == rule
