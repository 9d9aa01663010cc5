"""Lines for a terminal."""

from __future__ import annotations

from harness.showing.lines import WIDTH, ascii_only, cut, paragraph, plain


def test_plain_lines_end_where_their_text_ends() -> None:
    assert plain([[("✗ x  ", "wrong"), ("mine  ", "faint")], [], [("y", "")]]) == "✗ x  mine\n\ny"


def test_a_terminal_of_ascii_gets_signs_that_it_has() -> None:
    assert ascii_only("✗ 2×3 − σ … é") == "x 2*3 - sigmoid ... \\xe9"


def test_a_paragraph_fits_the_width_and_keeps_long_words_whole() -> None:
    lines = plain(paragraph("word " * 40 + "w" * 100, "bold")).splitlines()
    assert lines[0].startswith("  word") and all(line.startswith(" " * 8) for line in lines[1:])
    assert all(len(line) <= WIDTH for line in lines[:-1]) and lines[-1].strip() == "w" * 100


def test_of_a_long_name_both_ends_are_left() -> None:
    assert cut("exp(x * y + z) #12", 12) == "exp(x *… #12"
    assert cut("x", 3) == "x  "
