"""Torch against itself: operations written another way, as accurate, equal but for rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from harness.engines import reference
from harness.engines.engine import Engine
from harness.engines.trace import Trace, Undefined
from harness.vocabulary.program import Program


def _log_sum(x: Any, axis: Any, keepdims: bool) -> Any:
    axes = tuple(range(x.ndim)) if axis is None else axis
    if x.ndim == 0:
        return x * 1.0
    shift = x.detach().amax(axes, keepdim=True)
    total = (x - shift).exp().sum(axes, keepdim=True).log() + shift
    return total if keepdims else total.squeeze(axes) if axis is not None else total.reshape(())


def _softmax(x: Any, axis: int) -> Any:
    powers = (x - x.detach().amax(axis, keepdim=True)).exp()
    return powers / powers.sum(axis, keepdim=True)


def _mean(x: Any, axis: Any, keepdims: bool) -> Any:
    total = torch.sum(x.flip(tuple(range(x.ndim))), axis, keepdims)
    back = total.flip(tuple(range(total.ndim)))
    return back * (total.numel() / x.numel()) if total.numel() else back


def _sum(x: Any, axis: Any, keepdims: bool) -> Any:
    total = torch.sum(x.flip(tuple(range(x.ndim))), axis, keepdims)
    return total.flip(tuple(range(total.ndim)))


def _matmul(x: Any, y: Any) -> Any:
    return torch.matmul(x.flip(-1), y.flip(0 if y.ndim == 1 else -2))


def _reduced(terms: Any, reduction: str) -> Any:
    if reduction == "none":
        return terms
    return terms.sum() / (terms.numel() if reduction == "mean" else 1)


RESPELT: dict[str, Callable[..., Any]] = {
    "operator.add": lambda x, y: y + x,
    "operator.sub": lambda x, y: -(y - x),
    "operator.mul": lambda x, y: y * x,
    "operator.truediv": lambda x, y: x * (1.0 / y),
    "operator.matmul": _matmul,
    "torch.square": lambda x: x * x,
    "torch.reciprocal": lambda x: 1.0 / x,
    "torch.exp": lambda x: (x / 2).exp() * (x / 2).exp(),
    "torch.tan": lambda x: x.sin() / x.cos(),
    "torch.nn.functional.silu": lambda x: x * x.sigmoid(),
    "torch.sum": _sum,
    "torch.mean": _mean,
    "torch.logsumexp": _log_sum,
    "torch.softmax": _softmax,
    "torch.log_softmax": lambda x, axis: x - _log_sum(x, axis, True),
    "torch.outer": lambda x, y: x[:, None] * y[None, :],
    "torch.cumsum": lambda x, axis: x.flip(axis).cumsum(axis).flip(axis) * 0 + x.cumsum(axis),
    "torch.nn.functional.mse_loss": lambda x, y, reduction: _reduced((y - x) * (y - x), reduction),
}


class RespeltTorch(Engine):
    """An engine that differs from the reference in nothing but the order of its roundings."""

    def run(self, program: Program) -> Trace:
        original = dict(reference._FUNCTIONS)
        reference._FUNCTIONS.update(RESPELT)
        try:
            return reference.evaluate(replace(program, backward_calls=1))
        except Undefined as error:
            return Trace({}, unsupported=str(error))
        finally:
            reference._FUNCTIONS.clear()
            reference._FUNCTIONS.update(original)

    def describe(self) -> list[str]:
        return []
