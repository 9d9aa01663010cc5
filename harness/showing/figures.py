"""Arrays where there is little room: small ones with all their numbers in rows, larger ones as a
heat map with their extremes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.showing.numbers import brief
from harness.vocabulary.program import Array

FEW: Final = 3
"""An array of at most so many rows and columns is told number by number."""
LEVELS: Final = 6
"""So many shades has a number of either sign, by its part of the largest one."""
LARGEST: Final = 10.0
"""A cell of a heat map is at most so wide and high, in pixels."""
WIDEST, HIGHEST = 110.0, 50.0
"""A heat map is not wider or higher, in pixels."""
MOST: Final = 24
"""It has at most so many rows and columns; a cell is then the largest of several numbers."""
DIGIT, SIGN = "\u2007", "\u2009"
"""Blanks: as wide as a digit, and what a minus is wider than that."""
UNKNOWN, NOTHING = LEVELS + 1, LEVELS + 2
"""What stands among the shades for a nan, and between two parts."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Rows of shades: from −6 (the largest number, negative) over 0 to 6; ``side`` is that of a
    cell. Arrays of more than two axes are cut into parts, with nothing between them."""

    shades: tuple[tuple[int, ...], ...]
    side: float

    @property
    def width(self) -> float:
        """How wide it is, in pixels."""
        return len(self.shades[0]) * self.side

    @property
    def height(self) -> float:
        """How high it is, in pixels."""
        return len(self.shades) * self.side


@dataclass(frozen=True, slots=True)
class Figure:
    """The rows of numbers that are written of an array, and its heat map where it has one."""

    rows: tuple[str, ...]
    map: HeatMap | None = None


def figure(array: Array, mark: str = "", behind: bool = False) -> Figure:
    """What is shown of a number or an array, with a ``mark`` before the first row. The other rows
    keep clear of that, unless all end at the same place and it may stand out (``behind``)."""
    plain = np.squeeze(array) if array.size else array
    if plain.ndim == 0 or not plain.size:
        return Figure((mark + (brief(plain) if plain.size else "[]"),))
    if plain.ndim > 2 or max(plain.shape) > FEW:
        return Figure((mark + _extremes(plain),), _heat_map(plain))
    column = array.ndim > 1 and array.shape[-1] == 1
    rows = plain.reshape(-1, 1) if column else np.atleast_2d(plain)
    blank = "" if behind else "".join(DIGIT if sign != " " else "\u00a0" for sign in mark)
    return Figure(tuple((blank if i else mark) + row for i, row in enumerate(_rows(rows))))


# -- numbers ---------------------------------------------------------------------------------------


def _rows(numbers: Array) -> list[str]:
    """Rows of numbers, each column ending at the same place."""
    form = _form(numbers)
    texts = [[brief(x, form) for x in row] for row in numbers]
    columns = [_aligned(column) for column in zip(*texts, strict=True)]
    return [f"[{' '.join(row)}]" for row in zip(*columns, strict=True)]


def _aligned(texts: Sequence[str]) -> list[str]:
    """Texts with blanks before them, so that all are as wide as the widest."""
    longest = max(map(len, texts))
    signs = max(text.count("−") for text in texts)
    return [
        DIGIT * (longest - len(text)) + SIGN * (signs - text.count("−")) + text for text in texts
    ]


def _form(numbers: Array) -> str:
    """As many decimals as give the largest number three digits and the smallest two, but no zeros
    that all end with; where these are too many, each number has three digits of its own."""
    if numbers.dtype.kind != "f":
        return ""
    known = numbers[np.isfinite(numbers)]
    sizes = np.abs(known[known != 0])
    if not sizes.size:
        return ".3g"
    largest, smallest = (math.floor(math.log10(size)) for size in (sizes.max(), sizes.min()))
    if largest > 3 or smallest < -3:
        return ".3g"
    decimals = max(2 - largest, 1 - smallest, 0)
    while decimals and np.array_equal(np.round(known, decimals - 1), np.round(known, decimals)):
        decimals -= 1
    return f".{decimals}f"


def _extremes(numbers: Array) -> str:
    """The smallest and the largest number; a nan is told, too."""
    form = ".3g" if numbers.dtype.kind == "f" else ""
    unknown = numbers.dtype.kind == "f" and bool(np.isnan(numbers).any())
    known = numbers[~np.isnan(numbers)] if unknown else numbers
    ends = [brief(end(), form) for end in (known.min, known.max)] if known.size else []
    parts = [" … ".join(dict.fromkeys(ends)), "nan" if unknown else ""]
    return ", ".join(filter(None, parts))


# -- heat maps -------------------------------------------------------------------------------------


def _heat_map(numbers: Array) -> HeatMap:
    """The parts of an array, its last two axes, side by side, and below one another where there are
    still more axes."""
    shades = _shades(numbers.astype(float))
    *_, high, wide = parts = np.atleast_2d(shades).shape
    across = parts[-3] if len(parts) > 2 else 1
    blocks = shades.reshape(-1, across, high, wide)
    if blocks.shape[0] * high > MOST or across * wide > MOST:
        grid = _coarse(blocks.transpose(0, 2, 1, 3).reshape(-1, across * wide))
    else:
        apart = np.pad(blocks, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=NOTHING)
        grid = apart.transpose(0, 2, 1, 3).reshape(-1, across * (wide + 1))[:-1, :-1]
    side = min(LARGEST, WIDEST / grid.shape[1], HIGHEST / grid.shape[0])
    return HeatMap(tuple(tuple(row) for row in grid.tolist()), round(side, 1))


def _shades(numbers: Array) -> Array:
    """The shade of each number, by its part of the largest finite one."""
    finite = np.abs(numbers[np.isfinite(numbers)])
    largest = finite.max(initial=0.0) or 1.0
    known = np.nan_to_num(numbers, nan=0.0, posinf=largest, neginf=-largest)
    parts = np.clip(np.ceil(LEVELS * np.abs(known) / largest), 0, LEVELS)
    return np.where(np.isnan(numbers), UNKNOWN, np.sign(known) * parts).astype(int)


def _coarse(shades: Array) -> Array:
    """Fewer cells: each the strongest shade of those that it stands for."""
    for axis in (0, 1):
        count = shades.shape[axis]
        bounds = np.linspace(0, count, min(count, MOST) + 1).astype(int)[:-1]
        high, low = (each.reduceat(shades, bounds, axis) for each in (np.maximum, np.minimum))
        shades = np.where(-low > high, low, high)
    return shades
