"""An engine of arrays that computes in float64 where the course asks for float32.

It is judged in float64, and loses in each case what precision costs: told once, and not as a lack
of everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from harness.engines.engine import Engine
from harness.engines.running.forward import DOUBLE_ONLY
from harness.judging.codes import CODES, COST, EDGE
from harness.judging.precision import DOUBLE, SINGLE
from harness.language.case import Case
from harness.vocabulary.program import Program, Step

PROBE: Final = Program(
    {"x": np.ones(2, SINGLE)},
    {},
    (Step("f", "mul", ("x", "x")),),
    {"x": (2,), "f": (2,)},
    np.ones(2, SINGLE),
    order=0,
    dtype=SINGLE,
)
"""What shows whether an engine takes arrays of float32 as they are."""
CODE: Final = "precision"
TOLD: Final = "its numbers are float64, and float32 was asked for"
HINT: Final = "Make every array with dtype=np.float32, constants and gradients, too."
DIGITS: Final = 9


def settled(engine: Engine, agreed: str | None, cases: Iterable[Case]) -> bool:
    """Has the engine judged in the dtype that is agreed on, or in float64 where its arrays are
    that whatever it is given; whether they are."""
    engine.dtype = agreed or engine.dtype
    if agreed != SINGLE or all(case.program.scalar for case in cases):
        return False
    other = engine.run(PROBE).unsupported == DOUBLE_ONLY
    if other:
        engine.dtype = DOUBLE
    return other


def charged(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result where that has cost its part of all that has points; with the finding."""
    cost = COST[EDGE]
    cases = [_charged(case, cost) if case["score"] else case for case in result["cases"]]
    pairs = list(zip(result["cases"], cases, strict=True))
    lost = {before["id"]: before["score"] - after["score"] for before, after in pairs}
    shown = {case["id"] for case in cases if not case.get("hidden")}
    finding = _finding({id: points for id, points in lost.items() if points})
    seen = _finding({id: points for id, points in lost.items() if points and id in shown})
    told = {"findings": [*result["findings"], *finding]}
    if "student" in result:
        told["student"] = [*result["student"], *seen]
    score = round(sum(case["score"] for case in cases), DIGITS)
    return {**result, **told, "cases": cases, "score": score}


def _charged(case: Mapping[str, Any], cost: float) -> dict[str, Any]:
    """A case that has points, with the rest of them."""
    asked = {
        name: {**part, "score": round(part["score"] * (1 - cost), DIGITS)}
        for name, part in case.get("asked", {}).items()
    }
    own = {"asked": asked} if asked else {}
    return {**case, **own, "score": round(case["score"] * (1 - cost), DIGITS)}


def _finding(lost: Mapping[str, float]) -> list[dict[str, Any]]:
    """The finding, where anything is lost by it."""
    if not lost:
        return []
    cases = list(lost)
    told = {"code": CODE, "weight": EDGE, "op": "engine", "direction": "forward", "operand": ""}
    told |= {"message": TOLD, "hint": HINT, "read": CODES[CODE].read, "evidence": cases[0]}
    cost = round(sum(lost.values()), DIGITS)
    return [{**told, "cases": cases, "cost": cost, "place": "", "repro": ""}]
