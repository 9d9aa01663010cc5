"""Hypothesis strategies: random programs, and everything else that a case file may hold."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from harness.judging.fuzzing.programs import (
    CODE_BYTES,
    HEADER_BYTES,
    MAX_STEPS,
    VALUE_BYTES,
    Menu,
    build,
)
from harness.language.program import Program
from harness.language.writing import case_text

_GENE = st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES + VALUE_BYTES)


def programs(menu: Menu | None = None) -> SearchStrategy[Program]:
    """Well-formed programs of up to ``MAX_STEPS`` steps, which shrink towards one step and small
    numbers."""
    chosen = menu or Menu()
    header = st.binary(min_size=HEADER_BYTES, max_size=HEADER_BYTES)
    genes = st.lists(_GENE, min_size=1, max_size=MAX_STEPS)
    made = st.builds(lambda header, genes: build(header, genes, chosen), header, genes)
    return made.filter(lambda program: program is not None)  # type: ignore[return-value]


PIECES = (
    *"{}[](),:#-&*!|>'\"\n\t\\ @=.",
    "about: a\n",
    "inputs: ",
    "expr: ",
    "steps:\n  ",
    "{uniform: [0, 1], shape: [9, 9], seed: 1}",
    "{start: x, repeat: 99999, next: z * x}",
    "sum(",
    "axis=",
    "**",
    "1e999",
    "nan",
    "<<: *a",
    "\ufeff",
    "\x00",
    "é",
)
"""What is put into the text of a case, to see what becomes of it."""


@st.composite
def case_files(draw: DrawFn) -> bytes:
    """The bytes of files that are cases, nearly cases, or anything at all."""
    if draw(st.integers(0, 9)) == 9:
        return draw(st.binary(max_size=200))
    text = case_text("a case", draw(programs()))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 0, 1, 2, 9)))
        text = text[:start] + draw(st.sampled_from(("", *PIECES))) + text[end:]
    data = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 9:
        place = draw(st.integers(0, len(data)))
        data = data[:place] + draw(st.binary(min_size=1, max_size=3)) + data[place:]
    return data
