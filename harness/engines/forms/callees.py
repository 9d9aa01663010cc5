"""What of a static graph can be called: what computes it for a feed, and what gives its gradients,
as methods of nodes, functions, and methods of other classes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, Final

from harness.engines.names import METHODS, may_be_tried
from harness.engines.running.objects import GraphEngine
from harness.engines.running.telling import needed_of, offers

COMPUTES: Final = (
    *("run", "eval", "evaluate", "compute", "forward", "execute", "value", "at", "subs"),
    "__call__",
)
"""What a method or a function is called that computes a graph for a feed."""

RUNS: Final = ("run", "evaluate", "compute", "execute", "forward_backward", "forward_and_backward")
"""What a function is called that computes both passes: nodes keep their numbers, and the gradients
are its answer."""

ASKS: Final = (
    *("gradients", "gradient", "grads", "grad", "diff", "derivative", "differentiate", "derive"),
    *("deriv", *METHODS, "d"),
)
"""What a method or a function is called that gives gradients."""

Many = Callable[..., Any]
"""Of nodes and whatever else is given: an answer for all of them."""


Runner = Callable[[str], Any]
"""The object of a class that computes graphs, by the class's name."""


@dataclass(frozen=True)
class Callee:
    """What can be called with nodes: ``told`` is how that is written, ``call`` takes a list of them
    and what else is given; ``at_once`` where that is one call."""

    told: str
    call: Many
    at_once: bool = False

    def written(self, given: str) -> str:
        """The call as it is written in code."""
        return self.told.replace("…", given).replace(", )", ")")


def callees(engine: GraphEngine, runner: Runner, names: Sequence[str]) -> Iterator[Callee]:
    """Whatever has one of the names: a node's method, a function, a method of another class."""
    module, cls = engine.module, engine.cls
    kinds = [
        (key, kind)
        for key, kind in engine.classes()
        if may_be_tried(key) and not issubclass(kind, cls)
    ]
    for name in names:
        if any(offers(kind, name) for kind in (cls, *cls.__subclasses__())):
            yield Callee(f"out.{name}(…)", _each(partial(_asked_of, name)))
        function = getattr(module, name, None)
        if inspect.isfunction(function):
            yield from _both(f"{name}(", function)
        for key, kind in kinds:
            if offers(kind, name) and not needed_of(kind):

                def run(nodes: Any, *given: Any, key: str = key, name: str = name) -> Any:
                    return getattr(runner(key), name)(nodes, *given)

                yield from _both(f"{key}().{name}(", run)
            elif offers(kind, name):

                def made(nodes: Any, *given: Any, kind: Any = kind, name: str = name) -> Any:
                    return getattr(kind(nodes), name)(*given)

                yield Callee(f"{key}([out]).{name}(…)", made, at_once=True)


def running(engine: GraphEngine) -> Iterator[Callee]:
    """The functions that compute both passes."""
    for name in RUNS:
        function = getattr(engine.module, name, None)
        if inspect.isfunction(function):
            yield Callee(f"{name}(out, …)", _each(function))


def filling(engine: GraphEngine, places: Sequence[str]) -> Iterator[Callee]:
    """The same, of which the number is read in the node: in one of the places that a placeholder
    has."""
    for run, name in product(running(engine), places):

        def filled(nodes: Any, *given: Any, run: Callee = run, name: str = name) -> Any:
            run.call(nodes[-1:], *given)
            lacking = [node for node in nodes if getattr(node, name) is None]
            run.call(lacking, *given)
            return [getattr(node, name) for node in nodes]

        yield Callee(f"{run.told}, out.{name}", filled, at_once=True)


def _both(told: str, function: Many) -> Iterator[Callee]:
    """A function of a list of nodes, or of one."""
    yield Callee(f"{told}[out], …)", function, at_once=True)
    yield Callee(f"{told}out, …)", _each(function))


def _each(one: Callable[..., Any]) -> Many:
    return lambda nodes, *given, **named: [one(node, *given, **named) for node in nodes]


def _asked_of(name: str, out: Any, *given: Any, **named: Any) -> Any:
    return getattr(out, name)(*given, **named)
