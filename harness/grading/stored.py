"""A result as it was stored, by this version or an older one, in the form that results have now.

What an older one did not tell stays untold: ``level`` and ``reason`` are null, ``passes`` and
``suspicions`` are empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.judging.codes import CODES, MISTAKE
from harness.judging.result import VERSION
from harness.language.program import PASSES
from harness.language.suite import current

FINDINGS: Final = ("findings", "student")
"""Where a result has findings."""


class NewerError(Exception):
    """The result has a form that only a newer version of the harness knows."""


def as_now(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result in the form of today, with the ids that cases have today. Raises
    :class:`NewerError`."""
    version = result.get("version", 0)
    if version > VERSION:
        raise NewerError
    found = dict(result) if version else _from_before(result)
    found.setdefault("suspicions", [])
    for key in (*FINDINGS, "remarks"):
        found[key] = [_renamed(item) for item in found[key]]
    found["cases"] = [{**case, "id": current(case["id"])} for case in found["cases"]]
    return found


def _renamed(item: Mapping[str, Any]) -> dict[str, Any]:
    """A finding or a remark with the ids of today."""
    told = {key: current(item[key]) for key in ("evidence", "read") if key in item}
    return {**item, **told, "cases": [current(id) for id in item["cases"]]}


def _from_before(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result from before results had a version."""
    weighed = {key: [_weighed(finding) for finding in result.get(key, ())] for key in FINDINGS}
    cases = [_case_from_before(case) for case in result.get("cases", ())]
    return {**result, "version": VERSION, **weighed, "remarks": [], "cases": cases}


def _weighed(finding: Mapping[str, Any]) -> dict[str, Any]:
    known = CODES.get(finding["code"])
    return {**finding, "weight": MISTAKE if known is None else known.weight}


def _case_from_before(case: Mapping[str, Any]) -> dict[str, Any]:
    steps = [{**dict.fromkeys(PASSES), **step} for step in case["steps"]]
    return {"level": None, "reason": None, "passes": {}, **case, "steps": steps}
