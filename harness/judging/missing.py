"""What an engine lacks, by the cases that cannot be judged for want of it: what to build next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness import languages
from harness.engines.trace import Trace
from harness.judging.verdict import Verdict
from harness.languages.width import folded
from harness.vocabulary.signatures import GATES, SYMBOLS
from harness.vocabulary.spelling import OPERATORS, usage

IMPLEMENTATION: Final = "implementation of "
"""How a lack begins of what is there by name alone."""

LEFT: Final = "with a number on the left"

WIDTH: Final = 79
UNBROKEN: Final = "\N{NO-BREAK SPACE}"

MOST_TOLD: Final = 6
"""So many lacks are told of; a result has them all."""


def missing(judged: Iterable[tuple[str, Verdict]]) -> list[dict[str, Any]]:
    """Each lack with the cases that it blocks, in their order: what stops the climb comes first."""
    return gathered((what, case) for case, verdict in judged for what in lacks(verdict.trace))


def lacks(trace: Trace) -> Iterator[str]:
    """The first thing that the engine lacks for a case; nothing where it lacks none."""
    for lack in (trace.unsupported, trace.lacks_backward, trace.lacks_second):
        if lack is not None:
            yield _called(lack.partition(" (")[0].removeprefix(IMPLEMENTATION))
            return


def _called(what: str) -> str:
    """A lack as it is written in code, where it is that of an operator, or of a form of a call."""
    operation = GATES.get(what)
    if operation is not None and (what in OPERATORS or operation.word != what):
        return usage(operation)
    word, _, side = what.partition(" ")
    sign = SYMBOLS.get(word, word)
    if sign not in SYMBOLS.values():
        return what
    return {"": f"x {sign} y", LEFT: f"number {sign} x"}.get(side, what)


def gathered(found: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """The same, from pairs of a lack and a case."""
    blocked: dict[str, dict[str, None]] = {}
    for what, case in found:
        blocked.setdefault(what, {})[case] = None
    return [{"what": what, "cases": list(cases)} for what, cases in blocked.items()]


def next_to_build(lacking: Sequence[Mapping[str, Any]], width: int = WIDTH) -> str:
    """How much was not judged, and for want of what, in lines so wide; empty where nothing is
    lacking."""
    if not lacking:
        return ""
    cases = {case for lack in lacking for case in lack["cases"]}
    counts = [len(lack["cases"]) for lack in lacking]
    names = [languages.lack(lack["what"]) for lack in lacking]
    told = [_say("lack", what=name, count=count) for name, count in zip(names, counts, strict=True)]
    told[0] = _say("lack-most", what=names[0], cases=languages.amount(counts[0], "case"))
    more = _say("lacks-more") if len(told) > MOST_TOLD else ""
    whole = _say("lacks").join(item.replace(" ", UNBROKEN) for item in told[:MOST_TOLD])
    text = _say("next-to-build", cases=languages.amount(len(cases), "case"), lacking=whole + more)
    return "\n".join(folded(text, width, 2)).replace(UNBROKEN, " ")


def why_nothing(result: Mapping[str, Any]) -> str | None:
    """Why no pass of any case of a result was judged; None where one was, or there is no case."""
    cases = result["cases"]
    if not cases or any(_is_judged(case) for case in cases):
        return None
    return nothing_judged(case["reason"] for case in cases)


def nothing_judged(reasons: Iterable[str | None]) -> str:
    """That nothing was judged, and why not."""
    told = list(dict.fromkeys(reason for reason in reasons if reason))
    if len(told) > 1:
        return _say("nothing-judged-lacks")
    if told:
        return _say("nothing-judged-for", reason=told[0])
    return _say("nothing-judged")


def _is_judged(case: Mapping[str, Any]) -> bool:
    """Whether some pass was; a result that was stored before passes were has the case's status."""
    states = [one["status"] for one in case.get("passes", {}).values()] or [case["status"]]
    return any(state in ("passed", "failed") for state in states)


def _say(id: str, **fields: Any) -> str:
    return languages.told("words", id, **fields)
