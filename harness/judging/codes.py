"""The kinds of mistakes: the one list of their codes, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MISTAKE, EDGE, CONVENTION = WEIGHTS = ("mistake", "edge", "convention")
"""How much it matters: always, at extremes only, or not, as another choice is as good."""

COST: Final[Mapping[str, float]] = {MISTAKE: 1.0, EDGE: 0.1, CONVENTION: 0.0}
"""The share of its points that a case loses whose only trouble has that weight. A mistake costs the
passes that it fails, and all of them at most."""


@dataclass(frozen=True, slots=True)
class Code:
    """A ``hint`` that teaches, where to ``read`` about it, and one of :data:`WEIGHTS`; of what does
    not always matter, ``when`` it does."""

    hint: str
    read: str
    weight: str = MISTAKE
    when: str = ""


CODES: Final[Mapping[str, Code]] = {
    "wrong-value": Code("Work the forward formula out by hand for these numbers.", "cases/scalars"),
    "wrong-sign": Code("Which way does the result move when this operand grows?", "cases/scalars"),
    "wrong-scale": Code(
        "Nudge the operand a little: by how many times that does the result move?",
        "cases/scalars",
    ),
    "wrong-rule": Code(
        "Differentiate the forward formula by this operand on paper.", "cases/scalars"
    ),
    "missing-term": Code(
        "Every operand of a gate gets a contribution, and a name that is read twice gets two.",
        "cases/lecture/staged.yaml",
    ),
    "missing-upstream": Code(
        "The chain rule is a product: what the gate does, times what arrives from above.",
        "cases/lecture/product_of_sum.yaml",
    ),
    "double-count": Code(
        "Count how often each gate passes its gradient on.",
        "cases/lecture/staged.yaml",
    ),
    "overwrite": Code(
        "Go through the lines from the last to the first: what does a name hold when a second line "
        "writes to it?",
        "cases/lecture/staged.yaml",
    ),
    "stale-grad": Code(
        "What must each gradient hold at the moment a backward pass begins?",
        "cases/passes",
        EDGE,
        "where backward is called twice on one graph, which most training loops never do",
    ),
    "swapped-operands": Code(
        "Try x and y of different size: whose derivative is whose?",
        "cases/scalars",
    ),
    "missing-unbroadcast": Code(
        "An element that was stretched over many places gets a term from each of them.",
        "cases/arrays/row_added_to_matrix.yaml",
    ),
    "wrong-shape": Code("A gradient has the shape of its value, always.", "cases/arrays"),
    "wrong-permutation": Code(
        "Follow one element forward, then its gradient back.", "cases/arrays"
    ),
    "lost-gradient": Code(
        "Follow the path from the output to this name: where does it end?",
        "cases/lecture/product_of_sum.yaml",
    ),
    "leaked-gradient": Code(
        "What is detached is a constant from there on: where does its gradient end?",
        "cases/detached",
    ),
    "swapped-branches": Code(
        "Choose numbers for which you know which branch is taken. Who deserves the gradient?",
        "cases/elementwise",
    ),
    "wrong-axis": Code(
        "Take an array of 2 × 3 elements and write down the shape after every line.",
        "cases/reductions",
    ),
    "tie-convention": Code(
        "Where two operands are equal, torch gives half of the gradient to each; several largest "
        "elements share it evenly.",
        "cases/kinks",
        CONVENTION,
        "where numbers are compared with torch's",
    ),
    "kink-convention": Code(
        "At a kink several slopes are defensible; torch's choice is in the case's snapshot.",
        "cases/kinks",
        CONVENTION,
        "where numbers are compared with torch's",
    ),
    "indeterminate": Code(
        "Mathematics has no number for 0 * inf, 0 / 0 and 0 ** 0; torch's choice is in the case's "
        "snapshot.",
        "cases/kinks",
        CONVENTION,
        "where a nan that starts here would spread",
    ),
    "aliasing": Code(
        "After a = b, both names stand for one array: what does a += 1 do to b?",
        "cases/passes",
    ),
    "state-leak": Code(
        "What does your engine keep outside of its objects, and who empties it?",
        "cases/passes",
    ),
    "unordered": Code(
        "Keep parents in a tuple or a list, and go through the graph in an order that you know: "
        "which nodes must be finished before a node passes its gradient on?",
        "cases/scalars/nested_diamonds.yaml",
    ),
    "mutates-input": Code(
        "Backward needs the values that forward has seen: which line writes over them?",
        "cases/arrays",
    ),
    "overflow": Code(
        "exp(1000) is inf. Which form of the formula never needs a number that large?",
        "cases/edges",
        EDGE,
        "where scores grow large, as those of a network that is very sure do",
    ),
    "seed-ignored": Code(
        "Backward starts with the gradient it is given, which need not be 1.",
        "cases/arrays",
    ),
    "precision": Code(
        "Use exact derivatives, and one precision throughout.",
        "cases/scalars",
        EDGE,
        "where small differences count, or many roundings add up",
    ),
    "every-path": Code(
        "Backward visits a node once for every path to it, and the paths double with each node "
        "that is used twice: take the nodes in topological order, each once.",
        "cases/models/doubling_forty_times.yaml",
    ),
    "recursion": Code(
        "A chain may be longer than Python's stack: go through the graph in a loop.",
        "cases/scalars/deep_chain.yaml",
        EDGE,
        "where a graph has a thousand steps in a row, as a recurrent network's has",
    ),
    "too-slow": Code(
        "How often does your code visit each node? Count for a graph of ten steps, then of twenty.",
        "cases/scalars/nested_diamonds.yaml",
    ),
    "crash": Code(
        "What do the names in that line of your code hold when it is reached?",
        "cases/scalars",
    ),
}
"""Everything that a finding can be called."""

HINTS: Final[Mapping[tuple[str, str], str]] = {
    ("wrong-value", "backward"): "What is the gradient of the output by itself, and who sets it?",
    ("swapped-operands", "forward"): "Try two numbers of different size, in both orders.",
    ("swapped-branches", "forward"): "Choose numbers for which you know which branch is taken.",
    ("wrong-shape", "forward"): "Write down the shapes of all operands, and what comes of them.",
    ("wrong-permutation", "forward"): "Number the elements: where does each of them belong?",
    ("wrong-axis", "forward"): "Take an array of 2 × 3 elements: which of them belong together?",
    ("precision", "forward"): "Use one precision throughout, and a form in which nothing cancels.",
    ("wrong-rule", "second"): "Which of the numbers that a rule computes can be differentiated?",
}
"""Other hints, where a code means something else in that direction."""


def hint_of(code: str, direction: str) -> str:
    """The hint that fits a mistake in that direction; empty of a code that is not known."""
    known = CODES.get(code)
    return HINTS.get((code, direction), known.hint if known is not None else "")
