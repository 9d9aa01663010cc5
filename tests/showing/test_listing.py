"""Staged code runs as it stands, and comes to what torch says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.judging.comparing import close, tolerances
from harness.judging.oracle import computed
from harness.language.case import Case, load
from harness.showing.staging import stage

ROOT = Path(__file__).resolve().parents[2]
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
    right = computed(one)
    for direction, numbers in (("forward", right.values), ("backward", right.gradients)):
        rtol, atol = tolerances(one, right, direction)
        for name, expected in numbers.items():
            own = listing.names[name] if direction == "forward" else listing.gradient(name)
            if own not in scope and name == one.program.output:
                continue  # an upstream gradient of 1 is not written
            got = np.asarray(scope[own])
            assert close(got, expected, rtol, atol), f"{own} is {got}, torch says {expected}"


def test_the_lectures_example_reads_as_the_lecture_wrote_it() -> None:
    text = stage(case(ROOT / "cases/lecture/staged.yaml").program).text()
    for line in (
        "x = 3 # example values",
        "sigy = 1.0 / (1 + math.exp(-y))                 #(1)",
        "f = num * invden # done!                        #(8)",
        "# backprop invden = 1.0 / den",
        "dnum = invden                                   #(8)",
        "dden = (-1.0 / den**2) * dinvden                #(7)",
        "dxpy = (2 * xpy) * dxpysqr                      #(5)",
        "dx += ((1 - sigx) * sigx) * dsigx # Notice +=   #(3)",
        "dx += (1) * dnum                  # Notice +=   #(2)",
    ):
        assert line in text.splitlines(), line
    assert "import math" in text and "numpy" not in text


def test_the_sum_over_broadcast_axes_is_spelt_out(tmp_path: Path) -> None:
    one = case_of(
        "about: a row and a column\n"
        "inputs: {X: [[1, 2, 3], [4, 5, 6]], b: [1, 2, 3], c: [[1], [2]]}\n"
        "expr: X * b + c\n",
        tmp_path,
    )
    text = stage(one.program).text()
    assert "db = (X * dt1).sum(axis=0)" in text
    assert "dc = ((1) * df).sum(axis=1, keepdims=True)" in text


def test_a_first_write_is_copied_where_a_later_one_would_reach_into_another_array(
    tmp_path: Path,
) -> None:
    one = case_of(
        "about: a reshaped gradient is the same memory\ninputs: {x: [1.0, 2.0]}\n"
        "steps: {a: 'reshape(x, shape=(2, 1))', b: 'x * x', f: 'sum(a) + sum(b)'}\n",
        tmp_path,
    )
    listing = stage(one.program)
    scope: dict[str, Any] = {}
    exec(listing.text(), scope)
    assert scope["dx"].tolist() == [3.0, 5.0] and scope["da"].tolist() == [[1.0], [1.0]]


def test_a_gradient_has_the_dtype_of_the_case_from_its_first_line_on(tmp_path: Path) -> None:
    """``1`` alone would be an integer, to which no other number can be added in place."""
    one = case_of(
        "about: the sum, whose gradient is 1, comes first backward\ndtype: float32\n"
        "inputs: {x: [1.5, 2.5], y: [2, 3]}\nexpr: sum(x * y) + sum(y)\n",
        tmp_path,
    )
    listing = stage(one.program)
    scope: dict[str, Any] = {}
    exec(listing.text(), scope)
    assert scope["dy"].tolist() == [2.5, 3.5]
    assert {scope[listing.gradient(name)].dtype for name in listing.names} == {np.dtype("float32")}


def test_a_mask_stops_an_infinite_gradient_as_it_does_in_torch(tmp_path: Path) -> None:
    one = case_of(
        "about: the root's derivative is infinite at 0, and 0 * inf is no number\n"
        "inputs: {x: [-1.0, 4.0], y: [0.0, 1.0]}\n"
        "steps:\n  a: sqrt(relu(x))\n  b: sqrt(clamp(x, min=0))\n  c: sqrt(where(x > 0, x, y))\n"
        "  d: sqrt(maximum(y, x))\n  e: sqrt(minimum(y, 9 - x))\n"
        "  f: sum(a + b + c + d + e)\n",
        tmp_path,
    )
    listing, right = stage(one.program), computed(one)
    assert right.gradients["x"][0] == 0.0
    scope: dict[str, Any] = {}
    exec(listing.text(), scope)
    for name, gradient in right.gradients.items():
        assert close(scope[listing.gradient(name)], gradient, 1e-9, 1e-12), name


def test_names_that_a_helper_function_needs_are_left_to_it(tmp_path: Path) -> None:
    names = ("range", "len", "tuple", "list", "int", "slice", "zip", "sorted", "numpy", "print")
    inputs = ", ".join(f"{name}: [{i}, 2]" for i, name in enumerate(names, 1))
    one = case_of(
        f"about: awkward names\ninputs: {{{inputs}}}\n"
        f"expr: sum(cumprod({' + '.join(names)}, axis=0)[[0, 0]])\n",
        tmp_path,
    )
    scope: dict[str, Any] = {}
    exec(stage(one.program).text(), scope)
    right = computed(one)
    assert all(
        close(scope[f"d{stage(one.program).names[n]}"], right.gradients[n], 1e-9, 0) for n in names
    )


def test_names_that_python_or_the_listing_has_taken_get_others(tmp_path: Path) -> None:
    one = case_of(
        "about: awkward names\ninputs: {el: 2, np: 3, x: 5, dx: 7}\n"
        "steps: {exp: 'el * np', math: 'exp * x', t3: 'math * dx', f: 'exp(t3 / 100) * x'}\n",
        tmp_path,
    )
    listing = stage(one.program)
    scope: dict[str, Any] = {}
    exec(listing.text(), scope)
    right = computed(one)
    for name, gradient in right.gradients.items():
        if name != "f":
            assert close(np.asarray(scope[listing.gradient(name)]), gradient, 1e-9, 1e-12), name
    assert len(set(listing.names.values()) | {f"d{n}" for n in listing.names.values()}) == 20


def test_values_are_told_behind_each_line() -> None:
    text = stage(case(ROOT / "cases/lecture/product_of_sum.yaml").program).text(values=True)
    assert "q = x + y           #(1)  = 3" in text
    line = stage(case(ROOT / "cases/lecture/staged.yaml").program).text(values=True)
    assert "#(2)  + 0.5121444488 = 2.059569796" in line
