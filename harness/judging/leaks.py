"""What would go on through the steps that detach, in an engine where they hold nothing back."""

from __future__ import annotations

from harness.engines.trace import Trace
from harness.judging.mistakes import Contribution
from harness.vocabulary.local import Local, Unanswerable
from harness.vocabulary.program import Array, Program, Step


def leaks(program: Program, name: str, trace: Trace) -> list[Contribution]:
    """For each use of ``name`` by a step that detaches, the gradient that would come from there,
    made of the values and the gradients in ``trace``; none where these do not tell."""
    if not any(step.operation.detaches for step, _ in program.uses.get(name, ())):
        return []
    found: list[Contribution] = []
    held_back: dict[str, Array] = {}
    inner = program.by_name.keys() - program.differentiable
    for step in reversed(program.steps):
        gradients = trace.gradients if step.name in program.differentiable else held_back
        if step.name not in gradients or step.operation.compares:
            continue
        upstream = gradients[step.name]
        for position, operand in enumerate(step.operands):
            if step.operation.detaches and operand == name:
                found.append(Contribution(step, position, upstream))
            elif operand in inner and step.kind(position) == "value":
                try:
                    number = _passed_on(program, step, position, trace, upstream)
                except Unanswerable:
                    return []
                held_back[str(operand)] = number + held_back.get(str(operand), 0.0)
    return found


def _passed_on(program: Program, step: Step, position: int, trace: Trace, upstream: Array) -> Array:
    if step.operation.detaches:
        return upstream
    return Local(program, step, trace.values, upstream).contribution(position)
