"""A result as it was stored, by this version or an older one, in the form that results have now.

What an older one did not tell stays untold: ``level`` and ``reason`` are null, ``passes``,
``remarks`` and ``suspicions`` are empty. What was failed then was a mistake.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

from harness.judging.codes import CODES, MISTAKE
from harness.judging.result import VERSION
from harness.language.levels import LEVELS
from harness.language.suite import current
from harness.vocabulary.program import DIRECTIONS

FINDINGS: Final = ("findings", "student")
"""Where a result has findings."""

UNREADABLE: Final = (
    *(zlib.error, ValueError, TypeError, AttributeError, LookupError),
    *(RecursionError, MemoryError, OverflowError),
)
"""What comes of reading what is no result."""


class TornError(Exception):
    """What is stored is no result; the message says why."""


class NewerError(Exception):
    """The result has a form that only a newer version of the harness knows."""


def unpacked(content: Any, id: str) -> dict[str, Any]:
    """The result of submission ``id`` that is stored as ``content``, in the form of today. Raises
    :class:`NewerError`, and :class:`TornError` for what :func:`packed` has not made."""
    try:
        result = as_now(json.loads(zlib.decompress(content)))
        if result["engine"] != id:
            raise TornError(f"it is that of {result['engine']}")
    except UNREADABLE as error:
        raise TornError(f"{type(error).__name__}: {error}") from None
    return result


def packed(result: Mapping[str, Any]) -> bytes:
    """A result as it is stored."""
    return zlib.compress(json.dumps(result, separators=(",", ":")).encode(), 6)


def as_now(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result in the form of today, with the ids that cases have today. Raises
    :class:`NewerError`."""
    version = result.get("version", 0)
    if version > VERSION:
        raise NewerError
    now = {"suspicions": [], **(result if version else _from_before(result)), "version": VERSION}
    renamed = {key: [_renamed(item) for item in now[key]] for key in (*FINDINGS, "remarks")}
    cases = [_case(case) for case in now["cases"]]
    return {**now, **renamed, "cases": cases}


def _case(case: Mapping[str, Any]) -> dict[str, Any]:
    """A case with its id of today, and no level that is no more. Before failures had weights, what
    was wrong was a mistake."""
    weight = MISTAKE if case["status"] == "failed" else None
    level = case["level"] if case["level"] in LEVELS else None
    return {"weight": weight, "remarks": [], **case, "id": current(case["id"]), "level": level}


def _renamed(item: Mapping[str, Any]) -> dict[str, Any]:
    """A finding or a remark with the ids of today."""
    told = {key: current(item[key]) for key in ("evidence", "read") if key in item}
    return {**item, **told, "cases": [current(id) for id in item["cases"]]}


def _from_before(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result from before results had a version."""
    weighed = {key: [_weighed(finding) for finding in result.get(key, ())] for key in FINDINGS}
    cases = [_case_from_before(case) for case in result.get("cases", ())]
    untold = {"problem": None, "marking": None}
    return {**untold, **result, **weighed, "remarks": [], "cases": cases}


def _weighed(finding: Mapping[str, Any]) -> dict[str, Any]:
    known = CODES.get(finding["code"])
    return {**finding, "weight": MISTAKE if known is None else known.weight}


def _case_from_before(case: Mapping[str, Any]) -> dict[str, Any]:
    steps = [{**dict.fromkeys(DIRECTIONS), **step} for step in case["steps"]]
    return {"level": None, "reason": None, "passes": {}, **case, "steps": steps}
