"""From many failures to few mistakes: what explains the failures of a whole run.

Each wrong step of a failed pass is a *symptom*, with every mistake that would explain it. One
mistake of a rule shows in many cases, and in each of them it is among the explanations; what else
would explain a number by chance is not. :func:`gather` returns the fewest mistakes that explain
every symptom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from harness.engines.trace import NOT_RUN
from harness.judging.codes import CODES, COST, EDGE, MISTAKE, WEIGHTS
from harness.judging.suspects import ENGINE
from harness.judging.symptoms import Suspicion, Symptom
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.program import Program
from harness.vocabulary.signatures import OPERATIONS

MACHINERY: Final = frozenset(
    {
        "overwrite",
        "missing-term",
        "missing-upstream",
        "missing-unbroadcast",
        "lost-gradient",
        "precision",
        "wrong-scale",
        "wrong-sign",
        "wrong-shape",
        "double-count",
        "mutates-input",
    }
)
"""Mistakes that, made by the machinery, look like that of many operations."""

SEVERAL: Final = 3
"""So many operations that are wrong now and right then have a mistake of the machinery's."""

DOMINANT: Final = 0.6
"""The share of the symptoms from which on one operation is to blame for them."""

LESS: Final = 0.85
"""How much of the machinery's weight counts: a rule that explains nearly as much is preferred."""

LOST: Final = frozenset({"missing-term", "lost-gradient"})
"""Codes that only differ in whether all of an operation's operands are concerned."""

TELLING: Final = {"crash": 1e-3, "state-leak": 1e3}
"""Codes that count for less, or more, than their number of cases."""

TELLS: Final = 0.4
"""The share of the symptoms that a code must explain to be told of them all."""

VAGUE: Final = 0.1
"""What an explanation weighs that does not reproduce the number."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. ``operand`` is the one whose derivative is wrong, where it is one only.
    ``evidence`` is the smallest case that shows it, ``cases`` are all that do, and ``cost`` the
    points that they lose. ``read`` is where it can be read about: a case, or a folder of some.
    ``weight`` is one of :data:`~harness.judging.codes.WEIGHTS`."""

    code: str
    op: str
    direction: str
    operand: str
    message: str
    hint: str
    read: str
    evidence: str
    cases: tuple[str, ...]
    cost: float
    weight: str

    @property
    def key(self) -> Key:
        """What the mistake is told by."""
        return _key(self, self.direction)


Key = tuple[str, str, str]
"""Operation, direction and, where the operation is ENGINE or the code is one of an edge's that it
may have beside a mistake, code: what one mistake is told by."""

APART: Final = frozenset({"overflow"})
"""Edges that an operation may have beside a mistake, at other numbers."""


def keys(symptom: Symptom) -> list[Key]:
    """The mistakes that would explain a symptom, the likeliest first."""
    found = (_key(suspicion, symptom.direction) for suspicion in symptom.suspicions)
    return list(dict.fromkeys(found))


def gather(found: Iterable[Symptom], passed: Iterable[Program] = ()) -> list[Finding]:
    """The mistakes behind the symptoms, the one that costs most first, and after them the edges.

    ``passed`` are programs whose gradients are all right. They show which operations do not make a
    mistake that would otherwise be the machinery's.
    """
    told = [_with_machinery(symptom) for symptom in dict.fromkeys(found)]
    cleared = _cleared(passed) if told else {}
    shown = [
        _key(suspicion, symptom.direction)
        for symptom in told
        for suspicion in symptom.suspicions
        if suspicion.shown
    ]
    groups = {key: [one for one in told if _explains(key, one)] for key in dict.fromkeys(shown)}
    remaining = [one for one in told if not any(_explains(key, one) for key in groups)]
    while remaining:
        key = _likeliest(remaining, cleared)
        groups[key] = [symptom for symptom in remaining if _explains(key, symptom)]
        remaining = [symptom for symptom in remaining if not _explains(key, symptom)]
    for key in sorted(groups, key=lambda key: len(groups[key])):
        if key not in shown and _is_echo(key, groups[key], groups, cleared):
            del groups[key]
    findings = [_finding(key, group) for key, group in groups.items()]
    return sorted(
        findings, key=lambda one: (WEIGHTS.index(one.weight), -one.cost, one.op, one.code)
    )


def _key(one: Suspicion | Finding, direction: str) -> Key:
    if one.code == "state-leak" and one.op == ENGINE:
        direction = ""  # what is left behind may show in either pass
    return one.op, direction, one.code if one.op == ENGINE or one.code in APART else ""


def _with_machinery(symptom: Symptom) -> Symptom:
    """The symptom with the machinery among its suspects where a rule's mistake may be its."""
    known = {_key(suspicion, symptom.direction) for suspicion in symptom.suspicions}
    more = []
    for suspicion in (one for one in symptom.suspicions if not one.shown):
        general = replace(suspicion, op=ENGINE, operand="")
        key = _key(general, symptom.direction)
        if suspicion.exact and suspicion.code in MACHINERY and key not in known:
            known.add(key)
            more.append(general)
    return replace(symptom, suspicions=(*symptom.suspicions, *more))


def _explains(key: Key, symptom: Symptom) -> bool:
    return any(_key(suspicion, symptom.direction) == key for suspicion in symptom.suspicions)


def _likeliest(remaining: list[Symptom], cleared: Mapping[str, set[str]]) -> Key:
    """The mistake that explains most, one of a rule where that and the machinery explain alike."""
    weights: dict[Key, float] = {}
    blamed: dict[Key, Counter[str]] = {}
    order: dict[Key, int] = {}
    for symptom in remaining:
        keys: dict[Key, float] = {}
        for suspicion in symptom.suspicions:
            key = _key(suspicion, symptom.direction)
            order.setdefault(key, len(order))
            keys[key] = max(keys.get(key, 0.0), 1.0 if suspicion.exact else VAGUE)
        for key, weight in keys.items():
            weights[key] = weights.get(key, 0.0) + weight / len(keys)
            ops = [s.op for s in symptom.suspicions if _is_the_rules(s, key)]
            blamed.setdefault(key, Counter()).update(ops[:1])
    usable = [key for key in weights if not _is_refuted(key, blamed[key], cleared)]
    return max(
        usable or list(weights),
        # To within rounding, so that equal sums in another order compare as equal.
        key=lambda key: (
            round(weights[key] * _trust(key, cleared), 9),
            key[0] != ENGINE,
            -order[key],
        ),
    )


def _trust(key: Key, cleared: Mapping[str, set[str]]) -> float:
    """What a weight counts: less for the machinery where some operations are seen to be right."""
    op, _, code = key
    seen = cleared.get(code, cleared.get("", set()))
    return LESS if op == ENGINE and seen else 1.0


def _is_the_rules(suspicion: Suspicion, key: Key) -> bool:
    """Whether it blames on a rule what ``key`` blames on the machinery."""
    same = {suspicion.code, key[2]} <= LOST or suspicion.code == key[2]
    return suspicion.exact and suspicion.op != ENGINE and same


def _is_refuted(key: Key, counts: Counter[str], cleared: Mapping[str, set[str]]) -> bool:
    """Whether a mistake of the machinery would show at operations that are seen to be right."""
    blamed = set(counts)
    op, _, code = key
    if op != ENGINE or code not in MACHINERY:
        return False
    seen = cleared.get(code, cleared.get("", set()))
    most = max(counts.values(), default=0)
    alike = most < DOMINANT * counts.total()
    if len(blamed) >= SEVERAL and alike and 2 * len(blamed & seen) > len(blamed):
        return False  # most of them are right elsewhere: it is not their rules
    return bool(blamed) and len(seen - blamed) >= len(blamed)


def _cleared(passed: Iterable[Program]) -> dict[str, set[str]]:
    """By code, the operations that had occasion to make that mistake and did not."""
    found: dict[str, set[str]] = {"": set(), "overwrite": set(), "missing-unbroadcast": set()}
    for program in passed:
        found[""].update(step.op for step in program.steps if step.name in program.reaching)
        for name, uses in program.uses.items():
            if name not in program.reaching:
                continue
            reaching = [step for step, _ in uses if step.name in program.reaching]
            if len(reaching) > 1:
                found["overwrite"].add(reaching[-1].op)
            found["missing-unbroadcast"].update(
                step.op
                for step in reaching
                if step.op in OPERATIONS
                and step.operation.shape == "broadcast"
                and program.shapes[name] != program.shapes[step.name]
            )
    return found


def _is_echo(
    key: Key,
    group: list[Symptom],
    groups: Mapping[Key, list[Symptom]],
    cleared: Mapping[str, set[str]],
) -> bool:
    """Whether a mistake shows only where others have been found, which it may be a part of.

    A rule's backward pass is one of its forward pass. What is vague, or is blamed on an operation
    that is right elsewhere, is one of whatever is sure in all of its cases.
    """
    op, direction, _ = key
    cases = {symptom.case for symptom in group}
    forward = {
        symptom.case
        for other in groups
        if other[1] == "forward" and (op in (ENGINE, other[0]))
        for symptom in groups[other]
    }
    if direction == "backward" and cases <= forward:
        return True
    sure = [
        other
        for other in groups
        if other != key
        and other[1] in ("", "forward", direction)
        and _is_sure(other, groups[other])
    ]
    if _is_sure(key, group) and op not in cleared.get("", ()):
        return False
    explained = {
        symptom.case
        for other in sure
        if len(groups[other]) >= len(group)
        for symptom in groups[other]
    }
    return cases <= explained or bool(sure and key[2] == "precision" and not _is_sure(key, group))


def _is_sure(key: Key, group: list[Symptom]) -> bool:
    """Whether the mistake reproduces some wrong number."""
    return any(
        suspicion.exact and _key(suspicion, symptom.direction) == key
        for symptom in group
        for suspicion in symptom.suspicions
    )


def _finding(key: Key, group: list[Symptom]) -> Finding:
    smallest = sorted(group, key=lambda symptom: (symptom.steps, symptom.case))
    told = [
        (symptom, suspicion)
        for symptom in smallest
        for suspicion in symptom.suspicions
        if _key(suspicion, symptom.direction) == key
    ]
    code = _code(key, smallest)
    showing = [pair for pair in told if pair[1].code == code]
    tried = [pair for pair in showing if not pair[1].message.startswith(NOT_RUN)]
    evidence, suspicion = next(
        (pair for pair in showing if pair[1].exact), (tried or showing or told)[0]
    )
    code = _refined(code, key, told)
    operands = {s.operand for _, s in showing}
    known = CODES[code]
    lost = {(symptom.case, symptom.direction): symptom.points for symptom in group}
    if known.weight == EDGE:
        lost = {(symptom.case, ""): COST[EDGE] * symptom.worth for symptom in group}
    return Finding(
        code,
        suspicion.op,
        evidence.direction,
        operands.pop() if len(operands) == 1 else "",
        suspicion.message,
        known.hint,
        known.read if suspicion.op == ENGINE else evidence.case.rpartition("/")[0],
        evidence.case,
        tuple(dict.fromkeys(symptom.case for symptom in group)),
        round(sum(lost.values()), 9),
        known.weight,
    )


def _code(key: Key, smallest: list[Symptom]) -> str:
    """The code that explains most of the symptoms: of several, the first of the smallest case. One
    that explains only some is no explanation: a formula is wrong, one cannot say how."""
    votes: dict[str, float] = {}
    exact: dict[str, int] = {}
    counted = 0
    always = False
    for symptom in smallest:
        own = [s for s in symptom.suspicions if _key(s, symptom.direction) == key]
        sure = [s for s in own if s.exact] or own
        codes = dict.fromkeys("missing-term" if s.code == "lost-gradient" else s.code for s in sure)
        counted += "crash" not in codes
        for code in codes:
            weight = (1.0 if sure[0].exact else VAGUE) * TELLING.get(code, 1.0)
            votes[code] = votes.get(code, 0.0) + weight
            exact[code] = exact.get(code, 0) + sure[0].exact
        if sure[0].exact and all(CODES[code].weight == MISTAKE for code in codes):
            always = True
    if always:  # what matters at extremes only does not hide what always does
        votes = {code: weight for code, weight in votes.items() if CODES[code].weight == MISTAKE}
    code = max(votes, key=lambda code: votes[code])
    if key[0] != ENGINE and code not in TELLING and exact[code] < TELLS * counted:
        general = "wrong-value" if key[1] == "forward" else "wrong-rule"
        code = general if general in votes else code
    if code == "missing-term":
        known = any(s.code == code for symptom in smallest for s in symptom.suspicions)
        code = code if known else "lost-gradient"
    return code


def _refined(code: str, key: Key, told: list[tuple[Symptom, Suspicion]]) -> str:
    """The code as the operands and factors of all symptoms make it."""
    op, direction, _ = key
    showing = [s for _, s in told if s.code == code and s.exact]
    operands = {s.operand for s in showing if s.operand}
    if op == "mul" and direction == "backward" and code == "swapped-operands" and len(operands) < 2:
        return "wrong-rule"  # the other operand gets what it ought to get
    if code in ("wrong-rule", "wrong-sign") and len(operands) > 1:
        swapped = [s for _, s in told if s.code == "swapped-operands" and s.exact]
        return "swapped-operands" if 2 * len(swapped) >= len(showing) > 0 else code
    if code == "wrong-scale" and _vary(s.message for s in showing):
        return "wrong-rule"
    if code in LOST and op != ENGINE:
        lost = {s.operand for _, s in told if s.code in LOST} - {""}
        return "lost-gradient" if not lost or _all_operands(op, lost) else "missing-term"
    return code


def _vary(messages: Iterable[str]) -> bool:
    """Whether the factors in some messages are not one constant. A fraction may be 1/n, or n."""
    factors = [message.rpartition("factor ")[2] for message in messages]
    odd = [text for text in factors if "." in text]
    return len(odd) > 2 and 2 * max(odd.count(text) for text in odd) < len(factors)


def _all_operands(op: str, operands: set[str]) -> bool:
    """Whether these are all of an operation's operands that have a derivative."""
    derivatives = FORMULAS[op].derivatives.keys()
    return "#1" in operands if OPERATIONS[op].variadic else derivatives <= operands
