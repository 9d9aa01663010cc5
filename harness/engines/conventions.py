"""How one engine is used: how a leaf is made, a value and a gradient are read, backward is called.

Names and plain words alone, so that what was found of an engine holds for the same engine loaded
anew. :mod:`harness.engines.discovery` finds it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from harness import languages
from harness.vocabulary.program import Value
from harness.vocabulary.signatures import OPERATIONS

Way = tuple[str, ...]
"""From an object to what is read: attributes, one after the other; ``name()`` is called, and of
what ``[1]`` stands for, an item is taken."""

PLAIN, ARRAY, LIST, MATRIX, OBJECT = "plain", "array", "list", "matrix", "object"
"""What a number is given as: itself, as an array, in lists, in lists of two axes at least, as an
object of the engine."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """How an object for a number is made: ``maker(number, **given)``.

    ``maker`` is a name in the engine's module, empty for the class itself; ``by`` the parameter
    for the number, empty for the first place; ``label`` the one that wants a name.
    """

    maker: str = ""
    by: str = ""
    label: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    number: str = PLAIN
    array: str = ARRAY

    def make(self, maker: Callable[..., Any], value: Value, name: str) -> Any:
        """The object, made by ``maker``; ``name`` is for a label."""
        form = self.number if isinstance(value, float) else self.array
        number = formed(value, form)
        given = {key: copy(item) for key, item in self.given.items()}
        given |= {self.label: name} if self.label else {}
        return maker(**{self.by: number}, **given) if self.by else maker(number, **given)

    def call(self, cls: str, number: str, name: str) -> str:
        """As it is written in code, for an object of ``cls``."""
        arguments = [f"{self.by}={number}" if self.by else number]
        arguments += [f"{self.label}={name!r}"] if self.label else []
        arguments += [f"{key}={item!r}" for key, item in self.given.items()]
        return f"{self.maker or cls}({', '.join(arguments)})"


@dataclass(frozen=True, slots=True)
class Backward:
    """How the backward pass is run: a ``method`` of the output, a ``function`` given the output, a
    method of the ``owner`` of the graph, which knows its output itself, or
    ``tape.gradient(output, leaves)`` of a ``tape`` that is opened before the forward pass.

    ``seed`` is the parameter that takes the upstream gradient, None if there is none; ``first``
    says that it comes first, ``needed`` that it has no default, ``form`` as what it is given.
    With ``sources`` it also wants the objects by which to differentiate, and with ``each`` it wants
    one of them, and gives the gradient: ``out.wrt(x)``; with ``leaves`` these are leaves alone,
    and such as the output is made of. ``ones`` says that an output that is no number is begun with
    ones. Of a ``driver``, ``Class.method`` is called: ``Class(output).method()``. ``sets`` is the
    attribute of the output that is set to the seed before; where the kind is ``asking``, nothing
    more is done, and each object computes its gradient when it is asked for it. ``prepares`` is a
    method of the output that is called before, such as ``out.sort()``. ``opens`` is the method of a
    tape by which it is entered, ``with tape.record():``; empty where the tape is entered itself.
    """

    kind: str = "method"
    name: str = "backward"
    seed: str | None = None
    first: bool = True
    needed: bool = False
    form: str = PLAIN
    sources: bool = False
    ones: bool = False
    sets: str = ""
    opens: str = ""
    each: bool = False
    leaves: bool = False
    prepares: str = ""


@dataclass(frozen=True, slots=True)
class Conventions:
    """What was found out about an engine. ``gradient`` is None where backward returns gradients,
    ``backward`` where there is no backward pass. ``within`` is the class of the object that is
    entered before anything is made, ``with Graph():``. ``forward`` is the method by which an object
    that holds no number yet is made to compute it, ``Graph.forward`` that of what makes leaves;
    ``reads`` the function that gives an object's number. ``names`` are the engine's own for
    operations; ``numbers`` the operations by name that want a plain number as it is; ``lifted`` the
    operators that crash on one, each with its place; ``pairs`` says that ``transpose`` takes the
    two axes to exchange as one argument, ``gathers`` that all operations found by name take their
    operands in one list."""

    leaf: Leaf = Leaf()
    value: Way = ("data",)
    gradient: Way | None = ("grad",)
    backward: Backward | None = Backward()
    within: str = ""
    forward: str = ""
    reads: str = ""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    lifted: frozenset[tuple[str, int]] = frozenset()
    pairs: bool = False
    gathers: bool = False


def formed(value: Value, form: str) -> Any:
    """A number or an array as an engine wants it."""
    if form in (LIST, MATRIX):
        return (np.atleast_2d(value) if form == MATRIX else np.asarray(value)).tolist()
    return np.asarray(value) if form == ARRAY else value


@cache
def reader(way: Way) -> Callable[[Any], Any]:
    """A function that reads what lies at the end of ``way``."""
    if way and not any(name.endswith(("()", "]")) for name in way):
        return operator.attrgetter(".".join(way))

    def read(node: Any) -> Any:
        for name in way:
            if name.endswith("]"):
                node = node[int(name[1:-1])]
                continue
            found = getattr(node, name.removesuffix("()"))
            node = found() if name.endswith("()") else found
        return node

    return read


def shown(way: Way) -> str:
    """A way as it is written in code: ``.data.numpy()``."""
    parts = [name if name.startswith("[") else f".{name}" for name in way]
    return "".join(parts) or languages.told("engine", "object-itself")


def explained(found: Conventions, cls: str) -> dict[str, str]:
    """What was found, for people: of each thing, how it is done."""
    number = {PLAIN: "number", MATRIX: "[[number]]"}.get(found.leaf.number, "numpy.array(number)")
    told = {
        "leaf": found.leaf.call(cls, number, "…")
        + (languages.told("engine", "within", within=found.within) if found.within else ""),
        "value": f"{found.reads}(object)"
        if found.reads
        else shown(found.value) + _forward_explained(found.forward),
        "gradient": languages.told("engine", "what-backward-returns")
        if found.gradient is None
        else shown(found.gradient),
        "backward": _backward_explained(found.backward),
    }
    if found.lifted:
        signs = {OPERATIONS[op].symbol: None for op, _ in sorted(found.lifted)}
        told["numbers"] = languages.told("engine", "lifted", signs=" ".join(signs))
    return told


def _forward_explained(name: str) -> str:
    if not name:
        return ""
    return languages.told("engine", "after-call", name=name if "." in name else f".{name}")


def _backward_explained(how: Backward | None) -> str:
    if how is None:
        return languages.told("engine", "forward-alone")
    if how.sets:
        call = (
            languages.told("engine", "is-asked")
            if how.kind == "asking"
            else languages.told("engine", "runs-by", called=_called(how))
        )
        return languages.told("engine", "after-set", call=call, sets=how.sets)
    special = how.sources or how.each or bool(how.prepares)
    usual = (how.kind, how.name, special) == ("method", "backward", False)
    name = "" if usual else f"{_called(how)} "
    if how.kind == "tape" or how.seed is None:
        return languages.told("engine", "takes-no-seed", name=name)
    form = languages.told("engine", "as-object") if how.form == OBJECT else ""
    id = "needs-seed" if how.needed else "takes-seed"
    return languages.told("engine", id, name=name, form=form)


def _called(how: Backward) -> str:
    kind, _, method = how.name.partition(".")
    many = "[leaves]" if how.leaves else "…"
    asked = "x" if how.each else many if how.sources else ""
    called = {
        "method": f"out.{how.name}({asked})",
        "function": f"{how.name}(out{asked and ', '}{asked})",
        "driver": f"{kind}(out).{method}()",
        "owner": f"{how.name}({asked})",
    }
    if how.prepares:
        called["method"] += languages.told("engine", "after-call", name=f".{how.prepares}")
    opened = languages.told("engine", "opened-by", opens=how.opens) if how.opens else ""
    return called.get(
        how.kind, languages.told("engine", "gradient-tape", name=how.name, opened=opened)
    )
