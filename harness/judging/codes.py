"""The kinds of mistakes: the one list of their codes, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harness import languages

MISTAKE, EDGE, CONVENTION = WEIGHTS = ("mistake", "edge", "convention")
"""How much it matters: always, at extremes only, or not, as another choice is as good."""

COST: Final[Mapping[str, float]] = {MISTAKE: 1.0, EDGE: 0.1, CONVENTION: 0.0}
"""The share of its points that a case loses whose only trouble has that weight. A mistake costs the
passes that it fails, and all of them at most."""


@dataclass(frozen=True, slots=True)
class Code:
    """Where to ``read`` about it, and one of :data:`WEIGHTS`."""

    read: str
    weight: str = MISTAKE


CODES: Final[Mapping[str, Code]] = {
    "wrong-value": Code("cases/scalars"),
    "wrong-sign": Code("cases/scalars"),
    "wrong-scale": Code("cases/scalars"),
    "wrong-rule": Code("cases/scalars"),
    "missing-term": Code("cases/lecture/staged.yaml"),
    "missing-upstream": Code("cases/lecture/product_of_sum.yaml"),
    "double-count": Code("cases/lecture/staged.yaml"),
    "overwrite": Code("cases/lecture/staged.yaml"),
    "stale-grad": Code("cases/passes", EDGE),
    "swapped-operands": Code("cases/scalars"),
    "missing-unbroadcast": Code("cases/arrays/row_added_to_matrix.yaml"),
    "wrong-shape": Code("cases/arrays"),
    "wrong-permutation": Code("cases/arrays"),
    "lost-gradient": Code("cases/lecture/product_of_sum.yaml"),
    "leaked-gradient": Code("cases/detached"),
    "swapped-branches": Code("cases/elementwise"),
    "wrong-axis": Code("cases/reductions"),
    "tie-convention": Code("cases/kinks", CONVENTION),
    "kink-convention": Code("cases/kinks", CONVENTION),
    "indeterminate": Code("cases/kinks", CONVENTION),
    "aliasing": Code("cases/passes"),
    "state-leak": Code("cases/passes"),
    "unordered": Code("cases/scalars/nested_diamonds.yaml"),
    "mutates-input": Code("cases/arrays"),
    "overflow": Code("cases/edges", EDGE),
    "seed-ignored": Code("cases/arrays"),
    "precision": Code("cases/scalars", EDGE),
    "every-path": Code("cases/models/doubling_forty_times.yaml"),
    "recursion": Code("cases/scalars/deep_chain.yaml", EDGE),
    "too-slow": Code("cases/scalars/nested_diamonds.yaml"),
    "crash": Code("cases/scalars"),
}
"""Everything that a finding can be called."""


def hint_of(code: str, direction: str = "") -> str:
    """The hint that fits a mistake in that direction, in which a code may mean something else;
    empty of a code that is not known."""
    usual = languages.text("hint", code, "") if code in CODES else ""
    return languages.text("hint", f"{code} {direction}", usual)


def when_of(code: str) -> str:
    """When it matters what a code says; empty where it always does."""
    return languages.text("when", code, "")
