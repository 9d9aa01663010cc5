"""The cases themselves: what they say of themselves, how they climb, and that none is idle."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from harness.language.case import Case, load
from harness.language.schema import modeline
from harness.vocabulary.signatures import OPERATIONS
from tools.coverage import cover, gaps

ROOT = Path(__file__).resolve().parent.parent / "cases"
PATHS = sorted(ROOT.rglob("*.yaml"))
OWN = 3
"""A case of at most so many steps is an operation's own: it says little else."""


@cache
def case_at(path: Path) -> Case:
    return load(path, root=ROOT)


def cases() -> list[Case]:
    return [case_at(path) for path in PATHS]


def name(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix()


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_about_says_in_one_sentence_what_the_case_is_there_to_catch(path: Path) -> None:
    about = case_at(path).about
    assert 15 <= len(about) <= 120
    assert not about.endswith((".", "!", ";", ","))
    assert not re.search(r"\. [A-Z]", about), "one sentence"
    first = about.split()[0]
    assert not first[0].isupper() or not first.isalpha() or len(first) == 1 or first.isupper(), (
        "no capital at the start, but for a name"
    )


def test_no_two_cases_say_the_same() -> None:
    abouts = [case.about.lower() for case in cases()]
    assert len(set(abouts)) == len(abouts)


def test_no_two_cases_are_the_same_program() -> None:
    seen: dict[object, Path] = {}
    for case in cases():
        program = case.program
        numbers = {**program.inputs, **program.constants}
        key = (
            tuple(
                (step.name, step.op, step.operands, str(step.parameters)) for step in program.steps
            ),
            tuple((key, str(value)) for key, value in numbers.items()),
            (str(program.seed), program.dtype, program.order, program.backward_calls),
        )
        assert key not in seen, f"{case.path} is {seen[key]}"
        seen[key] = case.path


def test_a_case_uses_no_operation_whose_own_case_comes_later() -> None:
    climb = sorted(cases(), key=lambda case: (*case.rung, case.path))
    own: set[str] = set()
    late = []
    for case in climb:
        ops = {step.op for step in case.program.steps} & OPERATIONS.keys()
        if len(case.program.steps) <= OWN:
            own |= ops
        elif not ops <= own:
            late.append(f"{name(case.path)}: {sorted(ops - own)}")
    assert late == []


def test_every_question_is_asked_of_every_operation_or_has_a_reason() -> None:
    assert gaps(cover(cases())) == []


def test_tags_are_words_that_several_cases_share() -> None:
    counts: dict[str, int] = {}
    for case in cases():
        for tag in case.tags:
            counts[tag] = counts.get(tag, 0) + 1
    assert [tag for tag, count in counts.items() if count == 1] == []


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_the_first_line_names_the_schema_for_editors(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith(modeline(path, ROOT))
