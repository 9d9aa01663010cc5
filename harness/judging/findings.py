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
from typing import Any, Final

from harness.judging.callers import stands_in
from harness.judging.causes import RAISED, of_one_cause, of_the_machinery
from harness.judging.codes import CODES, COST, EDGE, MISTAKE, WEIGHTS, hint_of
from harness.judging.mistakes import AGREED, ENGINE, OF_STEPS, UNDOING, Mistake
from harness.judging.naming import is_one_factor
from harness.judging.symptoms import Symptom
from harness.judging.wording import sentence, so_with
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.signatures import OPERATIONS

MOST_NAMED: Final = 4
"""So many of the rules are named that a mistake of the machinery shows in."""

LOST: Final = frozenset({"missing-term", "lost-gradient"})
"""Codes that only differ in whether all of an operation's operands are concerned."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. ``operand`` is the one whose derivative is wrong, where it is one only.
    ``evidence`` is the smallest case that shows it, ``cases`` are all that do, and ``cost`` the
    points that they lose. ``read`` is where it can be read about: a case, or a folder of some.
    ``weight`` is one of :data:`~harness.judging.codes.WEIGHTS`. ``place`` is the engine's own line
    that has raised an exception. ``repro`` are lines in the engine's
    own class that show it; empty where there are none."""

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
    place: str = ""
    repro: str = ""

    @property
    def key(self) -> Key:
        """What the mistake is told by."""
        leaks = self.code == "state-leak" and self.op == ENGINE
        apart = self.op == ENGINE or self.code in APART
        return self.op, "" if leaks else self.direction, self.code if apart else ""


Key = tuple[str, str, str]
"""Operation, direction and, where the operation is ENGINE or the code stands APART, code: what one
mistake is told by."""


def keys(symptom: Symptom) -> list[Key]:
    """The mistakes that would explain a symptom, the likeliest first."""
    found = (_key(one, symptom.direction) for one in symptom.mistakes)
    return list(dict.fromkeys(found))


def gather(found: Iterable[Symptom]) -> list[Finding]:
    """The mistakes behind the symptoms, the one that costs most first: those that experiments have
    shown, and the fewest that explain the rest."""
    told = of_the_machinery(of_one_cause(dict.fromkeys(found)))
    shown = [
        _key(one, symptom.direction)
        for symptom in told
        for one in symptom.mistakes
        if one.experiment in OF_STEPS
    ]
    groups = {key: [one for one in told if _explains(key, one)] for key in dict.fromkeys(shown)}
    remaining = [one for one in told if not any(_explains(key, one) for key in groups)]
    while remaining:
        key = _likeliest(remaining)
        groups[key] = [symptom for symptom in remaining if _explains(key, symptom)]
        remaining = [symptom for symptom in remaining if not _explains(key, symptom)]
    for key in sorted(groups, key=lambda key: len(groups[key])):
        if key not in shown and _is_echo(key, groups):
            del groups[key]
    findings = [_finding(key, group) for key, group in groups.items()]
    return sorted(
        findings, key=lambda one: (WEIGHTS.index(one.weight), -one.cost, one.op, one.code)
    )


APART: Final = frozenset({"overflow"})
"""Edges that an operation may have beside a mistake, at other numbers."""

UNBROADCAST: Final = "un-broadcasting"
"""In the place of its code: what undoes stretching may be wrong in several ways at once."""

PASS: Final = "pass"
"""The fact that a mistake is one of another pass than that in which it shows."""

PLAIN: Final = "plain number"
"""What a crash is about that is told once, whichever operations it shows in."""


def _key(one: Mistake, direction: str) -> Key:
    direction = one.fact(PASS) or direction
    if one.about == PLAIN:
        return RAISED, "", PLAIN
    if one.code == "crash" and (what := one.fact(RAISED)):
        return RAISED, "", what
    if one.code == "state-leak" and one.op == ENGINE:
        direction = ""  # what is left behind may show in either pass
    if one.op == ENGINE and one.code in UNDOING and one.experiment:
        return ENGINE, direction, UNBROADCAST
    return one.op, direction, one.code if one.op == ENGINE or one.code in APART else ""


def _explains(key: Key, symptom: Symptom) -> bool:
    return any(_key(one, symptom.direction) == key for one in symptom.mistakes)


def _likeliest(remaining: list[Symptom]) -> Key:
    """The mistake that reproduces the most numbers, and of those that do the one that explains
    most; one of a rule where that and the machinery explain alike."""
    exact: Counter[Key] = Counter()
    every: Counter[Key] = Counter()
    for symptom in remaining:
        told: dict[Key, bool] = {}
        for one in symptom.mistakes:
            key = _key(one, symptom.direction)
            told[key] = told.get(key, False) or one.exact
        every.update(list(told))
        exact.update(key for key, is_exact in told.items() if is_exact)
    return max(every, key=lambda key: (exact[key], every[key], key[0] != ENGINE))


def _is_echo(key: Key, groups: Mapping[Key, list[Symptom]]) -> bool:
    """Whether a mistake shows only where others have been found, which it may be a part of: a
    backward pass is wrong where its operation's forward pass is, and what reproduces no number is
    wherever something does."""
    op, direction, _ = key
    if op == RAISED:
        return False  # what has stopped a pass is always told
    cases = {symptom.case for symptom in groups[key]}
    sure = _is_sure(key, groups[key])
    around = {
        symptom.case
        for other, group in groups.items()
        for symptom in group
        if other != key
        and (
            (direction == "backward" and other[1] == "forward" and op in (ENGINE, other[0]))
            or (not sure and other[1] in ("", "forward", direction) and _is_sure(other, group))
        )
    }
    return cases <= around


def _is_sure(key: Key, group: list[Symptom]) -> bool:
    """Whether the mistake reproduces some wrong number."""
    return any(
        one.exact and _key(one, symptom.direction) == key
        for symptom in group
        for one in symptom.mistakes
    )


def _finding(key: Key, group: list[Symptom]) -> Finding:
    smallest = sorted(group, key=lambda symptom: (symptom.far, symptom.steps, symptom.case))
    told = [
        (symptom, one)
        for symptom in smallest
        for one in symptom.mistakes
        if _key(one, symptom.direction) == key
    ]
    code = _code(key, smallest)
    showing = [pair for pair in told if pair[1].code == code]
    tried = [pair for pair in showing if pair[1].about != "not run"]
    evidence, first = min(
        tried or showing or told,
        key=lambda pair: (
            *(not pair[1].exact, pair[1].about == "raised", not _is_told(*pair)),
            not pair[0].repro,  # so that what is said is what the lines show
        ),
    )
    if key[0] == RAISED:
        first = _everywhere(first, _where(key, told))
    code = _refined(code, key, told)
    operands = {s.operand for _, s in showing}
    known = CODES[code]
    weight = MISTAKE if first.experiment == AGREED else known.weight
    lost = {(symptom.case, symptom.direction): symptom.points for symptom in group}
    if weight == EDGE:
        lost = {(symptom.case, ""): COST[EDGE] * symptom.worth for symptom in group}
    direction = first.fact(PASS) or evidence.direction
    return Finding(
        code,
        first.op,
        direction,
        operands.pop() if len(operands) == 1 else "",
        _sentence(first, told),
        hint_of(code, direction),
        known.read if first.op == ENGINE else evidence.case.rpartition("/")[0],
        evidence.case,
        tuple(dict.fromkeys(symptom.case for symptom in group)),
        round(sum(lost.values()), 9),
        weight,
        first.fact("place"),
        _repro(evidence, smallest, key, code),
    )


def _is_told(symptom: Symptom, mistake: Mistake) -> bool:
    """Whether it is what is told of the pass by itself."""
    return symptom.first and mistake == symptom.mistakes[0]


def _everywhere(crash: Mistake, ops: list[str]) -> Mistake:
    """The crash, told once for all the operations that it shows in."""
    own = [op for op in ops if stands_in(op, crash.fact("within"))]
    if len(ops) == 1 or len(own) == 1:
        return replace(crash, op=(own or ops)[0])
    facts = (*crash.facts, ("ops", ", ".join(op for op in ops if op != ENGINE)))
    about = "plain numbers" if crash.about == PLAIN else "raised by several"
    return replace(crash, op=ENGINE, about=about, facts=facts)


def _sentence(first: Mistake, told: list[tuple[Symptom, Mistake]]) -> str:
    """What is said of a mistake; of one of the machinery's, with the rules that it was seen in."""
    text = sentence(first)
    rules = Counter(one.fact("rule") for _, one in told if one.code == first.code)
    named = [rule for rule, _ in rules.most_common() if rule]
    if first.op != ENGINE or not first.experiment or len(named) < 2:
        return text
    more = ", …" if len(named) > MOST_NAMED else ""
    return so_with(text, f"{', '.join(named[:MOST_NAMED])}{more}")


def _where(key: Key, told: list[tuple[Symptom, Mistake]]) -> list[str]:
    """The operations that a crash shows in, by experiment if there was one."""
    likeliest = [next(m for m in s.mistakes if _key(m, s.direction) == key) for s, _ in told]
    sure = [one for one in likeliest if one.experiment] or likeliest
    return list(dict.fromkeys(one.op for one in sure))


def _repro(evidence: Symptom, smallest: list[Symptom], key: Key, code: str) -> str:
    """The lines that show the mistake: those of the evidence, else of the smallest case that has
    some of the like."""
    for symptom in (evidence, *smallest):
        likeliest = symptom.mistakes[0]
        if symptom.repro and _key(likeliest, symptom.direction) == key and likeliest.code == code:
            return symptom.repro
    return ""


def _code(key: Key, smallest: list[Symptom]) -> str:
    """The code that explains most of the symptoms: of several, the first of the smallest case. One
    that explains less than half of them is no explanation: a formula is wrong, one cannot say how.
    A crash is told where there are no numbers."""
    votes: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    counted = 0
    always = False
    for symptom in smallest:
        own = [one for one in symptom.mistakes if _key(one, symptom.direction) == key]
        sure = [one for one in own if one.exact] or own
        codes = list(
            dict.fromkeys("missing-term" if one.code in LOST else one.code for one in sure)
        )
        counted += "crash" not in codes
        votes.update(codes)
        exact.update(codes if sure[0].exact else ())
        always = always or (sure[0].exact and all(CODES[code].weight == MISTAKE for code in codes))
    if always:  # what matters at extremes only does not hide what always does
        votes = Counter({one: n for one, n in votes.items() if CODES[one].weight == MISTAKE})
    code = max(
        votes,
        key=lambda code: (code == "state-leak", code != "crash", exact[code], votes[code]),
    )
    general = "wrong-value" if key[1] == "forward" else "wrong-rule"
    if key[0] != ENGINE and exact[code] < counted / 2 and general in votes:
        return general
    if code == "missing-term":
        every = {one.code for symptom in smallest for one in symptom.mistakes}
        return code if code in every else "lost-gradient"
    return code


def _refined(code: str, key: Key, told: list[tuple[Symptom, Mistake]]) -> str:
    """The code as the operands and factors of all symptoms make it."""
    op, direction, _ = key
    showing = [one for _, one in told if one.code == code and one.exact]
    operands = {one.operand for one in showing if one.operand}
    if code == "swapped-operands" and direction == "backward" and len(operands) < 2:
        return "wrong-rule"  # the other operand gets what it ought to get
    if code in ("wrong-rule", "wrong-sign") and len(operands) > 1:
        swapped = [one for _, one in told if one.code == "swapped-operands" and one.exact]
        return "swapped-operands" if 2 * len(swapped) >= len(showing) > 0 else code
    if code == "wrong-scale" and op != ENGINE and not is_one_factor(map(_factor, showing)):
        return "wrong-rule"
    if code in LOST and op != ENGINE:
        lost = {one.operand for _, one in told if one.code in LOST} - {""}
        return "lost-gradient" if not lost or _all_operands(op, lost) else "missing-term"
    return code


def _factor(one: Mistake) -> tuple[float, int]:
    """The factor that a mistake comes to, and of how many elements."""
    facts: dict[str, Any] = dict(one.facts)
    return facts.get("ratio", 0.0), facts.get("count", 1)


def _all_operands(op: str, operands: set[str]) -> bool:
    """Whether these are all of an operation's operands that have a derivative."""
    derivatives = FORMULAS[op].derivatives.keys()
    return "#1" in operands if OPERATIONS[op].variadic else derivatives <= operands
