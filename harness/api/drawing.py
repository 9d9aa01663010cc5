"""A case as a picture, and as code."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

from harness import languages
from harness.api.arguments import path as path_of
from harness.api.cases import Case, Expression, case_of
from harness.api.checking import check
from harness.api.shown import Shown
from harness.api.words import said
from harness.engines.trace import Trace
from harness.files import write
from harness.judging.verdict import Verdict
from harness.language import case as language
from harness.showing.headline import headline
from harness.showing.lines import room, wrapped
from harness.showing.look import Look
from harness.showing.staging import stage
from harness.showing.words import say
from harness.vocabulary.program import Program

if TYPE_CHECKING:
    from harness.showing.circuit.layout import Circuit

KINDS: Final = ("svg", "png", "pdf")


@dataclass(frozen=True, repr=False)
class Drawing(Shown):
    """The circuit of a case: values in green above the wires, gradients in red below them; what an
    engine has wrong in dashed purple."""

    case: language.Case
    truth: Trace = field(repr=False)
    verdict: Verdict | None = field(repr=False)
    look: Look = field(default=Look(), repr=False)

    @cached_property
    def _circuit(self) -> Circuit:
        from harness.showing import picture

        return picture.drawn(self.case, self.truth, self.verdict, self.look)

    @cached_property
    def svg(self) -> str:
        """The picture as a file of its own."""
        from harness.showing import picture

        return picture.written(self.case, self._circuit, self.verdict, look=self.look)

    @property
    def too_small(self) -> str:
        """What is to be said of a picture that is to fit a slide, and cannot be read from the back
        of a room; empty for any other."""
        from harness.showing import picture

        return picture.too_small(self._circuit, self.look)

    @property
    def lacking(self) -> str:
        """What is to be said of a picture with signs that no font here draws; empty for any
        other."""
        from harness.showing import picture

        signs = picture.lacking(self._circuit)
        return say("no-font", signs=" ".join(signs)) if signs else ""

    def save(self, path: str | PathLike[str]) -> Path:
        """Writes the picture; its name ends with ``.svg``, ``.png`` or ``.pdf``. Raises
        :class:`ModuleNotFoundError` for a PDF without the extra ``pdf``."""
        place = Path(path_of("path", path))
        if place.suffix not in {f".{kind}" for kind in KINDS}:
            raise ValueError(f"{place}: {languages.told('api', 'picture-ends')}")
        write(place, _content(self.svg, place.suffix[1:]))
        return place

    def save_frames(self, folder: str | PathLike[str], kind: str = "png") -> list[Path]:
        """Fills an empty or new folder with a picture for the inputs and one for each line of both
        passes, ``svg``, ``png`` or ``pdf``, and an animated PNG of them all, which is told last.
        Raises :class:`ValueError` where there is something in the folder."""
        from harness.showing import picture
        from harness.showing.animation import animated
        from harness.showing.frames import frames

        place = Path(path_of("folder", folder))
        if kind not in KINDS:
            raise ValueError(
                said("kind", kind=kind, kinds=languages.told("words", "either").join(KINDS))
            )
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise ValueError(said("frames-folder", place=place))
        drawn = frames(self.case.program, self._circuit, self.verdict)
        svgs = [picture.written(self.case, one, self.verdict, look=self.look) for one in drawn]
        digits = len(str(len(svgs) - 1))
        files = {f"{i:0{digits}}.{kind}": _content(svg, kind) for i, svg in enumerate(svgs)}
        pngs = list(files.values()) if kind == "png" else list(map(picture.png, svgs))
        files["animation.png"] = animated(pngs)
        place.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write(place / name, content)
        return [place / name for name in files]

    def text(self, columns: int) -> str:
        """What the picture shows, in words."""
        told = ElementTree.fromstring(self.svg).findtext("{http://www.w3.org/2000/svg}desc")
        lines = headline(self.case, "backward", width=room(columns))
        return "\n".join([*lines, *wrapped(str(told), room(columns))])

    def _repr_html_(self) -> str:
        from harness.showing.report import notebook

        return notebook.drawing(self.case, self.truth, self.verdict)


@dataclass(frozen=True, repr=False)
class Listing(Shown):
    """Staged code that runs: numbered forward lines, and for each its backward lines under the same
    number. ``values``: each line tells what its name holds after it."""

    program: Program = field(repr=False)
    values: bool = False

    @property
    def code(self) -> str:
        """The Python code."""
        return stage(self.program).text(self.values)

    def text(self, columns: int) -> str:
        """The code, whose lines are never folded."""
        return self.code.rstrip("\n")

    def _repr_html_(self) -> str:
        from harness.showing.report import notebook

        return notebook.code(self.code, said("staged-code"))


def _content(svg: str, kind: str) -> bytes:
    """A picture as a file of one of the :data:`KINDS`."""
    from harness.showing import picture

    makers: dict[str, Callable[[str], bytes]]
    makers = {"svg": str.encode, "png": picture.png, "pdf": picture.pdf}
    return makers[kind](svg)


def draw(
    expression: Expression | Case,
    /,
    *,
    engine: object = None,
    theme: str = "light",
    hide: Collection[str] = (),
    caption: str = "",
    fit: str = "",
    direction: str = "",
    **inputs: Any,
) -> Drawing:
    """The circuit of an expression, or of a case of the suite by its name:
    ``draw("x * y + x", x=3, y=-4, engine=Value)``. With an engine, what that has wrong is marked.

    ``theme`` is light or dark; ``hide`` leaves out gradients, values or both; a ``caption`` stands
    below; ``fit="16:9"`` makes a picture of that shape; ``direction="vertical"`` draws it from top
    to bottom, ``"horizontal"`` from left to right: which one, where neither is given, is the
    latter, unless a picture that is to fit a shape has larger text so. Raises :class:`ValueError`
    for any other.
    """
    look, own = Look(theme, hide, caption, fit, direction), case_of(expression, inputs)
    if engine is None:
        return Drawing(own.own, own.truth, None, look)
    return Drawing(*check(engine, own).judged[0], look)


def listing(expression: Expression | Case, /, *, values: bool = False, **inputs: Any) -> Listing:
    """An expression, or a case of the suite by its name, as staged code that runs."""
    return Listing(case_of(expression, inputs).own.program, values)
