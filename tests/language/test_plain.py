"""What plain scalars mean: numbers as mathematicians write them, and otherwise text."""

import math

import pytest

from harness.language.plain import meaning


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0", 0),
        ("-4", -4),
        ("+4", 4),
        ("010", 10),
        ("1_000", 1000),
        ("1e-3", 0.001),
        ("1e3", 1000.0),
        ("1E5", 1e5),
        (".5", 0.5),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("5.e1", 50.0),
        ("1_000.5", 1000.5),
        ("-0.0", -0.0),
        ("1e-999", 0.0),
        *((word, math.inf) for word in ("inf", "Inf", "+inf", ".inf", ".Inf")),
        *((word, -math.inf) for word in ("-inf", "-Inf", "-.inf", "-.Inf")),
        ("true", True),
        ("True", True),
        ("false", False),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_plain_scalars_that_mean_a_value(written: str, value: object) -> None:
    assert meaning(written) == value
    assert type(meaning(written)) is type(value)


def test_minus_zero_keeps_its_sign() -> None:
    value = meaning("-0.0")
    assert isinstance(value, float)
    assert math.copysign(1, value) == -1


@pytest.mark.parametrize("written", ["nan", "NaN", ".nan", ".NaN"])
def test_nan_is_a_float(written: str) -> None:
    value = meaning(written)
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize(
    "written",
    [
        *("on", "off", "yes", "no", "y", "n", "Yes", "NULL", "infinity"),
        *("2001-01-01", "1:30", "0x10", "0o7", "0b1", "1.2.3", "x+1", "١"),
        *("1__0", "1_", "_1", "1._5", "1e5_0", ".", "+", "--1", "+-", "e5", "1e"),
    ],
)
def test_plain_scalars_that_are_text(written: str) -> None:
    assert meaning(written) == written


def test_a_number_too_large_for_float64_is_refused() -> None:
    with pytest.raises(ValueError, match="1e999 is too large for float64; write inf if infinity"):
        meaning("1e999")


@pytest.mark.parametrize("end", ["", ".0", "e-5"])
def test_a_number_of_too_many_digits_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match="a number of more than 400 digits"):
        meaning(f"-{'1' * 500_000}{end}")


def test_a_number_of_400_digits_is_read() -> None:
    assert meaning("9" * 400) == 10**400 - 1
