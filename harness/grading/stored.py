"""A result as it was stored, by this version or an older one, in the form that results have now.

What an older one did not tell stays untold: ``level`` and ``reason`` are null, ``passes`` and
``suspicions`` are empty.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

from harness.judging.codes import CODES, MISTAKE
from harness.judging.result import VERSION
from harness.language.suite import current
from harness.vocabulary.program import PASSES

FINDINGS: Final = ("findings", "student")
"""Where a result has findings."""


Form = type | tuple[type, ...] | list[Any] | dict[str, Any]
"""A type or several, a list with the form of its items, or a dict with those of its keys."""
NUMBER, TEXT_OR_NONE = (int, float), (str, type(None))
FINDING: Final[Form] = {
    **dict.fromkeys(("code", "op", "direction", "message", "hint", "evidence"), str),
    "cases": [str],
}
CASE: Final[Form] = {
    **{"id": str, "status": str, "score": NUMBER, "max_score": NUMBER, "hidden": bool},
    **{"reason": TEXT_OR_NONE, "passes": dict},
    "steps": [{"name": str, **dict.fromkeys(PASSES, TEXT_OR_NONE)}],
}
RESULT: Final[Form] = {
    **{"engine": str, "status": str, "score": NUMBER, "max_score": NUMBER},
    **{"problem": TEXT_OR_NONE, "marking": TEXT_OR_NONE, "remarks": [{"cases": [str]}]},
    **{"findings": [FINDING], "student": [FINDING], "cases": [CASE]},
}
"""What exports rely on; the schema says more."""


UNREADABLE: Final = (
    *(zlib.error, ValueError, TypeError, AttributeError, LookupError),
    *(RecursionError, MemoryError, OverflowError),
)
"""What comes of reading what is no result."""


class TornError(Exception):
    """What is stored is no result; the message says why."""


class NewerError(Exception):
    """The result has a form that only a newer version of the harness knows."""


def unpacked(content: Any) -> dict[str, Any]:
    """The result that is stored as ``content``, in the form of today. Raises :class:`NewerError`,
    and :class:`TornError` for anything that :func:`packed` has not made."""
    try:
        found = as_now(json.loads(zlib.decompress(content)))
    except UNREADABLE as error:
        raise TornError(f"{type(error).__name__}: {error}") from None
    if wrong := misfit(found, RESULT, "the result"):
        raise TornError(wrong)
    return found


def packed(result: Mapping[str, Any]) -> bytes:
    """A result as it is stored."""
    return zlib.compress(json.dumps(result, separators=(",", ":")).encode(), 6)


def misfit(value: Any, form: Form, what: str) -> str | None:
    """What of a value has not the form that it should have; None where all has."""
    if isinstance(form, dict):
        if not isinstance(value, dict):
            return f"{what} is no object"
        absent = next((key for key in form if key not in value), None)
        if absent is not None:
            return f"{what} has no {absent}"
        parts = ((value[key], inner, key) for key, inner in form.items())
    elif isinstance(form, list):
        if not isinstance(value, list):
            return f"{what} is no list"
        parts = ((item, form[0], f"an item of {what}") for item in value)
    else:
        return None if isinstance(value, form) else f"{what} is a {type(value).__name__}"
    return next((wrong for part in parts if (wrong := misfit(*part))), None)


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
    untold = {"problem": None, "marking": None}
    return {**untold, **result, "version": VERSION, **weighed, "remarks": [], "cases": cases}


def _weighed(finding: Mapping[str, Any]) -> dict[str, Any]:
    known = CODES.get(finding["code"])
    return {**finding, "weight": MISTAKE if known is None else known.weight}


def _case_from_before(case: Mapping[str, Any]) -> dict[str, Any]:
    steps = [{**dict.fromkeys(PASSES), **step} for step in case["steps"]]
    return {"level": None, "reason": None, "passes": {}, **case, "steps": steps}
