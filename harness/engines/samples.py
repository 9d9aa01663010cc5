"""What an engine makes of one example of each operation: shown, so that people see that it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from harness.engines.answers import as_array, describe
from harness.engines.calls import Unsupported
from harness.engines.clock import attempt
from harness.engines.undisturbed import undisturbed
from harness.vocabulary.program import Step
from harness.vocabulary.signatures import OPERATIONS

if TYPE_CHECKING:
    from harness.engines.objects import ObjectEngine

VECTOR: Final = [0.5, 1.5]
MATRIX: Final = [[0.5, 1.5], [2.0, 0.25]]
IMAGE: Final = [[MATRIX]]

EXAMPLES: Final[Mapping[str, tuple[list[Any], dict[str, Any]]]] = {
    "pow": ([0.5, 2], {}),
    "matmul": ([MATRIX, MATRIX], {}),
    "clamp": ([0.5], {"min": 0.0, "max": 0.25}),
    "where": ([True, 0.5, 0.25], {}),
    "cumsum": ([VECTOR], {"axis": 0}),
    "cumprod": ([VECTOR], {"axis": 0}),
    "reshape": ([MATRIX], {"shape": (4,)}),
    "transpose": ([MATRIX], {"axis0": 0, "axis1": 1}),
    "permute": ([MATRIX], {"axes": (1, 0)}),
    "broadcast_to": ([VECTOR], {"shape": (2, 2)}),
    "unsqueeze": ([VECTOR], {"axis": 0}),
    "squeeze": ([[VECTOR]], {"axis": 0}),
    "flip": ([VECTOR], {"axis": 0}),
    "pad": ([VECTOR], {"pad": (1, 1)}),
    "concat": ([VECTOR, VECTOR], {}),
    "stack": ([VECTOR, VECTOR], {}),
    "index": ([VECTOR], {"index": (1,)}),
    "outer": ([VECTOR, VECTOR], {}),
    "einsum": ([VECTOR, VECTOR], {"equation": "i,i->"}),
    "softmax": ([VECTOR], {}),
    "log_softmax": ([VECTOR], {}),
    "mse_loss": ([VECTOR, [1.0, 1.0]], {}),
    "cross_entropy": ([MATRIX, np.array([1, 0])], {}),
    "binary_cross_entropy": ([[0.5, 0.25], [1.0, 0.0]], {}),
    "layer_norm": ([MATRIX, [1.0, 1.0], [0.0, 0.0]], {}),
    "conv2d": ([IMAGE, IMAGE], {}),
    "max_pool2d": ([IMAGE], {}),
    "avg_pool2d": ([IMAGE], {}),
}
"""Operands and parameters, where they are not the numbers 0.5 and 0.25 or, of a reduction, a
vector. A list is an array, an integer a number as written."""


def sample(engine: ObjectEngine, op: str) -> str:
    """``exp(0.5) = 1.6487``, as the engine has it, or what it raises."""
    operands, parameters = _example(op)
    arrays = any(isinstance(item, list) for item in operands)
    if arrays and not engine.takes_arrays:
        return "not tried: the engine has no arrays"
    texts = [str(getattr(item, "tolist", lambda item=item: item)()) for item in operands]
    texts += [f"{name}={value!r}" for name, value in parameters.items()]
    called = f"{op}({', '.join(texts)})"
    try:
        with undisturbed(engine.homes()), attempt(), engine.recording():
            leaves = [_leaf(engine, item) for item in operands]
            names = tuple(f"x{i}" for i in range(len(leaves)))
            node = engine.apply(Step("sample", op, names, parameters), leaves)
            return f"{called} = {_short(as_array(engine.value(node)))}"
    except Unsupported as lack:
        return f"lacks {lack}"
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return f"{called} raises {describe(error)}"


def _example(op: str) -> tuple[list[Any], dict[str, Any]]:
    if op in EXAMPLES:
        return EXAMPLES[op]
    operation = OPERATIONS[op]
    if operation.shape in ("same", "broadcast"):
        return [0.5, 0.25][: len(operation.operands)], {}
    return [VECTOR], {}


def _leaf(engine: ObjectEngine, item: Any) -> Any:
    """A float or a list as a leaf; a condition, labels and numbers as written as they are."""
    if isinstance(item, int | np.ndarray):
        return item
    return engine.leaf(np.array(item) if isinstance(item, list) else item)


def _short(array: Any) -> str:
    """A number of five digits, or all of an array's in one line."""
    if np.ndim(array):
        return f"[{', '.join(map(_short, array))}]"
    return f"{float(array):.5g}"
