"""What is said of a mistake: a sentence for each id, with fields for the facts; see
:mod:`harness.languages`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from harness import languages
from harness.judging.mistakes import Mistake


def sentence(mistake: Mistake) -> str:
    """What is said of a mistake."""
    facts: dict[str, Any] = {"op": mistake.op, **dict(mistake.facts)}
    if "ratio" in facts:
        facts["factor"] = factor(facts["ratio"], facts.get("count", 0))
    if "axis" in facts:
        about = "all-axes" if facts["axis"] is None else "axis"
        facts["where"] = languages.told("words", about, axis=facts["axis"])
    if facts.get("at"):
        facts["at"] = languages.told("words", "at-step", step=facts["at"])
    return languages.told("mistake", mistake.about, **facts)


def so_with(text: str, ops: str) -> str:
    """A sentence, with the operations that it is seen in."""
    return languages.told("words", "so-with", text=text, ops=ops)


def factor(ratio: float, count: int) -> str:
    """A factor as people write it: ½, 2, n, 1/n, or its digits."""
    for number, text in ((0.5, "½"), (-0.5, "-½")):
        if abs(ratio - number) < 1e-6:
            return text
    if count > 2 and abs(ratio * count - 1) < 1e-6:
        return f"1/n (n = {count})"
    if count > 2 and abs(ratio / count - 1) < 1e-6:
        return f"n (n = {count})"
    simple = Fraction(ratio).limit_denominator(100)
    return str(simple) if abs(simple - ratio) < 1e-9 * abs(ratio) else f"{ratio:#.6g}"
