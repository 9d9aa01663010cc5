"""The schema for editors says what the decoder says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from truths import ROOT

from harness.assignment import keys, reading, templates
from harness.language import document
from harness.language.case import CaseError
from harness.language.nodes import Mapping, Node, Scalar
from harness.vocabulary.signatures import OPERATIONS

SCHEMA = json.loads((ROOT / "cases/assignment.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TEXT = "title: A\nquestions:\n- {title: B, points: 2, OTHERS}\nMORE\n"


def plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    return [plain(item) for item in node.items]


def fits(text: str) -> bool:
    return VALIDATOR.is_valid(plain(document.parse(text).root))


def is_read(text: str, folder: Path) -> bool:
    (folder / "assignment.yaml").write_text(text)
    try:
        reading.load(folder / "assignment.yaml")
    except CaseError:
        return False
    return True


def test_the_keys_of_the_schema_are_the_decoders_with_their_descriptions() -> None:
    own = SCHEMA["properties"]
    for part, known in (
        (own, keys.KEYS),
        (own["engine"]["properties"], keys.ENGINE_KEYS),
        (own["conventions"]["properties"], keys.CONVENTION_KEYS),
        (own["limits"]["properties"], keys.LIMIT_KEYS),
        (own["vary"]["properties"], keys.VARY_KEYS),
        (SCHEMA["$defs"]["question"]["properties"], keys.QUESTION_KEYS),
    ):
        assert {key: described["description"] for key, described in part.items()} == dict(known)


def test_the_schema_knows_every_operation() -> None:
    assert set(OPERATIONS) < set(SCHEMA["$defs"]["operation"]["enum"])


@pytest.mark.parametrize("kind", templates.KINDS)
def test_the_templates_fit(kind: str) -> None:
    assert fits(templates.text(kind))


@pytest.mark.parametrize(
    "others, more",
    [
        ("passes: backward", ""),
        ("passes: upward", ""),
        ("levels: [1, reuse]", "due: 2026-10-01"),
        ("operations: ['+', sigmoid]", "counts: best"),
        ("operations: sigmod", ""),
        ("exercise: a", ""),
        ("exercise: a, file: b.py", "rounding: 0"),
        ("hidden: 1", ""),
        ("worth: {a: 1}", "hidden: 3"),
        ("share: points", ""),
        ("", "conventions: {arrays: 1}"),
        ("", "conventions: {ranks: 2, kinks: [relu], recursion: 900}"),
        ("", "limits: {memory: 1}"),
        ("", "due: tomorrow"),
        ("", "vary: {inputs: each, keep: lecture, drawn: 3}"),
        ("points: 3", ""),
    ],
)
def test_schema_and_decoder_agree(tmp_path: Path, others: str, more: str) -> None:
    text = TEXT.replace(", OTHERS", f", {others}" if others else "").replace("MORE", more)
    if "points: 3" in text:
        text = text.replace("points: 2, points: 3", "points: -3")
    assert fits(text) == is_read(text, tmp_path)
