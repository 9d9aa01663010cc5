"""The way back through a graph of objects: backward is called, gradients are read, and it is seen
whether values have stayed what they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, Final

import numpy as np

from harness.engines.clock import attempt, tried
from harness.engines.engine import Unsupported
from harness.engines.numbers import as_array
from harness.engines.running.conventional import ConventionalEngine
from harness.engines.running.forward import Run
from harness.engines.running.held import held
from harness.engines.running.lacks import BACKWARD
from harness.engines.trace import Breach, Trace
from harness.engines.undisturbed import unwarned
from harness.vocabulary.examples import FIRST
from harness.vocabulary.program import Array, Program, Value
from harness.vocabulary.signatures import OPERATIONS

NUMBERS: Final = (1.625, 0.75)
"""What the leaves of a small graph are made of; float32 has them exactly."""

LEAVES: Final = (1.5, np.array(1.5), np.array([1.5]))
"""What else they are made of, for whichever of these an engine takes."""

FEW: Final = FIRST[:6]
"""Operations of which small graphs are built to see what backward does."""


class GraphEngine(ConventionalEngine):
    """Runs the backward pass of a graph of objects, which hold their gradients after it."""

    @cached_property
    def takes_arrays(self) -> bool:
        """As ever; or objects are made of arrays, whichever operations there are."""
        return super().takes_arrays or self._is_made_of_arrays()

    def _is_made_of_arrays(self) -> bool:
        """Whether a leaf makes an array of a number, or begins with a gradient in its own shape:
        who takes numbers alone does neither."""
        with tried(), unwarned():
            if isinstance(self.value(self.wrap(0.5)), np.ndarray):
                return True
        with tried(), unwarned():
            return bool(as_array(self.gradient(self.wrap(np.array(NUMBERS)))).shape == (2,))
        return False

    def gradient(self, node: Any) -> Any:
        """The gradient of an engine object after ``backward``, or None if it has none."""
        raise NotImplementedError

    def backward(self, output: Any, seed: Value) -> None:
        """Run the backward pass from ``output`` with upstream gradient ``seed``."""
        raise NotImplementedError

    def grad(self, output: Any, inputs: list[Any], seed: Value, create_graph: bool) -> list[Any]:
        """The gradients of ``output`` by ``inputs`` as engine objects."""
        raise NotImplementedError

    # -- a run -------------------------------------------------------------------------------------

    def inspect(self, run: Run) -> None:
        """Whether objects have a dtype, and whether values have stayed what they were."""
        run.typed = all(hasattr(run.nodes[name], "dtype") for name in run.program.inputs)
        run.breach = self._breach(run, "forward")

    def differentiate(self, run: Run) -> None:
        """Backward, as often as the program says; then all gradients are read."""
        program, nodes = run.program, run.nodes
        run.seed = self._begun(program)
        for _ in range(program.backward_calls):
            self.backward(nodes[program.output], _copied(run.seed))
        same = _seen_before(nodes)
        for name in nodes:
            if name in program.differentiable and name not in same:
                run.place.move("backward", name)
                with suppress(*[Exception] if name not in program.reaching else []):
                    self._read_gradient(run, name)
        own = run.gradients.get(program.output)
        if (own is None or not np.any(own)) and not self.keeps_output:
            run.gradients[program.output] = np.asarray(run.seed)
        run.breach = run.breach or self._breach(run, "backward")

    def salvage(self, run: Run) -> None:
        """Reads the gradients that are there after backward has stopped halfway."""
        for name in run.nodes:
            if name in run.program.differentiable:
                with suppress(Exception):
                    self._read_gradient(run, name)

    def _read_gradient(self, run: Run, name: str) -> None:
        gradient = self.own_gradient(run.nodes[name])
        if gradient is not None:
            run.gradients[name] = run.number(gradient)
            run.raw[name] = gradient

    def own_gradient(self, node: Any) -> Any:
        """The gradient, or the value of one that is an object of the engine itself."""
        gradient = self.gradient(node)
        return self.value(gradient) if self.is_object(gradient) else gradient

    def finished(self, run: Run) -> Trace:
        """The trace; gradients of steps that the engine has reset are none."""
        program, gradients = run.program, run.gradients
        if not any(map(np.any, gradients.values())) and self.no_backward:
            absent = self.no_backward
            return Trace(run.values, breach=run.breach, typed=run.typed, lacks_backward=absent)
        steps = gradients.keys() & program.reaching - program.inputs.keys()
        between = program.reaching - program.inputs.keys() - {program.output}
        lost = [name for name in between if not np.any(gradients.get(name, 0))]
        resets = (bool(lost) or not between) and not self.keeps_steps
        if resets:
            gradients = {
                n: array for n, array in gradients.items() if n not in steps or np.any(array)
            }
        return Trace(
            run.values,
            gradients,
            leaves_only=resets and bool(gradients.keys() & program.inputs.keys()),
            breach=run.breach,
            typed=run.typed,
            shared=_in_one_place(run.raw),
            same=_seen_before(run.nodes),
            seed=None if run.seed is program.seed else np.asarray(run.seed),
        )

    def second_order(self, run: Run) -> Iterator[tuple[str, Array]]:
        """By ``grad``, of a graph of its own."""
        program, nodes = run.program, self.forward(run)
        run.place.move("second", None)
        leaves = [nodes[name] for name in program.inputs]
        first = self.grad(nodes[program.output], leaves, _copied(program.seed), True)
        total = self.weighted_sum(first, program)
        for name, gradient in zip(
            program.inputs, self.grad(total, leaves, 1.0, False), strict=True
        ):
            run.place.move("second", name)
            yield name, as_array(self.read(gradient))

    # -- the seed ----------------------------------------------------------------------------------

    def contracted(self, output: Any, seed: Value) -> Any:
        """A number with the gradients that the seed would give: sum(output * seed)."""
        how = self.way_back
        if how is not None and how.kind == "tape" and not self.records:
            raise Unsupported("second backward from an array (its tape is closed)")
        ones = bool(np.all(np.asarray(seed) == 1.0))
        weighted = output
        if not ones or self.has("mul"):
            try:
                weighted = self.kept(self.on("mul", output, self.wrap(seed)))
            except Unsupported:
                raise Unsupported("backward with a seed, or a product") from None
        if np.shape(seed) == ():
            return weighted
        try:
            return self.kept(self.on("sum", weighted))
        except Unsupported:
            if ones:
                return weighted
            raise Unsupported("backward with a seed, or sum") from None

    def _begun(self, program: Program) -> Value:
        """The seed that backward can be begun with: the program's, or ones where the engine has
        neither a seed nor a product to make it of."""
        how, shape = self.way_back, program.shapes[program.output]
        if how is None or how.seed is not None or (not shape and program.seed == 1.0):
            return program.seed
        sums = not shape or self.has("sum")
        if (sums and self.has("mul")) or not (sums or how.ones):
            return program.seed
        return np.ones_like(program.seed) if shape else 1.0

    # -- whether values stay -----------------------------------------------------------------------

    def _breach(self, run: Run, direction: str) -> Breach | None:
        """The first value that is no longer what it was, and who changed it."""
        for name, node in run.nodes.items():
            if self._changed(node, name, run):
                culprit = self._culprit(run.program, name) if direction == "forward" else None
                return Breach(direction, culprit, name)
        return None

    def _changed(self, node: Any, name: str, run: Run) -> bool:
        before = run.values[name]
        if before.dtype == np.bool_:
            return False
        now = run.number(self.read(node))
        if not before.shape and not now.shape:
            return bool(now != before) and not (now != now and before != before)
        return not np.array_equal(before, now, equal_nan=True)

    def _culprit(self, program: Program, name: str) -> str | None:
        """The step after which ``name`` has another value, found by running once more."""
        again, changers = Run(program), list[str]()

        def look(step: str, node: Any, before: Mapping[str, Any]) -> Any:
            if name in before and self._changed(before[name], name, again):
                changers.append(step)
            return node

        with suppress(Exception):
            self.forward(again, tap=look)
            return next(iter(changers), None)
        return None

    # -- small graphs ------------------------------------------------------------------------------

    def small_graph(self, op: str, x: Value = NUMBERS[0], y: Value = NUMBERS[1]) -> dict[str, Any]:
        """The objects of a graph of two steps: leaves ``x`` and ``y``, ``middle``, ``out``."""
        with self.recording():
            nodes = {"x": self.leaf(x)}
            others = {"y": self.leaf(y)} if len(OPERATIONS[op].operands) == 2 else {}
            nodes |= others
            nodes["middle"] = self.on(op, nodes["x"], *others.values())
            nodes["out"] = self.on(op, nodes["middle"], *others.values())
        self.nodes, self.leaves = nodes, frozenset("xy")
        return nodes

    def _small_graphs(self) -> Iterator[tuple[dict[str, Any], Value]]:
        """Small graphs of numbers and of arrays, as far as the engine makes them, each with a seed
        of ones."""
        for op in FEW:
            for leaf in LEAVES:
                nodes: dict[str, Any] = {}
                with tried():
                    graph = self.small_graph(op, leaf, leaf)
                    for node in graph.values():
                        as_array(self.value(node))
                    nodes = graph
                if nodes:
                    yield nodes, np.ones_like(leaf) if np.shape(leaf) else 1.0

    @cached_property
    def keeps_steps(self) -> bool:
        """Whether intermediate results keep their gradients, seen from graphs of two steps in which
        gradients reach the leaves."""
        ran = False
        for nodes, seed in self._small_graphs():
            with tried():
                self.backward(nodes["out"], seed)
                gradient = self.own_gradient(nodes["middle"])
                if gradient is not None and np.any(as_array(gradient)):
                    return True
                leaf = self.own_gradient(nodes["x"])
                ran = ran or (leaf is not None and bool(np.any(as_array(leaf))))
        return not ran

    @cached_property
    def keeps_output(self) -> bool:
        """Whether an output that is a number has its own gradient, the seed, after a backward pass
        that reaches the leaves; true where none does."""
        reached = False
        for nodes, seed in self._small_graphs():
            with tried():
                if np.shape(seed):
                    continue
                self.backward(nodes["out"], seed)
                leaf = self.own_gradient(nodes["x"])
                if leaf is not None and np.any(as_array(leaf)):
                    own = self.own_gradient(nodes["out"])
                    if own is not None and np.any(as_array(own)):
                        return True
                    reached = True
        return not reached

    @cached_property
    def no_backward(self) -> str | None:
        """Why there is no backward pass at all, seen from graphs of two steps; None if there is
        one, or it cannot be told. One that changes nothing in any object is not written yet."""
        lacking = None
        for nodes, seed in self._small_graphs():
            before = self._state(nodes)
            try:
                with attempt():
                    self.backward(nodes["out"], seed)
            except NotImplementedError:
                lacking = lacking or BACKWARD
            except Unsupported:
                continue
            except Exception:
                return None
            else:
                if self._state(nodes) != before:
                    return None
                lacking = f"{BACKWARD} (it changes nothing yet)"
        return lacking

    def _state(self, nodes: Mapping[str, Any]) -> list[Any]:
        """All that objects hold, and their gradients."""
        gradients: list[Any] = []
        for node in nodes.values():
            try:
                gradients.append(held(self.gradient(node)))
            except Exception as error:
                gradients.append(type(error))
        return [gradients, held(list(nodes.values()))]


def _in_one_place(arrays: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """For each array that lies where another one does, the names of the others."""
    places: dict[int, list[str]] = {}
    for name, array in arrays.items():
        if type(array) is np.ndarray:
            places.setdefault(array.ctypes.data, []).append(name)
    groups = [names for names in places.values() if len(names) > 1]
    return {name: tuple(n for n in names if n != name) for names in groups for name in names}


def _seen_before(nodes: Mapping[str, Any]) -> frozenset[str]:
    """The steps whose object is that of an earlier one, such as ``relu(x)`` that returns x."""
    known: dict[int, str] = {}
    for name, node in nodes.items():
        known.setdefault(id(node), name)
    return frozenset(
        name
        for name, node in nodes.items()
        if known[id(node)] != name and not isinstance(node, bool | np.ndarray)
    )


def _copied(value: Value) -> Value:
    return value if isinstance(value, float) else value.copy()
