"""For each kind of mistake a hint that teaches, and where to read about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HINTS: Final[Mapping[str, tuple[str, str]]] = {
    "wrong-value": ("Work the forward formula out by hand for the evidence case.", "cases/scalars"),
    "wrong-sign": ("Which way does the result move when this operand grows?", "cases/scalars"),
    "wrong-scale": (
        "Nudge the operand a little: by how many times that does the result move?",
        "cases/scalars",
    ),
    "wrong-rule": ("Differentiate the forward formula by this operand on paper.", "cases/scalars"),
    "missing-term": (
        "Every operand of a gate gets a contribution, and a name that is read twice gets two.",
        "cases/lecture/staged.yaml",
    ),
    "missing-upstream": (
        "The chain rule is a product: what the gate does, times what arrives from above.",
        "cases/lecture/product_of_sum.yaml",
    ),
    "double-count": (
        "Count how often each gate passes its gradient on.",
        "cases/lecture/staged.yaml",
    ),
    "overwrite": (
        "Go through the lines from the last to the first: what does a name hold when a second line "
        "writes to it?",
        "cases/lecture/staged.yaml",
    ),
    "stale-grad": (
        "What must each gradient hold at the moment a backward pass begins?",
        "cases/README.md",
    ),
    "swapped-operands": (
        "Try x and y of different size: whose derivative is whose?",
        "cases/scalars",
    ),
    "missing-unbroadcast": (
        "An element that was stretched over many places gets a term from each of them.",
        "cases/arrays/row_added_to_matrix.yaml",
    ),
    "wrong-shape": ("A gradient has the shape of its value, always.", "cases/arrays"),
    "wrong-permutation": ("Follow one element forward, then its gradient back.", "cases/arrays"),
    "lost-gradient": (
        "Follow the path from the output to this name: where does it end?",
        "cases/lecture/product_of_sum.yaml",
    ),
    "swapped-branches": (
        "Choose numbers for which you know which branch is taken. Who deserves the gradient?",
        "cases/elementwise",
    ),
    "wrong-axis": (
        "Take an array of 2 × 3 elements and write down the shape after every line.",
        "cases/reductions",
    ),
    "tie-convention": (
        "Where two operands are equal, torch gives half of the gradient to each; several largest "
        "elements share it evenly.",
        "cases/kinks",
    ),
    "kink-convention": (
        "At a kink several slopes are defensible; torch's choice is in the case's snapshot.",
        "cases/kinks",
    ),
    "aliasing": (
        "After a = b, both names stand for one array: what does a += 1 do to b?",
        "cases/passes",
    ),
    "state-leak": (
        "What does your engine keep outside of its objects, and who empties it?",
        "cases/passes",
    ),
    "mutates-input": (
        "Backward needs the values that forward has seen: which line writes over them?",
        "cases/arrays",
    ),
    "overflow": (
        "exp(1000) is inf. Which form of the formula never needs a number that large?",
        "cases/edges",
    ),
    "seed-ignored": (
        "Backward starts with the gradient it is given, which need not be 1.",
        "cases/arrays",
    ),
    "precision": ("Use exact derivatives and float64 throughout.", "cases/scalars"),
    "recursion": (
        "A chain may be longer than Python's stack: go through the graph in a loop.",
        "cases/scalars/deep_chain.yaml",
    ),
    "crash": (
        "Run the evidence case by hand and read the last line of the traceback.",
        "cases/scalars",
    ),
}
"""For each code a hint that teaches, and where to read about it."""
