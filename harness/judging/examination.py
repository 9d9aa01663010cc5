"""An engine's run of one case, and where it fails the runs that show why.

What must hold for every engine, whatever its rules: a graph does not depend on the graphs before
it, nor on the order in which its steps are evaluated or a set is iterated, and a second backward
gives g or 2g.
"""

from __future__ import annotations

import heapq
from contextlib import suppress
from dataclasses import replace
from typing import Final

from harness.engines.engine import Engine
from harness.engines.ordering import ORDERS
from harness.engines.trace import Trace
from harness.judging.asking import Asking
from harness.judging.breaches import blamed
from harness.judging.comparing import close, quiet
from harness.judging.diagnosis import MOST_PLACES, Comparing, TooMuch
from harness.judging.exact import fair
from harness.judging.filling import filled_in
from harness.judging.isolation import Isolation
from harness.judging.judge import judge
from harness.judging.machinery import is_wrong_in_every_order
from harness.judging.mistakes import Shown
from harness.judging.verdict import AGREES, GUILTY, MISSING, Judgement, Verdict
from harness.language.case import Case
from harness.vocabulary.program import Program

ENOUGH: Final = 1e-7
"""To within this, relatively, two numbers of an engine's are the same."""


def examine(engine: Engine, case: Case, truth: Trace) -> Verdict:
    """The engine's answer to ``case``, judged; a wrong one looked into, where there was one. Of an
    engine that iterates over sets it is the worst answer in all their orders."""
    verdict = _answered(engine, case, truth)
    if verdict.trace.ended:
        return verdict
    if not verdict.passed:
        renewed = engine.renewed()
        if renewed is not None and _answered(renewed, case, truth).passed:
            return replace(verdict, alone=True)
    order = 0
    if verdict.trace.iterates_sets:
        order, verdict = _worst(engine, verdict)
        if verdict.unordered and is_wrong_in_every_order(Asking(engine, verdict)):
            verdict = replace(verdict, unordered=False)
    if verdict.passed or verdict.trace.ended:
        return verdict
    if case.program.backward_calls == 2:
        single = replace(case, program=replace(case.program, backward_calls=1))
        once = replace(_answered(engine, single, truth, order), unordered=verdict.unordered)
        found = shown(engine, verdict if once.passed else once)
        return replace(verdict, shown=found, once=replace(once, shown=found))
    verdict = replace(verdict, shown=shown(engine, verdict))
    if verdict.unordered:
        return verdict
    other = in_another_order(case.program)
    if other is not None:
        again = _answered(engine, replace(case, program=other), truth, order)
        return replace(verdict, other_order=again.passed)
    return verdict


@quiet
def shown(engine: Engine, verdict: Verdict) -> dict[tuple[str, str], Shown]:
    """By direction and name of each wrong step, what experiments have shown; without a name, what
    they have shown of a pass as a whole: the second, or one that has stopped."""
    found: dict[tuple[str, str], Shown] = {}
    for direction, judged in verdict.directions.items():
        if judged.status != "failed":
            continue
        isolation = Isolation(engine, verdict, Comparing(verdict, direction, apart=True))
        wrong = [j.name for j in judged.judgements if j.status in (GUILTY, MISSING)]
        failure = judged.failure
        stopped = failure is not None and failure.direction == direction and not failure.code
        if direction == "second" or (stopped and not wrong):
            wrong = [""]
        for name in wrong[:MOST_PLACES]:
            with suppress(TooMuch, MemoryError):
                found[direction, name] = isolation.shown(direction, name)
    return found


def _answered(engine: Engine, case: Case, truth: Trace, order: int = 0) -> Verdict:
    """The judged answer with the engine's sets in the order of that number."""
    engine.order = order
    try:
        verdict = fair(judge(case, truth, engine.answer(case.program)))
        if verdict.forward.breach is not None:
            verdict = fair(judge(case, truth, blamed(engine, verdict)))
        if verdict.trace.leaves_only and verdict.backward.status == "failed":
            filled = filled_in(engine, verdict)
            if filled is not None and (other := fair(judge(case, truth, filled))).passed:
                return other
        return verdict
    finally:
        engine.order = 0


def _worst(engine: Engine, first: Verdict) -> tuple[int, Verdict]:
    """The verdict that is worst of those with the engine's sets in every order, the ``first`` among
    them, and its order."""
    found = [first]
    for order in range(1, ORDERS):
        verdict = _answered(engine, first.case, first.truth, order)
        if verdict.trace.ended or not verdict.trace.values:
            return 0, first  # no answer of the engine's, but of its limits
        found.append(verdict)
    failed = [sum(judged.status == "failed" for judged in v.directions.values()) for v in found]
    worst = failed.index(max(failed))
    if all(_same(verdict, first) for verdict in found):
        return worst, found[worst]
    if not _same(_answered(engine, first.case, first.truth), first):
        return 0, first  # not even the same order gives the same
    return worst, replace(found[worst], unordered=True)


def _same(one: Verdict, other: Verdict) -> bool:
    """Whether two verdicts on one case say the same of every step."""
    return all(
        len(judged.judgements) == len(other.direction(name).judgements)
        and all(map(_agree, judged.judgements, other.direction(name).judgements))
        for name, judged in one.directions.items()
    )


def _agree(one: Judgement, other: Judgement) -> bool:
    """Whether they say the same, and of a wrong number to many digits that it is the same one."""
    if (one.name, one.status) != (other.name, other.status):
        return False
    if one.status == AGREES or one.got is None or other.got is None:
        return one.status == AGREES or one.got is other.got
    return close(one.got, other.got, ENOUGH, 0.0)


def in_another_order(program: Program) -> Program | None:
    """The same program, of steps that may come in either order the later one first; None if there
    is only one order."""
    number = {step.name: i for i, step in enumerate(program.steps)}
    waiting = [0] * len(program.steps)
    users: list[list[int]] = [[] for _ in program.steps]
    for i, step in enumerate(program.steps):
        for parent in dict.fromkeys(step.parents):
            if parent in number:
                waiting[i] += 1
                users[number[parent]].append(i)
    last = len(program.steps) - 1
    ready = [-i for i, count in enumerate(waiting) if not count and i != last]
    heapq.heapify(ready)
    order = []
    while ready:
        i = -heapq.heappop(ready)
        order.append(i)
        for user in users[i]:
            waiting[user] -= 1
            if not waiting[user] and user != last:
                heapq.heappush(ready, -user)
    order.append(last)
    if order == sorted(order):
        return None
    return replace(program, steps=tuple(program.steps[i] for i in order))
