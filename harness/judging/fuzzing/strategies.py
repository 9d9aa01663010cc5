"""Random programs as a strategy of Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.judging.fuzzing.programs import (
    CODE_BYTES,
    GENE_BYTES,
    HEADER_BYTES,
    MAX_STEPS,
    Menu,
    build,
)
from harness.vocabulary.program import Program

_GENE = st.binary(min_size=CODE_BYTES, max_size=GENE_BYTES)


def programs(menu: Menu | None = None) -> SearchStrategy[Program]:
    """Well-formed programs of up to ``MAX_STEPS`` steps, which shrink towards one step and small
    numbers."""
    chosen = menu or Menu()
    header = st.binary(min_size=HEADER_BYTES, max_size=HEADER_BYTES)
    genes = st.lists(_GENE, min_size=1, max_size=MAX_STEPS)
    made = st.builds(lambda header, genes: build(header, genes, chosen), header, genes)
    return made.filter(lambda program: program is not None)  # type: ignore[return-value]
