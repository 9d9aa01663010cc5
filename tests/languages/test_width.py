"""Text in columns of a terminal, also in signs that take two of them."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.languages.width import CLOSING, OPENING, behind, folded, padded, wide

TEXT = "梯度的形状是 (2, 3)，而它的值是 (3,)：请沿着被广播的轴求和（见 grad += local * upstream）。"


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("dx", 2), ("梯度", 4), ("梯度 dx…", 8)])
def test_a_sign_takes_one_column_or_two(text: str, columns: int) -> None:
    assert wide(text) == columns
    assert wide(padded(text, 9)) == wide(behind(text, 9)) == 9


@pytest.mark.parametrize("width", range(24, 80))
def test_text_without_spaces_is_folded(width: int) -> None:
    lines = folded(TEXT, width, 2)
    assert max(map(wide, lines)) <= width + 2  # what closes stays with what it closes
    assert "".join(lines).replace(" ", "") == TEXT.replace(" ", "")
    assert not any(line.lstrip()[0] in CLOSING or line[-1] in OPENING for line in lines)
    assert all(line.startswith("  ") for line in lines[1:])


@given(some.text("ab é×✗,.-", max_size=60), some.integers(4, 30), some.integers(0, 3))
def test_text_with_spaces_is_folded_as_python_folds_it(text: str, width: int, indent: int) -> None:
    margin = " " * indent
    assert folded(text, width, indent) == textwrap.wrap(
        text, width, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )
