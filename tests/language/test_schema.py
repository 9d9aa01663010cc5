"""The schema for editors says what the decoder says, and the authors' guide is true."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.language import building, case, document, leaves, outputs
from harness.language.case import CaseError, decode, load
from harness.language.nodes import Mapping, Node, Scalar
from harness.vocabulary.program import DTYPES
from tools.coverage import page

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "cases/case.schema.json").read_text(encoding="utf-8"))
GUIDE = (ROOT / "cases/README.md").read_text(encoding="utf-8")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CASES = sorted((ROOT / "cases").rglob("*.yaml"))


def plain(node: Node) -> Any:
    """A document's nodes as an editor's YAML reader would hand them to the schema."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.entries}
    return [plain(item) for item in node.items]


def fits_the_schema(text: str) -> bool:
    return VALIDATOR.is_valid(plain(document.parse(text).root))


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part of the schema that is an object of its own."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


# -- the schema ------------------------------------------------------------------------------------


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_case_fits_the_schema() -> None:
    assert CASES
    for path in CASES:
        found = plain(document.parse(path.read_text(encoding="utf-8")).root)
        errors = [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(found)]
        assert errors == [], path


def test_the_keys_of_the_schema_are_the_decoders_with_their_descriptions() -> None:
    assert list(SCHEMA["properties"]) == list(case.KEYS)
    for key, description in case.KEYS.items():
        assert SCHEMA["properties"][key]["description"].startswith(description)


def test_every_key_and_definition_is_described_and_no_other_key_is_allowed() -> None:
    for part in objects(SCHEMA):
        if part.get("type") == "object" and "properties" in part:
            assert part["additionalProperties"] is False
            for key, described in part["properties"].items():
                assert described.get("description"), key
    for name, definition in SCHEMA["$defs"].items():
        assert definition.get("description"), name


def test_the_limits_of_the_schema_are_the_decoders() -> None:
    repeat = SCHEMA["$defs"]["loop"]["properties"]["repeat"]["anyOf"][0]
    assert repeat["maximum"] == building.MAX_TURNS
    listed, mapped = SCHEMA["properties"]["outputs"]["anyOf"]
    assert listed["maxItems"] == mapped["maxProperties"] == outputs.MAX_OUTPUTS
    assert SCHEMA["$defs"]["generator"]["properties"]["shape"]["maxItems"] == leaves.MAX_RANK
    assert SCHEMA["properties"]["dtype"]["enum"] == list(DTYPES)
    tags = SCHEMA["properties"]["tags"]
    assert tags["maxItems"] == case.MAX_TAGS
    assert set(tags["items"]["not"]["enum"]) == case.MARKERS


HEAD = "about: a\ninputs: {x: 3, y: -4}\n"
BODY = HEAD + "expr: x * y\n"


@pytest.mark.parametrize(
    "text",
    [
        "- a",
        "{}",
        "inputs: {x: 1}\nexpr: -x",
        "about:\ninputs: {x: 1}\nexpr: -x",
        "about: [a]\ninputs: {x: 1}\nexpr: -x",
        "about: a\nexpr: 2 * 3",
        "about: a\ninputs: {}\nexpr: 2 * 3",
        "about: a\ninputs: [1]\nexpr: 2 * 3",
        "about: a\ninputs: {_x: 1, x: 2}\nexpr: -x",
        "about: a\ninputs: {x: true}\nexpr: -x",
        "about: a\ninputs: {x: three}\nexpr: -x",
        "about: a\ninputs: {x: }\nexpr: -x",
        "about: a\ninputs: {x: [1, [a]]}\nexpr: -x",
        "about: a\ninputs: {x: {uniform: [0, 1], shape: [3]}}\nexpr: -x",
        "about: a\ninputs: {x: {uniform: [0], shape: [3], seed: 1}}\nexpr: -x",
        "about: a\ninputs: {x: {uniform: [0, 1], shape: 3, seed: 1}}\nexpr: -x",
        "about: a\ninputs: {x: {uniform: [0, 1], shape: [-3], seed: 1}}\nexpr: -x",
        "about: a\ninputs: {x: {uniform: [0, 1], shape: [3], seed: 1.5}}\nexpr: -x",
        "about: a\ninputs: {x: {normal: [0, 1], shape: [3], seed: 1}}\nexpr: -x",
        HEAD,
        BODY + "steps: {f: -x}",
        HEAD + "steps: {}",
        HEAD + "steps: [x]",
        HEAD + "steps: {2f: -x}",
        HEAD + "steps:\n  a, : unbind(x)",
        HEAD + "expr: [x]",
        HEAD + "expr: ''",
        HEAD + "expr:",
        HEAD + "steps: {f: {start: x, repeat: 3}}",
        HEAD + "steps: {f: {start: x, repeat: 0, next: -f}}",
        HEAD + "steps: {f: {start: x, repeat: 20001, next: -f}}",
        HEAD + "steps: {f: {start: x, repeat: 1.5, next: -f}}",
        HEAD + "steps: {f: {start: x, repeat: 2, next: -f, then: x}}",
        HEAD + "steps: {f: {start: x, repeat: 2, next: -f, index: 2t}}",
        HEAD + "steps: {f: -x}\noutputs: f",
        HEAD + "steps: {f: -x}\noutputs: []",
        HEAD + "steps: {f: -x}\noutputs: {f: one}",
        BODY + "outputs: [f]",
        BODY + "tag: [a]",
        BODY + "constants: {c: red}",
        BODY + "constants: {c: [1, true]}",
        BODY + "expect: [1]",
        BODY + "expect: {f: many}",
        BODY + "expect: {f: {uniform: [0, 1], shape: [], seed: 1}}",
        BODY + "seed: one",
        BODY + "seed: true",
        BODY + "dtype: float16",
        BODY + "tolerance: 1e-3",
        BODY + "tolerance: {rtol: 1e-3}",
        BODY + "tolerance: {why: a}",
        BODY + "tolerance: {rtol: 1, why: a}",
        BODY + "tolerance: {atol: -1, why: a}",
        BODY + "tolerance: {rtol: 1e-3, why: a, because: b}",
        BODY + "tags: a",
        BODY + "tags: [Kink]",
        BODY + "tags: [skip]",
        BODY + "tags: [a, a]",
        BODY + "points: -1",
        BODY + "points: 1001",
        BODY + "points: many",
        BODY + "hint: [a]",
        BODY + "hint: ' '",
        BODY + "hint: {}",
        BODY + "hint: {en: a, 中文: b}",
        BODY + "hint: {en: [a]}",
        "about: {english: a}\ninputs: {x: 1}\nexpr: -x",
    ],
)
def test_what_the_schema_refuses_the_decoder_refuses_too(text: str) -> None:
    assert not fits_the_schema(text)
    with pytest.raises(CaseError):
        decode(text, Path("case.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        "about: 3\ninputs: {on: 1e-3, b: [[inf, -.inf], [.nan, 1_000]]}\nexpr: on * b",
        BODY + "constants: {m: [[true], [false]], b: true, i: [0, 2], w: 0.5, n: []}",
        "about: {en: a, zh: 甲, pt_BR: b}\ninputs: {x: 1}\nexpr: -x\nhint: {zh: 乙}",
        BODY + "hint: 12\npoints: 0\nseed: 2\ntags: []\nexpect: {}",
        "about: a\ninputs: {x: 1}\nexpr: {start: x, repeat: 2, next: -f}",
        "about: a\ninputs: {x: [1, 2]}\nsteps:\n  a, b: unbind(x)\n  f: a * b\n",
        "about: a\ninputs: {和: 1, σ_2: 2}\nsteps: {é: 和 * σ_2, z: -é}\noutputs: {é: 2, z: }",
        HEAD + "steps: {f: {start: x, repeat: 1_0, index: t, next: f * t}}\norder: 2\n"
        "expect: {ddx: 0}",
        "about: a\ninputs: {x: {uniform: [0, 1], shape: [], seed: 0}}\nexpr: -x",
    ],
)
def test_what_is_unusual_but_right_is_so_for_both(text: str) -> None:
    assert fits_the_schema(text)
    decode(text, Path("case.yaml"))


def test_digits_in_groups_are_no_error_to_an_editor_to_which_they_are_text() -> None:
    drawn = {"uniform": ["-1_000", 1], "shape": ["1_0"], "seed": "1_000"}
    loop = {"start": "x", "repeat": "1_000", "next": "f * x"}
    case = {"about": "a", "inputs": {"x": ["1_000.5", 1], "d": drawn}, "steps": {"f": loop}}
    assert VALIDATOR.is_valid(case | {"points": "1_0", "expect": {"f": "1_000"}})
    assert not VALIDATOR.is_valid(case | {"points": "1_"})
    assert not VALIDATOR.is_valid(case | {"expect": {"f": "_1"}})


def test_expr_and_steps_together_are_one_message_in_an_editor() -> None:
    errors = list(VALIDATOR.iter_errors({"about": "a", "inputs": {"x": 1}} | {"expr": "-x"}))
    assert errors == []
    both = {"about": "a", "inputs": {"x": 1}, "expr": "-x", "steps": {"f": "-x"}}
    (error,) = VALIDATOR.iter_errors(both)
    assert "-x" in error.message
    assert list(error.schema_path) == ["then", "properties"]


# -- the guide for authors -------------------------------------------------------------------------


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


def test_every_whole_case_in_the_guide_is_valid() -> None:
    whole = [text for text in blocks("yaml") if re.search(r"^about:", text, re.MULTILINE)]
    assert len(whole) >= 5
    for text in whole:
        decode(text, Path("case.yaml"))
        assert fits_the_schema(text), text


def test_every_fragment_in_the_guide_makes_a_case_with_the_rest() -> None:
    base = {
        "about": "about: a\n",
        "inputs": "inputs: {x: [[1, 2], [3, 4]], y: [[1, 0], [2, 1]]}\n",
        "expr": "expr: x * y\n",
    }
    fragments = [text for text in blocks("yaml") if not re.search(r"^about:", text, re.MULTILINE)]
    assert fragments
    for text in fragments:
        keys = set(re.findall(r"^(\w+):", text, re.MULTILINE))
        if "steps" in keys:
            keys.add("expr")
        decode("".join(line for key, line in base.items() if key not in keys) + text, Path("a"))


def test_the_page_of_the_vocabulary_is_up_to_date() -> None:
    """Where it is not: python tools/coverage.py."""
    cases = [load(path, root=ROOT / "cases") for path in CASES]
    assert (ROOT / "cases/VOCABULARY.md").read_text(encoding="utf-8") == page(cases)


def test_every_key_is_explained_in_the_guide() -> None:
    for key in [*case.KEYS, "uniform", "shape", "start", "repeat", "next", "rtol", "atol", "why"]:
        assert f"`{key}`" in GUIDE, key


def test_the_errors_that_the_guide_shows_are_what_is_told() -> None:
    (wrong,) = blocks("yaml wrong")
    (told,) = [text for text in blocks("text") if "did you mean" in text]
    with pytest.raises(CaseError) as caught:
        decode(wrong, Path("x"), "cases/scalars/broken.yaml")
    assert str(caught.value) == told.strip()


def test_the_editor_line_of_the_guide_points_at_the_schema() -> None:
    (line,) = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", GUIDE, re.MULTILINE)
    assert (ROOT / "cases/topic" / line).resolve() == ROOT / "cases/case.schema.json"
