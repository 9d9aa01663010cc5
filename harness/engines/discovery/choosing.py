"""Which of a module's classes is the engine: decided by what the classes have.

An engine's class computes (it has sums or products) and goes backward. A class that does not is a
helper, whatever it is called; so is one whose methods compute with the objects of another.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Final

from harness.engines.adapter import FunctionEngine, ObjectEngine
from harness.engines.clock import tried
from harness.engines.discovery.leaves import best_try
from harness.engines.discovery.trying import COMPUTED, REACHED
from harness.engines.names import METHODS, SWITCHES, may_be_tried
from harness.engines.running.conventional import LABELS
from harness.engines.running.telling import family_of, needed_of, offers, owns, parameters_of
from harness.engines.undisturbed import undisturbed, unwarned
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.examples import FIRST
from harness.vocabulary.native import NATIVE

CLASSES: Final = ("Tensor", "Value", "Variable", "Var", "Scalar", "Node")
"""Class names that an engine usually has, in order of preference."""

COMPUTES: Final = tuple(name for op in FIRST[:2] for name in (NATIVE[op].method, *ALIASES[op]))
"""What an engine's class has at least one of: sums or products."""


def choose(classes: Iterable[type], module: ModuleType) -> list[type]:
    """The class to take, and after it others that are engines, too. None if the module transforms
    functions (``grad(f)``), or has no class that could be meant."""
    rank = {name: number for number, name in enumerate(CLASSES)}
    own = dict.fromkeys(kind for kind in classes if not _is_a_graph(kind))
    named = sorted(own, key=lambda kind: rank.get(kind.__name__, len(CLASSES)))
    engines = [kind for kind in named if computes(kind) and goes_backward(kind, module)]
    if engines:
        family, bases = (
            family_of(engines[0]),
            tuple(k for k in engines if issubclass(engines[0], k)),
        )
        others = [kind for kind in engines if not issubclass(kind, bases)]
        kin = [one for one in others if issubclass(one, family) and one.__name__ not in CLASSES]
        return [engines[0], *(kind for kind in others if kind not in kin)]
    usual = [kind for kind in named if kind.__name__ in CLASSES]
    computing = list(filter(computes, usual))
    if transforms_functions(module, sure=not computing):
        return []
    computing = computing or _computing_indeed(named, module)
    going = [kind for kind in usual if goes_backward(kind, module)]
    return (computing or going or usual)[:1]


def _is_a_graph(kind: type) -> bool:
    """Whether a class computes with the objects of others: so its methods tell, or it can hold no
    number, since it is made of nothing."""
    made_of_nothing = offers(kind, "__init__") and not parameters_of(kind)
    return owns(kind, COMPUTES) or (made_of_nothing and computes(kind))


def computes(kind: type) -> bool:
    """Whether a class has sums or products."""
    return any(offers(kind, name) for name in COMPUTES)


def _computing_indeed(kinds: Sequence[type], module: ModuleType) -> list[type]:
    """The classes of unusual names whose objects can be computed with, found out by trying: first
    those whose gradients can be had, too."""
    stages = {kind: _stage(kind, module) for kind in kinds}
    found = [kind for kind, stage in stages.items() if stage >= COMPUTED]
    return sorted(found, key=lambda kind: -stages[kind])


def reverse_of(
    classes: Iterable[type], module: ModuleType, forward: type | None = None
) -> type | None:
    """A class of reverse mode, beside one of forward mode if there is one; None where there is
    none."""
    others = (kind for kind in classes if kind is not forward and computes(kind))
    return next((kind for kind in others if _stage(kind, module) == REACHED), None)


def _stage(kind: type, module: ModuleType) -> int:
    """How far one comes with objects of a class."""
    with undisturbed([module]):
        return best_try(ObjectEngine(kind, module)).stage


def goes_backward(kind: type, module: ModuleType) -> bool:
    """By a method; or by a function of the module, which in one with ``grad`` is a part of that."""
    own = any(hasattr(kind, name) for name in METHODS)
    function = any(callable(getattr(module, name, None)) for name in METHODS)
    return own or (function and not hasattr(module, "grad"))


def only_transforms(kind: type, module: ModuleType) -> bool:
    """Whether what goes backward in a module is a function of functions, ``backward(f)``, and none
    of a class's objects does."""
    own = any(hasattr(kind, name) for name in METHODS)
    by_function = not own and goes_backward(kind, module) and _stage(kind, module) < REACHED
    return by_function and FunctionEngine(module).transform is not None


def stands_alone(kind: type, module: ModuleType) -> bool:
    """Whether objects of a class can be made of numbers and computed with. One that is made of
    nothing may only hold others, and one that is made of a name waits for its number."""
    if all(p.name in LABELS for p in parameters_of(kind)):
        return False
    return computes(kind) or _stage(kind, module) >= COMPUTED


def switched_on(kinds: Iterable[type], module: ModuleType) -> str:
    """The function of the module that must be called once, before a class goes backward; it has
    been called. None is needed, or there is none, where it is empty."""
    kinds = [kind for kind in kinds if computes(kind) or kind.__name__ in CLASSES]
    for name, item in list(vars(module).items()) if kinds else ():
        if (
            may_be_tried(name)
            and name.startswith(SWITCHES)
            and inspect.isfunction(item)
            and not needed_of(item)
        ):
            with tried():
                item()
            if any(computes(kind) and goes_backward(kind, module) for kind in kinds):
                return name
    return ""


def transforms_functions(module: ModuleType, sure: bool = True) -> bool:
    """Whether something makes of a function its gradient; where no other engine can be meant (it is
    ``sure``), a ``grad`` that gives a function is enough, though that may not work."""
    with unwarned():
        if FunctionEngine(module).transform is not None:
            return True
    with tried():
        grad = getattr(module, "grad", None)
        return sure and callable(grad) and callable(grad(lambda x: x * x))
    return False
