"""jax, in float64: https://github.com/jax-ml/jax."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.special
import numpy as np

from harness.engines.adapter import FunctionEngine
from harness.vocabulary.numerics import ends, widths
from harness.vocabulary.program import Step, Value

jax.config.update("jax_enable_x64", True)


def _convolution(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Any:
    axes = x.ndim - 2
    border, steps, holes = [(padding, padding)] * axes, (stride,) * axes, (dilation,) * axes
    found = jax.lax.conv_general_dilated(
        x, weight, steps, border, rhs_dilation=holes, feature_group_count=groups
    )
    return found if bias is None else found + jnp.reshape(bias, (-1, *[1] * axes))


def _split(x: Any, size: Any, axis: int = 0) -> Any:
    return jnp.split(x, ends(jnp.shape(x)[axis], size), axis)


def _chunk(x: Any, chunks: int, axis: int = 0) -> Any:
    n = jnp.shape(x)[axis]
    return _split(x, -(-n // chunks), axis) if n else [x] * chunks


def _topk(x: Any, k: int, axis: int = -1, largest: bool = True) -> Any:
    sign = 1 if largest else -1
    values, _ = jax.lax.top_k(jnp.moveaxis(sign * x, axis, -1), k)
    return jnp.moveaxis(sign * values, -1, axis)


def _gather(x: Any, indices: Any, axis: int) -> Any:
    places = list(np.indices(np.shape(indices)))
    places[axis] = np.asarray(indices)
    return x[tuple(places)]


class Peer(FunctionEngine):
    """Functions of jax.numpy and jax.nn."""

    module = jax
    modules = (jnp, jax.nn, jax.scipy.special)
    operations = MappingProxyType(
        {
            "norm": jnp.linalg.vector_norm,
            "detach": jax.lax.stop_gradient,
            "gelu": lambda x, approximate="none": jax.nn.gelu(x, approximate=approximate == "tanh"),
            "embedding": lambda indices, weight: weight[indices],
            "logsumexp": jax.nn.logsumexp,
            "pad": lambda x, pad, value=0.0: jnp.pad(
                x, widths(pad, jnp.ndim(x)), constant_values=value
            ),
            "permute": lambda x, axes: jnp.transpose(x, axes),
            "max": jnp.max,
            "min": jnp.min,
            "conv1d": _convolution,
            "conv2d": _convolution,
            "gather": _gather,
            "split": _split,
            "chunk": _chunk,
            "unbind": lambda x, axis=0: jnp.unstack(x, axis=axis),
            "topk": _topk,
            "median": None,  # that of two is their mean
        }
    )

    def apply(self, step: Step, operands: list[Any]) -> Any:
        """Lists in an index become arrays: jax takes no others."""
        if "index" in step.parameters:
            items = step.parameters["index"]
            index = tuple(np.array(x) if isinstance(x, list) else x for x in items)
            step = replace(step, parameters={"index": index})
        return super().apply(step, operands)

    def wrap(self, value: Value) -> Any:
        """An array of jax's own: to numpy's it would leave what it has not traced."""
        return jnp.asarray(value, dtype=np.asarray(value).dtype)
