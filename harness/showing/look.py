"""What a picture is asked to look like."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from typing import Final

from harness import languages

THEMES: Final = ("light", "dark")
HIDES: Final[Mapping[str, Set[str]]] = {
    "gradients": frozenset({"gradient", "term"}),
    "values": frozenset({"value"}),
}
"""What may be left out of a picture, for an exercise: the kinds of text that it is told by."""
LONGEST: Final = 300
"""A caption has at most so many letters."""
NARROWEST, WIDEST = 0.25, 4.0
"""How many times as wide as high a picture may be asked to be."""


@dataclass(frozen=True, slots=True)
class Look:
    """Its ``theme``; what it is to ``hide``, which is then not in the file at all; the ``caption``
    below it; and the shape that it is to ``fit``, such as 16:9. Raises :class:`ValueError`."""

    theme: str = THEMES[0]
    hide: Collection[str] = ()
    caption: str = ""
    fit: str = ""

    def __post_init__(self) -> None:
        if self.theme not in THEMES:
            raise ValueError(
                languages.told(
                    "truth",
                    "theme",
                    theme=self.theme,
                    themes=languages.told("words", "either").join(THEMES),
                )
            )
        listed = isinstance(self.hide, Collection) and not isinstance(self.hide, str)
        for kind in self.hide if listed else (self.hide,):
            if not listed or kind not in HIDES:
                raise ValueError(
                    languages.told(
                        "truth",
                        "hide",
                        kind=kind,
                        hides=languages.told("words", "either").join(HIDES),
                    )
                )
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
    def hidden(self) -> Set[str]:
        """The kinds of text that are left out."""
        return frozenset[str]().union(*(HIDES[kind] for kind in self.hide))


def _ratio(fit: str) -> float:
    found = re.fullmatch(r"(\d{1,4}):(\d{1,4})", str(fit), re.ASCII)
    wide, high = map(int, found.groups()) if found is not None else (0, 0)
    if not wide or not high or not NARROWEST <= wide / high <= WIDEST:
        told = languages.told("truth", "fit-shape")
        raise ValueError(languages.told("truth", "fit", fit=fit, told=told))
    return wide / high
