"""What an engine makes of one example of each operation: shown, so that people see that it runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness import languages
from harness.engines.clock import attempt
from harness.engines.engine import Unsupported
from harness.engines.failures import describe
from harness.engines.numbers import as_array
from harness.engines.running.applying import ApplyingEngine
from harness.engines.undisturbed import undisturbed
from harness.vocabulary.examples import example
from harness.vocabulary.program import Step


def sample(engine: ApplyingEngine, op: str) -> str:
    """``exp(0.5) = 1.6487``, as the engine has it, or what it raises."""
    operands, parameters = example(op)
    if any(isinstance(item, list) for item in operands) and not engine.takes_arrays:
        return languages.told("engine", "not-tried")
    texts = [str(item.tolist() if isinstance(item, np.ndarray) else item) for item in operands]
    texts += [f"{name}={value!r}" for name, value in parameters.items() if name != "piece"]
    taken = f"[{parameters['piece']}]" if "piece" in parameters else ""
    called = f"{op}({', '.join(texts)}){taken}"
    try:
        with undisturbed(engine.homes()), attempt(), engine.recording():
            leaves = [_leaf(engine, item) for item in operands]
            names = tuple(f"x{i}" for i in range(len(leaves)))
            number = engine.number_of(Step("sample", op, names, parameters), leaves)
            return f"{called} = {_short(as_array(number))}"
    except Unsupported as lack:
        return f"lacks {lack}"
    except Exception as error:
        return languages.told("engine", "sample-raises", called=called, describe=describe(error))


def _leaf(engine: ApplyingEngine, item: Any) -> Any:
    """A float or a list as a leaf; a condition, labels and numbers as written as they are."""
    if isinstance(item, int | np.ndarray):
        return item
    return engine.leaf(np.array(item) if isinstance(item, list) else item)


def _short(array: Any) -> str:
    """A number of five digits, or all of an array's in one line."""
    if np.ndim(array):
        return f"[{', '.join(map(_short, array))}]"
    return f"{float(array):.5g}"
