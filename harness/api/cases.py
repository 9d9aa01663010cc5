"""A case that is written in Python: an expression, or named steps, at inputs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from harness.api.arguments import detached, need_mapping
from harness.api.shown import Shown
from harness.api.words import said
from harness.engines.trace import Trace
from harness.judging.oracle import Oracle, anew
from harness.language import case as language
from harness.language import suite
from harness.language.nodes import Problem
from harness.language.parts import Part, PartsError, put_together
from harness.language.syntax import Unusable, is_name, parse, shorten
from harness.language.writing import plain_text, value_text
from harness.showing.headline import headline
from harness.showing.lines import room
from harness.showing.numbers import exact
from harness.vocabulary.program import Array

Expression = str | Mapping[str, str]
"""An expression, or steps by their names, the last of them the output."""

ABOUT: Final = "an expression of one's own"
LONGEST: Final = 60


class Case(Shown):
    """An expression at inputs, with the value and the gradient of every step.

    ``Case("x * y + x", x=3, y=-4)``; ``Case({"q": "x + y", "f": "q * z"}, x=-2, y=5, z=-4)`` has
    named steps. Without inputs a text names a case of the suite: ``Case("lecture/staged")``.
    Numbers, nested lists and arrays are inputs; ``constants`` are leaves without a gradient.
    ``inputs`` takes those whose names mean something else here. With ``order=2`` the gradient of
    the gradient is asked, too. Raises :class:`ValueError` for what is no expression,
    and :class:`FileNotFoundError` where there is no such case.
    """

    def __init__(
        self,
        expression: Expression,
        /,
        *,
        constants: Mapping[str, ArrayLike] | None = None,
        inputs: Mapping[str, ArrayLike] | None = None,
        order: int = 1,
        **others: ArrayLike,
    ) -> None:
        for name, leaves in (("inputs", inputs), ("constants", constants)):
            need_mapping(name, leaves or {})
        given = {**(inputs or {}), **others}
        if isinstance(expression, str) and not given:
            self.own = _of_suite(expression)
        else:
            self.own = _made(expression, given, constants or {}, order)

    @property
    def id(self) -> str:
        """What the case is called."""
        return self.own.id

    @cached_property
    def truth(self) -> Trace:
        """The numbers of the case: recorded ones, torch's, or without torch those of formulas."""
        if self.own.path.is_file():
            return Oracle().truth(self.own)
        return anew()(self.own)

    @property
    def values(self) -> Mapping[str, Array]:
        """The value of every step and input."""
        return self.truth.values

    @property
    def gradients(self) -> Mapping[str, Array]:
        """The gradient of every step and input that has one."""
        return self.truth.gradients

    def text(self, columns: int) -> str:
        """The expression, and the numbers of its inputs and its output."""
        program = self.own.program
        names = [*program.inputs, program.output]
        wide = max(map(len, names))
        rows = (
            f"{name:>{wide}} = {_number(self.values[name]):<16}  "
            f"d{name:<{wide}} = {_number(self.gradients[name])}"
            for name in names
        )
        return "\n".join([*headline(self.own, "backward", width=room(columns)), *rows])

    def _repr_html_(self) -> str:
        from harness.showing.report import notebook
        from harness.showing.report.sections import Entry

        return notebook.case_of(Entry(self.id, self.own, self.truth))


def case_of(what: Expression | Case, given: Mapping[str, Any]) -> Case:
    """The case that is meant: one that is made already, or what makes one."""
    if not isinstance(what, Case):
        return Case(what, **given)
    if given:
        raise TypeError(said("has-inputs", given=", ".join(given)))
    return what


def _number(array: Array) -> str:
    return exact(array) if array.size == 1 else f"array {array.shape}"


# -- of the suite ----------------------------------------------------------------------------------


def _of_suite(name: str) -> language.Case:
    """The case of that name; of what may be an expression it is said that it has no inputs."""
    try:
        return suite.one(name).load()
    except FileNotFoundError as error:
        if names := _names_in(name):
            told = ", ".join(f"{one}=…" for one in names)
            raise PartsError(said("no-case", name=name, told=told)) from None
        raise FileNotFoundError(2, error.strerror, name) from None


def _names_in(text: str) -> list[str]:
    """The names of the leaves of an expression; nothing where the text is none, or only a name."""
    problems: list[Problem] = []
    try:
        tree = parse(text, lambda column, told: problems.append(Problem(1, column, told)))
    except Unusable:
        return []
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called]
    is_path = "/" in text and " " not in text
    return [] if is_path or isinstance(tree, ast.Name) else list(dict.fromkeys(n.id for n in names))


# -- made ------------------------------------------------------------------------------------------


def _made(
    expression: Expression,
    inputs: Mapping[str, Any],
    constants: Mapping[str, Any],
    order: int,
) -> language.Case:
    steps = {"": expression} if isinstance(expression, str) else expression
    if not isinstance(steps, Mapping) or not all(isinstance(one, str) for one in steps.values()):
        raise TypeError(said("case-is"))
    parts = [Part("about", "about: ", ABOUT), *_leaves("inputs", inputs)]
    parts += _leaves("constants", constants)
    parts += [Part("order", "order: ", str(order))] * (order != 1)
    parts += _steps(steps)
    known = {*inputs, *constants, *steps}
    texts = list(steps.values())
    if missing := [name for one in texts for name in _names_in(f"({one})") if name not in known]:
        raise PartsError(said("no-number", missing=missing[0]))
    own = put_together(parts, Path("expression.yaml"))
    if idle := [name for name in (*inputs, *constants) if name not in own.program.uses]:
        raise PartsError(said("idle", idle=idle[0]))
    called = steps.get("") or "; ".join(map(str, own.program.stages))
    return replace(own, id=shorten(called, LONGEST))


def _steps(steps: Mapping[str, str]) -> Sequence[Part]:
    if "" in steps:
        return [Part(said("the-expression"), "expr: ", plain_text(steps[""]))]
    rows = (
        Part(said("a-step", name=name), f"  {name}: ", plain_text(one))
        for name, one in steps.items()
    )
    return [Part(said("the-steps"), "", "steps:"), *rows]


def _leaves(key: str, leaves: Mapping[str, Any]) -> Iterator[Part]:
    if leaves:
        yield Part(key, "", f"{key}:")
    for name, value in leaves.items():
        if not is_name(name):
            raise PartsError(said("no-name", name=name))
        yield Part(name, f"  {name}: ", value_text(_array(name, value), key == "inputs"))


def _array(name: str, value: Any) -> Array:
    """The numbers of an input."""
    try:
        array = np.asarray(detached(value))
        if array.dtype.kind not in "fiub":
            raise TypeError
        return array
    except (TypeError, ValueError):
        told = said("input-is")
        kind = type(value).__name__
        raise TypeError(said("is-a", name=name, kind=kind, told=told)) from None
