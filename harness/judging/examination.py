"""An engine's run of one case, and where it fails the runs that show why.

What must hold for every engine, whatever its rules: a graph does not depend on the graphs before
it, nor on the order in which its steps are evaluated, and a second backward gives g or 2g.
"""

from __future__ import annotations

import heapq
from dataclasses import replace

from harness.engines.engine import Engine
from harness.engines.trace import Trace
from harness.judging.verdict import Verdict, judge
from harness.language.case import Case
from harness.language.program import Program


def examine(engine: Engine, case: Case, truth: Trace) -> Verdict:
    """The engine's answer to ``case``, judged; a wrong one looked into, where there was one."""
    verdict = judge(case, truth, engine.run(case.program))
    if verdict.passed or verdict.trace.ended:
        return verdict
    renewed = engine.renewed()
    if renewed is not None and judge(case, truth, renewed.run(case.program)).passed:
        return replace(verdict, alone=True)
    if case.program.passes == 2:
        single = replace(case, program=replace(case.program, passes=1))
        return replace(verdict, once=judge(single, truth, engine.run(single.program)))
    other = in_another_order(case.program)
    if other is not None:
        again = judge(replace(case, program=other), truth, engine.run(other))
        return replace(verdict, other_order=again.passed)
    return verdict


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
