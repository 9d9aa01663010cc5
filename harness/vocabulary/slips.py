"""Where derivatives go wrong: the well-known slips of each operation.

The texts are lines of numpy like the vocabulary's derivatives, with the same names in braces.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from harness.vocabulary.slips_arrays import ARRAYS
from harness.vocabulary.slips_losses import LOSSES
from harness.vocabulary.slips_picking import PICKING
from harness.vocabulary.slips_sliding import SLIDING
from harness.vocabulary.written import Written


class Slip(NamedTuple):
    """What is wrong, the line that is often written for the derivative, and the mistake's code."""

    what: str
    text: str
    code: str = "wrong-rule"


CHOOSING: Final = frozenset({"maximum", "minimum", "where"})
"""Operations that choose between their operands."""

_WRITTEN: Final[Mapping[str, Mapping[str, tuple[Written, ...]]]] = {
    "add": {"x": (("an operand passed on", "{y} * {dout}"),), "y": (("the same", "{x} * {dout}"),)},
    "sub": {
        "x": (("the sign of the other operand", "-1 * {dout}"),),
        "y": (("the sign lost", "1 * {dout}"),),
    },
    "mul": {
        "x": (
            ("its own value, not the other's", "{x} * {dout}", "swapped-operands"),
            ("1, as in a sum", "1 * {dout}"),
        ),
        "y": (
            ("its own value, not the other's", "{y} * {dout}", "swapped-operands"),
            ("1, as in a sum", "1 * {dout}"),
        ),
    },
    "div": {
        "x": (("multiplied by the divisor", "{y} * {dout}"), ("the divisor lost", "1 * {dout}")),
        "y": (
            ("the divisor not squared", "(-{x} / {y}) * {dout}"),
            ("the sign lost", "({x} / {y}**2) * {dout}"),
            ("the dividend lost", "(-1 / {y}**2) * {dout}"),
            ("the dividend squared, too", "(-(({x} / {y})**2)) * {dout}"),
            ("all of it squared, with its sign", "(-{x} / {y})**2 * {dout}"),
        ),
    },
    "pow": {
        "x": (
            ("the exponent not lowered", "({y} * {x}**{y}) * {dout}"),
            ("the exponent not brought down", "({x}**({y} - 1)) * {dout}"),
            ("the exponent raised, not lowered", "({y} * {x}**({y} + 1)) * {dout}"),
            ("the lowered exponent brought down", "(({y} - 1) * {x}**({y} - 1)) * {dout}"),
        ),
        "y": (
            ("the logarithm forgotten", "{out} * {dout}"),
            ("the logarithm of the exponent", "(log({y}) * {out}) * {dout}"),
            (
                "the logarithm of the exponent",
                "(where({y} > 0, log({y}), 0) * {out}) * {dout}",
            ),
            ("the logarithm of the exponent", "(log(abs({y})) * {out}) * {dout}"),
            ("the logarithm of the result", "(log({out}) * {out}) * {dout}"),
            ("the power forgotten", "log({x}) * {dout}"),
        ),
    },
    "neg": {"x": (("the sign lost", "1 * {dout}"),)},
    "matmul": {
        "x": (
            ("not transposed", "{dout} @ {y}", "wrong-permutation"),
            ("factors in the wrong order", "{y}.mT @ {dout}", "swapped-operands"),
        ),
        "y": (
            ("not transposed", "{x} @ {dout}", "wrong-permutation"),
            ("factors in the wrong order", "{dout} @ {x}.mT", "swapped-operands"),
        ),
    },
    "abs": {
        "x": (
            ("the sign forgotten", "1 * {dout}"),
            ("the value itself", "{x} * {dout}"),
            ("the output for its slope", "{out} * {dout}"),
        )
    },
    "exp": {
        "x": (
            ("taken for a power", "({x} * exp({x} - 1)) * {dout}"),
            ("the input for the output", "{x} * {dout}"),
        )
    },
    "expm1": {"x": (("the one not added back", "{out} * {dout}"),)},
    "log": {
        "x": (
            ("one over the output", "(1 / {out}) * {dout}"),
            ("itself", "{out} * {dout}"),
            ("multiplied, not divided, by the operand", "{x} * {dout}"),
        )
    },
    "log1p": {"x": (("the one forgotten", "(1 / {x}) * {dout}"),)},
    "sqrt": {
        "x": (
            ("one over the input", "(0.5 / {x}) * {dout}"),
            ("multiplied by the root", "(0.5 * {out}) * {dout}"),
        )
    },
    "square": {"x": (("taken at the output", "(2 * {out}) * {dout}"),)},
    "reciprocal": {
        "x": (
            ("taken at the input", "(-({x}**2)) * {dout}"),
            ("the square forgotten", "-{out} * {dout}"),
        )
    },
    "sin": {"x": (("the sine again", "{out} * {dout}"),)},
    "cos": {"x": (("the cosine again", "{out} * {dout}"),)},
    "tan": {
        "x": (
            ("taken at the input", "(1 + {x}**2) * {dout}"),
            ("the cosine not squared", "(1 / cos({x})) * {dout}"),
        )
    },
    "asin": {
        "x": (
            ("a plus for the minus", "(1 / sqrt(1 + {x}**2)) * {dout}"),
            ("the root forgotten", "(1 / (1 - {x}**2)) * {dout}"),
        )
    },
    "acos": {"x": (("the root forgotten", "(-1 / (1 - {x}**2)) * {dout}"),)},
    "atan": {"x": (("a minus for the plus", "(1 / (1 - {x}**2)) * {dout}"),)},
    "atan2": {
        "y": (
            ("the sign of the other operand", "(-{x} / ({x}**2 + {y}**2)) * {dout}", "wrong-sign"),
            ("its own value, not the other's", "({y} / ({x}**2 + {y}**2)) * {dout}"),
            ("the radius, not its square", "({x} / sqrt({x}**2 + {y}**2)) * {dout}"),
        ),
        "x": (
            ("the sign lost", "({y} / ({x}**2 + {y}**2)) * {dout}", "wrong-sign"),
            ("its own value, not the other's", "(-{x} / ({x}**2 + {y}**2)) * {dout}"),
            ("the radius, not its square", "(-{y} / sqrt({x}**2 + {y}**2)) * {dout}"),
        ),
    },
    "sinh": {"x": (("the sine again", "{out} * {dout}"),)},
    "cosh": {"x": (("the cosine again", "{out} * {dout}"),)},
    "tanh": {
        "x": (
            ("taken at the input", "(1 - {x}**2) * {dout}"),
            ("the square forgotten", "(1 - {out}) * {dout}"),
            ("a plus for the minus", "(1 + {out}**2) * {dout}"),
        )
    },
    "sigmoid": {
        "x": (
            ("taken at the input, not at the output", "((1 - {x}) * {x}) * {dout}"),
            ("the second factor forgotten", "{out} * {dout}"),
            ("the first factor forgotten", "(1 - {out}) * {dout}"),
            ("a plus for the minus", "((1 + {out}) * {out}) * {dout}"),
            ("a square for the product", "(1 - {out}**2) * {dout}"),
        )
    },
    "relu": {
        "x": (
            ("everything passed on", "1 * {dout}"),
            ("the output for its slope", "{out} * {dout}"),
            ("the other side passed on", "({x} < 0) * {dout}"),
            ("where the upstream gradient is positive", "({dout} > 0) * {dout}"),
        )
    },
    "leaky_relu": {
        "x": (
            ("the sides exchanged", "where({x} > 0, {negative_slope}, 1) * {dout}"),
            ("the lower slope forgotten", "({x} > 0) * {dout}"),
            ("everything passed on", "1 * {dout}"),
        )
    },
    "elu": {
        "x": (
            ("alpha forgotten", "where({x} > 0, 1, exp({x})) * {dout}"),
            ("alpha not added back", "where({x} > 0, 1, {out}) * {dout}"),
        )
    },
    "gelu": {"x": (("the second term forgotten", "((1 + erf({x} / sqrt(2))) / 2) * {dout}"),)},
    "silu": {
        "x": (
            ("the second term forgotten", "(1 / (1 + exp(-{x}))) * {dout}"),
            ("the first term forgotten", "({out} * (1 - 1 / (1 + exp(-{x})))) * {dout}"),
        )
    },
    "softplus": {"x": (("the exponential alone", "exp({x}) * {dout}"),)},
    "logsigmoid": {
        "x": (
            ("the sigmoid itself, not 1 less that", "(1 / (1 + exp(-{x}))) * {dout}"),
            (
                "that of the sigmoid",
                "(1 / (1 + exp({x})) / (1 + exp(-{x}))) * {dout}",
            ),
        )
    },
    "logaddexp": {
        "x": (
            ("the exponential alone", "exp({x}) * {dout}"),
            (
                "the other operand's share",
                "sigmoid({y} - {x}) * {dout}",
                "swapped-operands",
            ),
        ),
        "y": (
            ("the exponential alone", "exp({y}) * {dout}"),
            (
                "the other operand's share",
                "sigmoid({x} - {y}) * {dout}",
                "swapped-operands",
            ),
        ),
    },
    "erf": {"x": (("the square in the exponent lost", "(2 / sqrt(pi) * exp(-{x})) * {dout}"),)},
    "maximum": {
        "x": (
            ("branches swapped", "({x} < {y}) * {dout}", "swapped-branches"),
            ("all to both", "1 * {dout}"),
        ),
        "y": (
            ("branches swapped", "({y} < {x}) * {dout}", "swapped-branches"),
            ("all to both", "1 * {dout}"),
        ),
    },
    "minimum": {
        "x": (
            ("branches swapped", "({x} > {y}) * {dout}", "swapped-branches"),
            ("all to both", "1 * {dout}"),
        ),
        "y": (
            ("branches swapped", "({y} > {x}) * {dout}", "swapped-branches"),
            ("all to both", "1 * {dout}"),
        ),
    },
    "clamp": {"x": (("everything passed on", "1 * {dout}"),)},
    "clamp_min": {
        "x": (
            ("everything passed on", "1 * {dout}"),
            ("branches swapped", "({x} < {min}) * {dout}", "swapped-branches"),
        ),
        "min": (
            ("held constant", "0 * {dout}", "lost-gradient"),
            ("branches swapped", "({x} >= {min}) * {dout}", "swapped-branches"),
            ("all to both", "1 * {dout}"),
        ),
    },
    "clamp_max": {
        "x": (
            ("everything passed on", "1 * {dout}"),
            ("branches swapped", "({x} > {max}) * {dout}", "swapped-branches"),
        ),
        "max": (
            ("held constant", "0 * {dout}", "lost-gradient"),
            ("branches swapped", "({x} <= {max}) * {dout}", "swapped-branches"),
            ("all to both", "1 * {dout}"),
        ),
    },
    "clamp_between": {
        "x": (
            ("everything passed on", "1 * {dout}"),
            ("the upper bound forgotten", "({x} >= {min}) * {dout}"),
            ("the lower bound forgotten", "({x} <= {max}) * {dout}"),
        ),
        "min": (
            ("held constant", "0 * {dout}", "lost-gradient"),
            ("that of the upper bound", "({x} > {max}) * {dout}", "swapped-operands"),
        ),
        "max": (
            ("held constant", "0 * {dout}", "lost-gradient"),
            ("that of the lower bound", "({x} < {min}) * {dout}", "swapped-operands"),
        ),
    },
    "where": {
        "x": (
            ("branches swapped", "where({condition}, 0, 1) * {dout}", "swapped-branches"),
            ("all to both", "1 * {dout}"),
        ),
        "y": (
            ("branches swapped", "where({condition}, 1, 0) * {dout}", "swapped-branches"),
            ("all to both", "1 * {dout}"),
        ),
    },
    **ARRAYS,
    **LOSSES,
    **PICKING,
    **SLIDING,
}

SLIPS: Final[Mapping[str, Mapping[str, tuple[Slip, ...]]]] = {
    op: {operand: tuple(Slip(*slip) for slip in slips) for operand, slips in table.items()}
    for op, table in _WRITTEN.items()
}
"""For each operation and operand the well-known slips."""
