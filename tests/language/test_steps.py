"""Steps fit their operands, and a program has a largest size."""

import time

import pytest
from language.flattening import ARRAYS, complaints, flatten, steps

from harness.language.steps import TooManySteps
from harness.vocabulary.shapes import MAX_ELEMENTS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x + v", "1: 'f': shapes (3, 4) and (3,) do not broadcast together (axis -1)"),
        ("exp(x @ y)", "5: 'x @ y': shapes (3, 4) and (3, 4) do not fit for @: inner sizes differ"),
        ("x @ 2", "1: 'f': @ needs operands of rank 1 or more, not shapes (3, 4) and ()"),
        ("t.T", "1: .T needs a matrix, not shape (2, 3, 4); use permute or transpose"),
        ("sum(x, axis=2)", "1: 'f': axis=2 is out of range for rank 2 (allowed: -2 to 1)"),
        ("sum(sum(x), axis=0)", "1: 'f': axis=0 names an axis, but a single number has none"),
        ("sum(x, axis=(0, -2))", "1: 'f': axis=(0, -2) names an axis twice"),
        ("sum(x, axis=())", "1: 'f': axis=() reduces nothing; leave it out to reduce over all"),
        ("max(x[:0])", "1: 'f': shape (0, 4) is empty along the reduced axis: it has no extremum"),
        ("softmax(v, axis=1)", "1: 'f': axis=1 is out of range for rank 1 (allowed: -1 to 0)"),
        ("reshape(x, shape=(5, -1))", "1: 'f': shape (3, 4) has 12 elements: it cannot be resha"),
        ("reshape(x, shape=(-1, -1))", "1: 'f': shape=(-1, -1) may hold sizes and at most one -1"),
        ("permute(x, axes=(0,))", "1: 'f': axes=(0,) must name each axis of shape (3, 4) once"),
        ("transpose(x, axis0=0, axis1=2)", "1: 'f': axis1=2 is out of range for rank 2"),
        ("broadcast_to(v, shape=(3, 2))", "1: 'f': shape (3,) cannot be broadcast to (3, 2)"),
        ("concat(x, v)", "1: 'f': shapes (3, 4), (3,) differ in more than axis 0"),
        ("concat(1, 2)", "1: 'f': concat needs operands of rank 1 or more; stack joins numbers"),
        ("stack(x, v)", "1: 'f': stack needs equal shapes, not (3, 4), (3,)"),
        ("mse_loss(x, v)", "1: 'f': the operands need equal shapes, not (3, 4) and (3,)"),
        ("cross_entropy(x, v)", "1: the labels of cross_entropy must be a constant of integers"),
        ("cross_entropy(x, 1)", "1: the labels of cross_entropy must be a constant of integers"),
        ("cross_entropy(x, rows)", "1: 'f': cross_entropy needs logits of shape (C,) or (N, C)"),
        ("cross_entropy(x[:, :2], labels)", "1: 'f': labels must lie in 0 to 1, the 2 classes"),
        ("mask * v", "1: 'mask' is true or false: it may only be a condition or an index"),
        ("where(mask == 0, v, v)", "7: booleans cannot be compared; use them as the condition"),
        ("x[3]", "1: 'f': index 3 is out of range for axis 0 of shape (3, 4)"),
        ("x[0, [0, 4]]", "1: 'f': index 4 is out of range for axis 1 of shape (3, 4)"),
        ("x[0, 0, 0]", "1: 'f': an index over 3 axes does not fit shape (3, 4)"),
        ("x[..., ...]", "1: 'f': an index has one ... at most"),
        ("x[::0]", "1: 'f': the step of a slice cannot be 0"),
        (
            "x[[True, False]]",
            "1: 'f': an index of booleans of shape (2,) does not fit shape (3, 4)",
        ),
        ("x[[0, [1]]]", "1: 'f': a list in an index must not be ragged"),
        ("x[flag]", "1: 'f': a single true or false is not an index"),
        ("t[0, :, [0, 1]]", "1: 'f': numpy and torch order the axes of this index differently"),
        ("t[:, [0, 1], ..., [0, 1]]", "1: 'f': numpy and torch order the axes of this index"),
        ("x[y]", "3: an index must be literal or a constant, not 'y'"),
        ("x[weights]", "3: constant 'weights' must be integers or booleans to be an index"),
        ("x[y > 0]", "3: an index must be literal: integers, slices, None, ..., lists, or const"),
        ("x[1.5]", "3: an index must be literal"),
        ("x[[]]", "3: an index must be literal"),
        ("x['a']", "3: an index must be literal"),
        ("x[:y]", "4: the bounds of a slice must be literal integers"),
        ("x[()]", "1: an index is missing: x[…]"),
        ("broadcast_to(v, shape=(9999999, 3))", "1: 'f': shape (9999999, 3) has more than 2,000"),
        ("broadcast_to(v[:0, None], shape=(0, 99999999))", "1: 'f': shape (0, 99999999) has more"),
        ("v[None, " + "None, " * 15 + "]", "1: 'f': shape (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,"),
    ],
    ids=lambda text: text[:24],
)
def test_operands_that_do_not_fit_are_refused_with_their_shapes(text: str, told: str) -> None:
    (only,) = complaints(text, ARRAYS)
    assert only.startswith(told)


def test_an_index_is_bounded_before_anything_is_made() -> None:
    start = time.process_time()
    shapes = {"x": (1, 1_000_000)}
    (told,) = complaints(f"x[{[0] * 300}]", shapes)
    assert f"has more than {MAX_ELEMENTS:,} elements" in told
    assert time.process_time() - start < 1


def test_a_comparison_is_bounded_like_any_step() -> None:
    (told,) = complaints("where(x > y, 1, 2)", {"x": (9000, 1), "y": (1, 9000)})
    assert f"has more than {MAX_ELEMENTS:,} elements" in told


def test_the_elements_of_all_steps_are_bounded_together() -> None:
    shapes = {"x": (MAX_ELEMENTS // 2,)}
    assert steps("-x", shapes)
    assert f"more than {MAX_ELEMENTS:,} elements together" in complaints("exp(sin(-x))", shapes)[0]


def test_a_program_has_a_largest_number_of_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.language.steps.MAX_STEPS", 3)
    assert len(steps("x + y + z + x")) == 3
    with pytest.raises(TooManySteps):
        flatten("x + y + z + x + y")
