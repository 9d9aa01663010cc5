"""The zoo: of broken engines every mistake is found and named, and correct ones are left in peace.

A mistake of a rule is *placed* if a finding has its operation and direction, and *named* if that
finding has its code, too.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from zoo import Mistake
from zoo.keeper import ROOT, STYLES, ZOO, Told, findings, look, mistakes, together

CORRECT = sorted(path.stem for path in (ZOO / "correct").glob("*.py"))


@pytest.fixture(scope="session")
def cage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("zoo")


@cache
def told(style: str, cage: Path) -> list[tuple[Mistake, Told]]:
    return [(mistake, look(style, [mistake], cage)) for mistake in mistakes(style)]


def test_there_are_mistakes_enough_of_every_kind() -> None:
    every = [mistake for style in STYLES for mistake in mistakes(style)]
    assert len(every) >= 120
    assert len(STYLES) >= 4
    assert len({mistake.code for mistake in every}) >= 20
    assert len(CORRECT) >= 10
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"and {len(every)} mistakes to be made in them" in readme
    for style in STYLES:
        names = [mistake.name for mistake in mistakes(style)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("style", STYLES)
def test_the_engines_that_mistakes_are_made_in_are_correct(style: str) -> None:
    assert findings(ZOO / f"{style}.py") == []


@pytest.mark.parametrize("name", CORRECT)
def test_nothing_is_said_against_a_correct_engine(name: str) -> None:
    assert findings(ZOO / "correct" / f"{name}.py") == []


@pytest.mark.parametrize("style", STYLES)
def test_every_mistake_is_caught(style: str, cage: Path) -> None:
    assert [mistake.name for mistake, found in told(style, cage) if not found.caught] == []


def test_mistakes_are_placed_and_named(cage: Path) -> None:
    every = [pair for style in STYLES for pair in told(style, cage)]
    misplaced = [mistake.name for mistake, found in every if not found.placed(mistake)]
    misnamed = [mistake.name for mistake, found in every if not found.named(mistake)]
    assert len(misplaced) <= 0.02 * len(every), misplaced
    assert len(misnamed) <= 0.10 * len(every), misnamed


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("style", STYLES)
def test_of_several_mistakes_each_is_found(style: str, size: int, cage: Path) -> None:
    overlooked = []
    count = 0
    for made in together(style, size, count=5):
        found = look(style, made, cage)
        for mistake in made:
            count += 1
            if not found.placed(mistake):
                overlooked.append(f"{mistake.name} in {[other.name for other in made]}")
    assert count
    assert overlooked == []
