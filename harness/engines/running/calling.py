"""How an operation that was found by its name is called: a small strategy for each convention.

:data:`CONVENTIONS` lists how operands and parameters are put together into arguments, and
:data:`PASSING` how these are handed over; of each, the first that fits is chosen when the
operation is found.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, Final

import numpy as np

from harness.engines.engine import Unsupported
from harness.engines.running.telling import family_of, is_variable, parameters_of
from harness.vocabulary.aliases import KEYWORDS, OPERANDS
from harness.vocabulary.operation import REQUIRED, Operation
from harness.vocabulary.signatures import OPERATIONS

Parameters = Mapping[str, Any]
"""The parameters of a step that are written, by the vocabulary's names."""

Strategy = Callable[["Call", list[Any], Parameters], Any]

AXES: Final = ("axes", "dims", "perm")
"""What a transpose's parameter is called that takes all axes in their new order."""

EXCHANGED: Final = (*KEYWORDS["axis0"], *KEYWORDS["axis1"])
"""What a transpose's parameters are called that take the two axes to be exchanged."""

TURNS: Final = ("transpose", "permute")
"""The rules of shape of what brings axes into another order."""


@dataclass
class Call:
    """An operation of an engine: ``name`` is what it is called there, ``kind`` as what it was
    found. ``signature`` are the parameters that it takes; ``by_position`` where ``function`` passes
    them on to another. ``rank`` tells how many axes an operand has."""

    op: str
    name: str
    function: Callable[..., Any]
    kind: str
    signature: Sequence[inspect.Parameter]
    by_position: bool = False
    rank: Callable[[Any], int] = np.ndim
    gathers: bool = False
    """Whether it takes its operands in one list."""

    @classmethod
    def of(cls, op: str, name: str, function: Callable[..., Any], kind: str = "function") -> Call:
        """A call of a function with parameters of its own."""
        return cls(op, name, function, kind, parameters_of(function))

    def __post_init__(self) -> None:
        self.operation = OPERATIONS[self.op]
        self.told = [p for p in self.signature if not is_variable(p)]
        self.positional = [p for p in self.told if p.kind is not p.KEYWORD_ONLY]
        self.spreads = any(p.kind is p.VAR_POSITIONAL for p in self.signature)
        self.hides = any(p.kind is p.VAR_KEYWORD for p in self.signature) or (
            self.spreads and not self.told
        )

    def __call__(self, operands: list[Any], written: Parameters) -> Any:
        return self.convention(self, operands, written)

    @cached_property
    def convention(self) -> Strategy:
        """How it is called."""
        return next(strategy for fits_it, strategy in CONVENTIONS if fits_it(self))

    def in_order(self, operands: list[Any]) -> list[Any]:
        """The operands as the signature names them; those that it has other names for, and all
        where it has other names alone, as the vocabulary orders them."""
        named = dict(zip(self.operation.operands, operands, strict=False))
        places = {
            place: name
            for place, parameter in enumerate(self.positional[: len(operands)])
            for name in named
            if parameter.name in OPERANDS.get(name, ())
        }
        if self.operation.variadic or len(set(places.values())) < len(places):
            return list(operands)
        rest = iter([x for name, x in named.items() if name not in places.values()])
        ordered = [named[places[i]] if i in places else next(rest) for i in range(len(named))]
        return [*ordered, *operands[len(named) :]]

    @cached_property
    def passing(self) -> Callable[[Call, list[Any], Parameters, Parameters], Any]:
        """How its arguments are handed over."""
        return next(strategy for fits_it, strategy in PASSING if fits_it(self))


# -- which arguments -------------------------------------------------------------------------------


def _equation_first(call: Call, operands: list[Any], written: Parameters) -> Any:
    return call.function(written["equation"], *operands)


def _any_order(call: Call, operands: list[Any], written: Parameters) -> Any:
    """Axes in another order, where a decorator hides how that is told: nothing for a matrix's; all
    of them, one after the other or in one; or the two that are exchanged."""
    told = tuple(call.operation.complete(written).values())
    exchanged = len(told) == 2
    order = tuple(exchange(call.rank(operands[0]), *told)) if exchanged else tuple(told[0])
    ways: list[tuple[Any, ...]] = [()] if order == (1, 0) else []
    ways += [order, (order,)]
    ways += [told] if exchanged else []
    for way in ways:
        with suppress(TypeError, ValueError, IndexError):
            return call.function(*operands, *way)
    raise Unsupported(f"{call.op} of chosen axes")


def _whole_order(call: Call, operands: list[Any], written: Parameters) -> Any:
    return call.function(*operands, tuple(exchange(call.rank(operands[0]), **written)))


def _matrix_alone(call: Call, operands: list[Any], written: Parameters) -> Any:
    if exchange(call.rank(operands[0]), **written) != [1, 0]:
        raise Unsupported("transpose of other than a matrix")
    return call.function(*operands)


def _by_name(call: Call, operands: list[Any], written: Parameters) -> Any:
    """Each parameter under the name that the signature has for it; one without a default by its
    place where it has none. What is as the engine has it, is left out."""
    given, keywords = _placed(call, operands)
    taken = {p.name for p in call.positional[: len(given)]} | keywords.keys()
    free = {p.name: p.default for p in call.told if p.name not in taken}
    untold: dict[str, Any] = {}
    guessed = ""
    for name, value in call.operation.complete(written).items():
        required = call.operation.parameters[name].default is REQUIRED
        spelling = next((key for key in spellings(name) if key in free), None)
        if spelling is not None:
            if free.pop(spelling) != value:
                keywords[spelling] = value
        elif name not in written:
            continue
        elif call.hides:
            untold[name] = value
        elif required and call.spreads:
            given.extend(value if isinstance(value, tuple) and value else (value,))
        elif required and free and not keywords:
            given.append(value)
            first = next(iter(free))
            guessed = first if call.name != call.op else ""
            free.pop(first)
        else:
            raise Unsupported(f"{call.op} with {name}")
    if guessed:
        return _of_another_kind(call, given, guessed)
    return call.passing(call, given, keywords, untold)


def _of_another_kind(call: Call, given: list[Any], parameter: str) -> Any:
    """By a name that may mean something else, ``expand(other)``, with what is asked for in the
    place of a parameter of an unusual name: if that is refused, it is not what was looked for."""
    try:
        return call.function(*given)
    except (TypeError, AttributeError) as error:
        told = f"{call.name} takes {parameter}: {error}"
        raise Unsupported(f"{call.op} ({told})") from None


def _placed(call: Call, operands: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """Operands by their places, and by name what the signature has elsewhere: indices, as torch's
    ``gather(x, dim, index)`` has, what may be left out, and what is written with its name."""
    if call.gathers or call.operation.variadic:
        return (list(operands) if call.spreads else [operands]), {}
    given: list[Any] = []
    keywords: dict[str, Any] = {}
    for position, operand in enumerate(operands):
        names = spellings(call.operation.operand(position))
        by_name = position and (
            call.operation.kind(position) == "indices"
            or names[0] in (*call.operation.optional, *call.operation.named)
        )
        own = next((p.name for p in call.told if p.name in names), None) if by_name else None
        if own is not None:
            keywords[own] = operand
        elif names[0] in call.operation.optional and call.told:
            raise Unsupported(f"{call.op} with {names[0]}")
        else:
            given.append(operand)
    return (given if keywords else call.in_order(given)), keywords


CONVENTIONS: Final[tuple[tuple[Callable[[Call], bool], Strategy], ...]] = (
    (lambda call: "equation" in call.operation.parameters, _equation_first),
    (lambda c: c.operation.shape in TURNS and c.spreads and len(c.told) < 2, _any_order),
    (lambda c: _is_transpose(c) and any(p.name in AXES for p in c.told), _whole_order),
    (lambda c: _is_transpose(c) and len(c.signature) == 1, _matrix_alone),
    (lambda call: True, _by_name),
)
"""Whether a convention is an operation's, and the strategy for it."""


def _is_transpose(call: Call) -> bool:
    """Whether it exchanges axes by a name that seldom means just two, as ``swapaxes`` does."""
    return call.operation.shape == "transpose" and call.name.lower() in ("transpose", "t")


# -- how they are handed over ----------------------------------------------------------------------


def _all_by_position(call: Call, given: list[Any], keywords: Parameters, untold: Parameters) -> Any:
    """What only passes on what it is given takes no names, and keeps to the order of another."""
    further = call.positional[len(given) :]
    while further and further[-1].name not in keywords:
        further.pop()
    return call.function(*given, *(keywords.get(p.name, p.default) for p in further))


def _spelt_in_turn(call: Call, given: list[Any], keywords: Parameters, untold: Parameters) -> Any:
    """Parameters of which a decorator hides how they are spelt: by position where they cannot be
    left out; under their usual names in turn; and then by position, unless the axis may stand
    there."""
    for placed in _placings(call, untold):
        with suppress(TypeError):
            return call.function(*given, *placed, **keywords)
    for names in product(*map(spellings, untold)):
        try:
            spelt = dict(zip(names, untold.values(), strict=True))
            return call.function(*given, **keywords, **spelt)
        except TypeError as error:
            if not untold or "unexpected keyword" not in str(error):
                raise
    try:
        if call.operation.reduces and next(iter(untold)) != "axis":
            raise TypeError("the axis may come first")
        return call.function(*given, *untold.values(), **keywords)
    except Exception as error:
        raise Unsupported(f"{call.op} with {', '.join(untold)}") from error


def _placings(call: Call, untold: Parameters) -> Iterator[list[Any]]:
    """Parameters by position, where all of them must be given and nothing else may stand there: a
    shape as one, and as its axes one after the other."""
    needed = all(call.operation.parameters[name].default is REQUIRED for name in untold)
    if untold and needed and call.spreads and "indices" not in call.operation.operands.values():
        *first, last = untold.values()
        yield [*first, last]
        if isinstance(last, tuple):
            yield [*first, *last]


def _spread(call: Call, given: list[Any], keywords: Parameters, untold: Parameters) -> Any:
    """One after the other. An empty shape is no argument to most."""
    if len(given) > 1 and isinstance(given[-1], tuple) and not given[-1]:
        with suppress(TypeError, IndexError):
            return call.function(*given[:-1], **keywords)
    return call.function(*given, **keywords)


PASSING: Final[tuple[tuple[Callable[[Call], bool], Callable[..., Any]], ...]] = (
    (lambda call: call.by_position, _all_by_position),
    (lambda call: call.hides, _spelt_in_turn),
    (lambda call: call.spreads, _spread),
    (lambda call: True, lambda call, given, keywords, _: call.function(*given, **keywords)),
)
"""Whether arguments are handed over in a way, and the strategy for it."""


# -- what a signature tells ------------------------------------------------------------------------


def spellings(parameter: str) -> tuple[str, ...]:
    """What people call a parameter of the vocabulary."""
    return KEYWORDS.get(parameter, (parameter,))


def exchange(rank: int, axis0: int, axis1: int) -> list[int]:
    """The order of axes that exchanges two of ``rank`` axes."""
    order = list(range(rank))
    order[axis0], order[axis1] = order[axis1], order[axis0]
    return order


def fits(
    operation: Operation,
    parameters: Sequence[inspect.Parameter],
    name: str = "",
    gathers: bool = False,
) -> bool:
    """Whether a function called ``name`` can be this operation: ``max(x, axis)`` is no maximum of
    two operands, and ``max(x, y)`` no reduction. Where a decorator hides the signature, another
    operation's name decides. What ``gathers`` its operands takes them in one list."""
    if operation.variadic or not parameters:
        return True
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        hidden = all(map(is_variable, parameters))
        return not hidden or name not in OPERATIONS or name == operation.name
    places = [name for name, kind in operation.operands.items() if kind == "indices"]
    named = {key for name in places for key in spellings(name)}
    parameters = [p for p in parameters if p.name not in named]
    kinds = list(operation.operands.values())[: operation.counts[0]]
    one_by_one = [kind for kind in kinds if kind not in ("index", "indices" if named else "")]
    count = 1 if gathers else len(one_by_one)
    asked = sum(
        p.default is REQUIRED for name, p in operation.parameters.items() if name != "piece"
    )
    if asked and len(parameters) == count and operation.shape != "transpose":
        return False
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if operation.shape == "permute" and any(p.name in EXCHANGED for p in positional[count:]):
        return False
    known = {key for name in operation.parameters for key in spellings(name)}
    further = [p for p in positional[count:] if p.default is p.empty]
    return (
        len(positional) >= count
        and not any(p.name in KEYWORDS["axis"] for p in positional[:count])
        and not any(p.name in known for p in positional[1:count])
        and (len(further) <= asked if asked else all(p.name in known for p in further))
    )


# -- operations that are classes -------------------------------------------------------------------


def of_class(op: str, name: str, found: type, cls: type | None = None) -> Call | None:
    """An operation that is a class: ``found.apply(x)``, ``found()(x)``, or ``found(x)`` where that
    is an object like those of the engine's class ``cls``; None if it is none of these.

    Its parameters are those of its ``forward``, the context or the object itself left out.
    """
    forward = getattr(found, "forward", None) or getattr(found, "compute", None)
    apply = getattr(found, "apply", None)
    own = {key for base in found.__mro__[:-1] for key in vars(base)}
    if callable(apply):
        static = isinstance(inspect.getattr_static(found, "apply"), staticmethod | classmethod)
        if static or inspect.ismethod(apply):
            return _as(forward, op, name, apply, f"class with apply, {found.__name__}.apply")
        applied = _by_object(found, "apply")
        return _as(forward, op, name, applied, f"class with apply, {found.__name__}().apply")
    if cls is not None and issubclass(found, family_of(cls)):
        return _as(found.__init__, op, name, found, f"class, {found.__name__}(…)")
    if "__call__" in own:
        signature = forward if callable(forward) else found.__call__
        return _as(signature, op, name, _by_object(found), f"class, {found.__name__}()(…)")
    return None


def _as(signature: Any, op: str, name: str, function: Callable[..., Any], kind: str) -> Call:
    """A call with the parameters of another function, of which the first is the object's own."""
    if signature is None:
        return Call.of(op, name, function, kind)
    passed_on = parameters_of(function)
    takes_names = not passed_on or any(p.kind is p.VAR_KEYWORD for p in passed_on)
    return Call(op, name, function, kind, parameters_of(signature)[1:], not takes_names)


def _by_object(found: type, method: str = "__call__") -> Callable[..., Any]:
    """``found()(x)``; parameters go to whichever of the two takes them."""
    own = {p.name for p in parameters_of(found)} if method == "__call__" else set()

    def call(*operands: Any, **given: Any) -> Any:
        made = found(**{name: value for name, value in given.items() if name in own})
        return getattr(made, method)(*operands, **{n: v for n, v in given.items() if n not in own})

    return call
