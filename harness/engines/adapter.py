"""The contract: what one subclasses to say how an engine is used, and what each method is to do.

:class:`ObjectEngine` is for a class that wraps numbers, :class:`FunctionEngine` for a module whose
``grad(f)`` transforms functions. Both work unconfigured for the usual conventions: an adapter has
``cls`` or ``module``, and what differs, overridden. An operation that the engine lacks raises
:class:`Unsupported`; any other exception is told as the engine's failure.
Imports numpy and the standard library alone.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from harness import languages
from harness.engines.conventions import explained, reader
from harness.engines.engine import Unsupported
from harness.engines.numbers import number_in
from harness.engines.running.objects import GraphEngine
from harness.engines.transforms import FunctionEngine
from harness.engines.writing import objects
from harness.engines.writing.script import Asked, Script
from harness.languages.width import padded
from harness.vocabulary.program import Program, Value

__all__ = ["FunctionEngine", "ObjectEngine", "Unsupported"]


class ObjectEngine(GraphEngine):
    """Runs a program on objects of ``cls``; operations may be methods or functions of ``module``.

    For one program :meth:`wrap` is called for every leaf and :meth:`apply` for every step, in
    order, and :meth:`value` for each result; then :meth:`backward`, as often as the program says,
    and :meth:`gradient` for all of them. ``run`` is all that is done for a program: what is to be
    opened, emptied or closed for each goes around ``super().run(program)``. ``operations`` says
    what is called for an operation that is not found by its name.
    """

    def wrap(self, value: Value) -> Any:
        """An engine object for a leaf: a Python float in a scalar case, otherwise an array."""
        return self.made(value)

    def value(self, node: Any) -> Any:
        """The value of an engine object."""
        reads = self.conventions.reads
        if reads and (given := self.function(reads)) is not None:
            return given(node)
        read, forward = reader(self.conventions.value), self.conventions.forward
        if forward and number_in(read(node)) is None:
            self.forwarding(node)()
        return read(node)

    def gradient(self, node: Any) -> Any:
        """The gradient of an engine object after ``backward``, or None if it has none."""
        way = self.conventions.gradient
        if way is None:
            return self.returned_for(node)
        there = getattr(node, way[0].removesuffix("()"), None)
        return None if there is None else reader(way)(node)

    def backward(self, output: Any, seed: Value) -> None:
        """Run the backward pass from ``output`` with upstream gradient ``seed``."""
        how = self.conventions.backward
        unit = np.shape(seed) == () and float(seed) == 1.0
        if how is None:
            raise Unsupported("backward")
        if how.needed or (how.seed is not None and not unit):
            self.start(output, seed)
        else:
            self.start(output if unit else self.contracted(output, seed), None)

    def grad(self, output: Any, inputs: list[Any], seed: Value, create_graph: bool) -> list[Any]:
        """The gradients of ``output`` by ``inputs`` as engine objects; with ``create_graph``, such
        that can be differentiated again. Default: the module's own function ``grad``."""
        function = self.function("grad")
        if function is None or "create_graph" not in inspect.signature(function).parameters:
            raise Unsupported("gradients of gradients (a function grad with create_graph)")
        return list(function(output, inputs, seed=seed, create_graph=create_graph))

    def written(self, program: Program, asked: Asked) -> Script | None:
        """A script in the engine's own class."""
        return objects.written(self, program, asked, self.renewed())

    def told(self) -> list[str]:
        """How the engine is used, but for its operations."""
        home = self.module.__name__ if self.module is not None else "?"
        lines = [languages.told("engine", "class-of-module", class_name=self.class_name, home=home)]
        how = {} if self.overrides("run") else explained(self.conventions, self.class_name)
        for name, told in how.items():
            own = self.overrides({"leaf": "wrap"}.get(name, name))
            shown = languages.told("engine", "as-adapter-says") if own else told
            lines.append(padded(languages.told("engine", f"how-{name}"), 11) + shown)
        if called := ", ".join(f"{name}()" for name, _ in self.empties()):
            label = padded(languages.told("engine", "how-before"), 11)
            lines.append(label + languages.told("engine", "for-each-graph", called=called))
        return lines
