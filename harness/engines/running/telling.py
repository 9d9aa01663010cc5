"""What functions and classes tell of themselves: the parameters of the ones, and the methods of the
others."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Final

from harness.vocabulary.native import NATIVE

BARE: Final = ("builtins", "numpy")
"""The modules of classes that keep no gradients."""


# -- functions -------------------------------------------------------------------------------------


def parameters_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """A function's parameters; none where it does not tell."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []


def is_variable(parameter: inspect.Parameter) -> bool:
    """Whether it stands for any number of arguments: ``*args`` or ``**kwargs``."""
    return parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)


def needed_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters of a function that have no default."""
    return [p for p in parameters_of(function) if p.default is p.empty]


def takes(function: Callable[..., Any], count: int) -> bool:
    """Whether so many arguments are what a function wants, or it takes any number of them."""
    needed = needed_of(function)
    spreads = any(p.kind is p.VAR_POSITIONAL for p in needed)
    fixed = sum(not is_variable(p) for p in needed)
    return fixed == count or (spreads and fixed < count)


# -- classes ---------------------------------------------------------------------------------------


def offers(cls: type, name: str) -> bool:
    """Whether a class, or one that it is made of, defines ``name``; to be a float does not do, nor
    to be an array, unless it is told of what is done to arrays."""
    if cls.__module__ in BARE:
        return hasattr(cls, name)
    own = [base for base in cls.__mro__ if base.__module__ not in BARE]
    told = any("__array_ufunc__" in vars(base) for base in own)
    return any(name in vars(base) for base in (cls.__mro__ if told else own) if base is not object)


def family_of(cls: type) -> type:
    """What the objects of an engine have in common: the class, or the base of it that is the first
    to be computed with."""
    names = [name for native in NATIVE.values() for name in (native.method, native.reflected)]
    bases = [
        base
        for base in cls.__mro__[:-1]
        if base.__module__ not in BARE and any(name in vars(base) for name in names)
    ]
    return bases[-1] if bases else cls


def owns(cls: type, names: Iterable[str], least: int = 2) -> bool:
    """Whether a class computes by methods of these names with objects that are not its own:
    ``graph.add(a, b)``, of so many parameters at least."""
    methods = (getattr(cls, name, None) for name in names if offers(cls, name))
    return any(
        inspect.isfunction(method) and sum(not is_variable(p) for p in needed_of(method)) > least
        for method in methods
    )
