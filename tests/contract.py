"""The schema of a result, for all tests that have one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema

PATH = Path(__file__).resolve().parent.parent / "harness/judging/result.schema.json"
SCHEMA: Mapping[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def misfits(result: Mapping[str, Any]) -> list[str]:
    """What of a result is not as the schema has it, each with its place; as it is once written."""
    written = json.loads(json.dumps(result, allow_nan=False))
    return [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(written)]
