"""The page of an operation, made from the vocabulary and the cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from harness import languages
from harness.language import suite
from harness.language.case import Case
from harness.language.levels import TOPICS
from harness.showing.staging import stage
from harness.showing.words import say
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.operation import Operation
from harness.vocabulary.signatures import OPERATIONS
from harness.vocabulary.spelling import OPERATORS, usage


def _by_word() -> Mapping[str, Sequence[Operation]]:
    words: dict[str, list[Operation]] = {}
    for operation in OPERATIONS.values():
        if not operation.compares:
            words.setdefault(operation.word, []).append(operation)
    return words


WORDS: Final = _by_word()
"""What operations are called, and which are called so."""

MOST: Final = 5
"""At most this many cases are named."""


@cache
def other_names() -> Mapping[str, str]:
    """Operations by what else they are called: their signs, alone and as in ``x - y``,
    ``number - x`` and ``x ** number``, and names that other libraries have for them."""
    others_of: dict[str, str] = {}
    for name, sign in OPERATORS.items():
        for operands in (("x", "y"), ("number", "x"), ("x", "number"), ("", "")):
            if name in WORDS:
                others_of.setdefault(sign.form.format(*operands, index="…").strip(), name)
    for name, others in ALIASES.items():
        if name in WORDS:
            others_of.update({other: name for other in others if other not in WORDS})
    return others_of


def described(word: str) -> str:
    """The page, in Markdown."""
    return "\n\n".join(_parts(word)) + "\n"


def _parts(word: str) -> Iterator[str]:
    operations = WORDS[word]
    first = operations[0]
    yield f"# {word}"
    forms = say("either").join(f"`{usage(one)}`" for one in operations)
    torch, level = FORMULAS[first.name].torch, TOPICS[first.topic]
    yield say("operation-is", forms=forms, torch=torch, level=level)
    for operation in operations:
        yield from _rules(operation)
    examples = _examples(frozenset(one.name for one in operations))
    if examples:
        yield f"## {say('as-staged-code')}"
        yield f"```python\n{stage(examples[0].program).text().strip()}\n```"
        yield f"## {languages.name('heading', 'Cases to try')}"
        yield "\n".join(f"- {case.id}" for case in examples)


def _rules(operation: Operation) -> Iterator[str]:
    """The forward formula, the derivatives, and the slips that are known."""
    formula = FORMULAS[operation.name]
    heading = "" if operation.name == operation.word else f" ({operation.name})"
    lines = [f"out = {_bare(formula.code)}"]
    lines += [f"d{name} = {_bare(text)}" for name, text in formula.derivatives.items()]
    yield f"## {say('forward-and-local')}{heading}"
    yield "```python\n" + "\n".join(lines) + "\n```"
    slips = [
        "- " + say("by-slip", by=operand, slip=slip.what, text=_bare(slip.text), code=slip.code)
        for operand, known in formula.slips.items()
        for slip in known
    ]
    if slips:
        yield f"## {say('often-written')}{heading}"
        yield "\n".join(slips)


def _bare(text: str) -> str:
    """A line of the vocabulary with plain names."""
    return re.sub(r"\{(\w+)\}", r"\1", text)


def _examples(ops: frozenset[str]) -> list[Case]:
    """The built-in cases that need the least beside the operations."""
    with_it = [case for case in _suite() if ops & {step.op for step in case.program.steps}]
    return sorted(with_it, key=_size)[:MOST]


def _size(case: Case) -> tuple[int, int, str]:
    return len({step.op for step in case.program.steps}), len(case.program.steps), case.id


@cache
def _suite() -> list[Case]:
    return [source.load() for source in suite.find()]
