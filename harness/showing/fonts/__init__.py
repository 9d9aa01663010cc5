"""DejaVu Sans, reduced to the signs that pictures use: measured here, and drawn with for PNG."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

FILES: Final = {
    face: Path(__file__).with_name(f"DejaVuSans{face}.ttf") for face in ("", "-Bold", "-Oblique")
}
"""The font files by face: regular, bold and oblique."""

ASCENT, DESCENT = 0.76, 0.24
"""How far letters reach above and below the line they stand on, in units of the font's size."""


def width(text: str, size: float, face: str = "") -> float:
    """How wide a text is, in the unit of ``size``; a sign that the font lacks counts as widest."""
    advances, widest = _advances(face)
    return size * sum(advances.get(ord(sign), widest) for sign in text)


def have(text: str) -> bool:
    """Whether the fonts have every sign of a text."""
    return all(sign.isspace() or ord(sign) in _advances("")[0] for sign in set(text))


@cache
def _advances(face: str) -> tuple[dict[int, float], float]:
    font = TTFont(FILES[face])
    em = font["head"].unitsPerEm
    metrics = font["hmtx"]
    advances = {code: metrics[name][0] / em for code, name in font.getBestCmap().items()}
    return advances, max(advances.values())
