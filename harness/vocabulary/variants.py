"""Formulas that a parameter chooses: what an operation computes where it is not at its default.

An operation whose rule depends on a parameter, such as the reduction of a loss, has its default's
lines in ``formulas.py``, and here for other values lines of their own, with their slips, edges and
kinks. :func:`formula_of` gives a step's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.vocabulary.formula import Formula
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.kinks import Kink
from harness.vocabulary.program import Step
from harness.vocabulary.slips import Slip

OTHER: Final = object()
"""Stands for every value of a parameter but its default."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The formula of an operation where ``parameters`` have these values."""

    parameters: Mapping[str, Any]
    formula: Formula

    def is_of(self, step: Step) -> bool:
        """Whether it is the formula of a step of its operation."""
        arguments, known = step.arguments, step.operation.parameters
        return all(
            arguments[name] != known[name].default if value is OTHER else arguments[name] == value
            for name, value in self.parameters.items()
        )


def _reductions(
    mean: Formula, total: str, each: str, row: str = "{dout}", **parameters: Any
) -> tuple[Variant, Variant]:
    """A loss as a sum, and each by itself, by the code of these; their derivatives and slips are
    those of the mean, which divides by n. ``row`` is the upstream gradient of each one."""

    def derivatives(upstream: str) -> dict[str, str]:
        return {name: _undivided(text, upstream) for name, text in mean.derivatives.items()}

    def slips(upstream: str, added: Mapping[str, Slip]) -> dict[str, tuple[Slip, ...]]:
        return {
            name: (
                *(
                    slip._replace(text=_undivided(slip.text, upstream))
                    for slip in mean.slips[name]
                    if "{n}" in slip.text
                ),
                one,
            )
            for name, one in added.items()
        }

    divided = {
        name: Slip("divided by n, as a mean", text, "wrong-scale")
        for name, text in mean.derivatives.items()
    }
    added_up = {
        name: Slip("the upstream gradients added up first", _undivided(text, "sum({dout})"))
        for name, text in mean.derivatives.items()
    }
    summed = replace(
        mean, code=total, derivatives=derivatives("{dout}"), slips=slips("{dout}", divided)
    )
    apart = replace(mean, code=each, derivatives=derivatives(row), slips=slips(row, added_up))
    return (
        Variant({"reduction": "sum", **parameters}, summed),
        Variant({"reduction": "none", **parameters}, apart),
    )


def _undivided(text: str, upstream: str) -> str:
    return text.replace(" / {n}", "").replace("{dout}", upstream)


_SQUARES: Final = "({x} - {y})**2"
_LIKELIHOOD: Final = "{y} * maximum(log({p}), -100) + (1 - {y}) * maximum(log(1 - {p}), -100)"
_BY_LOGITS: Final = "maximum({logits}, 0) - {logits} * {y} + log1p(exp(-abs({logits})))"
_ROWS: Final = "log_softmax({logits}) * onehot({labels}, {logits})"
_KEPT_ROWS: Final = "log_softmax({logits}) * onehot({labels}, {logits}, {ignore_index})"
_ROW: Final = "expand_dims({dout}, -1)"


def _ignoring(formula: Formula) -> Formula:
    """With another label that is ignored than -100, which is no class."""
    short, whole = "onehot({labels}, {logits})", "onehot({labels}, {logits}, {ignore_index})"
    return replace(
        formula,
        code=formula.code.replace(short, whole),
        derivatives={k: text.replace(short, whole) for k, text in formula.derivatives.items()},
        slips={
            name: tuple(slip._replace(text=slip.text.replace(short, whole)) for slip in slips)
            for name, slips in formula.slips.items()
        },
    )


def _cross_entropies() -> tuple[Variant, ...]:
    mean = FORMULAS["cross_entropy"]
    ignoring = _ignoring(mean)
    return (
        *_reductions(
            ignoring, f"-sum({_KEPT_ROWS})", f"-sum({_KEPT_ROWS}, -1)", _ROW, ignore_index=OTHER
        ),
        Variant({"ignore_index": OTHER}, ignoring),
        *_reductions(mean, f"-sum({_ROWS})", f"-sum({_ROWS}, -1)", _ROW),
    )


_SOFT: Final = "log_softmax({logits}) * {probabilities}"

_TRAINING: Final = Formula(
    FORMULAS["batch_norm"].torch,
    "standardized({x}, {eps}, within({x})) * channels({weight}, {x}) + channels({bias}, {x})",
    {
        "x": "batch_norm_dx({x}, {weight}, {eps}, {dout})",
        "weight": "sum(standardized({x}, {eps}, within({x})) * {dout}, within({x}))",
        "bias": "sum({dout}, within({x}))",
    },
    slips={
        "x": (
            Slip(
                "mean and spread held constant",
                "{dout} * channels({weight}, {x})"
                " / sqrt(var({x}, within({x}), keepdims=True) + {eps})",
            ),
            Slip(
                "the running statistics, as in evaluation",
                "channels({weight}, {x}) / sqrt(channels({running_var}, {x}) + {eps}) * {dout}",
            ),
        ),
        "weight": (
            Slip("the input, not its standard form", "sum({x} * {dout}, within({x}))"),
            Slip(
                "averaged over the batch",
                "mean(standardized({x}, {eps}, within({x})) * {dout}, within({x}))",
                "wrong-scale",
            ),
        ),
        "bias": FORMULAS["batch_norm"].slips["bias"],
    },
)

_LARGEST: Final = "sum(abs({x}) == {out}, {axis}, keepdims=True)"
_KINK_OF_ALL: Final = Kink(
    f"({{out}} == 0) | ((abs({{x}}) == {{out}}) & ({_LARGEST} > 1))",
    "where({out} == 0, -1, 0) * {dout}",
    "where({out} == 0, 1, sign({x})) * {dout}",
    "tie-convention",
)
_ZERO: Final = Kink("{out} == 0", "-1 * {dout}", "1 * {dout}")


def _norm(code: str, derivative: str, *slips: Slip, **more: Any) -> Formula:
    torch = FORMULAS["norm"].torch
    return Formula(torch, code, {"x": derivative}, slips={"x": slips}, **more)


def _extreme(function: str) -> Formula:
    return _norm(
        f"{function}(abs({{x}}), axis={{axis}}, keepdims={{keepdims}})",
        f"sign({{x}}) * (abs({{x}}) == {{out}}) / {_LARGEST} * {{dout}}",
        Slip("the sign forgotten", f"(abs({{x}}) == {{out}}) / {_LARGEST} * {{dout}}"),
        Slip("passed on to every element", "sign({x}) * {dout}"),
        Slip(
            "each of several extreme ones gets all",
            "sign({x}) * (abs({x}) == {out}) * {dout}",
        ),
        kinks={"x": _KINK_OF_ALL},
    )


_NORMS: Final = (
    Variant(
        {"ord": 1},
        _norm(
            "sum(abs({x}), axis={axis}, keepdims={keepdims})",
            "sign({x}) * {dout}",
            Slip("the sign forgotten", "1 * {dout}"),
            Slip("as that of the square", "({x} / {out}) * {dout}"),
            kinks={"x": Kink("{x} == 0", "-1 * {dout}", "1 * {dout}")},
        ),
    ),
    Variant({"ord": math.inf}, _extreme("max")),
    Variant({"ord": -math.inf}, _extreme("min")),
    Variant(
        {"ord": OTHER},
        _norm(
            "sum(abs({x})**{ord}, axis={axis}, keepdims={keepdims})**(1 / {ord})",
            "sign({x}) * abs({x})**({ord} - 1) * {out}**(1 - {ord}) * {dout}",
            Slip("the outer power forgotten", "{ord} * sign({x}) * abs({x})**({ord} - 1) * {dout}"),
            Slip(
                "the sign forgotten",
                "abs({x})**({ord} - 1) * {out}**(1 - {ord}) * {dout}",
            ),
            edges={"x": ("({out} == 0) | (({x} == 0) & ({ord} < 1))", "0")},
            kinks={"x": _ZERO},
        ),
    ),
)

_TANH: Final = "tanh(sqrt(2 / pi) * ({x} + 0.044715 * {x}**3))"
_GELU_TANH: Final = Formula(
    FORMULAS["gelu"].torch,
    f"{{x}} * (1 + {_TANH}) / 2",
    {
        "x": f"((1 + {_TANH}) / 2 + {{x}} * (1 - {_TANH}**2) / 2"
        " * sqrt(2 / pi) * (1 + 3 * 0.044715 * {x}**2)) * {dout}"
    },
    slips={
        "x": (
            Slip("the second term forgotten", f"((1 + {_TANH}) / 2) * {{dout}}"),
            Slip(
                "the inner derivative forgotten",
                f"((1 + {_TANH}) / 2 + {{x}} * (1 - {_TANH}**2) / 2) * {{dout}}",
            ),
            Slip(
                "that of the exact one",
                FORMULAS["gelu"].derivatives["x"],
            ),
        )
    },
)

VARIANTS: Final[Mapping[str, tuple[Variant, ...]]] = {
    "mse_loss": _reductions(FORMULAS["mse_loss"], f"sum({_SQUARES})", _SQUARES),
    "binary_cross_entropy": _reductions(
        FORMULAS["binary_cross_entropy"], f"-sum({_LIKELIHOOD})", f"-({_LIKELIHOOD})"
    ),
    "binary_cross_entropy_with_logits": _reductions(
        FORMULAS["binary_cross_entropy_with_logits"], f"sum({_BY_LOGITS})", _BY_LOGITS
    ),
    "cross_entropy": _cross_entropies(),
    "norm": _NORMS,
    "gelu": (Variant({"approximate": "tanh"}, _GELU_TANH),),
    "batch_norm": (Variant({"training": True}, _TRAINING),),
    "soft_cross_entropy": _reductions(
        FORMULAS["soft_cross_entropy"], f"-sum({_SOFT})", f"-sum({_SOFT}, -1)", _ROW
    ),
}
"""By operation, the first that fits before the others."""


def formula_of(step: Step) -> Formula:
    """What a step computes."""
    for variant in VARIANTS.get(step.op, ()):
        if variant.is_of(step):
            return variant.formula
    return FORMULAS[step.op]


def formulas_of(op: str) -> tuple[Formula, ...]:
    """All formulas of an operation, its default's first."""
    return FORMULAS[op], *(variant.formula for variant in VARIANTS.get(op, ()))
