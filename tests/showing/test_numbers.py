"""Numbers as people read them."""

from __future__ import annotations

import numpy as np
import pytest

from harness.showing.amounts import amount
from harness.showing.numbers import (
    brief,
    dimensions,
    exact,
    full,
    leaf,
    parameter,
    points,
    short,
)


def test_amounts_and_points_agree_with_their_words() -> None:
    assert [amount(n, "case") for n in (0, 1, 1200)] == ["0 cases", "1 case", "1,200 cases"]
    assert [points(x) for x in (1, 1.0, 1 / 3)] == ["1 point", "1 point", "0.333 points"]


def test_a_picture_has_three_decimals_and_the_signs_of_mathematics() -> None:
    told = {2.0: "2.000", -0.5: "−0.500", 1e-5: "1.00e−05", 3e6: "3.00e+06", 0.0: "0.000"}
    assert {x: short(np.asarray(x)) for x in told} == told
    assert [brief(x) for x in (np.inf, -np.inf, np.nan)] == ["∞", "−∞", "nan"]
    assert [brief(x) for x in (True, 3)] == ["True", "3"]


def test_a_picture_has_three_elements_of_three_and_two_of_more() -> None:
    assert short(np.array([1, -2.5, 1 / 3])) == "[1 −2.5 0.333]"
    assert short(np.arange(4.0)) == "[0 1 …]"
    assert short(np.zeros((0, 3))) == "[]"


def test_a_parameter_is_short_and_an_equation_stays_as_it_is() -> None:
    assert [parameter(x) for x in (-1, 0.5, -0.123456789, (0, -1), None)] == [
        "−1",
        "0.5",
        "−0.1235",
        "(0, −1)",
        "None",
    ]
    assert parameter("ij->i") == "ij->i"


def test_a_full_number_has_ten_digits_and_an_array_its_shape() -> None:
    assert full(np.asarray(1.5456448841037)) == "1.545644884"
    assert full(np.asarray(True)) == "True"
    assert full(np.ones((2, 3)) / 3) == "[0.333333, 0.333333, 0.333333, 0.333333, …] 2×3"
    assert full(np.arange(6.0), most=6) == "[0, 1, 2, 3, 4, 5] 6"


def test_exact_numbers_stand_below_one_another() -> None:
    array = np.array([1.5, 1e-7, 0.0, np.nan])
    assert [exact(array, (i,)) for i in range(4)] == [
        "1.5000000000",
        "1.0000000000e-07",
        "0.0",
        "nan",
    ]
    assert exact(array) == "shape (4,)"
    assert exact(np.asarray(False)) == "False"


def test_an_input_is_told_as_it_is_given_unless_it_is_large() -> None:
    assert [leaf(x) for x in (3, -4.0, np.array([[1, 2]]))] == ["3", "-4.0", "[[1, 2]]"]
    assert leaf(np.array([1 / 3, 2.0])) == "[0.333333, 2]"
    assert leaf(np.arange(30.0).reshape(5, 6)) == "[0, 1, 2, …] 5×6"


@pytest.mark.parametrize(("shape", "text"), [((), ""), ((3,), "3"), ((3, 4), "3×4")])
def test_dimensions(shape: tuple[int, ...], text: str) -> None:
    assert dimensions(shape) == text
