"""The catalogue of messages: every sentence about a verdict or a finding, by its id, in English.

What is to be told travels as an id and fields; :func:`say` makes the sentence of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

MESSAGES: Final[Mapping[str, str]] = {
    # the case
    "at": "at {inputs}",
    "with": "with {constants}",
    "upstream": "upstream {output} = {seed}",
    "second": "ddx is the gradient by x of the sum of dx * v over the inputs, v uneven",
    "dead": "{stage}    (leads nowhere)",
    "stages-between": "… {count:,} more",
    "twice": "backward is called twice on one graph",
    # a pass
    "agrees": "the step agrees",
    "agree": "{count} of {count} steps agree",
    "wrong-from": "wrong from {step} on",
    "stopped": "stopped",
    "see-forward": "(see ::forward)",
    "first-wrong": "first wrong: {step}",
    "nothing-before": "(nothing before it)",
    "others-agree": "(every step {side} {step} agrees)",
    "leaves-only": "(the engine keeps gradients of its leaves only)",
    "stops": "{direction} stops{place}: {message}",
    "pass-stops": "the {direction} pass stops{place}",
    "mistake": "{code}: {message}",
    "or": "or {code}: {message}",
    "hint": "hint: {hint}",
    "repro": "try it:",
    "nothing-wrong": "no step is wrong",
    "in-one-line": "{code}{op}: first wrong {step}, expected {expected}, got {got}",
    "skipped": "{direction}: skipped, {reason}",
    # a step
    "inherited": "inherited",
    "same-mistake": "same mistake",
    "nothing": "nothing",
    "missing": "missing",
    "not-computed": "not computed",
    "stops-here": "✗ stops here",
    "may-stop-here": "stops here?",
    "yours": "✗ yours {number}",
    "yours-at": "✗ yours {number} at {index}",
    "yours-is": "✗ yours is {what}",
    "yours-differs": "✗ yours differs",
    "yours-missing": "✗ missing",
    # the terms of a gradient
    "used-once": "{name} is used in one place, so its gradient is one chain-rule term:",
    "used": "{name} is used in {count} places, so {count} chain-rule terms are added:",
    "arrived": "✓ arrived",
    "all-that-arrived": "✓ this is all that arrived",
    "did-not-arrive": "✗ missing",
    "not-what-arrived": "✗ not what arrived",
    # a finding
    "matters": "it matters {when}",
    "edges": "What matters at extremes only, and costs a tenth of each case:",
    "conventions": "Other conventions than torch's, which are as right and cost nothing:",
    "by-convention": "{passes} by other conventions than torch's, as right: {ops}",
    "engine": "the engine itself",
    "explain": "{findings} what is wrong",
    "explain-failures": "{findings} all {count} failures",
    "nothing-is-wrong": "nothing is wrong",
    "see": "see it: {evidence}::{direction}",
    "explained": "what it means: harness explain {code}",
    "explanation": "What {code} means",
    # a picture, for those who do not see it
    "graph": "Computational graph of {steps:,} steps, from left to right{rows}. Above each wire "
    "its value (green, bold), below it the gradient of {output} by it (red, italic).",
    "in-rows": ", in {count} rows",
    "wrong-steps": "Wrong (dashed, purple): {steps}.",
    "not-judged-for": "Not judged: {reason}.",
    "right": "Nothing is wrong.",
    "too-small": "its smallest text is {part} of its height; 1/40 is read from the back of a room",
    "in-part": "{shown} of {count:,} steps are shown",
    # the page
    "remark": "Remark: {message}.",
    "score": "Score {score:g} of {most:g}.",
    "legend": "Values are green and bold, above the wires; gradients are red and italic, below "
    "them; what is wrong is purple and dashed, with a ✗.",
    "operations": "In how many cases each was judged, and whether a mistake above is its.",
    "not-reached": "not reached",
}


def say(id: str, **fields: Any) -> str:
    """The sentence of an id, its fields filled in."""
    return MESSAGES[id].format(**fields)


LETTERS: Final[Mapping[str, str]] = {"forward": "", "backward": "d", "second": "dd"}
"""What stands before a step's name: nothing for its value, d for its gradient, dd for that of the
gradient."""


def called(name: str, direction: str = "forward") -> str:
    """A step's value or gradient as it is shown: its name in parentheses if it is an expression."""
    plain = re.fullmatch(r"\w+( #\d+)?", name)
    return LETTERS[direction] + (name if plain else f"({name})")
