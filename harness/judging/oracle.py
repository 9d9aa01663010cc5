"""Where the truth of a case comes from: torch, or what torch once gave, as recorded.

With ``recorded``, torch is neither imported nor needed.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

import numpy as np

from harness.engines.trace import Trace, Undefined
from harness.judging import snapshot
from harness.language.case import Case
from harness.language.program import COMPARISONS, Array, directions

ORACLES: Final = ("torch", "recorded")

NO_TORCH: Final = (
    "torch is not installed: add --oracle=recorded, which takes torch's numbers from the snapshots "
    "beside the cases, or install torch"
)


def lacks_torch(oracle: str) -> bool:
    """Whether torch is asked for and not there."""
    return oracle == "torch" and find_spec("torch") is None


def truth(case: Case, oracle: str = "torch") -> Trace:
    """The numbers that an engine is held against; raises :class:`Undefined`."""
    if oracle == "recorded":
        return _recorded(case)
    from harness.engines import reference

    return reference.evaluate(case.program)


def _recorded(case: Case) -> Trace:
    program = case.program
    steps = {step.name: step.op for step in program.steps}
    names = [*program.inputs, *steps]
    tables: dict[str, dict[str, Array]] = {}
    for direction in directions(program):
        path = case.path.with_suffix("") / f"{direction}.yml"
        place = f"{case.path.stem}/{direction}.yml"
        try:
            found = snapshot.parse(path.read_text(encoding="utf-8"), place)
        except FileNotFoundError:
            raise Undefined(f"there is no snapshot {place}: run once with torch") from None
        except (snapshot.SnapshotError, UnicodeDecodeError) as error:
            raise Undefined(str(error)) from None
        wanted = {
            "forward": names,
            "backward": [name for name in names if name in program.differentiable],
            "second": list(program.inputs),
        }[direction]
        if set(found) != set(wanted) or any(
            found[name].shape != program.shapes[name] for name in wanted
        ):
            raise Undefined(f"the snapshot {place} is of another expression: record it anew")
        tables[direction] = {
            name: found[name].astype(
                np.bool_ if steps.get(name) in COMPARISONS else program.dtype, copy=False
            )
            for name in wanted
        }
    return Trace(tables["forward"], tables["backward"], second=tables.get("second", {}))
