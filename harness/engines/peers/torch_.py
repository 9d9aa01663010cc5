"""Torch itself, through the same door as any engine of objects: https://pytorch.org."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch._dynamo  # as torch does itself when it is first given a seed, in the time of a case

from harness.engines import reference
from harness.engines.adapter import ObjectEngine
from harness.vocabulary.bound import Bound
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.program import Array, Step, Value


class Peer(ObjectEngine):
    """Tensors that keep their gradients, ``backward`` called on the last one."""

    cls = torch.Tensor
    module = torch

    def wrap(self, value: Value) -> Any:
        """A leaf in float64, or the array's dtype."""
        dtype = torch.float64 if isinstance(value, float) else None
        return torch.tensor(value, dtype=dtype, requires_grad=True)

    def value(self, node: Any) -> Array:
        """As numpy's array."""
        found: Array = node.detach().numpy(force=True)
        return found

    def backward(self, output: Any, seed: Value) -> None:
        """The graph is kept for a second pass."""
        output.backward(torch.as_tensor(seed, dtype=output.dtype), retain_graph=True)

    def apply(self, step: Step, operands: list[Any]) -> Any:
        """By the vocabulary's name of the function; every result keeps its gradient."""
        dtype = next((item.dtype for item in operands if isinstance(item, torch.Tensor)), None)
        given = [
            x if step.is_number(i) and not isinstance(x, np.ndarray) else torch.as_tensor(x)
            for i, x in enumerate(operands)
        ]
        given = [
            x.detach() if step.kind(i) == "constant" and isinstance(x, torch.Tensor) else x
            for i, x in enumerate(given)
        ]
        result = reference.apply(Bound(step, tuple(given), step.arguments), dtype or torch.float64)
        if result.requires_grad:
            result.retain_grad()
        return result

    def place_of(self, op: str) -> str:
        """The function that the vocabulary names."""
        return f"function {FORMULAS[op].torch}"

    def grad(self, output: Any, inputs: list[Any], seed: Value, create_graph: bool) -> list[Any]:
        """``torch.autograd.grad``; zeros of what no input takes part in, which that refuses."""
        if not output.requires_grad:
            return [torch.zeros_like(leaf) for leaf in inputs]
        upstream = torch.as_tensor(seed, dtype=output.dtype)
        return list(
            torch.autograd.grad(
                output,
                inputs,
                upstream,
                create_graph=create_graph,
                allow_unused=True,
                materialize_grads=True,
            )
        )
