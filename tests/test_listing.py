"""Staged code runs as it stands, and comes to what torch says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.judging.oracle import truth
from harness.judging.verdict import close, tolerances
from harness.language.case import Case, load
from harness.showing.listing import stage

ROOT = Path(__file__).resolve().parent.parent
CASES = sorted((ROOT / "cases").rglob("*.yaml"))


def case(path: Path) -> Case:
    return load(path, path.relative_to(ROOT).as_posix(), ROOT / "cases")


def case_of(text: str, folder: Path) -> Case:
    path = folder / "cases" / "one.yaml"
    path.parent.mkdir()
    path.write_text(text)
    return load(path, "cases/one.yaml", path.parent)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_listing_runs_and_equals_torch(path: Path) -> None:
    one = case(path)
    listing = stage(one.program)
    scope: dict[str, Any] = {}
    with np.errstate(all="warn"):
        exec(listing.text(values=True), scope)
    right = truth(one)
    for direction, numbers in (("forward", right.values), ("backward", right.gradients)):
        rtol, atol = tolerances(one, right, direction)
        for name, expected in numbers.items():
            own = listing.names[name] if direction == "forward" else listing.gradient(name)
            if own not in scope and name == one.program.output:
                continue  # an upstream gradient of 1 is not written
            got = np.asarray(scope[own])
            assert close(got, expected, rtol, atol), f"{own} is {got}, torch says {expected}"
