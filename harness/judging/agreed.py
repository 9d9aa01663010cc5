"""What a course has agreed on, where a verdict takes any choice: then another one is a mistake.

Without an agreement a choice at a kink or a tie is a remark, and a second backward may begin anew
or add up.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from harness.judging.comparing import close, quiet, tolerances
from harness.judging.mistakes import AGREED, ENGINE, Mistake, mistake
from harness.judging.verdict import AGREES, CONVENTION, GUILTY, Judgement, Verdict

CHOICES: Final = frozenset({"kink-convention", "tie-convention"})
"""The codes of choices that can be agreed on."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The operations whose ``kinks`` have torch's slope, and how many ``times`` the gradient is
    there after a second backward; None where either will do."""

    kinks: Collection[str] = ()
    times: int | None = None


@quiet
def held(verdict: Verdict, agreement: Agreement) -> Verdict:
    """The verdict, by what was agreed on; the same one where that changes nothing."""
    changed: dict[str, Any] = {}
    for name, judged in verdict.directions.items():
        own = [_held(verdict, name, item, agreement) for item in judged.judgements]
        if any(one is not item for one, item in zip(own, judged.judgements, strict=True)):
            changed[name] = replace(judged, judgements=tuple(own))
    return replace(verdict, **changed) if changed else verdict


def _held(verdict: Verdict, direction: str, item: Judgement, agreement: Agreement) -> Judgement:
    twice = direction == "backward" and verdict.case.program.backward_calls == 2
    if twice and agreement.times is not None:
        return _again(verdict, item, agreement.times)
    return _at_kinks(item, agreement)


def _at_kinks(item: Judgement, agreement: Agreement) -> Judgement:
    choice = item.choice
    if item.status != CONVENTION or choice is None or choice.code not in CHOICES:
        return item
    if choice.op not in agreement.kinks:
        return item
    return replace(item, status=GUILTY, choice=replace(choice, experiment=AGREED))


def _again(verdict: Verdict, item: Judgement, times: int) -> Judgement:
    """A leaf's gradient after a second backward, which is to be so many times the first's."""
    rtol, atol = tolerances(verdict.case, verdict.truth, "backward")
    leaf = item.name in verdict.case.program.inputs and item.status == AGREES
    if not leaf or item.got is None or not np.any(item.expected):
        return item
    if close(item.got, times * item.expected, rtol, times * atol):
        return item
    return replace(item, status=GUILTY, choice=_stale(times))


def _stale(times: int) -> Mistake:
    facts = {"ways": "add up" if times == 2 else "begin anew"}
    return mistake("stale-grad", ENGINE, "not as agreed", experiment=AGREED, facts=facts)
