"""Amounts and lists of names, as sentences have them."""

from __future__ import annotations

import pytest

from harness.showing.amounts import amount, are, printed, some


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 cases"), (1, "1 case"), (2, "2 cases"), (2000, "2,000 cases")]
)
def test_one_is_singular_and_thousands_are_parted(number: int, told: str) -> None:
    assert amount(number, "case") == told


def test_what_is_said_of_one_is_singular() -> None:
    assert (are(1, "case"), are(0, "case")) == ("1 case is", "0 cases are")


def test_of_many_names_it_is_said_how_many_more_there_are() -> None:
    assert some(["a", "b"], 2) == "a, b"
    assert some(["a", "b", "c", "d"], 2) == "a, b, and 2 more"


def test_what_is_printed_is_counted_in_lines() -> None:
    assert printed(1) == "your engine printed 1 line; -s shows them"
