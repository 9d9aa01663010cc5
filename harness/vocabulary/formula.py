"""What one operation computes, and its derivatives: lines of numpy, never in a sandbox.

``code`` and ``derivatives`` are lines of numpy and of the few functions in ``numerics.py``. A name
in braces stands for an operand's value or a parameter's literal, ``{out}`` for the result,
``{dout}`` for the upstream gradient, ``{operands}`` for the list of a variadic operation's operands
and ``{k}`` for the number of the one that is differentiated, ``{n}`` for how many elements are
reduced to one. What is added to an operand's gradient is the derivative's value, summed over the
axes along which the operand was broadcast (see ``local.py``); a reduction's ``{out}`` and
``{dout}`` keep the reduced axes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.vocabulary.kinks import Kink, Whole
from harness.vocabulary.slips import Slip


@dataclass(frozen=True, slots=True)
class Formula:
    """What an operation computes. ``torch`` names the function that defines it; ``derivatives`` has
    a line for each operand that has one."""

    torch: str
    code: str
    derivatives: Mapping[str, str]
    edges: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Where a derivative's formula has no answer, or another than torch's: for an operand, the
    condition and torch's answer there, in place of the whole derivative."""
    kinks: Mapping[str, Kink] = field(default_factory=dict)
    """Where more than one derivative is right, and which, for each operand that has such places."""
    wholes: tuple[Whole, ...] = ()
    """What the contributions at a kink must come to together."""
    indeterminate: str = "False"
    """Where mathematics leaves open what the formulas have a number for."""
    slips: Mapping[str, tuple[Slip, ...]] = field(default_factory=dict)
    """The well-known slips in each operand's derivative."""
    count: str = ""
    """What ``{n}`` is where it is not how many elements of the first operand become one."""
