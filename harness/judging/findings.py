"""From many failures to few mistakes: what explains the failures of a whole run.

Each failed pass of a case has a *symptom*, the diagnosis of its first wrong step. Symptoms of one
operation and direction are one mistake, and so are those of the engine's machinery that have one
code. :func:`gather` returns the fewest findings that explain every symptom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from harness.judging.diagnosis import diagnose
from harness.judging.verdict import Direction, Verdict
from harness.language.program import directions

ENGINE: Final = "engine"
MACHINERY: Final = ("missing-unbroadcast", "missing-upstream", "lost-gradient", "precision")
SEVERAL: Final = 3
"""One of these codes at so many operations is not the mistake of each, but of what runs them."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """What is wrong first in one pass of one case; ``steps`` is how many steps the case has.

    ``ops`` are the operations whose contributions meet at the wrong gradient.
    """

    case: str
    steps: int
    direction: str
    code: str
    op: str
    message: str
    ops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. ``evidence`` is the smallest case that shows it, ``cases`` are all that do."""

    code: str
    op: str
    direction: str
    message: str
    hint: str
    read: str
    evidence: str
    cases: tuple[str, ...]


HINTS: Final[Mapping[str, tuple[str, str]]] = {
    "wrong-value": ("Work the forward formula out by hand for the evidence case.", "scalars"),
    "wrong-sign": ("Which way does the result move when this operand grows?", "scalars"),
    "wrong-scale": (
        "Nudge the operand a little: by how many times that does the result move?",
        "scalars",
    ),
    "wrong-rule": ("Differentiate the forward formula by this operand on paper.", "scalars"),
    "missing-term": (
        "Every operand of a gate gets a contribution, and a name that is read twice gets two.",
        "lecture/staged.yaml",
    ),
    "missing-upstream": (
        "The chain rule is a product: what the gate does, times what arrives from above.",
        "lecture/product_of_sum.yaml",
    ),
    "double-count": ("Count how often each gate passes its gradient on.", "lecture/staged.yaml"),
    "overwrite": (
        "Go through the lines from the last to the first: what does a name hold when a second line "
        "writes to it?",
        "lecture/staged.yaml",
    ),
    "stale-grad": (
        "What must each gradient hold at the moment a backward pass begins?",
        "cases/README.md",
    ),
    "swapped-operands": ("Try x and y of different size: whose derivative is whose?", "scalars"),
    "missing-unbroadcast": (
        "An element that was stretched over many places gets a term from each of them.",
        "tensors/row_added_to_matrix.yaml",
    ),
    "wrong-shape": ("A gradient has the shape of its value, always.", "tensors"),
    "wrong-permutation": ("Follow one element forward, then its gradient back.", "tensors"),
    "lost-gradient": (
        "Follow the path from the output to this name: where does it end?",
        "lecture/product_of_sum.yaml",
    ),
    "seed-ignored": (
        "Backward starts with the gradient it is given, which need not be 1.",
        "tensors",
    ),
    "precision": ("Use exact derivatives and float64 throughout.", "scalars"),
    "recursion": (
        "A chain may be longer than Python's stack: go through the graph in a loop.",
        "scalars/deep_chain.yaml",
    ),
    "crash": ("Run the evidence case by hand and read the last line of the traceback.", "scalars"),
}
"""For each code a hint that teaches, and where to read about it (below ``cases/``)."""


def symptoms(verdict: Verdict, case: str) -> list[Symptom]:
    """One symptom for each failed pass. A pass that fails because an earlier one did has none."""
    found = []
    program = verdict.case.program
    stopped = False
    for name in directions(program):
        judged = verdict.direction(name)
        if judged.status == "failed" and not stopped:
            found.append(Symptom(case, len(program.steps), name, *_told(verdict, judged, name)))
        stopped = stopped or judged.failure is not None
    return found


def _told(verdict: Verdict, judged: Direction, name: str) -> tuple[str, str, str, tuple[str, ...]]:
    diagnosis = diagnose(verdict, name)
    failure = judged.failure
    if diagnosis is not None and (failure is None or diagnosis.code != "inherited"):
        ops = tuple(term.contribution.step.op for term in diagnosis.terms)
        return diagnosis.code, diagnosis.op, diagnosis.message, ops
    if failure is None:
        return "wrong-value", ENGINE, "a number is wrong", ()
    if "RecursionError" in failure.message:
        return "recursion", ENGINE, f"{name} recurses once for every step of a chain", ()
    names = {step.name: step.op for step in verdict.case.program.steps}
    op = names.get(str(failure.step), ENGINE) if failure.direction == "forward" else ENGINE
    return "crash", op, failure.message, ()


def gather(found: Iterable[Symptom]) -> list[Finding]:
    """The mistakes behind the symptoms, the one that explains most first."""
    told = list(found)
    spread = {code: {s.op for s in told if s.code == code} for code in MACHINERY}
    groups: dict[tuple[str, str, str], list[Symptom]] = {}
    for symptom in told:
        if len(spread.get(symptom.code, ())) >= SEVERAL:
            symptom = replace(symptom, op=ENGINE)
        # A rule that is wrong shows in many ways; the machinery's mistakes are told apart by code.
        code = symptom.code if symptom.op == ENGINE else ""
        groups.setdefault((symptom.op, symptom.direction, code), []).append(symptom)
    findings = [
        _finding(group)
        for key, group in groups.items()
        if not _is_a_mixture(group, groups.keys() - {key})
    ]
    return sorted(findings, key=lambda finding: (-len(finding.cases), finding.op, finding.code))


def _is_a_mixture(group: list[Symptom], others: Collection[tuple[str, str, str]]) -> bool:
    """Whether a rule seems wrong only where the contribution of another one, found to be wrong
    elsewhere, is added to its own: two mistakes in one number, which is nothing new."""
    blamed = {(op, direction) for op, direction, _ in others}
    return all(
        symptom.code == "wrong-rule"
        and any(op != symptom.op and (op, symptom.direction) in blamed for op in symptom.ops)
        for symptom in group
    )


def _finding(group: list[Symptom]) -> Finding:
    codes = Counter(symptom.code for symptom in group)
    smallest = sorted(group, key=lambda symptom: (symptom.steps, symptom.case))
    # Most cases say; where that is a tie, the smallest case does.
    code = max(codes, key=lambda code: (codes[code], code == smallest[0].code))
    evidence = next(symptom for symptom in smallest if symptom.code == code)
    hint, read = HINTS.get(code, ("", ""))
    cases = tuple(dict.fromkeys(symptom.case for symptom in group))
    return Finding(
        code, evidence.op, evidence.direction, evidence.message, hint, read, evidence.case, cases
    )


# -- the JSON form ---------------------------------------------------------------------------------


def as_json(engine: str, verdicts: Iterable[tuple[str, Verdict]]) -> dict[str, Any]:
    """Everything about one engine, as plain data: score, findings, and each case's steps."""
    found: list[Symptom] = []
    cases = []
    for case, verdict in verdicts:
        found += symptoms(verdict, case)
        cases.append(_case_as_json(case, verdict))
    return {
        "engine": engine,
        "score": round(sum(case["score"] for case in cases), 9),
        "max_score": round(sum(case["max_score"] for case in cases), 9),
        "findings": [asdict(finding) for finding in gather(found)],
        "cases": cases,
    }


def _case_as_json(name: str, verdict: Verdict) -> dict[str, Any]:
    passes = directions(verdict.case.program)
    states = [verdict.direction(direction).status for direction in passes]
    points = verdict.case.points
    unsupported = "unsupported" in states[:2]
    status = "failed" if "failed" in states else "passed"
    judged = [state for state in states if state != "unsupported"]
    share = sum(state == "passed" for state in judged) / len(judged) if judged else 0.0
    return {
        "id": name,
        "status": "unsupported" if unsupported else status,
        "score": 0.0 if unsupported else points * share,
        "max_score": points,
        "steps": [] if unsupported else _steps_as_json(verdict),
    }


def _steps_as_json(verdict: Verdict) -> list[dict[str, Any]]:
    ops = {step.name: step.op for step in verdict.case.program.steps}
    forward = {item.name: item for item in verdict.forward.judgements}
    backward = {item.name: item for item in verdict.backward.judgements}
    steps = []
    for name in verdict.truth.values:
        one = forward.get(name)
        other = backward.get(name)
        step: dict[str, Any] = {
            "name": name,
            "op": ops.get(name, "input"),
            "forward": one.status if one else "missing",
            "backward": other.status if other else None,
        }
        wrong = next((j for j in (one, other) if j is not None and j.status != "agrees"), None)
        if wrong is not None:
            step["expected"] = _plain(wrong.expected.tolist())
            step["got"] = None if wrong.got is None else _plain(wrong.got.tolist())
        steps.append(step)
    return steps


def _plain(value: Any) -> Any:
    """Numbers as JSON has them: inf and nan, which it has not, as text."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool) or value - value == 0 else str(value)
