"""The circuit diagram of a case as SVG, PNG or PDF: values in green above the wires, gradients in
red below them (or at their left and right, where they go from top to bottom), what an engine has
wrong in dashed purple.

The same case gives the same bytes, but for a PDF, whose parts have no order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Set
from dataclasses import replace
from html import escape
from typing import Final

from resvg_py import svg_to_bytes

from harness.engines.trace import Trace
from harness.judging.verdict import Verdict
from harness.language.case import Case
from harness.showing import fonts
from harness.showing.amounts import amount
from harness.showing.circuit.layout import Circuit, arrange
from harness.showing.circuit.rows import MARGIN
from harness.showing.circuit.text import STYLES, Box, Label
from harness.showing.figures import LEVELS
from harness.showing.look import Look
from harness.showing.parts import ANCHORS, CLASSES, label_of, node_of, text_of, wire_of
from harness.showing.phrases import stopped
from harness.showing.words import capital, say

GREEN, RED, PURPLE, INK, FAINT = "#007a5a", "#c7360a", "#6a0dad", "#1f2328", "#57606a"
ORANGE, BLUE = "#e66100", "#2b6fd4"
"""Positive and negative cells of a heat map: apart for every kind of colour blindness."""
USUAL: Final = Look()

COLOURS: Final = {
    "value": GREEN,
    "gradient": RED,
    "term": RED,
    "badge": PURPLE,
    "name": FAINT,
    "number": FAINT,
}
FACES: Final = {"": "", "-Bold": ";font-weight:700", "-Oblique": ";font-style:italic"}
ZOOM, WIDEST = 2.0, 8000.0
"""How many pixels of a PNG make one of the drawing, and how many it has at most in a row."""


DARK: Final = {
    "#fff": "#15181c",
    INK: "#e6e9ec",
    FAINT: "#a3adb8",
    GREEN: "#3fcf9e",
    RED: "#ff9168",
    PURPLE: "#d6a3ff",
    ORANGE: "#f07818",
    BLUE: "#4b8df0",
}
"""What stands in the place of each colour on a dark ground."""

ACTING: Final = "\n.circuit .act .g{stroke-width:4}"
"""The rule of a gate that is at work."""
SLIDE: Final = 540.0
"""How high a picture is that is to fit a shape."""
NOBODYS: Final = "\ue000"
"""A sign that no font has."""
MOST_SIGNS: Final = 10
"""For at most this many signs it is tried whether a font has them."""
LEGIBLE: Final = 1 / 40
"""This part of a slide's height is legible from the back of a room."""
LARGER: Final = 2.4
"""How high the line is that says of a picture that it is small, in heights of legible letters."""


def style_sheet() -> str:
    """The CSS of a picture, everything below the class ``circuit``."""
    rules = [
        f".circuit{{font-family:'DejaVu Sans',Verdana,Arial,{say('fonts')}sans-serif;fill:{INK}}}",
        f".circuit .w,.circuit .g{{stroke:{INK};stroke-width:1.3;fill:none}}",
        ".circuit .g{fill:#fff}",
        f".circuit .a{{fill:{INK}}}",
        f".circuit .r,.circuit .x .g{{stroke:{PURPLE};stroke-width:2;stroke-dasharray:6 3}}",
        ".circuit .r{fill:none}",
        f".circuit .edge.x .w{{stroke:{PURPLE};stroke-width:2;stroke-dasharray:6 3}}",
    ]
    rules += _heat_rules()
    for style, (size, face) in STYLES.items():
        rule = f"font-size:{size}px{FACES[face]}"
        rule += f";fill:{COLOURS[style]}" if style in COLOURS else ""
        rule += f";text-anchor:{ANCHORS[style]}" if style in ANCHORS else ""
        rules.append(f".circuit .{CLASSES[style]}{{{rule}}}")
    rules += [
        f".circuit .{anchor}{{text-anchor:{anchor}}}" for anchor in ("start", "middle", "end")
    ]
    return "\n".join(rules)


def _heat_rules() -> list[str]:
    """The CSS of heat maps: the stronger, the larger the number; zero is the paper itself."""
    rules = [
        ".circuit .h path{fill:none;stroke-width:.92;stroke-dasharray:.92 .08}",
        f".circuit .h .hf{{stroke:{FAINT};stroke-width:.08;stroke-dasharray:none}}",
        f".circuit .h .hm{{stroke:{INK};stroke-width:.13;stroke-dasharray:none}}",
        f".circuit .hp{{stroke:{ORANGE}}}",
        f".circuit .hn{{stroke:{BLUE}}}",
        f".circuit .hu{{stroke:{FAINT};stroke-opacity:.4}}",
    ]
    shades = range(1, LEVELS)
    return rules + [f".circuit .h{i}{{stroke-opacity:{i / LEVELS:.2f}}}" for i in shades]


def svg(
    case: Case,
    truth: Trace,
    verdict: Verdict | None = None,
    inline: bool = False,
    look: Look = USUAL,
) -> str:
    """The picture of a case. ``inline``: for a page that has :func:`style_sheet` of its own."""
    return written(case, drawn(case, truth, verdict, look), verdict, inline, look)


def drawn(case: Case, truth: Trace, verdict: Verdict | None = None, look: Look = USUAL) -> Circuit:
    """What is in the picture of a case, each thing at its place."""

    def directed(down: bool) -> Circuit:
        return arrange(case.program, truth, verdict, look.caption, look.ratio, down)

    circuit = directed(look.down)
    if not look.direction and too_small(circuit, look):
        circuit = max(circuit, directed(True), key=lambda one: _smallest(one, look))
    if too_small(circuit, look):
        circuit = _saying(circuit, look)
    return _without(circuit, look.hidden)


def written(
    case: Case,
    circuit: Circuit,
    verdict: Verdict | None = None,
    inline: bool = False,
    look: Look = USUAL,
) -> str:
    """A picture whose parts have their places, as SVG."""
    key = re.sub(r"\W+", "-", case.id.removesuffix(".yaml")).strip("-")
    size, ground = _ground(circuit, look)
    title, about = title_of(case), description(case, circuit, verdict)
    if inline:
        parts = [f'<svg class="circuit" {size} role="img" aria-label="{escape(about)}">']
    else:
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="circuit" {size} role="img" '
            f'aria-labelledby="t-{key} d-{key}">',
            f'<title id="t-{key}">{escape(title)}</title>',
            f'<desc id="d-{key}">{escape(about)}</desc>',
        ]
        own = ACTING if any(node.acting for node in circuit.nodes) else ""
        parts.append(_themed(f"<style>{style_sheet()}{own}</style>\n{ground}", look.theme))
    parts += [wire_of(wire, case.program.numbers) for wire in circuit.wires]
    parts += [node_of(node, case.program.numbers) for node in circuit.nodes]
    parts += [label_of(note) for note in circuit.notes]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _ground(circuit: Circuit, look: Look) -> tuple[str, str]:
    """The size of a picture, and what it is drawn on: as large as the circuit, or around it, of the
    shape that it is to fit."""
    around = _around(circuit, look)
    left, top = text_of(around.left), text_of(around.top)
    wide, high = text_of(around.right - around.left), text_of(around.bottom - around.top)
    place = f'x="{left}" y="{top}" ' if look.fit else ""
    ground = f'<rect {place}width="100%" height="100%" fill="#fff"/>'
    box = f'viewBox="{left} {top} {wide} {high}"'
    if look.ratio is not None:
        wide, high = text_of(SLIDE * look.ratio), text_of(SLIDE)
    return f'{box} width="{wide}" height="{high}"', ground


def _around(circuit: Circuit, look: Look) -> Box:
    ratio = look.ratio
    if ratio is None:
        return Box(0, 0, circuit.width, circuit.height)
    wide = max(circuit.width, circuit.height * ratio)
    high = max(circuit.height, wide / ratio)
    across, down = (wide - circuit.width) / 2, (high - circuit.height) / 2
    return Box(-across, -down, wide - across, high - down)


def too_small(circuit: Circuit, look: Look) -> str:
    """What is to be said of a picture that is to fit a slide, and cannot be read from the back."""
    part = _smallest(circuit, look)
    return say("too-small", part=f"1/{1 / part:.0f}") if look.fit and part < LEGIBLE else ""


def _smallest(circuit: Circuit, look: Look) -> float:
    """Which part of the picture's height its smallest text has."""
    around = _around(circuit, look)
    sizes = (STYLES[label.style][0] for label in circuit.labels)
    return min(sizes, default=math.inf) / (around.bottom - around.top)


def _saying(circuit: Circuit, look: Look) -> Circuit:
    """A circuit that says itself that it has been folded and is small, in letters that are not."""
    around = _around(circuit, look)
    size = LARGER * LEGIBLE * (around.bottom - around.top)
    height = circuit.height + size
    part = f"1/{1 / _smallest(replace(circuit, height=height), look):.0f}"
    folded = "folded-parts" if circuit.down else "folded-rows"
    told = say(folded if circuit.rows > 1 else "small", count=circuit.rows, part=part)
    note = Label(told, MARGIN, height - size / 2, "symbol", size=size / 2)
    width = max(circuit.width, note.box.right + MARGIN)
    return replace(circuit, width=width, height=height, notes=(*circuit.notes, note))


def _themed(text: str, theme: str) -> str:
    """Text with the colours of a theme."""
    for colour, dark in DARK.items() if theme == "dark" else ():
        text = text.replace(colour, dark)
    return text


def _without(circuit: Circuit, hidden: Set[str]) -> Circuit:
    """The circuit without what is to be hidden, and what is said of that."""
    wires = [replace(wire, term=None) if "term" in hidden else wire for wire in circuit.wires]
    nodes = [
        replace(node, labels=tuple(x for x in node.labels if not _is_hidden(x, hidden)))
        for node in circuit.nodes
    ]
    return replace(circuit, nodes=tuple(nodes), wires=tuple(wires))


def _is_hidden(label: Label, hidden: Set[str]) -> bool:
    told = "value" if label.direction == "forward" else "gradient"
    return (told if label.style == "badge" else label.style) in hidden


def png(picture: str) -> bytes:
    """An SVG of this module as PNG, drawn with the fonts that came along. Where a name has signs
    that these lack, they are those of the system's fonts."""
    ((wide, high),) = re.findall(r'^<svg [^>]* width="([\d.]+)" height="([\d.]+)"', picture)
    zoom = min(ZOOM, WIDEST / float(wide), WIDEST / float(high))
    return bytes(
        svg_to_bytes(
            svg_string=picture,
            skip_system_fonts=fonts.have(picture),
            font_files=[str(path) for path in fonts.FILES.values()],
            font_family="DejaVu Sans",
            zoom=zoom,
        )
    )


def lacking(circuit: Circuit) -> str:
    """The signs of a picture that no font draws here, neither one that came along nor one of the
    system's: as many as are looked for."""
    texts = "".join(label.text for label in circuit.labels)
    odd = [sign for sign in dict.fromkeys(texts) if not fonts.have(sign)]
    nothing = _sign(NOBODYS) if odd else b""
    return "".join(sign for sign in odd[:MOST_SIGNS] if _sign(sign) == nothing)


def _sign(sign: str) -> bytes:
    """A sign alone, as a PNG shows it."""
    text = f"<text y='20' font-size='20' font-family='DejaVu Sans'>{escape(sign)}</text>"
    return png(f'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30">{text}</svg>')


def pdf(picture: str) -> bytes:
    """An SVG of this module as PDF: lines and letters, sharp at any size, with the fonts that came
    along. Raises :class:`ModuleNotFoundError` without the extra ``pdf``."""
    from svg2pdf_py import FontDatabase, svg_to_pdf

    known = FontDatabase() if fonts.have(picture) else FontDatabase.system()
    for path in fonts.FILES.values():
        known.load_font_file(str(path))
    return bytes(svg_to_pdf(picture, known))


def title_of(case: Case) -> str:
    """What a picture is called: the case, and its stages."""
    stages = "; ".join(map(str, case.program.stages))
    return f"{case.path.stem}: {stages}" if len(stages) < 200 else case.path.stem


def description(case: Case, circuit: Circuit, verdict: Verdict | None) -> str:
    """What a picture shows, for those who do not see it."""
    told = "in-parts" if circuit.down else "in-rows"
    rows = say(told, count=circuit.rows) if circuit.rows > 1 else ""
    graph, program = "graph-down" if circuit.down else "graph", case.program
    texts = [say(graph, steps=amount(len(program.steps), "step"), rows=rows, output=program.output)]
    wrong = dict.fromkeys(node.name for node in circuit.nodes if node.guilty)
    if wrong:
        texts.append(say("wrong-steps", steps=", ".join(wrong)))
    elif verdict is not None and verdict.note is not None:
        texts.append(say("not-judged-for", reason=verdict.note))
    elif verdict is not None and verdict.passed:
        texts.append(say("right"))
    if verdict is not None and (told := stopped(verdict)):
        texts.append(capital(told) + say("stop"))
    return " ".join(texts)
