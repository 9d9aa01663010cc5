"""A case as staged code: numbered forward lines, and for each its backward lines.

A :class:`Listing` has lines that have been run: each knows what its name holds after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from harness.languages.width import padded, wide
from harness.showing.numbers import full
from harness.showing.words import say
from harness.vocabulary.program import Array, Step

WIDEST: Final = 60
"""Lines of code that are longer do not move the numbers of all the others."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of code. ``kind`` is ``input``, ``constant``, ``forward``, ``seed``, ``backward``
    or ``comment``.

    ``number`` is that of the forward line, ``name`` the step or input whose value (or gradient) the
    line writes, ``value`` what that holds after it, but for what is only rounding. A backward line
    has its ``step`` and ``position``, the use that it goes through, ``contribution``, what it
    writes or adds, and ``local``, the local derivative where that is a plain number.
    """

    kind: str
    code: str
    number: int | None = None
    name: str = ""
    value: Array | None = None
    step: Step | None = None
    position: int = 0
    contribution: Array | None = None
    local: float | None = None
    note: str = ""

    @property
    def adds(self) -> bool:
        """Whether the line adds to what is there."""
        return self.kind == "backward" and " += " in self.code

    @property
    def told(self) -> str:
        """What its name holds after it, behind its number."""
        start = "= "
        if self.adds and self.contribution is not None:
            start = f"+ {full(self.contribution)} = "
        assert self.value is not None
        return f"{'' if self.number is not None else '# '}{start}{full(self.value)}"


@dataclass(frozen=True, slots=True)
class Listing:
    """``names`` maps inputs, constants and steps to their identifiers; a gradient's begins with d.

    ``imports`` are the lines before the first: imports and the functions that are used. ``plain``:
    the output's upstream gradient is 1, and no line needs it; then the text leaves it out.
    """

    imports: tuple[str, ...]
    lines: tuple[Line, ...]
    names: Mapping[str, str]
    plain: bool
    style: str = "numpy"

    def gradient(self, name: str) -> str:
        """The identifier of the gradient of ``name``."""
        return f"d{self.names[name]}"

    def text(self, values: bool = False) -> str:
        """The whole listing; with ``values`` each line tells what its name holds after it."""
        lines = [line for line in self.lines if line.kind != "seed" or not self.plain]
        return "\n".join([*self.imports, "", *_laid_out(lines, values)]) + "\n"


def comment(id: str, **fields: str) -> str:
    """What is said beside code, in the language that is spoken."""
    return f"# {say(id, **fields)}"


def _laid_out(lines: Iterable[Line], values: bool) -> Iterator[str]:
    """Codes, notes and numbers, each in a column of its own."""
    lines = list(lines)
    noticed = min(WIDEST, 1 + max((len(line.code) for line in lines if line.adds), default=0))
    column = {True: noticed - 1, False: 0}
    told = [
        (line, f"{padded(line.code, column[line.adds])} {line.note}".rstrip()) for line in lines
    ]
    numbered = (wide(text) for line, text in told if line.number is not None or line.adds)
    far = min(max(numbered, default=0) + 3, WIDEST + wide(comment("code-notice")) + 3)
    for line, text in told:
        if line.number is not None:
            text = f"{padded(text, far - 1)} #({line.number})"
        if values and line.value is not None and line.kind not in ("input", "constant"):
            text = f"{padded(text, far + 5)} {line.told}"
        yield text
