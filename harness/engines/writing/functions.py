"""Scripts for engines that transform functions: one is defined, and its gradient asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.engines.asking import Asking
from harness.engines.engine import Engine, is_general
from harness.engines.running.forward import Run, RunningEngine, given
from harness.engines.writing.objects import INDENT, home_of, modules_of
from harness.engines.writing.script import (
    Asked,
    Imports,
    NotWritable,
    Script,
    attempted,
    literal,
    names_for,
    tried,
)
from harness.engines.writing.steps import Listener, inlined
from harness.vocabulary.program import Program, Step
from harness.vocabulary.spelling import Written, number


def written(
    engine: RunningEngine,
    how: tuple[str, Asking],
    program: Program,
    asked: Asked,
    fresh: Engine | None,
    reads: bool,
) -> Script | None:
    """The program as a function, whose value or gradient is printed; None where it cannot be
    written, or where something is asked for that such an engine does not tell: the gradient of a
    step, or what a function was called with, which it ``reads``."""
    inner = asked.direction == "backward" and asked.name not in program.inputs
    unseen = asked.direction == "second" or (asked.direction == "forward" and reads)
    if not is_general(type(engine)) or engine.cls is not None or unseen or inner:
        return None
    return attempted(lambda: _script(engine, how, program, asked, fresh, reads))


def _script(
    engine: RunningEngine,
    how: tuple[str, Asking],
    program: Program,
    asked: Asked,
    fresh: Engine | None,
    reads: bool,
) -> Script | None:
    again = fresh if isinstance(fresh, RunningEngine) else engine
    imports = Imports(modules_of(engine), modules_of(again), home_of)
    heard = Listener(engine, imports, lambda node: literal(node, imports.numpy))
    backward = asked.direction == "backward"
    transform, way = how
    kept = frozenset({asked.name, *((program.output,) if not backward else ())})
    inside = inlined(program, kept)
    outer = [*program.inputs, *(s.name for s in program.steps if s.name not in inside)]
    names = names_for(outer, dict.fromkeys(["np", "print", "function", transform]))
    lines: list[str] = []
    run = Run(program)
    texts = {name: Written(names[name]) for name in program.inputs}

    def operand(item: Any) -> Written:
        if not isinstance(item, str):
            return number(item)
        return texts.get(item) or Written(literal(program.constants[item], imports.numpy))

    def look(name: str, node: Any, before: Any) -> Any:
        for leaf in program.inputs:
            heard.name(before[leaf], texts[leaf])
        step = program.by_name[name]
        write(step, node)
        return node

    def write(step: Step, node: Any) -> None:
        if step.operation.compares:
            texts[step.name] = Written(literal(node, imports.numpy))
            return
        text = heard.written(step, [operand(item) for item in step.given])
        if step.name in names:
            lines.append(f"{names[step.name]} = {text.text}")
            text = Written(names[step.name])
        texts[step.name] = text
        heard.name(node, text)

    leaves = {
        names[name]: literal(given(value, program), imports.numpy)
        for name, value in program.inputs.items()
    }
    try:
        with heard.listening([*(step.op for step in program.steps), "mul", "sum"]):
            nodes = engine.forward(run, tap=look)
            output = texts[program.output]
            if backward:
                output = _contracted(engine, heard, program, nodes[program.output], output, imports)
    except NotWritable:
        raise
    except Exception:
        stopped = program.by_name.get(str(run.place.step))
        if stopped is None or stopped.name in texts or reads:
            raise NotWritable("stopped elsewhere") from None
        for leaf in program.inputs:
            heard.name(run.nodes[leaf], texts[leaf])
        names.setdefault(stopped.name, "result")
        write(stopped, None)
        return tried(imports, [*_assigned(leaves), *lines], [], "")
    if not backward:
        return tried(
            imports, [*_assigned(leaves), *lines], [(names[asked.name], _as_it_is)], asked.part
        )
    body = [*lines, f"return {output.text}"]
    definition = [
        f"def function({', '.join(leaves)}):",
        *(f"{INDENT}{line}" for line in body),
        "",
    ]
    owner, _, method = transform.rpartition(".")
    name = imports.name_of(getattr(engine.module, owner or method))
    name = f"{name}().{method}" if owner else name
    position = list(program.inputs).index(asked.name)
    asking = way.written(name, "function", list(leaves), position)
    printing = [(text, _as_it_is) for text in asking]
    return tried(imports, [*definition, *_assigned(leaves)], printing, asked.part)


def _as_it_is(_: Any, text: str) -> str:
    return text


def _assigned(leaves: dict[str, str]) -> list[str]:
    return [f"{name} = {text}" for name, text in leaves.items()]


def _contracted(
    engine: RunningEngine,
    heard: Listener,
    program: Program,
    node: Any,
    text: Written,
    imports: Imports,
) -> Written:
    """The output as a number that has the gradients that the seed gives."""
    seed = program.seed
    if isinstance(seed, float):
        if seed == 1.0:
            return text
        return heard.written(Step("weighted", "mul", ("x", "y")), [text, number(seed)])
    weights = np.asarray(seed).astype(program.dtype)
    engine_weights = engine.wrap(weights)
    product = engine.on("mul", node, engine_weights)
    told = heard.written(
        Step("weighted", "mul", ("x", "y")), [text, Written(literal(weights, imports.numpy))]
    )
    heard.name(product, told)
    engine.on("sum", product)
    return heard.written(Step("total", "sum", ("x",)), [told])
