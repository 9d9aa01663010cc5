"""Numbers as Python code has them."""

import ast
import math
from typing import Any

import pytest

from harness.language.numerals import number


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("3", 3),
        ("-2.5", -2.5),
        ("1 / 3", 1 / 3),
        ("2 ** -1", 0.5),
        ("-np.inf", -math.inf),
        ("2 * math.pi", 2 * math.pi),
        ("float('inf')", math.inf),
        ("float(2)", 2),
        ("[[1, 2], [3.5, -4]]", [[1, 2], [3.5, -4]]),
        ("(True, False)", [True, False]),
    ],
)
def test_what_is_a_number_is_worked_out(code: str, value: Any) -> None:
    assert repr(number(ast.parse(code, mode="eval").body)) == repr(value)


@pytest.mark.parametrize(
    "code",
    ["x", "x + 1", "1 / 0", "(-8) ** 0.5", "1 % 2", "1 @ 2", "-[1]", "np.e1", "'3'", "2j", "f(1)"],
)
def test_what_is_none_gives_none(code: str) -> None:
    assert number(ast.parse(code, mode="eval").body) is None
