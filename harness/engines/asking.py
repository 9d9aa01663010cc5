"""How an engine of functions is asked for gradients: what may be called so, and the ways that are
tried, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import isfunction
from types import ModuleType
from typing import Any, Final

from harness.engines.names import METHODS, may_be_tried
from harness.engines.running.telling import needed_of, offers
from harness.engines.sources import is_own

TRANSFORMS: Final = (
    *("grad", "gradient", "gradients", "derivative", "diff", "pullback", "vjp"),
    "value_and_grad",
)
"""What a function may be called that makes of a function its gradient."""

READINGS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "": lambda answer: answer,
    "[1]": lambda answer: answer[1],
    "[1](1.0)": lambda answer: answer[1](1.0),
}
"""Where gradients are in an answer: they are all of it, or come after the function's value, or are
what a pullback after that gives."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A way to ask for gradients: as it is told, and a function of what is called, a function of
    numbers, and where, whose answer is read by one of :data:`READINGS`. ``form`` is the code for
    it. ``together`` where it tells of all arguments in one call, and not of each alone or by their
    numbers; ``at_once`` where that takes one run for all gradients."""

    text: str
    ask: Callable[[Any, Callable[..., Any], Sequence[Any]], Any]
    form: str
    together: bool = False
    at_once: bool = False
    alone: bool = False
    reading: str = ""

    def gradients(self, grad: Any, f: Callable[..., Any], at: Sequence[Any]) -> list[Any]:
        """The gradients of ``f`` by all of its arguments."""
        if self.alone:
            return [self._read(self.ask(grad, part, [x]), 1)[0] for part, x in _alone(f, at)]
        return self._read(self.ask(grad, f, at), len(at))

    def value(self, grad: Any, f: Callable[..., Any], at: Sequence[Any]) -> Any:
        """The value of ``f``, which the answer tells, too."""
        return self.ask(grad, f, at)[0]

    def _read(self, answer: Any, count: int) -> list[Any]:
        found = READINGS[self.reading](answer)
        if isinstance(found, Mapping):
            found = list(found.values())
        each = isinstance(found, list | tuple) or (count > 1 and not self.alone)
        return list(found) if each else [found]

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
            "count": len(leaves),
        }
        item = self.reading + ("" if self.alone else f"[{position}]")
        for form in (USUAL.form, self.form + item) if single else (self.form + item,):
            yield form.format(**told)


def _alone(function: Callable[..., Any], point: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """The function of each argument alone, the others as they are, and that argument."""
    for i, x in enumerate(point):
        yield (lambda x, i=i: function(*point[:i], x, *point[i + 1 :])), x


def _numbers(point: Sequence[Any]) -> tuple[int, ...]:
    return tuple(range(len(point)))


USUAL: Final = Asking(
    "grad(f)(x)",
    lambda grad, f, at: grad(f)(*at),
    "{grad}({alone})({x})",
    alone=True,
)

_WAYS: Final = (
    Asking(
        "grad(f, argnums=…)(x, y)",
        lambda grad, f, at: grad(f, argnums=_numbers(at))(*at),
        "{grad}({f}, argnums={numbers})({xs})",
        at_once=True,
    ),
    Asking(
        "grad(f, argnum=…)(x, y)",
        lambda grad, f, at: grad(f, argnum=_numbers(at))(*at),
        "{grad}({f}, argnum={numbers})({xs})",
        at_once=True,
    ),
    Asking(
        "grad(f)(x, y)",
        lambda grad, f, at: grad(f)(*at),
        "{grad}({f})({xs})",
        together=True,
    ),
    Asking(
        "grad(f)([x, y])",
        lambda grad, f, at: grad(lambda xs: f(*xs))(list(at)),
        "{grad}(lambda xs: {f}(*xs))([{xs}])",
        together=True,
    ),
    Asking(
        "grad(f, x, y)",
        lambda grad, f, at: grad(f, *at),
        "{grad}({f}, {xs})",
        together=True,
    ),
    Asking(
        "grad(f, [x, y])",
        lambda grad, f, at: grad(f, list(at)),
        "{grad}({f}, [{xs}])",
        together=True,
    ),
    Asking(
        "grad(f, 2)(x, y)",
        lambda grad, f, at: grad(f, len(at))(*at),
        "{grad}({f}, {count})({xs})",
        together=True,
    ),
    USUAL,
    Asking(
        "grad(f, x)",
        lambda grad, f, at: grad(f, *at),
        "{grad}({alone}, {x})",
        alone=True,
    ),
)

WAYS: Final = tuple(
    replace(way, reading=reading, at_once=way.at_once or (reading != "" and way.together))
    for reading in READINGS
    for way in _WAYS
)
"""What is tried in turn; an answer that tells the value, too, is of one run."""


def likely_names(module: ModuleType | None) -> Iterator[str]:
    """What is called like nothing known: functions, what is called like a backward pass first, and
    methods of what is made of nothing, ``Machine.grad``."""
    items = vars(module).items() if module is not None else ()
    for name, item in sorted(items, key=lambda entry: entry[0] not in METHODS):
        own = module is not None and is_own(item, module)
        if not own or not may_be_tried(name) or name in TRANSFORMS:
            continue
        if isfunction(item) and needed_of(item):
            yield name
        elif isinstance(item, type) and not needed_of(item):
            methods = [key for key in vars(item) if may_be_tried(key) and offers(item, key)]
            yield from (f"{name}.{key}" for key in methods)
