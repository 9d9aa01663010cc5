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
from harness.vocabulary.numerics import widths
from harness.vocabulary.program import Step, Value

jax.config.update("jax_enable_x64", True)


def _conv2d(x: Any, weight: Any, stride: int = 1, padding: int = 0) -> Any:
    border = [(padding, padding)] * 2
    return jax.lax.conv_general_dilated(x, weight, (stride, stride), border)


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
            "conv2d": _conv2d,
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
