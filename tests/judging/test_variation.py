"""Cases with other inputs: they ask the same, and a right engine has them right."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import needs
import numpy as np
import pytest
from sweeps import sweep
from truths import PATHS, ROOT, case_at
from zoo.keeper import STYLES

from harness.engines.loading import PEERS, load
from harness.judging.oracle import computed, provisional
from harness.judging.precision import examined
from harness.judging.variation import varied
from harness.language.case import Case, decode
from harness.vocabulary.program import Value

SEEDS = [str(number) for number in range(20)]
ZOO = ROOT / "tests/zoo"
RIGHT = [
    *(f"peer:{name}" for name in PEERS),
    *(str(path.relative_to(ROOT)) for path in sorted((ZOO / "correct").glob("*.py"))),
    *(f"tests/zoo/{style}.py" for style in STYLES),
]
SHARES = 12
"""The cases are tried in so many parts, each with a seed of its own."""


def drawn(text: str, seed: str = "") -> Case | None:
    """The case with that text after its ``about``, with inputs that the seed gives."""
    case = decode(f"about: a\n{text}\n", Path("a.yaml"))
    found = varied(case, computed(case), seed, computed)
    return None if found is None else found[0]


def inputs_of(text: str, seed: str = "") -> dict[str, Value]:
    case = drawn(text, seed)
    assert case is not None
    return dict(case.program.inputs)


@sweep("part", range(SHARES), always=2, sample=1)
def test_a_right_engine_has_every_case_right_on_other_numbers(part: int) -> None:
    engine = load("minigrad")
    moved = 0
    cases = [case_at(path) for path in PATHS[part::SHARES]]
    for case in cases:
        found = varied(case, computed(case), str(part), computed)
        if found is not None:
            moved += 1
            assert examined(engine, *found).passed, case.id
            one, other = case.program.inputs, found[0].program.inputs
            assert any(not np.array_equal(one[n], other[n], equal_nan=True) for n in one)
    assert moved > 0.9 * len(cases)


@sweep("spec", RIGHT, always=0, sample=1)
def test_no_right_engine_loses_a_case(spec: str, tmp_path: Path) -> None:
    peer = spec.removeprefix("peer:")
    if peer != spec:
        needs.peer(peer)
    else:  # in a folder of its own, lest what lies beside it be imported anew
        spec = str(shutil.copy(ROOT / spec, tmp_path))
    engine = load(spec)
    for path in PATHS:
        case = case_at(path)
        truth = computed(case)
        found = varied(case, truth, spec, computed)
        if found is not None and not examined(engine, *found).passed:
            assert not examined(engine, case, truth).passed, case.id


@pytest.mark.parametrize("seed", SEEDS)
def test_each_number_stays_on_its_side_of_every_kink(seed: str) -> None:
    found = inputs_of("inputs: {x: 3, y: 2.9}\nexpr: relu(x - y)", seed)
    assert found["x"] > found["y"]
    found = inputs_of("inputs: {x: 1, y: 2}\nexpr: where(x > y, x * 2, y * 3)", seed)
    assert found["x"] <= found["y"]
    array = np.asarray(inputs_of("inputs: {x: [1, 2, 2, -3]}\nexpr: max(x)", seed)["x"])
    assert array.argmax() == 1 and array[1] == array[2] and array[3] < 0
    assert float(inputs_of("inputs: {x: 0.9}\nexpr: clamp(x, min=0, max=1)", seed)["x"]) < 1


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_no_common_number_stays_what_it_is(seed: str) -> None:
    found = inputs_of("inputs: {x: [0, .inf, .nan, -0.5], y: 700}\nexpr: sum(x) * exp(y)", seed)
    array = np.asarray(found["x"])
    assert array[0] == 0 and array[1] == np.inf and np.isnan(array[2]) and array[3] < 0
    assert np.isfinite(np.exp(found["y"]))
    found = inputs_of("inputs: {x: 2, y: -2}\nexpr: x + y", seed)
    assert found["x"] == -found["y"] != 2
    assert found["x"] == float(f"{found['x']:.4g}")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_case_gets_worse_conditioned(seed: str) -> None:
    found = drawn("inputs: {x: 1.5, y: 1}\nexpr: 1 / (x - y)", seed)
    assert found is None or abs(float(found.program.inputs["x"]) - 1) > 1e-3


def test_a_kink_that_is_hit_by_a_written_number_is_left_alone() -> None:
    assert drawn("inputs: {x: 1}\nexpr: clamp(x, min=0, max=1)") is None
    assert drawn("inputs: {x: 1, y: 3}\nexpr: relu(x - 1) * y", "s") is not None


def test_the_seed_alone_says_what_is_drawn() -> None:
    text = "inputs: {x: {uniform: [1, 2], shape: [3, 4], seed: 5}, y: 2}\nexpr: sum(x * y)"
    one, again, other = (inputs_of(text, seed) for seed in ("1", "1", "2"))
    assert np.array_equal(one["x"], again["x"]) and one["y"] == again["y"]
    assert not np.isclose(one["x"], other["x"]).any() and one["y"] != other["y"]


def test_a_number_worked_by_hand_is_not_expected_of_others() -> None:
    case = drawn("inputs: {x: 3}\nexpr: x * x\nexpect: {f: 9}")
    assert case is not None and case.expect == ()


@pytest.mark.parametrize("compute", [provisional, computed])
def test_the_second_order_is_asked_anew_without_torch_too(compute: Any) -> None:
    case = decode("about: a\ninputs: {x: 3}\nexpr: x ** 3\norder: 2\n", Path("a.yaml"))
    assert varied(case, computed(case), "", compute) is not None
