"""The circuit diagram of a case as SVG or PNG: values in green above the wires, gradients in red
below them, what an engine has wrong in dashed purple.

The same case gives the same bytes.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

from resvg_py import svg_to_bytes

from harness.engines.trace import Trace
from harness.judging.verdict import Verdict
from harness.language.case import Case
from harness.showing import fonts
from harness.showing.circuit import (
    ARROW,
    RADIUS,
    STYLES,
    Box,
    Circuit,
    Label,
    Node,
    Wire,
    arrange,
    bends,
)
from harness.showing.terminal import stopped

GREEN, RED, PURPLE, INK, FAINT = "#007a5a", "#c7360a", "#6a0dad", "#1f2328", "#57606a"

COLOURS: Final = {"value": GREEN, "gradient": RED, "term": RED, "badge": PURPLE}
COLOURS_FAINT: Final = frozenset({"name", "number"})
CLASSES: Final = {
    "value": "v",
    "gradient": "d",
    "term": "c",
    "symbol": "o",
    "leaf": "l",
    "name": "n",
    "number": "m",
    "badge": "b",
}
ZOOM, WIDEST = 2.0, 8000.0
"""How many pixels of a PNG make one of the drawing, and how many it has at most in a row."""


def style_sheet() -> str:
    """The CSS of a picture, everything below the class ``circuit``."""
    rules = [
        f".circuit text{{font-family:'DejaVu Sans',Verdana,Arial,sans-serif;fill:{INK}}}",
        f".circuit .w,.circuit .g{{stroke:{INK};stroke-width:1.3;fill:none}}",
        ".circuit .g{fill:#fff}",
        f".circuit .a{{fill:{INK}}}",
        f".circuit .r,.circuit .x .g{{stroke:{PURPLE};stroke-width:2;stroke-dasharray:6 3}}",
        ".circuit .r{fill:none}",
    ]
    for style, (size, face) in STYLES.items():
        colour = FAINT if style in COLOURS_FAINT else COLOURS.get(style)
        rule = f"font-size:{size}px"
        rule += ";font-weight:700" if face == "-Bold" else ""
        rule += ";font-style:italic" if face == "-Oblique" else ""
        rule += f";fill:{colour}" if colour else ""
        rules.append(f".circuit .{CLASSES[style]}{{{rule}}}")
    return "\n".join(rules)


def svg(case: Case, truth: Trace, verdict: Verdict | None = None, inline: bool = False) -> str:
    """The picture of a case. ``inline``: for a page that has :func:`style_sheet` of its own."""
    circuit = arrange(case.program, truth, verdict)
    order = {step.name: i for i, step in enumerate(case.program.steps, 1)}
    key = re.sub(r"\W+", "-", case.id.removesuffix(".yaml")).strip("-")
    wide, high = _text(circuit.width), _text(circuit.height)
    size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
    title, about = title_of(case), description(case, circuit, verdict)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="circuit" {size} role="img" '
        f'aria-labelledby="t-{key} d-{key}">',
        f'<title id="t-{key}">{escape(title)}</title>',
        f'<desc id="d-{key}">{escape(about)}</desc>',
    ]
    if not inline:
        parts.append(f"<style>{style_sheet()}</style>")
        parts.append('<rect width="100%" height="100%" fill="#fff"/>')
    parts += [_wire(wire, order) for wire in circuit.wires]
    parts += [_node(node, order) for node in circuit.nodes]
    parts += [_label(note) for note in circuit.notes]
    return "\n".join([*parts, "</svg>"]) + "\n"


def png(picture: str) -> bytes:
    """An SVG of this module as PNG, drawn with the fonts that came along."""
    found = re.search(r'width="([\d.]+)" height="([\d.]+)"', picture)
    assert found is not None
    zoom = min(ZOOM, *(WIDEST / float(size) for size in found.groups()))
    return bytes(
        svg_to_bytes(
            svg_string=picture,
            skip_system_fonts=True,
            font_files=[str(path) for path in fonts.FILES.values()],
            font_family="DejaVu Sans",
            zoom=zoom,
        )
    )


def title_of(case: Case) -> str:
    """What a picture is called: the case, and its stages."""
    stages = "; ".join(map(str, case.program.stages))
    return f"{case.path.stem}: {stages}" if len(stages) < 200 else case.path.stem


def description(case: Case, circuit: Circuit, verdict: Verdict | None) -> str:
    """What a picture shows, for those who do not see it."""
    rows = f", in {circuit.rows} rows" if circuit.rows > 1 else ""
    text = (
        f"Computational graph of {len(case.program.steps):,} steps, from left to right{rows}. "
        f"Above each wire its value (green, bold), below it the gradient of {case.program.output} "
        "by it (red, italic)."
    )
    wrong = dict.fromkeys(node.name for node in circuit.nodes if node.wrong)
    if wrong:
        text += f" Wrong (dashed, purple): {', '.join(wrong)}."
    elif verdict is not None and verdict.note is not None:
        text += f" Not judged: {verdict.note}."
    elif verdict is not None and verdict.passed:
        text += " Nothing is wrong."
    if verdict is not None and (told := stopped(verdict)):
        text += f" {told[0].upper()}{told[1:]}."
    return text


# -- parts -----------------------------------------------------------------------------------------


def _wire(wire: Wire, order: dict[str, int]) -> str:
    edge = f"{order[wire.target]}-{wire.position}"
    term = _label(wire.term) if wire.term is not None else ""
    x, y = wire.points[-1]
    arrow = f"M{_text(x)},{_text(y)}l{-ARROW:g},-4v8z"
    return (
        f'<g class="edge" data-e="{edge}"><path class="w" d="{_path(wire)}"/>'
        f'<path class="a" d="{arrow}"/>{term}</g>'
    )


def _path(wire: Wire) -> str:
    parts: list[str] = []
    for (x, y), (to_x, to_y) in bends(wire):
        at = f"{_text(x)},{_text(y)}"
        parts.append(f"M{at}" if not parts else f"L{at}")
        middle = _text((x + to_x) / 2)
        if y == to_y:
            parts.append(f"H{_text(to_x)}")
        else:
            parts.append(f"C{middle},{_text(y)} {middle},{_text(to_y)} {_text(to_x)},{_text(to_y)}")
    parts.append(f"H{_text(wire.points[-1][0] - ARROW + 1)}")
    return "".join(parts)


def _node(node: Node, order: dict[str, int]) -> str:
    (x, y), (to_x, _) = node.stub
    parts = [f'<path class="w" d="M{_text(x)},{_text(y)}H{_text(to_x)}"/>']
    if node.gate is not None:
        parts.append(_gate(node.gate))
    if node.dot:
        parts.append(f'<circle class="a" cx="{_text(to_x)}" cy="{_text(y)}" r="3.2"/>')
    parts += [_label(label) for label in node.labels]
    parts += [_ring(ring) for ring in node.rings]
    kind = "node x" if node.wrong else "node"
    key = order.get(node.name, node.name)
    return f'<g class="{kind}" data-n="{escape(str(key))}">{"".join(parts)}</g>'


def _gate(box: Box) -> str:
    wide, high = box.right - box.left, box.bottom - box.top
    if wide == high == 2 * RADIUS:
        x, y = box.left + RADIUS, box.top + RADIUS
        return f'<circle class="g" cx="{_text(x)}" cy="{_text(y)}" r="{RADIUS:g}"/>'
    return _rectangle(box, "g", min(RADIUS, wide / 2))


def _ring(box: Box) -> str:
    return _rectangle(box, "r", 4)


def _rectangle(box: Box, kind: str, corner: float) -> str:
    return (
        f'<rect class="{kind}" x="{_text(box.left)}" y="{_text(box.top)}" '
        f'width="{_text(box.right - box.left)}" height="{_text(box.bottom - box.top)}" '
        f'rx="{corner:g}"/>'
    )


def _label(label: Label) -> str:
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    return (
        f'<text class="{CLASSES[label.style]}" x="{_text(label.x)}" y="{_text(label.y)}"{anchor}>'
        f"{escape(label.text)}</text>"
    )


def _text(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
