"""A place in a scalar's text is found where it is written in the file."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from language.test_document import only_value, scalars

from harness.language.document import parse
from harness.language.nodes import Scalar


@pytest.mark.parametrize(
    ("text", "needle", "place"),
    [
        ("a: x + @", "@", (1, 8)),
        ("é𝒳: 𝒳 + @", "@", (1, 9)),
        ("a: 'it''s @'", "@", (1, 11)),
        ("a: 'it''s @'", "'", (1, 7)),
        ('a: "\\x41\\u00e9 \\U0001d49c\\t@"', "@", (1, 28)),
        ('a: "\\x20\\t\\"@"', "@", (1, 13)),
        ('a: "x\\\n     y\\\n  @"', "@", (3, 3)),
        ("a: x +\n   y\n\n\n   + @", "@", (5, 6)),
        ("a: 'x +\n   y @'", "@", (2, 6)),
        ("a: |\n  x + 1\n  y + @\n", "@", (3, 7)),
        ("a: |2-  # note @\n    x\n\n   y @", "@", (4, 6)),
        ("a: >\n  x +\n  y\n\n    @\n", "@", (5, 5)),
        ("a: |\r\n  x\r\n  @\r\n", "@", (3, 3)),
    ],
)
def test_an_offset_in_a_scalar_is_a_place_in_the_file(
    text: str, needle: str, place: tuple[int, int]
) -> None:
    doc = parse(text)
    scalar = only_value(doc)
    assert doc.position(scalar, scalar.text.index(needle)) == place


def test_spaces_and_the_end_of_a_scalar_have_places() -> None:
    doc = parse("a: 'x  y'")
    assert [doc.position(only_value(doc), i) for i in range(5)] == [(1, c) for c in range(5, 10)]
    doc = parse("a: |\n  x\n\n  y\n")
    assert [doc.position(only_value(doc), i) for i in range(5)] == [
        (2, 3),
        (2, 4),
        (2, 4),
        (4, 3),
        (4, 4),
    ]


def test_a_scalar_that_does_not_align_gives_its_start() -> None:
    doc = parse("a: 'x'")
    foreign = Scalar(1, 4, "xy", "xy", "single", 3, 6)
    assert doc.position(foreign, 2) == (1, 4)


LINES = st.text("ab'\"\\é𝒳 \n+:#", max_size=30)


@given(LINES, st.sampled_from(["'", '"', "|", ">", None]), st.sampled_from([8, 1000]))
def test_every_visible_character_is_found_where_it_is_written(
    value: str, style: str | None, width: int
) -> None:
    text = yaml.dump(
        {"key": [value]}, default_style=style, width=width, allow_unicode=True, Dumper=yaml.Dumper
    ).replace("!!str ", "")
    doc = parse(text)
    scalar = scalars(doc.root)[-1]
    lines = text.split("\n")
    places = [doc.position(scalar, i) for i in range(len(scalar.text) + 1)]
    assert places == sorted(places)
    for character, (line, column) in zip(scalar.text, places, strict=False):
        if character not in " \n":
            written = lines[line - 1][column - 1]
            assert written == character or written == "\\"
