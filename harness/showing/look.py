"""What a picture is asked to look like."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Final

from harness import languages

THEMES: Final = ("light", "dark")
WAYS: Final = ("horizontal", "vertical")
"""From left to right, or from top to bottom."""
HIDES: Final[Mapping[str, Set[str]]] = {
    "gradients": frozenset({"gradient", "term"}),
    "values": frozenset({"value"}),
}
"""What may be left out of a picture, for an exercise: the kinds of text that it is told by."""
LONGEST: Final = 300
"""At most this many letters has a caption."""
NARROWEST, WIDEST = 0.25, 4.0
"""How many times as wide as high a picture may be asked to be."""


@dataclass(frozen=True, slots=True)
class Look:
    """Its ``theme``; what it is to ``hide``, which is then not in the file at all; the ``caption``
    below it; the shape that it is to ``fit``, such as 16:9; and the ``direction`` from its inputs
    to its output, where it is not to be what suits the picture. Raises :class:`ValueError`."""

    theme: str = THEMES[0]
    hide: Collection[str] = ()
    caption: str = ""
    fit: str = ""
    direction: str = ""

    def __post_init__(self) -> None:
        if self.theme not in THEMES:
            raise ValueError(
                languages.told("truth", "theme", theme=self.theme, themes=_either(THEMES))
            )
        if self.direction not in ("", *WAYS):
            told = {"way": self.direction, "known": _either(WAYS)}
            raise ValueError(languages.told("truth", "picture-direction", **told))
        listed = isinstance(self.hide, Collection) and not isinstance(self.hide, str)
        for kind in self.hide if listed else (self.hide,):
            if not listed or kind not in HIDES:
                raise ValueError(languages.told("truth", "hide", kind=kind, hides=_either(HIDES)))
        if not isinstance(self.caption, str):
            raise ValueError(languages.told("truth", "caption-text", caption=self.caption))
        if len(self.caption) > LONGEST:
            raise ValueError(
                languages.told(
                    "truth", "caption-letters", longest=LONGEST, caption=len(self.caption)
                )
            )
        if not self.caption.isprintable():
            raise ValueError(languages.told("truth", "caption-line"))
        if self.fit:
            _ratio(self.fit)

    @property
    def ratio(self) -> float | None:
        """How many times as wide as high the picture is to be."""
        return _ratio(self.fit) if self.fit else None

    @property
    def down(self) -> bool:
        """Whether its wires are to go from top to bottom."""
        return self.direction == "vertical"

    @property
    def hidden(self) -> Set[str]:
        """The kinds of text that are left out."""
        return frozenset[str]().union(*(HIDES[kind] for kind in self.hide))


def _ratio(fit: str) -> float:
    parts = re.fullmatch(r"(\d{1,4}):(\d{1,4})", str(fit), re.ASCII)
    wide, high = map(int, parts.groups()) if parts is not None else (0, 0)
    if not wide or not high or not NARROWEST <= wide / high <= WIDEST:
        told = languages.told("truth", "fit-shape")
        raise ValueError(languages.told("truth", "fit", fit=fit, told=told))
    return wide / high


def _either(words: Iterable[str]) -> str:
    return languages.told("words", "either").join(words)
