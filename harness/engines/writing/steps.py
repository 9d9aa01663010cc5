"""The steps of a program as an engine is called for them: listened to while they are computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import Any, Final

import numpy as np

from harness.engines.running.applying import ApplyingEngine
from harness.engines.running.calling import Call
from harness.engines.running.telling import parameters_of
from harness.engines.writing.script import Imports, NotWritable, literal
from harness.vocabulary.native import NATIVE
from harness.vocabulary.program import Program, Step
from harness.vocabulary.signatures import OPERATIONS
from harness.vocabulary.spelling import ATOM, OPERATORS, Written, index_text, number


@dataclass(slots=True)
class Heard:
    """A call of an operation, what it was given, and what came of it."""

    call: Call
    operands: tuple[Any, ...]
    given: dict[str, Any]
    result: Any = None


APPLIED: Final = "class"
"""How the kind of a call begins that is one of a class; what follows is how that is written."""


class Listener:
    """Writes down calls of an engine's operations. ``known`` tells objects of the graph by their
    ``id``; ``wrapped`` writes any other object of the engine's."""

    def __init__(
        self,
        engine: ApplyingEngine,
        imports: Imports,
        wrapped: Callable[[Any], str],
    ) -> None:
        self.engine, self.imports, self.wrapped = engine, imports, wrapped
        self.known: dict[int, Written] = {}
        self.kept: list[Any] = []
        self.heard: list[Heard] = []
        self.several: dict[tuple[Any, ...], Heard] = {}
        """The calls that had several results, by what they are written with."""

    @contextmanager
    def listening(self, ops: Sequence[str]) -> Iterator[None]:
        """Meanwhile the operations are listened to."""
        before = self.engine._calls
        calls = {op: call for op in ops if op in OPERATIONS and (call := self.engine.call(op))}
        spied = {
            op: replace(call, function=partial(self._hear, call)) for op, call in calls.items()
        }
        self.engine._calls = {**before, **spied}
        try:
            yield
        finally:
            self.engine._calls = before

    def _hear(self, call: Call, /, *operands: Any, **given: Any) -> Any:
        heard = Heard(call, operands, given)
        self.heard.append(heard)
        heard.result = call.function(*operands, **given)
        return heard.result

    def name(self, node: Any, text: Written) -> None:
        """From here on the object is written like that."""
        self.kept.append(node)
        self.known[id(node)] = text

    def written(self, step: Step, operands: Sequence[Written]) -> Written:
        """The step that was computed last, or has failed."""
        heard, self.heard = self.heard, []
        if step.operation.pieces:
            last = self._several(step, operands, heard)
            text = self._call(last, self._plain(step, operands))
            return Written(f"{text}[{step.parameters['piece']}]")
        if heard:
            beside = isinstance(heard[-1].result, tuple) and step.operation.places
            first = "[0]" if beside and not self.engine.is_object(heard[-1].result) else ""
            return Written(f"{self._call(heard[-1], self._plain(step, operands))}{first}")
        if "index" in step.parameters:
            index = index_text(step.parameters["index"], self._constant)
            return Written(f"{operands[0].within(ATOM)}[{index}]")
        if step.op in NATIVE:
            sign = OPERATORS[step.op]
            texts = (one.within(least) for one, least in zip(operands, sign.operands, strict=True))
            return Written(sign.form.format(*texts), sign.binding)
        if step.operation.shape == "transpose":
            called = "()" if callable(getattr(self.engine.cls, "T", None)) else ""
            return Written(f"{operands[0].within(ATOM)}.T{called}")
        raise NotWritable(step.op)

    def _several(self, step: Step, operands: Sequence[Written], heard: Sequence[Heard]) -> Heard:
        """The call that a step is one of the results of, which an earlier one may have made."""
        own = {name: value for name, value in step.parameters.items() if name != "piece"}
        key = step.op, tuple(one.text for one in operands), repr(own)
        if heard:
            self.several[key] = heard[-1]
        if key not in self.several:
            raise NotWritable(step.op)
        return self.several[key]

    def _plain(self, step: Step, operands: Sequence[Written]) -> list[Written | None]:
        """For each operand how it is written, where numbers and arrays are passed on as they are:
        of these none is known again."""
        if self.engine.cls is not None:
            return []
        named = zip(step.given, operands, strict=True)
        return [text if isinstance(item, str) else None for item, text in named]

    def _constant(self, name: str) -> str:
        raise NotWritable(f"an index by {name}")

    def _call(self, heard: Heard, plain: Sequence[Written | None]) -> str:
        call, operands, given = heard.call, heard.operands, heard.given
        known = zip_longest(operands, plain[: len(operands)])
        texts = [text or self.text(item) for item, text in known]
        named = {name: self.text(item).text for name, item in given.items()}
        if call.kind == "method":
            owner, *texts = texts
            return f"{owner.within(ATOM)}.{call.name}({_arguments(texts, named)})"
        if not call.kind.startswith(APPLIED):
            own = self.engine.operations.get(call.op)
            name = f'engine.operations["{call.op}"]' if own else self.imports.name_of(call.function)
            return f"{name}({_arguments(texts, named)})"
        form = call.kind.rpartition(", ")[2]
        kind, _, rest = form.partition("()") if "()" in form else form.partition(".")
        kind = kind.removesuffix("(…)")
        found = next((item for key, item in self.engine.members() if key == kind), None)
        name = self.imports.name_of(found)
        if "()" not in form:
            method = f".{rest}" if rest else ""
            return f"{name}{method}({_arguments(texts, named)})"
        own_names = {p.name for p in parameters_of(found)} if found and rest == "(…)" else set()
        made = {key: text for key, text in named.items() if key in own_names}
        other = {key: text for key, text in named.items() if key not in own_names}
        method = rest.removesuffix("(…)")
        return f"{name}({_arguments([], made)}){method}({_arguments(texts, other)})"

    def text(self, item: Any) -> Written:
        """An argument: a step by its name, another object of the engine's as it is made, anything
        else as Python writes it."""
        if id(item) in self.known:
            return self.known[id(item)]
        if isinstance(item, list | tuple) and any(id(one) in self.known for one in item):
            inside = ", ".join(self.text(one).text for one in item)
            ends = "[]" if isinstance(item, list) else "()"
            comma = "," if isinstance(item, tuple) and len(item) == 1 else ""
            return Written(f"{ends[0]}{inside}{comma}{ends[1]}")
        if self.engine.is_object(item):
            return Written(self.wrapped(item))
        if isinstance(item, float) and np.isfinite(item):
            return number(item)
        return Written(literal(item, self.imports.numpy))


def _arguments(texts: Sequence[Written], named: Mapping[str, str]) -> str:
    return ", ".join([*(one.text for one in texts), *(f"{k}={v}" for k, v in named.items())])


def inlined(program: Program, keep: frozenset[str]) -> frozenset[str]:
    """The steps that stand inside of the one that uses them: those without a name of their own that
    are used once."""
    return frozenset(
        step.name
        for step in program.steps
        if not step.name.isidentifier()
        and step.name not in keep
        and step.name != program.output
        and len(program.uses.get(step.name, ())) == 1
    )
