"""Arrays in pictures: numbers in rows, heat maps, and no number that rounding alone has made."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from truths import ROOT

from harness.judging.oracle import Oracle
from harness.language.case import Case, decode, load
from harness.showing import fonts, picture
from harness.showing.circuit.layout import arrange
from harness.showing.circuit.text import Label, number
from harness.showing.figures import HIGHEST, LEVELS, MOST, NOTHING, UNKNOWN, WIDEST, figure
from harness.showing.frames import frames
from harness.showing.parts import label_of
from harness.showing.staging import stage


def test_up_to_three_rows_and_columns_every_number_is_told_and_ends_below_the_others() -> None:
    rows = figure(np.array([[0.5, -1.2, 10.0], [1.5, 0.3, -0.7]])).rows
    assert [re.findall(r"−?[\d.]+", row) for row in rows] == [
        ["0.5", "−1.2", "10.0"],
        ["1.5", "0.3", "−0.7"],
    ]
    for face in ("", "-Bold", "-Oblique"):
        wide = [fonts.width(row, 13, face) for row in rows]
        assert wide[0] == pytest.approx(wide[1])
    assert figure(np.ones((1, 1, 3, 3))).map is None and figure(np.ones((3, 4))).map is not None
    assert len(figure(np.ones((3, 1))).rows) == 3 and len(figure(np.ones(3)).rows) == 1


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([1.0, 2.0, -3.0], "[1 2 −3]"),
        ([0.1, -0.25], "[0.10 −0.25]"),
        ([1 / 3, 20.0], "[0.33 20.00]"),
        ([123.456, 1.0], "[123.5 1.0]"),
        ([1e-9, 2.0], "[1e−09 2]"),
        ([-0.0, 0.0], "[0 0]"),
        ([np.nan, -np.inf, 1.0], "[nan −∞ 1]"),
        ([True, False], "[True False]"),
    ],
)
def test_numbers_have_as_many_digits_as_they_need(numbers: list[float], told: str) -> None:
    (row,) = figure(np.array(numbers)).rows
    assert row.replace("\u2007", "").replace("\u2009", "") == told


def test_a_larger_array_is_a_heat_map_with_its_extremes() -> None:
    array = np.array([[0.0, 1.0, -2.0, 0.01], [2.0, -0.5, np.nan, np.inf]])
    drawn = figure(array)
    assert drawn.rows == ("−2 … ∞, nan",)
    assert drawn.map is not None
    assert drawn.map.shades == ((0, 3, -LEVELS, 1), (LEVELS, -2, UNKNOWN, LEVELS))
    assert figure(np.full((4, 4), 0.05)).rows == ("0.05",)


def test_of_more_than_two_axes_each_part_stands_by_itself() -> None:
    drawn = figure(np.ones((2, 3, 4, 2)))
    assert drawn.map is not None
    grid = np.array(drawn.map.shades)
    assert grid.shape == (2 * 4 + 1, 3 * 2 + 2)
    assert np.all(grid[4] == NOTHING) and np.all(grid[:, [2, 5]] == NOTHING)
    assert np.count_nonzero(grid == LEVELS) == 48
    svg = label_of(Label("", 0, 0, "value").of(np.ones((2, 3, 4, 2))))
    assert len(re.findall(r"M\d+ \d+h2v4h-2z", svg)) == 6


@pytest.mark.parametrize("shape", [(100, 7), (3, 500), (1000,), (40, 40, 40), (2, 24, 24)])
def test_a_large_array_has_no_more_cells_than_can_be_seen(shape: tuple[int, ...]) -> None:
    array = np.zeros(shape)
    array.flat[array.size // 3] = -5.0
    drawn = figure(array).map
    assert drawn is not None and max(map(len, (drawn.shades, *drawn.shades))) <= MOST
    assert drawn.width <= WIDEST + MOST * 0.05 and drawn.height <= HIGHEST + MOST * 0.05
    assert sum(shade == -LEVELS for row in drawn.shades for shade in row) == 1


def test_the_sign_of_a_cell_is_told_without_its_colour() -> None:
    array = np.array([[0.0, 1.0, -2.0, 0.01], [2.0, -0.5, -1e-9, 5.0]])
    svg = label_of(number(array, 0, "gradient", over=False))
    (marks,) = re.findall(r'class="hm" d="([^"]*)"', svg)
    assert sorted(re.findall(r"M(\d)\.3 (\d)\.5h", marks)) == [("1", "1"), ("2", "0"), ("2", "1")]


def luminance(colour: np.ndarray) -> float:
    return float(colour @ [0.2126, 0.7152, 0.0722])


def linear(colour: str, strength: float = 1.0, paper: float = 1.0) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return (strength * parts + (1 - strength) * paper) ** 2.2


DICHROMACY = {
    "protan": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deutan": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritan": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
"""What those see who lack a kind of cone (Machado, Oliveira and Fernandes, 2009), in linear RGB."""


@pytest.mark.parametrize("kind", DICHROMACY)
def test_the_scale_survives_colour_blindness_and_print(kind: str) -> None:
    seen = np.array(DICHROMACY[kind])
    strengths = [i / LEVELS for i in range(1, LEVELS + 1)]
    for strength in strengths[1:]:
        apart = seen @ (linear(picture.ORANGE, strength) - linear(picture.BLUE, strength))
        assert np.linalg.norm(apart) > 0.15
    for colour in (picture.ORANGE, picture.BLUE):
        grey = [luminance(linear(colour, strength)) for strength in (0.0, *strengths)]
        assert all(one - other > 0.04 for one, other in pairwise(grey))


NOISY = [
    "arrays/softmax_step_by_step",
    "arrays/cumsum_and_its_differences",
    "elementwise/reciprocal_and_its_operand",
    "models/power_iteration",
    "networks/softmax_two_ways",
    "questions/arrays/div_itself",
]


def the_case(name: str) -> Case:
    return load(ROOT / f"cases/{name}.yaml", name, ROOT / "cases")


@pytest.mark.parametrize("name", NOISY)
def test_what_rounding_alone_has_left_is_a_zero_in_picture_frames_and_code(name: str) -> None:
    one = the_case(name)
    whole = arrange(one.program, Oracle("recorded").truth(one))
    for circuit in (whole, *frames(one.program, whole, None)):
        texts = [label.text for label in circuit.labels]
        assert not [x for x in texts if re.search(r"e−(1[5-9]|[2-9]\d)|−0(?![.\d])", x)]
    assert not re.search(r"e-1[6-9]|[ [=]-0(?![.\d])", stage(one.program).text(values=True))


def test_small_numbers_that_are_meant_are_told() -> None:
    text = "about: tiny\ninputs: {x: [1.0e-20, 2.0, 3.0, 4.0]}\nexpr: x * x\n"
    one = decode(text, Path("tiny.yaml"), "tiny")
    svg = picture.svg(one, Oracle(None).truth(one))
    assert "1e−20 … 4" in svg and "1e−40 … 16" in svg
