"""What is said of a mistake: a sentence for each id, with fields for the facts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from harness.judging.mistakes import Mistake

_ACCUMULATE: Final = "Accumulate instead of assigning: grad += local * upstream"

SENTENCES: Final[Mapping[str, str]] = {
    # a value
    "no value": "the engine has no value here",
    "not compared": "{symbol} is not what the engine's own numbers say",
    "value dtype": "{op} gives {got} where its operands are {expected}",
    "formula": "the forward formula of {op} is wrong",
    "input lost": "the engine does not hold an input",
    "input shape": "an input of shape {expected} is held with shape {got}",
    "input rounded": "inputs are rounded; keep them in float64",
    "input wrong": "the engine does not hold the input that it was given",
    "value overflows": "{op} gives inf or nan where torch has a finite number",
    "other branch": "{op} takes the other branch",
    "operands exchanged": "{op} takes its operands in the wrong order",
    "opposite": "{op} takes the {opposite}",
    "another axis": "{op} works along {where} here",
    "value order": "{op} puts its elements in another order",
    "value shape": "{op} gives shape {got}, not {expected}",
    "value digits": "{op} is right to a few digits only: compute in float64, and in a form "
    "in which nothing cancels",
    "unchanged": "{op} returns its operand {name} unchanged",
    "value sign": "{op} gives the right number with the wrong sign",
    "value slip": "the value of {op} is wrong: {slip}",
    "value of another": "{op} gives what {other} should",
    "number exchanged": "where a number stands on the {side}, as in {example}, {op} takes its "
    "operands in the wrong order; between two nodes it is right",
    "number wrong": "where a number stands on the {side}, as in {example}, the value of {op} is "
    "wrong; between two nodes it is right",
    "value factor": "{op} is off by the factor {factor}",
    # a gradient, and nothing of it
    "never reached": "no gradient ever reaches {name}",
    "cut off": "{rule} does not lead on: nothing arrives below its operands",
    "none arrives": "no gradient arrives at {name}",
    "not led on": "what {op} passes back goes no further than its own operands",
    "not passed on": "{op} passes nothing back when it is not the last step",
    "last is silent": "the output has its gradient, and passes nothing on: is its own step left "
    "out?",
    "no leaf": "nothing comes back to any input, not even through a single step: is the output's "
    "own gradient set to 1, and is its step the first to pass on?",
    "not reversed": "only what the last step passes on arrives: those before it pass on while "
    "their own gradient is still 0. Go through the steps from the output back to the inputs",
    "added": "{rule} adds its local derivative and the upstream gradient, where the chain rule "
    "multiplies",
    "kept for one": "what {rule} keeps for its backward pass is overwritten when it is called "
    "again: keep it apart for each call",
    "kept for all": "what an operation keeps for its backward pass is overwritten by the next "
    "call: keep it apart for each call",
    "ends early": "no gradient goes back further than one step",
    # the output's
    "seed": "the seed is ignored: backward starts at 1",
    "seed rounded": "the seed is rounded: keep gradients in the dtype of their values",
    "output shape": "the output's gradient has shape {got}, its value {expected}",
    "output lost": "the output holds no gradient after backward",
    "output": "backward must start with the seed at the output, and leave it there",
    "upstream written": "{op} writes into its own upstream gradient",
    # its dtype, its digits, its shape
    "gradient dtype": "the gradient is {got}, and its value {expected}",
    "digits": "right to a few digits only: finite differences, or float32?",
    "gathered": "small errors add up: right to a few digits only",
    "shape": "the gradient has shape {got}, its value {expected}",
    "stretched": "the gradient has shape {got}, its value {expected}: sum over the axes that were "
    "broadcast",
    "turned": "the gradient has shape {got}, its value {expected}: its elements are in another "
    "order",
    "leaked": "the gradient goes on through {op}: what is detached is a constant from there on",
    # which of its terms arrived
    "replaced": f"a later assignment replaced the earlier terms. {_ACCUMULATE}",
    "only one": f"only one of the terms is kept. {_ACCUMULATE}",
    "term": "the term through {where} never arrives",
    "one of two": "where one name is both operands of {rule}, one of its terms is lost",
    "more than once": "where one name is both operands of {rule}, a term is added more than once",
    "added again": "a term is added to its gradient more than once",
    "equals": "nodes that hold equal numbers are taken for one: tell them apart with is, or id()",
    "passed on often": "{name} passes its gradient on more than once",
    "passed on early": "{name} passes its gradient on before all of its own terms have arrived: go "
    "through the steps in reverse topological order",
    "same memory": "the gradients of {name} and of {other} are one and the same array, so that "
    "what is added to one is added to the other: copy it, or add with a + b",
    # a rule
    "rule": "the derivative that {rule} passes on is wrong",
    "gradient": "the gradient is wrong",
    "sign": "the term that {rule} passes on has the wrong sign",
    "slip": "the derivative of {rule} is wrong: {slip}",
    "of another": "{rule} passes on the derivative of {other}",
    "no upstream": "{rule} passes on its local derivative without the upstream gradient",
    "no local": "{rule} passes on the upstream gradient without its local derivative",
    "each the other's": "{rule} gives each operand the other one's derivative",
    "back along another axis": "{rule} goes back along another axis",
    "summed elsewhere": "{rule} sums over the wrong axis where an operand was broadcast",
    "overflows": "the term that {rule} passes on is inf or nan",
    "order": "the term that {rule} passes on has its elements in another order",
    "factor": "the term that {rule} passes on is off by the factor {factor}",
    "tie": "{rule} shares a tie out otherwise than torch",
    "kink": "{rule} takes another slope than torch's at its kink",
    "left open": "the {what} of {op}{at} is left open by mathematics: {formula}",
    "second open": "the gradient's gradient of {op} is left open where its slope is",
    "not whole": "where elements are equal, the parts that {rule} gives out do not add up to the "
    "whole gradient",
    "no number": "{op} gives inf or nan where torch has a finite number: is it divided by zero?",
    # the engine
    "inherited": "this step's own rule is right: a gradient above it is wrong",
    "inherited value": "an operand is already wrong",
    "left behind": "the case passes where it is the first graph that the engine builds: an earlier "
    "graph has left something behind (a tape, a visited set, a mutable default argument)",
    "second": "a gradient is differentiated wrongly: rules must record what they compute",
    "stale": "after a second backward a gradient must be g or 2g: what the first pass left must "
    "not be passed on again",
    "not as agreed": "it was agreed on that gradients {ways} when backward is called again",
    "sets": "the answer depends on the order in which a set is iterated ({places}), so a node may "
    "pass its gradient on before all of its own terms have arrived: keep parents in a tuple or a "
    "list, and go through the steps in reverse topological order",
    "unexplained": "it is wrong, and too large for the mistake to be looked for",
    # what stops it
    "raised": "{message}",
    "raised by several": "{message} (so with {ops})",
    "not run": "{message}",
    "recursion": "{direction} recurses once for every step of a chain",
    "plain number": "{name}: one operand is a plain number, which is wrapped nowhere ({message})",
    "plain numbers": "an operand that is a plain number is wrapped nowhere, in {ops} ({message})",
    # what it changes
    "operand changed": "{op} changes its operand's data in place: {message}",
    "shared array": "{step} writes into the array of {name}, which it must not share",
    "changed": "{message}, by the {direction} pass",
}
"""Every sentence about a mistake, by its id."""


def sentence(mistake: Mistake) -> str:
    """What is said of a mistake."""
    facts: dict[str, Any] = {"op": mistake.op, **dict(mistake.facts)}
    if "ratio" in facts:
        facts["factor"] = factor(facts["ratio"], facts.get("count", 0))
    if "axis" in facts:
        facts["where"] = "all axes" if facts["axis"] is None else f"axis {facts['axis']}"
    return SENTENCES[mistake.about].format_map(facts)


def so_with(text: str, ops: str) -> str:
    """A sentence, with the operations that it is seen in."""
    return f"{text} (so with {ops})"


def factor(ratio: float, count: int) -> str:
    """A factor as people write it: ½, 2, n, 1/n, or its digits."""
    for number, text in ((0.5, "½"), (-0.5, "-½")):
        if abs(ratio - number) < 1e-6:
            return text
    if count > 2 and abs(ratio * count - 1) < 1e-6:
        return f"1/n (n = {count})"
    if count > 2 and abs(ratio / count - 1) < 1e-6:
        return f"n (n = {count})"
    simple = Fraction(ratio).limit_denominator(100)
    return str(simple) if abs(simple - ratio) < 1e-9 * abs(ratio) else f"{ratio:#.6g}"
