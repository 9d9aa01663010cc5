"""Operands go to an engine's function in the order in which it names them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.engines.running.calling import Call, fits
from harness.engines.running.telling import parameters_of
from harness.vocabulary.signatures import OPERATIONS


def gamma_first(x: Any, gamma: Any, beta: Any, mean: Any, var: Any, training: bool = False) -> Any:
    return x, mean, var, gamma, beta


def as_torch(x: Any, running_mean: Any, running_var: Any, weight: Any, bias: Any) -> Any:
    return x, running_mean, running_var, weight, bias


def unnamed(p: Any, q: Any, r: Any, s: Any, t: Any) -> Any:
    return p, q, r, s, t


@pytest.mark.parametrize("function", [gamma_first, as_torch, unnamed])
def test_statistics_and_weights_are_told_apart_by_their_names(function: Callable[..., Any]) -> None:
    call = Call.of("batch_norm", function.__name__, function)
    assert call(["x", "mean", "var", "weight", "bias"], {}) == (
        "x",
        "mean",
        "var",
        "weight",
        "bias",
    )


def test_a_table_may_come_before_its_indices() -> None:
    call = Call.of("embedding", "embedding", lambda table, ids: (table, ids))
    assert call(["indices", "weight"], {}) == ("weight", "indices")


def test_a_dropout_that_draws_its_own_mask_is_another_operation() -> None:
    dropout = OPERATIONS["dropout"]
    assert not fits(dropout, parameters_of(lambda x, p=0.5: x), "dropout")
    assert fits(dropout, parameters_of(lambda x, mask, p=0.5: x), "dropout")


@pytest.mark.parametrize(
    ("function", "given"),
    [
        (lambda x, min=None, max=None: (x, min, max), ("x", "low", "high")),
        (lambda x, low, high: (x, low, high), ("x", "low", "high")),
        (lambda x, a_max=None, a_min=None: (x, a_min, a_max), ("x", "low", "high")),
    ],
)
def test_bounds_go_to_the_parameters_of_their_names(
    function: Callable[..., Any], given: tuple[str, ...]
) -> None:
    call = Call.of("clamp_between", "clamp", function)
    assert call(["x", "low", "high"], {}) == given
