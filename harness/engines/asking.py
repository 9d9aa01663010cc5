"""How an engine of functions is asked for gradients: the ways that are tried, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Asking:
    """A way to ask for gradients: as it is told, and a function of what is called, a function of
    numbers, and where. ``form`` is the code for the gradient by one of the arguments. ``together``
    where it tells of all arguments in one call, and not of their numbers; ``at_once`` where that
    takes one run for all gradients."""

    text: str
    ask: Callable[[Any, Callable[..., Any], Sequence[Any]], list[Any]]
    form: str
    together: bool = False
    at_once: bool = False

    def written(
        self, grad: str, function: str, leaves: Sequence[str], position: int
    ) -> Iterator[str]:
        """The code for the gradient of ``function`` by one of its arguments, at ``leaves``; of a
        single one first as it is usual."""
        every, x = ", ".join(leaves), leaves[position]
        single = len(leaves) == 1
        told = {
            "grad": grad,
            "f": function,
            "alone": function if single else f"lambda {x}: {function}({every})",
            "x": x,
            "xs": every,
            "numbers": _numbers(leaves),
            "i": position,
        }
        for form in (USUAL.form, self.form) if single else (self.form,):
            yield form.format(**told)


def _alone(function: Callable[..., Any], point: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """The function of each argument alone, the others as they are, and that argument."""
    for i, x in enumerate(point):
        yield (lambda x, i=i: function(*point[:i], x, *point[i + 1 :])), x


def _numbers(point: Sequence[Any]) -> tuple[int, ...]:
    return tuple(range(len(point)))


USUAL: Final = Asking(
    "grad(f)(x)",
    lambda grad, f, at: [grad(part)(x) for part, x in _alone(f, at)],
    "{grad}({alone})({x})",
)

WAYS: Final = (
    Asking(
        "grad(f, argnums=…)(x, y)",
        lambda grad, f, at: list(grad(f, argnums=_numbers(at))(*at)),
        "{grad}({f}, argnums={numbers})({xs})[{i}]",
        at_once=True,
    ),
    Asking(
        "grad(f, argnum=…)(x, y)",
        lambda grad, f, at: list(grad(f, argnum=_numbers(at))(*at)),
        "{grad}({f}, argnum={numbers})({xs})[{i}]",
        at_once=True,
    ),
    USUAL,
    Asking(
        "grad(f)([x, y])",
        lambda grad, f, at: list(grad(lambda xs: f(*xs))(list(at))),
        "{grad}(lambda xs: {f}(*xs))([{xs}])[{i}]",
        together=True,
    ),
    Asking(
        "grad(f, x)",
        lambda grad, f, at: [grad(part, x) for part, x in _alone(f, at)],
        "{grad}({alone}, {x})",
    ),
    Asking(
        "grad(f, x, y)",
        lambda grad, f, at: list(grad(f, *at)),
        "{grad}({f}, {xs})[{i}]",
        together=True,
    ),
    Asking(
        "grad(f, [x, y])",
        lambda grad, f, at: list(grad(f, list(at))),
        "{grad}({f}, [{xs}])[{i}]",
        together=True,
    ),
    Asking(
        "_, back = grad(f, x, y)",
        lambda grad, f, at: list(grad(f, *at)[1](1.0)),
        "{grad}({f}, {xs})[1](1.0)[{i}]",
        together=True,
        at_once=True,
    ),
)
