"""What operations on whole arrays compute: reductions, running sums, shapes, order, products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.vocabulary.formula import Formula

ARRAYS: Final[Mapping[str, Formula]] = {
    # reductions
    "sum": Formula("torch.sum", "sum({x}, axis={axis}, keepdims={keepdims})", {"x": "1 * {dout}"}),
    "mean": Formula(
        "torch.mean", "mean({x}, axis={axis}, keepdims={keepdims})", {"x": "(1 / {n}) * {dout}"}
    ),
    "prod": Formula(
        "torch.prod",
        "prod({x}, axis={axis}, keepdims={keepdims})",
        {"x": "product_of_others({x}, {axis}) * {dout}"},
    ),
    "var": Formula(
        "torch.var",
        "var({x}, axis={axis}, keepdims={keepdims}, ddof={correction})",
        {"x": "2 * ({x} - mean({x}, {axis}, keepdims=True)) / ({n} - {correction}) * {dout}"},
    ),
    "std": Formula(
        "torch.std",
        "std({x}, axis={axis}, keepdims={keepdims}, ddof={correction})",
        {"x": "({x} - mean({x}, {axis}, keepdims=True)) / (({n} - {correction}) * {out}) * {dout}"},
    ),
    "norm": Formula(
        "torch.linalg.vector_norm",
        "norm({x}, axis={axis}, keepdims={keepdims})",
        {"x": "({x} / {out}) * {dout}"},
    ),
    "max": Formula(
        "torch.amax",
        "max({x}, axis={axis}, keepdims={keepdims})",
        {"x": "({x} == {out}) / sum({x} == {out}, {axis}, keepdims=True) * {dout}"},
    ),
    "min": Formula(
        "torch.amin",
        "min({x}, axis={axis}, keepdims={keepdims})",
        {"x": "({x} == {out}) / sum({x} == {out}, {axis}, keepdims=True) * {dout}"},
    ),
    "logsumexp": Formula(
        "torch.logsumexp",
        "logsumexp({x}, axis={axis}, keepdims={keepdims})",
        {"x": "exp({x} - {out}) * {dout}"},
    ),
    # cumulative
    "cumsum": Formula(
        "torch.cumsum",
        "cumsum({x}, {axis})",
        {"x": "flip(cumsum(flip({dout}, {axis}), {axis}), {axis})"},
    ),
    "cumprod": Formula(
        "torch.cumprod", "cumprod({x}, {axis})", {"x": "cumprod_dx({x}, {dout}, {axis})"}
    ),
    # shape
    "reshape": Formula(
        "torch.reshape", "reshape({x}, {shape})", {"x": "reshape({dout}, shape({x}))"}
    ),
    "transpose": Formula(
        "torch.transpose",
        "swapaxes({x}, {axis0}, {axis1})",
        {"x": "swapaxes({dout}, {axis0}, {axis1})"},
    ),
    "permute": Formula(
        "torch.permute",
        "transpose({x}, {axes})",
        {"x": "transpose({dout}, argsort(mod({axes}, ndim({x}))))"},
    ),
    "broadcast_to": Formula(
        "torch.broadcast_to", "broadcast_to({x}, {shape})", {"x": "unbroadcast({dout}, shape({x}))"}
    ),
    "unsqueeze": Formula(
        "torch.unsqueeze", "expand_dims({x}, {axis})", {"x": "squeeze({dout}, {axis})"}
    ),
    "squeeze": Formula(
        "torch.squeeze", "squeeze({x}, {axis})", {"x": "expand_dims({dout}, {axis})"}
    ),
    "flip": Formula("torch.flip", "flip({x}, {axis})", {"x": "flip({dout}, {axis})"}),
    "pad": Formula(
        "torch.pad",
        "pad({x}, widths({pad}, ndim({x})), constant_values={value})",
        {"x": "unpad({dout}, {pad})"},
    ),
    "concat": Formula(
        "torch.concat",
        "concatenate({operands}, {axis})",
        {"x": "part({dout}, {operands}, {k}, {axis})"},
    ),
    "stack": Formula(
        "torch.stack", "stack({operands}, {axis})", {"x": "take({dout}, {k}, {axis})"}
    ),
    "index": Formula(
        "operator.getitem", "{x}[{index}]", {"x": "scatter({dout}, shape({x}), {index})"}
    ),
    "gather": Formula(
        "torch.gather",
        "gather({x}, {indices}, {axis})",
        {"x": "ungather({dout}, {x}, {indices}, {axis})"},
    ),
    "take_along_axis": Formula(
        "torch.take_along_dim",
        "take_along_axis({x}, {indices}, {axis})",
        {"x": "ungather({dout}, {x}, {indices}, {axis})"},
    ),
    "split": Formula(
        "torch.split",
        "split({x}, {size}, {axis})[{piece}]",
        {"x": "placed({dout}, {x}, {axis}, start(split({x}, {size}, {axis}), {piece}, {axis}))"},
    ),
    "chunk": Formula(
        "torch.chunk",
        "chunk({x}, {chunks}, {axis})[{piece}]",
        {"x": "placed({dout}, {x}, {axis}, start(chunk({x}, {chunks}, {axis}), {piece}, {axis}))"},
    ),
    "unbind": Formula(
        "torch.unbind",
        "take({x}, {piece}, {axis})",
        {"x": "placed(expand_dims({dout}, {axis}), {x}, {axis}, {piece})"},
    ),
    # order
    "sort": Formula(
        "torch.sort",
        "take_along_axis({x}, order({x}, {axis}, {descending}), {axis})",
        {"x": "ungather({dout}, {x}, order({x}, {axis}, {descending}), {axis})"},
    ),
    "topk": Formula(
        "torch.topk",
        "take_along_axis({x}, top({x}, {k}, {axis}, {largest}), {axis})",
        {"x": "ungather({dout}, {x}, top({x}, {k}, {axis}, {largest}), {axis})"},
    ),
    "median": Formula(
        "torch.median",
        "median({x}, axis={axis}, keepdims={keepdims})",
        {"x": "middle({x}, {axis}) * {dout}"},
    ),
    # linear algebra
    "outer": Formula("torch.outer", "outer({x}, {y})", {"x": "{dout} @ {y}", "y": "{x} @ {dout}"}),
    "einsum": Formula(
        "torch.einsum",
        "einsum({equation}, *{operands})",
        {"x": "einsum_dx({equation}, {operands}, {k}, {dout})"},
    ),
}
