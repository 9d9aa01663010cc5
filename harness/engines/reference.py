"""The truth: ``torch.autograd``.

The only module of the harness that imports torch, but for torch as an engine to be judged.
"""

from __future__ import annotations

import importlib
import operator
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from harness import languages
from harness.engines.clock import unhurried
from harness.engines.trace import Trace, Undefined
from harness.vocabulary import local
from harness.vocabulary.bound import Bound, bind
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.kinks import CORNERS
from harness.vocabulary.program import Array, Program, Value, default_seed

_DTYPES = {"float64": torch.float64, "float32": torch.float32}


def of_function(
    function: Callable[..., Any], values: Sequence[Value], forked: bool = False
) -> tuple[Array, list[Array]]:
    """The value of a function of tensors, and the gradient of each of its inputs; zeros where no
    path leads from it. A process that is ``forked`` works in one thread: torch would wait for the
    others, which it has not. Raises what the function raises, and TypeError where it gives no
    tensor."""
    if forked:
        torch.set_num_threads(1)
    leaves = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values]
    output = function(*leaves)
    if not isinstance(output, torch.Tensor):
        raise TypeError(languages.told("engine", "no-tensor", name=type(output).__name__))
    found: tuple[torch.Tensor | None, ...] = (None,) * len(leaves)
    if output.requires_grad:
        seeded = _seeded(output, default_seed(tuple(output.shape)))
        found = torch.autograd.grad(seeded, leaves, allow_unused=True)
    pairs = zip(leaves, found, strict=True)
    gradients = (torch.zeros_like(leaf) if one is None else one for leaf, one in pairs)
    return output.detach().numpy(), [one.detach().numpy() for one in gradients]


def evaluate(program: Program, noise: Noise | None = None) -> Trace:
    """Values and gradients of every input and step; zero where no path leads to the output.

    With ``noise``, every operand is rounded anew where it is used, which the gradients are, too.
    Raises :class:`Undefined` where torch refuses the numbers, such as a probability of 2.
    """
    dtype = _DTYPES[program.dtype]
    tensors = _leaves(program, requires_grad=True)
    for step in program.steps:
        bound = bind(step, tensors, program.constants)
        if noise is not None:
            exact = step.op in CORNERS
            noisy = tuple(noise.added(operand, exact) for operand in bound.operands)
            bound = replace(bound, operands=noisy)
        try:
            tensors[step.name] = apply(bound, dtype)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[0]
            raise Undefined(
                languages.told("engine", "torch-cannot", name=step.name, reason=reason)
            ) from None
    names = [name for name in tensors if name in program.differentiable]
    output = tensors[program.output]
    seeded = _seeded(output, program.seed)
    wanted = [tensors[name] for name in names]
    twice = program.order == 2
    gradients = torch.autograd.grad(seeded, wanted, allow_unused=True, retain_graph=twice)
    second = _second(program, tensors, seeded) if twice else {}
    computed = {*program.inputs, *(step.name for step in program.steps)}
    return Trace(
        {name: tensor.detach().numpy() for name, tensor in tensors.items() if name in computed},
        {
            name: np.zeros(program.shapes[name], program.dtype) if grad is None else grad.numpy()
            for name, grad in zip(names, gradients, strict=True)
        },
        second=second,
    )


class Noise:
    """Errors of rounding, up to ``size`` relative to each number, by chance.

    What is exactly at a corner stays there: 0 stays 0, and for an operation with a corner elsewhere
    a number of few binary digits (an integer of at most 16, in units of 2**-16) stays what it is.
    With ``alike``, equal numbers stay equal; otherwise each use of a number has an error of its
    own, unless it is one of few digits. The gradient that comes back from each use always has an
    error of its own, as terms that cancel are rounded one by one; and one of up to ``back`` that
    is not relative to it, as terms may have cancelled in the rule already.
    """

    def __init__(self, size: float, seed: int, alike: bool, back: float = 0.0) -> None:
        self.size, self.alike, self.back = size, alike, back
        self.random = torch.Generator().manual_seed(seed)
        self.mixer = 2 * random.Random(seed).getrandbits(62) + 1

    def added(self, operand: Any, exact: bool) -> Any:
        """An operand with noise; what is no tensor of floats as it is."""
        if not isinstance(operand, torch.Tensor) or not operand.is_floating_point():
            return operand
        numbers = operand.detach().double()
        if self.alike:
            bits = numbers.view(torch.int64) * self.mixer
            chance = ((bits ^ (bits >> 29)) * self.mixer).double() / 2.0**63
        else:
            chance = self._chance(numbers)
        factor = 1.0 + chance * self.size
        if exact or not self.alike:
            units = numbers * 2.0**16
            factor[(units == units.round()) & (units.abs() < 2.0**32)] = 1.0
        back, off = 1.0 + self._chance(numbers) * self.size, self._chance(numbers) * self.back
        factors = (factor.to(operand.dtype), back.to(operand.dtype), off.to(operand.dtype))
        return _Rounded.apply(operand, *factors)  # type: ignore[no-untyped-call]

    def _chance(self, numbers: torch.Tensor) -> torch.Tensor:
        """For each of the numbers one between -1 and 1."""
        return torch.rand(numbers.shape, generator=self.random, dtype=torch.float64) * 2 - 1


class _Rounded(torch.autograd.Function):
    """A number times one factor, its gradient times another and a little off."""

    @staticmethod
    def forward(ctx: Any, operand: Any, there: Any, back: Any, off: Any) -> Any:
        ctx.back, ctx.off = back, off
        return operand * there

    @staticmethod
    def backward(ctx: Any, upstream: Any) -> Any:
        return upstream * ctx.back + ctx.off, None, None, None


def _seeded(output: torch.Tensor, seed: Value) -> torch.Tensor:
    """The number whose gradient by ``output`` is ``seed``. (To hand the seed to torch would do as
    well, but makes it import sympy, which takes longer than all else here.)"""
    return (output * torch.as_tensor(seed, dtype=output.dtype)).sum()


def _second(
    program: Program, tensors: Mapping[str, torch.Tensor], seeded: torch.Tensor
) -> dict[str, Array]:
    """The gradient by each input of the sum over the inputs of sum(dx * default_seed). On the way
    torch imports its compiler, which takes longer than all else here."""
    with unhurried():
        importlib.import_module("torch._dynamo")
    leaves = [tensors[name] for name in program.inputs]
    first = torch.autograd.grad(
        seeded, leaves, create_graph=True, allow_unused=True, materialize_grads=True
    )
    total = sum(
        (dx * torch.as_tensor(default_seed(tuple(dx.shape)), dtype=dx.dtype)).sum() for dx in first
    )
    assert isinstance(total, torch.Tensor)
    if not total.requires_grad:
        return {name: np.zeros(program.shapes[name], program.dtype) for name in program.inputs}
    second = torch.autograd.grad(total, leaves, allow_unused=True, materialize_grads=True)
    return {name: dd.numpy(force=True) for name, dd in zip(program.inputs, second, strict=True)}


def gradcheck(program: Program, numeric: bool = True) -> str | None:
    """Checks torch and the vocabulary against one another: what is wrong, or None.

    The vocabulary's contributions to every step must add up to torch's gradient. With ``numeric``,
    torch also compares the inputs' gradients with difference quotients; for a program at a kink
    these differ by nature, and where a number is inf or nan there are none.
    """
    truth = evaluate(program)
    totals = {name: np.zeros(program.shapes[name]) for name in truth.gradients}
    totals[program.output] = totals[program.output] + program.seed
    for step in program.steps:
        if step.name in program.differentiable:
            parts = local.contributions(program, step, truth.values, truth.gradients[step.name])
            for operand, part in zip(step.operands, parts, strict=True):
                if part is not None:
                    totals[str(operand)] = totals[str(operand)] + part
    for name, total in totals.items():
        if not np.allclose(total, truth.gradients[name], 1e-6, 1e-9, equal_nan=True):
            return languages.told("engine", "do-not-add-up", name=name)
    every = [*truth.values.values(), *truth.gradients.values()]
    if not numeric or not all(np.isfinite(array).all() for array in every):
        return None

    def output(*leaves: torch.Tensor) -> torch.Tensor:
        tensors = _leaves(program) | dict(zip(program.inputs, leaves, strict=True))
        for step in program.steps:
            tensors[step.name] = apply(bind(step, tensors, program.constants), torch.float64)
        return tensors[program.output]

    inputs = [
        torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for value in program.inputs.values()
    ]
    try:
        torch.autograd.gradcheck(output, inputs, rtol=1e-4, atol=1e-6)
    except RuntimeError as error:
        return f"torch.autograd.gradcheck: {str(error).strip().splitlines()[0]}"
    return None


def _leaves(program: Program, requires_grad: bool = False) -> dict[str, torch.Tensor]:
    dtype = _DTYPES[program.dtype]
    inputs: dict[str, torch.Tensor] = {
        name: torch.tensor(value, dtype=dtype, requires_grad=requires_grad)
        for name, value in program.inputs.items()
    }
    return inputs | {name: torch.tensor(array) for name, array in program.constants.items()}


BY_NAME = {"reduction", "approximate"}
"""Parameters that torch's functions take by their names alone."""


def apply(bound: Bound, dtype: torch.dtype) -> torch.Tensor:
    """One operation, on tensors and numbers. A constant that is not already a float becomes one,
    except where it stands for labels or a condition."""
    step, operands = bound.step, list(bound.operands)
    operation, path = step.operation, FORMULAS[step.op].torch
    is_operator = path.startswith("operator.")
    for position, operand in enumerate(operands):
        if not step.is_number(position):
            continue
        if isinstance(operand, torch.Tensor):
            if operand.dtype != dtype:
                operands[position] = operand.to(dtype)
        elif not is_operator:
            operands[position] = torch.tensor(operand, dtype=dtype)
    if is_operator and not any(isinstance(operand, torch.Tensor) for operand in operands):
        operands[0] = torch.tensor(operands[0], dtype=dtype)
    arguments = [value for name, value in bound.arguments.items() if name != "piece"]
    if operation.reduces and bound.arguments["axis"] is None and not operation.places:
        place = list(bound.arguments).index("axis")
        arguments[place] = tuple(range(operands[0].ndim)) or (0,)
    operands += [None] * (operation.counts.stop - 1 - len(operands))
    function = _function(path)
    if BY_NAME.intersection(bound.arguments):
        return function(*operands, **bound.arguments)
    if operation.variadic:
        return function(operands, *arguments)
    result = function(*operands, *arguments)
    return result[bound.arguments["piece"]] if operation.pieces else result


def _function(path: str) -> Callable[..., torch.Tensor]:
    """``operator.add`` or ``torch.nn.functional.mse_loss``, from the vocabulary's name for it."""
    if path not in _FUNCTIONS:
        package, _, name = path.partition(".")
        _FUNCTIONS[path] = operator.attrgetter(name)(
            {"operator": operator, "torch": torch}[package]
        )
    return _FUNCTIONS[path]


def _prod(x: torch.Tensor, axis: Any, keepdims: bool) -> torch.Tensor:
    if isinstance(axis, int):
        return torch.prod(x, axis, keepdims)
    return torch.prod(x).reshape((1,) * x.ndim if keepdims else ())


def _index(tensor: torch.Tensor, items: tuple[Any, ...]) -> torch.Tensor:
    """``tensor[items]``, by the places of the elements in one row: torch has no negative steps."""
    places = np.arange(tensor.numel()).reshape(tensor.shape)[items]
    return tensor.reshape(-1)[torch.tensor(np.array(places, order="C"))]


def _clamp(x: torch.Tensor, low: Any, high: Any) -> torch.Tensor:
    """Stretched first where bounds are tensors: torch's own backward fails there if x is."""
    if isinstance(low, torch.Tensor):
        shape = np.broadcast_shapes(x.shape, low.shape, high.shape)
        x, low, high = x.expand(shape), low.expand(shape), high.expand(shape)
    return torch.clamp(x, low, high)


def _batch_norm(
    x: torch.Tensor,
    running_mean: torch.Tensor,
    running_var: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor,
    training: bool,
    eps: float,
) -> torch.Tensor:
    """Without the running statistics in training, where they would be changed."""
    mean, var = (None, None) if training else (running_mean, running_var)
    return torch.nn.functional.batch_norm(x, mean, var, weight, bias, training, eps=eps)


def _sorted(x: torch.Tensor, axis: int, descending: bool) -> torch.Tensor:
    """The values in order, equal ones as they stand, which ``torch.topk`` leaves open."""
    return torch.sort(x, dim=axis, descending=descending, stable=True).values


def _median(x: torch.Tensor, axis: int | None, keepdims: bool) -> torch.Tensor:
    """``torch.median``; along an axis, of equal elements the first in order, which it leaves
    open."""
    if axis is None:
        return torch.median(x).reshape((1,) * x.ndim if keepdims else ())
    order = torch.sort(x, dim=axis, stable=True).indices
    halfway = (x.shape[axis] - 1) // 2
    nan = x.isnan()
    place = order.narrow(axis, halfway, 1)
    place = torch.where(nan.any(axis, True), nan.byte().argmax(axis, True), place)
    found = torch.gather(x, axis, place)
    return found if keepdims else found.squeeze(axis)


_FUNCTIONS: dict[str, Callable[..., torch.Tensor]] = {
    "operator.getitem": _index,
    "torch.clamp": _clamp,
    "torch.concat": torch.cat,
    "torch.mean": lambda x, axis, keepdims: torch.mean(x, axis, keepdims),
    "torch.prod": _prod,
    "torch.var": lambda x, axis, keepdims, correction: torch.var(
        x, axis, keepdim=keepdims, correction=correction
    ),
    "torch.std": lambda x, axis, keepdims, correction: torch.std(
        x, axis, keepdim=keepdims, correction=correction
    ),
    "torch.flip": lambda x, axis: torch.flip(x, axis if isinstance(axis, tuple) else (axis,)),
    "torch.pad": lambda x, pad, value: torch.nn.functional.pad(x, pad, "constant", value),
    "torch.einsum": lambda operands, equation: torch.einsum(equation, *operands),
    "torch.nn.functional.dropout": lambda x, mask, p: x * (mask.to(x.dtype) / (1 - p)),
    "torch.nn.functional.batch_norm": _batch_norm,
    "torch.nn.functional.layer_norm": lambda x, weight, bias, eps: torch.nn.functional.layer_norm(
        x, weight.shape, weight, bias, eps
    ),
    "torch.gather": lambda x, indices, axis: torch.gather(x, axis, indices),
    "torch.sort": lambda x, axis, descending: _sorted(x, axis, descending),
    "torch.topk": lambda x, k, axis, largest: _sorted(x, axis, largest).narrow(axis, 0, k),
    "torch.median": _median,
    "torch.nn.functional.max_pool2d": lambda x, size, stride, padding, ceil_mode: (
        torch.nn.functional.max_pool2d(x, size, stride, padding, 1, ceil_mode)
    ),
}
"""Where torch's own signature is not (operands…, parameters in the vocabulary's order)."""
