"""What the suite of cases cannot say about minigrad: its outward behaviour as a library."""

from __future__ import annotations

import ast
import gc
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sweeps import long

import minigrad as mg
from minigrad import Tensor, graph, tensor


def test_a_python_float_stays_a_python_float_all_the_way() -> None:
    x, y = Tensor(3), Tensor(-4.0)
    steps = [x * y, x + 2, 2 - x, x / y, x**2, 2**x, x**y, -x, abs(y)]
    steps += [mg.maximum(x, y), mg.minimum(x, 0), mg.where(True, x, y), mg.mse_loss(x, y)]
    steps += [f(x) for f in (mg.exp, mg.log, mg.sqrt, mg.sin, mg.cos, mg.tanh, mg.sigmoid)]
    steps += [mg.relu(x), mg.sum(x), mg.mean(x), mg.max(x)]
    for step in steps:
        step.backward()
        assert type(step.data) is float
    assert type(x.grad) is float
    assert type(y.grad) is float


@pytest.mark.parametrize(
    ("function", "value", "gradient"),
    [
        (lambda x: 1 / x, math.inf, -math.inf),
        (lambda x: x**-1, math.inf, -math.inf),
        (mg.log, -math.inf, math.inf),
        (mg.sqrt, 0.0, math.inf),
        (lambda x: mg.exp(x + 1000), math.inf, math.inf),
        (lambda x: mg.log(x - 1), math.nan, -1.0),
        (lambda x: (x - 8) ** (1 / 3), math.nan, math.nan),
        (lambda x: mg.sin(1 / x), math.nan, math.nan),
        (lambda x: (x + 1e200) ** 2, math.inf, 2e200),
    ],
)
def test_where_python_floats_raise_the_answer_is_numpys(
    function: Callable[[Tensor], Tensor], value: float, gradient: float
) -> None:
    x = Tensor(0.0)
    out = function(x)
    out.backward()
    np.testing.assert_equal(out.data, value)
    assert x.grad is not None
    np.testing.assert_allclose(x.grad, gradient)


def test_numbers_and_arrays_may_stand_on_either_side() -> None:
    x = Tensor([[1.0, 2.0], [4.0, 8.0]])
    a = np.array([[3.0, 5.0], [7.0, 9.0]])
    for made, expected in [
        (a + x, a + x.data),
        (a - x, a - x.data),
        (a * x, a * x.data),
        (a / x, a / x.data),
        (a**x, a**x.data),
        (a @ x, a @ x.data),
        (x @ a, x.data @ a),
        (3 - x, 3 - x.data),
        (2 / x, 2 / x.data),
        (2**x, 2**x.data),
    ]:
        assert isinstance(made, Tensor)
        np.testing.assert_allclose(made.data, expected)


def test_integers_become_floats_and_float32_stays() -> None:
    assert Tensor([1, 2]).data.dtype == np.float64
    assert Tensor([True, False]).data.dtype == np.float64
    x = Tensor(np.array([1.0, 2.0], dtype=np.float32))
    out = mg.sum(mg.softmax(mg.sigmoid(x * 2 + 1) / 3) * x) + mg.mean(mg.relu(x - 1.5))
    out.backward()
    assert out.data.dtype == np.float32
    assert x.grad is not None
    assert x.grad.dtype == np.float32


def test_parameters_are_given_by_position_by_name_or_not_at_all() -> None:
    x = Tensor([[1.0, 2.0], [3.0, 5.0]])
    for total in (mg.sum(x, 0, True), x.sum(0, keepdims=True), x.sum(keepdims=True, axis=0)):
        np.testing.assert_array_equal(total.data, [[4.0, 7.0]])
    assert mg.sum(x).data == x.sum().data == 11.0
    assert mg.reshape(shape=(4,), x=x).shape == (4,)


@pytest.mark.parametrize(
    ("name", "given", "named", "told"),
    [
        ("sum", (), {"dim": 0}, "sum has no further parameter dim"),
        ("sum", (0,), {"axis": 1}, "sum has no further parameter axis"),
        ("sum", (0, True, 1), {}, r"sum\(\) takes from 1 to 3 positional arguments"),
        ("reshape", (), {}, "reshape needs 'shape'"),
        ("mul", (), {}, "mul expected 2 arguments, got 1"),
    ],
)
def test_a_wrong_call_is_refused(
    name: str, given: tuple[Any, ...], named: dict[str, Any], told: str
) -> None:
    with pytest.raises(TypeError, match=told):
        getattr(mg, name)(Tensor([1.0, 2.0]), *given, **named)


def test_a_function_knows_its_name_its_parameters_and_what_it_does() -> None:
    assert list(inspect.signature(mg.sum).parameters) == ["x", "axis", "keepdims"]
    assert (mg.exp.__name__, mg.mul.__name__, mg.sum.__name__) == ("exp", "mul", "sum")
    assert mg.OPERATIONS.keys() >= {"exp", "mul", "sum", "where"}
    for name in mg.OPERATIONS:
        assert getattr(mg, name).__doc__, name


def test_the_machinery_is_small() -> None:
    trees = [ast.parse(inspect.getsource(module)) for module in (graph, tensor)]
    statements = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    texts = [
        node
        for node in statements
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    assert len(statements) - len(texts) <= 120


def test_a_leaf_has_the_attributes_of_any_node() -> None:
    leaf, made = Tensor(2.0), Tensor(2.0) * 3.0
    for slot in graph.Node.__slots__:
        assert type(getattr(leaf, slot)) in (type(getattr(made, slot)), tuple), slot
    assert leaf._operands == ()


def test_a_tensor_shows_its_gradient_once_it_has_one() -> None:
    x = Tensor([1.0, 2.0])
    assert repr(x) == "Tensor(array([1., 2.]))"
    mg.sum(x * 3.0).backward()
    assert repr(x) == "Tensor(array([1., 2.]), grad=array([3., 3.]))"


def test_gradients_are_on_every_intermediate_step() -> None:
    x, y = Tensor(2.0), Tensor(5.0)
    a = x * y
    out = a * a
    assert a.grad is None
    out.backward()
    assert [node.grad for node in (out, a, x, y)] == [1.0, 20.0, 100.0, 40.0]


def test_a_second_backward_adds_to_what_the_first_left() -> None:
    x = Tensor(3.0)
    a = x * x
    out = a * 2
    out.backward()
    out.backward()
    assert (x.grad, a.grad, out.grad) == (24.0, 4.0, 2.0)


def test_an_earlier_graph_does_not_change_a_later_one() -> None:
    x = Tensor([1.0, 2.0])
    mg.sum(x * x).backward()
    x.grad = None
    mg.sum(x * 3.0).backward()
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])


def test_grad_touches_nobodys_grad_and_is_zero_without_a_path() -> None:
    x, y = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    dx, dy = mg.grad(mg.sum(x * x), [x, y])
    np.testing.assert_array_equal(dx.data, [2.0, 4.0])
    np.testing.assert_array_equal(dy.data, [0.0, 0.0])
    assert x.grad is None


def test_no_gradient_shares_memory_with_anything() -> None:
    x = Tensor(np.arange(6.0).reshape(2, 3))
    y = Tensor(np.ones((2, 3)))
    seed = np.full((3, 2), 2.0)
    steps = [x + y]
    steps.append(mg.reshape(steps[-1], shape=(3, 2)))
    steps.append(mg.permute(steps[-1], axes=(1, 0)))
    steps.append(mg.broadcast_to(steps[-1], shape=(2, 3)))
    steps.append(steps[-1].T)
    steps.append(steps[-1][:, :])
    steps[-1].backward(seed)
    arrays = [seed, x.data, y.data, *(node.grad for node in [x, y, *steps])]
    for i, one in enumerate(arrays):
        for other in arrays[:i]:
            assert not np.shares_memory(one, other)


def test_neither_inputs_nor_the_seed_are_changed() -> None:
    data, seed = np.array([1.0, -2.0, 3.0]), np.array([1.0, 2.0, 4.0])
    x = Tensor(data)
    out = mg.relu(x) + mg.softmax(x) * x[[0, 0, 1]]
    out.backward(seed)
    np.testing.assert_array_equal(data, [1.0, -2.0, 3.0])
    np.testing.assert_array_equal(x.data, data)
    np.testing.assert_array_equal(seed, [1.0, 2.0, 4.0])
    assert not np.shares_memory(x.data, data)


@pytest.mark.parametrize("seed", [None, 1.0, np.ones(2), np.ones((3, 1))])
def test_a_seed_must_have_the_outputs_shape(seed: Any) -> None:
    with pytest.raises(ValueError, match="seed"):
        (Tensor([1.0, 2.0, 3.0]) * 2).backward(seed)


@long
def test_a_chain_of_a_million_steps_goes_there_and_back_and_is_freed() -> None:
    x = Tensor(0.5)
    out = x
    for _ in range(1_000_000):
        out = out * 0.999999
    out.backward()
    assert x.grad == pytest.approx(math.exp(-1.0), rel=1e-5)
    del out
    gc.collect()


def test_a_long_chain_can_be_differentiated_twice() -> None:
    x = Tensor(0.9)
    out = x
    for _ in range(5_000):
        out = out * x
    (first,) = mg.grad(out, [x], create_graph=True)
    (second,) = mg.grad(first, [x])
    assert first.data == pytest.approx(5001 * 0.9**5000)
    assert second.data == pytest.approx(5001 * 5000 * 0.9**4999)


def test_two_to_the_sixty_paths_take_sixty_steps() -> None:
    x = Tensor(1.0)
    out = x
    for _ in range(60):
        out = out + out
    out.backward()
    assert x.grad == 2.0**60


SECOND_ORDER: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "add_sub": (lambda x, y: (x + y) * (x - y), lambda x, y: (x + y) * (x - y)),
    "mul_div": (lambda x, y: x * y / (x + 3), lambda x, y: x * y / (x + 3)),
    "pow": (lambda x, y: x**3 + x**y, lambda x, y: x**3 + x**y),
    "neg_abs": (lambda x, y: abs(-x) * y * y, lambda x, y: abs(-x) * y * y),
    "exp_log": (lambda x, y: mg.exp(x) * mg.log(y), lambda x, y: torch.exp(x) * torch.log(y)),
    "sqrt": (lambda x, y: mg.sqrt(x * y), lambda x, y: torch.sqrt(x * y)),
    "sin_cos": (lambda x, y: mg.sin(x) * mg.cos(y), lambda x, y: torch.sin(x) * torch.cos(y)),
    "tanh": (lambda x, y: mg.tanh(x * y), lambda x, y: torch.tanh(x * y)),
    "sigmoid": (lambda x, y: mg.sigmoid(x * y), lambda x, y: torch.sigmoid(x * y)),
    "relu": (lambda x, y: mg.relu(x - 1) * y**2, lambda x, y: torch.relu(x - 1) * y**2),
    "maximum": (
        lambda x, y: mg.maximum(x * x, y) * mg.minimum(x, y * y),
        lambda x, y: torch.maximum(x * x, y) * torch.minimum(x, y * y),
    ),
    "where": (
        lambda x, y: mg.where(x > 1, x * x, y**3),
        lambda x, y: torch.where(x > 1, x * x, y**3),
    ),
    "sum_mean": (
        lambda x, y: (x * x).sum(0) * (y * y).mean(1, keepdims=True),
        lambda x, y: (x * x).sum(0) * (y * y).mean(1, keepdim=True),
    ),
    "max_min": (
        lambda x, y: mg.max(x * y, axis=0) ** 2 + mg.min(x * y),
        lambda x, y: torch.amax(x * y, 0) ** 2 + torch.amin(x * y),
    ),
    "matmul": (lambda x, y: (x @ y.T) ** 2, lambda x, y: (x @ y.T) ** 2),
    "matmul_ranks": (
        lambda x, y: (x @ y[0]) @ x + x[0] @ y.T @ x,
        lambda x, y: (x @ y[0]) @ x + x[0] @ y.T @ x,
    ),
    "shapes": (
        lambda x, y: mg.permute(mg.reshape(x, shape=(1, 3, 2)), axes=(2, 0, 1)) ** 3 * y[0, 0],
        lambda x, y: x.reshape(1, 3, 2).permute(2, 0, 1) ** 3 * y[0, 0],
    ),
    "index": (lambda x, y: x[:, [0, 0, 2]] ** 3 * y, lambda x, y: x[:, [0, 0, 2]] ** 3 * y),
    "join": (
        lambda x, y: mg.concat(x, y, axis=1) ** 3 * mg.stack(x, y)[0, 0, 1],
        lambda x, y: torch.cat([x, y], 1) ** 3 * torch.stack([x, y])[0, 0, 1],
    ),
    "broadcast_to": (
        lambda x, y: mg.broadcast_to(x[0], shape=(4, 3)) ** 3,
        lambda x, y: torch.broadcast_to(x[0], (4, 3)) ** 3,
    ),
    "softmax": (
        lambda x, y: mg.softmax(x * y) * mg.log_softmax(x, axis=0),
        lambda x, y: torch.softmax(x * y, -1) * torch.log_softmax(x, 0),
    ),
    "logsumexp": (
        lambda x, y: mg.logsumexp(x * y, axis=1) ** 2,
        lambda x, y: torch.logsumexp(x * y, 1) ** 2,
    ),
    "mse_loss": (
        lambda x, y: mg.mse_loss(x * y, y) ** 2,
        lambda x, y: torch.nn.functional.mse_loss(x * y, y) ** 2,
    ),
    "cross_entropy": (
        lambda x, y: mg.cross_entropy(x * y, np.array([2, 0])) ** 2,
        lambda x, y: torch.nn.functional.cross_entropy(x * y, torch.tensor([2, 0])) ** 2,
    ),
}


@pytest.mark.parametrize("name", SECOND_ORDER)
def test_gradients_of_gradients_are_torchs(name: str) -> None:
    ours, theirs = SECOND_ORDER[name]
    x = np.array([[0.7, 1.3, 2.1], [1.9, 0.4, 1.1]])
    y = np.array([[1.7, 0.6, 0.9], [0.8, 2.3, 1.4]])
    a, b = Tensor(x), Tensor(y)
    out = ours(a, b)
    seed = 0.5 + (np.arange(out.data.size) * 0.618 % 1.0).reshape(out.shape)
    first = mg.grad(out, [a, b], seed, create_graph=True)
    second = mg.grad(mg.sum(first[0] ** 2) + mg.sum(first[1] * first[0]), [a, b])

    s, t = torch.tensor(x, requires_grad=True), torch.tensor(y, requires_grad=True)
    result = theirs(s, t)
    dfirst = torch.autograd.grad(
        result, [s, t], torch.tensor(seed), create_graph=True, materialize_grads=True
    )
    total = (dfirst[0] ** 2).sum() + (dfirst[1] * dfirst[0]).sum()
    dsecond = torch.autograd.grad(total, [s, t], materialize_grads=True)
    np.testing.assert_allclose(out.data, result.detach().numpy(), rtol=1e-12)
    for mine, truth in zip([*first, *second], [*dfirst, *dsecond], strict=True):
        np.testing.assert_allclose(mine.data, truth.detach().numpy(), rtol=1e-9, atol=1e-12)
