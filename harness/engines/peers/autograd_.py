"""autograd, which differentiates functions of numpy: https://github.com/HIPS/autograd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any

import autograd
import autograd.numpy as anp
from autograd.scipy import special

from harness.engines.adapter import FunctionEngine
from harness.vocabulary.numerics import ends, widths


class Peer(FunctionEngine):
    """Functions of autograd's numpy and of its scipy.special."""

    module = autograd
    modules = (anp, special)
    operations = MappingProxyType(
        {
            "norm": lambda x, axis=None, keepdims=False: (
                anp.sqrt(anp.sum(x**2, axis, keepdims=keepdims))
                if keepdims
                else anp.linalg.norm(x, axis=axis)
            ),
            "reshape": lambda x, shape: anp.reshape(x, shape),
            "transpose": lambda x, axis0, axis1: anp.swapaxes(x, axis0, axis1),
            "permute": lambda x, axes: anp.transpose(x, axes),
            "broadcast_to": lambda x, shape: anp.broadcast_to(x, shape),
            "clamp_min": None,  # its clip has no gradient for bounds
            "clamp_max": None,
            "clamp_between": None,
            "clamp": lambda x, min=None, max=None: anp.clip(x, min, max),
            "var": lambda x, axis=None, keepdims=False, correction=1: anp.var(
                x, axis, keepdims=keepdims, ddof=correction
            ),
            "std": lambda x, axis=None, keepdims=False, correction=1: anp.std(
                x, axis, keepdims=keepdims, ddof=correction
            ),
            "flip": lambda x, axis: anp.flip(x, axis),
            "concat": lambda parts, axis=0: anp.concatenate(parts, axis),
            "stack": lambda parts, axis=0: anp.stack(parts, axis),
            "cumsum": lambda x, axis: anp.cumsum(x, axis),
            "unsqueeze": lambda x, axis: anp.expand_dims(x, axis),
            "pad": lambda x, pad, value=0.0: anp.pad(
                x, widths(pad, anp.ndim(x)), "constant", constant_values=value
            ),
            "split": lambda x, size, axis=0: anp.split(x, ends(anp.shape(x)[axis], size), axis),
            "median": None,  # that of two is their mean
            "squeeze": lambda x, axis: anp.squeeze(x, axis),
        }
    )

    def gradients(self, function: Callable[..., Any], point: Sequence[Any]) -> list[Any]:
        """By all arguments in one pass."""
        return list(autograd.grad(function, argnum=list(range(len(point))))(*point))
