"""The catalogue of messages: complete, and without what nobody says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import languages
from harness.showing.words import called, say

MESSAGES = languages.catalogue(languages.ENGLISH)["words"]
HARNESS = Path(__file__).resolve().parents[2] / "harness"
SAYING = ("say", "_say")
NODES = [
    node
    for path in HARNESS.rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
]


def ids(node: ast.expr) -> Iterator[str]:
    """The ids that an argument may be, as far as it tells."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*ids(node.body), *ids(node.orelse))


def test_what_is_said_with_fields_is_in_the_catalogue() -> None:
    calls = [node for node in NODES if isinstance(node, ast.Call) and node.keywords]
    said = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in SAYING]
    assert said and {name for call in said for name in ids(call.args[0])} <= MESSAGES.keys()


def test_no_message_is_left_that_nobody_says() -> None:
    texts = {node.value for node in NODES if isinstance(node, ast.Constant)}
    made = [pattern_of(node) for node in NODES if isinstance(node, ast.JoinedStr)]
    unsaid = MESSAGES.keys() - texts
    assert [id for id in unsaid if not any(re.fullmatch(one, id) for one in made if one)] == []


def pattern_of(node: ast.JoinedStr) -> str:
    """What an id is that is put together of a word and something else; else nothing."""
    parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    words = [str(part) for part in parts if part is not None]
    if len(words) != 1 or len(parts) != 2 or not re.fullmatch(r"-?[a-z]+-?", words[0]):
        return ""
    return "".join(r"\w+" if part is None else str(part) for part in parts)


def test_a_sentence_is_made_of_its_fields() -> None:
    assert say("yours", number="−2.000") == "✗ yours −2.000"
    with pytest.raises(KeyError):
        say("stops", direction="forward")


@pytest.mark.parametrize(
    ("name", "direction", "text"),
    [
        ("x", "forward", "x"),
        ("x", "backward", "dx"),
        ("z #3", "second", "ddz #3"),
        ("x + y", "forward", "(x + y)"),
        ("x + y", "backward", "d(x + y)"),
    ],
)
def test_a_gradient_is_called_after_its_step(name: str, direction: str, text: str) -> None:
    assert called(name, direction) == text
