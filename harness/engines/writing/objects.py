"""Scripts for engines whose objects hold their gradients, or whose backward returns them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

from harness.engines.conventions import OBJECT, Backward, Way, formed, shown
from harness.engines.engine import Engine, is_general
from harness.engines.importing import root_of
from harness.engines.running.conventional import LASTING
from harness.engines.running.forward import Run, RunningEngine, given
from harness.engines.running.objects import GraphEngine
from harness.engines.running.telling import parameters_of
from harness.engines.writing.script import (
    Asked,
    Imports,
    NotWritable,
    Script,
    attempted,
    is_identifier,
    literal,
    names_for,
    tried,
)
from harness.engines.writing.steps import Listener, inlined
from harness.vocabulary.program import Program, Step, Value
from harness.vocabulary.spelling import Written, number

FIXED: Final = ("run", "forward", "apply", "recording", "start")
"""What an adapter that has a way of its own for it does is not written as the engine's."""

INDENT: Final = " " * 4


def written(
    engine: GraphEngine, program: Program, asked: Asked, fresh: Engine | None
) -> Script | None:
    """The program in the engine's class, that prints what is asked, tried in a ``fresh`` life where
    there is one; None where it cannot be written or does not do that."""
    if any(engine.overrides(name) for name in FIXED) or asked.direction == "second":
        return None
    return attempted(lambda: _Objects(engine, program, asked, fresh).script())


def modules_of(engine: RunningEngine) -> list[ModuleType]:
    """The modules that a script may import from; first that of an adapter."""
    name = type(engine).__module__
    known = engine.file is not None and engine.file.__name__ == name
    file = engine.file if known else sys.modules.get(name)
    own = [] if is_general(type(engine)) or file is None else [file]
    return list(dict.fromkeys([*own, *engine.homes(), *engine._offering.modules()]))


def home_of(module: ModuleType) -> str:
    """What a module is called where its folder is the current one; of a notebook, and of what is in
    no file, a comment that says where the lines belong. Raises :class:`NotWritable`."""
    if getattr(module, "__file__", None) is None:
        return "# where your class is"
    file = Path(str(module.__file__))
    if file.suffix == ".ipynb":
        return f"# in a new cell of {file.name}"
    package = "." in module.__name__ or file.name == "__init__.py"
    name = module.__name__ if package or root_of(module) != file.resolve().parent else file.stem
    if "." in name and not (package and all(map(is_identifier, name.split(".")))):
        raise NotWritable(f"{name} cannot be imported")
    return name


class _Objects:
    """The lines of one script, as they come."""

    def __init__(
        self, engine: GraphEngine, program: Program, asked: Asked, fresh: Engine | None
    ) -> None:
        self.engine, self.program, self.asked = engine, program, asked
        self.conventions = engine.conventions
        self.again = fresh if isinstance(fresh, GraphEngine) else engine
        self.imports = Imports(modules_of(engine), modules_of(self.again), home_of)
        self.heard = Listener(engine, self.imports, lambda node: self._made(engine.value(node), ""))
        self.lines: list[str] = []
        self.block = ""
        self.names: dict[str, str] = {}
        self.owner = ""

    def script(self) -> Script | None:
        """All of it, tried."""
        self._begin()
        finished = self._forward()
        if self.asked.direction == "forward" or not finished:
            if self.conventions.forward and finished:
                kind, _, name = self.conventions.forward.rpartition(".")
                self._say(f"{self.owner if kind else self.names[self.program.output]}.{name}()")
            own = self.names.get(self.asked.name, "")
            printing = [(self._value(own), lambda _, text: text)] if finished else []
            return tried(self.imports, self.lines, printing, self.asked.part)
        printing = [(text, self._number) for text in self._backward()]
        return tried(self.imports, self.lines, printing, self.asked.part)

    # -- forward -----------------------------------------------------------------------------------

    def _begin(self) -> None:
        """What comes before the first leaf: an adapter's object, whatever makes leaves, a tape."""
        engine = self.engine
        if not is_general(type(engine)):
            name = self.imports.name_of(type(engine))
            self._say(f"engine = {name}()  # the adapter, which says how your engine is used")
        owner, _, _ = self.conventions.leaf.maker.rpartition(".")
        if owner:
            self.owner = owner.lower() if owner.lower() != owner else f"{owner}_"
            kind = dict(engine.classes())[owner]
            self._say(f"{self.owner} = {self.imports.name_of(kind)}()")
        how = engine.way_back
        if how is not None and how.kind == "tape":
            kind = dict(engine.classes())[how.name.partition(".")[0]]
            lasting = [p.name for p in parameters_of(kind) if p.name in LASTING]
            arguments = ", ".join(f"{name}=True" for name in lasting)
            self._say(f"with {self.imports.name_of(kind)}({arguments}) as tape:")
            self.block = INDENT

    def _forward(self) -> bool:
        """The lines of leaves and steps; whether all of these were computed. Else the last line is
        that of the one that was not."""
        program, engine = self.program, self.engine
        inner = inlined(program, frozenset({self.asked.name}))
        outer = [*program.inputs, *(s.name for s in program.steps if s.name not in inner)]
        taken = {"np", "engine", "tape", "grads", "print", self.owner, engine.class_name}
        self.names = names_for(outer, dict.fromkeys(taken))
        texts: dict[str, Written] = {}
        run = Run(program)

        def look(name: str, node: Any, before: Any) -> Any:
            self._leaves(before, texts)
            self._step(program.by_name[name], texts, node)
            return node

        try:
            with self.heard.listening([step.op for step in program.steps]):
                engine.forward(run, tap=look)
        except NotWritable:
            raise
        except Exception:
            later = self.conventions.forward and program.output in texts
            if not later:  # where numbers come later, all steps are written by then
                self._stopped(program.by_name.get(str(run.place.step)), run.nodes, texts)
                return False
        self.nodes = run.nodes
        return True

    def _stopped(self, step: Step | None, nodes: Any, texts: dict[str, Written]) -> None:
        """The line of the step at which the forward pass stops."""
        self._leaves(nodes, texts)
        known = texts.keys() | self.program.constants.keys()
        if step is None or step.name in texts or not known.issuperset(step.parents):
            raise NotWritable("it stops elsewhere")
        self.names.setdefault(step.name, "result")
        self._step(step, texts, None)

    def _leaves(self, nodes: Any, texts: dict[str, Written]) -> None:
        """The lines of the leaves that are new."""
        for name in self.program.inputs:
            if name in nodes and name not in texts:
                value = given(self.program.inputs[name], self.program)
                wraps = self.engine.overrides("leaf") and not self.engine.overrides("wrap")
                text = f"engine.leaf({self._literal(value)})" if wraps else self._made(value, name)
                self._say(f"{self.names[name]} = {text}")
                texts[name] = Written(self.names[name])
                self.heard.name(nodes[name], texts[name])
                if self.block and hasattr(self.engine._tape, "watch"):
                    self._say(f"tape.watch({self.names[name]})")

    def _step(self, step: Step, texts: dict[str, Written], node: Any) -> None:
        if step.operation.compares:
            texts[step.name] = Written(self._literal(node))
            return
        operands = [self._operand(step, i, texts) for i in range(len(step.given))]
        text = self.heard.written(step, operands)
        if step.name in self.names:
            self._say(f"{self.names[step.name]} = {text.text}")
            text = Written(self.names[step.name])
        texts[step.name] = text
        self.heard.name(node, text)

    def _operand(self, step: Step, position: int, texts: dict[str, Written]) -> Written:
        item = step.given[position]
        if not isinstance(item, str):
            lifted = self.engine.lifted(step, position, self.program)
            return number(item) if lifted is None else Written(self._made(lifted, ""))
        if item in texts:
            return texts[item]
        array, program = self.program.constants[item], self.program
        plain = program.scalar and not array.ndim
        return Written(self._made(float(array) if plain else array.astype(program.dtype), item))

    # -- objects -----------------------------------------------------------------------------------

    def _made(self, value: Any, name: str) -> str:
        """An object for a number, as it is made."""
        if self.engine.overrides("wrap"):
            return f"engine.wrap({self._literal(value)})"
        leaf = self.conventions.leaf
        form = leaf.number if isinstance(value, float) else leaf.array
        text = self._literal(formed(value, form))
        return replace(leaf, maker=self._maker()).call("", text, name or "c")

    def _maker(self) -> str:
        engine, maker = self.engine, self.conventions.leaf.maker
        if self.owner:
            return f"{self.owner}.{maker.rpartition('.')[2]}"
        if not maker:
            return self.imports.name_of(engine.cls)
        found = getattr(engine.module, maker, None)
        if found is None and hasattr(engine.cls, maker):
            return f"{self.imports.name_of(engine.cls)}.{maker}"
        return self.imports.name_of(engine.maker(maker))

    def _literal(self, value: Any) -> str:
        return literal(value, self.imports.numpy)

    def _value(self, text: str) -> str:
        if self.engine.overrides("value"):
            return f"engine.value({text})"
        if reads := self.engine.function(self.conventions.reads):
            return f"{self.imports.name_of(reads)}({text})"
        return _at(text, self.conventions.value)

    # -- backward ----------------------------------------------------------------------------------

    def _backward(self) -> Iterator[str]:
        """The lines that run it; then how the gradient may be read."""
        engine, program = self.engine, self.program
        output, text = self.nodes[program.output], self.names[program.output]
        seed = engine._begun(program)
        x = self.names[self.asked.name]
        if engine.overrides("backward"):
            for _ in range(program.backward_calls):
                self._say(f"engine.backward({text}, {self._literal(seed)})")
            yield self._gradient(x)
            return
        how = engine.way_back
        if how is None:
            raise NotWritable("backward")
        unit = np.shape(seed) == () and float(seed) == 1.0
        seeded = how.needed or (how.seed is not None and not unit)
        if not (seeded or unit):
            text = self._contracted(output, text, seed)
        if self.conventions.forward:
            self._say(f"{text}.{self.conventions.forward}()")
        if how.prepares:
            self._say(f"{text}.{how.prepares}()")
        if how.sets:
            self._say(f"{text}.{how.sets} = {self._seed(seed if seeded else 1.0, how)}")
        call = self._called(how, text, seed if seeded else None)
        self.block = ""
        returns = self.conventions.gradient is None
        for _ in range(program.backward_calls if call else 0):
            self._say(f"grads = {call}" if returns else call)
        if not returns:
            yield self._gradient(x)
            return
        if how.each:
            yield "grads"
            return
        yield from (f"grads[{x}]", f"grads[id({x})]")
        if self.asked.name in self.program.inputs:
            yield f"grads[{list(self.program.inputs).index(self.asked.name)}]"
        yield from (f"grads[{name!r}]" for name in {x, self.asked.name})
        yield from (f"grads.{way}({x})" for way in ("wrt", "get", "of"))

    def _called(self, how: Backward, text: str, seed: Value | None) -> str:
        """The call that runs the backward pass; empty where nothing more is to be done."""
        if how.kind == "asking":
            return ""
        engine = self.engine
        owner, _, name = how.name.rpartition(".")
        arguments = [text] if how.kind in ("function", "tape") else []
        if how.each:
            arguments.append(self.names[self.asked.name])
        if how.sources or how.kind == "tape":
            leaves = ", ".join(self.names[name] for name in self.program.inputs)
            run: Any = getattr(engine._tape, name, None) or engine.function(name)
            spread = any(p.kind is p.VAR_POSITIONAL for p in parameters_of(run))
            arguments.append(leaves if spread else f"[{leaves}]")
        if seed is not None and how.seed is not None:
            number_ = self._seed(seed, how)
            arguments.append(number_ if how.first else f"{how.seed}={number_}")
        inside = ", ".join(arguments)
        if how.kind == "method":
            return f"{text}.{name}({inside})"
        if how.kind == "tape":
            return f"tape.{name}({inside})"
        if how.kind == "driver":
            kind = dict(engine.classes())[owner]
            return f"{self.imports.name_of(kind)}({text}).{name}()"
        if not owner:
            return f"{self.imports.name_of(engine.function(name))}({inside})"
        if self.owner and type(engine._factory).__name__ == owner:
            return f"{self.owner}.{name}({inside})"
        return f"{self.imports.name_of(getattr(engine.module, owner, None))}.{name}({inside})"

    def _seed(self, seed: Value, how: Backward) -> str:
        if how.form == OBJECT:
            return self._made(seed, "seed")
        return self._literal(formed(seed, how.form))

    def _contracted(self, output: Any, text: str, seed: Value) -> str:
        """A line with a number that has the gradients that the seed would give, and its name."""
        engine, told = self.engine, Written(text)
        ones = bool(np.all(np.asarray(seed) == 1.0))
        try:
            with self.heard.listening(["mul", "sum"]):
                if not ones:
                    weights = engine.wrap(seed)
                    made = Written(self._made(seed, "seed"))
                    output = engine.on("mul", output, weights)
                    told = self.heard.written(Step("weighted", "mul", ("x", "y")), [told, made])
                    self.heard.name(output, told)
                if np.shape(seed):
                    output = engine.on("sum", output)
                    told = self.heard.written(Step("total", "sum", ("x",)), [told])
        except NotWritable:
            raise
        except Exception:
            raise NotWritable("a seed") from None
        if told.text == text:
            return text
        name = "total" if "total" not in self.names.values() else "total_"
        self._say(f"{name} = {told.text}")
        return name

    def _gradient(self, x: str) -> str:
        """How the gradient is read."""
        if self.engine.overrides("gradient"):
            return f"engine.gradient({x})"
        return _at(x, self.conventions.gradient or ())

    def _number(self, found: Any, text: str) -> str:
        """What has the number of a gradient, which may be an object of the engine."""
        return self._value(text) if self.again.is_object(found) else text

    def _say(self, line: str) -> None:
        self.lines.append(f"{self.block}{line}" if not line.startswith("with ") else line)


def _at(text: str, way: Way) -> str:
    return f"{text}{shown(way)}" if way else text
