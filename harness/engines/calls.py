"""How an engine is called: the names under which it offers an operation, and its parameters."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import Any, Final

import numpy as np

from harness.engines.answers import NUMPY
from harness.vocabulary.aliases import KEYWORDS
from harness.vocabulary.signatures import OPERATIONS, REQUIRED, Operation

DUNDERS: Final = {
    "add": ("__add__", "__radd__"),
    "sub": ("__sub__", "__rsub__"),
    "mul": ("__mul__", "__rmul__"),
    "div": ("__truediv__", "__rtruediv__"),
    "pow": ("__pow__", "__rpow__"),
    "matmul": ("__matmul__", "__rmatmul__"),
    "neg": ("__neg__", "__neg__"),
}
OPERATORS: Final[Mapping[str, Callable[..., Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "matmul": operator.matmul,
    "neg": operator.neg,
}


class Unsupported(Exception):
    """The engine lacks an operation, or a way of calling it; the message names it."""


def operate(op: str, operands: list[Any]) -> Any:
    """Python's operator. Where neither operand takes the other, the engine lacks it."""
    try:
        return OPERATORS[op](*operands)
    except TypeError as error:
        if _is_refusal(error):
            raise Unsupported(str(error)) from None
        raise


def _is_refusal(error: TypeError) -> bool:
    """Whether Python or numpy asked both operands and neither wanted to; no code of the engine's
    has raised it."""
    files, place = [], error.__traceback__
    while place is not None:
        files.append(place.tb_frame.f_code.co_filename)
        place = place.tb_next
    asked = "unsupported operand" in str(error) or "returned NotImplemented from" in str(error)
    return asked and all(file.startswith(NUMPY) for file in files[1:])


class Call:
    """One operation of an engine, and how its parameters are passed."""

    def __init__(
        self,
        op: str,
        name: str,
        function: Callable[..., Any],
        signature: Callable[..., Any] | None = None,
        kind: str = "function",
    ) -> None:
        """``signature``: whose parameters those of ``function`` are, after one of its own. ``rank``
        tells how many axes an operand has."""
        self.op, self.name, self.function, self.kind = op, name, function, kind
        self.operation = OPERATIONS[op]
        self.rank: Callable[[Any], int] = np.ndim
        own = parameters_of(signature or function)
        self.signature = own if signature is None else own[1:]
        self.by_position = signature is not None and not _takes_keywords(function)
        kinds = inspect.Parameter
        self.spreads = any(p.kind is kinds.VAR_POSITIONAL for p in self.signature)
        variable = (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
        self.hidden = self.spreads and all(p.kind in variable for p in self.signature)
        self.open = any(p.kind is kinds.VAR_KEYWORD for p in self.signature)

    def __call__(self, operands: list[Any], given: Mapping[str, Any]) -> Any:
        arguments: list[Any] = list(operands)
        if self.op == "einsum":  # everybody's einsum takes the equation first
            return self.function(given["equation"], *operands)
        told = [p for p in self.signature if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        if self.op in ("transpose", "permute") and self.spreads and len(told) < 2:
            return self._turned(operands[0], given)
        if self.op == "transpose" and self.name.lower() in ("transpose", "t"):
            order = exchange(self.rank(operands[0]), **given)
            if any(p.name in ("axes", "dims", "perm") for p in self.signature):
                return self.function(*operands, tuple(order))
            if len(self.signature) == 1:
                if order != [1, 0]:
                    raise Unsupported("transpose of other than a matrix")
                return self.function(*operands)
        if self.operation.variadic and not self.spreads:
            arguments = [list(operands)]
        keywords: dict[str, Any] = {}
        untold: dict[str, Any] = {}
        positional = [
            p for p in self.signature if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        taken = {p.name for p in positional[: len(arguments)]}
        by_name = {p.name: p for p in self.signature if p.name not in taken}
        for name, parameter in self.operation.parameters.items():
            found = next((key for key in KEYWORDS.get(name, (name,)) if key in by_name), None)
            value = given.get(name, parameter.default)
            if found is not None and by_name[found].kind is not inspect.Parameter.VAR_POSITIONAL:
                if name in given or by_name[found].default != parameter.default:
                    keywords[found] = value
                by_name.pop(found)
            elif name not in given:
                continue
            elif self.open or self.hidden:
                untold[name] = value
            elif self.spreads and parameter.default is REQUIRED:
                spread = value if isinstance(value, tuple) and value else (value,)
                arguments.extend(spread)
            elif parameter.default is REQUIRED and len(by_name) > len(keywords):
                arguments.append(value)
                by_name.pop(next(iter(by_name)))
            else:
                raise Unsupported(f"{self.op} with {name}")
        if self.by_position:
            names = [p.name for p in positional[len(arguments) :]]
            while names and names[-1] not in keywords:
                names.pop()
            defaults = {p.name: p.default for p in positional}
            return self.function(*arguments, *(keywords.get(n, defaults[n]) for n in names))
        if self.spreads and len(arguments) > 1 and isinstance(arguments[-1], tuple):
            with suppress(TypeError, IndexError):
                if not arguments[-1]:  # an empty shape is no argument to most
                    return self.function(*arguments[:-1], **keywords)
        if not untold:
            return self.function(*arguments, **keywords)
        return self._spelled(arguments, keywords, untold)

    def _spelled(
        self, arguments: list[Any], keywords: Mapping[str, Any], untold: Mapping[str, Any]
    ) -> Any:
        """The call with the parameters ``untold``, of which a decorator hides how they are spelled:
        under their usual names in turn, and then by position."""
        for names in product(*(KEYWORDS.get(name, (name,)) for name in untold)):
            try:
                spelled = dict(zip(names, untold.values(), strict=True))
                return self.function(*arguments, **keywords, **spelled)
            except TypeError as error:
                if "unexpected keyword" not in str(error):
                    raise
        try:
            return self.function(*arguments, *untold.values(), **keywords)
        except Exception as error:
            raise Unsupported(f"{self.op} with {', '.join(untold)}") from error

    def _turned(self, operand: Any, given: Mapping[str, Any]) -> Any:
        """Axes in another order, where a decorator hides how that is told: all of them, one after
        the other or in one, the two that are exchanged, or nothing for a matrix's."""
        exchanged = self.op == "transpose"
        order = exchange(self.rank(operand), **given) if exchanged else list(given["axes"])
        ways: list[tuple[Any, ...]] = [tuple(order), (tuple(order),)]
        ways += [tuple(given.values())] if exchanged else []
        ways += [()] if order == [1, 0] else []
        for way in ways:
            with suppress(TypeError, ValueError, IndexError):
                return self.function(operand, *way)
        raise Unsupported(f"{self.op} of chosen axes")


def parameters_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """A function's parameters; none where it does not tell."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []


def fits(operation: Operation, parameters: Sequence[inspect.Parameter], name: str = "") -> bool:
    """Whether a function called ``name`` can be this operation: ``max(x, axis)`` is no maximum of
    two operands, and ``max(x, y)`` no reduction. Where a decorator hides the signature, another
    operation's name decides."""
    if operation.variadic or not parameters:
        return True
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        hidden = all(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)
        return not hidden or name not in OPERATIONS or name == operation.name
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    count = len(operation.operands)
    known = {key for name in operation.parameters for key in KEYWORDS.get(name, (name,))}
    asked = sum(p.default is REQUIRED for p in operation.parameters.values())
    further = [p for p in positional[count:] if p.default is p.empty]
    if asked and len(parameters) == count and operation.name != "transpose":
        return False
    return (
        len(positional) >= count
        and not any(p.name in KEYWORDS["axis"] for p in positional[:count])
        and (len(further) <= asked if asked else all(p.name in known for p in further))
    )


def offers(cls: type, name: str) -> bool:
    """Whether a class, or one that it is made of, defines ``name``; to be a float does not do."""
    return any(name in vars(base) for base in cls.__mro__ if base.__module__ != "builtins") or (
        cls.__module__ == "builtins" and hasattr(cls, name)
    )


def _takes_keywords(function: Callable[..., Any]) -> bool:
    parameters = parameters_of(function)
    return not parameters or any(p.kind is p.VAR_KEYWORD for p in parameters)


def of_class(op: str, name: str, found: type, cls: type | None = None) -> Call | None:
    """An operation that is a class: ``found.apply(x)``, ``found()(x)``, or ``found(x)`` where that
    is an object of the engine's class ``cls``; None if it is none of these.

    Its parameters are those of its ``forward``, the context or the object itself left out.
    """
    forward = getattr(found, "forward", None) or getattr(found, "compute", None)
    apply = getattr(found, "apply", None)
    if callable(apply):
        static = isinstance(inspect.getattr_static(found, "apply"), staticmethod | classmethod)
        if static or inspect.ismethod(apply):
            return Call(op, name, apply, forward, f"class with apply, {found.__name__}.apply")
        instance = found
        return Call(
            op,
            name,
            lambda *operands, **given: instance().apply(*operands, **given),
            forward,
            f"class with apply, {found.__name__}().apply",
        )
    if cls is not None and issubclass(found, cls):
        return Call(op, name, found, found.__init__, f"class, {found.__name__}(…)")
    if callable(forward) and "__call__" in {key for base in found.__mro__ for key in vars(base)}:
        return Call(op, name, _by_object(found), forward, f"class, {found.__name__}()(…)")
    if "__call__" in {key for base in found.__mro__[:-1] for key in vars(base)}:
        return Call(op, name, _by_object(found), found.__call__, f"class, {found.__name__}()(…)")
    return None


def _by_object(found: type) -> Callable[..., Any]:
    """``found()(x)``; parameters go to whichever of the two takes them."""
    own = {p.name for p in parameters_of(found)}

    def call(*operands: Any, **given: Any) -> Any:
        mine = {name: value for name, value in given.items() if name in own}
        return found(**mine)(*operands, **{n: v for n, v in given.items() if n not in mine})

    return call


def exchange(rank: int, axis0: int, axis1: int) -> list[int]:
    """The order of axes that exchanges two of ``rank`` axes."""
    order = list(range(rank))
    order[axis0], order[axis1] = order[axis1], order[axis0]
    return order
